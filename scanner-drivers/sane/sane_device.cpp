#include "scanner-drivers/sane/sane_device.h"

#include <array>
#include <chrono>
#include <thread>

#include "scanner-drivers/sane/configure.h"
#include "scanner-drivers/sane/side_reader.h"
#include "scanner-drivers/sane/vocabulary.h"

namespace chartscan::scan::sane {

namespace {

constexpr std::chrono::seconds kWarmUpPause{1};

FaultKind kind_of(Code code, FaultPhase phase) {
  const bool opening = phase == FaultPhase::Open;
  switch (code) {
    case Code::Jammed: return FaultKind::Jam;
    case Code::CoverOpen: return FaultKind::CoverOpen;
    case Code::DeviceBusy:
    case Code::HwLocked: return FaultKind::Busy;
    case Code::NoMem: return FaultKind::NoMemory;
    case Code::AccessDenied: return FaultKind::Denied;
    case Code::Inval: return opening ? FaultKind::Offline : FaultKind::Unsupported;  // libsane's "no such device"
    case Code::IoError: return opening ? FaultKind::Offline : FaultKind::DeviceIo;
    case Code::Unsupported: return FaultKind::Unsupported;
    default: return FaultKind::DeviceIo;
  }
}

// sane-airscan fetches every image there is as soon as the first is asked for. And it tells of an empty feeder where the
// device is only busy or slow with the next sheet; asked again a little later, it goes on. Other backends do neither, and
// some would start over or take the glass if they were asked again.
bool is_airscan(const std::string& name) { return name.find("airscan:") != std::string::npos; }
constexpr std::chrono::seconds kSettle{1};

class SaneDevice : public Device {
 public:
  SaneDevice(std::unique_ptr<Session> session, Identity identity)
      : session_(std::move(session)), identity_(std::move(identity)) {}

  Result<Capabilities> capabilities() override { return sane::capabilities(*session_, identity_.kind); }

  Result<Settings> configure(const ScanRequest& request) override {
    TRY(settings_, sane::configure(*session_, request, identity_.kind));
    settings_.feeds_ahead = settings_.source != PaperSource::Flatbed && is_airscan(identity_.name);
    if (settings_.feeds_ahead && request.sheet_limit > 0)
      return Error{
          ErrorCode::Usage,
          "this scanner takes in sheets before they are asked for and cannot stop after a number of them; put only those sheets "
          "in that are wanted, and leave the limit out"};
    if (settings_.feeds_ahead)
      settings_.notes.push_back(
          "the scanner takes in sheets before they are asked for: after a stop, put all behind the last stored sheet back");
    sheet_limit_ = settings_.source == PaperSource::Flatbed ? 1 : request.sheet_limit;
    return settings_;
  }

  std::variant<std::monostate, Fault> start_batch() override {
    delivered_ = 0;
    return {};  // paper moves with the first side
  }

  Result<SideOutcome> next_side(SideSink& sink) override {
    if (sheet_limit_ > 0 && delivered_ == sheet_limit_ * settings_.sides_per_sheet())
      return SideOutcome(EndOfPaper{EndReason::CountReached});
    Code code = start();
    std::vector<std::string> notes;
    if (code == Code::NoDocs && between_sheets() && is_airscan(identity_.name)) code = ask_again(notes);
    if (code != Code::Good) return SideOutcome(not_started(code));
    if (delivers_other_side())
      return SideOutcome(fault(FaultKind::DeviceIo, FaultPhase::Start, Code::Good,
                               "the scanner delivers another side than the one that is due"));
    return finish(sink, std::move(notes));
  }

  void cancel() override { session_->cancel(); }

 private:
  static constexpr std::array<const char*, 1> kSideSensor{"side"};

  // Some devices say which side comes. Over the network the answer may be of the next one: saned reads ahead.
  bool delivers_other_side() {
    if (!duplex() || identity_.name.starts_with("net:")) return false;
    const std::optional<bool> back = sensed(*session_, kSideSensor);
    return back && *back != (side() == 1);
  }

  bool duplex() const { return settings_.sides_per_sheet() == 2; }
  int side() const { return duplex() ? delivered_ % 2 : 0; }
  bool between_sheets() const { return side() == 0; }

  // A lamp that warms up is waited for; the watchdog knows for how long.
  Code start() {
    for (;;) {
      const Code code = session_->start();
      if (code != Code::WarmingUp) return code;
      std::this_thread::sleep_for(kWarmUpPause);
    }
  }

  Code ask_again(std::vector<std::string>& notes) {
    session_->cancel();  // the batch is over for the device, so this takes nothing away
    std::this_thread::sleep_for(kSettle);
    const Code code = start();
    if (code == Code::Good) notes.push_back("the scanner said its feeder was empty, and gave this side when asked again");
    return code == Code::Inval ? Code::NoDocs : code;  // some do not take a second job; then the first answer stands
  }

  Result<SideOutcome> finish(SideSink& sink, std::vector<std::string> notes) {
    TRY(auto read, read_side(*session_, settings_.dpi_x, settings_.dpi_y, sink));
    if (const auto* trouble = std::get_if<ReadTrouble>(&read)) return SideOutcome(not_read(*trouble));
    SideMeta& meta = std::get<SideMeta>(read);
    meta.side = side();
    meta.driver_sequence = ++delivered_;
    meta.notes.insert(meta.notes.begin(), notes.begin(), notes.end());
    return SideOutcome(std::move(meta));
  }

  SideOutcome not_started(Code code) {
    if (code == Code::NoDocs || code == Code::Eof) return end_of_paper(code, FaultPhase::Start);
    if (code == Code::Cancelled && between_sheets()) return EndOfPaper{EndReason::Cancelled};
    return fault_of_code(code, FaultPhase::Start, {});
  }

  SideOutcome not_read(const ReadTrouble& trouble) {
    if (trouble.code == Code::NoDocs && !trouble.started && trouble.text.empty()) return end_of_paper(trouble.code, FaultPhase::Read);
    if (!trouble.text.empty()) {
      const FaultKind kind = trouble.kind == FaultKind::DeviceIo ? kind_of(trouble.code, FaultPhase::Read) : trouble.kind;
      return fault(kind, FaultPhase::Read, trouble.code, trouble.text);
    }
    return fault_of_code(trouble.code, FaultPhase::Read, {});
  }

  // Believed only when nothing speaks against it.
  SideOutcome end_of_paper(Code code, FaultPhase phase) {
    if (!between_sheets())
      return fault(FaultKind::EmptyPage, phase, code, "the feeder ended before the back of its last sheet came");
    if (sensed(*session_, paper_sensors()) == true) return fault(FaultKind::StillLoaded, FaultPhase::End, code, {});
    return EndOfPaper{EndReason::FeederEmpty};
  }

  // A double feed comes as a jam; the sensor tells them apart.
  Fault fault_of_code(Code code, FaultPhase phase, const std::string& text) {
    const bool doubled = code == Code::Jammed && sensed(*session_, double_feed_sensors()) == true;
    return fault(doubled ? FaultKind::DoubleFeed : kind_of(code, phase), phase, code, text);
  }

  Fault fault(FaultKind kind, FaultPhase phase, Code code, const std::string& text) {
    Fault fault{.kind = kind, .phase = phase, .raw_code = static_cast<int>(code), .raw_text = to_string(code), .side = side()};
    if (!text.empty()) fault.raw_text += ": " + text;
    fault.sheets_in_transport = sheets_in_transport(kind, phase);
    fault.feeds_ahead = settings_.feeds_ahead;
    fault.last_side_suspect = kind == FaultKind::DoubleFeed && delivered_ > 0;
    return fault;
  }

  // Where nothing had begun to move, nothing is in the way. All else may have been drawn in.
  int sheets_in_transport(FaultKind kind, FaultPhase phase) const {
    if (settings_.source == PaperSource::Flatbed) return 0;
    if (!between_sheets()) return 1;
    const bool refused =
        kind == FaultKind::Busy || kind == FaultKind::Denied || kind == FaultKind::Unsupported || kind == FaultKind::NoMemory;
    if (phase == FaultPhase::Start && refused) return 0;
    return phase == FaultPhase::Start || phase == FaultPhase::Read ? 1 : 0;
  }

  std::unique_ptr<Session> session_;
  Identity identity_;
  Settings settings_;
  int sheet_limit_ = 0;
  int delivered_ = 0;  // sides since start_batch
};

}  // namespace

std::unique_ptr<Device> make_device(std::unique_ptr<Session> session, Identity identity) {
  return std::make_unique<SaneDevice>(std::move(session), std::move(identity));
}

Fault fault_of(Code code, FaultPhase phase) {
  return {.kind = kind_of(code, phase), .phase = phase, .raw_code = static_cast<int>(code), .raw_text = to_string(code)};
}

}  // namespace chartscan::scan::sane
