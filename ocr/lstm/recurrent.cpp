#include "ocr/lstm/recurrent.h"

#include <algorithm>
#include <cstring>

namespace chartscan::ocr::lstm {
namespace {

constexpr std::size_t up_to(std::size_t value, std::size_t step) { return (value + step - 1) / step * step; }

// For the few levels of a pixel: whole lanes in line, the rest by call.
void copy_levels(Level* to, const Level* from, std::size_t count) {
  std::size_t at = 0;
  for (; at + kLane <= count; at += kLane) std::memcpy(to + at, from + at, kLane);
  if (at < count) std::memcpy(to + at, from + at, count - at);
}

}  // namespace

// Pixels `from`, `from + step`, ... of the input; outputs at `to`, `to + step`, ..., of a summary at `to` alone.
struct Recurrent::Sequence {
  std::size_t from = 0, to = 0;
  std::ptrdiff_t step = 1;
  int length = 0;
};

Recurrent::Recurrent(const Course& course, const std::vector<Matrix>& gates, int inputs, const KernelSet& kernels)
    : course_(course),
      inputs_(inputs),
      cells_(gates.front().outputs),
      stride_(up_to(static_cast<std::size_t>(inputs) + up_to(static_cast<std::size_t>(cells_), kLane), 64)),
      gates_(pack_gates(gates, kernels)),
      kernels_(kernels) {}

void Recurrent::run(const Levels& in, Levels& out, Scratch& scratch) const {
  out.depth = cells_;
  for (const Plane& plane : in.planes)
    out.add_plane(course_.last_only && course_.along_y ? 1 : plane.height,
                  course_.last_only && !course_.along_y ? 1 : plane.width, plane.noise);
  out.make_room();

  const std::vector<Sequence> all = sequences(in, out);
  const std::size_t groups = (all.size() + kMostRows - 1) / kMostRows;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::size_t first = all.size() * group / groups, last = all.size() * (group + 1) / groups;
    run_group(all.data() + first, static_cast<int>(last - first), in, out, scratch);
  }
}

std::vector<Recurrent::Sequence> Recurrent::sequences(const Levels& in, const Levels& out) const {
  std::vector<Sequence> all;
  for (std::size_t index = 0; index < in.planes.size(); ++index) {
    const Plane& plane = in.planes[index];
    const int count = course_.along_y ? plane.width : plane.height;
    const int length = course_.along_y ? plane.height : plane.width;
    const std::size_t apart = course_.along_y ? 1 : static_cast<std::size_t>(plane.width);
    const std::ptrdiff_t step = course_.along_y ? plane.width : 1;
    if (length == 0) continue;
    for (int number = 0; number < count; ++number) {
      const std::size_t at = static_cast<std::size_t>(number) * apart;
      const std::size_t begin =
          at + (course_.backward ? static_cast<std::size_t>(step) * static_cast<std::size_t>(length - 1) : 0);
      all.push_back({plane.at + begin, out.planes[index].at + (course_.last_only ? static_cast<std::size_t>(number) : begin),
                     course_.backward ? -step : step, length});
    }
  }
  const auto longer = [](const Sequence& a, const Sequence& b) { return a.length > b.length; };
  if (!std::is_sorted(all.begin(), all.end(), longer)) std::stable_sort(all.begin(), all.end(), longer);
  return all;
}

void Recurrent::run_group(const Sequence* sequences, int count, const Levels& in, Levels& out, Scratch& scratch) const {
  const auto inputs = static_cast<std::size_t>(inputs_);
  const auto cells = static_cast<std::size_t>(cells_);
  scratch.rows[0].assign(kMostRows * stride_ + kSlack, kZeroLevel);
  scratch.rows[1].resize(kMostRows * stride_ + kSlack, kZeroLevel);
  scratch.states.assign(static_cast<std::size_t>(kMostRows * gates_.outputs / 4), 0.0F);
  scratch.sums.resize(std::max<std::size_t>(scratch.sums.size(), kMostRows * 4 * kLane));

  int running = count;
  for (int step = 0; step < sequences[0].length; ++step) {
    while (sequences[running - 1].length <= step) --running;
    Level* now = scratch.rows[step % 2].data();
    Level* next = scratch.rows[(step + 1) % 2].data() + inputs;
    for (int row = 0; row < running; ++row) {
      const auto at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(sequences[row].from) + step * sequences[row].step);
      copy_levels(now + static_cast<std::size_t>(row) * stride_, in.pixel(at), inputs);
    }
    kernels_.cell_step({gates_, {now, stride_, running}, scratch.states.data(), next, stride_, scratch.sums.data()});
    for (int row = 0; row < running; ++row) {
      const Sequence& sequence = sequences[row];
      if (course_.last_only && step + 1 < sequence.length) continue;
      const auto at =
          static_cast<std::size_t>(static_cast<std::ptrdiff_t>(sequence.to) + (course_.last_only ? 0 : step * sequence.step));
      copy_levels(out.pixel(at), next + static_cast<std::size_t>(row) * stride_, cells);
    }
  }
}

}  // namespace chartscan::ocr::lstm
