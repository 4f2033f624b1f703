#include "ocr/lstm/network.h"

#include <dlfcn.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "ocr/lstm/container.h"
#include "ocr/lstm/tables.h"
#include "tests/ocr/network_bytes.h"

using namespace chartscan;
using namespace chartscan::ocr::lstm;
using chartscan::testing::NetworkDraft;

namespace {

LineInput drawn_line(int width, unsigned seed) {
  std::mt19937 random(seed);
  LineInput line{width, kLineHeight, {}};
  for (int pixel = 0; pixel < width * kLineHeight; ++pixel)
    line.pixels.push_back(static_cast<std::int8_t>(random() % 3 == 0 ? static_cast<int>(random() % 255) - 127 : 127));
  return line;
}

NetworkDraft usual(unsigned seed, bool floats = false) {
  NetworkDraft draft(seed, floats);
  draft.input(36).convolve(1, 1).dense("Tanh", LayerKind::Tanh, 5).maxpool(3, 3);
  draft.lstm("SummLSTM", 7, {"XYTranspose"}).lstm("LSTM", 18).lstm("LSTM", 10, {"RTLReversed"}).lstm("LSTM", 33).softmax(13);
  return draft;
}

// Two convolutions: the second one's noise goes on where the first one's ended.
NetworkDraft unusual(unsigned seed) {
  NetworkDraft draft(seed);
  draft.input(36).convolve(2, 1).dense("Relu", LayerKind::Relu, 17).reconfig(2, 3).dense("LinTanh", LayerKind::SymmetricClip, 6);
  draft.maxpool(1, 2)
      .convolve(1, 0)
      .dense("Logistic", LayerKind::Logistic, 20)
      .both_ways(5)
      .lstm("LSTM", 9, {"TTBReversed", "XYTranspose"});
  draft.lstm("SummLSTM", 16, {"XYTranspose", "RTLReversed"}).dense("LinLogistic", LayerKind::PositiveClip, 8);
  draft.dense("Linear", LayerKind::Linear, 12).softmax(40);
  return draft;
}

std::shared_ptr<const Network> network_of(const NetworkDraft& draft, Kernel kernel = Kernel::Plain) {
  auto network = Network::read(draft.component(), kernel);
  REQUIRE(network.ok());
  return *network;
}

// The same network pixel by pixel, as its definition reads: no batches, no blocks, no pooling before its time.
class ByHand {
 public:
  explicit ByHand(const LineInput& line) : height_(line.height), width_(line.width), depth_(1), values_(line.pixels) {
    random_.seed(static_cast<std::uint64_t>(std::int64_t{NetworkDraft::kSample} * 0x10000001));
    random_();
  }

  void run(const Layer& layer) {
    switch (layer.kind) {
      case LayerKind::Input: return;
      case LayerKind::Convolve: return convolve(layer);
      case LayerKind::Maxpool:
      case LayerKind::Reconfig: return blocks(layer);
      case LayerKind::TransposeXY:
        transpose();
        run(layer.parts.front());
        return transpose();
      case LayerKind::ReverseX:
        reverse_x();
        run(layer.parts.front());
        return reverse_x();
      case LayerKind::ReverseY:
        reverse_y();
        run(layer.parts.front());
        return reverse_y();
      case LayerKind::Parallel: return parallel(layer);
      case LayerKind::Lstm:
      case LayerKind::SummaryLstm: return lstm(layer);
      default: return dense(layer);
    }
  }

  std::vector<float> scores;

 private:
  using Values = std::vector<std::int8_t>;

  std::int8_t* at(int y, int x) { return values_.data() + (y * width_ + x) * depth_; }
  static std::int8_t rounded(double x) {
    return static_cast<std::int8_t>(std::clamp(static_cast<int>(std::abs(x) + 0.5) * (x < 0 ? -1 : 1), -127, 127));
  }

  void become(int height, int width, int depth, Values values) {
    height_ = height, width_ = width, depth_ = depth;
    values_ = std::move(values);
  }

  void convolve(const Layer& layer) {
    Values out;
    for (int y = 0; y < height_; ++y)
      for (int x = 0; x < width_; ++x)
        for (int column = x - layer.x; column <= x + layer.x; ++column)
          for (int row = y - layer.y; row <= y + layer.y; ++row)
            for (int d = 0; d < depth_; ++d) {
              const bool inside = row >= 0 && column >= 0 && row < height_ && column < width_;
              out.push_back(
                  inside ? at(row, column)[d]
                         : rounded(127 * 2.0 * static_cast<double>(random_()) / std::numeric_limits<std::int32_t>::max() - 127));
            }
    become(height_, width_, layer.outputs, std::move(out));
  }

  void blocks(const Layer& layer) {
    Values out;
    for (int y = 0; y + layer.y <= height_; y += layer.y) {
      for (int x = 0; x + layer.x <= width_; x += layer.x) {
        Values block;
        for (int column = x; column < x + layer.x; ++column)
          for (int row = y; row < y + layer.y; ++row) block.insert(block.end(), at(row, column), at(row, column) + depth_);
        if (layer.kind == LayerKind::Maxpool)
          for (std::size_t index = static_cast<std::size_t>(depth_); index < block.size(); ++index)
            block[index % static_cast<std::size_t>(depth_)] =
                std::max(block[index % static_cast<std::size_t>(depth_)], block[index]);
        out.insert(out.end(), block.begin(), block.begin() + layer.outputs);
      }
    }
    become(height_ / layer.y, width_ / layer.x, layer.outputs, std::move(out));
  }

  void transpose() {
    Values out;
    for (int x = 0; x < width_; ++x)
      for (int y = 0; y < height_; ++y) out.insert(out.end(), at(y, x), at(y, x) + depth_);
    become(width_, height_, depth_, std::move(out));
  }
  void reverse_x() {
    Values out;
    for (int y = 0; y < height_; ++y)
      for (int x = width_ - 1; x >= 0; --x) out.insert(out.end(), at(y, x), at(y, x) + depth_);
    values_ = std::move(out);
  }
  void reverse_y() {
    Values out;
    for (int y = height_ - 1; y >= 0; --y)
      for (int x = 0; x < width_; ++x) out.insert(out.end(), at(y, x), at(y, x) + depth_);
    values_ = std::move(out);
  }

  void parallel(const Layer& layer) {
    const Values before = values_;
    const int depth = depth_;
    std::vector<Values> outs;
    for (const Layer& part : layer.parts) {
      become(height_, width_, depth, before);
      run(part);
      outs.push_back(values_);
    }
    Values out;
    for (int pixel = 0; pixel < height_ * width_; ++pixel)
      for (const Values& one : outs) out.insert(out.end(), one.begin() + pixel * depth_, one.begin() + (pixel + 1) * depth_);
    become(height_, width_, layer.outputs, std::move(out));
  }

  static std::vector<float> product(const Matrix& matrix, const Values& values) {
    std::vector<float> out;
    for (int output = 0; output < matrix.outputs; ++output) {
      int sum = 127 * matrix.bias[static_cast<std::size_t>(output)];
      for (int input = 0; input < matrix.inputs; ++input)
        sum += matrix.weights[static_cast<std::size_t>(output * matrix.inputs + input)] * values[static_cast<std::size_t>(input)];
      out.push_back(static_cast<float>(sum) * matrix.scales[static_cast<std::size_t>(output)]);
    }
    return out;
  }

  // Between the points of Tesseract's table.
  template <typename Function>
  static float between(Function function, float x) {
    const float points = std::abs(x) * 256;
    if (points >= 4095) return 1;
    const int index = static_cast<int>(points);
    const auto below = static_cast<float>(function(index / 256.0)), above = static_cast<float>(function((index + 1) / 256.0));
    const float step = above - below, rest = points - static_cast<float>(index);
    volatile float rise = step * rest;  // not fused with the sum
    return below + rise;
  }
  static float tanh(float x) {
    return std::copysign(between([](double v) { return std::tanh(v); }, x), x);
  }
  static float logistic(float x) {
    const float value = between([](double v) { return 1 / (1 + std::exp(-v)); }, x);
    return x < 0 ? 1 - value : value;
  }

  void lstm(const Layer& layer) {
    const bool summary = layer.kind == LayerKind::SummaryLstm;
    Values out;
    for (int y = 0; y < height_; ++y) {
      Values last(static_cast<std::size_t>(layer.outputs), 0);
      std::vector<float> state(last.size(), 0.0F);
      for (int x = 0; x < width_; ++x) {
        Values source(at(y, x), at(y, x) + depth_);
        source.insert(source.end(), last.begin(), last.end());
        std::vector<std::vector<float>> gates;
        for (const Matrix& matrix : layer.matrices) gates.push_back(product(matrix, source));
        for (std::size_t cell = 0; cell < last.size(); ++cell) {
          volatile float kept = state[cell] * logistic(gates[2][cell]), added = tanh(gates[0][cell]) * logistic(gates[1][cell]);
          state[cell] = std::clamp(kept + added, -100.0F, 100.0F);
          last[cell] = rounded(tanh(state[cell]) * logistic(gates[3][cell]) * 127);
        }
        if (!summary || x + 1 == width_) out.insert(out.end(), last.begin(), last.end());
      }
    }
    become(height_, summary ? 1 : width_, layer.outputs, std::move(out));
  }

  void dense(const Layer& layer) {
    Values out;
    for (int pixel = 0; pixel < height_ * width_; ++pixel) {
      std::vector<float> sums = product(layer.matrices.front(), Values(at(0, pixel), at(0, pixel) + depth_));
      if (layer.kind == LayerKind::Softmax) return softmax(layer);
      for (float x : sums) {
        if (layer.kind == LayerKind::Tanh) x = tanh(x);
        if (layer.kind == LayerKind::Logistic) x = logistic(x);
        if (layer.kind == LayerKind::Relu) x = std::max(x, 0.0F);
        if (layer.kind == LayerKind::SymmetricClip) x = std::clamp(x, -1.0F, 1.0F);
        if (layer.kind == LayerKind::PositiveClip) x = std::clamp(x, 0.0F, 1.0F);
        out.push_back(rounded(x * 127));
      }
    }
    become(height_, width_, layer.outputs, std::move(out));
  }

  void softmax(const Layer& layer) {
    for (int pixel = 0; pixel < width_; ++pixel) {
      std::vector<float> sums = product(layer.matrices.front(), Values(at(0, pixel), at(0, pixel) + depth_));
      const float most = *std::max_element(sums.begin(), sums.end());
      float total = 0;
      for (float& x : sums) total += x = std::exp(x - most);
      for (const float x : sums) scores.push_back(x / total);
    }
  }

  int height_, width_, depth_;
  Values values_;
  std::minstd_rand random_;
};

std::vector<LineInput> drawn_lines(std::mt19937& random, int most) {
  std::vector<LineInput> lines;
  const int count = 1 + static_cast<int>(random() % static_cast<unsigned>(most));
  for (int line = 0; line < count; ++line) lines.push_back(drawn_line(1 + static_cast<int>(random() % 60), random()));
  return lines;
}

// Of `batches` batches of drawn lines through drawn networks, how many differ from the plain kernel's in any bit.
int differing_batches(int batches) {
  std::mt19937 random(7);
  int differing = 0;
  for (int batch = 0; batch < batches; batch += 20) {
    const NetworkDraft draft = batch % 40 == 0 ? usual(random()) : unusual(random());
    std::vector<std::pair<std::shared_ptr<const Network>, Workspace>> networks;
    for (const Kernel kernel : available_kernels()) networks.emplace_back(network_of(draft, kernel), Workspace());
    for (int again = 0; again < 20; ++again) {
      const std::vector<LineInput> lines = drawn_lines(random, again == 0 ? 70 : 9);
      const auto plain = networks.front().first->forward(lines, networks.front().second);
      bool same = true;
      for (auto& [network, workspace] : networks) {
        const auto scores = network->forward(lines, workspace);
        for (std::size_t line = 0; line < lines.size(); ++line) same = same && scores[line].values == plain[line].values;
      }
      differing += same ? 0 : 1;
    }
  }
  return differing;
}

}  // namespace

TEST_CASE("a network gives what it gives when computed by hand, pixel by pixel", "[ocr][network]") {
  for (const NetworkDraft& draft : {usual(1), usual(2), unusual(3)}) {
    const auto network = network_of(draft);
    Workspace workspace;
    for (const int width : {6, 7, 40, 101}) {
      const LineInput line = drawn_line(width, static_cast<unsigned>(width));
      ByHand by_hand(line);
      for (const Layer& layer : draft.layers) by_hand.run(layer);
      const LineScores scores = network->forward({&line, 1}, workspace).front();
      REQUIRE(scores.values.size() == by_hand.scores.size());
      CHECK(scores.steps * scores.classes == static_cast<int>(scores.values.size()));
      // The integers before the softmax are equal; its exponential may differ by the last bit from the system's.
      for (std::size_t index = 0; index < scores.values.size(); ++index)
        REQUIRE(scores.values[index] == Approx(by_hand.scores[index]).epsilon(1e-6).margin(1e-30));
    }
  }
}

TEST_CASE("every kernel gives the same bits", "[ocr][network]") {
  REQUIRE(available_kernels().front() == Kernel::Plain);
  CHECK(differing_batches(100) == 0);
}

TEST_CASE("every kernel gives the same bits for ten thousand batches", "[.slow][ocr][network]") {
  CHECK(differing_batches(10'000) == 0);
}

TEST_CASE("a line's scores depend neither on the lines beside it nor on the memory allowed", "[ocr][network]") {
  const auto network = network_of(usual(5), best_kernel());
  std::mt19937 random(5);
  std::vector<LineInput> lines = drawn_lines(random, 30);
  lines.push_back(drawn_line(400, 9));
  Workspace wide, narrow(1), other;
  const auto together = network->forward(lines, wide);
  const auto one_by_one = network->forward(lines, narrow);
  for (std::size_t line = 0; line < lines.size(); ++line) {
    const LineScores alone = network->forward({&lines[line], 1}, other).front();
    CHECK(together[line].values == alone.values);
    CHECK(one_by_one[line].values == alone.values);
    CHECK(alone.steps == lines[line].width / 3);
    CHECK(alone.pixels_per_step == 3);
  }
}

TEST_CASE("a line of another height, or without a single step, has no scores", "[ocr][network]") {
  const auto network = network_of(usual(5));
  Workspace workspace;
  LineInput low = drawn_line(30, 1);
  low.height = 35;
  const std::vector<LineInput> lines{low, drawn_line(2, 1), {}, drawn_line(30, 1)};
  const auto scores = network->forward(lines, workspace);
  CHECK(scores[0].steps == 0);
  CHECK(scores[1].steps == 0);
  CHECK(scores[2].steps == 0);
  CHECK(scores[3].steps == 10);
}

TEST_CASE("a network of floats that stand on integers is read as these integers", "[ocr][network]") {
  const auto integers = network_of(usual(11)), floats = network_of(usual(11, true));
  const LineInput line = drawn_line(90, 4);
  Workspace workspace;
  const LineScores a = integers->forward({&line, 1}, workspace).front(), b = floats->forward({&line, 1}, workspace).front();
  REQUIRE(a.values.size() == b.values.size());
  for (std::size_t index = 0; index < a.values.size(); ++index) REQUIRE(a.values[index] == Approx(b.values[index]).margin(0.02));
}

TEST_CASE("the points of the activations are Tesseract's own", "[ocr][network]") {
  // Its library exports them; doubles rounded to floats leave no doubt about any of them, see tables.h.
  const auto* tanh = static_cast<const float*>(::dlsym(RTLD_DEFAULT, "_ZN9tesseract9TanhTableE"));
  const auto* logistic = static_cast<const float*>(::dlsym(RTLD_DEFAULT, "_ZN9tesseract13LogisticTableE"));
  for (int point = 0; point + 1 < kTablePoints; ++point) {
    for (const double exact : {std::tanh(point / 256.0), 1 / (1 + std::exp(-point / 256.0))}) {
      const auto nearest = static_cast<float>(exact);
      if (static_cast<double>(nearest) == exact) continue;  // 0 and 1/2
      const double middle = (nearest + static_cast<double>(std::nextafter(nearest, exact > nearest ? 2.0F : -2.0F))) / 2;
      REQUIRE(std::abs(exact - middle) >
              1e-12 * exact);  // a library would have to be wrong by thousands of units to round otherwise
    }
    if (tanh) REQUIRE(tables().tanh[point].value == tanh[point]);
    if (logistic) REQUIRE(tables().logistic[point].value == logistic[point]);
  }
}

TEST_CASE("what a network has that is not known is refused by its name", "[ocr][network]") {
  const auto refusal = [](const NetworkDraft& draft) {
    const auto network = Network::read(draft.component(), Kernel::Plain);
    REQUIRE(!network.ok());
    CHECK(network.error().code == ErrorCode::InputRefused);
    return network.error().message;
  };
  NetworkDraft draft(1);
  CHECK(refusal(draft.input(36).convolve(1, 1).dense("LSTMSoftmax", LayerKind::Softmax, 4)).find("LSTMSoftmax") !=
        std::string::npos);
  NetworkDraft line_summed(1);
  line_summed.input(36).lstm("SummLSTM", 4, {"XYTranspose"}).lstm("SummLSTM", 4).softmax(5);
  CHECK(refusal(line_summed).find("single step") != std::string::npos);
  NetworkDraft high(1);
  CHECK(refusal(high.input(36).dense("Tanh", LayerKind::Tanh, 4).softmax(5)).find("height") != std::string::npos);
  NetworkDraft endless(1);
  CHECK(refusal(endless.input(36).lstm("SummLSTM", 4, {"XYTranspose"})).find("softmax") != std::string::npos);
}

TEST_CASE("a network cut off anywhere, or with any byte changed, is refused or computed", "[ocr][network]") {
  const std::vector<std::uint8_t> whole = usual(1).component();
  for (std::size_t size = 0; size + 12 < whole.size(); size += 7) {
    const auto network = Network::read({whole.data(), size}, Kernel::Plain);
    REQUIRE(!network.ok());
    REQUIRE(!network.error().message.empty());
  }
  std::mt19937 random(3);
  const LineInput line = drawn_line(20, 1);
  for (int change = 0; change < 500; ++change) {
    std::vector<std::uint8_t> bytes = whole;
    bytes[random() % std::min<std::size_t>(bytes.size(), 700)] = static_cast<std::uint8_t>(random());
    const auto network = Network::read(bytes, Kernel::Plain);
    if (!network.ok()) continue;
    Workspace workspace;
    const LineScores scores = (*network)->forward({&line, 1}, workspace).front();
    for (const float value : scores.values) REQUIRE((value >= 0 && value <= 1.0001F));
  }
}

TEST_CASE("Debian's English model is read, and its memory stays small", "[ocr][network]") {
  const auto parts = load_model("eng");
  if (!parts.ok()) {
    WARN("the model eng is not installed: " << parts.error().message);
    return;
  }
  const auto network = Network::read(parts->at(Part::Network));
  REQUIRE(network.ok());
  CHECK((*network)->specification() == "[1,36,0,1Ct3,3,16Mp3,3Lfys48Lfx96Lrx96Lfx192O1c1]");
  CHECK((*network)->classes() == 111);
  CHECK((*network)->null_code() == 110);
  CHECK((*network)->input_height() == kLineHeight);
  std::vector<LineInput> page;
  for (unsigned line = 0; line < 60; ++line) page.push_back(drawn_line(1000, line));
  Workspace workspace;
  const auto scores = (*network)->forward(page, workspace);
  CHECK(workspace.bytes() < Workspace::kUsualBytes + (8u << 20));
  double sum = 0;
  for (const float value : scores.front().at(100)) sum += value;
  CHECK(sum == Approx(1).epsilon(1e-5));
}
