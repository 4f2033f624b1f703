#include "app/patient_feed.h"

#include <atomic>
#include <utility>
#include <variant>

#include "core/log.h"

namespace chartscan::app {
namespace {

using exchange::Hl7Fault;
using exchange::Hl7Message;

// What the desk refused, in HL7's terms: a fault of ours is worth sending again, one of the message is not.
Hl7Fault fault_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::Conflict: return {Hl7Fault::Answer::Error, 205, "PID", 3, error.message};
    case ErrorCode::NotFound: return {Hl7Fault::Answer::Error, 204, "PID", 3, error.message};
    case ErrorCode::InputRefused: return {Hl7Fault::Answer::Error, 101, "PV1", 19, error.message};
    default: return {Hl7Fault::Answer::Reject, 207, "", 0, "the archive could not store it; send it again later"};
  }
}

std::int64_t next_answer() {
  static std::atomic<std::int64_t> answers{0};
  return ++answers;
}

}  // namespace

PatientFeed::Answer PatientFeed::answer(const Hl7Message* message, std::string_view bytes, const Hl7Fault* fault, FeedLine line) {
  Answer answer;
  line.answer = exchange::answer_code(fault);
  if (fault) {
    line.reason = fault->words;
    if (const Status logged = desk_.refuse(line); !logged) {
      log::error("patient feed: " + to_string(logged.error()));
      answer.lost = true;
    }
  }
  answer.acknowledgement = exchange::acknowledgement(message, bytes, fault, clock_.unix_seconds(), next_answer());
  answer.line = std::move(line);
  return answer;
}

PatientFeed::Answer PatientFeed::take(std::string_view bytes, const std::string& from) {
  FeedLine line;
  line.from = from;
  const Result<Hl7Message> message = Hl7Message::parse(bytes);
  if (!message) {
    line.control_id = exchange::control_id_in(bytes);
    const Hl7Fault fault{Hl7Fault::Answer::Reject, 100, "MSH", 0, message.error().message};
    return answer(nullptr, bytes, &fault, std::move(line));
  }
  const std::string sender = exchange::sender_of(*message);
  if (!sender.empty()) line.from = sender + (from.empty() ? "" : " at " + from);
  line.control_id = message->header().text(10);
  line.trigger = exchange::trigger_of(*message);
  const exchange::AdtReading reading = exchange::read_adt(*message, rules_);
  if (const auto* fault = std::get_if<Hl7Fault>(&reading)) return answer(&*message, bytes, fault, std::move(line));
  const PatientEvent& event = std::get<PatientEvent>(reading);
  line.mrn = event.patient.mrn;
  line.answer = "AA";
  if (const Status applied = desk_.apply(event, line); !applied) {
    const Hl7Fault fault = fault_of(applied.error());
    if (fault.answer == Hl7Fault::Answer::Reject) log::error("patient feed: " + to_string(applied.error()));
    return answer(&*message, bytes, &fault, std::move(line));
  }
  return answer(&*message, bytes, nullptr, std::move(line));
}

PatientFeed::Answer PatientFeed::refuse_too_large(std::string_view beginning, const std::string& from) {
  FeedLine line;
  line.from = from;
  const Hl7Fault fault{Hl7Fault::Answer::Reject, 100, "MSH", 0, "the message is larger than 1 MiB; it was not read and the connection is closed"};
  return answer(nullptr, beginning, &fault, std::move(line));
}

Result<std::unique_ptr<exchange::MllpServer>> listen_for_patients(std::shared_ptr<PatientFeed> feed, const exchange::MllpOptions& options) {
  return exchange::MllpServer::start(options, {
      [feed](std::string_view message, const std::string& peer) { return feed->take(message, peer).acknowledgement; },
      [feed](std::string_view beginning, const std::string& peer) { return feed->refuse_too_large(beginning, peer).acknowledgement; }});
}

}  // namespace chartscan::app
