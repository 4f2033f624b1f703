// Marks on any picture, payloads of any signs, and listings of words by a program that was fed anything.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "charts/hibc.h"
#include "charts/identify.h"
#include "imaging/clean.h"
#include "imaging/marks.h"
#include "imaging/pdf_text.h"
#include "imaging/same_picture.h"

using namespace chartscan;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)imaging::words_of_listing(text, 200);
  (void)charts::parse_hibc(text);
  (void)charts::identify({}, {{std::string(text), "Code128", {0, 0, 10, 10}}}, {1700, 2200}, 200);

  imaging::Image image = imaging::blank_image(16 + data[0] * 2, 16 + data[1] * 2);
  image.dpi_x = image.dpi_y = data[2];
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = data[3 + i % (size - 3)];
  (void)imaging::find_barcodes(image);
  (void)imaging::find_patch_code(image);
  (void)imaging::measure(image);
  (void)imaging::shows_the_same(image, image);
  return 0;
}
