// Any bytes into every decoder that runs inside our process. PDF is left out: its readers are other programs.
// Limits are small so that many inputs a second are tried.
#include <cstdint>
#include <cstdlib>

#include "imaging/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace chartscan;
  const imaging::DecodeLimits limits{.max_pixels = 1'000'000, .max_pages = 50};
  const imaging::ByteReader bytes = imaging::memory_reader({data, data + size});
  const MediaType media = imaging::sniff({data, size});
  if (media == MediaType::Pdf || media == MediaType::Unknown) return 0;
  const Result<int> pages = imaging::count_pages(bytes, media, limits);
  if (!pages.ok()) return 0;
  for (int index = 0; index < *pages && index < 3; ++index) {
    const Result<imaging::Decoded> page = imaging::decode_page(bytes, media, index, limits);
    if (!page.ok()) {
      if (page.error().message.empty()) std::abort();  // a refusal always says why
      continue;
    }
    const imaging::Image& image = page->image;
    const std::size_t needed = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * static_cast<std::size_t>(image.channels);
    if (image.pixels.size() != needed || needed == 0) std::abort();
  }
  return 0;
}
