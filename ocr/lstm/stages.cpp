#include "ocr/lstm/stages.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace chartscan::ocr::lstm {

void Levels::add_plane(int height, int width, std::size_t noise) { planes.push_back({height, width, pixels(), noise}); }

void Levels::make_room() { bytes.resize(std::max(bytes.size(), pixels() * static_cast<std::size_t>(depth) + kSlack)); }

void EdgeNoise::seed(std::int32_t sample_iteration) {
  const auto seed = static_cast<std::uint64_t>(static_cast<std::int64_t>(sample_iteration) * 0x10000001);
  if (seed == seed_ && !levels_.empty()) return;
  seed_ = seed;
  levels_.clear();
  generator_.seed(seed);
  generator_();
}

const Level* EdgeNoise::first(std::size_t count) {
  while (levels_.size() < std::max<std::size_t>(count, 1)) {
    const double value = 127 * 2.0 * static_cast<double>(generator_()) / std::numeric_limits<std::int32_t>::max() - 127;
    const int rounded = value >= 0 ? static_cast<int>(value + 0.5) : -static_cast<int>(-value + 0.5);
    levels_.push_back(static_cast<Level>(rounded + kZeroLevel));
  }
  return levels_.data();
}

std::size_t Scratch::bytes() const {
  return windows.capacity() + rows[0].capacity() + rows[1].capacity() +
         (sums.capacity() + pooled.capacity()) * sizeof(std::int32_t) + states.capacity() * sizeof(float) +
         between[0].bytes.capacity() + between[1].bytes.capacity();
}

const Levels& run_stages(const Stages& stages, Levels& in, Scratch& scratch) {
  Levels* from = &in;
  int next = &in == &scratch.between[0] ? 1 : 0;
  for (const auto& stage : stages) {
    Levels& to = scratch.between[next];
    to.planes.clear();
    stage->run(*from, to, scratch);
    from = &to;
    next = 1 - next;
  }
  return *from;
}

}  // namespace chartscan::ocr::lstm
