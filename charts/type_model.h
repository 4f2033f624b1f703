// The model that tells document types: multinomial, linear, calibrated. For a page and a type c
//   score(c) = bias(c) + title * titles(c) + body * cues(c) + sum over features f of weight(f, c) * value(f)
// in nats, and the probabilities are softmax(score / temperature), where log(temperature) is linear in how clearly the page speaks
// (TypeModel::Clearness): a clear title may be believed more than words alone, and a badly read page less. titles and cues are the hand-written evidence of
// charts/types/*.toml (type_cues.h), the features are those of type_features.h, "unknown" is a class like the others. A type that
// the model was not trained on takes part by its titles and cues alone. Made by charts/training/; immutable, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "charts/classify.h"
#include "charts/layout.h"
#include "charts/type_cues.h"
#include "charts/type_features.h"
#include "core/result.h"

namespace chartscan::charts {

// A page as the model sees it.
struct TypeEvidence {
  Layout layout;
  CueEvidence cues;
  std::vector<PageFeature> features, opening;
};
TypeEvidence evidence_of(const PageText& text, const PageLook& look);

class TypeModel {
 public:
  // Classes are the numbers of document_types(), and behind them "unknown".
  static std::size_t classes();
  static std::size_t unknown() { return classes() - 1; }

  struct Weight {
    std::uint16_t type = 0;
    float value = 0;
  };
  using Weights = std::vector<Weight>;
  // How clearly a page speaks: 1, its best type's title (0..1), the best title of another type (0..1), words known to the model
  // (log2 / 8), share of its words that are nothing known.
  static constexpr std::size_t kClearness = 5;
  using Clearness = std::array<double, kClearness>;
  struct Numbers {
    std::vector<double> bias;  // by class
    double title = 0, body = 0;
    Clearness temperature{};   // weights of its logarithm
    std::vector<std::pair<std::string, Weights>> weights;  // by feature, sorted
    double opening_bias = 0;
    std::vector<std::pair<std::string, float>> opening;    // by feature of opening_features(), sorted
  };

  explicit TypeModel(Numbers numbers);
  static const TypeModel& shipped();                      // charts/types/model.txt, compiled in
  static Result<TypeModel> parse(std::string_view text);  // as written by write(); the error names the line
  std::string write() const;                              // the same model gives the same bytes

  struct Judgement {
    std::vector<double> scores;  // by class, nats
    Clearness clearness{};
  };
  Judgement judge(const TypeEvidence& evidence) const;
  std::vector<double> probabilities(const TypeEvidence& evidence) const;  // by class
  static std::vector<double> probabilities(const Judgement& judgement, const Clearness& temperature);
  // What spoke for and against `type` compared with the other types, strongest first, at most `most`.
  std::vector<TypeReason> reasons(const TypeEvidence& evidence, std::size_t type, std::size_t most) const;

  // How likely it is by its words that a document begins with the page: one page in two does.
  double opens(const TypeEvidence& evidence) const;

  const Numbers& numbers() const { return numbers_; }

 private:
  Numbers numbers_;
  KnownFeatures known_, known_openings_;
};

}  // namespace chartscan::charts
