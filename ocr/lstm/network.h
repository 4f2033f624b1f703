// The network of a Tesseract model: read once, shared by all workers, run over batches of lines. What comes out is, for every
// step along a line, how probable each class is; decoder.h makes characters of it.
//
// Layers: convolution (Convolve + FullyConnected), Maxpool, Reconfig, LSTM and summarising LSTM in either direction of x or y,
// FullyConnected, Series, Parallel: what the published models consist of. Anything else is refused by name. Networks of floats
// ("best" models) are quantised when read, as Tesseract's own conversion does it (combine_tessdata -c).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "ocr/lstm/kernel.h"
#include "ocr/lstm/line_input.h"

namespace chartscan::ocr::lstm {

// Probabilities along one line, left to right.
struct LineScores {
  int steps = 0;
  int classes = 0;
  std::vector<float> values;   // step by step, `classes` each; those of a step sum to 1
  double pixels_per_step = 0;  // pixels of the LineInput

  std::span<const float> at(int step) const {
    return {values.data() + static_cast<std::size_t>(step) * static_cast<std::size_t>(classes),
            static_cast<std::size_t>(classes)};
  }
};

// Memory of one thread, kept between calls. Lines are taken in batches that need at most about `most_bytes`.
class Workspace {
 public:
  explicit Workspace(std::size_t most_bytes = kUsualBytes);
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  std::size_t bytes() const;  // held now

  static constexpr std::size_t kUsualBytes = 24u << 20;

 private:
  friend class Network;
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

class Network {
 public:
  // From the component Part::Network of a model. `kernel` must be available().
  static Result<std::shared_ptr<const Network>> read(std::span<const std::uint8_t> component, Kernel kernel = best_kernel());
  ~Network();

  // As many results as lines, in their order. A line's scores do not depend on the lines beside it. Any thread, each with a
  // workspace of its own. A line too short for a single step has no steps.
  std::vector<LineScores> forward(std::span<const LineInput> lines, Workspace& workspace) const;

  int classes() const;
  int null_code() const;  // the class that means "no character begins here"
  int input_height() const;
  std::uint32_t training_flags() const;  // bit 0: integers; bit 6: characters are recoded
  Kernel kernel() const;
  const std::string& specification() const;  // "[1,36,0,1Ct3,3,16Mp3,3Lfys48Lfx96Lrx96Lfx192O1c1]"

 private:
  struct Model;
  explicit Network(std::unique_ptr<const Model> model);
  std::unique_ptr<const Model> model_;
};

}  // namespace chartscan::ocr::lstm
