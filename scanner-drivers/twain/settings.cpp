#include "scanner-drivers/twain/settings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "scanner-drivers/twain/negotiate.h"

namespace chartscan::scan::twain {
namespace {

constexpr double kMmPerInch = 25.4;

std::string with(const char* format, double a, double b) {
  char text[160];
  std::snprintf(text, sizeof(text), format, a, b);
  return text;
}

// One run of negotiation; what it learns goes into agreement_.
class Bargain {
 public:
  Bargain(Session& session, const ScanRequest& request)
      : session_(session), request_(request), caps_(session, FaultPhase::Configure) {}

  Result<std::variant<Agreement, Fault>> run() {
    if (!known_source()) return lacks("TWAIN knows flatbed, adf and adf-duplex");
    caps_.set(Cap::Units, ItemType::Uint16, kUnitInches);
    TRY_STATUS(choose_source());
    choose_count();
    choose_pixels();
    choose_resolution();
    choose_size();
    choose_tone();
    choose_double_feed();
    choose_transfer();
    keep_every_side();
    if (caps_.fault()) return std::variant<Agreement, Fault>(*caps_.fault());
    return std::variant<Agreement, Fault>(std::move(agreement_));
  }

 private:
  bool known_source() const {
    return request_.source == "flatbed" || request_.source == "adf" || request_.source == "adf-duplex";
  }
  void note(std::string text) { settings().notes.push_back(std::move(text)); }
  Settings& settings() { return agreement_.settings; }
  TransferPlan& plan() { return agreement_.plan; }

  // A source of paper is never replaced by another: backs would be missing, or a page scanned from an empty glass.
  Status choose_source() {
    const bool feeder = request_.source != "flatbed", both = request_.source == "adf-duplex";
    const auto enabled = caps_.set(Cap::FeederEnabled, ItemType::Bool, feeder);
    // A device without the capability is what it is: a feeder tells of one by its paper sensor or by duplex.
    const bool fed = enabled ? *enabled != 0 : caps_.current(Cap::FeederLoaded) || caps_.current(Cap::Duplex);
    const auto duplex = fed ? caps_.set(Cap::DuplexEnabled, ItemType::Bool, both) : std::nullopt;
    const bool has_both = duplex.value_or(0) != 0;
    if (caps_.fault()) return {};
    if (fed != feeder) return lacks(feeder ? "it has no feeder" : "it has no flatbed");
    if (both && !has_both) return lacks("it does not scan both sides");
    if (has_both && !both) note("the scanner cannot be set to one side; backs are delivered too");

    settings().source = !fed ? PaperSource::Flatbed : has_both ? PaperSource::AdfDuplex : PaperSource::Adf;
    constexpr std::array kNames = {"flatbed", "adf", "adf-duplex"};
    settings().source_name = kNames[static_cast<std::size_t>(settings().source)];
    if (fed) {
      caps_.set(Cap::AutoFeed, ItemType::Bool, true);
      const bool detects = caps_.current(Cap::PaperDetectable).value_or(1) != 0;
      settings().has_paper_sensor = detects && caps_.current(Cap::FeederLoaded).has_value();
    }
    caps_.set(Cap::Indicators, ItemType::Bool, false);
    if (caps_.current(Cap::UiControllable).value_or(1) == 0) note("the scanner's driver may open its own window");
    return {};
  }

  Error lacks(const std::string& why) const {
    return {ErrorCode::Usage, "the scanner has no source \"" + request_.source + "\": " + why + "; choose another with --source"};
  }

  void choose_count() {
    std::int64_t count = std::int64_t{request_.sheet_limit} * settings().sides_per_sheet();
    if (settings().source == PaperSource::Flatbed) count = 1;
    const bool countable = count > 0 && count <= 32767;
    caps_.set(Cap::TransferCount, ItemType::Int16, countable ? static_cast<double>(count) : kTransferAll);
    // Scanning ahead is what makes a feeder fast; sheets that are not wanted it must not take.
    settings().feeds_ahead = caps_.set(Cap::AutoScan, ItemType::Bool, request_.sheet_limit == 0).value_or(0) != 0;
  }

  void choose_pixels() {
    constexpr std::array kTypes = {kPixelBw, kPixelGray, kPixelRgb};
    constexpr std::array kNames = {"black and white", "gray", "colour"};
    const int wanted = kTypes[static_cast<std::size_t>(request_.mode)];
    const int type = static_cast<int>(caps_.set(Cap::PixelType, ItemType::Uint16, wanted).value_or(wanted));
    settings().mode = type == kPixelBw ? PixelMode::Bitonal : type == kPixelGray ? PixelMode::Gray : PixelMode::Color;
    if (settings().mode != request_.mode)
      note(std::string("the scanner gives ") + kNames[static_cast<std::size_t>(settings().mode)] + " instead of " +
           kNames[static_cast<std::size_t>(request_.mode)]);

    const int samples = settings().mode == PixelMode::Color ? 3 : 1;
    const int depth = settings().mode == PixelMode::Bitonal ? 1 : request_.depth;
    const auto bits = caps_.set_nearest(Cap::BitDepth, ItemType::Uint16, depth * samples);
    settings().depth = bits ? static_cast<int>(*bits) / samples : settings().mode == PixelMode::Bitonal ? 1 : 8;
    if (settings().depth != depth)
      note("the scanner gives " + std::to_string(settings().depth) + " bits a sample instead of " + std::to_string(depth));

    caps_.set(Cap::PlanarChunky, ItemType::Uint16, kChunky);
    plan().zero_is_white = caps_.set(Cap::PixelFlavor, ItemType::Uint16, kChocolate).value_or(kChocolate) == kVanilla;
    plan().low_bit_first = caps_.set(Cap::BitOrder, ItemType::Uint16, kMsbFirst).value_or(kMsbFirst) == kLsbFirst;
  }

  void choose_resolution() {
    settings().dpi_x =
        static_cast<int>(std::lround(caps_.set_nearest(Cap::XResolution, ItemType::Fix32, request_.dpi).value_or(0)));
    settings().dpi_y =
        static_cast<int>(std::lround(caps_.set_nearest(Cap::YResolution, ItemType::Fix32, request_.dpi).value_or(0)));
    if (settings().dpi_x != request_.dpi || settings().dpi_y != request_.dpi)
      note(with("the scanner scans at %.0f x %.0f dpi", settings().dpi_x, settings().dpi_y) + " instead of " +
           std::to_string(request_.dpi));
  }

  void choose_size() {
    const double widest = caps_.current(Cap::PhysicalWidth).value_or(0), longest = caps_.current(Cap::PhysicalHeight).value_or(0);
    const bool smaller = request_.size.width > 0 && request_.size.height > 0;
    double width = smaller ? request_.size.width / kMmPerInch : widest,
           height = smaller ? request_.size.height / kMmPerInch : longest;
    if (widest > 0) width = std::min(width, widest);
    if (longest > 0) height = std::min(height, longest);
    wire::ImageLayout layout{};
    if (width > 0 && height > 0) {
      caps_.set(Cap::SupportedSizes, ItemType::Uint16, kSizeNone);
      session_.ask(kGroupImage, Data::ImageLayout, Message::Get, &layout);
      layout.frame = {to_fix32(0), to_fix32(0), to_fix32(width), to_fix32(height)};
      session_.ask(kGroupImage, Data::ImageLayout, Message::Set, &layout);
    }
    if (!session_.ask(kGroupImage, Data::ImageLayout, Message::Get, &layout).ok()) return;
    settings().size = {(from_fix32(layout.frame.right) - from_fix32(layout.frame.left)) * kMmPerInch,
                       (from_fix32(layout.frame.bottom) - from_fix32(layout.frame.top)) * kMmPerInch};
    const Millimetres& got = settings().size;
    if (smaller && (std::abs(got.width - request_.size.width) > 1 || std::abs(got.height - request_.size.height) > 1))
      note(with("the scanner scans %.1f x %.1f mm", got.width, got.height) +
           with(" instead of %.1f x %.1f", request_.size.width, request_.size.height));
  }

  void choose_tone() {
    constexpr int kPerPercent = 10;  // TWAIN goes from -1000 to 1000
    if (request_.brightness && !caps_.set_nearest(Cap::Brightness, ItemType::Fix32, *request_.brightness * kPerPercent))
      note("the scanner has no brightness");
    if (request_.contrast && !caps_.set_nearest(Cap::Contrast, ItemType::Fix32, *request_.contrast * kPerPercent))
      note("the scanner has no contrast");
  }

  void choose_double_feed() {
    if (!request_.stop_at_double_feed) return;
    const auto ways = caps_.offered(Cap::DoubleFeedDetection);
    if (!ways || ways->numbers.empty()) return;
    const double way = ways->offers(kDoubleFeedUltrasonic) ? kDoubleFeedUltrasonic : ways->numbers.front();
    caps_.set_array(Cap::DoubleFeedDetection, ItemType::Uint16, {way});
    const auto now = caps_.current_values(Cap::DoubleFeedDetection);
    settings().detects_double_feed = now && now->offers(way);
    if (!settings().detects_double_feed) note("the scanner's double feed detection cannot be switched on");
    caps_.set(Cap::DoubleFeedDetectionResponse, ItemType::Uint16, kDoubleFeedStop);
  }

  // Memory comes in pieces, so a watchdog sees it come; native is what every source must have.
  void choose_transfer() {
    caps_.set(Cap::Compression, ItemType::Uint16, kCompressionNone);
    caps_.set(Cap::Tiles, ItemType::Bool, false);
    const auto offered = caps_.offered(Cap::TransferMechanism);
    plan().mechanism = kNative;
    for (const int mechanism : {kMemory, kNative, kFile}) {
      if (offered && !offered->offers(mechanism)) continue;
      const auto now = caps_.set(Cap::TransferMechanism, ItemType::Uint16, mechanism);
      if (!now) break;
      plan().mechanism = static_cast<int>(*now);
      if (plan().mechanism == mechanism) break;
    }
    if (plan().mechanism != kFile) return;
    for (const int format : {kFileTiff, kFileBmp}) {
      plan().file_format = static_cast<int>(caps_.set(Cap::ImageFileFormat, ItemType::Uint16, format).value_or(format));
      if (plan().file_format == format) break;
    }
  }

  // Blank sides are set aside later, where people see it; the source must not do it. Undefined sizes would make a page that
  // was cut short look whole.
  void keep_every_side() {
    if (caps_.set(Cap::AutoDiscardBlankPages, ItemType::Int32, kKeepBlankPages).value_or(kKeepBlankPages) != kKeepBlankPages)
      note("the scanner drops blank sides by itself and cannot be told not to");
    caps_.set(Cap::UndefinedImageSize, ItemType::Bool, false);
    plan().tells_more = caps_.set(Cap::ExtendedImageInfo, ItemType::Bool, true).value_or(0) != 0;
    caps_.set(Cap::PatchCodeDetectionEnabled, ItemType::Bool, true);
  }

  Session& session_;
  const ScanRequest& request_;
  Negotiator caps_;
  Agreement agreement_;
};

struct Known {
  Cap cap;
  const char* name;
  const char* title;
  const char* unit;
};
// What people may want to know of a source; negotiated capabilities and a few more.
constexpr std::array kKnown = {
    Known{Cap::FeederEnabled, "CAP_FEEDERENABLED", "feeder in use", ""},
    Known{Cap::FeederLoaded, "CAP_FEEDERLOADED", "paper in the feeder", ""},
    Known{Cap::PaperDetectable, "CAP_PAPERDETECTABLE", "can tell whether paper is there", ""},
    Known{Cap::AutoFeed, "CAP_AUTOFEED", "feeds by itself", ""},
    Known{Cap::AutoScan, "CAP_AUTOSCAN", "scans ahead", ""},
    Known{Cap::Duplex, "CAP_DUPLEX", "kind of duplex", ""},
    Known{Cap::DuplexEnabled, "CAP_DUPLEXENABLED", "both sides", ""},
    Known{Cap::DeviceOnline, "CAP_DEVICEONLINE", "device online", ""},
    Known{Cap::SerialNumber, "CAP_SERIALNUMBER", "serial number", ""},
    Known{Cap::DoubleFeedDetection, "CAP_DOUBLEFEEDDETECTION", "ways to detect double feeds", ""},
    Known{Cap::DoubleFeedDetectionLength, "CAP_DOUBLEFEEDDETECTIONLENGTH", "shortest double feed", "in"},
    Known{Cap::DoubleFeedDetectionSensitivity, "CAP_DOUBLEFEEDDETECTIONSENSITIVITY", "sensitivity of double feed detection", ""},
    Known{Cap::DoubleFeedDetectionResponse, "CAP_DOUBLEFEEDDETECTIONRESPONSE", "what a double feed does", ""},
    Known{Cap::PixelType, "ICAP_PIXELTYPE", "pixel type", ""},
    Known{Cap::BitDepth, "ICAP_BITDEPTH", "bits a pixel", ""},
    Known{Cap::XResolution, "ICAP_XRESOLUTION", "resolution across", "dpi"},
    Known{Cap::YResolution, "ICAP_YRESOLUTION", "resolution along", "dpi"},
    Known{Cap::PhysicalWidth, "ICAP_PHYSICALWIDTH", "greatest width", "in"},
    Known{Cap::PhysicalHeight, "ICAP_PHYSICALHEIGHT", "greatest length", "in"},
    Known{Cap::Brightness, "ICAP_BRIGHTNESS", "brightness", ""},
    Known{Cap::Contrast, "ICAP_CONTRAST", "contrast", ""},
    Known{Cap::TransferMechanism, "ICAP_XFERMECH", "transfer mechanism", ""},
    Known{Cap::ExtendedImageInfo, "ICAP_EXTIMAGEINFO", "tells more about each side", ""},
    Known{Cap::PatchCodeDetectionEnabled, "ICAP_PATCHCODEDETECTIONENABLED", "reads patch codes", ""},
    Known{Cap::AutoDiscardBlankPages, "ICAP_AUTODISCARDBLANKPAGES", "drops blank sides", ""},
};

std::string number_text(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.6g", value);
  return text;
}

scan::Capability shown(const Known& known, const Values& values) {
  scan::Capability capability{.name = known.name, .title = known.title, .unit = known.unit};
  if (values.container == Container::Range) {
    capability.low = values.low;
    capability.high = values.high;
    capability.step = values.step;
  }
  if (const auto now = values.current()) capability.value = number_text(*now);
  if (!values.texts.empty()) capability.value = values.texts[std::min(values.current_index, values.texts.size() - 1)];
  for (const double choice : values.numbers) capability.choices.push_back(number_text(choice));
  capability.read_only = values.container == Container::OneValue;
  return capability;
}

void take_resolutions(const Values& values, Capabilities& all) {
  if (values.container == Container::Range) {
    all.dpi_low = static_cast<int>(std::ceil(values.low));
    all.dpi_high = static_cast<int>(values.high);
    return;
  }
  for (const double dpi : values.numbers) all.resolutions.push_back(static_cast<int>(std::lround(dpi)));
  std::sort(all.resolutions.begin(), all.resolutions.end());
  if (all.resolutions.empty()) return;
  all.dpi_low = all.resolutions.front();
  all.dpi_high = all.resolutions.back();
}

}  // namespace

Result<std::variant<Agreement, Fault>> agree(Session& session, const ScanRequest& request) {
  return Bargain(session, request).run();
}

Capabilities describe(Session& session) {
  Negotiator caps(session, FaultPhase::Configure);
  caps.set(Cap::Units, ItemType::Uint16, kUnitInches);
  Capabilities all;
  const auto feeder = caps.offered(Cap::FeederEnabled);
  const bool has_feeder = feeder ? feeder->offers(1) : caps.current(Cap::FeederLoaded).has_value();
  const bool has_glass = feeder ? feeder->offers(0) : !has_feeder;
  if (has_glass) all.sources.push_back(PaperSource::Flatbed), all.source_names.push_back("flatbed");
  if (has_feeder) all.sources.push_back(PaperSource::Adf), all.source_names.push_back("adf");
  if (has_feeder && caps.current(Cap::Duplex).value_or(kDuplexNone) != kDuplexNone)
    all.sources.push_back(PaperSource::AdfDuplex), all.source_names.push_back("adf-duplex");

  if (const auto types = caps.offered(Cap::PixelType)) {
    if (types->offers(kPixelBw)) all.modes.push_back(PixelMode::Bitonal);
    if (types->offers(kPixelGray)) all.modes.push_back(PixelMode::Gray);
    if (types->offers(kPixelRgb)) all.modes.push_back(PixelMode::Color);
  }
  if (const auto dpi = caps.offered(Cap::XResolution)) take_resolutions(*dpi, all);
  all.largest = {caps.current(Cap::PhysicalWidth).value_or(0) * kMmPerInch,
                 caps.current(Cap::PhysicalHeight).value_or(0) * kMmPerInch};
  all.paper_sensor = has_feeder && caps.current(Cap::FeederLoaded) && caps.current(Cap::PaperDetectable).value_or(1) != 0;
  const auto ways = caps.offered(Cap::DoubleFeedDetection);
  all.double_feed_detection = ways && !ways->numbers.empty();
  for (const Known& known : kKnown)
    if (const auto values = caps.offered(known.cap)) all.all.push_back(shown(known, *values));
  return all;
}

}  // namespace chartscan::scan::twain
