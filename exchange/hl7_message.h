// HL7 version 2 messages as they come: segments ended by carriage returns, fields, repetitions, components, subcomponents (HL7 2.5.1,
// chapter 2). Hostile until parsed: parsing bounds size and depth and never reads past the bytes; texts leave as valid UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::exchange {

inline constexpr std::size_t kMaxHl7Message = std::size_t{1} << 20;
inline constexpr std::size_t kMaxHl7Segments = 10'000;

struct Hl7Delimiters {
  char field = '|', component = '^', repetition = '~', escape = '\\', subcomponent = '&';
};

class Hl7Segment {
 public:
  Hl7Segment(std::string_view line, const Hl7Delimiters& delimiters, bool latin1);

  std::string_view name() const { return name_; }
  int repetitions(int field) const;  // 0 where the field is absent or empty
  // Fields, components and subcomponents count from 1 as in the standard, repetitions from 0. Escapes are resolved; "" for what is
  // absent. A field of HL7's null ("") comes as the two quotation marks: is_null() tells.
  std::string text(int field, int component = 1, int repetition = 0, int subcomponent = 1) const;
  bool is_null(int field) const;

 private:
  std::string_view raw(int field) const;
  std::string unescaped(std::string_view raw) const;

  std::string_view name_;
  std::vector<std::string_view> fields_;  // by number; of MSH, 1 is the separator itself
  Hl7Delimiters delimiters_;
  bool latin1_;
};

class Hl7Message {
 public:
  // `bytes` without MLLP's framing; lines may end in CR, LF or both. The error names segment and field, never a patient's words.
  static Result<Hl7Message> parse(std::string_view bytes);

  const std::vector<Hl7Segment>& segments() const { return segments_; }
  const Hl7Segment& header() const { return segments_.front(); }  // MSH
  const Hl7Segment* first(std::string_view name) const;           // null: there is none

  Hl7Message(Hl7Message&&) = default;
  Hl7Message& operator=(Hl7Message&&) = default;
  Hl7Message(const Hl7Message&) = delete;
  Hl7Message& operator=(const Hl7Message&) = delete;

 private:
  Hl7Message() = default;
  std::vector<char> bytes_;  // what the segments look at; a vector, because its bytes stay where they are when it is moved
  std::vector<Hl7Segment> segments_;
};

// The messages of a file: one after the other, in MLLP frames or not, with or without batch headers (FHS, BHS, BTS, FTS).
// Each begins at its MSH; what stands before the first is passed over. Views into `file`.
std::vector<std::string_view> hl7_messages_of(std::string_view file);

}  // namespace chartscan::exchange
