#include "exchange/page_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "imaging/clean.h"

namespace chartscan::exchange {
namespace {

constexpr double kPointsPerInch = 72;
constexpr double kLargestSide = 14'400, kSmallestSide = 3;  // points; PDF readers show nothing beyond (PDF 32000-1, annex C)
constexpr double kLeastHeightShare = 0.6;  // of its line's: a dash gets the height of a letter, else readers tear the line apart

Geometry as_delivered(Geometry geometry, Size picture) {
  if (geometry.working.width > 0 && geometry.working.height > 0 && geometry.delivered.width > 0) return geometry;
  geometry = Geometry{.delivered = picture, .dpi_x = geometry.dpi_x, .dpi_y = geometry.dpi_y};
  geometry.working = picture;
  return geometry;
}

// Where the image does not say how large it is, imaging's belief about its pixels counts, as it did for reading.
double working_dpi(const Geometry& geometry) {
  if (geometry.dpi_x > 0) return geometry.dpi_x * geometry.scale_x;
  imaging::Image outline;
  outline.width = geometry.delivered.width;
  outline.height = geometry.delivered.height;
  return imaging::believable_dpi(outline) * geometry.scale_x;
}

// Keeps a page within what PDF readers show, whatever dpi the file claimed.
double points_per_pixel(const Geometry& geometry, const Box& whole) {
  const double longest = std::max(whole.width(), whole.height()), shortest = std::min(whole.width(), whole.height());
  const double wanted = kPointsPerInch / std::max(1.0, working_dpi(geometry));
  return std::min(kLargestSide / longest, std::max(wanted, kSmallestSide / shortest));
}

std::string matrix(const Affine& map) {  // PDF's order of the same numbers
  return fmt::format("{:.5f} {:.5f} {:.5f} {:.5f} {:.4f} {:.4f}", map.a, map.d, map.b, map.e, map.c, map.f);
}

using Words = std::span<const Word>;

// The words of the first line.
Words first_line(Words words) {
  const auto end = std::ranges::find_if(words, [&](const Word& word) { return word.line != words.front().line; });
  return words.first(static_cast<std::size_t>(end - words.begin()));
}

int middle_height(Words line) {
  std::vector<int> heights;
  for (const Word& word : line) heights.push_back(word.box.height());
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

// Low marks (a full stop) grow upwards, high ones (a quote) downwards, a dash both ways.
Box grown_to(const Box& box, int height) {
  const int missing = std::max(0, height - box.height());
  return {box.x0, box.y0 - missing / 2, box.x1, box.y1 + (missing - missing / 2)};
}

// The operators that show the words of one page. Position and scale are given anew for each word: nothing adds up.
class WordWriter {
 public:
  WordWriter(const PageLayout& layout, InvisibleFont& font) : layout_(layout), font_(font) {}

  void write(Words line) {
    const int least = std::max(1, static_cast<int>(kLeastHeightShare * middle_height(line)));
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Box box = grown_to(line[i].box, least);
      if (!show(line[i].text, box)) continue;
      // A blank that fills the gap: readers then know that the words are two, however close they stand.
      const int next = i + 1 < line.size() ? line[i + 1].box.x0 : 0;
      show(" ", {box.x1, box.y0, std::max(next, box.x1 + std::max(1, box.height() / 8)), box.y1});
    }
  }
  std::string operators() && { return std::move(out_); }

 private:
  bool show(const std::string& text, const Box& box) {
    const InvisibleFont::Encoded encoded = font_.encode(text);
    if (encoded.characters == 0 || box.empty()) return false;
    const auto low = layout_.place_working(box.x0, box.y1), high = layout_.place_working(box.x1, box.y0);
    const double size = high[1] - low[1];
    const double scale = 100 * (high[0] - low[0]) / (encoded.characters * kGlyphWidth * size);
    fmt::format_to(std::back_inserter(out_), "/F {:.3f} Tf {:.3f} Tz 1 0 0 1 {:.3f} {:.3f} Tm <{}> Tj\n", size, scale, low[0],
                   low[1], encoded.hex);
    return true;
  }

  const PageLayout& layout_;
  InvisibleFont& font_;
  std::string out_;
};

}  // namespace

PageLayout lay_out(const Geometry& known, Size picture) {
  const Geometry geometry = as_delivered(known, picture);
  const Box sheet{0, 0, geometry.delivered.width, geometry.delivered.height};
  const Box working{0, 0, geometry.working.width, geometry.working.height};
  const Box whole = united(working, geometry.to_working().bounds_of(sheet));
  const double scale = points_per_pixel(geometry, whole);
  PageLayout layout;
  layout.width = whole.width() * scale;
  layout.height = whole.height() * scale;
  layout.place_working = {scale, 0, -whole.x0 * scale, 0, -scale, whole.y1 * scale};
  const Affine square{double(sheet.x1), 0, 0, 0, double(-sheet.y1), double(sheet.y1)};  // unit square, y up -> delivered pixels
  layout.place_image = layout.place_working * (geometry.to_working() * square);
  return layout;
}

std::string page_content(const PageLayout& layout, const PageText& text, InvisibleFont& font) {
  WordWriter words(layout, font);
  for (Words rest(text.words); !rest.empty();) {
    const Words line = first_line(rest);
    words.write(line);
    rest = rest.subspan(line.size());
  }
  return fmt::format("q {} cm /Im Do Q\nBT 3 Tr\n{}ET\n", matrix(layout.place_image), std::move(words).operators());
}

}  // namespace chartscan::exchange
