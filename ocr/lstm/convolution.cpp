#include "ocr/lstm/convolution.h"

#include <algorithm>
#include <cstring>

namespace chartscan::ocr::lstm {
namespace {

constexpr int kBlocksAtOnce = 32;  // pooled pixels whose sums stay in the first cache

// A window's matrix with its columns filled up to `column` levels, by weights of zero.
Matrix with_filled_columns(const Matrix& matrix, int columns, std::size_t column) {
  Matrix filled = matrix;
  const auto levels = static_cast<std::size_t>(matrix.inputs / columns);
  filled.inputs = columns * static_cast<int>(column);
  filled.weights.assign(static_cast<std::size_t>(filled.inputs) * static_cast<std::size_t>(matrix.outputs), 0);
  for (std::size_t number = 0; number < static_cast<std::size_t>(columns * matrix.outputs); ++number)
    std::copy_n(matrix.weights.begin() + static_cast<std::ptrdiff_t>(number * levels), levels,
                filled.weights.begin() + static_cast<std::ptrdiff_t>(number * column));
  return filled;
}

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
    return static_cast<std::size_t>(columns_outside * (2 * shape_.half_y + 1) +
                                    columns_inside * outside(y, shape_.half_y, plane_.height)) *
           static_cast<std::size_t>(depth_);
  }

  ConvolutionShape shape_;
  Plane plane_;
  int depth_;
  std::vector<std::size_t> rows_;
};

// The usual column, of three levels and one of filling, written as one number.
void interleave_three(const Level* top, const Level* middle, const Level* bottom, int width, Level* columns) {
  for (int x = 0; x < width; ++x) {
    const std::uint32_t column =
        top[x] | static_cast<std::uint32_t>(middle[x]) << 8 | static_cast<std::uint32_t>(bottom[x]) << 16;
    std::memcpy(columns + static_cast<std::ptrdiff_t>(x) * 4, &column, 4);
  }
}

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
    : shape_(shape),
      activation_(activation),
      depth_(matrix.inputs / (columns() * rows())),
      outputs_(matrix.outputs),
      column_((static_cast<std::size_t>(rows() * depth_) + 3) / 4 * 4),
      matrix_(pack(with_filled_columns(matrix, columns(), column_), kernels)),
      kernels_(kernels) {}

void Convolution::run(const Levels& in, Levels& out, Scratch& scratch) const {
  std::vector<NoisePlaces> places;
  places.reserve(in.planes.size());
  out.depth = outputs_;
  for (const Plane& plane : in.planes) {
    places.emplace_back(shape_, plane, in.depth);
    out.add_plane(plane.height / shape_.pool_y, plane.width / shape_.pool_x, plane.noise + places.back().all());
  }
  out.make_room();
  for (std::size_t index = 0; index < in.planes.size(); ++index) {
    const Plane& plane = in.planes[index];
    const Plane& pooled = out.planes[index];
    const Line line{in, plane, scratch.noise.first(pooled.noise) + plane.noise, places[index]};
    for (int y = 0; y < pooled.height; ++y) {
      for (int x = 0; x < pooled.width; x += kBlocksAtOnce) {
        const int count = std::min(kBlocksAtOnce, pooled.width - x);
        pool_row(line, y, x, count, scratch);
        const std::size_t at =
            pooled.at + static_cast<std::size_t>(y) * static_cast<std::size_t>(pooled.width) + static_cast<std::size_t>(x);
        kernels_.activate(activation_, matrix_, scratch.pooled.data(), count, outputs_, out.pixel(at));
      }
    }
  }
}

// scratch.pooled: the largest sums of `count` blocks of row `pooled_y`, from block `first` on.
void Convolution::pool_row(const Line& line, int pooled_y, int first, int count, Scratch& scratch) const {
  const auto outputs = static_cast<std::size_t>(matrix_.outputs);
  const std::size_t row = static_cast<std::size_t>(count * shape_.pool_x) * outputs;
  scratch.sums.resize(std::max(scratch.sums.size(), row * static_cast<std::size_t>(shape_.pool_y)));
  scratch.pooled.resize(std::max(scratch.pooled.size(), static_cast<std::size_t>(count) * outputs));
  for (int y = 0; y < shape_.pool_y; ++y)
    row_sums(line, pooled_y * shape_.pool_y + y, first * shape_.pool_x, (first + count) * shape_.pool_x,
             scratch.sums.data() + static_cast<std::size_t>(y) * row, scratch);
  kernels_.pool({scratch.sums.data(), matrix_.outputs, count, shape_.pool_x, shape_.pool_y}, scratch.pooled.data());
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
  const auto depth = static_cast<std::size_t>(depth_);
  const std::size_t window = column_ * static_cast<std::size_t>(columns());
  scratch.windows.resize(std::max(scratch.windows.size(), static_cast<std::size_t>(last - first) * window + kSlack));
  Level* column = scratch.windows.data();
  const Level* noise = line.noise + line.places.of(y, first);
  for (int x = first; x < last; ++x) {
    for (int at_x = x - shape_.half_x; at_x <= x + shape_.half_x; ++at_x, column += column_) {
      Level* to = column;
      for (int at_y = y - shape_.half_y; at_y <= y + shape_.half_y; ++at_y, to += depth) {
        const bool inside = line.has(at_y, at_x);
        const Level* from = inside ? line.at(at_y, at_x) : noise;
        for (std::size_t level = 0; level < depth; ++level) to[level] = from[level];  // few: one, in every known model
        if (!inside) noise += depth;
      }
    }
  }
  kernels_.product(matrix_, 0, matrix_.outputs / kLane, {scratch.windows.data(), window, last - first}, sums);
}

void Convolution::strip_at(const Line& line, int y, int first, int last, std::int32_t* sums, Scratch& scratch) const {
  if (first >= last) return;
  const int width = last - first + 2 * shape_.half_x;
  scratch.windows.resize(std::max(scratch.windows.size(), static_cast<std::size_t>(width) * column_ + kSlack));
  const auto row = [&](int number) { return line.at(y - shape_.half_y + number, first - shape_.half_x); };
  if (depth_ == 1 && rows() == 3)
    interleave_three(row(0), row(1), row(2), width, scratch.windows.data());
  else
    for (int number = 0; number < rows(); ++number) {
      const Level* from = row(number);
      Level* to = scratch.windows.data() + number * depth_;
      for (int x = 0; x < width; ++x, to += column_, from += depth_) std::copy_n(from, depth_, to);
    }
  kernels_.product(matrix_, 0, matrix_.outputs / kLane, {scratch.windows.data(), column_, last - first}, sums);
}

}  // namespace chartscan::ocr::lstm
