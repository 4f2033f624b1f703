#include "charts/training/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "charts/document_types.h"
#include "charts/training/counts.h"
#include "charts/training/random.h"
#include "charts/training/vocabulary.h"

namespace chartscan::charts::training {
namespace {

constexpr double kTitleStart = 5, kBodyStart = 0.7;  // nats; where learning begins
constexpr double kTitleLeast = 4;  // words learnt from few forms must not outweigh a clear title of a form nobody has seen
constexpr double kStep = 0.12;                       // of AdaGrad
constexpr double kHidden = 0.2, kHiddenCues = 0.15;  // features hidden at a step, and titles and cues: no page may be told by one word alone
constexpr std::string_view kKinds = "wpthcl";        // of features: what was counted of each kind is trusted as far as it helps
constexpr double kCountedStart = 0.3, kCountedSquares = 2.5;
constexpr double kMinOpening = 0.08, kOpeningShrink = 2e-4;
constexpr float kMinWeight = 0.25F, kMinFeature = 0.5F;  // what is smaller is chance: leaving it out makes pages of other hands better told
constexpr double kPrecision = 0.95;
constexpr int kBins = 10;

std::vector<Row> rows_of(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, const KnownFeatures& known) {
  std::vector<double> of_class(TypeModel::classes());
  for (const std::size_t i : chosen)
    for (const std::size_t type : examples[i].types) of_class[type] += examples[i].weight / static_cast<double>(examples[i].types.size());
  const double mean = std::accumulate(of_class.begin(), of_class.end(), 0.0) / static_cast<double>(of_class.size());
  std::vector<Row> rows;
  for (const std::size_t i : chosen) {
    Row row;
    row.example = &examples[i];
    for (const KnownFeatures::Active& one : known.find(examples[i].evidence.features).active)
      row.features.emplace_back(one.number, static_cast<float>(one.value));
    double rarest = of_class[examples[i].types.front()];
    for (const std::size_t type : examples[i].types) rarest = std::min(rarest, of_class[type]);
    row.weight = examples[i].weight * std::clamp(std::sqrt(mean / std::max(1.0, rarest)), 0.4, 2.5);
    rows.push_back(std::move(row));
  }
  return rows;
}

// Learns what counting alone does not say: a feature's weight is what was counted of it, times what its kind is worth, and what is learnt.
class Learner {
 public:
  Learner(const std::vector<std::string>& keys, const TrainOptions& options)
      : keys_(keys), classes_(TypeModel::classes()), options_(options), weights_(keys.size() * classes_), squares_(keys.size() * classes_, 1e-3F),
        bias_(classes_), bias_squares_(classes_, 1e-3), by_kind_(kKinds.size() * classes_) {
    for (const std::string& key : keys) kind_.push_back(kKinds.find(key.front()));
    trust_.fill(kCountedStart);
    trust_squares_.fill(kCountedSquares);
  }

  void learn(std::vector<Row>& rows) {
    counted_ = counted_nats(rows, keys_.size());
    Random random(20);
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Shown shown;
    for (int round = 0; round < options_.rounds; ++round) {
      random.shuffle(order);
      for (const std::size_t i : order) {
        hide_some(rows[i], random, shown);
        step(shown);
      }
    }
  }

  TypeModel::Numbers numbers() const {
    TypeModel::Numbers out;
    out.bias = bias_;
    out.title = title_;
    out.body = body_;
    for (std::size_t id = 0; id < keys_.size(); ++id) {
      const std::vector<float> weights = centred_weights(id);
      TypeModel::Weights kept;
      float most = 0;
      for (std::size_t c = 0; c < classes_; ++c) {
        most = std::max(most, std::abs(weights[c]));
        if (std::abs(weights[c]) >= kMinWeight) kept.push_back({static_cast<std::uint16_t>(c), weights[c]});
      }
      if (most >= kMinFeature) out.weights.emplace_back(keys_[id], std::move(kept));
    }
    return out;
  }

 private:
  // What a step sees of a row.
  struct Shown {
    const Row* row = nullptr;
    double titles = 1, cues = 1;                  // 0: hidden
    std::vector<std::pair<int, float>> features;  // those left, larger by what was hidden
    std::vector<float> own;                       // of those
  };

  // Around the middle: what all types have in common decides nothing.
  std::vector<float> centred_weights(std::size_t id) const {
    const auto trust = static_cast<float>(trust_[kind_[id]]);
    std::vector<float> weights(classes_);
    for (std::size_t c = 0; c < classes_; ++c) weights[c] = weights_[id * classes_ + c] + trust * counted_[id * classes_ + c];
    std::vector<float> sorted = weights;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(classes_ / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    for (float& weight : weights) weight -= *middle;
    return weights;
  }

  static void hide_some(const Row& row, Random& random, Shown& shown) {
    shown.row = &row;
    shown.titles = random.chance(kHiddenCues) ? 0 : 1;
    shown.cues = random.chance(kHiddenCues) ? 0 : 1;
    shown.features.clear();
    shown.own.clear();
    for (std::size_t k = 0; k < row.features.size(); ++k) {
      if (random.chance(kHidden)) continue;
      shown.features.emplace_back(row.features[k].first, row.features[k].second / static_cast<float>(1 - kHidden));
      shown.own.push_back(row.own[k]);
    }
  }

  // Softmax of all classes, then less the same within the right ones: the gradient of -log of their sum.
  std::vector<double> gradient(const Shown& shown) {
    const Row& row = *shown.row;
    std::vector<double> scores = bias_;
    const CueEvidence& cues = row.example->evidence.cues;
    for (std::size_t c = 0; c + 1 < classes_; ++c) scores[c] += shown.titles * title_ * cues.title[c] + shown.cues * body_ * cues.body[c];
    for (const auto& [id, value] : shown.features) {
      const float* weights = &weights_[static_cast<std::size_t>(id) * classes_];
      for (std::size_t c = 0; c < classes_; ++c) scores[c] += static_cast<double>(value * weights[c]);
    }
    add_counted(shown);
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind)
      for (std::size_t c = 0; c < classes_; ++c) scores[c] += trust_[kind] * static_cast<double>(by_kind_[kind * classes_ + c]);
    const double highest = *std::max_element(scores.begin(), scores.end());
    double sum = 0, right = 0;
    for (double& score : scores) sum += score = std::exp(score - highest);
    for (const std::size_t type : row.example->types) right += scores[type];
    std::vector<double> slope(classes_);
    for (std::size_t c = 0; c < classes_; ++c) slope[c] = scores[c] / sum;
    for (const std::size_t type : row.example->types) slope[type] -= right > 1e-12 ? scores[type] / right : 1.0 / static_cast<double>(row.example->types.size());
    for (double& one : slope) one *= row.weight;
    return slope;
  }

  // What was counted of the features shown, by kind.
  void add_counted(const Shown& shown) {
    std::fill(by_kind_.begin(), by_kind_.end(), 0.0F);
    const std::size_t own = shown.row->example->types.front();
    for (std::size_t k = 0; k < shown.features.size(); ++k) {
      const auto [id, value] = shown.features[k];
      const float* counted = &counted_[static_cast<std::size_t>(id) * classes_];
      float* sum = &by_kind_[kind_[static_cast<std::size_t>(id)] * classes_];
      const float of_own = sum[own] + value * shown.own[k];
      for (std::size_t c = 0; c < classes_; ++c) sum[c] += value * counted[c];
      sum[own] = of_own;
    }
  }

  void step(const Shown& shown) {
    const Row& row = *shown.row;
    const std::vector<double> slope = gradient(shown);
    double of_title = 0, of_body = 0;
    for (std::size_t c = 0; c < classes_; ++c) {
      if (c + 1 < classes_) {
        of_title += shown.titles * slope[c] * row.example->evidence.cues.title[c];
        of_body += shown.cues * slope[c] * row.example->evidence.cues.body[c];
      }
      bias_squares_[c] += slope[c] * slope[c];
      bias_[c] -= 0.5 * kStep * (slope[c] + options_.shrink * bias_[c]) / std::sqrt(bias_squares_[c]);
    }
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
      double of_kind = 0;
      for (std::size_t c = 0; c < classes_; ++c) of_kind += slope[c] * static_cast<double>(by_kind_[kind * classes_ + c]);
      move(trust_[kind], trust_squares_[kind], of_kind, 0);
    }
    move(title_, title_squares_, of_title, kTitleLeast);
    move(body_, body_squares_, of_body, 0);
    for (const auto& [id, value] : shown.features) {
      float* weights = &weights_[static_cast<std::size_t>(id) * classes_];
      float* squares = &squares_[static_cast<std::size_t>(id) * classes_];
      for (std::size_t c = 0; c < classes_; ++c) {
        const float g = static_cast<float>(slope[c]) * value + static_cast<float>(options_.shrink) * weights[c];
        squares[c] += g * g;
        weights[c] -= static_cast<float>(kStep) * g / std::sqrt(squares[c]);
      }
    }
  }

  static void move(double& number, double& squares, double slope, double least) {
    squares += slope * slope;
    number = std::max(least, number - kStep * slope / std::sqrt(squares));
  }

  const std::vector<std::string>& keys_;
  std::size_t classes_;
  TrainOptions options_;
  std::vector<std::size_t> kind_;  // by feature, its place in kKinds
  std::vector<float> counted_, weights_, squares_;  // by feature and class
  std::vector<double> bias_, bias_squares_;
  std::vector<float> by_kind_;
  std::array<double, kKinds.size()> trust_{}, trust_squares_{};
  double title_ = kTitleStart, body_ = kBodyStart, title_squares_ = 1e-3, body_squares_ = 1e-3;
};

// Does a document begin with the page? A logistic model over opening_features(), in which both answers weigh the same.
void learn_openings(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, const TrainOptions& options, TypeModel::Numbers& numbers) {
  const std::vector<std::string> keys = vocabulary(examples, chosen, &TypeEvidence::opening);
  const KnownFeatures known(keys);
  struct Page {
    std::vector<KnownFeatures::Active> features;
    bool opens;
  };
  std::vector<Page> pages;
  std::array<double, 2> count{};
  for (const std::size_t i : chosen)
    if (examples[i].opens) {
      pages.push_back({known.find(examples[i].evidence.opening).active, *examples[i].opens});
      ++count[*examples[i].opens];
    }
  std::vector<double> weights(keys.size()), squares(keys.size(), 1e-3);
  double bias = 0, bias_square = 1e-3;
  const auto move = [](double& weight, double& square, double slope) {
    square += slope * slope;
    weight -= kStep * slope / std::sqrt(square);
  };
  Random random(21);
  for (int round = 0; round < options.rounds; ++round) {
    random.shuffle(pages);
    for (const Page& page : pages) {
      double nats = bias;
      for (const auto& one : page.features) nats += one.value * weights[static_cast<std::size_t>(one.number)];
      const double share = static_cast<double>(pages.size()) / (2 * count[page.opens]);
      const double slope = share * (1 / (1 + std::exp(-nats)) - page.opens);
      move(bias, bias_square, slope);
      for (const auto& one : page.features) {
        const auto k = static_cast<std::size_t>(one.number);
        move(weights[k], squares[k], slope * one.value + kOpeningShrink * weights[k]);
      }
    }
  }
  numbers.opening_bias = bias;
  for (std::size_t k = 0; k < keys.size(); ++k)
    if (std::abs(weights[k]) >= kMinOpening) numbers.opening.emplace_back(keys[k], static_cast<float>(weights[k]));
}

TypeModel learn(const std::vector<Example>& examples, const std::vector<std::size_t>& chosen, const TrainOptions& options) {
  const std::vector<std::string> keys = telling(examples, chosen, vocabulary(examples, chosen, &TypeEvidence::features));
  std::vector<Row> rows = rows_of(examples, chosen, KnownFeatures(keys));
  Learner learner(keys, options);
  learner.learn(rows);
  TypeModel::Numbers numbers = learner.numbers();
  learn_openings(examples, chosen, options, numbers);
  return TypeModel(std::move(numbers));
}

// Of templates "hand_2.txt:14": who wrote them.
std::string hand_of(const Example& example) { return example.is_template ? example.source.substr(0, example.source.find_first_of("_.:")) : std::string(); }

// The largest hands first, each to the fold that has least.
std::map<std::string, int> folds_of_hands(const std::vector<Example>& examples, int folds) {
  std::map<std::string, int> pages;
  for (const Example& example : examples)
    if (example.is_template) ++pages[hand_of(example)];
  std::vector<std::pair<int, std::string>> largest;
  for (const auto& [hand, count] : pages) largest.emplace_back(-count, hand);
  std::sort(largest.begin(), largest.end());
  std::vector<int> load(static_cast<std::size_t>(folds));
  std::map<std::string, int> fold;
  for (const auto& [count, hand] : largest) {
    const auto least = std::min_element(load.begin(), load.end());
    *least -= count;
    fold[hand] = static_cast<int>(least - load.begin());
  }
  return fold;
}

// A hand's templates are kept together: a form of another house is worded by somebody else. Other sources take turns, and so do
// templates where there are not hands enough: a type's few are spread over the folds.
std::vector<int> folds_of(const std::vector<Example>& examples, int folds) {
  const std::map<std::string, int> of_hand = folds_of_hands(examples, folds);
  const bool by_hand = static_cast<int>(of_hand.size()) >= folds;
  std::map<std::size_t, int> next;
  std::unordered_map<std::string, int> of_source;
  std::vector<int> fold;
  for (const Example& example : examples) {
    if (example.is_template && by_hand) {
      fold.push_back(of_hand.at(hand_of(example)));
      continue;
    }
    const auto [found, is_new] = of_source.try_emplace(example.source, 0);
    if (is_new) found->second = next[example.types.front()]++ % folds;
    fold.push_back(found->second);
  }
  return fold;
}

using Judgements = std::vector<TypeModel::Judgement>;

double loss_at(const std::vector<Example>& examples, const Judgements& judged, const TypeModel::Clearness& temperature) {
  double loss = 0, weight = 0;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::vector<double> probability = TypeModel::probabilities(judged[i], temperature);
    double right = 0;
    for (const std::size_t type : examples[i].types) right += probability[type];
    loss -= examples[i].weight * std::log(std::max(1e-12, right));
    weight += examples[i].weight;
  }
  return loss / std::max(1e-9, weight);
}

// One weight after the other, in steps that shrink when none of them helps.
TypeModel::Clearness best_temperature(const std::vector<Example>& examples, const Judgements& judged) {
  TypeModel::Clearness best{};
  double least = loss_at(examples, judged, best);
  for (double step = 0.4; step > 0.02;) {
    bool better = false;
    for (double& weight : best)
      for (const double move : {step, -step}) {
        const double before = weight;
        weight += move;
        if (const double loss = loss_at(examples, judged, best); loss < least) least = loss, better = true;
        else weight = before;
      }
    if (!better) step /= 2;
  }
  return best;
}

bool is_right(const Example& example, std::size_t type) { return std::find(example.types.begin(), example.types.end(), type) != example.types.end(); }

std::string name_of(std::size_t type) { return type < document_types().size() ? document_types()[type].code : "unknown"; }

struct Judged {
  double confidence;
  bool right;
};

double coverage(std::vector<Judged> judged) {
  std::stable_sort(judged.begin(), judged.end(), [](const Judged& a, const Judged& b) { return a.confidence > b.confidence; });
  std::size_t right = 0, best = 0;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    right += judged[i].right;
    if (static_cast<double>(right) >= kPrecision * static_cast<double>(i + 1)) best = i + 1;
  }
  return judged.empty() ? 0 : static_cast<double>(best) / static_cast<double>(judged.size());
}

double calibration_error(const std::vector<Judged>& judged) {
  std::vector<double> stated(kBins), right(kBins);
  for (const Judged& one : judged) {
    const auto bin = static_cast<std::size_t>(std::clamp(static_cast<int>(one.confidence * kBins), 0, kBins - 1));
    stated[bin] += one.confidence;
    right[bin] += one.right;
  }
  double error = 0;
  for (std::size_t bin = 0; bin < stated.size(); ++bin) error += std::abs(stated[bin] - right[bin]);
  return judged.empty() ? 0 : error / static_cast<double>(judged.size());
}

}  // namespace

TestReport report_of(const std::vector<Example>& examples, const std::vector<std::vector<double>>& probability) {
  TestReport report;
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto& p = probability[i];
    const auto best = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    const bool right = is_right(examples[i], best);
    const std::size_t truth = right ? best : examples[i].types.front();
    ++report.pages;
    report.right += right;
    ++report.types[name_of(truth)].pages;
    report.types[name_of(truth)].right += right;
    ++report.types[name_of(best)].named;
    if (!right) ++report.confusions[{name_of(truth), name_of(best)}];
    judged.push_back({p[best], right});
  }
  int types = 0;
  for (const auto& [name, row] : report.types) {
    if (!row.pages) continue;
    ++types;
    report.macro_f1 += 2.0 * row.right / (row.pages + row.named);
  }
  report.macro_f1 /= std::max(1, types);
  report.coverage = coverage(judged);
  report.calibration_error = calibration_error(judged);
  return report;
}

Trained train(const std::vector<Example>& examples, const TrainOptions& options) {
  const std::vector<int> fold = folds_of(examples, options.folds);
  Judgements judged(examples.size());
  for (int k = 0; k < options.folds; ++k) {
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < examples.size(); ++i)
      if (fold[i] != k) chosen.push_back(i);
    const TypeModel model = learn(examples, chosen, options);
    for (std::size_t i = 0; i < examples.size(); ++i)
      if (fold[i] == k) judged[i] = model.judge(examples[i].evidence);
  }
  const TypeModel::Clearness temperature = best_temperature(examples, judged);
  std::vector<std::vector<double>> probability;
  for (const TypeModel::Judgement& one : judged) probability.push_back(TypeModel::probabilities(one, temperature));
  std::vector<std::size_t> all(examples.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  TypeModel::Numbers numbers = learn(examples, all, options).numbers();
  numbers.temperature = temperature;
  return {TypeModel(std::move(numbers)), report_of(examples, probability)};
}

}  // namespace chartscan::charts::training
