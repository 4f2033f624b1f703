// The model that tells document types: multinomial, linear, calibrated. For a page and a type c
//   score(c) = bias(c) + title * titles(c) + body * cues(c) + sum over features f of weight(f, c) * value(f)
// in nats, and the probabilities are softmax(score / temperature). titles and cues are the hand-written evidence of
// charts/types/*.toml (type_cues.h), the features are those of type_features.h, "unknown" is a class like the others. A type that
// the model was not trained on takes part by its titles and cues alone. Made by charts/training/; immutable, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
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
  std::vector<PageFeature> features;
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
  struct Numbers {
    std::vector<double> bias;  // by class
    double title = 0, body = 0;
    double temperature = 1;
    std::unordered_map<std::string, Weights> weights;  // by feature
  };

  explicit TypeModel(Numbers numbers) : numbers_(std::move(numbers)) {}
  static const TypeModel& shipped();                      // charts/types/model.txt, compiled in
  static Result<TypeModel> parse(std::string_view text);  // as written by write(); the error names the line
  std::string write() const;                              // the same model gives the same bytes

  std::vector<double> probabilities(const TypeEvidence& evidence) const;  // by class
  // What spoke for and against `type` compared with the other types, strongest first, at most `most`.
  std::vector<TypeReason> reasons(const TypeEvidence& evidence, std::size_t type, std::size_t most) const;

  const Numbers& numbers() const { return numbers_; }

 private:
  struct Active {
    const PageFeature* feature = nullptr;
    const Weights* weights = nullptr;
    double value = 0;
  };
  std::vector<Active> active(const std::vector<PageFeature>& features) const;

  Numbers numbers_;
};

}  // namespace chartscan::charts
