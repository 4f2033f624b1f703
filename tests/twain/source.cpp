#include "tests/twain/source.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <utility>

#include "tests/twain/images.h"

namespace chartscan::fake_twain {
namespace {

using std::chrono::milliseconds;
using tw::Cap;
using tw::ConditionCode;
using tw::Data;
using tw::Message;
using tw::ReturnCode;

class Source {
 public:
  ReturnCode handle(tw::wire::Identity* application, Data data, Message message, void* body) {
    if (data == Data::Status) return status(*static_cast<tw::wire::Status*>(body));
    condition_ = ConditionCode::Success;
    switch (data) {
      case Data::EntryPoint: manager().memory = *static_cast<tw::wire::EntryPoint*>(body); return ReturnCode::Success;
      case Data::Identity: return identity(application, message, body);
      case Data::Capability: return capability(message, *static_cast<tw::wire::Capability*>(body));
      case Data::ImageLayout: return layout(message, *static_cast<tw::wire::ImageLayout*>(body));
      case Data::UserInterface: return user_interface(message, *static_cast<tw::wire::UserInterface*>(body));
      case Data::Event: return event(*static_cast<tw::wire::Event*>(body));
      case Data::ImageInfo: return image_info(*static_cast<tw::wire::ImageInfo*>(body));
      case Data::SetupMemory: return setup_memory(*static_cast<tw::wire::SetupMemory*>(body));
      case Data::SetupFile: return setup_file(*static_cast<tw::wire::SetupFile*>(body));
      case Data::NativeTransfer: return native(*static_cast<void**>(body));
      case Data::FileTransfer: return file();
      case Data::MemoryTransfer: return memory(*static_cast<tw::wire::MemoryTransfer*>(body));
      case Data::ExtendedImageInfo: return extended(*static_cast<tw::wire::ExtendedImageInfo*>(body));
      case Data::PendingTransfers: return pending(message, *static_cast<tw::wire::PendingTransfers*>(body));
      default: return fail(ConditionCode::BadProtocol);
    }
  }

  ~Source() { join(); }

 private:
  ReturnCode fail(ConditionCode why) {
    condition_ = why;
    return ReturnCode::Failure;
  }

  // An application must know what state we are in.
  bool in_state(int from, int to, const char* what) {
    if (state_ >= from && state_ <= to) return true;
    complain(std::string(what) + " in state " + std::to_string(state_));
    condition_ = ConditionCode::SequenceError;
    return false;
  }

  ReturnCode status(tw::wire::Status& status) {
    if (condition_ == ConditionCode::Success) complain("status was read without a failure, or twice");
    status.condition = static_cast<std::uint16_t>(condition_);
    condition_ = ConditionCode::Success;
    return ReturnCode::Success;
  }

  ReturnCode identity(tw::wire::Identity* application, Message message, void* body) {
    if (message == Message::Get) {
      *static_cast<tw::wire::Identity*>(body) = source_identity();
      return ReturnCode::Success;
    }
    if (message == Message::OpenSource) {
      if (!in_state(3, 3, "OPENDS")) return ReturnCode::Failure;
      application_ = *application;
      self_ = *static_cast<tw::wire::Identity*>(body);
      options_ = Options();
      capabilities_.emplace(options_);
      state_ = 4;
      return ReturnCode::Success;
    }
    if (!in_state(4, 4, "CLOSEDS")) return ReturnCode::Failure;
    join();
    state_ = 3;
    return ReturnCode::Success;
  }

  // --- capabilities ----------------------------------------------------------------------------------------------------
  ReturnCode capability(Message message, tw::wire::Capability& body) {
    const auto cap = static_cast<Cap>(body.capability);
    if (!in_state(4, message == Message::Set ? 4 : 7, "DAT_CAPABILITY")) return ReturnCode::Failure;
    if (!capabilities_->has(cap)) return fail(ConditionCode::CapabilityUnsupported);
    if (cap == Cap::FeederLoaded) capabilities_->refresh(cap, sensor());
    if (message == Message::Set) {
      bool rounded = false;
      const auto* bytes = static_cast<const std::uint8_t*>(manager().memory.lock(body.values));
      const ConditionCode why = capabilities_->set(cap, static_cast<tw::Container>(body.container), bytes, rounded);
      manager().memory.unlock(body.values);
      if (why != ConditionCode::Success) return fail(why);
      return rounded ? ReturnCode::CheckStatus : ReturnCode::Success;
    }
    auto container = tw::Container::OneValue;
    body.values = handed_over(capabilities_->get(cap, message == Message::GetCurrent, container));
    body.container = static_cast<std::uint16_t>(container);
    return ReturnCode::Success;
  }

  bool sensor() const {
    if (options_.is("loaded", "yes")) return true;
    return !options_.is("loaded", "no") && Tray::has_paper(tray_folder());
  }

  static void* handed_over(const std::vector<std::uint8_t>& bytes) {
    void* const handle = manager().memory.allocate(static_cast<std::uint32_t>(bytes.size()));
    std::memcpy(manager().memory.lock(handle), bytes.data(), bytes.size());
    manager().memory.unlock(handle);
    return handle;
  }

  ReturnCode layout(Message message, tw::wire::ImageLayout& body) {
    if (!in_state(4, message == Message::Set ? 4 : 6, "DAT_IMAGELAYOUT")) return ReturnCode::Failure;
    if (message == Message::Set) layout_ = body;
    body = layout_;
    return ReturnCode::Success;
  }

  // --- enabling --------------------------------------------------------------------------------------------------------
  ReturnCode user_interface(Message message, const tw::wire::UserInterface& body) {
    if (message == Message::DisableSource) {
      if (!in_state(5, 5, "DISABLEDS")) return ReturnCode::Failure;
      join();
      state_ = 4;
      return ReturnCode::Success;
    }
    if (!in_state(4, 4, "ENABLEDS")) return ReturnCode::Failure;
    if (body.show != 0) complain("the source's own window was asked for");
    const bool feeder = !capabilities_->has(Cap::FeederEnabled) || capabilities_->now(Cap::FeederEnabled);
    tray_.emplace(tray_folder(), feeder && capabilities_->has(Cap::DuplexEnabled) && capabilities_->now(Cap::DuplexEnabled));
    if (const auto fault = early_fault()) return *fault;
    const int count = capabilities_->has(Cap::TransferCount) ? capabilities_->now(Cap::TransferCount) : -1;
    sides_wanted_ = count > 0 ? static_cast<std::size_t>(count) : tray_->sides_left();
    if (tray_->sides_left() == 0 && !options_.is("empty", "wait")) return fail(ConditionCode::NoMedia);
    state_ = 5;
    if (options_.on("close"))
      tell(Message::CloseRequest);
    else if (tray_->sides_left() > 0)
      announce();
    return ReturnCode::Success;
  }

  std::optional<ReturnCode> early_fault() {
    if (!options_.is("fault-at", "start")) return std::nullopt;
    const auto fault = tray_->take_fault(true);
    return fault ? strike(*fault, 0) : std::nullopt;
  }

  void announce() {
    told_ = false;
    ready_ = true;
    if (options_.is("ready", "thread") || options_.is("ready", "late")) {
      const milliseconds pause(options_.is("ready", "late") ? 2000 : 20);
      messenger_ = std::thread([this, pause] {
        std::this_thread::sleep_for(pause);
        tell(Message::TransferReady);
      });
    } else {
      tell(Message::TransferReady);
    }
  }
  void join() {
    if (messenger_.joinable()) messenger_.join();
  }
  void tell(Message message) {
    told_ = true;
    manager().memory.entry(&self_, &application_, tw::kGroupControl, static_cast<std::uint16_t>(Data::Null),
                           static_cast<std::uint16_t>(message), nullptr);
  }

  ReturnCode event(tw::wire::Event& event) {
    event.message = static_cast<std::uint16_t>(Message::Null);
    in_state(5, 7, "PROCESSEVENT");
    return ReturnCode::NotSourceEvent;  // the manager answers for us where a message waits
  }

  // The application has seen XFERREADY by any of its ways when it asks for the image.
  void enter_transfer_ready() {
    if (state_ == 5 && ready_ && told_) state_ = 6, begin_side();
  }

  void begin_side() {
    picture_.reset();
    rows_given_ = 0;
    if (options_.on("drop-backs"))
      while (tray_->sides_left() > 0 && tray_->next().side == 1) tray_->taken();
    if (tray_->sides_left() == 0) return;
    const auto raw = tray_->picture();
    if (!raw) return;
    const int type = capabilities_->has(Cap::PixelType) ? capabilities_->now(Cap::PixelType) : 0;
    const int channels = type == 2 ? 3 : 1;
    const int bits = capabilities_->has(Cap::BitDepth) ? capabilities_->now(Cap::BitDepth) : type == 0 ? 1 : 8 * channels;
    picture_ = converted(*raw, channels, bits / channels);
  }

  // --- sides -----------------------------------------------------------------------------------------------------------
  bool vanilla() const {
    return capabilities_->has(Cap::PixelFlavor) ? capabilities_->now(Cap::PixelFlavor) == 1 : options_.is("flavor", "vanilla");
  }
  bool low_bit_first() const { return options_.is("bitorder", "lsb"); }
  int dpi() const {
    return capabilities_->has(Cap::XResolution) ? capabilities_->now(Cap::XResolution) : options_.number("tray-dpi", 100);
  }

  ReturnCode image_info(tw::wire::ImageInfo& info) {
    enter_transfer_ready();
    if (!in_state(6, 7, "DAT_IMAGEINFO")) return ReturnCode::Failure;
    if (!picture_) return fail(tray_->sides_left() == 0 ? ConditionCode::NoMedia : ConditionCode::OperationError);
    std::memset(&info, 0, sizeof(info));
    info.x_resolution = info.y_resolution = {static_cast<std::int16_t>(dpi()), 0};
    info.width = picture_->width;
    info.length = picture_->height;
    info.samples_per_pixel = static_cast<std::int16_t>(picture_->channels);
    std::fill_n(info.bits_per_sample, picture_->channels, static_cast<std::int16_t>(picture_->depth));
    info.bits_per_pixel = static_cast<std::int16_t>(picture_->channels * picture_->depth);
    info.pixel_type = static_cast<std::int16_t>(picture_->channels == 3 ? 2 : picture_->depth == 1 ? 0 : 1);
    return ReturnCode::Success;
  }

  // What a fault of the tray does; nothing where the side goes on.
  std::optional<ReturnCode> strike(const TrayFault& fault, int rows_so_far) {
    if (fault.kind == "short") {
      short_at_ = picture_ ? picture_->height * fault.amount / 100 : 0;
      return std::nullopt;
    }
    if (fault.kind == "hang") {
      std::this_thread::sleep_for(std::chrono::seconds(fault.amount));
      return std::nullopt;
    }
    if (fault.kind == "busy") return ReturnCode::Busy;
    if (fault.kind == "cover") return fail(ConditionCode::Interlock);
    if (fault.kind == "nomem") return fail(ConditionCode::LowMemory);
    if (fault.kind == "double") return fail(ConditionCode::PaperDoubleFeed);
    if (fault.kind == "offline") return fail(ConditionCode::CheckDeviceOnline);
    if (fault.kind == "cancel") return ReturnCode::Cancel;
    // The rest strikes when that much of the side has gone through.
    if (picture_ && rows_so_far * 100 < fault.amount * picture_->height) {
      waiting_fault_ = fault;
      return std::nullopt;
    }
    if (fault.kind == "jam") return fail(ConditionCode::PaperJam);
    if (fault.kind == "ioerr") return fail(ConditionCode::OperationError);
    if (fault.kind == "crash") raise(SIGKILL);
    complain("no such fault: " + fault.kind);
    return std::nullopt;
  }

  std::optional<ReturnCode> fault_now(int rows_so_far) {
    std::optional<TrayFault> fault =
        rows_so_far == 0 && !waiting_fault_ ? tray_->take_fault(false) : std::exchange(waiting_fault_, std::nullopt);
    if (rows_so_far == 0 && fault && fault->kind == "short") short_at_.reset();
    return fault ? strike(*fault, rows_so_far) : std::nullopt;
  }

  ReturnCode setup_memory(tw::wire::SetupMemory& setup) {
    enter_transfer_ready();
    if (!in_state(4, 6, "DAT_SETUPMEMXFER")) return ReturnCode::Failure;
    const auto row = static_cast<std::uint32_t>(picture_ ? picture_->row_bytes() + padding() : 0);
    setup = {row, tw::kDontCare32, row * static_cast<std::uint32_t>(options_.number("rows", 64))};
    return ReturnCode::Success;
  }

  std::size_t padding() const { return static_cast<std::size_t>(options_.number("pad", 0)); }

  ReturnCode memory(tw::wire::MemoryTransfer& piece) {
    if (!in_state(6, 7, "DAT_IMAGEMEMXFER")) return ReturnCode::Failure;
    if (!picture_) return fail(tray_->sides_left() == 0 ? ConditionCode::NoMedia : ConditionCode::OperationError);
    if (const auto fault = fault_now(rows_given_)) return *fault;
    const std::size_t stride = picture_->row_bytes() + padding();
    const int end = short_at_.value_or(picture_->height);
    int rows = std::min<int>(static_cast<int>(piece.memory.length / stride), end - rows_given_);
    if (waiting_fault_) rows = std::min(rows, std::max(1, picture_->height * waiting_fault_->amount / 100 - rows_given_ + 1));
    auto* to = static_cast<std::uint8_t*>(piece.memory.bytes);
    for (int row = 0; row < rows; ++row, to += stride) {
      const auto bytes = device_row(*picture_, rows_given_ + row, vanilla(), low_bit_first());
      std::memcpy(to, bytes.data(), bytes.size());
      std::memset(to + bytes.size(), 0xa5, padding());
    }
    piece.compression = 0;
    piece.bytes_per_row = static_cast<std::uint32_t>(stride);
    piece.columns = static_cast<std::uint32_t>(picture_->width);
    piece.rows = static_cast<std::uint32_t>(rows);
    piece.x = 0;
    piece.y = static_cast<std::uint32_t>(rows_given_);
    piece.written = static_cast<std::uint32_t>(stride * static_cast<std::size_t>(rows));
    lie_about(piece);
    rows_given_ += rows;
    state_ = 7;
    if (options_.on("endless")) return ReturnCode::Success;
    return rows_given_ >= end ? done() : ReturnCode::Success;
  }

  void lie_about(tw::wire::MemoryTransfer& piece) const {
    if (options_.on("tiles")) piece.columns /= 2;
    if (options_.on("backwards")) piece.y = static_cast<std::uint32_t>(picture_->height) - piece.y;
    if (options_.on("greedy")) piece.written = piece.memory.length + 1;
    if (options_.on("narrow")) piece.bytes_per_row = 1;
    if (options_.on("overlong")) piece.rows = 0x7fffffff;
  }

  ReturnCode done() {
    short_at_.reset();
    whole_ = true;
    state_ = 7;
    return ReturnCode::TransferDone;
  }

  std::vector<std::uint8_t> image(bool as_file) {
    const Shape shape{options_.is("native", "tiff-mm"), vanilla(), dpi(), short_at_.value_or(-1)};
    if (as_file && file_.format == tw::kFileBmp) return as_bmp(*picture_, shape);
    return options_.is("native", "dib") ? as_dib(*picture_, shape) : as_tiff(*picture_, shape);
  }

  // A percentage means nothing where a side comes at once: faults that wait for one strike now.
  std::optional<ReturnCode> fault_at_once() {
    if (!picture_) return fail(tray_->sides_left() == 0 ? ConditionCode::NoMedia : ConditionCode::OperationError);
    if (const auto fault = fault_now(0)) return fault;
    return waiting_fault_ ? fault_now(picture_->height) : std::nullopt;
  }

  ReturnCode native(void*& handle) {
    if (!in_state(6, 6, "DAT_IMAGENATIVEXFER")) return ReturnCode::Failure;
    if (const auto fault = fault_at_once()) return *fault;
    handle = handed_over(image(false));
    return done();
  }

  ReturnCode setup_file(const tw::wire::SetupFile& setup) {
    enter_transfer_ready();
    if (!in_state(4, 6, "DAT_SETUPFILEXFER")) return ReturnCode::Failure;
    file_ = setup;
    return ReturnCode::Success;
  }

  ReturnCode file() {
    if (!in_state(6, 6, "DAT_IMAGEFILEXFER")) return ReturnCode::Failure;
    if (const auto fault = fault_at_once()) return *fault;
    const auto bytes = image(true);
    std::ofstream out(file_.name.bytes, std::ios::binary);
    if (!out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
      return fail(ConditionCode::FileWriteError);
    return done();
  }

  ReturnCode extended(tw::wire::ExtendedImageInfo& body) {
    if (!in_state(7, 7, "DAT_EXTIMAGEINFO")) return ReturnCode::Failure;
    for (std::uint32_t index = 0; index < body.count; ++index) {
      tw::wire::InfoItem& item = body.items[index];
      item.item_type = static_cast<std::uint16_t>(tw::ItemType::Uint16);
      item.count = 1;
      item.return_code = static_cast<std::uint16_t>(ReturnCode::Success);
      const auto what = static_cast<tw::Info>(item.id);
      if (what == tw::Info::PageSide && options_.on("pageside"))
        item.item = static_cast<std::uintptr_t>(tray_->next().side == 0 ? tw::kPageSideTop : tw::kPageSideBottom);
      else if (what == tw::Info::PatchCode && !options_.text("patch").empty())
        item.item = static_cast<std::uintptr_t>(options_.number("patch", 0));
      else
        item.return_code = static_cast<std::uint16_t>(ReturnCode::InfoNotSupported), item.count = 0;
    }
    return ReturnCode::Success;
  }

  // --- between sides ---------------------------------------------------------------------------------------------------
  ReturnCode pending(Message message, tw::wire::PendingTransfers& body) {
    if (message == Message::Reset) {
      if (!in_state(6, 6, "DAT_PENDINGXFERS/RESET")) return ReturnCode::Failure;
      body.count = 0;
      state_ = 5;
      ready_ = false;
      return ReturnCode::Success;
    }
    if (!in_state(6, 7, "ENDXFER")) return ReturnCode::Failure;
    if (whole_) tray_->taken(), --sides_wanted_;
    whole_ = false;
    waiting_fault_.reset();
    short_at_.reset();
    if (const auto fault = early_fault()) return *fault;
    const std::size_t left = std::min(tray_->sides_left(), sides_wanted_);
    const bool says_unknown = options_.is("count", "blind") || (options_.is("count", "unknown") && left > 0);
    body.count = says_unknown ? 0xffff : static_cast<std::uint16_t>(left);
    state_ = body.count == 0 ? 5 : 6;
    if (state_ == 5)
      ready_ = false;
    else
      begin_side();
    return ReturnCode::Success;
  }

  int state_ = 3;
  ConditionCode condition_ = ConditionCode::Success;
  tw::wire::Identity application_{}, self_{};
  Options options_;
  std::optional<Capabilities> capabilities_;
  tw::wire::ImageLayout layout_{};
  tw::wire::SetupFile file_{};
  std::optional<Tray> tray_;
  std::optional<Picture> picture_;
  std::optional<TrayFault> waiting_fault_;
  std::optional<int> short_at_;
  std::size_t sides_wanted_ = 0;
  int rows_given_ = 0;
  bool whole_ = false;              // the side in state 7 was transferred to its end
  bool ready_ = false;              // there is an image to announce
  std::atomic<bool> told_ = false;  // and it was announced
  std::thread messenger_;
};

Source& source() {
  static Source only;
  return only;
}

}  // namespace

Manager& manager() {
  static Manager only;
  return only;
}

tw::wire::Identity source_identity() {
  tw::wire::Identity self{};
  self.version.major = 1;
  self.protocol_major = 2;
  self.protocol_minor = 4;
  self.groups = tw::kGroupControl | tw::kGroupImage | tw::kDs2;
  tw::wire::put_text(self.version.info, "1");
  tw::wire::put_text(self.manufacturer, "Chartscan");
  tw::wire::put_text(self.family, "Fake");
  tw::wire::put_text(self.product, "Chartscan Fake Feeder");
  return self;
}

std::uint16_t source_entry(tw::wire::Identity* application, std::uint32_t, std::uint16_t data, std::uint16_t message,
                           void* body) {
  return static_cast<std::uint16_t>(source().handle(application, static_cast<Data>(data), static_cast<Message>(message), body));
}

}  // namespace chartscan::fake_twain

extern "C" __attribute__((visibility("default"))) std::uint16_t DS_Entry(chartscan::fake_twain::tw::wire::Identity* application,
                                                                         std::uint32_t group, std::uint16_t data,
                                                                         std::uint16_t message, void* body) {
  return chartscan::fake_twain::source_entry(application, group, data, message, body);
}
