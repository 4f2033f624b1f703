#include "charts/training/counts.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace chartscan::charts::training {
namespace {

constexpr double kSmoothing = 2;     // sources of each type that have a feature as often as the others
constexpr double kLeastCount = 0.02;
constexpr double kTextSource = 0.6;  // what a source counts for that is no template, times its weight: notes are many and much alike

struct Source {
  std::size_t type = 0;
  double counts_for = 1;
  int pages = 0;
  std::unordered_map<int, int> pages_with;  // by feature

  double share_with(int feature) const { return counts_for * pages_with.at(feature) / pages; }
};

struct Sources {
  std::vector<Source> all;
  std::vector<std::size_t> of_row;
};

Sources sources_of(const std::vector<Row>& rows) {
  Sources sources;
  std::unordered_map<std::string, std::size_t> place;
  for (const Row& row : rows) {
    const Example& example = *row.example;
    const auto [found, is_new] = place.try_emplace(example.source, sources.all.size());
    if (is_new) {
      Source source;
      source.type = example.types.front();
      source.counts_for = example.is_template ? 1 : std::min(1.0, kTextSource * example.weight);
      sources.all.push_back(std::move(source));
    }
    sources.of_row.push_back(found->second);
    Source& source = sources.all[found->second];
    ++source.pages;
    for (const auto& [feature, value] : row.features) ++source.pages_with[feature];
  }
  return sources;
}

// `with` of `all` sources of a type have the feature; of every type `mean` of its sources do.
double nats(double with, double all, double mean) {
  return std::log((with + kSmoothing * mean + kLeastCount) / (all + kSmoothing) / (mean + kLeastCount / (all + kSmoothing)));
}

}  // namespace

std::vector<float> counted_nats(std::vector<Row>& rows, std::size_t features) {
  const std::size_t classes = TypeModel::classes();
  const Sources sources = sources_of(rows);
  std::vector<double> all(classes), with(features * classes), mean(features);
  for (const Source& source : sources.all) {
    all[source.type] += source.counts_for;
    for (const auto& [feature, pages] : source.pages_with) with[static_cast<std::size_t>(feature) * classes + source.type] += source.share_with(feature);
  }
  const auto mean_part = [&](double of_type, std::size_t type) { return of_type / (all[type] + 1) / static_cast<double>(classes); };
  for (std::size_t f = 0; f < features; ++f)
    for (std::size_t c = 0; c < classes; ++c) mean[f] += mean_part(with[f * classes + c], c);

  std::vector<float> out(features * classes);
  for (std::size_t f = 0; f < features; ++f) {
    double sum = 0;
    int learnt = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      if (all[c] == 0) continue;
      const double one = nats(with[f * classes + c], all[c], mean[f]);
      out[f * classes + c] = static_cast<float>(one);
      sum += one;
      ++learnt;
    }
    for (std::size_t c = 0; c < classes; ++c)  // nothing is known of such a type
      if (all[c] == 0) out[f * classes + c] = static_cast<float>(sum / learnt);
  }

  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Source& source = sources.all[sources.of_row[i]];
    for (const auto& [feature, value] : rows[i].features) {
      const auto f = static_cast<std::size_t>(feature);
      const double share = source.share_with(feature);
      const double without = std::max(1e-4, mean[f] - mean_part(share, source.type));
      rows[i].own.push_back(static_cast<float>(nats(std::max(0.0, with[f * classes + source.type] - share), all[source.type] - source.counts_for, without)));
    }
  }
  return out;
}

}  // namespace chartscan::charts::training
