#include "exchange/adt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

namespace chartscan::exchange {
namespace {

struct Trigger {
  std::string_view code;
  PatientEventKind kind;
};
constexpr Trigger kTriggers[] = {
    {"A01", PatientEventKind::Register},  {"A02", PatientEventKind::Update},          {"A03", PatientEventKind::Discharge},
    {"A04", PatientEventKind::Register},  {"A05", PatientEventKind::Register},        {"A06", PatientEventKind::Update},
    {"A07", PatientEventKind::Update},    {"A08", PatientEventKind::Update},          {"A11", PatientEventKind::CancelVisit},
    {"A13", PatientEventKind::CancelDischarge}, {"A28", PatientEventKind::Register},  {"A31", PatientEventKind::Update},
    {"A40", PatientEventKind::Merge},
};

// Thrown and caught in this file only.
struct Refused {
  Hl7Fault fault;
};

[[noreturn]] void refuse(int code, const char* segment, int field, std::string words) {
  throw Refused{{Hl7Fault::Answer::Error, code, segment, field, std::move(words)}};
}

[[noreturn]] void reject(int code, int field, std::string words) {
  throw Refused{{Hl7Fault::Answer::Reject, code, "MSH", field, std::move(words)}};
}

const Hl7Segment& needed(const Hl7Message& message, const char* name) {
  const Hl7Segment* segment = message.first(name);
  if (!segment) refuse(100, name, 0, std::string("the message has no ") + name + " segment");
  return *segment;
}

std::string trimmed(std::string text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  text.erase(text.begin(), std::ranges::find_if_not(text, blank));
  while (!text.empty() && blank(text.back())) text.pop_back();
  return text == "\"\"" ? std::string() : text;
}

std::string value(const Hl7Segment& segment, int field, int component = 1, int repetition = 0) {
  return trimmed(segment.text(field, component, repetition));
}

// A time stamp's day: YYYY, YYYYMM, YYYYMMDD and longer. Years and months alone are no day: unknown.
Date day(const Hl7Segment& segment, int field) {
  const std::string text = value(segment, field);
  if (text.empty()) return {};
  int number = 0;
  const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(text, [](char c) { return c >= '0' && c <= '9'; }) - text.begin());
  if (digits == 4 || digits == 6) return {};
  if (digits >= 8) std::from_chars(text.data(), text.data() + 8, number);
  const Date date{number / 10000, number / 100 % 100, number % 100};
  if (!is_valid(date)) refuse(102, std::string(segment.name()).c_str(), field, "the date is no day of the calendar; it must be YYYYMMDD");
  return date;
}

// The repetition of a field that has one of `types` in its component `of_type`, in the order of `types`; else the first.
int best_repetition(const Hl7Segment& segment, int field, int of_type, const std::vector<std::string>& types) {
  for (const std::string& type : types)
    for (int i = 0; i < segment.repetitions(field); ++i)
      if (value(segment, field, of_type, i) == type) return i;
  return 0;
}

// The MRN among the identifiers (CX) of a field.
std::string mrn_in(const Hl7Segment& segment, int field, const AdtRules& rules) {
  const int count = segment.repetitions(field);
  const auto is_ours = [&](int i) { return rules.assigning_authority.empty() || value(segment, field, 4, i) == rules.assigning_authority; };
  for (const std::string& type : rules.mrn_types)
    for (int i = 0; i < count; ++i)
      if (is_ours(i) && value(segment, field, 5, i) == type) return value(segment, field, 1, i);
  constexpr std::array<std::string_view, 5> kNoMrn = {"SS", "DL", "PPN", "AN", "VN"};  // social security, licence, passport, account, visit
  for (int i = 0; i < count; ++i)
    if (is_ours(i) && std::ranges::find(kNoMrn, value(segment, field, 5, i)) == kNoMrn.end()) return value(segment, field, 1, i);
  return {};
}

std::string ssn_of(const Hl7Segment& pid) {
  std::string ssn = value(pid, 19);
  for (int i = 0; ssn.empty() && i < pid.repetitions(3); ++i)
    if (value(pid, 3, 5, i) == "SS") ssn = value(pid, 3, 1, i);
  return ssn;
}

std::string sex_of(const Hl7Segment& pid) {
  const std::string sex = value(pid, 8);
  return sex.empty() || sex == "M" || sex == "F" ? sex : "U";
}

std::string phone_of(const Hl7Segment& pid) {
  const int i = best_repetition(pid, 13, 2, {"PRN", "ORN"});
  std::string phone = value(pid, 13, 1, i);
  if (phone.empty()) phone = value(pid, 13, 6, i) + value(pid, 13, 7, i);  // area code and number apart, since 2.3
  return phone;
}

Patient patient_of(const Hl7Segment& pid, const AdtRules& rules) {
  Patient patient;
  patient.mrn = mrn_in(pid, 3, rules);
  if (patient.mrn.empty()) patient.mrn = value(pid, 2);
  if (patient.mrn.empty()) refuse(101, "PID", 3, "no medical record number; PID-3 must carry one");
  const int name = best_repetition(pid, 5, 7, {"L", "C", "D"});
  patient.family = value(pid, 5, 1, name);
  patient.given = value(pid, 5, 2, name);
  patient.middle = value(pid, 5, 3, name);
  patient.suffix = value(pid, 5, 4, name);
  for (int i = 0; i < pid.repetitions(5); ++i)
    if (value(pid, 5, 7, i) == "M") patient.maiden = value(pid, 5, 1, i);
  patient.dob = day(pid, 7);
  patient.sex = sex_of(pid);
  const int address = best_repetition(pid, 11, 7, {"H", "L", "M"});
  patient.address = value(pid, 11, 1, address);
  patient.city = value(pid, 11, 3, address);
  patient.state = value(pid, 11, 4, address);
  patient.zip = value(pid, 11, 5, address);
  patient.phone = phone_of(pid);
  patient.ssn = ssn_of(pid);
  return patient;
}

std::vector<std::string Patient::*> erased_in(const Hl7Segment& pid) {
  std::vector<std::string Patient::*> erased;
  const auto note = [&](int field, std::initializer_list<std::string Patient::*> members) {
    if (pid.is_null(field)) erased.insert(erased.end(), members);
  };
  note(8, {&Patient::sex});
  note(11, {&Patient::address, &Patient::city, &Patient::state, &Patient::zip});
  note(13, {&Patient::phone});
  note(19, {&Patient::ssn});
  if (pid.text(5, 3) == "\"\"") erased.push_back(&Patient::middle);
  if (pid.text(5, 4) == "\"\"") erased.push_back(&Patient::suffix);
  return erased;
}

std::string joined(std::initializer_list<std::string> parts, const char* between) {
  std::string all;
  for (const std::string& text : parts)
    if (!text.empty()) all += (all.empty() ? "" : between) + text;
  return all;
}

std::optional<Encounter> encounter_of(const Hl7Message& message, const Hl7Segment& pid, const std::string& mrn) {
  const Hl7Segment* pv1 = message.first("PV1");
  if (!pv1) return std::nullopt;
  Encounter encounter;
  encounter.mrn = mrn;
  encounter.visit = value(*pv1, 19);
  if (encounter.visit.empty()) encounter.visit = value(pid, 18);  // the account
  if (encounter.visit.empty()) return std::nullopt;               // cannot be told from the next visit
  encounter.patient_class = value(*pv1, 2);
  encounter.location = joined({value(*pv1, 3, 1), value(*pv1, 3, 2), value(*pv1, 3, 3)}, " ");
  // Since 2.3 the doctor's number stands before the name.
  encounter.attending = joined({value(*pv1, 7, 2), value(*pv1, 7, 3)}, ", ");
  encounter.admitted = day(*pv1, 44);
  encounter.discharged = day(*pv1, 45);
  return encounter;
}

void check_header(const Hl7Segment& msh) {
  const std::string version = value(msh, 12);
  if (!version.empty() && !version.starts_with("2.")) reject(203, 12, "version '" + version.substr(0, 12) + "' is not read; 2.1 to 2.8 are");
  const std::string processing = value(msh, 11);
  if (!processing.empty() && processing != "P" && processing != "T" && processing != "D") reject(202, 11, "the processing id must be P, T or D");
  if (value(msh, 10).empty()) refuse(101, "MSH", 10, "no message control id");
}

PatientEvent event_of(const Hl7Message& message, const AdtRules& rules) {
  const Hl7Segment& msh = message.header();
  check_header(msh);
  if (value(msh, 9, 1) != "ADT") reject(200, 9, "message type '" + value(msh, 9, 1).substr(0, 8) + "' is not taken here; ADT is");
  std::string trigger = value(msh, 9, 2);
  if (const Hl7Segment* evn = message.first("EVN"); trigger.empty() && evn) trigger = value(*evn, 1);
  const auto known = std::ranges::find(kTriggers, trigger, &Trigger::code);
  if (known == std::end(kTriggers)) reject(201, 9, "event '" + trigger.substr(0, 8) + "' is not taken here");

  const Hl7Segment& pid = needed(message, "PID");
  PatientEvent event;
  event.kind = known->kind;
  event.trigger = trigger;
  event.patient = patient_of(pid, rules);
  event.erased = erased_in(pid);
  event.encounter = encounter_of(message, pid, event.patient.mrn);
  if (event.kind == PatientEventKind::Register && event.patient.family.empty()) refuse(101, "PID", 5, "a patient without a family name");
  if (event.kind == PatientEventKind::Merge) {
    const Hl7Segment& mrg = needed(message, "MRG");
    event.prior_mrn = mrn_in(mrg, 1, rules);
    if (event.prior_mrn.empty()) refuse(101, "MRG", 1, "no number of the chart that is merged away; MRG-1 must carry one");
    if (event.prior_mrn == event.patient.mrn) refuse(204, "MRG", 1, "a chart cannot be merged into itself");
  }
  return event;
}

std::string time_stamp(std::int64_t unix_seconds) {
  const std::time_t at = unix_seconds;
  std::tm utc{};
  ::gmtime_r(&at, &utc);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}+0000", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

// Text of ours, or of a header of theirs that goes back, under the delimiters |^~\&.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '|': out += "\\F\\"; break;
      case '^': out += "\\S\\"; break;
      case '~': out += "\\R\\"; break;
      case '\\': out += "\\E\\"; break;
      case '&': out += "\\T\\"; break;
      default: out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
  return out;
}

const char* words_of(int code) {
  switch (code) {
    case 100: return "Segment sequence error";
    case 101: return "Required field missing";
    case 102: return "Data type error";
    case 103: return "Table value not found";
    case 200: return "Unsupported message type";
    case 201: return "Unsupported event code";
    case 202: return "Unsupported processing id";
    case 203: return "Unsupported version id";
    case 204: return "Unknown key identifier";
    case 205: return "Duplicate key identifier";
    default: return "Application internal error";
  }
}

// 2.5 and later have the place, the code and the words in fields of their own.
bool has_long_err(const std::string& version) { return version.empty() || version >= "2.5"; }

}  // namespace

AdtReading read_adt(const Hl7Message& message, const AdtRules& rules) {
  try {
    return event_of(message, rules);
  } catch (const Refused& refused) {
    return refused.fault;
  }
}

std::string trigger_of(const Hl7Message& message) {
  return joined({value(message.header(), 9, 1).substr(0, 8), value(message.header(), 9, 2).substr(0, 8)}, "^");
}

std::string sender_of(const Hl7Message& message) { return joined({value(message.header(), 3), value(message.header(), 4)}, " "); }

std::string control_id_in(std::string_view bytes) {
  constexpr std::size_t kLongest = 199;  // of MSH-10 in 2.7
  if (!bytes.starts_with("MSH") || bytes.size() < 4) return {};
  const char separator = bytes[3];
  bytes = bytes.substr(0, bytes.find_first_of("\r\n"));
  for (int i = 0; i < 9; ++i) {
    const std::size_t at = bytes.find(separator);
    if (at == std::string_view::npos) return {};
    bytes.remove_prefix(at + 1);
  }
  bytes = bytes.substr(0, bytes.find(separator));
  const bool printable = std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c <= 0x7e; });
  return printable && bytes.size() <= kLongest ? std::string(bytes) : std::string();
}

const char* answer_code(const Hl7Fault* fault) {
  if (!fault) return "AA";
  return fault->answer == Hl7Fault::Answer::Error ? "AE" : "AR";
}

std::string acknowledgement(const Hl7Message* message, std::string_view bytes, const Hl7Fault* fault, std::int64_t unix_seconds,
                            std::int64_t number) {
  const auto theirs = [&](int field, int component = 1) {
    return message ? escaped(message->header().text(field, component)) : std::string();
  };
  const std::string version = theirs(12).empty() ? "2.5.1" : theirs(12), trigger = theirs(9, 2);
  const std::string id = message ? escaped(trimmed(message->header().text(10))) : escaped(control_id_in(bytes));
  const std::string processing = theirs(11).empty() ? "P" : theirs(11);
  std::string ack = fmt::format("MSH|^~\\&|{}|{}|{}|{}|{}||ACK{}|CS{}-{}|{}|{}\r", theirs(5).empty() ? "CHARTSCAN" : theirs(5), theirs(6), theirs(3),
                                theirs(4), time_stamp(unix_seconds), trigger.empty() ? "" : "^" + trigger + "^ACK", unix_seconds, number,
                                processing, version);
  ack += fmt::format("MSA|{}|{}", answer_code(fault), id);
  if (!fault) return ack + "\r";
  ack += "|" + escaped(fault->words) + "\r";
  if (has_long_err(version))
    ack += fmt::format("ERR||{}{}|{}^{}^HL70357|E||||{}\r", fault->segment, fault->field > 0 ? fmt::format("^1^{}", fault->field) : "",
                       fault->code, words_of(fault->code), escaped(fault->words));
  else
    ack += fmt::format("ERR|{}^1^{}^{}&{}&HL70357\r", fault->segment, fault->field, fault->code, words_of(fault->code));
  return ack;
}

}  // namespace chartscan::exchange
