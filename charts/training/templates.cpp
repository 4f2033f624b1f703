#include "charts/training/templates.h"

#include <array>
#include <cstdio>
#include <utility>

namespace chartscan::charts::training {
namespace {

constexpr double kOptional = 0.6;
constexpr int kDeepest = 6;  // slots within slots

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// Parts at bars that stand outside of braces.
std::vector<std::string> choices(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    depth += (c == '{') - (c == '}');
    if (c == '|' && depth == 0) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

std::string printed(const char* format, auto... values) {
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), format, values...);
  return out.data();
}

std::string date(Random& random) {
  static constexpr std::array<const char*, 12> kMonths{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
  const int month = static_cast<int>(random.below(12)) + 1, day = static_cast<int>(random.below(28)) + 1;
  const int year = 2005 + static_cast<int>(random.below(20));
  switch (random.below(4)) {
    case 0: return printed("%02d/%02d/%04d", month, day, year);
    case 1: return printed("%d/%d/%02d", month, day, year % 100);
    case 2: return printed("%s %d, %d", kMonths[static_cast<std::size_t>(month - 1)], day, year);
    default: return printed("%04d-%02d-%02d", year, month, day);
  }
}

std::string time(Random& random) {
  const int hour = static_cast<int>(random.below(24)), minute = static_cast<int>(random.below(60));
  return random.chance(0.5) ? printed("%02d:%02d", hour, minute) : printed("%02d%02d", hour, minute);
}

// "lo-hi"; 0 where it is no range.
std::pair<int, int> range(std::string_view text) {
  int low = 0, high = 0;
  return std::sscanf(std::string(text).c_str(), "%d-%d", &low, &high) == 2 && low <= high ? std::pair{low, high} : std::pair{0, 0};
}

}  // namespace

Status TemplateSet::add(std::string_view file_name, std::string_view text) {
  int line = 0;
  bool open = false;
  const auto wrong = [&](const std::string& why) {
    return Error{ErrorCode::Configuration, std::string(file_name) + ", line " + std::to_string(line) + ": " + why + "; charts/training/templates.h describes the language", {}};
  };
  while (!text.empty()) {
    ++line;
    const std::string_view raw = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), raw.size() + 1));
    const std::string_view row = trimmed(raw);
    if (row.starts_with("== ")) {
      templates_.push_back({std::string(trimmed(row.substr(3))), std::string(file_name) + ":" + std::to_string(line), {}});
      templates_.back().blocks.emplace_back();
      open = true;
    } else if (row.starts_with(": ")) {
      const auto equals = row.find('=');
      if (equals == row.npos) return wrong("a slot without '='");
      auto& values = slots_[std::string(trimmed(row.substr(2, equals - 2)))];
      for (const std::string& value : choices(row.substr(equals + 1))) values.emplace_back(trimmed(value));
    } else if (row.empty()) {
      if (open && !templates_.back().blocks.back().empty()) templates_.back().blocks.emplace_back();
    } else if (!open) {
      return wrong("text before the first '== type'");
    } else {
      templates_.back().blocks.back().emplace_back(row);
    }
  }
  return {};
}

std::string TemplateSet::expand(const Template& one, Random& random) const {
  std::vector<std::size_t> order(one.blocks.size()), moving;
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
    if (!one.blocks[i].empty() && one.blocks[i].front() == "~") moving.push_back(i);
  }
  std::vector<std::size_t> moved = moving;
  random.shuffle(moved);
  for (std::size_t i = 0; i < moving.size(); ++i) order[moving[i]] = moved[i];

  std::string out;
  for (const std::size_t block : order) {
    for (const std::string& line : one.blocks[block]) {
      if (line == "~" || (line.starts_with("? ") && !random.chance(kOptional))) continue;
      std::string_view rest = line;
      if (rest.starts_with("? ")) rest.remove_prefix(2);
      std::size_t times = 1;
      if (rest.starts_with('*')) {
        const auto blank = rest.find(' ');
        const auto [low, high] = range(rest.substr(1, blank - 1));
        times = static_cast<std::size_t>(low) + random.below(static_cast<std::size_t>(high - low) + 1);
        rest.remove_prefix(std::min(rest.size(), blank + 1));
      }
      for (std::size_t i = 0; i < times; ++i) out += filled(rest, random) + "\n";
    }
    out += "\n";
  }
  return out;
}

std::string TemplateSet::filled(std::string_view line, Random& random, int depth) const {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '{') {
      std::size_t end = i + 1;
      for (int open = 1; end < line.size() && open > 0; ++end) open += (line[end] == '{') - (line[end] == '}');
      const auto all = choices(line.substr(i + 1, end - i - 2));
      out += filled(all[random.below(all.size())], random, depth);
      i = end;
    } else if (const auto end = line.find('>', i); line[i] == '<' && end != line.npos) {
      out += slot(line.substr(i + 1, end - i - 1), random, depth);
      i = end + 1;
    } else if (line.substr(i, 2) == "||") {
      out += '\t';
      i += 2;
    } else {
      out += line[i++];
    }
  }
  return out;
}

std::string TemplateSet::slot(std::string_view name, Random& random, int depth) const {
  if (name == "date") return date(random);
  if (name == "time") return time(random);
  if (name.starts_with("n:")) {
    const auto [low, high] = range(name.substr(2));
    return std::to_string(static_cast<std::size_t>(low) + random.below(static_cast<std::size_t>(high - low) + 1));
  }
  const auto found = slots_.find(name);
  if (found == slots_.end() || depth > kDeepest) return std::string(name);
  return filled(found->second[random.below(found->second.size())], random, depth + 1);
}

}  // namespace chartscan::charts::training
