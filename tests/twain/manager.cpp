// The fake source manager: DSM_Entry. It has one real source and two names that cannot be opened, gives memory by handles
// that are no addresses, and routes the source's messages to a callback or to the next event, as the real one does.
#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/twain/source.h"

extern "C" __attribute__((visibility("default"))) std::uint16_t DSM_Entry(chartscan::scan::twain::wire::Identity* origin,
                                                                          chartscan::scan::twain::wire::Identity* destination,
                                                                          std::uint32_t group, std::uint16_t data,
                                                                          std::uint16_t message, void* body);

namespace chartscan::fake_twain {
namespace {

using tw::ConditionCode;
using tw::Data;
using tw::Message;
using tw::ReturnCode;

// Blocks by number. Who frees twice, locks what is not there, or leaves blocks behind is written down.
class Memory {
 public:
  void* allocate(std::uint32_t bytes) {
    const std::lock_guard lock(mutex_);
    last_ += 16;
    blocks_[last_].resize(bytes);
    return reinterpret_cast<void*>(last_);
  }
  void free(void* handle) {
    const std::lock_guard lock(mutex_);
    if (blocks_.erase(reinterpret_cast<std::uintptr_t>(handle)) == 0) complain("memory was freed that is not there");
  }
  void* lock(void* handle) {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(reinterpret_cast<std::uintptr_t>(handle));
    if (found != blocks_.end()) return found->second.data();
    complain("memory was locked that is not there");
    return nullptr;
  }
  std::size_t held() const { return blocks_.size(); }

 private:
  std::mutex mutex_;
  std::uintptr_t last_ = 0x10;
  std::map<std::uintptr_t, std::vector<std::uint8_t>> blocks_;
};

Memory& blocks() {
  static Memory only;
  return only;
}

void* allocate(std::uint32_t bytes) { return blocks().allocate(bytes); }
void free_block(void* handle) { blocks().free(handle); }
void* lock_block(void* handle) { return blocks().lock(handle); }
void unlock_block(void*) {}

constexpr const char* kDecoys[] = {"Another Scanner", "A Scanner That Is Not There"};

class FakeManager {
 public:
  ReturnCode entry(tw::wire::Identity* origin, tw::wire::Identity* destination, std::uint32_t group, Data data, Message message,
                   void* body) {
    if (data == Data::Null) return deliver(message);
    if (data == Data::Parent) return parent(*origin, message);
    if (state_ < 3) return fail(ConditionCode::SequenceError, "a call before OPENDSM");
    if (destination == nullptr) return own(*origin, data, message, body);
    if (state_ < 4) return fail(ConditionCode::SequenceError, "a call to a source that is not open");
    if (destination->id != kSourceId) return fail(ConditionCode::BadDestination, "a call to another source");
    if (data == Data::Callback || data == Data::Callback2) return register_callback(data, body);
    // While a callback is under way nothing reaches the source.
    if (calling_back_ && data != Data::Status) return fail(ConditionCode::SequenceError);
    if (data == Data::Status && condition_ != ConditionCode::Success) return status(*static_cast<tw::wire::Status*>(body));
    if (data == Data::Event && waiting_ != Message::Null) {
      static_cast<tw::wire::Event*>(body)->message = static_cast<std::uint16_t>(waiting_.exchange(Message::Null));
      return ReturnCode::SourceEvent;
    }
    return static_cast<ReturnCode>(
        source_entry(origin, group, static_cast<std::uint16_t>(data), static_cast<std::uint16_t>(message), body));
  }

 private:
  static constexpr std::uint32_t kSourceId = 7;

  ReturnCode fail(ConditionCode why, const char* complaint = nullptr) {
    if (complaint) complain(complaint);
    condition_ = why;
    return ReturnCode::Failure;
  }

  ReturnCode status(tw::wire::Status& status) {
    status.condition = static_cast<std::uint16_t>(condition_.exchange(ConditionCode::Success));
    return ReturnCode::Success;
  }

  ReturnCode parent(tw::wire::Identity& application, Message message) {
    if (message == Message::OpenManager) {
      if (state_ != 2) return fail(ConditionCode::SequenceError, "OPENDSM twice");
      if ((application.groups & tw::kApp2) == 0) complain("the application does not say that it knows entry points");
      application.id = 1;
      application.groups |= tw::kDsm2;
      state_ = 3;
      return ReturnCode::Success;
    }
    if (state_ != 3) return fail(ConditionCode::SequenceError, "CLOSEDSM with an open source, or twice");
    if (blocks().held() != 0) complain(std::to_string(blocks().held()) + " blocks of memory were left behind");
    state_ = 2;
    return ReturnCode::Success;
  }

  ReturnCode own(tw::wire::Identity& application, Data data, Message message, void* body) {
    if (data == Data::Status) return status(*static_cast<tw::wire::Status*>(body));
    if (data == Data::EntryPoint) return entry_point(*static_cast<tw::wire::EntryPoint*>(body));
    if (data != Data::Identity) return fail(ConditionCode::BadProtocol, "a call to the manager that it does not know");
    auto& source = *static_cast<tw::wire::Identity*>(body);
    switch (message) {
      case Message::GetFirst: listed_ = 0; return list(source);
      case Message::GetNext: return list(source);
      case Message::OpenSource: return open(application, source);
      case Message::CloseSource: return close(application, source);
      default: return fail(ConditionCode::BadProtocol, "a message about identities that is not known");
    }
  }

  ReturnCode entry_point(tw::wire::EntryPoint& given) {
    if (given.size != sizeof(given)) return fail(ConditionCode::BadValue, "entry points of another size");
    given.allocate = allocate;
    given.free = free_block;
    given.lock = lock_block;
    given.unlock = unlock_block;
    return ReturnCode::Success;
  }

  ReturnCode list(tw::wire::Identity& source) {
    if (listed_ > std::size(kDecoys)) return ReturnCode::EndOfList;
    source = source_identity();
    source.id = static_cast<std::uint32_t>(100 + listed_);
    if (listed_ > 0) tw::wire::put_text(source.product, kDecoys[listed_ - 1]);
    ++listed_;
    return ReturnCode::Success;
  }

  ReturnCode open(tw::wire::Identity& application, tw::wire::Identity& source) {
    if (state_ != 3) return fail(ConditionCode::MaxConnections);
    if (std::strcmp(source.product.bytes, source_identity().product.bytes) != 0)
      return fail(source.product.bytes == std::string(kDecoys[0]) ? ConditionCode::MaxConnections : ConditionCode::NoSource);
    source.id = kSourceId;
    options_ = Options();
    callback_ = nullptr;
    waiting_ = Message::Null;
    tw::wire::EntryPoint memory{sizeof(tw::wire::EntryPoint), DSM_Entry, allocate, free_block, lock_block, unlock_block};
    source_entry(&application, tw::kGroupControl, static_cast<std::uint16_t>(Data::EntryPoint),
                 static_cast<std::uint16_t>(Message::Set), &memory);
    const std::uint16_t opened = source_entry(&application, tw::kGroupControl, static_cast<std::uint16_t>(Data::Identity),
                                              static_cast<std::uint16_t>(Message::OpenSource), &source);
    if (opened == 0) state_ = 4;
    return static_cast<ReturnCode>(opened);
  }

  ReturnCode close(tw::wire::Identity& application, tw::wire::Identity& source) {
    if (state_ != 4) return fail(ConditionCode::SequenceError, "CLOSEDS without an open source");
    const std::uint16_t closed = source_entry(&application, tw::kGroupControl, static_cast<std::uint16_t>(Data::Identity),
                                              static_cast<std::uint16_t>(Message::CloseSource), &source);
    if (closed == 0) state_ = 3;
    return static_cast<ReturnCode>(closed);
  }

  ReturnCode register_callback(Data data, void* body) {
    const std::string messages = options_.text("messages", "callback");
    if (messages == "event") return fail(ConditionCode::BadProtocol);
    if (messages == "callback1" && data == Data::Callback2) return fail(ConditionCode::BadProtocol);
    callback_ = data == Data::Callback2 ? static_cast<tw::wire::Callback2*>(body)->function
                                        : static_cast<tw::wire::Callback*>(body)->function;
    return ReturnCode::Success;
  }

  // From the source, on whatever thread. The callback returns some time before its caller does.
  ReturnCode deliver(Message message) {
    if (!callback_ || options_.is("messages", "deaf")) {
      waiting_ = message;
      return ReturnCode::Success;
    }
    calling_back_ = true;
    auto source = source_identity();
    reinterpret_cast<tw::wire::DsmEntry>(callback_)(&source, nullptr, tw::kGroupControl, 0, static_cast<std::uint16_t>(message),
                                                    nullptr);
    if (options_.is("ready", "thread")) std::this_thread::sleep_for(std::chrono::milliseconds(30));
    calling_back_ = false;
    return ReturnCode::Success;
  }

  int state_ = 2;
  std::size_t listed_ = 0;
  Options options_;
  void* callback_ = nullptr;
  std::atomic<Message> waiting_ = Message::Null;
  std::atomic<bool> calling_back_ = false;
  std::atomic<ConditionCode> condition_ = ConditionCode::Success;
};

FakeManager& fake() {
  static FakeManager only;
  return only;
}

}  // namespace
}  // namespace chartscan::fake_twain

extern "C" std::uint16_t DSM_Entry(chartscan::scan::twain::wire::Identity* origin,
                                   chartscan::scan::twain::wire::Identity* destination, std::uint32_t group, std::uint16_t data,
                                   std::uint16_t message, void* body) {
  using namespace chartscan::fake_twain;
  return static_cast<std::uint16_t>(
      fake().entry(origin, destination, group, static_cast<tw::Data>(data), static_cast<tw::Message>(message), body));
}
