#include "scanner-drivers/twain/twain_driver.h"

#include <cstdlib>
#include <optional>
#include <thread>

#include "scanner-drivers/twain/negotiate.h"
#include "scanner-drivers/twain/session.h"
#include "scanner-drivers/twain/settings.h"
#include "scanner-drivers/twain/transfer.h"

namespace chartscan::scan {
namespace {

using namespace twain;

constexpr const char* kScheme = "twain";
constexpr auto kLookAround = std::chrono::milliseconds(250);  // between two looks at the sensor
constexpr auto kSensorSettles = std::chrono::seconds(1);

class TwainDevice : public Device {
 public:
  TwainDevice(std::unique_ptr<Session> session, const TwainOptions& options) : session_(std::move(session)), options_(options) {}

  Result<Capabilities> capabilities() override {
    if (session_->state() != State::SourceOpen) return in_use("its capabilities are asked");
    return describe(*session_);
  }

  Result<Settings> configure(const ScanRequest& request) override {
    if (session_->state() != State::SourceOpen) return in_use("it is configured");
    TRY(auto agreed, agree(*session_, request));
    if (const auto* fault = std::get_if<Fault>(&agreed))
      return Error{ErrorCode::DeviceFault, "the scanner stopped answering while it was set up (" + fault->raw_text +
                                               "); check that it is on and connected"};
    request_ = request;
    agreement_ = std::get<Agreement>(std::move(agreed));
    return agreement_->settings;
  }

  std::variant<std::monostate, Fault> start_batch() override {
    if (fault_) return *fault_;
    if (!agreement_)
      if (const auto settings = configure(request_); !settings.ok())
        return keep(make_fault(FaultKind::DeviceIo, FaultPhase::Configure, 0, settings.error().message));
    end_.reset();
    delivered_ = 0;
    next_side_ = 0;
    waiting_ = true;
    const Reply enabled = session_->enable();
    if (enabled.failed_with(ConditionCode::NoMedia)) return end_of_paper_or_fault(to_string(enabled));
    if (!enabled.ok()) return keep(to_fault(enabled, FaultPhase::Start, 0));
    return std::monostate();
  }

  Result<SideOutcome> next_side(SideSink& sink) override {
    if (fault_) return SideOutcome(*fault_);
    if (end_) return SideOutcome(*end_);
    if (session_->state() == State::Transferring) acknowledge();
    if (waiting_ && !over()) await_first_image();
    if (session_->state() != State::TransferReady && !over())
      keep(make_fault(FaultKind::DeviceIo, FaultPhase::Start, 0, "a side was asked for before the batch was started"));
    if (fault_) return SideOutcome(*fault_);
    if (end_) return SideOutcome(*end_);

    auto fetched = fetch_side(*session_, agreement_->plan, next_side_, sink);
    if (!fetched.ok()) {
      // What was not stored must not be acknowledged by a further call.
      keep(make_fault(FaultKind::DeviceIo, FaultPhase::Read, next_side_, "TWAIN: the side before could not be stored"));
      return std::move(fetched).error();
    }
    if (const auto* fault = std::get_if<Fault>(&*fetched)) return after_fault(*fault);
    SideMeta& meta = std::get<SideMeta>(*fetched);
    if (!duplex()) meta.side = 0;
    if (meta.side != next_side_) return SideOutcome(keep(side_missing(FaultPhase::Read)));
    meta.driver_sequence = ++delivered_;
    if (duplex()) next_side_ = 1 - next_side_;
    return SideOutcome(std::move(meta));
  }

  void cancel() override {
    session_->unwind(State::SourceOpen);
    waiting_ = false;
    if (!end_) end_ = EndOfPaper{EndReason::Cancelled};
  }

 private:
  static Error in_use(const char* when) {
    return {ErrorCode::Conflict, std::string("the scanner is scanning; end its batch before ") + when};
  }
  bool over() const { return fault_ || end_; }
  bool duplex() const { return agreement_->settings.source == PaperSource::AdfDuplex; }
  Fault keep(Fault fault) {
    fault.feeds_ahead = agreement_ && agreement_->settings.feeds_ahead;
    fault_ = std::move(fault);
    return *fault_;
  }

  // The side before is stored by now: only that lets us say so to the source, which may drop it from its own memory then.
  void acknowledge() {
    const Reply ended = session_->end_transfer();
    if (ended.failed_with(ConditionCode::NoMedia)) {
      end_of_paper_or_fault(to_string(ended));
    } else if (!ended.ok()) {
      keep(to_fault(ended, FaultPhase::Start, next_side_));
    } else if (limit_reached()) {
      session_->unwind(State::SourceOpen);
      end_ = EndOfPaper{EndReason::CountReached};
    } else if (session_->state() == State::Enabled) {
      end_of_paper_or_fault("TWAIN: no more images are pending");
    }
  }

  bool limit_reached() const {
    return request_.sheet_limit > 0 && next_side_ == 0 &&
           delivered_ >= static_cast<std::int64_t>(request_.sheet_limit) * agreement_->settings.sides_per_sheet();
  }

  void await_first_image() {
    using Clock = std::chrono::steady_clock;
    const auto begun = Clock::now();
    const bool watches_sensor = agreement_->settings.has_paper_sensor;
    for (;;) {
      const Arrival arrival = session_->wait(kLookAround);
      const auto waited = Clock::now() - begun;
      if (arrival == Arrival::Image) {
        waiting_ = false;
        return;
      }
      if (arrival == Arrival::CloseRequest || (watches_sensor && waited >= options_.empty_feeder && feeder_loaded() == false)) {
        end_of_paper_or_fault(arrival == Arrival::CloseRequest ? "TWAIN: the source asked to be closed" : "TWAIN: no image came");
        return;
      }
      if (waited >= options_.first_image) {
        keep(make_fault(FaultKind::Hung, FaultPhase::Start, 0, "the source was enabled but delivered no image"));
        return;
      }
    }
  }

  std::optional<bool> feeder_loaded() {
    const auto loaded = Negotiator(*session_, FaultPhase::End).current(Cap::FeederLoaded);
    if (!loaded) return std::nullopt;
    return *loaded != 0;
  }

  // The last sheet may still be passing the sensor.
  bool feeder_stays_loaded() {
    const auto until = std::chrono::steady_clock::now() + kSensorSettles;
    while (feeder_loaded() == true) {
      if (std::chrono::steady_clock::now() >= until) return true;
      std::this_thread::sleep_for(kLookAround);
    }
    return false;
  }

  // The source has nothing more. That is the end only if its own paper sensor agrees and no back is owed.
  std::variant<std::monostate, Fault> end_of_paper_or_fault(const std::string& source_says) {
    waiting_ = false;
    session_->unwind(State::SourceOpen);
    if (next_side_ == 1) return keep(side_missing(FaultPhase::End));
    if (agreement_->settings.has_paper_sensor && feeder_stays_loaded())
      return keep(make_fault(FaultKind::StillLoaded, FaultPhase::End, 0, source_says + ", but its paper sensor sees paper"));
    end_ = EndOfPaper{EndReason::FeederEmpty};
    return std::monostate();
  }

  // Sources that do not know how much there is find out only by trying.
  SideOutcome after_fault(const Fault& fault) {
    const bool empty = fault.phase == FaultPhase::Start && fault.raw_code == static_cast<int>(ConditionCode::NoMedia);
    if (empty)
      end_of_paper_or_fault(fault.raw_text);
    else
      keep(fault);
    if (fault_) return *fault_;
    return *end_;
  }

  // A source that leaves sides out would shift all that follow: the next front would pass for this sheet's back.
  Fault side_missing(FaultPhase phase) const {
    Fault fault = make_fault(FaultKind::EmptyPage, phase, next_side_,
                             std::string("TWAIN: a ") + (next_side_ == 0 ? "front" : "back") +
                                 " was left out; is blank page removal on in the scanner's driver?");
    fault.sheets_in_transport = phase == FaultPhase::Read ? 2 : 1;  // the sheet it belongs to, and the one that came instead
    return fault;
  }

  std::unique_ptr<Session> session_;
  TwainOptions options_;
  ScanRequest request_;
  std::optional<Agreement> agreement_;
  bool waiting_ = false;  // for the first image of the batch
  int delivered_ = 0;     // sides since start_batch
  int next_side_ = 0;
  std::optional<EndOfPaper> end_;
  std::optional<Fault> fault_;  // then the device is done for until it is opened again
};

class TwainDriver : public Driver {
 public:
  explicit TwainDriver(TwainOptions options) : options_(std::move(options)) {
    const char* const named = std::getenv("CHARTSCAN_TWAIN_DSM");
    if (options_.manager.empty() && named) options_.manager = named;
  }

  std::string scheme() const override { return kScheme; }

  Result<std::vector<DeviceInfo>> list() override {
    auto session = Session::open_manager(options_.manager);
    if (!session.ok() && session.error().code == ErrorCode::NotFound) return std::vector<DeviceInfo>();
    if (!session.ok()) return std::move(session).error();
    std::vector<DeviceInfo> devices;
    for (const wire::Identity& source : (*session)->sources())
      devices.push_back(
          {std::string(kScheme) + ":" + source.product.bytes, source.manufacturer.bytes, source.product.bytes, "TWAIN source"});
    return devices;
  }

  std::variant<std::unique_ptr<Device>, Fault> open(const std::string& id) override {
    const std::string prefix = std::string(kScheme) + ":";
    const std::string product = id.starts_with(prefix) ? id.substr(prefix.size()) : id;
    auto session = Session::open_manager(options_.manager);
    if (!session.ok()) return make_fault(FaultKind::Offline, FaultPhase::Open, 0, session.error().message);
    for (const wire::Identity& source : (*session)->sources())
      if (product == source.product.bytes) return open_source(std::move(*session), source);
    return make_fault(FaultKind::Offline, FaultPhase::Open, 0, "TWAIN: no source of that name is installed");
  }

 private:
  std::variant<std::unique_ptr<Device>, Fault> open_source(std::unique_ptr<Session> session, const wire::Identity& source) const {
    const Reply opened = session->open_source(source);
    if (!opened.ok()) return to_fault(opened, FaultPhase::Open, 0);
    Negotiator caps(*session, FaultPhase::Open);
    const auto online = caps.current(Cap::DeviceOnline);
    if (caps.fault()) return *caps.fault();
    if (online && *online == 0)
      return make_fault(FaultKind::Offline, FaultPhase::Open, 0, "TWAIN: the source says its device is offline");
    return std::unique_ptr<Device>(std::make_unique<TwainDevice>(std::move(session), options_));
  }

  TwainOptions options_;
};

}  // namespace

std::unique_ptr<Driver> make_twain_driver(TwainOptions options) { return std::make_unique<TwainDriver>(std::move(options)); }

}  // namespace chartscan::scan
