// Points of tanh and the logistic function, from which all kernels interpolate.
#pragma once

namespace chartscan::ocr::lstm {

inline constexpr int kTablePoints = 4096;
inline constexpr float kPointsPerUnit = 256;

// The function at point i, and how much more it is at the next. The last point is 1 and stays so.
struct TablePoint {
  float value, step;
};

struct Tables {
  alignas(64) TablePoint tanh[kTablePoints];
  alignas(64) TablePoint logistic[kTablePoints];
};

// Made at the first call. Doubles rounded to float: no point lies so near to the middle between two floats that the mathematical
// library of a machine could change it (tested).
const Tables& tables();

}  // namespace chartscan::ocr::lstm
