#include "imaging/pdf_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace chartscan::imaging {

namespace {

constexpr double kPointsPerInch = 72;
constexpr double kSure = 0.99;  // nothing was recognised: the file says so itself

struct Entity {
  std::string_view name, text;
};
constexpr std::array kEntities{Entity{"&amp;", "&"}, Entity{"&lt;", "<"}, Entity{"&gt;", ">"}, Entity{"&quot;", "\""}, Entity{"&apos;", "'"}};

std::string decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Entity* found = nullptr;
    for (const Entity& entity : kEntities)
      if (text.starts_with(entity.name)) found = &entity;
    out += found ? found->text : text.substr(0, 1);
    text.remove_prefix(found ? found->name.size() : 1);
  }
  return out;
}

// The value of name="..." inside a tag.
std::optional<double> attribute(std::string_view tag, std::string_view name) {
  const std::size_t at = tag.find(name);
  if (at == std::string_view::npos || !tag.substr(at + name.size()).starts_with("=\"")) return std::nullopt;
  const std::string_view rest = tag.substr(at + name.size() + 2);
  double value = 0;
  const auto [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (fault != std::errc() || end == rest.data() || !std::isfinite(value) || std::abs(value) > 1e6) return std::nullopt;
  return value;
}

}  // namespace

PageText words_of_listing(std::string_view listing, double dpi) {
  PageText text;
  const double scale = dpi / kPointsPerInch;
  int line = -1;
  for (std::size_t at = listing.find('<'); at != std::string_view::npos; at = listing.find('<', at + 1)) {
    const std::size_t end = listing.find('>', at);
    if (end == std::string_view::npos) break;
    const std::string_view tag = listing.substr(at, end - at);
    if (tag.starts_with("<line ")) ++line;
    if (!tag.starts_with("<word ")) continue;
    const std::size_t close = listing.find("</word>", end);
    if (close == std::string_view::npos) break;
    const auto x0 = attribute(tag, "xMin"), y0 = attribute(tag, "yMin"), x1 = attribute(tag, "xMax"), y1 = attribute(tag, "yMax");
    std::string word = decoded(listing.substr(end + 1, close - end - 1));
    if (!x0 || !y0 || !x1 || !y1 || word.empty()) continue;
    const Box box{static_cast<int>(std::floor(*x0 * scale)), static_cast<int>(std::floor(*y0 * scale)), static_cast<int>(std::ceil(*x1 * scale)),
                  static_cast<int>(std::ceil(*y1 * scale))};
    text.words.push_back({std::move(word), box, kSure, std::max(0, line)});
  }
  return text;
}

}  // namespace chartscan::imaging
