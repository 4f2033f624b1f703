// Streams of server-sent events, all written by one thread: a screen that listens costs no thread of its own. Each stream is asked a
// few times a second what is new; who takes nothing for long, or goes away, is dropped. Any thread.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/http/message.h"
#include "app/http/wire.h"

namespace chartscan::app::http {

class EventHub {
 public:
  EventHub();
  ~EventHub();  // ends every stream
  // Writes `head` first. Refused when there are too many streams: then the wire is closed.
  void add(std::unique_ptr<Wire> wire, std::string head, EventSource source);

 private:
  struct Stream {
    std::unique_ptr<Wire> wire;
    EventSource source;
    std::string unsent;
    Wire::Clock::time_point last_sent;
  };
  void run();
  static bool serve(Stream& stream, Wire::Clock::time_point now);  // false: it is over

  std::mutex mutex_;
  std::condition_variable wake_;
  std::list<Stream> added_;  // guarded by mutex_
  std::size_t streams_ = 0;  // guarded by mutex_
  bool ending_ = false;      // guarded by mutex_
  std::thread thread_;
};

// "event: NAME\ndata: DATA\n\n"; `data` is one line.
std::string event_text(const std::string& name, const std::string& data);

}  // namespace chartscan::app::http
