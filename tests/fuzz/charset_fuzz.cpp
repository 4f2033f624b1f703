// Character sets, codes and dictionaries of a model that is anything, and the reading of any scores with what was accepted.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "imaging/image.h"
#include "ocr/lstm/decoder.h"

using namespace chartscan;
using namespace chartscan::ocr::lstm;

// The first two bytes say where the character set ends, the next two where its codes do; a dictionary follows, read as all three.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  std::uint16_t set_bytes = 0, code_bytes = 0;
  std::memcpy(&set_bytes, data, 2);
  std::memcpy(&code_bytes, data + 2, 2);
  const std::uint8_t *at = data + 4, *end = data + size;
  const auto take = [&at, end](std::size_t most) {
    const std::uint8_t* from = at;
    at += std::min(most, static_cast<std::size_t>(end - at));
    return std::vector<std::uint8_t>(from, at);
  };
  ModelParts parts;
  const auto part = [&parts](Part which) -> std::vector<std::uint8_t>& { return parts.bytes[static_cast<std::size_t>(which)]; };
  part(Part::Unicharset) = take(set_bytes);
  part(Part::Recoder) = take(code_bytes);
  part(Part::Words) = part(Part::Numbers) = part(Part::Punctuation) = take(size);

  const auto decoder = Decoder::make(parts);
  if (!decoder || (*decoder)->classes() > 1'000) return 0;
  constexpr int kSteps = 24;
  LineScores scores;
  scores.steps = kSteps;
  scores.classes = (*decoder)->classes();
  scores.pixels_per_step = 3;
  for (std::size_t i = 0; i < static_cast<std::size_t>(kSteps * scores.classes); ++i)
    scores.values.push_back(static_cast<float>(data[(i * 7 + i / 5) % size]) / 255.0f);
  (void)(*decoder)->decode(scores, imaging::blank_image(3 * kSteps, 36), 1);
  return 0;
}
