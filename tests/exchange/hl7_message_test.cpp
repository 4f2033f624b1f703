// HL7 v2 messages taken apart.
#include "exchange/hl7_message.h"

#include <catch2/catch.hpp>

using namespace chartscan;
using exchange::Hl7Message;

namespace {

constexpr const char* kHeader = "MSH|^~\\&|ADT|GH|CS|MR|20261122||ADT^A08|M1|P|2.5.1\r";

Hl7Message parsed(const std::string& bytes) {
  Result<Hl7Message> message = Hl7Message::parse(bytes);
  INFO((message.ok() ? "" : message.error().message));
  REQUIRE(message.ok());
  return std::move(message).value();
}

}  // namespace

TEST_CASE("fields, repetitions, components and subcomponents are found by their numbers", "[exchange][hl7]") {
  const Hl7Message message = parsed(std::string(kHeader) + "PID|1||12^^^A&1.2&ISO^MR~34^^^B^SS||DOE^ANN^M\r");
  const auto& pid = *message.first("PID");
  CHECK(pid.text(1) == "1");
  CHECK(pid.text(2).empty());
  CHECK(pid.repetitions(3) == 2);
  CHECK(pid.text(3, 1, 1) == "34");
  CHECK(pid.text(3, 5) == "MR");
  CHECK(pid.text(3, 4, 0, 2) == "1.2");
  CHECK(pid.text(5, 2) == "ANN");
  CHECK(pid.text(5, 9).empty());
  CHECK(pid.text(99).empty());
  CHECK(pid.repetitions(99) == 0);
  CHECK(message.header().text(1) == "|");
  CHECK(message.header().text(2) == "^~\\&");
  CHECK(message.header().text(10) == "M1");
  CHECK(message.first("PV1") == nullptr);
}

TEST_CASE("escapes stand for delimiters, bytes and line ends; other delimiters than the usual are taken as told", "[exchange][hl7]") {
  const auto text_of = [](const std::string& raw) { return parsed(std::string(kHeader) + "PID|" + raw + "\r").first("PID")->text(1); };
  CHECK(text_of("A\\T\\B\\F\\C\\S\\D\\R\\E\\E\\F") == "A&B|C^D~E\\F");
  CHECK(text_of("A\\.br\\B") == "A\nB");
  CHECK(text_of("\\X4A6F\\") == "Jo");
  CHECK(text_of("\\H\\bold\\N\\") == "bold");
  CHECK(text_of("C:\\temp") == "C:\\temp");  // no second one: no escape
  const Hl7Message other = parsed("MSH#*@!%#A#B#C#D#1##ADT*A08#7#P#2.3\rPID#a*b@c*d%e\r");
  CHECK(other.first("PID")->text(1, 2) == "b");
  CHECK(other.first("PID")->text(1, 2, 1, 2) == "e");
}

TEST_CASE("names come out as UTF-8, whatever they came in", "[exchange][hl7]") {
  const std::string head = "MSH|^~\\&|A|B|C|D|1||ADT^A08|M1|P|2.5.1||||||";
  CHECK(parsed(head + "UNICODE UTF-8\rPID|M\xC3\x9CLLER\r").first("PID")->text(1) == "M\xC3\x9CLLER");
  CHECK(parsed(head + "8859/1\rPID|M\xDCLLER\r").first("PID")->text(1) == "M\xC3\x9CLLER");
  CHECK(parsed(head + "\rPID|M\xDCLLER\r").first("PID")->text(1) == "M\xC3\x9CLLER");  // not told, and no UTF-8
  CHECK(parsed(head + "UNICODE UTF-8\rPID|M\xDCLLER\r").first("PID")->text(1) == "M\xEF\xBF\xBDLLER");
}

TEST_CASE("what is no message is refused with a reason that names no patient", "[exchange][hl7]") {
  for (const std::string bytes : {std::string(), std::string("\r\n\r\n"), std::string("PID|1||77||SECRET^NAME\r"), std::string("MSH|^~"), std::string("MSHA^~\\&A"),
                                  std::string("MSH|^^\\&|A\r"), std::string(kHeader) + "pid|SECRET\r", std::string(kHeader) + kHeader,
                                  std::string(kHeader) + "PID|SEC\0RET" + std::string(1, '\0'), std::string(kHeader) + std::string(2 << 20, 'A')}) {
    const auto message = Hl7Message::parse(bytes);
    REQUIRE_FALSE(message.ok());
    CHECK(message.error().message.find("malformed") != std::string::npos);
    CHECK(message.error().message.find("SECRET") == std::string::npos);
  }
}

TEST_CASE("a file's messages are found in frames, in batch envelopes and bare", "[exchange][hl7]") {
  const std::string one = std::string(kHeader) + "PID|1\r", two = "MSH|^~\\&|X\rPID|2\r";
  const auto count = [](const std::string& file) { return exchange::hl7_messages_of(file).size(); };
  CHECK(count(one + two) == 2);
  CHECK(count("\x0b" + one + "\x1c\r\x0b" + two + "\x1c\r") == 2);
  CHECK(count("FHS|^~\\&\rBHS|^~\\&\r" + one + "\r" + two + "BTS|2\rFTS|1\r") == 2);
  CHECK(count("") == 0);
  CHECK(count("no message at all") == 0);
  const auto messages = exchange::hl7_messages_of("BHS|^~\\&\n" + one + "BTS|1\r");
  REQUIRE(messages.size() == 1);
}
