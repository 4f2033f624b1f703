// What every scanner driver does, whatever stands behind it. One line each in driver_list.cpp; one contract suite runs on
// all of them (tests/contract/driver_contract.h). Devices are opened in a worker process (worker/worker.cpp) only and may
// crash or hang there; everybody else comes through scan_feeder.h. One thread per device. docs/adding-a-driver.md.
//
// A walk: list -> open -> capabilities -> configure -> start_batch -> next_side ... until End or Fault -> close.
// Between two sides nothing is cancelled. After a Fault the device must be closed and opened again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/result.h"
#include "scanner-drivers/fault.h"

namespace chartscan::scan {

struct DeviceInfo {
  std::string id;  // what open() takes and the operator types: "sane:test:0", "twain:Acme ScanFeed"
  std::string vendor;
  std::string model;
  std::string kind;  // "sheetfed scanner", as the driver calls it
};

enum class PaperSource { Flatbed, Adf, AdfDuplex };
enum class PixelMode { Bitonal, Gray, Color };

struct Millimetres {
  double width = 0, height = 0;  // 0 = as large as the device takes
};

// What is wanted. Where the device cannot, configure() takes the nearest and says so in Settings::notes; but a source it has
// not got is an error: one side instead of two would lose pages without a sound.
struct ScanRequest {
  std::string source = "adf";  // flatbed, adf, adf-duplex, or the backend's own string
  int dpi = 300;
  PixelMode mode = PixelMode::Gray;
  int depth = 8;  // bits a sample: 8 or 16; bitonal is 1
  Millimetres size;
  std::optional<int> brightness, contrast;  // -100..100
  bool stop_at_double_feed = true;          // where the device can tell
  int sheet_limit = 0;                      // 0 = until the feeder is empty
};

// What is in force, read back from the device after everything was set.
struct Settings {
  PaperSource source = PaperSource::Adf;
  std::string source_name;  // the backend's own
  int dpi_x = 0, dpi_y = 0;
  PixelMode mode = PixelMode::Gray;
  int depth = 8;
  Millimetres size;
  bool has_paper_sensor = false;
  bool detects_double_feed = false;
  bool feeds_ahead = false;        // the device or its backend takes in sheets that were not asked for yet: Fault::feeds_ahead
  std::vector<std::string> notes;  // where it differs from what was wanted, in words
  int sides_per_sheet() const { return source == PaperSource::AdfDuplex ? 2 : 1; }
};

// One thing the device lets people set. Shown by `chartscan devices --device D`.
struct Capability {
  std::string name;  // the backend's own name
  std::string title;
  std::string unit;                    // "dpi", "mm", "%", ""
  std::string value;                   // now
  std::vector<std::string> choices;    // of a list
  double low = 0, high = 0, step = 0;  // of a range; low == high: none
  bool read_only = false;
};

struct Capabilities {
  std::vector<PaperSource> sources;
  std::vector<std::string> source_names;  // the backend's own, same order as it gives them
  std::vector<PixelMode> modes;
  std::vector<int> resolutions;  // discrete; empty where low..high is a range
  int dpi_low = 0, dpi_high = 0;
  Millimetres largest;
  bool paper_sensor = false, double_feed_detection = false;
  std::vector<Capability> all;
};

// Pixels of one side as they arrive, already normalised: top to bottom, rows packed to bytes without padding, samples
// interleaved RGB, 16 bit in native order, bitonal 1 = black with the first pixel in the highest bit.
struct SideFormat {
  int width = 0;
  int height = -1;  // -1 = unknown until the end of the side
  int channels = 1;
  int depth = 8;  // 1, 8, 16
  int dpi_x = 0, dpi_y = 0;
  std::size_t row_bytes() const { return (static_cast<std::size_t>(width) * channels * depth + 7) / 8; }
};

// Takes a side. An error from the sink ends the batch with that error.
class SideSink {
 public:
  virtual ~SideSink() = default;
  virtual Status begin(const SideFormat& format) = 0;
  virtual Status rows(std::span<const std::uint8_t> whole_rows) = 0;
  virtual Status progress(std::uint64_t bytes_from_device) = 0;  // bytes arrived though no row is whole yet (three-pass)
};

struct SideMeta {
  int driver_sequence = 0;                               // 1-based since start_batch
  int side = 0;                                          // 0 front, 1 back
  int height = 0;                                        // rows delivered
  std::uint64_t bytes_expected = 0, bytes_received = 0;  // from the device, padding included
  std::vector<std::string> notes;                        // "the last 812 rows are one flat grey": for a finding
};

struct EndOfPaper {
  EndReason reason = EndReason::FeederEmpty;
};

using SideOutcome = std::variant<SideMeta, EndOfPaper, Fault>;

class Device {
 public:
  virtual ~Device() = default;  // closes
  virtual Result<Capabilities> capabilities() = 0;
  virtual Result<Settings> configure(const ScanRequest& request) = 0;
  virtual std::variant<std::monostate, Fault> start_batch() = 0;
  virtual Result<SideOutcome> next_side(SideSink& sink) = 0;  // error: the sink's own
  virtual void cancel() = 0;
};

class Driver {
 public:
  virtual ~Driver() = default;
  virtual std::string scheme() const = 0;  // "sane", "twain": what ids begin with
  virtual Result<std::vector<DeviceInfo>> list() = 0;
  virtual std::variant<std::unique_ptr<Device>, Fault> open(const std::string& id) = 0;
};

// Every driver of this build, in the order they are asked.
std::vector<std::unique_ptr<Driver>> all_drivers();

}  // namespace chartscan::scan
