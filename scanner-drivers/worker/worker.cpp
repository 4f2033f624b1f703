// The worker's side: one driver, one device, one request at a time. It asks the device for a side only when the supervisor
// asks for one, and lives no longer than its supervisor.
#include <signal.h>

#include <chrono>

#include <fmt/format.h>

#include "core/worker_process.h"
#include "scanner-drivers/scan_feeder.h"
#include "scanner-drivers/worker/messages.h"

namespace chartscan::scan {

namespace {

using namespace worker;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kWorthSending = 1 << 16;         // bytes of rows: less is collected first
constexpr std::chrono::milliseconds kSignOfLife{250};  // progress is told this often where no row is whole
constexpr std::chrono::seconds kFarewell{3};           // to close the device once the supervisor is gone

Error supervisor_gone() { return {ErrorCode::Cancelled, "the supervisor of this scanner is gone"}; }

class ChannelSink : public SideSink {
 public:
  explicit ChannelSink(Channel& channel) : channel_(channel) {}

  Status begin(const SideFormat& format) override { return send(message(MessageType::SideBegins, format)); }

  Status rows(std::span<const std::uint8_t> rows) override {
    if (kept_.empty() && rows.size() >= kWorthSending) return send_rows(rows);
    kept_.insert(kept_.end(), rows.begin(), rows.end());
    return kept_.size() >= kWorthSending ? flush() : Status{};
  }

  Status progress(std::uint64_t bytes_from_device) override {
    if (Clock::now() - told_ < kSignOfLife) return {};
    return send(message(MessageType::Progress, bytes_from_device));
  }

  Status flush() {
    if (kept_.empty()) return {};
    TRY_STATUS(send_rows(kept_));
    kept_.clear();
    return {};
  }

 private:
  // Rows of 600 dpi colour do not fit one message for ever: the receiver joins them again, whatever the cuts.
  Status send_rows(std::span<const std::uint8_t> rows) {
    while (!rows.empty()) {
      const std::size_t part = std::min<std::size_t>(rows.size(), kLongestPayload);
      if (!channel_.send(MessageType::Rows, rows.first(part))) return supervisor_gone();
      rows = rows.subspan(part);
    }
    told_ = Clock::now();
    return {};
  }
  Status send(const Message& message) {
    told_ = Clock::now();
    return channel_.send(message) ? Status{} : Status(supervisor_gone());
  }

  Channel& channel_;
  Bytes kept_;
  Clock::time_point told_ = Clock::now();
};

class Worker {
 public:
  explicit Worker(int socket) : channel_(socket), drivers_(all_drivers()) {}

  void serve() {
    Message request;
    for (;;) {
      const Channel::Got got = channel_.receive(request, std::chrono::hours(1));
      if (got == Channel::Got::NotYet) continue;
      if (got != Channel::Got::Whole || !answer(request)) return;
    }
  }

 private:
  bool answer(const Message& request) {
    switch (request.type) {
      case MessageType::List: return with_payload<std::string>(request, [&](const std::string& scheme) { return list(scheme); });
      case MessageType::Open: return with_payload<std::string>(request, [&](const std::string& id) { return open(id); });
      case MessageType::Capabilities:
        return with_device([&] { return reply(MessageType::CapabilitiesAre, device_->capabilities()); });
      case MessageType::Configure:
        return with_payload<ScanRequest>(request, [&](const ScanRequest& wanted) {
          return with_device([&] { return reply(MessageType::SettingsAre, device_->configure(wanted)); });
        });
      case MessageType::StartBatch: return with_device([&] { return start_batch(); });
      case MessageType::NextSide: return with_device([&] { return next_side(); });
      default: return refuse("a request that is none");
    }
  }

  template <typename T, typename Then>
  bool with_payload(const Message& request, Then then) {
    const std::optional<T> value = read_payload<T>(request.payload);
    return value ? then(*value) : refuse("a request that cannot be read");
  }
  template <typename Then>
  bool with_device(Then then) {
    return device_ ? then() : refuse("a request to a device that is not open");
  }

  bool refuse(const char* what) {
    return channel_.send(message(MessageType::Failure, Error{ErrorCode::Internal, fmt::format("the worker got {}", what)}));
  }

  template <typename T>
  bool reply(MessageType type, const Result<T>& result) {
    return channel_.send(result.ok() ? message(type, *result) : message(MessageType::Failure, result.error()));
  }

  bool list(const std::string& scheme) {
    for (const std::unique_ptr<Driver>& driver : drivers_)
      if (driver->scheme() == scheme) return reply(MessageType::Devices, driver->list());
    return refuse("the name of a driver that is none");
  }

  bool open(const std::string& id) {
    for (const std::unique_ptr<Driver>& driver : drivers_) {
      if (!id.starts_with(driver->scheme() + ":")) continue;
      auto opened = driver->open(id);
      if (const Fault* fault = std::get_if<Fault>(&opened)) return channel_.send(message(MessageType::FaultIs, *fault));
      device_ = std::move(std::get<0>(opened));
      return channel_.send(MessageType::Done);
    }
    std::string known;
    for (const std::unique_ptr<Driver>& driver : drivers_) known += fmt::format(" {}:", driver->scheme());
    return channel_.send(message(
        MessageType::Failure,
        Error{ErrorCode::NotFound, fmt::format("no driver for the scanner \"{}\"; its name begins with one of:{}", id, known)}));
  }

  bool start_batch() {
    const auto started = device_->start_batch();
    if (const Fault* fault = std::get_if<Fault>(&started)) return channel_.send(message(MessageType::FaultIs, *fault));
    return channel_.send(MessageType::Done);
  }

  bool next_side() {
    ChannelSink sink(channel_);
    const Result<SideOutcome> outcome = device_->next_side(sink);
    if (!outcome.ok()) return channel_.send(message(MessageType::Failure, outcome.error()));
    if (const auto* side = std::get_if<SideMeta>(&*outcome))
      return sink.flush().ok() && channel_.send(message(MessageType::SideEnds, *side));
    if (const auto* end = std::get_if<EndOfPaper>(&*outcome)) return channel_.send(message(MessageType::PaperEnds, *end));
    return channel_.send(message(MessageType::FaultIs, std::get<Fault>(*outcome)));
  }

  Channel channel_;
  std::vector<std::unique_ptr<Driver>> drivers_;
  std::unique_ptr<Device> device_;  // closed before its driver
};

}  // namespace

int run_scan_worker(int socket) {
  ::signal(SIGPIPE, SIG_IGN);  // backends write to pipes whose readers are gone
  leave_with_supervisor(socket, kFarewell);  // a driver may be stuck in a call for ever
  Worker(socket).serve();
  return 0;
}

}  // namespace chartscan::scan
