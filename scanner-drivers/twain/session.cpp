#include "scanner-drivers/twain/session.h"

#include <atomic>

namespace chartscan::scan::twain {
namespace {

constexpr int kMaxSources = 256;
constexpr auto kEventFallback = std::chrono::milliseconds(500);  // between polls of a source that has a callback

std::atomic<bool> g_in_use = false;

// Messages that came by callback: from inside ENABLEDS, from another thread, after we stopped caring. So they only leave a
// flag, and the flags outlive every session.
std::atomic<bool> g_image_ready = false, g_close_requested = false;

std::uint16_t CHARTSCAN_TWAIN_CALL on_message(wire::Identity*, wire::Identity*, std::uint32_t, std::uint16_t,
                                              std::uint16_t message, void*) {
  if (message == static_cast<std::uint16_t>(Message::TransferReady)) g_image_ready = true;
  if (message == static_cast<std::uint16_t>(Message::CloseRequest)) g_close_requested = true;
  return static_cast<std::uint16_t>(ReturnCode::Success);
}

wire::Identity our_identity() {
  wire::Identity self{};
  self.version.major = 1;
  self.version.language = 13;  // English (USA)
  self.version.country = 1;
  self.protocol_major = 2;
  self.protocol_minor = 4;
  self.groups = kGroupControl | kGroupImage | kApp2;
  wire::put_text(self.version.info, "1");
  wire::put_text(self.manufacturer, "Chartscan");
  wire::put_text(self.family, "Chartscan");
  wire::put_text(self.product, "Chartscan");
  return self;
}

}  // namespace

ForeignBlock::ForeignBlock(const wire::EntryPoint& memory, wire::Handle handle, const Platform& platform)
    : memory_(memory), handle_(handle) {
  const void* const start = handle ? memory.lock(handle) : nullptr;
  if (start)
    bytes_ = platform.foreign_memory(start);
  else
    bytes_ = std::make_unique<SpanSource>(std::span<const std::uint8_t>());
}

ForeignBlock::~ForeignBlock() {
  if (!handle_) return;
  memory_.unlock(handle_);
  memory_.free(handle_);
}

Result<std::unique_ptr<Session>> Session::open_manager(const std::string& path) {
  if (g_in_use.exchange(true))
    return Error{ErrorCode::DeviceFault, "TWAIN is already in use in this process; close its device first"};
  std::unique_ptr<Session> session(new Session);
  session->platform_ = make_platform();
  auto entry = session->platform_->load_manager(path);
  if (!entry.ok()) return std::move(entry).error();
  session->entry_ = *entry;
  session->state_ = State::Loaded;
  const Reply opened = session->open();
  if (!opened.ok())
    return Error{ErrorCode::DeviceFault, "the TWAIN source manager does not open: " + twain::to_string(opened) +
                                             "; is it built for TWAIN 2.4 or newer and for this processor?"};
  return session;
}

Session::~Session() {
  unwind(State::Unloaded);
  g_in_use = false;
}

Reply Session::open() {
  self_ = our_identity();
  parent_ = platform_->parent_window();
  const Reply opened = send(nullptr, kGroupControl, Data::Parent, Message::OpenManager, &parent_);
  if (!opened.ok()) return opened;
  memory_ = platform_->system_memory();
  if ((self_.groups & kDsm2) == 0) return opened;
  wire::EntryPoint given{};
  given.size = sizeof(given);
  const Reply entered = send(nullptr, kGroupControl, Data::EntryPoint, Message::Get, &given);
  if (entered.ok() && given.allocate && given.free && given.lock && given.unlock) memory_ = given;
  return entered;
}

ConditionCode Session::read_condition(wire::Identity* destination) {
  wire::Status status{};
  const auto code = entry_(&self_, destination, kGroupControl, static_cast<std::uint16_t>(Data::Status),
                           static_cast<std::uint16_t>(Message::Get), &status);
  return code == static_cast<std::uint16_t>(ReturnCode::Success) ? static_cast<ConditionCode>(status.condition)
                                                                 : ConditionCode::Bummer;
}

Reply Session::send(wire::Identity* destination, std::uint32_t group, Data data, Message message, void* body) {
  if (!is_permitted(state_, data, message)) return {ReturnCode::Failure, ConditionCode::SequenceError};
  Reply reply;
  reply.code = static_cast<ReturnCode>(
      entry_(&self_, destination, group, static_cast<std::uint16_t>(data), static_cast<std::uint16_t>(message), body));
  if (reply.code == ReturnCode::Failure) reply.condition = read_condition(destination);
  const int pending = data == Data::PendingTransfers ? static_cast<const wire::PendingTransfers*>(body)->count : 0;
  state_ = state_after(state_, data, message, reply.code, pending);
  return reply;
}

Reply Session::ask(std::uint32_t group, Data data, Message message, void* body) {
  return send(&source_, group, data, message, body);
}

std::vector<wire::Identity> Session::sources() {
  std::vector<wire::Identity> found;
  wire::Identity next{};
  for (Message message = Message::GetFirst; found.size() < kMaxSources; message = Message::GetNext) {
    if (!send(nullptr, kGroupControl, Data::Identity, message, &next).ok()) break;
    next.product.bytes[sizeof(next.product.bytes) - 1] = next.manufacturer.bytes[sizeof(next.manufacturer.bytes) - 1] = 0;
    found.push_back(next);
  }
  return found;
}

Reply Session::open_source(const wire::Identity& source) {
  source_ = source;
  return send(nullptr, kGroupControl, Data::Identity, Message::OpenSource, &source_);
}

bool Session::register_callback() {
  void* const function = reinterpret_cast<void*>(&on_message);
  wire::Callback2 wide{function, 0, 0};
  if (ask(kGroupControl, Data::Callback2, Message::RegisterCallback, &wide).ok()) return true;
  wire::Callback narrow{function, 0, 0};
  return ask(kGroupControl, Data::Callback, Message::RegisterCallback, &narrow).ok();
}

Reply Session::enable() {
  g_image_ready = g_close_requested = false;
  has_callback_ = register_callback();
  // A callback that is promised is the better way: polling beside it meets sources that answer from another thread. But
  // there are sources that register one and never call it, so now and then they are asked all the same.
  next_poll_ = has_callback_ ? Clock::now() + kEventFallback : Clock::now();
  wire::UserInterface window{0, 0, parent_};
  return ask(kGroupControl, Data::UserInterface, Message::EnableSource, &window);
}

Message Session::poll_event(void* native_event) {
  wire::Event event{native_event, 0};
  return ask(kGroupControl, Data::Event, Message::ProcessEvent, &event).code == ReturnCode::SourceEvent
             ? static_cast<Message>(event.message)
             : Message::Null;
}

Arrival Session::wait(std::chrono::milliseconds longest) {
  const auto until = Clock::now() + longest;
  for (;;) {
    if (g_image_ready.exchange(false)) {
      state_ = State::TransferReady;
      return Arrival::Image;
    }
    if (g_close_requested.exchange(false)) return Arrival::CloseRequest;
    const auto now = Clock::now();
    if (now >= until) return Arrival::Nothing;
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(until - now);
    platform_->pump(rest, [&](void* native_event, Platform::Occasion occasion) {
      if (occasion == Platform::Occasion::Idle && Clock::now() < next_poll_) return false;
      if (has_callback_) next_poll_ = Clock::now() + kEventFallback;
      const Message message = poll_event(native_event);
      if (message == Message::TransferReady) g_image_ready = true;
      if (message == Message::CloseRequest) g_close_requested = true;
      return message != Message::Null;
    });
  }
}

Reply Session::end_transfer() {
  wire::PendingTransfers pending{};
  return ask(kGroupControl, Data::PendingTransfers, Message::EndTransfer, &pending);
}

// Each step is taken once and then believed: a source that refuses to be closed must not keep us.
void Session::unwind(State target) {
  wire::PendingTransfers pending{};
  if (state_ == State::Transferring && target < state_) {
    ask(kGroupControl, Data::PendingTransfers, Message::EndTransfer, &pending);
    if (state_ == State::Transferring) state_ = State::TransferReady;
  }
  if (state_ == State::TransferReady && target < state_) {
    ask(kGroupControl, Data::PendingTransfers, Message::Reset, &pending);
    state_ = State::Enabled;
  }
  if (state_ == State::Enabled && target < state_) {
    wire::UserInterface window{0, 0, parent_};
    ask(kGroupControl, Data::UserInterface, Message::DisableSource, &window);
    state_ = State::SourceOpen;
  }
  if (state_ == State::SourceOpen && target < state_) {
    send(nullptr, kGroupControl, Data::Identity, Message::CloseSource, &source_);
    state_ = State::ManagerOpen;
  }
  if (state_ == State::ManagerOpen && target < state_) {
    send(nullptr, kGroupControl, Data::Parent, Message::CloseManager, &parent_);
    state_ = State::Loaded;
  }
  if (state_ == State::Loaded && target < state_) {
    platform_.reset();
    state_ = State::Unloaded;
  }
}

wire::Handle Session::give(std::span<const std::uint8_t> bytes) {
  const wire::Handle handle = memory_.allocate(static_cast<std::uint32_t>(bytes.size()));
  void* const to = handle ? memory_.lock(handle) : nullptr;
  if (!to) return nullptr;
  std::memcpy(to, bytes.data(), bytes.size());
  memory_.unlock(handle);
  return handle;
}

}  // namespace chartscan::scan::twain
