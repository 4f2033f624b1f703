// A worker as foreign code may turn it into: does what its first argument says instead of its duty.
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "scanner-drivers/worker/messages.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::scan::worker;

namespace {

[[noreturn]] void stay() {
  for (;;) ::pause();
}

// Answers as a good one until the first side is asked for.
void serve_until_side(worker::Channel& channel) {
  worker::Message request;
  while (channel.receive(request, std::chrono::seconds(30)) == worker::Channel::Got::Whole) {
    if (request.type == MessageType::NextSide) return;
    if (request.type == MessageType::Configure)
      channel.send(message(MessageType::SettingsAre, Settings{.dpi_x = 300, .dpi_y = 300}));
    else
      channel.send(MessageType::Done);
  }
  std::exit(0);
}

void send_raw(int fd, const std::vector<unsigned char>& bytes) { (void)!::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

void misbehave(const std::string& how, worker::Channel& channel, int fd) {
  const SideFormat format{.width = 100, .height = 10, .channels = 1, .depth = 8};
  const Bytes row(100, 7);
  if (how == "noise") send_raw(fd, {0x13, 0x37, 0xff, 0xff, 0xff, 0x00, 0x01});
  if (how == "giant") send_raw(fd, {0xff, 0xff, 0xff, 0x7f, 69});
  if (how == "rows-first") channel.send(MessageType::Rows, row);
  if (how == "odd-format")
    channel.send(message(MessageType::SideBegins, SideFormat{.width = 100, .height = 10, .channels = 9, .depth = 8}));
  if (how == "cut-format") channel.send(MessageType::SideBegins, Bytes{1, 2, 3});
  if (how == "unasked") channel.send(message(MessageType::Devices, std::vector<DeviceInfo>{}));
  if (how == "odd-fault") channel.send(MessageType::FaultIs, Bytes(64, 0xee));
  if (how == "miscount" || how == "torn-row" || how == "other-side" || how == "endless" || how == "silent" || how == "alive") {
    channel.send(message(MessageType::SideBegins, format));
    channel.send(MessageType::Rows, row);
    if (how == "miscount") channel.send(message(MessageType::SideEnds, SideMeta{.height = 2}));
    if (how == "torn-row")
      channel.send(MessageType::Rows, Bytes(3, 7)), channel.send(message(MessageType::SideEnds, SideMeta{.height = 1}));
    if (how == "other-side") channel.send(message(MessageType::SideEnds, SideMeta{.side = 1, .height = 1}));
    const Bytes much(100 * 40'000, 0);
    while (how == "endless" && channel.send(MessageType::Rows, much)) {
    }
    // Says "still at it" and counts no byte more.
    while (how == "alive" && channel.send(message(MessageType::Progress, std::uint64_t{100}))) ::usleep(50'000);
  }
  if (how == "exit") std::exit(7);
  if (how == "abort") ::raise(SIGABRT);
  if (how == "orphan-holds-socket") {
    if (::fork() == 0) ::sleep(20), ::_exit(0);  // a child of the driver keeps our end open
    ::raise(SIGKILL);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string how = argv[1];
  const int fd = std::atoi(argv[argc - 1]);
  if (how == "exit-at-once") return 3;
  if (how == "hang-in-open") stay();
  worker::Channel channel(fd);
  serve_until_side(channel);
  misbehave(how, channel, fd);
  stay();
}
