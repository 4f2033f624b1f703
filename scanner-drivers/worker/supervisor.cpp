#include "scanner-drivers/worker/supervisor.h"

#include <signal.h>

#include <cstring>

#include <fmt/format.h>

namespace chartscan::scan::worker {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{200};  // how often it is looked whether the worker still lives

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::start(const std::vector<std::string>& worker_command, Patience patience) {
  TRY(std::unique_ptr<Process> process, Process::start(worker_command));
  return std::unique_ptr<Supervisor>(new Supervisor(std::move(process), patience));
}

Fault Supervisor::hung(FaultPhase phase, Seconds limit) {
  process_->kill();
  return {.kind = FaultKind::Hung,
          .phase = phase,
          .raw_code = SIGKILL,
          .raw_text = fmt::format("no sign of life for {} s", limit.count())};
}

Fault Supervisor::crashed(FaultPhase phase) {
  const Process::Death death = process_->kill();
  Fault fault{.kind = FaultKind::Crashed, .phase = phase, .raw_code = death.signal};
  if (death.signal != 0)
    fault.raw_text = fmt::format("signal {}, {}", death.signal, ::sigdescr_np(death.signal));
  else
    fault.raw_text = fmt::format("the driver's process ended by itself with code {}", death.exit_code);
  return fault;
}

Fault Supervisor::nonsense(FaultPhase phase, const char* what) {
  process_->kill();
  return {
      .kind = FaultKind::Crashed, .phase = phase, .raw_text = fmt::format("the driver's process answered nonsense: {}", what)};
}

// Every wait looks whether the worker lives: one that is dead while a child of its own still holds the socket would look
// as if it were thinking.
std::optional<Fault> Supervisor::wait(FaultPhase phase, Clock::time_point deadline, Seconds limit) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const bool dead = !process_->alive();
    switch (process_->channel().receive(message_, std::clamp(left, std::chrono::milliseconds(0), kLook))) {
      case Channel::Got::Whole: return std::nullopt;
      case Channel::Got::Gone: return crashed(phase);
      case Channel::Got::Nonsense: return nonsense(phase, "a message that is none");
      case Channel::Got::NotYet: break;
    }
    if (dead) return crashed(phase);
    if (Clock::now() >= deadline) return hung(phase, limit);
  }
}

std::optional<Fault> Supervisor::ask(const Message& request, FaultPhase phase, Seconds limit) {
  if (!process_->channel().send(request)) return crashed(phase);
  return wait(phase, Clock::now() + limit, limit);
}

Error Supervisor::refusal() {
  if (auto error = read_payload<Error>(message_.payload)) return std::move(*error);
  return {ErrorCode::DeviceFault, "the driver refused and did not say why; try again"};
}

Result<std::optional<Fault>> Supervisor::done_or_fault(const Message& request, FaultPhase phase, Seconds limit) {
  using Answer = std::optional<Fault>;
  if (Answer fault = ask(request, phase, limit)) return fault;
  if (message_.type == MessageType::Done) return Answer{};
  if (message_.type == MessageType::Failure) return refusal();
  if (message_.type == MessageType::FaultIs)
    if (Answer fault = read_payload<Fault>(message_.payload)) return fault;
  return Answer(nonsense(phase, "neither done nor a fault"));
}

Result<std::optional<Fault>> Supervisor::open(const std::string& id) {
  return done_or_fault(message(MessageType::Open, id), FaultPhase::Open, Seconds(patience_.open_seconds));
}

Result<std::optional<Fault>> Supervisor::start_batch() {
  return done_or_fault(message(MessageType::StartBatch), FaultPhase::Start, Seconds(patience_.start_seconds));
}

Result<std::variant<Settings, Fault>> Supervisor::configure(const ScanRequest& request) {
  using Answer = std::variant<Settings, Fault>;
  if (std::optional<Fault> fault =
          ask(message(MessageType::Configure, request), FaultPhase::Configure, Seconds(patience_.open_seconds)))
    return Answer(std::move(*fault));
  if (message_.type == MessageType::Failure) return refusal();
  if (message_.type == MessageType::SettingsAre)
    if (auto settings = read_payload<Settings>(message_.payload)) return Answer(std::move(*settings));
  return Answer(nonsense(FaultPhase::Configure, "no settings"));
}

Result<std::vector<DeviceInfo>> Supervisor::list(const std::string& scheme) {
  if (const std::optional<Fault> fault =
          ask(message(MessageType::List, scheme), FaultPhase::Open, Seconds(patience_.open_seconds)))
    return Error{ErrorCode::DeviceFault,
                 fmt::format("the driver could not list its devices ({}: {})", to_string(fault->kind), fault->raw_text)};
  if (message_.type == MessageType::Failure) return refusal();
  if (message_.type == MessageType::Devices)
    if (auto devices = read_payload<std::vector<DeviceInfo>>(message_.payload)) return std::move(*devices);
  return Error{ErrorCode::DeviceFault, "the driver's list of devices cannot be read; try again"};
}

Result<Capabilities> Supervisor::capabilities() {
  if (const std::optional<Fault> fault =
          ask(message(MessageType::Capabilities), FaultPhase::Configure, Seconds(patience_.open_seconds)))
    return Error{ErrorCode::DeviceFault, fmt::format("the driver could not say what the scanner can do ({}: {})",
                                                     to_string(fault->kind), fault->raw_text)};
  if (message_.type == MessageType::Failure) return refusal();
  if (message_.type == MessageType::CapabilitiesAre)
    if (auto capabilities = read_payload<Capabilities>(message_.payload)) return std::move(*capabilities);
  return Error{ErrorCode::DeviceFault, "the driver's account of the scanner cannot be read; try again"};
}

// One side as it arrives: holds the worker to its word, and keeps the clock.
class Supervisor::SideInWork {
 public:
  SideInWork(SideSink& sink, const Patience& patience) : sink_(sink), patience_(patience) { renew(patience.start_seconds); }

  FaultPhase phase() const { return phase_; }
  Clock::time_point deadline() const { return deadline_; }
  Seconds limit() const { return limit_; }

  // What is wrong with the message, or nothing.
  Result<const char*> begins(const Message& message) {
    const auto format = read_payload<SideFormat>(message.payload);
    if (!format || !believable(*format) || row_bytes_ > 0) return "a side of no possible form";
    row_bytes_ = format->row_bytes();  // no sign of life yet: a network scanner says this and warms up then
    TRY_STATUS(sink_.begin(*format));
    return nullptr;
  }

  Result<const char*> rows(const Message& message) {
    if (row_bytes_ == 0) return "rows before their side";
    bytes_ += message.payload.size();
    if (bytes_ > kLargestSide) return "a side without end";
    if (!message.payload.empty()) alive();
    std::span<const std::uint8_t> fresh = message.payload;
    if (!torn_.empty()) {
      const std::size_t missing = std::min(row_bytes_ - torn_.size(), fresh.size());
      torn_.insert(torn_.end(), fresh.begin(), fresh.begin() + static_cast<std::ptrdiff_t>(missing));
      fresh = fresh.subspan(missing);
      if (torn_.size() < row_bytes_) return nullptr;
      TRY_STATUS(sink_.rows(torn_));
      torn_.clear();
    }
    const std::size_t whole = fresh.size() / row_bytes_ * row_bytes_;
    if (whole > 0) TRY_STATUS(sink_.rows(fresh.first(whole)));
    torn_.assign(fresh.begin() + static_cast<std::ptrdiff_t>(whole), fresh.end());
    return nullptr;
  }

  const char* progress(const Message& message) {
    const auto bytes = read_payload<std::uint64_t>(message.payload);
    if (!bytes) return "progress that is no number";
    if (*bytes > told_) alive();
    told_ = std::max(told_, *bytes);
    return nullptr;
  }

  const char* ends(const SideMeta& meta, int side) const {
    if (row_bytes_ == 0 || bytes_ == 0 || !torn_.empty()) return "the end of a side that is not whole";
    if (bytes_ / row_bytes_ != static_cast<std::uint64_t>(meta.height)) return "another number of rows than it sent";
    return meta.side == side ? nullptr : "another side than the one that is due";
  }

 private:
  void alive() {
    phase_ = FaultPhase::Read;
    renew(patience_.read_seconds);
  }
  void renew(int seconds) {
    limit_ = Seconds(seconds);
    deadline_ = Clock::now() + limit_;
  }

  SideSink& sink_;
  const Patience& patience_;
  FaultPhase phase_ = FaultPhase::Start;
  Seconds limit_{0};
  Clock::time_point deadline_;
  std::size_t row_bytes_ = 0;
  std::uint64_t bytes_ = 0, told_ = 0;
  Bytes torn_;  // the row that is not whole yet
};

Result<SideOutcome> Supervisor::next_side(SideSink& sink, Due due) {
  SideInWork side(sink, patience_);
  // Whatever the worker was doing when it was lost, a sheet may have been on its way.
  const auto lost = [&](Fault fault) {
    fault.side = due.side;
    fault.sheets_in_transport = due.fed_from_stack ? 1 : 0;
    fault.feeds_ahead = due.feeds_ahead;
    return SideOutcome(std::move(fault));
  };
  if (!process_->channel().send(message(MessageType::NextSide))) return lost(crashed(FaultPhase::Start));
  for (;;) {
    if (std::optional<Fault> fault = wait(side.phase(), side.deadline(), side.limit())) return lost(std::move(*fault));
    const char* wrong = nullptr;
    switch (message_.type) {
      case MessageType::SideBegins: {
        TRY(wrong, side.begins(message_));
        break;
      }
      case MessageType::Rows: {
        TRY(wrong, side.rows(message_));
        break;
      }
      case MessageType::Progress: wrong = side.progress(message_); break;
      case MessageType::SideEnds: {
        auto meta = read_payload<SideMeta>(message_.payload);
        wrong = meta ? side.ends(*meta, due.side) : "the end of a side that cannot be read";
        if (!wrong) return SideOutcome(std::move(*meta));
        break;
      }
      case MessageType::PaperEnds:
        if (const auto end = read_payload<EndOfPaper>(message_.payload)) return SideOutcome(*end);
        wrong = "an end of paper that cannot be read";
        break;
      case MessageType::FaultIs:
        if (auto fault = read_payload<Fault>(message_.payload)) return SideOutcome(std::move(*fault));
        wrong = "a fault that cannot be read";
        break;
      case MessageType::Failure: return refusal();
      default: wrong = "something that was not asked for";
    }
    if (wrong) return lost(nonsense(side.phase(), wrong));
  }
}

}  // namespace chartscan::scan::worker
