#include "ocr/word_confidence.h"

#include <algorithm>
#include <cmath>

namespace chartscan::ocr {
namespace {
constexpr double kLostPerCertainty = 0.35;
constexpr double kSure = 3.92, kFall = 4.30;
}  // namespace

double probability_right(double confidence) {
  const double lost = (1 - std::clamp(confidence, 0.0, 1.0)) / kLostPerCertainty;
  return 1 / (1 + std::exp(kFall * std::log1p(lost) - kSure));
}

}  // namespace chartscan::ocr
