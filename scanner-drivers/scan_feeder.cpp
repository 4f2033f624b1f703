#include "scanner-drivers/scan_feeder.h"

#include <atomic>
#include <chrono>

#include <fmt/format.h>

#include "scanner-drivers/side_tiff.h"
#include "scanner-drivers/worker/supervisor.h"

namespace chartscan::scan {

namespace {

using worker::Supervisor;

const char* mode_name(const SideFormat& format) {
  return format.channels == 3 ? "color" : format.depth == 1 ? "bitonal" : "gray";
}

// Takes what the worker sends of one side and makes its TIFF.
class TiffSink : public SideSink {
 public:
  Status begin(const SideFormat& format) override {
    format_ = format;
    tiff_ = make_side_tiff(format);
    return {};
  }
  Status rows(std::span<const std::uint8_t> whole_rows) override { return tiff_->rows(whole_rows); }
  Status progress(std::uint64_t) override { return {}; }

  Result<std::vector<std::uint8_t>> finish() { return tiff_->finish(); }
  const SideFormat& format() const { return format_; }

 private:
  SideFormat format_;
  std::unique_ptr<SideTiff> tiff_;
};

class WorkerFeeder : public ScanFeeder {
 public:
  WorkerFeeder(std::string device, std::unique_ptr<Supervisor> supervisor, Settings settings, FeedFrom from)
      : device_(std::move(device)),
        supervisor_(std::move(supervisor)),
        settings_(std::move(settings)),
        sheet_(from.sheet),
        attempt_(from.attempt) {}
  WorkerFeeder(std::string device, Fault fault) : device_(std::move(device)), last_word_(Fed(std::move(fault))) {}

  std::string name() const override { return device_; }
  std::string source() const override { return device_; }
  const Settings& settings() const override { return settings_; }
  void cancel() override { cancelled_ = true; }

  Result<Fed> next() override {
    if (last_word_) return *last_word_;
    if (cancelled_ && side_ == 0) return last(Fed(End{EndReason::Cancelled}));
    TiffSink sink;
    TRY(SideOutcome outcome, supervisor_->next_side(sink, due()));
    if (const auto* fault = std::get_if<Fault>(&outcome)) return last(Fed(*fault));
    if (const auto* end = std::get_if<EndOfPaper>(&outcome)) return last(Fed(End{end->reason}));
    TRY(std::vector<std::uint8_t> tiff, sink.finish());
    return Fed(delivery(std::get<SideMeta>(outcome), sink.format(), std::move(tiff)));
  }

 private:
  Supervisor::Due due() const {
    return {.side = side_, .fed_from_stack = settings_.source != PaperSource::Flatbed, .feeds_ahead = settings_.feeds_ahead};
  }

  // The worker goes: after a fault a device is opened afresh, and after the end it is free for others.
  Result<Fed> last(Fed word) {
    last_word_ = std::move(word);
    supervisor_.reset();
    return *last_word_;
  }

  Delivery delivery(const SideMeta& side, const SideFormat& format, std::vector<std::uint8_t> tiff) {
    SideOrigin origin{
        .sheet = sheet_, .side = side_, .attempt = attempt_, .dpi = format.dpi_x, .mode = mode_name(format), .notes = side.notes};
    origin.last_of_sheet = side_ + 1 == settings_.sides_per_sheet();
    std::string file = fmt::format("sheet-{:04}-{}", sheet_, side_ == 0 ? "front" : "back");
    if (attempt_ > 1) file += fmt::format("-attempt-{}", attempt_);
    if (origin.last_of_sheet)
      side_ = 0, attempt_ = 1, ++sheet_;
    else
      ++side_;
    return {.file = file + ".tif",
            .media = MediaType::Tiff,
            .bytes = imaging::memory_reader(std::move(tiff)),
            .pages = 1,
            .origin = std::move(origin)};
  }

  std::string device_;
  std::unique_ptr<Supervisor> supervisor_;
  Settings settings_;
  int sheet_ = 1, side_ = 0, attempt_ = 1;  // of the next side
  std::atomic<bool> cancelled_ = false;
  std::optional<Fed> last_word_;
};

}  // namespace

Result<std::unique_ptr<ScanFeeder>> open_scanner(const ScannerOptions& options, FeedFrom from) {
  using Feeder = std::unique_ptr<ScanFeeder>;
  const auto faulty = [&](Fault fault) { return Feeder(std::make_unique<WorkerFeeder>(options.device, std::move(fault))); };
  TRY(std::unique_ptr<Supervisor> supervisor, Supervisor::start(options.worker_command, options.patience));
  TRY(std::optional<Fault> fault, supervisor->open(options.device), options.device);
  if (fault) return faulty(std::move(*fault));
  TRY(auto settings, supervisor->configure(options.request), options.device);
  if (auto* refused = std::get_if<Fault>(&settings)) return faulty(std::move(*refused));
  TRY(fault, supervisor->start_batch(), options.device);
  if (fault) return faulty(std::move(*fault));
  return Feeder(
      std::make_unique<WorkerFeeder>(options.device, std::move(supervisor), std::move(std::get<Settings>(settings)), from));
}

FeedFrom feed_again_from(const std::optional<SideOrigin>& last, const Fault& fault) {
  if (!last) return {};
  const bool whole = last->last_of_sheet && !fault.last_side_suspect;
  return whole ? FeedFrom{last->sheet + 1, fault.sheets_in_transport > 0 ? 2 : 1} : FeedFrom{last->sheet, last->attempt + 1};
}

// One worker for each driver: one that crashes while it lists does not hide what the others find.
Result<DeviceList> list_scanners(const std::vector<std::string>& worker_command) {
  DeviceList all;
  for (const std::unique_ptr<Driver>& driver : all_drivers()) {
    TRY(std::unique_ptr<Supervisor> supervisor, Supervisor::start(worker_command, {}));
    Result<std::vector<DeviceInfo>> devices = supervisor->list(driver->scheme());
    if (devices.ok())
      all.devices.insert(all.devices.end(), devices->begin(), devices->end());
    else
      all.notes.push_back(fmt::format("{}: {}", driver->scheme(), devices.error().message));
  }
  return all;
}

Result<Capabilities> scanner_capabilities(const std::string& device, const std::vector<std::string>& worker_command) {
  TRY(std::unique_ptr<Supervisor> supervisor, Supervisor::start(worker_command, {}));
  TRY(const std::optional<Fault> fault, supervisor->open(device), device);
  if (fault) return Error{ErrorCode::DeviceFault, fmt::format("{}: {}", device, advice(*fault))};
  return supervisor->capabilities();
}

}  // namespace chartscan::scan
