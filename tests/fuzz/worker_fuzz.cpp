// Any bytes as what a scanner's worker process sends: every message, and the stream of messages itself. The worker holds
// foreign code, so the supervisor must come through whatever it says.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "scanner-drivers/worker/messages.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::scan::worker;

namespace {

template <typename T>
void read_and_write(std::span<const std::uint8_t> payload) {
  const std::optional<T> value = read_payload<T>(payload);
  if (!value) return;
  // What was understood says the same again.
  const Message again = message(MessageType::Done, *value);
  if (!read_payload<T>(again.payload)) std::abort();
  if constexpr (std::is_same_v<T, SideFormat>)
    if (believable(*value) && (value->row_bytes() == 0 || value->row_bytes() > kLargestSide)) std::abort();
}

void read_any(std::uint8_t kind, std::span<const std::uint8_t> payload) {
  switch (kind % 9) {
    case 0: return read_and_write<std::vector<DeviceInfo>>(payload);
    case 1: return read_and_write<Capabilities>(payload);
    case 2: return read_and_write<Settings>(payload);
    case 3: return read_and_write<SideFormat>(payload);
    case 4: return read_and_write<SideMeta>(payload);
    case 5: return read_and_write<Fault>(payload);
    case 6: return read_and_write<Error>(payload);
    case 7: return read_and_write<ScanRequest>(payload);
    default: return read_and_write<EndOfPaper>(payload);
  }
}

// As the socket brings it, to the end or to the first nonsense.
void receive_all(std::span<const std::uint8_t> stream) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return;
  Channel receiver(ends[1]);
  (void)!::send(ends[0], stream.data(), stream.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::close(ends[0]);
  Message received;
  while (receiver.receive(received, std::chrono::milliseconds(0)) == Channel::Got::Whole)
    if (received.payload.size() > kLongestPayload) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  read_any(data[0], {data + 1, size - 1});
  receive_all({data + 1, size - 1});
  return 0;
}
