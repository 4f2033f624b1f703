#include "ocr/lstm/tables.h"

#include <cmath>

namespace chartscan::ocr::lstm {

const Tables& tables() {
  static const Tables made = [] {
    Tables tables;
    for (int point = 0; point < kTablePoints; ++point) {
      const double x = point / static_cast<double>(kPointsPerUnit);
      tables.tanh[point] = static_cast<float>(std::tanh(x));
      tables.logistic[point] = static_cast<float>(1 / (1 + std::exp(-x)));
    }
    return tables;
  }();
  return made;
}

}  // namespace chartscan::ocr::lstm
