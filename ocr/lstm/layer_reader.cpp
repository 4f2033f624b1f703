#include "ocr/lstm/layer_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

namespace chartscan::ocr::lstm {
namespace {

// Bounds on what a model may ask for, several times what the largest published one does.
constexpr int kMostDepth = 8;             // of layers within layers
constexpr std::uint32_t kMostParts = 64;  // of one series
constexpr int kMostValues = 1 << 12;      // inputs or outputs of a layer
constexpr int kMostWindow = 8;            // half a convolution's, or a block's side
constexpr std::uint32_t kMostName = 1024;
constexpr float kMostScale = 1e6F;  // keeps every product of integers and scale finite

constexpr std::uint8_t kIntegers = 1, kDoubles = 128;  // how a matrix is stored
constexpr std::int32_t kRatePerLayer = 64;             // flag of a series: its learning rates follow

constexpr std::array<std::pair<const char*, LayerKind>, 21> kKinds{{
    {"Input", LayerKind::Input},
    {"Convolve", LayerKind::Convolve},
    {"Maxpool", LayerKind::Maxpool},
    {"Parallel", LayerKind::Parallel},
    {"Replicated", LayerKind::Parallel},
    {"ParBidiLSTM", LayerKind::Parallel},
    {"DepParUDLSTM", LayerKind::Parallel},
    {"Series", LayerKind::Series},
    {"Reconfig", LayerKind::Reconfig},
    {"RTLReversed", LayerKind::ReverseX},
    {"TTBReversed", LayerKind::ReverseY},
    {"XYTranspose", LayerKind::TransposeXY},
    {"LSTM", LayerKind::Lstm},
    {"SummLSTM", LayerKind::SummaryLstm},
    {"Logistic", LayerKind::Logistic},
    {"LinLogistic", LayerKind::PositiveClip},
    {"LinTanh", LayerKind::SymmetricClip},
    {"Tanh", LayerKind::Tanh},
    {"Relu", LayerKind::Relu},
    {"Linear", LayerKind::Linear},
    {"Softmax", LayerKind::Softmax},
}};

Error refused(const std::string& why) { return {ErrorCode::InputRefused, "the model's network cannot be used: " + why, {}}; }

class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }

  template <typename T>
  Result<T> value() {
    T value;
    if (rest_.size() < sizeof value) return refused("its bytes end too early");
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return value;
  }

  template <typename T>
  Result<std::vector<T>> values(std::size_t count) {
    if (count > rest_.size() / sizeof(T)) return refused("its bytes end within a list");
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), rest_.data(), count * sizeof(T));
    rest_ = rest_.subspan(count * sizeof(T));
    return values;
  }

  Result<std::string> text() {
    TRY(const auto length, value<std::uint32_t>());
    if (length > kMostName) return refused("a name of it has " + std::to_string(length) + " bytes");
    TRY(const auto letters, values<char>(length));
    return std::string(letters.begin(), letters.end());
  }

 private:
  std::span<const std::uint8_t> rest_;
};

// Rows of `inputs` weights and one bias each.
struct Shape {
  int outputs = 0;
  int inputs = 0;
};

template <typename T>
Result<Shape> read_shape(Bytes& bytes) {
  TRY(const auto outputs, bytes.value<std::int32_t>());
  TRY(const auto columns, bytes.value<std::int32_t>());
  TRY(const auto unused, bytes.value<T>());
  (void)unused;
  if (outputs < 1 || outputs > kMostValues || columns < 2 || columns > kMostValues)
    return refused("a matrix of it has " + std::to_string(outputs) + " rows and " + std::to_string(columns) + " columns");
  return Shape{outputs, columns - 1};
}

bool usable(double scale) { return std::isfinite(scale) && scale >= 0 && scale <= kMostScale; }

Result<Matrix> read_integers(Bytes& bytes) {
  TRY(const Shape shape, read_shape<std::int8_t>(bytes));
  Matrix matrix{shape.outputs, shape.inputs, {}, {}, {}};
  const auto inputs = static_cast<std::size_t>(shape.inputs);
  for (int output = 0; output < shape.outputs; ++output) {
    TRY(const auto row, bytes.values<std::int8_t>(inputs + 1));
    matrix.weights.insert(matrix.weights.end(), row.begin(), row.end() - 1);
    matrix.bias.push_back(row.back());
  }
  TRY(const auto count, bytes.value<std::uint32_t>());
  TRY(const auto scales, bytes.values<double>(count));
  if (count < static_cast<std::uint32_t>(shape.outputs)) return refused("a matrix of it has fewer scales than rows");
  for (int output = 0; output < shape.outputs; ++output) {
    const double scale = scales[static_cast<std::size_t>(output)];
    if (!usable(scale)) return refused("a scale of it is not a number between 0 and a million");
    matrix.scales.push_back(static_cast<float>(scale / 127));
  }
  return matrix;
}

// Every row by its own largest weight, as WeightMatrix::ConvertToInt does.
Result<Matrix> read_floats(Bytes& bytes) {
  TRY(const Shape shape, read_shape<double>(bytes));
  Matrix matrix{shape.outputs, shape.inputs, {}, {}, {}};
  for (int output = 0; output < shape.outputs; ++output) {
    TRY(const auto values, bytes.values<double>(static_cast<std::size_t>(shape.inputs) + 1));
    float largest = 0;
    for (const double value : values) {
      if (!std::isfinite(value) || std::abs(value) > kMostScale) return refused("a weight of it is not a usable number");
      largest = std::max(largest, std::abs(static_cast<float>(value)));
    }
    const float step = largest / 127;
    const auto rounded = [&](double value) {
      return static_cast<std::int8_t>(step > 0 ? std::clamp(std::round(static_cast<float>(value) / step), -127.0F, 127.0F)
                                               : 0.0F);
    };
    for (std::size_t input = 0; input + 1 < values.size(); ++input) matrix.weights.push_back(rounded(values[input]));
    matrix.bias.push_back(rounded(values.back()));
    matrix.scales.push_back(step / 127);
  }
  return matrix;
}

Result<Matrix> read_matrix(Bytes& bytes) {
  TRY(const auto mode, bytes.value<std::uint8_t>());
  if (!(mode & kDoubles)) return refused("its weights are stored as Tesseract 4 alpha stored them; use a newer model");
  return mode & kIntegers ? read_integers(bytes) : read_floats(bytes);
}

class Reader {
 public:
  explicit Reader(Bytes& bytes) : bytes_(bytes) {}

  Result<Layer> layer(int depth) {
    if (depth > kMostDepth) return refused("its layers stand within each other too deep");
    TRY(const auto numbered, bytes_.value<std::int8_t>());
    if (numbered != 0) return refused("its layers are numbered, not named; use a newer model");
    TRY(const std::string kind, bytes_.text());
    const auto* known = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& row) { return kind == row.first; });
    if (known == kKinds.end()) return refused("a layer of the kind " + printable(kind) + " is not known here");

    Layer layer;
    layer.kind = known->second;
    TRY(const auto training, bytes_.value<std::int8_t>());
    TRY(const auto backward, bytes_.value<std::int8_t>());
    TRY(const auto flags, bytes_.value<std::int32_t>());
    TRY(layer.inputs, bytes_.value<std::int32_t>());
    TRY(layer.outputs, bytes_.value<std::int32_t>());
    TRY(const auto weights, bytes_.value<std::int32_t>());
    TRY(layer.name, bytes_.text());
    (void)backward, (void)weights;
    if (training == 1 && has_weights(layer.kind))
      return refused("layer " + printable(layer.name) +
                     " is stored for training; finish the training (lstmtraining --stop_training)");
    TRY_STATUS(add(layer, flags, depth), "layer " + printable(layer.name));
    return layer;
  }

 private:
  static bool has_weights(LayerKind kind) { return kind >= LayerKind::Lstm; }

  Status add(Layer& layer, std::int32_t flags, int depth) {
    switch (layer.kind) {
      case LayerKind::Input: return add_input(layer);
      case LayerKind::Convolve: return add_window(layer, 0);
      case LayerKind::Maxpool:
      case LayerKind::Reconfig: return add_window(layer, 1);
      case LayerKind::Series:
      case LayerKind::Parallel:
      case LayerKind::ReverseX:
      case LayerKind::ReverseY:
      case LayerKind::TransposeXY: return add_parts(layer, flags, depth);
      case LayerKind::Lstm:
      case LayerKind::SummaryLstm: return add_gates(layer);
      default: return add_matrix(layer);
    }
  }

  Status add_input(Layer& layer) {
    std::array<std::int32_t, 5> shape{};  // batch, height, width, depth, loss
    for (std::int32_t& value : shape) {
      TRY(value, bytes_.value<std::int32_t>());
    }
    layer.height = shape[1];
    layer.depth = layer.outputs = shape[3];
    if (layer.height != 36 && layer.height != 48) return refused("it takes lines of another height than 36 or 48 pixels");
    if (shape[2] != 0 || layer.depth != 1) return refused("it takes lines of fixed width or in colour");
    return {};
  }

  Status add_window(Layer& layer, int least) {
    TRY(layer.x, bytes_.value<std::int32_t>());
    TRY(layer.y, bytes_.value<std::int32_t>());
    if (layer.x < least || layer.y < least || layer.x > kMostWindow || layer.y > kMostWindow || layer.inputs < 1)
      return refused("a window of unlikely size");
    const int stacked = layer.kind == LayerKind::Convolve ? (2 * layer.x + 1) * (2 * layer.y + 1) : layer.x * layer.y;
    if (layer.inputs > kMostValues / stacked) return refused("a window of unlikely size");
    layer.outputs = layer.kind == LayerKind::Maxpool ? layer.inputs : layer.inputs * stacked;
    return {};
  }

  Status add_parts(Layer& layer, std::int32_t flags, int depth) {
    TRY(const auto count, bytes_.value<std::uint32_t>());
    const bool one = layer.kind != LayerKind::Series && layer.kind != LayerKind::Parallel;
    if (count < 1 || count > (one ? 1 : kMostParts)) return refused("it has " + std::to_string(count) + " parts");
    for (std::uint32_t index = 0; index < count; ++index) {
      TRY(Layer part, this->layer(depth + 1));
      layer.parts.push_back(std::move(part));
    }
    if (flags & kRatePerLayer) {
      TRY(const auto rates, bytes_.value<std::uint32_t>());
      TRY(const auto unused, bytes_.values<float>(rates));
      (void)unused;
    }
    return connect(layer);
  }

  // What goes into a part is what came out of the one before it, or of the layer's own input.
  static Status connect(Layer& layer) {
    layer.inputs = layer.parts.front().inputs;
    layer.outputs = 0;
    for (const Layer& part : layer.parts) {
      const bool follows = layer.kind == LayerKind::Series && &part != &layer.parts.front();
      if (part.inputs != (follows ? layer.outputs : layer.inputs)) return refused("its parts do not fit each other");
      layer.outputs = layer.kind == LayerKind::Parallel ? layer.outputs + part.outputs : part.outputs;
      if (layer.outputs > kMostValues) return refused("it has too many outputs");
    }
    return {};
  }

  Status add_gates(Layer& layer) {
    TRY(const auto columns, bytes_.value<std::int32_t>());
    if (columns != layer.inputs + layer.outputs) return refused("a two-dimensional LSTM, which is not known here");
    for (int gate = 0; gate < 4; ++gate) {
      TRY(Matrix matrix, read_matrix(bytes_));
      if (matrix.outputs != layer.outputs || matrix.inputs != columns) return refused("its gates do not fit its inputs");
      layer.matrices.push_back(std::move(matrix));
    }
    return {};
  }

  Status add_matrix(Layer& layer) {
    TRY(Matrix matrix, read_matrix(bytes_));
    if (matrix.outputs != layer.outputs || matrix.inputs != layer.inputs) return refused("its weights do not fit its inputs");
    layer.matrices.push_back(std::move(matrix));
    return {};
  }

  Bytes& bytes_;
};

}  // namespace

std::string printable(const std::string& name) {
  std::string text;
  for (const char c : name.substr(0, 40)) text += c >= ' ' && c <= '~' ? c : '?';
  return "\"" + text + "\"";
}

Result<LayerFile> read_layers(std::span<const std::uint8_t> component) {
  Bytes bytes(component);
  LayerFile file;
  TRY(file.root, Reader(bytes).layer(0));
  TRY(file.specification, bytes.text());
  TRY(file.training_flags, bytes.value<std::uint32_t>());
  TRY(const auto iteration, bytes.value<std::int32_t>());
  (void)iteration;
  TRY(file.sample_iteration, bytes.value<std::int32_t>());
  TRY(file.null_code, bytes.value<std::int32_t>());
  if (file.null_code < 0 || file.null_code >= file.root.outputs) return refused("its null class is none of its classes");
  return file;
}

}  // namespace chartscan::ocr::lstm
