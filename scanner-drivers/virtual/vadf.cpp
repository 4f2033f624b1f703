// A document feeder without hardware: a SANE backend that serves the sheets of a tray folder and goes wrong on demand.
// The system's own libsane loads it (libsane-vadf.so.1), saned and everything above them as well. docs/virtual-feeder.md
// tells how to use it. "vadf:/path/to/tray" opens a tray; VADF_TRAYS (separated by ':') are listed as devices.
#include <sane/sane.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "scanner-drivers/virtual/page_image.h"
#include "scanner-drivers/virtual/tray.h"

namespace {

using namespace chartscan::scan::virtual_feeder;

constexpr double kWidest = 297, kLongest = 432;  // mm: A3 and Ledger
constexpr double kDoubleFeedSeen = 60;           // % of a side that are through when the sensor trips

enum OptionIndex {
  kCount,
  kSource,
  kMode,
  kResolution,
  kLeft,
  kTop,
  kRight,
  kBottom,
  kWatchDoubles,
  kPageLoaded,
  kSide,
  kDoubleFeed,
  kOptions
};

constexpr std::array<SANE_String_Const, 3> kSources{"ADF Front", "ADF Duplex", nullptr};
constexpr std::array<SANE_String_Const, 4> kModes{"Lineart", "Gray", "Color", nullptr};
constexpr SANE_Range kResolutions{50, 1200, 1};
constexpr SANE_Range kWidths{0, SANE_FIX(kWidest), 0};
constexpr SANE_Range kLengths{0, SANE_FIX(kLongest), 0};
constexpr SANE_Int kStringSize = 32;

SANE_Option_Descriptor described(SANE_String_Const name, SANE_String_Const title, SANE_Value_Type type, SANE_Unit unit,
                                 SANE_Int cap) {
  SANE_Option_Descriptor option{};
  option.name = name;
  option.title = title;
  option.desc = title;
  option.type = type;
  option.unit = unit;
  option.size = type == SANE_TYPE_STRING ? kStringSize : static_cast<SANE_Int>(sizeof(SANE_Word));
  option.cap = cap;
  return option;
}

SANE_Option_Descriptor chosen(SANE_Option_Descriptor option, const SANE_String_Const* list) {
  option.constraint_type = SANE_CONSTRAINT_STRING_LIST;
  option.constraint.string_list = list;
  return option;
}

SANE_Option_Descriptor within(SANE_Option_Descriptor option, const SANE_Range& range) {
  option.constraint_type = SANE_CONSTRAINT_RANGE;
  option.constraint.range = &range;
  return option;
}

const std::array<SANE_Option_Descriptor, kOptions>& descriptors() {
  constexpr SANE_Int set = SANE_CAP_SOFT_SELECT | SANE_CAP_SOFT_DETECT, sensor = SANE_CAP_HARD_SELECT | SANE_CAP_SOFT_DETECT;
  static const std::array<SANE_Option_Descriptor, kOptions> all{
      described("", "Number of options", SANE_TYPE_INT, SANE_UNIT_NONE, SANE_CAP_SOFT_DETECT),
      chosen(described("source", "Scan source", SANE_TYPE_STRING, SANE_UNIT_NONE, set), kSources.data()),
      chosen(described("mode", "Scan mode", SANE_TYPE_STRING, SANE_UNIT_NONE, set), kModes.data()),
      within(described("resolution", "Scan resolution", SANE_TYPE_INT, SANE_UNIT_DPI, set), kResolutions),
      within(described("tl-x", "Left edge", SANE_TYPE_FIXED, SANE_UNIT_MM, set), kWidths),
      within(described("tl-y", "Top edge", SANE_TYPE_FIXED, SANE_UNIT_MM, set), kLengths),
      within(described("br-x", "Right edge", SANE_TYPE_FIXED, SANE_UNIT_MM, set), kWidths),
      within(described("br-y", "Bottom edge", SANE_TYPE_FIXED, SANE_UNIT_MM, set), kLengths),
      described("double-feed-detection", "Stop when two sheets are taken", SANE_TYPE_BOOL, SANE_UNIT_NONE, set),
      described("page-loaded", "Paper is in the tray", SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor),
      described("side", "The side being read is a back", SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor),
      described("double-feed", "Stopped because two sheets were taken", SANE_TYPE_BOOL, SANE_UNIT_NONE, sensor)};
  return all;
}

// From start to end of one side.
//   waiting --start--> reading --EOF--> waiting (next side, or next sheet once the last side is through)
//   reading --fault or cancel--> waiting, and the sheet is back on the tray
class VirtualFeeder {
 public:
  explicit VirtualFeeder(const std::string& folder) : tray_(folder) {}

  SANE_Status get(SANE_Int option, void* value) const {
    auto* word = static_cast<SANE_Word*>(value);
    switch (option) {
      case kCount: *word = kOptions; break;
      case kSource: std::strcpy(static_cast<char*>(value), kSources[duplex_ ? 1 : 0]); break;
      case kMode: std::strcpy(static_cast<char*>(value), kModes[static_cast<std::size_t>(mode_)]); break;
      case kResolution: *word = dpi_; break;
      case kLeft:
      case kTop:
      case kRight:
      case kBottom: *word = edges_[static_cast<std::size_t>(option - kLeft)]; break;
      case kWatchDoubles: *word = watch_doubles_; break;
      case kPageLoaded: *word = !tray_.top().empty(); break;
      case kSide: *word = side_ == 1; break;
      case kDoubleFeed: *word = doubled_; break;
      default: return SANE_STATUS_INVAL;
    }
    return SANE_STATUS_GOOD;
  }

  SANE_Status set(SANE_Int option, const void* value, SANE_Int& info) {
    if (page_) return SANE_STATUS_DEVICE_BUSY;
    started_.reset();
    const auto* word = static_cast<const SANE_Word*>(value);
    const auto* text = static_cast<const char*>(value);
    switch (option) {
      case kSource: return choose(kSources, text, [&](std::size_t i) { duplex_ = i == 1; });
      case kMode: return choose(kModes, text, [&](std::size_t i) { mode_ = static_cast<Mode>(i); });
      case kResolution: dpi_ = clamped(*word, kResolutions, info); break;
      case kLeft:
      case kRight: edges_[static_cast<std::size_t>(option - kLeft)] = clamped(*word, kWidths, info); break;
      case kTop:
      case kBottom: edges_[static_cast<std::size_t>(option - kLeft)] = clamped(*word, kLengths, info); break;
      case kWatchDoubles: watch_doubles_ = *word != SANE_FALSE; break;
      default: return SANE_STATUS_INVAL;
    }
    info |= SANE_INFO_RELOAD_PARAMS;
    return SANE_STATUS_GOOD;
  }

  // Exact from the start of a side to the start of the next: saned answers its client when it has read the side to its
  // end. Before that, of the sheet on top.
  SANE_Status parameters(SANE_Parameters& into) const {
    if (started_) {
      into = *started_;
      return SANE_STATUS_GOOD;
    }
    const std::string sheet = tray_.top();
    const std::unique_ptr<PageImage> page = sheet.empty() ? nullptr : PageImage::open(tray_.image(sheet, 0), false, window());
    into = parameters_of(page.get());
    return SANE_STATUS_GOOD;
  }

  SANE_Status start() {
    if (page_) return SANE_STATUS_DEVICE_BUSY;
    doubled_ = false;
    const bool goes_on = duplex_ && side_ == 1 && !sheet_.empty();
    if (!goes_on) {
      side_ = 0;
      sheet_ = tray_.top();
      if (sheet_.empty()) return SANE_STATUS_NO_DOCS;
    }
    fault_ = tray_.take_fault(sheet_, side_).value_or(PlannedFault{});
    if (fault_.kind == "lost") {
      tray_.put_out(sheet_);
      return start();
    }
    if (const SANE_Status status = start_fault(); status != SANE_STATUS_GOOD) return give_back(status);
    const std::filesystem::path back = tray_.image(sheet_, side_);
    page_ = PageImage::open(back.empty() ? tray_.image(sheet_, 0) : back, back.empty(), window());
    if (!page_) return give_back(SANE_STATUS_IO_ERROR);
    started_ = parameters_of(page_.get());
    at_ = 0;
    total_ = page_->row_bytes() * static_cast<std::size_t>(page_->height());
    trip_ = trip_point();
    return SANE_STATUS_GOOD;
  }

  SANE_Status read(SANE_Byte* out, SANE_Int most, SANE_Int& got) {
    got = 0;
    if (!page_) return SANE_STATUS_CANCELLED;
    if (trip_ && at_ >= *trip_)
      if (const SANE_Status status = trip(); status != SANE_STATUS_GOOD || spinning_) return status;
    if (at_ == total_) return side_is_through();
    std::size_t end = std::min(total_, at_ + static_cast<std::size_t>(std::max(most, 0)));
    if (trip_) end = std::min(end, *trip_);
    if (greyed_)
      std::memset(out, mode_ == Mode::Lineart ? 0 : 128, end - at_);
    else
      page_->copy(at_, out, end - at_);
    got = static_cast<SANE_Int>(end - at_);
    at_ = end;
    return SANE_STATUS_GOOD;
  }

  void cancel() { give_back(SANE_STATUS_GOOD); }

 private:
  SANE_Parameters parameters_of(const PageImage* page) const {
    SANE_Parameters into{};
    into.format = mode_ == Mode::Color ? SANE_FRAME_RGB : SANE_FRAME_GRAY;
    into.last_frame = SANE_TRUE;
    into.depth = mode_ == Mode::Lineart ? 1 : 8;
    into.pixels_per_line = page ? page->width() : std::max(1, pixels(edges_[2] - edges_[0]));
    into.lines = page ? page->height() : std::max(1, pixels(edges_[3] - edges_[1]));
    const SANE_Int samples = into.pixels_per_line * (mode_ == Mode::Color ? 3 : 1);
    into.bytes_per_line = mode_ == Mode::Lineart ? (samples + 7) / 8 : samples;
    return into;
  }

  template <std::size_t N, typename Then>
  static SANE_Status choose(const std::array<SANE_String_Const, N>& list, const char* text, Then then) {
    for (std::size_t i = 0; i + 1 < N; ++i)
      if (std::strcmp(list[i], text) == 0) {
        then(i);
        return SANE_STATUS_GOOD;
      }
    return SANE_STATUS_INVAL;
  }

  static SANE_Word clamped(SANE_Word value, const SANE_Range& range, SANE_Int& info) {
    const SANE_Word taken = std::clamp(value, range.min, range.max);
    if (taken != value) info |= SANE_INFO_INEXACT;
    return taken;
  }

  int pixels(SANE_Word length) const { return static_cast<int>(std::lround(SANE_UNFIX(length) / 25.4 * dpi_)); }

  Window window() const {
    const bool whole = edges_[0] == 0 && edges_[1] == 0 && edges_[2] == kWidths.max && edges_[3] == kLengths.max;
    return {dpi_, mode_, whole, SANE_UNFIX(edges_[0]), SANE_UNFIX(edges_[1]), SANE_UNFIX(edges_[2]), SANE_UNFIX(edges_[3])};
  }

  double number(std::size_t index, double otherwise) const {
    return index < fault_.numbers.size() ? fault_.numbers[index] : otherwise;
  }
  bool at_start() const { return fault_.numbers.empty(); }

  // Faults that keep the paper from moving; jam, ioerr and crash without a percentage are among them.
  SANE_Status start_fault() {
    const std::string& kind = fault_.kind;
    if (kind == "cover") return SANE_STATUS_COVER_OPEN;
    if (kind == "busy") return SANE_STATUS_DEVICE_BUSY;
    if (kind == "nomem") return SANE_STATUS_NO_MEM;
    if (kind == "nodocs") return SANE_STATUS_NO_DOCS;  // the lie: there is paper, and the sensor says so
    if (kind == "jam" && at_start()) return SANE_STATUS_JAMMED;
    if (kind == "ioerr" && at_start()) return SANE_STATUS_IO_ERROR;
    if (kind == "crash" && at_start()) std::raise(SIGSEGV);
    if (kind == "hang" && fault_.numbers.size() < 2) hang();
    return SANE_STATUS_GOOD;
  }

  void hang() const { ::usleep(static_cast<useconds_t>(number(0, 3600) * 1e6)); }

  std::optional<std::size_t> trip_point() const {
    const std::string& kind = fault_.kind;
    double percent = -1;
    if (kind == "jam" || kind == "ioerr" || kind == "crash" || kind == "short" || kind == "grey" || kind == "spin")
      percent = number(0, 50);
    if (kind == "empty") percent = 0;
    if (kind == "double" && watch_doubles_) percent = number(0, kDoubleFeedSeen);
    if (kind == "hang" && fault_.numbers.size() == 2) percent = fault_.numbers[1];
    if (percent < 0) return std::nullopt;
    return static_cast<std::size_t>(std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(total_));
  }

  // The point is reached. GOOD: the side goes on.
  SANE_Status trip() {
    const std::string& kind = fault_.kind;
    if (kind == "spin") spinning_ = true;  // "0 bytes, all is well", for ever
    if (spinning_) return SANE_STATUS_GOOD;
    trip_.reset();
    if (kind == "crash") std::raise(SIGSEGV);
    if (kind == "hang") hang();
    if (kind == "grey") greyed_ = true;
    if (kind == "double") doubled_ = true;
    if (kind == "jam" || kind == "double") return give_back(SANE_STATUS_JAMMED);
    if (kind == "ioerr") return give_back(SANE_STATUS_IO_ERROR);
    if (kind == "short" || kind == "empty") return give_back(SANE_STATUS_EOF);
    return SANE_STATUS_GOOD;
  }

  SANE_Status side_is_through() {
    const bool took_two = fault_.kind == "double";
    page_.reset();
    greyed_ = false;
    if (duplex_ && side_ == 0) {
      side_ = 1;
      return SANE_STATUS_EOF;
    }
    tray_.put_out(sheet_);
    if (took_two) tray_.put_out(tray_.top());  // unseen, below the first
    side_ = 0;
    sheet_.clear();
    return SANE_STATUS_EOF;
  }

  // The sheet lies on the tray again, as if the operator had put it there.
  SANE_Status give_back(SANE_Status status) {
    page_.reset();
    greyed_ = spinning_ = false;
    side_ = 0;
    sheet_.clear();
    return status;
  }

  Tray tray_;
  bool duplex_ = false, watch_doubles_ = true;
  Mode mode_ = Mode::Gray;
  SANE_Word dpi_ = 300;
  std::array<SANE_Word, 4> edges_{0, 0, kWidths.max, kLengths.max};  // left, top, right, bottom

  std::string sheet_;  // in work
  int side_ = 0;       // 1: the back comes next, or is being read
  std::unique_ptr<PageImage> page_;
  std::optional<SANE_Parameters> started_;  // of the side that was started last
  std::size_t at_ = 0, total_ = 0;          // bytes of the side
  PlannedFault fault_;
  std::optional<std::size_t> trip_;  // byte where the fault strikes
  bool greyed_ = false, spinning_ = false, doubled_ = false;
};

VirtualFeeder& feeder(SANE_Handle handle) { return *static_cast<VirtualFeeder*>(handle); }

// The list lives until the next call, as SANE wants it.
struct Listing {
  std::vector<std::string> names;
  std::vector<SANE_Device> devices;
  std::vector<const SANE_Device*> pointers;
};

Listing& listing() {
  static Listing all;
  return all;
}

std::vector<std::string> trays_to_list() {
  std::vector<std::string> names;
  const char* all = std::getenv("VADF_TRAYS");
  std::string rest = all ? all : "";
  while (!rest.empty()) {
    const std::size_t cut = rest.find(':');
    if (cut != 0) names.push_back(rest.substr(0, cut));
    rest = cut == std::string::npos ? "" : rest.substr(cut + 1);
  }
  return names;
}

}  // namespace

#define VADF_EXPORT extern "C" __attribute__((visibility("default")))

VADF_EXPORT SANE_Status sane_vadf_init(SANE_Int* version, SANE_Auth_Callback) {
  if (version) *version = SANE_VERSION_CODE(SANE_CURRENT_MAJOR, SANE_CURRENT_MINOR, 1);
  return SANE_STATUS_GOOD;
}

VADF_EXPORT void sane_vadf_exit() { listing() = {}; }

VADF_EXPORT SANE_Status sane_vadf_get_devices(const SANE_Device*** list, SANE_Bool) {
  Listing& all = listing();
  all = {trays_to_list(), {}, {}};
  for (const std::string& name : all.names)
    all.devices.push_back({name.c_str(), "Chartscan", "virtual feeder", "sheetfed scanner"});
  for (const SANE_Device& device : all.devices) all.pointers.push_back(&device);
  all.pointers.push_back(nullptr);
  *list = all.pointers.data();
  return SANE_STATUS_GOOD;
}

VADF_EXPORT SANE_Status sane_vadf_open(SANE_String_Const name, SANE_Handle* handle) {
  std::string folder = name ? name : "";
  if (folder.empty() && !trays_to_list().empty()) folder = trays_to_list().front();
  if (!Tray(folder).exists()) return SANE_STATUS_INVAL;
  *handle = new (std::nothrow) VirtualFeeder(folder);
  return *handle ? SANE_STATUS_GOOD : SANE_STATUS_NO_MEM;
}

VADF_EXPORT void sane_vadf_close(SANE_Handle handle) { delete static_cast<VirtualFeeder*>(handle); }

VADF_EXPORT const SANE_Option_Descriptor* sane_vadf_get_option_descriptor(SANE_Handle, SANE_Int option) {
  return option >= 0 && option < kOptions ? &descriptors()[static_cast<std::size_t>(option)] : nullptr;
}

VADF_EXPORT SANE_Status sane_vadf_control_option(SANE_Handle handle, SANE_Int option, SANE_Action action, void* value,
                                                 SANE_Int* info) {
  if (option < 0 || option >= kOptions || !value) return SANE_STATUS_INVAL;
  SANE_Int changes = 0;
  SANE_Status status = SANE_STATUS_UNSUPPORTED;
  if (action == SANE_ACTION_GET_VALUE) status = feeder(handle).get(option, value);
  if (action == SANE_ACTION_SET_VALUE) status = feeder(handle).set(option, value, changes);
  if (info) *info = changes;
  return status;
}

VADF_EXPORT SANE_Status sane_vadf_get_parameters(SANE_Handle handle, SANE_Parameters* parameters) {
  return feeder(handle).parameters(*parameters);
}

VADF_EXPORT SANE_Status sane_vadf_start(SANE_Handle handle) { return feeder(handle).start(); }

VADF_EXPORT SANE_Status sane_vadf_read(SANE_Handle handle, SANE_Byte* data, SANE_Int most, SANE_Int* got) {
  return feeder(handle).read(data, most, *got);
}

VADF_EXPORT void sane_vadf_cancel(SANE_Handle handle) { feeder(handle).cancel(); }

VADF_EXPORT SANE_Status sane_vadf_set_io_mode(SANE_Handle, SANE_Bool non_blocking) {
  return non_blocking ? SANE_STATUS_UNSUPPORTED : SANE_STATUS_GOOD;
}

VADF_EXPORT SANE_Status sane_vadf_get_select_fd(SANE_Handle, SANE_Int*) { return SANE_STATUS_UNSUPPORTED; }
