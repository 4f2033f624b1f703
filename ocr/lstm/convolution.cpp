#include "ocr/lstm/convolution.h"

#include <algorithm>
#include <cstring>

namespace chartscan::ocr::lstm {
namespace {

constexpr int kBlocksAtOnce = 64;  // pooled pixels whose sums stay in the first cache

// Where the noise of a window begins: Tesseract draws it window by window, along rows, only for what lies outside.
class NoisePlaces {
 public:
  NoisePlaces(const ConvolutionShape& shape, const Plane& plane, int depth) : shape_(shape), plane_(plane), depth_(depth) {
    rows_.reserve(static_cast<std::size_t>(plane.height) + 1);
    rows_.push_back(0);
    for (int y = 0; y < plane.height; ++y) rows_.push_back(rows_.back() + in_row(y, plane.width));
  }

  std::size_t of(int y, int x) const { return rows_[static_cast<std::size_t>(y)] + in_row(y, x); }
  std::size_t all() const { return rows_.back(); }

 private:
  static int outside(int at, int half, int size) { return std::max(0, half - at) + std::max(0, at + half - (size - 1)); }

  // Of the windows of row y before x.
  std::size_t in_row(int y, int x) const {
    int columns_outside = 0;
    for (int left = 0; left < std::min(x, shape_.half_x); ++left) columns_outside += outside(left, shape_.half_x, plane_.width);
    for (int right = std::max(shape_.half_x, plane_.width - shape_.half_x); right < x; ++right)
      columns_outside += outside(right, shape_.half_x, plane_.width);
    const int columns_inside = x * (2 * shape_.half_x + 1) - columns_outside;
    return static_cast<std::size_t>(columns_outside * (2 * shape_.half_y + 1) + columns_inside * outside(y, shape_.half_y, plane_.height)) *
           static_cast<std::size_t>(depth_);
  }

  const ConvolutionShape& shape_;
  const Plane& plane_;
  int depth_;
  std::vector<std::size_t> rows_;
};

}  // namespace

struct Convolution::Line {
  const Levels& in;
  const Plane& plane;
  const Level* noise;
  const NoisePlaces& places;

  bool has(int y, int x) const { return y >= 0 && x >= 0 && y < plane.height && x < plane.width; }
  const Level* at(int y, int x) const {
    return in.pixel(plane.at + static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) + static_cast<std::size_t>(x));
  }
};

Convolution::Convolution(const ConvolutionShape& shape, Activation activation, const Matrix& matrix, const KernelSet& kernels)
    : shape_(shape), activation_(activation), outputs_(matrix.outputs), matrix_(pack(matrix, kernels)), kernels_(kernels) {}

void Convolution::run(const Levels& in, Levels& out, Scratch& scratch) const {
  out.depth = outputs_;
  for (const Plane& plane : in.planes) out.add_plane(plane.height / shape_.pool_y, plane.width / shape_.pool_x);
  out.make_room();
  for (std::size_t index = 0; index < in.planes.size(); ++index) {
    const NoisePlaces places(shape_, in.planes[index], in.depth);
    const Line line{in, in.planes[index], scratch.noise.first(places.all()), places};
    const Plane& pooled = out.planes[index];
    for (int y = 0; y < pooled.height; ++y) {
      for (int x = 0; x < pooled.width; x += kBlocksAtOnce) {
        const int count = std::min(kBlocksAtOnce, pooled.width - x);
        pool_row(line, y, x, count, scratch);
        const std::size_t at = pooled.at + static_cast<std::size_t>(y) * static_cast<std::size_t>(pooled.width) + static_cast<std::size_t>(x);
        kernels_.activate(activation_, matrix_, scratch.pooled.data(), count, outputs_, out.pixel(at));
      }
    }
  }
}

// scratch.pooled: the largest sums of `count` blocks of row `pooled_y`, from block `first` on.
void Convolution::pool_row(const Line& line, int pooled_y, int first, int count, Scratch& scratch) const {
  const auto outputs = static_cast<std::size_t>(matrix_.outputs);
  const std::size_t columns = static_cast<std::size_t>(count) * static_cast<std::size_t>(shape_.pool_x);
  scratch.sums.resize(std::max(scratch.sums.size(), 2 * columns * outputs));
  scratch.pooled.resize(std::max(scratch.pooled.size(), static_cast<std::size_t>(count) * outputs));
  std::int32_t* sums = scratch.sums.data();
  std::int32_t* next = sums + columns * outputs;
  const int left = first * shape_.pool_x, right = left + count * shape_.pool_x;
  row_sums(line, pooled_y * shape_.pool_y, left, right, sums, scratch);
  for (int y = 1; y < shape_.pool_y; ++y) {
    row_sums(line, pooled_y * shape_.pool_y + y, left, right, next, scratch);
    kernels_.largest(sums, next, columns * outputs);
  }
  for (int block = 0; block < count; ++block) {
    std::int32_t* pooled = scratch.pooled.data() + static_cast<std::size_t>(block) * outputs;
    const std::int32_t* of_block = sums + static_cast<std::size_t>(block * shape_.pool_x) * outputs;
    std::memcpy(pooled, of_block, outputs * sizeof *pooled);
    for (int x = 1; x < shape_.pool_x; ++x) kernels_.largest(pooled, of_block + static_cast<std::size_t>(x) * outputs, outputs);
  }
}

void Convolution::row_sums(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const {
  int left = last, right = last;  // between them, windows lie within the line
  if (line.has(y - shape_.half_y, 0) && line.has(y + shape_.half_y, 0)) {
    left = std::clamp(shape_.half_x, first, last);
    right = std::clamp(line.plane.width - shape_.half_x, left, last);
  }
  const auto at = [&](int x) { return sums + static_cast<std::size_t>(x - first) * static_cast<std::size_t>(matrix_.outputs); };
  windows_at(line, y, first, left, at(first), scratch);
  strip_at(line, y, left, right, at(left), scratch);
  windows_at(line, y, right, last, at(right), scratch);
}

// Windows at the edges, one by one, with noise for what lies outside.
void Convolution::windows_at(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const {
  if (first >= last) return;
  const auto depth = static_cast<std::size_t>(line.in.depth);
  const std::size_t window = static_cast<std::size_t>((2 * shape_.half_x + 1) * (2 * shape_.half_y + 1)) * depth;
  scratch.windows.resize(std::max(scratch.windows.size(), static_cast<std::size_t>(last - first) * window + kSlack));
  Level* to = scratch.windows.data();
  const Level* noise = line.noise + line.places.of(y, first);
  for (int x = first; x < last; ++x) {
    for (int column = x - shape_.half_x; column <= x + shape_.half_x; ++column) {
      for (int row = y - shape_.half_y; row <= y + shape_.half_y; ++row, to += depth) {
        const bool inside = line.has(row, column);
        std::memcpy(to, inside ? line.at(row, column) : noise, depth);
        if (!inside) noise += depth;
      }
    }
  }
  kernels_.product(matrix_, 0, matrix_.outputs / kLane, {scratch.windows.data(), window, last - first}, sums);
}

void Convolution::strip_at(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const {
  if (first >= last) return;
  const auto depth = static_cast<std::size_t>(line.in.depth);
  const int rows = 2 * shape_.half_y + 1;
  const std::size_t column = static_cast<std::size_t>(rows) * depth;
  const int columns = last - first + 2 * shape_.half_x;
  scratch.windows.resize(std::max(scratch.windows.size(), static_cast<std::size_t>(columns) * column + kSlack));
  for (int row = 0; row < rows; ++row) {
    const Level* from = line.at(y - shape_.half_y + row, first - shape_.half_x);
    Level* to = scratch.windows.data() + static_cast<std::size_t>(row) * depth;
    if (depth == 1)
      for (int x = 0; x < columns; ++x, to += column) *to = from[x];
    else
      for (int x = 0; x < columns; ++x, to += column, from += depth) std::memcpy(to, from, depth);
  }
  kernels_.product(matrix_, 0, matrix_.outputs / kLane, {scratch.windows.data(), column, last - first}, sums);
}

}  // namespace chartscan::ocr::lstm
