// ADT messages as patient events, and their acknowledgements.
#include "exchange/adt.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace chartscan;
using exchange::AdtRules;
using exchange::Hl7Fault;
using exchange::Hl7Message;

namespace {

std::string header(const std::string& event, const std::string& version = "2.5.1", const std::string& id = "M1") {
  return "MSH|^~\\&|ADT|GH|CS|MR|20261122||" + event + "|" + id + "|P|" + version + "\r";
}

exchange::AdtReading reading(const std::string& bytes, const AdtRules& rules = {}) {
  const Hl7Message message = Hl7Message::parse(bytes).value();
  return exchange::read_adt(message, rules);
}

PatientEvent event(const std::string& bytes, const AdtRules& rules = {}) {
  auto read = reading(bytes, rules);
  if (const auto* fault = std::get_if<Hl7Fault>(&read)) FAIL(fault->words);
  return std::get<PatientEvent>(std::move(read));
}

int fault_code(const std::string& bytes) {
  const auto read = reading(bytes);
  const auto* fault = std::get_if<Hl7Fault>(&read);
  return fault ? fault->code : 0;
}

const std::string kPid = "PID|1|9|999-11-2222^^^SSA^SS~00123^^^GH^MR~77^^^XH^MR||O'HARA^ANNA^M^JR^^^L~SMITH^ANNA^^^^^M||196102031315|F|||1 MAIN ST^^BOSTON^MA^02110^^H||"
                         "^WPN^^^^617^1~(617)555-1234^PRN|||||ACC9\r";

}  // namespace

TEST_CASE("a patient's demographics are taken from their places in PID", "[exchange][adt]") {
  const PatientEvent told = event(header("ADT^A04^ADT_A01") + kPid);
  CHECK(told.kind == PatientEventKind::Register);
  const Patient& p = told.patient;
  CHECK(p.mrn == "00123");
  CHECK(p.family == "O'HARA");
  CHECK(p.given == "ANNA");
  CHECK(p.middle == "M");
  CHECK(p.suffix == "JR");
  CHECK(p.maiden == "SMITH");
  CHECK(p.dob == Date{1961, 2, 3});
  CHECK(p.sex == "F");
  CHECK(p.ssn == "999-11-2222");
  CHECK(p.phone == "(617)555-1234");
  CHECK((p.address == "1 MAIN ST" && p.city == "BOSTON" && p.state == "MA" && p.zip == "02110"));
  CHECK_FALSE(told.encounter);
}

TEST_CASE("the MRN is the number of the configured authority and type", "[exchange][adt]") {
  CHECK(event(header("ADT^A08") + kPid, {.assigning_authority = "XH"}).patient.mrn == "77");
  CHECK(event(header("ADT^A08") + kPid, {.assigning_authority = "", .mrn_types = {"PI", "MR"}}).patient.mrn == "00123");
  CHECK(event(header("ADT^A08", "2.3") + "PID|1||4711||DOE^ANN\r").patient.mrn == "4711");       // without a type
  CHECK(event(header("ADT^A08", "2.2") + "PID|1|4711|||DOE^ANN\r").patient.mrn == "4711");       // the external number of old
  CHECK(fault_code(header("ADT^A08") + "PID|1||999-11-2222^^^^SS||DOE^ANN\r") == 101);           // an SSN is no MRN
}

TEST_CASE("what is told to be empty is erased, what is not told is left", "[exchange][adt]") {
  const PatientEvent told = event(header("ADT^A31") + "PID|1||5^^^GH^MR||DOE^ANN^\"\"||\"\"|F|||\"\"||\r");
  CHECK(told.patient.middle.empty());
  CHECK_FALSE(told.patient.dob);
  CHECK(std::ranges::find(told.erased, &Patient::address) != told.erased.end());
  CHECK(std::ranges::find(told.erased, &Patient::middle) != told.erased.end());
  CHECK(std::ranges::find(told.erased, &Patient::phone) == told.erased.end());
}

TEST_CASE("PV1 tells of the visit; the account stands in for a missing visit number", "[exchange][adt]") {
  const std::string pv1 = "PV1|1|I|3W^301^A||||123^SMITH^JOHN||||||||||||V77|||||||||||||||||||||||||20261120|20261122\r";
  const PatientEvent with = event(header("ADT^A03") + kPid + pv1);
  REQUIRE(with.encounter);
  CHECK(*with.encounter == Encounter{"00123", "V77", "I", "3W 301 A", "SMITH, JOHN", {2026, 11, 20}, {2026, 11, 22}, false});
  CHECK(event(header("ADT^A01") + kPid + "PV1|1|E\r").encounter->visit == "ACC9");
}

TEST_CASE("a merge names both charts", "[exchange][adt]") {
  const PatientEvent told = event(header("ADT^A40^ADT_A39") + kPid + "MRG|88^^^GH^MR\r");
  CHECK(told.kind == PatientEventKind::Merge);
  CHECK(told.prior_mrn == "88");
  CHECK(fault_code(header("ADT^A40") + kPid) == 100);
  CHECK(fault_code(header("ADT^A40") + kPid + "MRG|\r") == 101);
  CHECK(fault_code(header("ADT^A40") + kPid + "MRG|00123^^^GH^MR\r") == 204);
}

TEST_CASE("what cannot be taken is refused with HL7's code", "[exchange][adt]") {
  CHECK(fault_code(header("ORU^R01") + kPid) == 200);
  CHECK(fault_code(header("ADT^A60") + kPid) == 201);
  CHECK(fault_code(header("ADT^A08", "3.0") + kPid) == 203);
  CHECK(fault_code(header("ADT^A08", "2.5", "") + kPid) == 101);
  CHECK(fault_code(header("ADT^A08")) == 100);
  CHECK(fault_code(header("ADT^A28") + "PID|1||5^^^GH^MR\r") == 101);
  CHECK(fault_code(header("ADT^A28") + "PID|1||5^^^GH^MR||DOE^ANN||19610231\r") == 102);
}

TEST_CASE("an acknowledgement goes back to its sender, with the control id, and can be parsed", "[exchange][adt]") {
  const std::string bytes = header("ADT^A08^ADT_A01") + kPid;
  const Hl7Message message = Hl7Message::parse(bytes).value();
  const Hl7Message yes = Hl7Message::parse(exchange::acknowledgement(&message, bytes, nullptr, 1'795'331'533, 4)).value();
  CHECK(yes.header().text(3) == "CS");
  CHECK(yes.header().text(5) == "ADT");
  CHECK(yes.header().text(7) == "20261122071213+0000");
  CHECK(yes.header().text(9, 2) == "A08");
  CHECK(yes.first("MSA")->text(1) == "AA");
  CHECK(yes.first("MSA")->text(2) == "M1");
  CHECK(yes.first("ERR") == nullptr);
  const Hl7Fault fault{Hl7Fault::Answer::Error, 101, "PID", 3, "no number | at all"};
  const Hl7Message no = Hl7Message::parse(exchange::acknowledgement(&message, bytes, &fault, 0, 5)).value();
  CHECK(no.first("MSA")->text(1) == "AE");
  CHECK(no.first("MSA")->text(3) == "no number | at all");
  CHECK(no.first("ERR")->text(2, 3) == "3");
  CHECK(no.first("ERR")->text(3) == "101");
  CHECK(no.first("ERR")->text(8) == "no number | at all");
}

TEST_CASE("a message that cannot be parsed is answered by the control id it seems to have", "[exchange][adt]") {
  const Hl7Fault fault{Hl7Fault::Answer::Reject, 100, "MSH", 0, "malformed"};
  const auto id_for = [&](const std::string& bytes) {
    return Hl7Message::parse(exchange::acknowledgement(nullptr, bytes, &fault, 0, 1)).value().first("MSA")->text(2);
  };
  CHECK(id_for("MSH|^~\\&|A|B|C|D|1||ADT^A08|M77|P|2.5\rpid|1") == "M77");
  CHECK(id_for("rubbish").empty());
  CHECK(id_for("MSH").empty());
  CHECK(id_for("MSH|||||||||\x01\x02|").empty());
}
