// Any bytes as a model's file, and as its network: refused with a reason, or computed over a line without harm.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "ocr/lstm/container.h"
#include "ocr/lstm/network.h"

using namespace chartscan;
using namespace chartscan::ocr::lstm;

namespace {

void run(std::span<const std::uint8_t> component) {
  const auto network = Network::read(component, Kernel::Plain);
  if (!network.ok()) {
    if (network.error().message.empty()) std::abort();  // a refusal always says why
    return;
  }
  LineInput line{50, (*network)->input_height(), {}};
  line.pixels.resize(static_cast<std::size_t>(line.width * line.height), 77);
  Workspace workspace;
  for (const LineScores& scores : (*network)->forward({&line, 1}, workspace))
    for (const float value : scores.values)
      if (!(value >= 0 && value <= 1.001F)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  run({data, size});
  const auto parts = read_container({data, size});
  if (parts.ok() && parts->has(Part::Network)) run(parts->at(Part::Network));
  return 0;
}
