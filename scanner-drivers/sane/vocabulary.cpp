#include "scanner-drivers/sane/vocabulary.h"

#include <algorithm>
#include <array>

namespace chartscan::scan::sane {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Small letters, and one blank for every run of anything that is neither letter nor digit: "ADF-Duplex" -> "adf duplex".
std::string plain(std::string_view name) {
  std::string text;
  for (const char raw : name) {
    const char c = lower(raw);
    const bool counts = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (counts)
      text += c;
    else if (!text.empty() && text.back() != ' ')
      text += ' ';
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

template <std::size_t N>
bool has_any(const std::string& text, const std::array<const char*, N>& parts) {
  return std::ranges::any_of(parts, [&](const char* part) { return text.find(part) != std::string::npos; });
}

// Whole words only: "back" is not in "background".
bool has_word(const std::string& text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || text[at - 1] == ' ', ends = at + word.size() == text.size() || text[at + word.size()] == ' ';
    if (begins && ends) return true;
  }
  return false;
}

constexpr std::array kNoPaper{"transparen", "negative", "slide", "film", "tpu", "tma", "card", "photo"};
constexpr std::array kBothSides{"duplex", "both side", "2 side", "two side", "double side", "dual side", "adf db"};
constexpr std::array kGlass{"flatbed", "flat bed", "platen", "document table", "book", "normal", "glass"};
constexpr std::array kFeeder{"adf",      "feeder",     "simplex", "sheetfed", "sheet fed", "automatic document",
                             "one side", "single side"};

constexpr std::array kLineArt{"lineart",  "line art", "black white", "black and white", "binary", "bitonal",
                              "bi level", "bilevel",  "monochrome",  "1 bit",           "1bit",   "b w"};
constexpr std::array kGrays{"gray", "grey"};
constexpr std::array kColors{"color", "colour", "rgb"};
constexpr std::array kOddities{"halftone", "dither", "diffusion", "diffused", "fast", "infrared", "negative", "dynamic"};

bool is_odd(const std::string& name) { return has_any(plain(name), kOddities); }

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<PaperSource> source_meant(std::string_view backend_name) {
  const std::string name = plain(backend_name);
  if (has_any(name, kNoPaper)) return std::nullopt;
  if (has_any(name, kBothSides)) return PaperSource::AdfDuplex;
  if (has_word(name, "back") || has_word(name, "rear")) return std::nullopt;  // that side alone
  if (has_any(name, kFeeder)) return PaperSource::Adf;
  if (has_any(name, kGlass)) return PaperSource::Flatbed;
  return std::nullopt;
}

PaperSource source_used(std::string_view backend_name) {
  if (const std::optional<PaperSource> meant = source_meant(backend_name)) return *meant;
  const std::string name = plain(backend_name);  // "ADF Back", "Card Front"
  return has_any(name, kFeeder) || has_word(name, "card") ? PaperSource::Adf : PaperSource::Flatbed;
}

std::optional<PixelMode> mode_meant(std::string_view backend_name) {
  const std::string name = plain(backend_name);
  if (has_any(name, kLineArt)) return PixelMode::Bitonal;
  if (has_any(name, kColors)) return PixelMode::Color;
  if (has_any(name, kGrays)) return PixelMode::Gray;
  if (has_word(name, "halftone")) return PixelMode::Bitonal;
  return std::nullopt;
}

const std::string* best_source(const std::vector<std::string>& names, PaperSource wanted) {
  const auto found = std::ranges::find_if(names, [&](const std::string& name) { return source_meant(name) == wanted; });
  return found == names.end() ? nullptr : &*found;
}

const std::string* best_mode(const std::vector<std::string>& names, PixelMode wanted) {
  const std::string* best = nullptr;
  for (const std::string& name : names) {
    if (mode_meant(name) != wanted) continue;
    // Among the plain ones the shorter is the plainer: "Gray" before "Gray (16 bit)".
    if (!best || std::pair(is_odd(name), name.size()) < std::pair(is_odd(*best), best->size())) best = &name;
  }
  return best;
}

std::optional<bool> duplex_meant(std::string_view backend_value) {
  const std::string value = plain(backend_value);
  if (has_any(value, kBothSides) || has_word(value, "both") || has_word(value, "double") || has_word(value, "on") ||
      has_word(value, "2"))
    return true;
  if (has_any(value, std::array{"simplex", "single", "one side", "1 side", "front"}) || has_word(value, "off") ||
      has_word(value, "none") || has_word(value, "1"))
    return false;
  return std::nullopt;
}

std::span<const char* const> duplex_options() {
  static constexpr std::array kNames{"adf-mode", "adf_mode",  "duplex",       "duplex-mode", "scan-sides",
                                     "sides",    "side-mode", "double-sided", "adf-duplex"};
  return kNames;
}

std::span<const char* const> paper_sensors() {
  static constexpr std::array kNames{"page-loaded",     "page_loaded", "paper-loaded",  "adf-loaded",   "adf_loaded",
                                     "document-loaded", "doc-in-adf",  "feeder-loaded", "paper-sensor", "adf-document-loaded"};
  return kNames;
}

std::span<const char* const> double_feed_sensors() {
  static constexpr std::array kNames{"double-feed", "double-feed-detected", "multifeed-detected", "multi-feed-detected"};
  return kNames;
}

std::span<const char* const> double_feed_switches() {
  static constexpr std::array kNames{"double-feed",
                                     "double-feed-detection",
                                     "double_feed_detection",
                                     "double-feed-detection-sensitivity",
                                     "df-action",
                                     "df-thickness",
                                     "df-stop",
                                     "dfstop",
                                     "dfdetect",
                                     "df-detection",
                                     "df-ultrasonic",
                                     "multifeed-detection",
                                     "multi-feed-detection",
                                     "doublefeed",
                                     "ultrasonic-detection"};
  return kNames;
}

std::span<const char* const> page_droppers() {
  static constexpr std::array kNames{"swskip", "blank-page-skip", "skip-blank-pages", "remove-blank-pages", "blank-page-removal"};
  return kNames;
}

}  // namespace chartscan::scan::sane
