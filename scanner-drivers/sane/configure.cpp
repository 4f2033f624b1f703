#include "scanner-drivers/sane/configure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scanner-drivers/sane/vocabulary.h"

namespace chartscan::scan::sane {

namespace {

constexpr double kMmPerInch = 25.4;
constexpr double kSizeSlack = 0.6;  // mm: rounding of a device is no difference worth a word

std::optional<Option> settable(Session& session, const std::string& name) {
  std::optional<Option> option = find_option(session, name);
  return option && option->settable ? option : std::nullopt;
}

std::optional<double> number_of(Session& session, const std::string& name) {
  const std::optional<Option> option = find_option(session, name);
  if (!option) return std::nullopt;
  const std::optional<Value> value = session.get(*option);
  if (!value || !std::holds_alternative<double>(*value)) return std::nullopt;
  return std::get<double>(*value);
}

std::optional<std::string> text_of(Session& session, const std::string& name) {
  const std::optional<Option> option = find_option(session, name);
  if (!option || option->type != ValueType::String) return std::nullopt;
  const std::optional<Value> value = session.get(*option);
  if (!value) return std::nullopt;
  return std::get<std::string>(*value);
}

bool set(Session& session, const std::string& name, const Value& value) {
  const std::optional<Option> option = settable(session, name);
  return option && session.set(*option, value) == Code::Good;
}

// What a number option takes next to `wanted`, never less where it can be helped: detail that was not scanned is gone.
double allowed(const Option& option, double wanted) {
  if (!option.numbers.empty()) {
    std::vector<double> numbers = option.numbers;
    std::ranges::sort(numbers);
    const auto found = std::ranges::lower_bound(numbers, wanted - 1e-6);
    return found == numbers.end() ? numbers.back() : *found;
  }
  if (!option.range) return wanted;
  const Range& range = *option.range;
  if (range.step > 0) wanted = range.low + std::ceil((wanted - range.low) / range.step - 1e-6) * range.step;
  return std::clamp(wanted, range.low, range.high);
}

// --- source ---------------------------------------------------------------------------------------------------------

PaperSource source_without_option(const std::string& kind) {
  return source_meant(kind) == PaperSource::Adf ? PaperSource::Adf : PaperSource::Flatbed;
}

std::vector<std::string> source_names(Session& session) {
  const std::optional<Option> option = find_option(session, "source");
  return option ? option->choices : std::vector<std::string>{};
}

// The choice of a duplex option that means `both`; a bool is its own choice.
std::optional<Value> duplex_value(const Option& option, bool both) {
  if (option.type == ValueType::Bool) return Value(both);
  for (const std::string& choice : option.choices)
    if (duplex_meant(choice) == both) return Value(choice);
  return std::nullopt;
}

std::optional<Option> duplex_option(Session& session) {
  for (const char* name : duplex_options())
    if (std::optional<Option> option = settable(session, name); option && duplex_value(*option, true)) return option;
  return std::nullopt;
}

// What the source and a duplex option beside it amount to now.
PaperSource source_in_force(Session& session, const std::string& kind) {
  const std::string name = text_of(session, "source").value_or("");
  PaperSource source = name.empty() ? source_without_option(kind) : source_used(name);
  if (source != PaperSource::Adf) return source;
  if (const std::optional<Option> option = duplex_option(session)) {
    const std::optional<Value> value = session.get(*option);
    if (value && std::holds_alternative<bool>(*value) && std::get<bool>(*value)) source = PaperSource::AdfDuplex;
    if (value && std::holds_alternative<std::string>(*value) && duplex_meant(std::get<std::string>(*value)) == true)
      source = PaperSource::AdfDuplex;
  }
  return source;
}

const char* plain_name(PaperSource source) {
  return source == PaperSource::Flatbed ? "flatbed" : source == PaperSource::Adf ? "adf" : "adf-duplex";
}

std::optional<PaperSource> plain_source(const std::string& text) {
  for (const PaperSource source : {PaperSource::Flatbed, PaperSource::Adf, PaperSource::AdfDuplex})
    if (same_word(text, plain_name(source))) return source;
  return std::nullopt;
}

Error no_such_source(Session& session, const std::string& wanted) {
  const std::vector<std::string> names = source_names(session);
  return {ErrorCode::Usage, fmt::format("the scanner has no source \"{}\" (it names: {}); choose another with --source", wanted,
                                        names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")))};
}

// Both sides of a feeder whose source option does not know of them.
Status set_duplex_beside_source(Session& session, const std::string& kind) {
  const std::vector<std::string> names = source_names(session);
  if (!names.empty()) {
    const std::string* feeder = best_source(names, PaperSource::Adf);
    if (!feeder || !set(session, "source", *feeder)) return no_such_source(session, "adf-duplex");
  } else if (source_without_option(kind) != PaperSource::Adf) {
    return no_such_source(session, "adf-duplex");
  }
  const std::optional<Option> option = duplex_option(session);
  if (!option || session.set(*option, *duplex_value(*option, true)) != Code::Good) return no_such_source(session, "adf-duplex");
  return {};
}

Status set_plain_source(Session& session, PaperSource wanted, const std::string& kind) {
  const std::vector<std::string> names = source_names(session);
  if (const std::string* name = best_source(names, wanted)) {
    if (!set(session, "source", *name)) return no_such_source(session, *name);
  } else if (wanted == PaperSource::AdfDuplex) {
    return set_duplex_beside_source(session, kind);
  } else if (!names.empty() || source_without_option(kind) != wanted) {
    return no_such_source(session, plain_name(wanted));
  }
  if (wanted == PaperSource::Adf)
    if (const std::optional<Option> option = duplex_option(session))
      if (const std::optional<Value> one_side = duplex_value(*option, false)) session.set(*option, *one_side);
  return {};
}

Status set_source(Session& session, const std::string& wanted, const std::string& kind) {
  const std::vector<std::string> names = source_names(session);
  const auto own = std::ranges::find_if(names, [&](const std::string& name) { return same_word(name, wanted); });
  const std::optional<PaperSource> plain = plain_source(wanted);
  if (own != names.end() && (!plain || source_meant(*own) == plain)) {
    if (!set(session, "source", *own)) return no_such_source(session, wanted);
    if (!plain) return {};
  }
  if (!plain) return no_such_source(session, wanted);
  TRY_STATUS(set_plain_source(session, *plain, kind));
  if (source_in_force(session, kind) != *plain) return no_such_source(session, wanted);  // it agreed and did otherwise
  return {};
}

// --- pixels ---------------------------------------------------------------------------------------------------------

const char* name_of(PixelMode mode) {
  return mode == PixelMode::Bitonal ? "bitonal" : mode == PixelMode::Gray ? "gray" : "color";
}

void set_depth(Session& session, int wanted) {
  if (const std::optional<Option> option = settable(session, "depth")) session.set(*option, allowed(*option, wanted));
}

// Bitonal is a mode of its own, or gray with one bit.
void set_mode(Session& session, const ScanRequest& request) {
  const std::optional<Option> option = settable(session, "mode");
  const std::vector<std::string> names = option ? option->choices : std::vector<std::string>{};
  const std::string* name = best_mode(names, request.mode);
  const bool gray_of_one_bit = request.mode == PixelMode::Bitonal && !name;
  if (!name && request.mode != PixelMode::Gray) name = best_mode(names, PixelMode::Gray);
  if (!name) name = best_mode(names, PixelMode::Color);
  if (name) session.set(*option, *name);
  if (gray_of_one_bit)
    set_depth(session, 1);
  else if (request.mode != PixelMode::Bitonal)
    set_depth(session, request.depth);
}

void set_resolution(Session& session, int dpi) {
  const auto set_one = [&](const char* name) {
    const std::optional<Option> option = settable(session, name);
    return option && session.set(*option, allowed(*option, dpi)) == Code::Good;
  };
  if (set_one("resolution")) return;  // both axes; where it is not settable, each has its own
  set_one("x-resolution");
  set_one("y-resolution");
}

// --- size -----------------------------------------------------------------------------------------------------------

double to_unit(const Option& option, double mm, double dpi) { return option.unit == Unit::Pixel ? mm / kMmPerInch * dpi : mm; }
double to_mm(const Option& option, double value, double dpi) {
  return option.unit == Unit::Pixel && dpi > 0 ? value * kMmPerInch / dpi : value;
}

// Down to what the device has: asking for more than its range is refused by some.
void set_length(Session& session, const std::string& name, double mm, double dpi) {
  const std::optional<Option> option = settable(session, name);
  if (!option) return;
  double value = to_unit(*option, mm, dpi);
  if (option->range) value = std::clamp(value, option->range->low, option->range->high);
  session.set(*option, value);
}

double largest(const std::optional<Option>& option, double dpi) {
  return option && option->range ? to_mm(*option, option->range->high, dpi) : 0;
}

// Feeders centre the paper by page-width and page-height where they have them; only then may the window be as large.
void set_size(Session& session, const Millimetres& wanted, double dpi) {
  const bool whole = wanted.width <= 0 || wanted.height <= 0;
  const auto length = [&](const char* name, double mm) {
    set_length(session, name, whole ? largest(find_option(session, name), dpi) : mm, dpi);
  };
  length("page-width", wanted.width);
  length("page-height", wanted.height);
  double left = 0, top = 0;
  for (const auto& [name, edge] : {std::pair{"tl-x", &left}, std::pair{"tl-y", &top}})
    if (const std::optional<Option> option = find_option(session, name); option && option->range) {
      *edge = to_mm(*option, option->range->low, dpi);
      set_length(session, name, *edge, dpi);
    }
  length("br-x", left + wanted.width);
  length("br-y", top + wanted.height);
}

Millimetres size_in_force(Session& session, double dpi) {
  const auto at = [&](const char* name) {
    const std::optional<Option> option = find_option(session, name);
    const std::optional<double> value = number_of(session, name);
    return option && value ? to_mm(*option, *value, dpi) : 0;
  };
  return {at("br-x") - at("tl-x"), at("br-y") - at("tl-y")};
}

// --- the rest -------------------------------------------------------------------------------------------------------

// -100..100 over the range the device has.
void set_percent(Session& session, const char* name, std::optional<int> percent) {
  const std::optional<Option> option = settable(session, name);
  if (!percent || !option) return;
  const Range range = option->range.value_or(Range{-100, 100, 1});
  const double share = (std::clamp(*percent, -100, 100) + 100) / 200.0;
  session.set(*option, allowed(*option, range.low + share * (range.high - range.low)));
}

// To watch: "Stop" where the device offers what to do, else simply on, else anything that is not off.
std::optional<Value> double_feed_value(const Option& option, bool watch) {
  if (option.type == ValueType::Bool) return Value(watch);
  static constexpr std::array kWatch{"stop", "on", "high", "normal", "low"},
      kLetPass{"off", "none", "disabled", "continue", "default"};
  for (const char* wanted : watch ? kWatch : kLetPass)
    for (const std::string& choice : option.choices)
      if (same_word(choice, wanted)) return Value(choice);
  return std::nullopt;
}

// Whether the device took it at any of its switches.
bool set_double_feed_detection(Session& session, bool watch) {
  bool any = false;
  for (const char* name : double_feed_switches())
    if (const std::optional<Option> option = settable(session, name))
      if (const std::optional<Value> value = double_feed_value(*option, watch)) any |= session.set(*option, *value) == Code::Good;
  return any;
}

// "batch-scan" (hpaio) must be on for an empty feeder to be told, and off for the glass.
void keep_every_side(Session& session, PaperSource source) {
  set(session, "batch-scan", source != PaperSource::Flatbed);
  for (const char* name : page_droppers())
    if (const std::optional<Option> option = settable(session, name)) {
      if (option->type == ValueType::Bool)
        session.set(*option, false);
      else if (option->range)
        session.set(*option, option->range->low);
    }
}

bool has_sensor(Session& session, std::span<const char* const> names) {
  return std::ranges::any_of(names, [&](const char* name) {
    const std::optional<Option> option = find_option(session, name);
    return option && option->type == ValueType::Bool && !option->settable;
  });
}

// The pixels that will come, by the device's own parameters: an option may say one thing and mean another.
void read_pixels_back(Session& session, Settings& settings) {
  Parameters parameters;
  if (session.parameters(parameters) != Code::Good) return;
  settings.depth = parameters.depth;
  if (parameters.frame != Frame::Gray)
    settings.mode = PixelMode::Color;
  else
    settings.mode = parameters.depth == 1 ? PixelMode::Bitonal : PixelMode::Gray;
}

Settings read_back(Session& session, const std::string& kind) {
  Settings settings;
  settings.source = source_in_force(session, kind);
  settings.source_name = text_of(session, "source").value_or("");
  const double dpi = number_of(session, "resolution").value_or(0);
  settings.dpi_x = static_cast<int>(std::lround(number_of(session, "x-resolution").value_or(dpi)));
  settings.dpi_y = static_cast<int>(std::lround(number_of(session, "y-resolution").value_or(dpi > 0 ? dpi : settings.dpi_x)));
  if (settings.dpi_x == 0) settings.dpi_x = settings.dpi_y;
  settings.size = size_in_force(session, settings.dpi_x);
  settings.has_paper_sensor = has_sensor(session, paper_sensors());
  read_pixels_back(session, settings);
  return settings;
}

void note_differences(const ScanRequest& wanted, Settings& in_force) {
  const auto note = [&](std::string text) { in_force.notes.push_back(std::move(text)); };
  if (in_force.dpi_x != wanted.dpi || in_force.dpi_y != wanted.dpi)
    note(fmt::format("the scanner works at {} x {} dpi instead of {}", in_force.dpi_x, in_force.dpi_y, wanted.dpi));
  if (in_force.mode != wanted.mode)
    note(fmt::format("the scanner gives {} instead of {}", name_of(in_force.mode), name_of(wanted.mode)));
  if (wanted.mode != PixelMode::Bitonal && in_force.mode != PixelMode::Bitonal && in_force.depth != wanted.depth)
    note(fmt::format("the scanner gives {} bits a sample instead of {}", in_force.depth, wanted.depth));
  const bool size_wanted = wanted.size.width > 0 && wanted.size.height > 0;
  if (size_wanted && (std::abs(in_force.size.width - wanted.size.width) > kSizeSlack ||
                      std::abs(in_force.size.height - wanted.size.height) > kSizeSlack))
    note(fmt::format("the scanner takes {:.1f} x {:.1f} mm instead of {:.1f} x {:.1f}", in_force.size.width, in_force.size.height,
                     wanted.size.width, wanted.size.height));
  if (wanted.stop_at_double_feed && in_force.source != PaperSource::Flatbed && !in_force.detects_double_feed)
    note("the scanner cannot tell when it takes two sheets at once: count the sheets");
}

Capability capability_of(Session& session, const Option& option) {
  static constexpr std::array kUnits{"", "px", "bit", "mm", "dpi", "%", "us"};
  Capability capability{.name = option.name,
                        .title = option.title,
                        .unit = kUnits[static_cast<std::size_t>(option.unit)],
                        .choices = option.choices};
  for (const double number : option.numbers) capability.choices.push_back(fmt::format("{:g}", number));
  if (option.range)
    capability.low = option.range->low, capability.high = option.range->high, capability.step = option.range->step;
  capability.read_only = !option.settable;
  if (!option.readable) return capability;
  if (const std::optional<Value> value = session.get(option)) {
    if (const auto* yes = std::get_if<bool>(&*value)) capability.value = *yes ? "yes" : "no";
    if (const auto* number = std::get_if<double>(&*value)) capability.value = fmt::format("{:g}", *number);
    if (const auto* text = std::get_if<std::string>(&*value)) capability.value = *text;
  }
  return capability;
}

void list_sources(Session& session, const std::string& kind, Capabilities& into) {
  into.source_names = source_names(session);
  const bool beside = duplex_option(session).has_value();
  const auto has = [&](PaperSource source) {
    if (best_source(into.source_names, source)) return true;
    return into.source_names.empty() && source_without_option(kind) == source;
  };
  for (const PaperSource source : {PaperSource::Flatbed, PaperSource::Adf, PaperSource::AdfDuplex})
    if (has(source) || (source == PaperSource::AdfDuplex && beside && has(PaperSource::Adf))) into.sources.push_back(source);
}

void list_modes(Session& session, Capabilities& into) {
  const std::optional<Option> mode = find_option(session, "mode");
  const std::optional<Option> depth = find_option(session, "depth");
  for (const PixelMode wanted : {PixelMode::Bitonal, PixelMode::Gray, PixelMode::Color}) {
    const bool one_bit = wanted == PixelMode::Bitonal && depth && std::ranges::find(depth->numbers, 1.0) != depth->numbers.end();
    if (one_bit || (mode && best_mode(mode->choices, wanted))) into.modes.push_back(wanted);
  }
}

void list_resolutions(Session& session, Capabilities& into) {
  std::optional<Option> option = find_option(session, "resolution");
  if (!option) option = find_option(session, "x-resolution");
  if (!option) return;
  for (const double number : option->numbers) into.resolutions.push_back(static_cast<int>(std::lround(number)));
  std::ranges::sort(into.resolutions);
  if (option->range) into.dpi_low = static_cast<int>(option->range->low), into.dpi_high = static_cast<int>(option->range->high);
}

}  // namespace

std::optional<bool> sensed(Session& session, std::span<const char* const> names) {
  for (const char* name : names) {
    const std::optional<Option> option = find_option(session, name);
    if (!option || option->type != ValueType::Bool || option->settable) continue;
    const std::optional<Value> value = session.get(*option);
    if (value && std::holds_alternative<bool>(*value)) return std::get<bool>(*value);
  }
  return std::nullopt;
}

Result<Settings> configure(Session& session, const ScanRequest& request, const std::string& kind) {
  set(session, "preview", false);
  TRY_STATUS(set_source(session, request.source, kind));
  set_mode(session, request);
  set_resolution(session, request.dpi);
  set_size(session, request.size, number_of(session, "resolution").value_or(request.dpi));
  set_percent(session, "brightness", request.brightness);
  set_percent(session, "contrast", request.contrast);
  keep_every_side(session, source_in_force(session, kind));
  const bool heeded = set_double_feed_detection(session, request.stop_at_double_feed);
  Settings settings = read_back(session, kind);
  settings.detects_double_feed = heeded && request.stop_at_double_feed;
  note_differences(request, settings);
  return settings;
}

Capabilities capabilities(Session& session, const std::string& kind) {
  Capabilities all;
  list_sources(session, kind, all);
  list_modes(session, all);
  list_resolutions(session, all);
  const double dpi = number_of(session, "resolution").value_or(0);
  all.largest = {largest(find_option(session, "br-x"), dpi), largest(find_option(session, "br-y"), dpi)};
  all.paper_sensor = has_sensor(session, paper_sensors());
  all.double_feed_detection = std::ranges::any_of(double_feed_switches(), [&](const char* name) {
    const std::optional<Option> option = settable(session, name);
    return option && double_feed_value(*option, true);
  });
  const std::vector<Option> options = session.options();
  for (const Option& option : options)
    if (option.active && option.type != ValueType::Group && option.type != ValueType::Button)
      all.all.push_back(capability_of(session, option));
  return all;
}

}  // namespace chartscan::scan::sane
