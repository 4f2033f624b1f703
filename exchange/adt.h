// HL7 v2 ADT messages as patient events, and the acknowledgements they are answered with (HL7 2.5.1, chapters 2 and 3; original
// mode). Reads versions 2.1 to 2.8. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/patient_event.h"
#include "exchange/hl7_message.h"

namespace chartscan::exchange {

// Whose numbers are MRNs, where a message names several.
struct AdtRules {
  std::string assigning_authority;           // PID-3.4 of the MRN; empty: any
  std::vector<std::string> mrn_types = {"MR"};  // PID-3.5, the first that is there wins; without one of them the first number
};

// Why a message was not taken. Codes of HL7 table 0357.
struct Hl7Fault {
  enum class Answer { Error, Reject };  // AE: this message is wrong; AR: nothing of its kind is taken, or not now
  Answer answer = Answer::Error;
  int code = 207;
  std::string segment;  // where, as far as known
  int field = 0;
  std::string words;    // what is wrong and what to do; never a patient's words
};

using AdtReading = std::variant<PatientEvent, Hl7Fault>;
AdtReading read_adt(const Hl7Message& message, const AdtRules& rules);

// "ADT^A08" of MSH-9; "" when the header has none.
std::string trigger_of(const Hl7Message& message);
// Sending application and facility, MSH-3 and MSH-4.
std::string sender_of(const Hl7Message& message);

// MSH-10 of a message that could not be parsed: what stands as the tenth field of a first line that looks like a header, if that is fit
// to be sent back; else "".
std::string control_id_in(std::string_view bytes);

// The whole acknowledgement, lines ended by CR, without MLLP's frame. `fault` null: AA. `message` null: it could not be parsed; then
// MSA-2 is control_id_in(bytes). `number` makes MSH-10 of the answer unique.
std::string acknowledgement(const Hl7Message* message, std::string_view bytes, const Hl7Fault* fault, std::int64_t unix_seconds,
                            std::int64_t number);

const char* answer_code(const Hl7Fault* fault);  // "AA", "AE", "AR"

}  // namespace chartscan::exchange
