// Networks small enough to be computed by hand, as the files hold them. Weights are drawn; equal seeds give equal networks.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "ocr/lstm/layer_reader.h"

namespace chartscan::testing {

class NetworkBytes {
 public:
  template <typename T>
  NetworkBytes& put(T value) {
    const std::size_t at = bytes.size();
    bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
    return *this;
  }
  NetworkBytes& put(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    bytes.insert(bytes.end(), text.begin(), text.end());
    return *this;
  }
  NetworkBytes& header(const std::string& kind, int inputs, int outputs) {
    return put(std::int8_t{0})
        .put(kind)
        .put(std::int8_t{0})
        .put(std::int8_t{0})
        .put(std::int32_t{0})
        .put(std::int32_t{inputs})
        .put(std::int32_t{outputs})
        .put(std::int32_t{0})
        .put(kind);
  }

  std::vector<std::uint8_t> bytes;
};

// Layers as bytes and, beside them, as what they mean.
class NetworkDraft {
 public:
  explicit NetworkDraft(unsigned seed, bool floats = false) : random_(seed), floats_(floats) {}

  NetworkDraft& input(int height) {
    NetworkBytes layer;
    layer.header("Input", height, 1)
        .put(std::int32_t{1})
        .put(std::int32_t{height})
        .put(std::int32_t{0})
        .put(std::int32_t{1})
        .put(std::int32_t{0});
    return add(layer, {.kind = ocr::lstm::LayerKind::Input, .inputs = height, .outputs = 1, .height = height, .depth = 1});
  }
  NetworkDraft& convolve(int half_x, int half_y) {
    return window("Convolve", ocr::lstm::LayerKind::Convolve, half_x, half_y, depth_ * (2 * half_x + 1) * (2 * half_y + 1));
  }
  NetworkDraft& maxpool(int x, int y) { return window("Maxpool", ocr::lstm::LayerKind::Maxpool, x, y, depth_); }
  NetworkDraft& reconfig(int x, int y) { return window("Reconfig", ocr::lstm::LayerKind::Reconfig, x, y, depth_ * x * y); }
  NetworkDraft& dense(const std::string& kind, ocr::lstm::LayerKind meaning, int outputs) {
    NetworkBytes layer;
    layer.header(kind, depth_, outputs);
    ocr::lstm::Layer part{.kind = meaning, .inputs = depth_, .outputs = outputs};
    part.matrices.push_back(matrix(layer, outputs, depth_));
    return add(layer, part);
  }
  NetworkDraft& softmax(int classes) { return dense("Softmax", ocr::lstm::LayerKind::Softmax, classes); }

  // Wrapped in `turns`, the outermost first: "XYTranspose", "RTLReversed", "TTBReversed".
  NetworkDraft& lstm(const std::string& kind, int cells, const std::vector<std::string>& turns = {}) {
    NetworkBytes layer;
    for (const std::string& turn : turns) layer.header(turn, depth_, cells).put(std::uint32_t{1});
    layer.header(kind, depth_, cells).put(std::int32_t{depth_ + cells});
    ocr::lstm::Layer part{.kind = kind == "LSTM" ? ocr::lstm::LayerKind::Lstm : ocr::lstm::LayerKind::SummaryLstm,
                          .inputs = depth_,
                          .outputs = cells};
    for (int gate = 0; gate < 4; ++gate) part.matrices.push_back(matrix(layer, cells, depth_ + cells));
    for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
      ocr::lstm::Layer outer{.kind = *turn == "XYTranspose"   ? ocr::lstm::LayerKind::TransposeXY
                                     : *turn == "RTLReversed" ? ocr::lstm::LayerKind::ReverseX
                                                              : ocr::lstm::LayerKind::ReverseY,
                             .inputs = depth_,
                             .outputs = cells};
      outer.parts.push_back(std::move(part));
      part = std::move(outer);
    }
    return add(layer, part);
  }

  // Two LSTMs of `cells` each over the same steps, one of them backward.
  NetworkDraft& both_ways(int cells) {
    const int depth = depth_;
    const std::vector<std::uint8_t> before = std::move(body_);
    body_.clear();
    lstm("LSTM", cells);
    depth_ = depth;
    lstm("LSTM", cells, {"RTLReversed"});
    NetworkBytes layer;
    layer.header("ParBidiLSTM", depth, 2 * cells).put(std::uint32_t{2});
    layer.bytes.insert(layer.bytes.end(), body_.begin(), body_.end());
    ocr::lstm::Layer outer{.kind = ocr::lstm::LayerKind::Parallel, .inputs = depth, .outputs = 2 * cells};
    outer.parts.assign(layers.end() - 2, layers.end());
    layers.resize(layers.size() - 2);
    body_ = before;
    return add(layer, outer);
  }

  std::vector<std::uint8_t> component(int null_code = 0) const {
    NetworkBytes all;
    all.header("Series", 36, depth_).put(static_cast<std::uint32_t>(layers.size()));
    all.bytes.insert(all.bytes.end(), body_.begin(), body_.end());
    all.put(std::string("[drawn]"))
        .put(std::uint32_t{65})
        .put(std::int32_t{0})
        .put(std::int32_t{kSample})
        .put(std::int32_t{null_code});
    return all.put(0.5F).put(0.5F).put(0.5F).bytes;
  }

  static constexpr std::int32_t kSample = 12345;  // seeds the noise at the edges
  std::vector<ocr::lstm::Layer> layers;

 private:
  NetworkDraft& window(const std::string& kind, ocr::lstm::LayerKind meaning, int x, int y, int outputs) {
    NetworkBytes layer;
    layer.header(kind, depth_, outputs).put(std::int32_t{x}).put(std::int32_t{y});
    return add(layer, {.kind = meaning, .inputs = depth_, .outputs = outputs, .x = x, .y = y});
  }

  NetworkDraft& add(const NetworkBytes& layer, ocr::lstm::Layer meaning) {
    body_.insert(body_.end(), layer.bytes.begin(), layer.bytes.end());
    depth_ = meaning.outputs;
    layers.push_back(std::move(meaning));
    return *this;
  }

  ocr::lstm::Matrix matrix(NetworkBytes& layer, int outputs, int inputs) {
    ocr::lstm::Matrix matrix{outputs, inputs, {}, {}, {}};
    for (int output = 0; output < outputs; ++output) {
      for (int input = 0; input < inputs; ++input) matrix.weights.push_back(weight());
      matrix.weights.back() = 127;  // the largest of its row, as the conversion from floats leaves it
      matrix.bias.push_back(weight());
      matrix.scales.push_back(0);
    }
    const double scale = 4.0 / inputs;
    layer.put(static_cast<std::uint8_t>(floats_ ? 128 : 129)).put(std::int32_t{outputs}).put(std::int32_t{inputs + 1});
    if (floats_) {
      layer.put(0.0);
    } else {
      layer.put(std::int8_t{0});
    }
    for (int output = 0; output < outputs; ++output) {
      const auto value = [&](std::int8_t number) {
        if (floats_) {
          layer.put(number * (static_cast<float>(scale) * 1.0));
        } else {
          layer.put(number);
        }
      };
      for (int input = 0; input < inputs; ++input) value(matrix.weights[static_cast<std::size_t>(output * inputs + input)]);
      value(matrix.bias[static_cast<std::size_t>(output)]);
      matrix.scales[static_cast<std::size_t>(output)] = static_cast<float>(scale / 127);
    }
    if (!floats_) {
      layer.put(static_cast<std::uint32_t>(outputs));
      for (int output = 0; output < outputs; ++output) layer.put(scale);
    }
    return matrix;
  }

  std::int8_t weight() { return static_cast<std::int8_t>(static_cast<int>(random_() % 255) - 127); }

  std::mt19937 random_;
  bool floats_;
  int depth_ = 1;
  std::vector<std::uint8_t> body_;
};

}  // namespace chartscan::testing
