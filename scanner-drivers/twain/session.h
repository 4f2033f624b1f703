// One conversation with a source manager and one of its sources: the calls, the state they lead to, memory, messages.
// A manager keeps its state per process, so there is one session at a time, used by one thread. Destroying it takes every
// step back that was made, whatever the source says to it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "scanner-drivers/twain/faults.h"
#include "scanner-drivers/twain/platform.h"
#include "scanner-drivers/twain/states.h"
#include "scanner-drivers/twain/wire.h"

namespace chartscan::scan::twain {

// Memory that a source handed over: locked while we look at it, then freed.
class ForeignBlock {
 public:
  ForeignBlock(const wire::EntryPoint& memory, wire::Handle handle, const Platform& platform);
  ~ForeignBlock();
  ForeignBlock(const ForeignBlock&) = delete;
  ForeignBlock& operator=(const ForeignBlock&) = delete;
  const ByteSource& bytes() const { return *bytes_; }

 private:
  const wire::EntryPoint& memory_;
  wire::Handle handle_;
  std::unique_ptr<ByteSource> bytes_;
};

enum class Arrival { Nothing, Image, CloseRequest };

class Session {
 public:
  // Loads the manager (`path` empty: the usual places) and opens it. NotFound where the system has none.
  static Result<std::unique_ptr<Session>> open_manager(const std::string& path);
  ~Session();

  State state() const { return state_; }
  Platform& platform() { return *platform_; }

  // Sources installed, in the manager's order.
  std::vector<wire::Identity> sources();
  Reply open_source(const wire::Identity& source);

  // A call to the open source. Out of its state it is not made, and answers SequenceError.
  Reply ask(std::uint32_t group, Data data, Message message, void* body);

  // Without the source's own window. Registers the callback first; a source without gets its events polled.
  Reply enable();
  // Waits for the source to say that an image is ready.
  Arrival wait(std::chrono::milliseconds longest);
  // Acknowledges the image in transfer. Done only when the side is stored.
  Reply end_transfer();

  // Back to `target`, or further up if we never came that far.
  void unwind(State target);

  // Memory the manager's way. The source frees what it is given, we free what we get.
  wire::Handle give(std::span<const std::uint8_t> bytes);
  void release(wire::Handle handle) { memory_.free(handle); }
  ForeignBlock take(wire::Handle handle) { return {memory_, handle, *platform_}; }

 private:
  using Clock = std::chrono::steady_clock;
  Session() = default;
  Reply send(wire::Identity* destination, std::uint32_t group, Data data, Message message, void* body);
  ConditionCode read_condition(wire::Identity* destination);
  bool register_callback();
  Message poll_event(void* native_event);
  Reply open();

  std::unique_ptr<Platform> platform_;
  wire::DsmEntry entry_ = nullptr;
  wire::EntryPoint memory_{};
  wire::Identity self_{}, source_{};
  wire::Handle parent_ = nullptr;
  State state_ = State::Unloaded;
  bool has_callback_ = false;
  Clock::time_point next_poll_;  // of a source that sends no messages
};

}  // namespace chartscan::scan::twain
