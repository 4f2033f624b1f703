#include "charts/linkage.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <utility>
#include <vector>

namespace chartscan::charts {

extern const std::vector<std::pair<std::string_view, std::string_view>> kLinkageFiles;  // charts/linkage/*.csv, generated

namespace {

constexpr int kMostRounds = 200;
constexpr double kSettled = 1e-7;     // largest change of a share from which EM is done
constexpr double kPseudoMatches = 2;  // counts added to each level's share, spread evenly: nothing is ever impossible
constexpr double kUnseen = 0.5;       // pairs that a level never seen at random stands for

double ratio_bits(double m, double u) { return m > 0 && u > 0 ? std::log2(m / u) : 0; }

std::size_t at(int level) { return static_cast<std::size_t>(level); }

Levels without(Levels levels, const std::vector<Part>& parts) {
  for (const Part part : parts) levels[index_of(part)] = kMissing;
  return levels;
}

// Of one person, in nats, under the present weights.
double log_odds(const Levels& levels, const Weights& weights) {
  return std::log(weights.prior / (1 - weights.prior)) + weights.bits(levels) * std::log(2.0);
}

using Shares = std::array<LevelShares, kParts>;

double largest_change(const Shares& a, const Shares& b) {
  double change = 0;
  for (std::size_t part = 0; part < kParts; ++part)
    for (std::size_t level = 0; level < kMostLevels; ++level) change = std::max(change, std::abs(a[part].m[level] - b[part].m[level]));
  return change;
}

std::optional<Part> part_named(std::string_view name) {
  for (std::size_t i = 0; i < kParts; ++i)
    if (name == to_string(static_cast<Part>(i))) return static_cast<Part>(i);
  return std::nullopt;
}

std::optional<int> level_named(Part part, std::string_view name) {
  for (std::size_t i = 0; i < levels_of(part); ++i)
    if (name == level_name(part, static_cast<int>(i))) return static_cast<int>(i);
  return std::nullopt;
}

std::optional<double> share_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 1)) return std::nullopt;
  return value;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const auto comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

bool read_line(const std::vector<std::string_view>& cells, Weights& weights) {
  if (cells.size() == 2 && cells[0] == "prior") {
    const auto share = share_in(cells[1]);
    if (share) weights.prior = *share;
    return share.has_value();
  }
  if (cells.size() == 3 && (cells[0] == "family name" || cells[0] == "given name")) {
    const auto share = share_in(cells[2]);
    if (share) (cells[0] == "family name" ? weights.family_share : weights.given_share)[std::string(cells[1])] = *share;
    return share.has_value();
  }
  if (cells.size() != 4) return false;
  const auto part = part_named(cells[0]);
  if (!part) return false;
  const auto level = level_named(*part, cells[1]);
  const auto m = share_in(cells[2]), u = share_in(cells[3]);
  if (!level || !m || !u) return false;
  weights.parts[index_of(*part)].m[at(*level)] = *m;
  weights.parts[index_of(*part)].u[at(*level)] = *u;
  return true;
}

Weights shipped(std::string_view file) {
  for (const auto& [name, text] : kLinkageFiles)
    if (name == file)
      if (auto weights = parse_weights(text)) return std::move(weights).value();
  return {};  // a test reads both files
}

}  // namespace

double Weights::bits(Part part, int level) const {
  if (level < 0) return 0;
  const LevelShares& shares = parts[index_of(part)];
  return ratio_bits(shares.m[at(level)], shares.u[at(level)]);
}

double Weights::bits(const Levels& levels) const {
  double sum = 0;
  for (std::size_t part = 0; part < kParts; ++part) sum += bits(static_cast<Part>(part), levels[part]);
  return sum;
}

double Weights::name_bits(Part part, int level, std::string_view name) const {
  const double plain = bits(part, level);
  const auto& shares = part == Part::Family ? family_share : given_share;
  if ((level != level::kSame && level != level::kFamilyConfused) || shares.empty()) return plain;
  const auto found = shares.find(name);
  double share = found == shares.end() ? 1 : found->second;
  if (found == shares.end())  // rarer than any listed
    for (const auto& [listed, value] : shares) share = std::min(share, value);
  return plain + ratio_bits(parts[index_of(part)].u[level::kSame], share);
}

std::string to_text(const Weights& weights) {
  std::string out;
  char line[200];
  std::snprintf(line, sizeof line, "prior,%.6g\n", weights.prior);
  out += line;
  for (std::size_t part = 0; part < kParts; ++part)
    for (std::size_t level = 0; level < levels_of(static_cast<Part>(part)); ++level) {
      const auto named = static_cast<Part>(part);
      std::snprintf(line, sizeof line, "%s,%s,%.6g,%.6g\n", to_string(named), level_name(named, static_cast<int>(level)),
                    weights.parts[part].m[level], weights.parts[part].u[level]);
      out += line;
    }
  for (const auto& [kind, shares] : {std::pair{"family name", &weights.family_share}, {"given name", &weights.given_share}})
    for (const auto& [name, share] : *shares) {
      std::snprintf(line, sizeof line, "%s,%.100s,%.3g\n", kind, name.c_str(), share);
      out += line;
    }
  return out;
}

Result<Weights> parse_weights(std::string_view text) {
  Weights weights;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (!read_line(cells_of(line), weights))
      return Error{ErrorCode::InputRefused, "linkage weights, line " + std::to_string(number) +
                                                ": expected 'part,level,m,u', 'family name,NAME,share' or 'prior,share' with shares from 0 to 1", {}};
  }
  return weights;
}

const Weights& page_weights() {
  static const Weights kWeights = shipped("page.csv");
  return kWeights;
}

const Weights& register_weights() {
  static const Weights kWeights = shipped("register.csv");
  return kWeights;
}

void learn_u(std::span<const Seen> random_pairs, Weights& weights) {
  for (std::size_t part = 0; part < kParts; ++part) {
    if (static_cast<Part>(part) == Part::Order) continue;  // two strangers who share two names bear them either way round: even odds
    std::array<double, kMostLevels> counts{};
    double all = 0;
    for (const Seen& seen : random_pairs)
      if (seen.levels[part] >= 0) counts[at(seen.levels[part])] += seen.count, all += seen.count;
    if (all == 0) continue;
    for (std::size_t level = 0; level < levels_of(static_cast<Part>(part)); ++level)
      weights.parts[part].u[level] = std::max(counts[level], kUnseen) / all;
  }
}

Weights first_guess() {
  constexpr double kAgree = 0.85;
  Weights weights;
  weights.prior = 0.2;
  for (std::size_t part = 0; part < kParts; ++part) {
    const std::size_t levels = levels_of(static_cast<Part>(part));
    for (std::size_t level = 0; level < levels; ++level) {
      weights.parts[part].m[level] = level == 0 ? kAgree : (1 - kAgree) / static_cast<double>(levels - 1);
      weights.parts[part].u[level] = 1.0 / static_cast<double>(levels);
    }
  }
  return weights;
}

std::vector<Seen> Comparisons::all() const {
  std::vector<Seen> all;
  for (const auto& [levels, count] : counts_) all.push_back({levels, count});
  return all;
}

void learn_m(std::span<const Seen> given, const std::vector<Part>& chosen_by, Weights& weights) {
  std::vector<Seen> pairs(given.begin(), given.end());
  for (Seen& seen : pairs) seen.levels = without(seen.levels, chosen_by);
  for (int round = 0; round < kMostRounds; ++round) {
    Shares next = weights.parts;
    std::array<std::array<double, kMostLevels>, kParts> matched{};
    double of_one = 0, all = 0;
    for (const Seen& seen : pairs) {  // expectation: how surely is each pair of one person?
      const double share = seen.count / (1 + std::exp(-log_odds(seen.levels, weights)));
      of_one += share;
      all += seen.count;
      for (std::size_t part = 0; part < kParts; ++part)
        if (seen.levels[part] >= 0) matched[part][at(seen.levels[part])] += share;
    }
    if (all == 0) return;
    for (std::size_t part = 0; part < kParts; ++part) {  // maximisation: the levels those show
      const std::size_t levels = levels_of(static_cast<Part>(part));
      double sum = 0;
      for (std::size_t level = 0; level < levels; ++level) sum += matched[part][level];
      if (sum == 0) continue;
      const double spread = kPseudoMatches / static_cast<double>(levels);
      for (std::size_t level = 0; level < levels; ++level) next[part].m[level] = (matched[part][level] + spread) / (sum + kPseudoMatches);
    }
    const double change = largest_change(next, weights.parts);
    weights.parts = next;
    weights.prior = std::clamp(of_one / all, 1e-9, 1 - 1e-6);
    if (change < kSettled) return;
  }
}

}  // namespace chartscan::charts
