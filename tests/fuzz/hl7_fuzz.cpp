// Any bytes as what a hospital's interface sends: an event or a fault, and always an acknowledgement that can be parsed.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "exchange/adt.h"

using namespace chartscan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)exchange::hl7_messages_of(bytes);
  const auto message = exchange::Hl7Message::parse(bytes);
  exchange::Hl7Fault fault{exchange::Hl7Fault::Answer::Reject, 100, "MSH", 0, "malformed"};
  const exchange::Hl7Fault* told = message.ok() ? nullptr : &fault;
  if (message.ok()) {
    const auto read = exchange::read_adt(*message, {});
    if (const auto* found = std::get_if<exchange::Hl7Fault>(&read)) fault = *found, told = &fault;
  }
  const std::string answer = exchange::acknowledgement(message.ok() ? &*message : nullptr, bytes, told, 0, 1);
  const auto again = exchange::Hl7Message::parse(answer);
  if (!again.ok() || !again->first("MSA")) std::abort();
  return 0;
}
