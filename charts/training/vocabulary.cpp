#include "charts/training/vocabulary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "charts/training/random.h"

namespace chartscan::charts::training {
namespace {

constexpr double kMinSources = 4;  // a feature counts only when so many sources have it,
constexpr double kTemplateSource = 2, kNoteSource = 1, kNotePair = 0.4;  // by what a source counts for
constexpr double kTelling = 1;     // standard deviations above what chance gives
constexpr int kDraws = 200;
constexpr int kManySources = 40;   // from here on neighbouring numbers of sources share their lot
constexpr double kSharing = 1.1;

// Sources with their first type, and the features they have.
struct Sources {
  std::vector<std::size_t> types;
  std::vector<std::unordered_set<int>> features;
};

Sources sources_of(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, const std::vector<std::string>& keys) {
  std::unordered_map<std::string, int> number;
  for (const std::string& key : keys) number.emplace(key, static_cast<int>(number.size()));
  Sources sources;
  std::unordered_map<std::string, std::size_t> place;
  for (const std::size_t i : chosen) {
    const auto [found, is_new] = place.try_emplace(examples[i].source, sources.types.size());
    if (is_new) {
      sources.types.push_back(examples[i].types.front());
      sources.features.emplace_back();
    }
    for (const PageFeature& feature : examples[i].evidence.features)
      if (const auto known = number.find(feature.key); known != number.end()) sources.features[found->second].insert(known->second);
  }
  return sources;
}

// How unevenly things are spread over types, and how unevenly that many are by lot.
class Spread {
 public:
  explicit Spread(const std::vector<std::size_t>& types) : share_(TypeModel::classes()), random_(5) {
    for (const std::size_t type : types) share_[type] += 1.0 / static_cast<double>(types.size());
    up_to_.resize(share_.size());
    std::partial_sum(share_.begin(), share_.end(), up_to_.begin());
  }

  // Standard deviations above chance.
  double beyond_chance(const float* counts, int total) {
    const auto& [mean, deviation] = by_lot(total);
    return (statistic(counts, total) - mean) / deviation;
  }

 private:
  double statistic(const float* counts, int total) const {
    double g = 0;
    for (std::size_t c = 0; c < share_.size(); ++c)
      if (counts[c] > 0) g += 2.0 * static_cast<double>(counts[c]) * std::log(static_cast<double>(counts[c]) / (total * share_[c]));
    return g;
  }

  const std::pair<double, double>& by_lot(int total) {
    if (total > kManySources) total = static_cast<int>(kManySources * std::pow(kSharing, std::floor(std::log(total / static_cast<double>(kManySources)) / std::log(kSharing))));
    const auto [found, is_new] = lots_.try_emplace(total);
    if (!is_new) return found->second;
    double sum = 0, squares = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      std::vector<float> counts(share_.size());
      for (int k = 0; k < total; ++k) {
        const auto type = static_cast<std::size_t>(std::lower_bound(up_to_.begin(), up_to_.end(), random_.uniform()) - up_to_.begin());
        ++counts[std::min(type, counts.size() - 1)];
      }
      const double g = statistic(counts.data(), total);
      sum += g;
      squares += g * g;
    }
    const double mean = sum / kDraws;
    return found->second = {mean, std::sqrt(std::max(1e-9, squares / kDraws - mean * mean))};
  }

  std::vector<double> share_, up_to_;
  std::map<int, std::pair<double, double>> lots_;  // mean and deviation by number of sources
  Random random_;
};

}  // namespace

std::vector<std::string> vocabulary(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, Features features) {
  std::unordered_map<std::string, double> counts;
  std::unordered_map<std::string, std::unordered_set<std::string>> by_source;
  for (const std::size_t i : chosen)
    for (const PageFeature& feature : examples[i].evidence.*features)
      if (by_source[examples[i].source].insert(feature.key).second) {
        const bool pair = feature.key.front() == 'p';
        counts[feature.key] += examples[i].is_template ? kTemplateSource : pair ? kNotePair : kNoteSource;
      }
  std::vector<std::string> kept;
  for (const auto& [key, count] : counts)
    if (count >= kMinSources) kept.push_back(key);
  std::sort(kept.begin(), kept.end());
  return kept;
}

std::vector<std::string> telling(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, const std::vector<std::string>& keys) {
  const Sources sources = sources_of(examples, chosen, keys);
  const std::size_t classes = TypeModel::classes();
  std::vector<float> counts(keys.size() * classes);
  std::vector<int> total(keys.size());
  for (std::size_t s = 0; s < sources.types.size(); ++s)
    for (const int id : sources.features[s]) {
      ++counts[static_cast<std::size_t>(id) * classes + sources.types[s]];
      ++total[static_cast<std::size_t>(id)];
    }
  Spread spread(sources.types);
  std::vector<std::string> kept;
  for (std::size_t id = 0; id < keys.size(); ++id)
    if (keys[id].front() == 'l' || spread.beyond_chance(&counts[id * classes], total[id]) >= kTelling) kept.push_back(keys[id]);
  return kept;
}

}  // namespace chartscan::charts::training
