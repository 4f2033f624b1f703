#include "app/http/event_hub.h"

#include "core/log.h"

namespace chartscan::app::http {
namespace {

constexpr std::size_t kMostStreams = 500;
constexpr std::size_t kMostUnsent = 1 << 20;
constexpr std::chrono::milliseconds kTurn{200};
constexpr std::chrono::seconds kHeartbeat{15};  // so that a peer that is gone is noticed, and proxies keep the line

}  // namespace

EventHub::EventHub() : thread_([this] { run(); }) {}

EventHub::~EventHub() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void EventHub::add(std::unique_ptr<Wire> wire, std::string head, EventSource source) {
  const std::lock_guard lock(mutex_);
  if (ending_ || streams_ >= kMostStreams) return;
  ++streams_;
  added_.push_back({std::move(wire), std::move(source), std::move(head), Wire::Clock::now()});
  wake_.notify_all();
}

bool EventHub::serve(Stream& stream, Wire::Clock::time_point now) {
  if (stream.wire->peer_gone()) return false;
  if (stream.unsent.empty()) {  // who is behind is not asked for more
    std::optional<std::string> news;
    try {
      news = stream.source();
    } catch (const std::exception&) {
      log::error("http: a stream of events ended in an unexpected exception");
    }
    if (!news) return false;
    stream.unsent = std::move(*news);
    if (stream.unsent.size() > kMostUnsent) return false;
    if (stream.unsent.empty() && now - stream.last_sent > kHeartbeat) stream.unsent = ": still here\n\n";
  }
  if (stream.unsent.empty()) return true;
  const std::ptrdiff_t sent = stream.wire->write_some(stream.unsent.data(), stream.unsent.size());
  if (sent < 0) return false;
  if (sent > 0) stream.last_sent = now;
  stream.unsent.erase(0, static_cast<std::size_t>(sent));
  return now - stream.last_sent < 2 * kHeartbeat;
}

void EventHub::run() {
  std::list<Stream> streams;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kTurn, [&] { return ending_ || !added_.empty(); });
      if (ending_) return;
      streams.splice(streams.end(), added_);
    }
    const auto now = Wire::Clock::now();
    std::size_t ended = 0;
    for (auto stream = streams.begin(); stream != streams.end();) {
      if (serve(*stream, now)) {
        ++stream;
      } else {
        stream = streams.erase(stream);
        ++ended;
      }
    }
    const std::lock_guard lock(mutex_);
    streams_ -= ended;
  }
}

std::string event_text(const std::string& name, const std::string& data) { return "event: " + name + "\ndata: " + data + "\n\n"; }

}  // namespace chartscan::app::http
