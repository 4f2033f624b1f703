// The layers of a network in the order they are computed, each over all lines of a batch. Inside ocr/lstm only.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "core/result.h"
#include "ocr/lstm/kernels.h"
#include "ocr/lstm/layer_reader.h"

namespace chartscan::ocr::lstm {

// One line's share of a batch: `height * width` pixels from pixel `at` on, row by row.
struct Plane {
  int height = 0;
  int width = 0;
  std::size_t at = 0;
  std::size_t noise = 0;  // levels of EdgeNoise used up so far

  std::size_t pixels() const { return static_cast<std::size_t>(height) * static_cast<std::size_t>(width); }
};

// What stands between two layers: `depth` levels a pixel.
struct Levels {
  int depth = 0;
  std::vector<Plane> planes;
  AlignedVector<Level> bytes;  // kSlack more than there are levels

  void add_plane(int height, int width, std::size_t noise = 0);
  void make_room();  // for all planes added

  std::size_t pixels() const { return planes.empty() ? 0 : planes.back().at + planes.back().pixels(); }
  const Level* pixel(std::size_t index) const { return bytes.data() + index * static_cast<std::size_t>(depth); }
  Level* pixel(std::size_t index) { return bytes.data() + index * static_cast<std::size_t>(depth); }
};

// Tesseract fills what a convolution sees beyond a line's edges with noise, from a generator it seeds anew for every line. So
// every line meets one and the same stream from its beginning (src/lstm/networkio.cpp, src/ccutil/helpers.h: TRand).
class EdgeNoise {
 public:
  void seed(std::int32_t sample_iteration);
  const Level* first(std::size_t count);  // valid until the next call

 private:
  std::minstd_rand generator_;
  std::uint64_t seed_ = 0;
  std::vector<Level> levels_;
};

// Memory the stages of one thread share, kept between calls.
struct Scratch {
  EdgeNoise noise;
  AlignedVector<Level> windows;
  AlignedVector<Level> rows[2];
  AlignedVector<std::int32_t> sums, pooled;
  AlignedVector<float> states;
  Levels between[2];

  std::size_t bytes() const;
};

class Stage {
 public:
  virtual ~Stage() = default;
  virtual void run(const Levels& in, Levels& out, Scratch& scratch) const = 0;
};

using Stages = std::vector<std::unique_ptr<const Stage>>;

// A network that ends in a softmax: the stages before it, and the softmax's matrix.
struct Program {
  Stages stages;
  PackedMatrix last;
  int height = 0;  // of a line
  int classes = 0;
  int pixels_per_step = 1;
  double bytes_per_pixel = 0;  // of a line's width, held at once between two stages
};

Result<Program> make_program(const Layer& root, const KernelSet& kernels);

// `in` is used up.
const Levels& run_stages(const Stages& stages, Levels& in, Scratch& scratch);

}  // namespace chartscan::ocr::lstm
