// The runner's side of a page worker's process: serves it the original's bytes, watches what it takes, and ends it when that is
// too much. It believes nothing that it cannot read.
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "core/log.h"
#include "core/worker_process.h"
#include "pipeline/worker/messages.h"
#include "storage/codec.h"

namespace chartscan::pipeline {
namespace {

using namespace worker;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{100};       // how often limits and the wish to stop are looked at
constexpr std::chrono::seconds kPatienceToStart{120};  // models from a slow disk
constexpr std::chrono::milliseconds kFarewell{500};
constexpr timeval kSendPatience{5, 0};                // a process that takes no bytes for so long is hung
constexpr int kWallPerProcessor = 10;                 // a page may wait for its turn on a busy machine, not for ever
constexpr std::uint64_t kFat = 400'000'000;           // bytes resident between pages: a fresh process is cheaper to keep

double processor_seconds(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

std::uint64_t resident_bytes(pid_t process) {
  std::ifstream statm(fmt::format("/proc/{}/statm", process));
  std::uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Fatal signals that a process gives itself; all others came from somebody.
bool of_its_own(int signal) {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGABRT || signal == SIGSYS || signal == SIGTRAP;
}

struct Running {
  explicit Running(WorkerProcess::Started started) : process(std::move(started.process)), channel(started.socket) {}
  std::unique_ptr<WorkerProcess> process;
  Channel channel;  // goes first: the process takes this as good-bye
  bool ready = false;
};

class ProcessWorker final : public PageWorker {
 public:
  ProcessWorker(WorkOrders orders, std::vector<std::string> command, const std::atomic<bool>& stopped)
      : orders_(std::move(orders)), command_(std::move(command)), stopped_(stopped) {}

  Status ready() override {
    if (running_) return {};
    TRY(auto started, WorkerProcess::start(command_, kFarewell));
    (void)::setsockopt(started.socket, SOL_SOCKET, SO_SNDTIMEO, &kSendPatience, sizeof kSendPatience);
    running_.emplace(std::move(started));
    Status status = greet();
    if (!status) running_.reset();
    return status;
  }

  Result<Attempt> attempt(const Page& page, const ByteReader& bytes, const std::vector<std::string>& leave_out) override {
    TRY_STATUS(ready());
    begin_page();
    const WorkRequest request{storage::encode(page), bytes.size, static_cast<bool>(bytes.path), leave_out};
    Result<Attempt> outcome = running_->channel.send(MessageType::Work, wire::written(request)) ? attend(bytes) : died();
    const bool whole = outcome.ok() && outcome->work;
    if (!whole && outcome.ok())
      log::warning(fmt::format("page {}: {}{}{}", to_string(page.id), stage_, stage_.empty() ? "" : ": ", outcome->loss.words));
    // A page's memory goes with the page: freed memory may lie scattered in the heap.
    if (!whole || resident_bytes(running_->process->id()) > kFat) running_.reset();
    return outcome;
  }

 private:
  Status greet() {
    const Error silent{ErrorCode::EngineFailed, "the page worker's process ended before it could work; run `chartscan read --verbose`", {}};
    if (!running_->channel.send(MessageType::Orders, wire::written(orders_))) return silent;
    for (const auto end = Clock::now() + kPatienceToStart; Clock::now() < end && !stopped_;) {
      const Channel::Got got = running_->channel.receive(message_, kLook);
      if (got == Channel::Got::NotYet && running_->process->alive()) continue;
      if (got != Channel::Got::Whole) return silent;
      if (message_.type == MessageType::Ready) return {};
      if (message_.type != MessageType::Failure) return silent;
      auto error = wire::read<Error>(message_.payload);
      return error ? std::move(*error) : silent;
    }
    return stopped_ ? cancelled() : silent;
  }

  static Error cancelled() { return {ErrorCode::Cancelled, "reading was stopped", {}}; }

  void begin_page() {
    stage_.clear();
    page_.reset();
    picture_.clear();
    processor_before_ = processor_seconds(running_->process->id());
    began_ = Clock::now();
  }

  // Until the page is whole or lost.
  Result<Attempt> attend(const ByteReader& bytes) {
    auto next_look = Clock::now() + kLook;
    for (;;) {
      if (stopped_) return cancelled();
      if (Clock::now() >= next_look) {
        if (auto loss = over_limit()) return Attempt(std::move(*loss));
        next_look = Clock::now() + kLook;
      }
      const bool dead = !running_->process->alive();  // while a child of its own holds the socket it would look as if it were thinking
      switch (running_->channel.receive(message_, dead ? std::chrono::milliseconds(0) : kLook)) {
        case Channel::Got::NotYet:
          if (dead) return died();
          continue;
        case Channel::Got::Gone: return died();
        case Channel::Got::Nonsense: return nonsense();
        case Channel::Got::Whole: break;
      }
      TRY(auto outcome, answer(bytes));
      if (outcome) return std::move(*outcome);
    }
  }

  // What the page became with this message, or nothing yet.
  Result<std::optional<Attempt>> answer(const ByteReader& bytes) {
    using Maybe = std::optional<Attempt>;
    switch (message_.type) {
      case MessageType::StageBegins: stage_ = as_text(message_.payload); return Maybe{};
      case MessageType::Read: return give_bytes(bytes);
      case MessageType::WantPath: return give_path(bytes);
      case MessageType::PictureIs: picture_.assign(message_.payload.begin(), message_.payload.end()); return Maybe{};
      case MessageType::PageIs:
        if (auto page = storage::decode_page(as_text(message_.payload))) page_ = std::move(*page);
        else return Maybe(nonsense());
        return Maybe{};
      case MessageType::TextIs:
        if (auto text = storage::decode_text(as_text(message_.payload)); text && page_) 
          return Maybe(PageWork{std::move(*page_), std::move(*text), std::move(picture_)});
        return Maybe(nonsense());
      case MessageType::Lost:
        if (auto loss = wire::read<Loss>(message_.payload)) return Maybe(std::move(*loss));
        return Maybe(nonsense());
      case MessageType::Failure:
        if (auto error = wire::read<Error>(message_.payload)) return std::move(*error);
        return Maybe(nonsense());
      default: return Maybe(nonsense());
    }
  }

  Result<std::optional<Attempt>> give_bytes(const ByteReader& bytes) {
    const auto wanted = wire::read<ReadRequest>(message_.payload);
    if (!wanted || wanted->size > kMostBytesAtOnce || wanted->offset > bytes.size) return std::optional<Attempt>(nonsense());
    bytes_.resize(wanted->size);
    TRY(const std::size_t got, bytes.read(wanted->offset, bytes_));
    bytes_.resize(got);
    if (!running_->channel.send(MessageType::Bytes, bytes_)) return std::optional<Attempt>(died());
    return std::optional<Attempt>{};
  }

  Result<std::optional<Attempt>> give_path(const ByteReader& bytes) {
    if (!bytes.path) return std::optional<Attempt>(nonsense());
    TRY(const std::filesystem::path path, bytes.path());
    if (!running_->channel.send(MessageType::PathIs, as_bytes(path.string()))) return std::optional<Attempt>(died());
    return std::optional<Attempt>{};
  }

  std::optional<Loss> over_limit() {
    const int seconds = orders_.page.seconds;
    const double used = processor_seconds(running_->process->id()) - processor_before_;
    if (used > seconds) return ended(Loss::How::TooLong, fmt::format("it took more than {} s of processor", seconds));
    if (Clock::now() - began_ > std::chrono::seconds(kWallPerProcessor * seconds))
      return ended(Loss::How::TooLong, fmt::format("it took longer than {} s", kWallPerProcessor * seconds));
    const auto megabytes = static_cast<std::uint64_t>(orders_.page.megabytes);
    if (resident_bytes(running_->process->id()) > megabytes * 1'000'000)
      return ended(Loss::How::TooMuchMemory, fmt::format("it took more than {} MB of memory", megabytes));
    return std::nullopt;
  }

  Loss ended(Loss::How how, std::string words) {
    running_->process->kill();
    return {how, stage_, std::move(words)};
  }

  Attempt nonsense() { return ended(Loss::How::Crashed, "the reader answered nonsense"); }

  // The socket closes a moment before the process is gone: its own end is waited for, so that the reason is known.
  Attempt died() {
    for (const auto end = Clock::now() + kFarewell; running_->process->alive() && Clock::now() < end;) ::usleep(1000);
    const WorkerProcess::Death death = running_->process->kill();
    if (death.signal == 0) return Loss{Loss::How::Crashed, stage_, fmt::format("the reader ended with code {}", death.exit_code)};
    const std::string signal = fmt::format("signal {}, {}", death.signal, ::sigdescr_np(death.signal));
    if (of_its_own(death.signal)) return Loss{Loss::How::Crashed, stage_, "the reader crashed (" + signal + ")"};
    return Loss{Loss::How::EndedFromOutside, stage_, "the reader was ended from outside, maybe for want of memory (" + signal + ")"};
  }

  WorkOrders orders_;
  std::vector<std::string> command_;
  const std::atomic<bool>& stopped_;
  std::optional<Running> running_;

  // The page in work.
  std::string stage_;
  std::optional<Page> page_;
  std::vector<std::uint8_t> picture_;
  double processor_before_ = 0;
  Clock::time_point began_;
  Message message_;
  wire::Bytes bytes_;
};

}  // namespace

std::unique_ptr<PageWorker> make_process_worker(const WorkOrders& orders, const std::vector<std::string>& command, const std::atomic<bool>& stopped) {
  return std::make_unique<ProcessWorker>(orders, command, stopped);
}

}  // namespace chartscan::pipeline
