#include "ocr/lstm/tables.h"

#include <cmath>

namespace chartscan::ocr::lstm {

namespace {

template <typename Function>
void fill(TablePoint* points, Function function) {
  const auto at = [&](int point) { return static_cast<float>(function(point / static_cast<double>(kPointsPerUnit))); };
  for (int point = 0; point + 1 < kTablePoints; ++point) points[point] = {at(point), at(point + 1) - at(point)};
  points[kTablePoints - 1] = {1, 0};
}

}  // namespace

const Tables& tables() {
  static const Tables made = [] {
    Tables tables;
    fill(tables.tanh, [](double x) { return std::tanh(x); });
    fill(tables.logistic, [](double x) { return 1 / (1 + std::exp(-x)); });
    return tables;
  }();
  return made;
}

}  // namespace chartscan::ocr::lstm
