#include "ocr/lstm/network.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ocr/lstm/stages.h"

namespace chartscan::ocr::lstm {
namespace {

constexpr std::size_t kRowsAtOnce = 64;  // of the softmax: their sums stay in the first cache

}  // namespace

struct Workspace::Memory {
  std::size_t most_bytes = 0;
  Scratch scratch;
};

Workspace::Workspace(std::size_t most_bytes) : memory_(std::make_unique<Memory>()) { memory_->most_bytes = most_bytes; }
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
std::size_t Workspace::bytes() const { return memory_->scratch.bytes(); }

struct Network::Model {
  LayerFile file;  // its layers are gone: the program has them, packed
  Program program;
  const KernelSet& kernels;

  void forward(std::span<const LineInput> lines, std::span<const std::size_t> batch, std::vector<LineScores>& results,
               Scratch& scratch) const;
  void score(const Levels& steps, std::size_t first, std::size_t count, LineScores& result, Scratch& scratch) const;
  bool fits(const LineInput& line) const {
    return line.height == program.height && line.width >= program.pixels_per_step &&
           line.pixels.size() == static_cast<std::size_t>(line.width) * static_cast<std::size_t>(line.height);
  }
};

Network::Network(std::unique_ptr<const Model> model) : model_(std::move(model)) {}
Network::~Network() = default;

Result<std::shared_ptr<const Network>> Network::read(std::span<const std::uint8_t> component, Kernel kernel) {
  if (!available(kernel))
    return Error{ErrorCode::Configuration,
                 std::string("this processor cannot run the kernel \"") + name(kernel) + "\"; leave the choice to the program",
                 {}};
  TRY(LayerFile file, read_layers(component));
  const KernelSet& kernels = kernel_set(kernel);
  TRY(Program program, make_program(file.root, kernels));
  file.root = {};
  std::unique_ptr<const Model> model(new Model{std::move(file), std::move(program), kernels});
  return std::shared_ptr<const Network>(new Network(std::move(model)));
}

std::vector<LineScores> Network::forward(std::span<const LineInput> lines, Workspace& workspace) const {
  std::vector<LineScores> results(lines.size());
  for (LineScores& result : results) {
    result.classes = classes();
    result.pixels_per_step = model_->program.pixels_per_step;
  }
  std::vector<std::size_t> order;
  for (std::size_t index = 0; index < lines.size(); ++index)
    if (model_->fits(lines[index])) order.push_back(index);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lines[a].width > lines[b].width; });

  Scratch& scratch = workspace.memory_->scratch;
  scratch.noise.seed(model_->file.sample_iteration);
  const double most_pixels = static_cast<double>(workspace.memory_->most_bytes) / model_->program.bytes_per_pixel;
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    double pixels = 0;
    do pixels += lines[order[last++]].width;
    while (last < order.size() && pixels + lines[order[last]].width <= most_pixels);
    model_->forward(lines, std::span(order).subspan(first, last - first), results, scratch);
  }
  return results;
}

void Network::Model::forward(std::span<const LineInput> lines, std::span<const std::size_t> batch,
                             std::vector<LineScores>& results, Scratch& scratch) const {
  Levels& input = scratch.between[0];
  input.planes.clear();
  input.depth = 1;
  for (const std::size_t line : batch) input.add_plane(program.height, lines[line].width);
  input.make_room();
  for (std::size_t index = 0; index < batch.size(); ++index) {
    const std::vector<std::int8_t>& pixels = lines[batch[index]].pixels;
    std::transform(pixels.begin(), pixels.end(), input.pixel(input.planes[index].at),
                   [](std::int8_t value) { return static_cast<Level>(value + kZeroLevel); });
  }
  const Levels& steps = run_stages(program.stages, input, scratch);
  for (std::size_t index = 0; index < batch.size(); ++index)
    score(steps, steps.planes[index].at, steps.planes[index].pixels(), results[batch[index]], scratch);
}

void Network::Model::score(const Levels& steps, std::size_t first, std::size_t count, LineScores& result,
                           Scratch& scratch) const {
  const auto classes = static_cast<std::size_t>(program.classes);
  result.steps = static_cast<int>(count);
  result.values.resize(count * classes);
  scratch.sums.resize(std::max(scratch.sums.size(), kRowsAtOnce * static_cast<std::size_t>(program.last.outputs)));
  for (std::size_t at = 0; at < count; at += kRowsAtOnce) {
    const int rows = static_cast<int>(std::min(kRowsAtOnce, count - at));
    kernels.product(program.last, 0, program.last.outputs / kLane,
                    {steps.pixel(first + at), static_cast<std::size_t>(steps.depth), rows}, scratch.sums.data());
    kernels.softmax(program.last, scratch.sums.data(), rows, program.classes, result.values.data() + at * classes);
  }
}

int Network::classes() const { return model_->program.classes; }
int Network::null_code() const { return model_->file.null_code; }
int Network::input_height() const { return model_->program.height; }
std::uint32_t Network::training_flags() const { return model_->file.training_flags; }
Kernel Network::kernel() const { return model_->kernels.kernel; }
const std::string& Network::specification() const { return model_->file.specification; }

}  // namespace chartscan::ocr::lstm
