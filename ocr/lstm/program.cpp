// From the tree of layers to the stages that compute it.
#include <algorithm>
#include <cstring>
#include <optional>

#include "ocr/lstm/convolution.h"
#include "ocr/lstm/recurrent.h"
#include "ocr/lstm/stages.h"

namespace chartscan::ocr::lstm {
namespace {

constexpr int kRowsAtOnce = 64;  // of a dense layer: their sums stay in the first cache
constexpr int kMostShrink = 64;  // pixels to a step; known models have 2 to 4

using StagePointer = std::unique_ptr<const Stage>;

template <typename T, typename... Arguments>
Result<StagePointer> made(Arguments&&... arguments) {
  return StagePointer(std::make_unique<const T>(std::forward<Arguments>(arguments)...));
}

Error refused(const Layer& layer, const std::string& why) {
  return {ErrorCode::InputRefused, "the model's network cannot be used: layer " + printable(layer.name) + ": " + why, {}};
}

std::optional<Activation> activation_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::Logistic: return Activation::Logistic;
    case LayerKind::PositiveClip: return Activation::PositiveClip;
    case LayerKind::SymmetricClip: return Activation::SymmetricClip;
    case LayerKind::Tanh: return Activation::Tanh;
    case LayerKind::Relu: return Activation::Relu;
    case LayerKind::Linear: return Activation::Linear;
    default: return std::nullopt;
  }
}

class Dense final : public Stage {
 public:
  Dense(Activation activation, const Matrix& matrix, const KernelSet& kernels)
      : activation_(activation), outputs_(matrix.outputs), matrix_(pack(matrix, kernels)), kernels_(kernels) {}

  void run(const Levels& in, Levels& out, Scratch& scratch) const override {
    out.depth = outputs_;
    out.planes = in.planes;
    out.make_room();
    const auto depth = static_cast<std::size_t>(in.depth);
    scratch.sums.resize(std::max(scratch.sums.size(), static_cast<std::size_t>(kRowsAtOnce * matrix_.outputs)));
    for (std::size_t at = 0; at < in.pixels(); at += kRowsAtOnce) {
      const int count = static_cast<int>(std::min<std::size_t>(kRowsAtOnce, in.pixels() - at));
      kernels_.product(matrix_, 0, matrix_.outputs / kLane, {in.pixel(at), depth, count}, scratch.sums.data());
      kernels_.activate(activation_, matrix_, scratch.sums.data(), count, outputs_, out.pixel(at));
    }
  }

 private:
  Activation activation_;
  int outputs_;
  PackedMatrix matrix_;
  const KernelSet& kernels_;
};

// Blocks of pixels: the largest of each level (Maxpool), or all of them stacked, column by column (Reconfig).
class Blocks final : public Stage {
 public:
  Blocks(LayerKind kind, int x, int y) : stack_(kind == LayerKind::Reconfig), x_(x), y_(y) {}

  void run(const Levels& in, Levels& out, Scratch&) const override {
    out.depth = stack_ ? in.depth * x_ * y_ : in.depth;
    for (const Plane& plane : in.planes) out.add_plane(plane.height / y_, plane.width / x_, plane.noise);
    out.make_room();
    for (std::size_t index = 0; index < in.planes.size(); ++index) {
      const Plane& to = out.planes[index];
      for (int y = 0; y < to.height; ++y)
        for (int x = 0; x < to.width; ++x) one(in, in.planes[index], y * y_, x * x_, out.pixel(to.at + place(to, y, x)));
    }
  }

 private:
  static std::size_t place(const Plane& plane, int y, int x) {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(plane.width) + static_cast<std::size_t>(x);
  }

  void one(const Levels& in, const Plane& plane, int top, int left, Level* to) const {
    const auto depth = static_cast<std::size_t>(in.depth);
    if (!stack_) std::memset(to, 0, depth);
    for (int x = 0; x < x_; ++x) {
      for (int y = 0; y < y_; ++y) {
        const Level* from = in.pixel(plane.at + place(plane, top + y, left + x));
        if (stack_) {
          std::memcpy(to, from, depth);
          to += depth;
        } else {
          std::transform(from, from + depth, to, to, [](Level a, Level b) { return std::max(a, b); });
        }
      }
    }
  }

  bool stack_;
  int x_, y_;
};

// Branches over the same input, their outputs side by side.
class Branches final : public Stage {
 public:
  explicit Branches(std::vector<Stages> branches, int outputs) : branches_(std::move(branches)), outputs_(outputs) {}

  void run(const Levels& in, Levels& out, Scratch& scratch) const override {
    out.depth = outputs_;
    int before = 0;
    Levels copy = in;  // the branches' noise goes on from one to the next
    for (const Stages& branch : branches_) {
      // A branch has buffers of its own: those of `scratch` hold what goes in and comes out here.
      Scratch own;
      std::swap(own.noise, scratch.noise);
      const Levels& result = run_stages(branch, copy, own);
      std::swap(own.noise, scratch.noise);
      for (std::size_t index = 0; index < copy.planes.size(); ++index) copy.planes[index].noise = result.planes[index].noise;
      if (before == 0) {
        out.planes = result.planes;
        out.make_room();
      }
      for (std::size_t index = 0; index < out.planes.size(); ++index) out.planes[index].noise = result.planes[index].noise;
      for (std::size_t pixel = 0; pixel < result.pixels(); ++pixel)
        std::memcpy(out.pixel(pixel) + before, result.pixel(pixel), static_cast<std::size_t>(result.depth));
      before += result.depth;
    }
  }

 private:
  std::vector<Stages> branches_;
  int outputs_;
};

// How a pixel of the stage at hand relates to one of the line.
struct Shape {
  int height = 0;
  int shrink_x = 1;
  int depth = 1;

  bool operator==(const Shape&) const = default;
  double bytes_per_pixel() const { return static_cast<double>(height) * depth / shrink_x; }
};

class Compiler {
 public:
  explicit Compiler(const KernelSet& kernels) : kernels_(kernels) {}

  Result<Program> program(const Layer& root) {
    std::vector<const Layer*> row;
    flatten(root, row);
    if (row.size() < 2 || row.front()->kind != LayerKind::Input) return refused(root, "it does not begin with its input");
    if (row.back()->kind != LayerKind::Softmax) return refused(*row.back(), "it does not end with a softmax");

    Program program;
    Shape shape{row.front()->height, 1, 1};
    TRY(program.stages, stages({row.begin() + 1, row.end() - 1}, shape));
    if (shape.height != 1) return refused(root, "its steps have a height");
    const Matrix& last = row.back()->matrices.front();
    if (last.inputs != shape.depth) return refused(*row.back(), "its last layers do not fit each other");
    program.last = pack(last, kernels_);
    program.height = row.front()->height;
    program.classes = last.outputs;
    program.pixels_per_step = shape.shrink_x;
    program.bytes_per_pixel = peak_;
    return program;
  }

 private:
  static void flatten(const Layer& layer, std::vector<const Layer*>& row) {
    if (layer.kind != LayerKind::Series) return row.push_back(&layer);
    for (const Layer& part : layer.parts) flatten(part, row);
  }

  Result<Stages> stages(std::span<const Layer* const> row, Shape& shape) {
    Stages stages;
    while (!row.empty()) {
      const Shape before = shape;
      std::size_t taken = 1;
      if (row.front()->inputs != shape.depth) return refused(*row.front(), "it does not fit the layer before it");
      TRY(auto stage, next(row, shape, taken));
      if (shape.height < 1 || shape.shrink_x > kMostShrink) return refused(*row.front(), "it shrinks a line to nothing");
      stages.push_back(std::move(stage));
      row = row.subspan(taken);
      peak_ = std::max(peak_, before.bytes_per_pixel() + shape.bytes_per_pixel());
    }
    return stages;
  }

  Result<StagePointer> next(std::span<const Layer* const> row, Shape& shape, std::size_t& taken) {
    const Layer& layer = *row.front();
    switch (layer.kind) {
      case LayerKind::Convolve: return convolution(row, shape, taken);
      case LayerKind::Maxpool:
      case LayerKind::Reconfig: return blocks(layer, shape);
      case LayerKind::Lstm:
      case LayerKind::SummaryLstm:
      case LayerKind::ReverseX:
      case LayerKind::ReverseY:
      case LayerKind::TransposeXY: return recurrent(layer, shape);
      case LayerKind::Parallel: return branches(layer, shape);
      default: break;
    }
    const auto activation = activation_of(layer.kind);
    if (!activation) return refused(layer, "an input or a softmax stands in its middle");
    shape.depth = layer.outputs;
    return made<Dense>(*activation, layer.matrices.front(), kernels_);
  }

  Result<StagePointer> convolution(std::span<const Layer* const> row, Shape& shape, std::size_t& taken) {
    const Layer& window = *row[0];
    const auto activation = row.size() > 1 ? activation_of(row[1]->kind) : std::nullopt;
    if (!activation) return refused(window, "no dense layer follows a convolution");
    ConvolutionShape of{window.x, window.y, 1, 1};
    taken = 2;
    if (row.size() > 2 && row[2]->kind == LayerKind::Maxpool) {
      of.pool_x = row[2]->x;
      of.pool_y = row[2]->y;
      taken = 3;
    }
    shape = {shape.height / of.pool_y, shape.shrink_x * of.pool_x, row[1]->outputs};
    return made<Convolution>(of, *activation, row[1]->matrices.front(), kernels_);
  }

  Result<StagePointer> blocks(const Layer& layer, Shape& shape) {
    shape = {shape.height / layer.y, shape.shrink_x * layer.x, layer.outputs};
    return made<Blocks>(layer.kind, layer.x, layer.y);
  }

  // Turned views are kept only around an LSTM, whose course they say.
  Result<StagePointer> recurrent(const Layer& layer, Shape& shape) {
    Course course;
    bool backward_x = false, backward_y = false;
    const Layer* within = &layer;
    for (; within->kind != LayerKind::Lstm && within->kind != LayerKind::SummaryLstm; within = &within->parts.front()) {
      if (within->kind == LayerKind::TransposeXY)
        course.along_y = !course.along_y;
      else if (within->kind == LayerKind::ReverseX || within->kind == LayerKind::ReverseY)
        ((within->kind == LayerKind::ReverseX) != course.along_y ? backward_x : backward_y) ^= true;
      else
        return refused(*within, "something else than an LSTM is turned");
    }
    course.backward = course.along_y ? backward_y : backward_x;
    course.last_only = within->kind == LayerKind::SummaryLstm;
    if (course.last_only && !course.along_y) return refused(*within, "a line is summed up to a single step");
    shape = {course.last_only ? 1 : shape.height, shape.shrink_x, within->outputs};
    return made<Recurrent>(course, within->matrices, within->inputs, kernels_);
  }

  Result<StagePointer> branches(const Layer& layer, Shape& shape) {
    std::vector<Stages> branches;
    std::optional<Shape> first;
    int depth = 0;
    for (const Layer& part : layer.parts) {
      std::vector<const Layer*> row;
      flatten(part, row);
      Shape own = shape;
      TRY(Stages stages, this->stages(row, own));
      depth += own.depth;
      own.depth = 0;
      if (first && !(own == *first)) return refused(layer, "its parallel branches give images of different size");
      first = own;
      branches.push_back(std::move(stages));
    }
    shape = *first;
    shape.depth = depth;
    return made<Branches>(std::move(branches), depth);
  }

  const KernelSet& kernels_;
  double peak_ = 0;
};

}  // namespace

Result<Program> make_program(const Layer& root, const KernelSet& kernels) { return Compiler(kernels).program(root); }

}  // namespace chartscan::ocr::lstm
