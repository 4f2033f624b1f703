// Any bytes as what a TWAIN source hands over: the first says whether as an image (TIFF, DIB, BMP) or as one of the four
// containers. Rows are read as the driver reads them; sizes are bounded or the input is refused with a reason.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "scanner-drivers/twain/containers.h"
#include "scanner-drivers/twain/native_image.h"

using namespace chartscan::scan::twain;

namespace {

constexpr int kRows = 64;  // of an image: enough to meet every strip of small ones

void read_image(const ByteSource& bytes) {
  const auto parsed = parse_native_image(bytes);
  if (const auto* refusal = std::get_if<NativeRefusal>(&parsed)) {
    if (refusal->why.empty()) std::abort();
    return;
  }
  const NativeImage& image = std::get<NativeImage>(parsed);
  if (!is_believable(image.raw) || image.stride < image.raw.row_bytes()) std::abort();
  const auto normaliser = RowNormaliser::create(image.raw);
  if (!normaliser) return;
  std::vector<std::uint8_t> raw(image.raw.row_bytes()), row(normaliser->format().row_bytes());
  for (int y = 0; y < image.raw.height && y < kRows; ++y) {
    const auto offset = image.row_offset(y);
    if (!offset || !bytes.read(*offset, raw)) break;
    normaliser->convert(raw, row);
  }
}

void read_container(Container container, const ByteSource& bytes) {
  const auto values = parse_container(container, bytes);
  if (!values) return;
  if (values->numbers.size() + values->texts.size() > 4096) std::abort();
  const auto nearest = values->nearest(300);
  if (container == Container::Range && (!nearest || *nearest < values->low || *nearest > values->high)) std::abort();
  values->current();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const SpanSource bytes({data + 1, size - 1});
  if (data[0] % 5 == 0)
    read_image(bytes);
  else
    read_container(static_cast<Container>(2 + data[0] % 5), bytes);
  return 0;
}
