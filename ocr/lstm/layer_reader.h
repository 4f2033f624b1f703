// The component Part::Network of a model as a tree of layers, read from bytes that may be anybody's. What is understood is
// checked against what surrounds it; what is not is refused with the layer's name. The weights are integers afterwards, whatever
// they were.
//
// A layer: int8 0 | string kind | int8 training | int8 backprop | int32 flags | int32 inputs | int32 outputs | int32 weights |
// string name | what its kind adds. After the outermost layer: string specification | int32 training flags | int32 iteration |
// int32 sample | int32 null class | float adam, learning rate, momentum. A string is int32 length and bytes.
// Format: Tesseract 5.3, src/lstm/network.cpp, plumbing.cpp, weightmatrix.cpp, lstmrecognizer.cpp and the layers' own files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::ocr::lstm {

// y = scale * (weights * x + 127 * bias), with x in -127..127 standing for -1..1.
struct Matrix {
  int outputs = 0;
  int inputs = 0;
  std::vector<std::int8_t> weights;  // a row of `inputs` for every output
  std::vector<std::int8_t> bias;
  std::vector<float> scales;
};

enum class LayerKind {
  Input,
  Convolve,  // every pixel's neighbourhood, column by column
  Maxpool,
  Reconfig,  // blocks of pixels stacked in depth
  Series,
  Parallel,
  ReverseX,
  ReverseY,
  TransposeXY,
  Lstm,
  SummaryLstm,  // gives its last step alone
  Logistic,
  PositiveClip,
  SymmetricClip,
  Tanh,
  Relu,
  Linear,
  Softmax,
};

struct Layer {
  LayerKind kind{};
  std::string name;
  int inputs = 0;
  int outputs = 0;
  int x = 0, y = 0;              // Convolve: half the window; Maxpool, Reconfig: size of a block
  int height = 0, depth = 0;     // Input
  std::vector<Layer> parts;      // Series, Parallel, Reverse.., TransposeXY
  std::vector<Matrix> matrices;  // Lstm: cell input, input gate, forget gate, output gate; the dense kinds: one
};

struct LayerFile {
  Layer root;
  std::string specification;
  std::uint32_t training_flags = 0;
  std::int32_t sample_iteration = 0;  // seeds the noise at the edges of a line
  std::int32_t null_code = 0;
};

// A model's own names in our messages: quoted, printable, not too long.
std::string printable(const std::string& name);

Result<LayerFile> read_layers(std::span<const std::uint8_t> component);

}  // namespace chartscan::ocr::lstm
