#include "tests/support/marks.h"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

constexpr double kInch = 72;
constexpr double kWideBar = 0.20 * kInch, kNarrowBar = 0.08 * kInch;
constexpr double kPatchLength = 6 * kInch;  // readers ask for two inches; sheets carry more to allow for crooked feeding

imaging::Image modules(ZXing::BarcodeFormat format, const std::string& payload, int width, int height) {
  const auto bits = ZXing::ToMatrix<std::uint8_t>(
      ZXing::MultiFormatWriter(format).setMargin(0).setEncoding(ZXing::CharacterSet::UTF8).encode(payload, width, height));
  imaging::Image image;
  image.width = bits.width();
  image.height = bits.height();
  image.pixels.assign(bits.begin(), bits.end());
  return image;
}

const char* bars_of(Patch patch) {
  switch (patch) {
    case Patch::One: return "WWNN";
    case Patch::Two: return "WNNW";
    case Patch::Three: return "WNWN";
    case Patch::Four: return "NWWN";
    case Patch::Six: return "NNWW";
    case Patch::T: return "NWNW";
  }
  return "";
}

}  // namespace

void draw_code128(Paper& paper, const Rect& rect, const std::string& payload) {
  paper.picture(modules(ZXing::BarcodeFormat::Code128, payload, 1, 1), rect);
}

void draw_qr(Paper& paper, Point corner, double side, const std::string& payload) {
  paper.picture(modules(ZXing::BarcodeFormat::QRCode, payload, 1, 1), {corner.x, corner.y, side, side});
}

void draw_patch(Paper& paper, Patch patch, Edge edge, double from_edge) {
  const PaperSize size = paper.size();
  double depth = from_edge;
  for (const char* bar = bars_of(patch); *bar != 0; ++bar) {
    const double thick = *bar == 'W' ? kWideBar : kNarrowBar;
    const double across = (size.width - kPatchLength) / 2, along = (size.height - kPatchLength) / 2;
    switch (edge) {
      case Edge::Top: paper.fill({across, depth, kPatchLength, thick}, kBlack); break;
      case Edge::Bottom: paper.fill({across, size.height - depth - thick, kPatchLength, thick}, kBlack); break;
      case Edge::Left: paper.fill({depth, along, thick, kPatchLength}, kBlack); break;
      case Edge::Right: paper.fill({size.width - depth - thick, along, thick, kPatchLength}, kBlack); break;
    }
    depth += thick + kNarrowBar;
  }
}

// A large initial, a run of small loops that flattens out, and sometimes a second capital: what most signatures are.
void sign(Paper& paper, Point left, double width, std::uint64_t seed, Color ink) {
  Random random(seed * 7919 + 17);
  const double slant = random.between(0.15, 0.5), tall = width * random.between(0.16, 0.24), pen = random.between(0.9, 1.5);
  const auto at = [&](double x, double up) { return Point{left.x + x + up * slant, left.y - up}; };
  double x = 0;
  for (int word = 0; word < 2; ++word) {
    const double capital = width * random.between(0.09, 0.13);
    std::vector<Point> line{at(x, tall * 0.1), at(x + capital * 0.35, tall * random.between(0.9, 1.15)),
                            at(x + capital * 0.55, -tall * 0.1), at(x + capital * 0.2, tall * 0.35),
                            at(x + capital, tall * 0.45)};
    x += capital;
    const double end = x + width * (word == 0 ? random.between(0.22, 0.3) : random.between(0.3, 0.4));
    while (x < end) {
      const double step = width * random.between(0.018, 0.032);
      const double up = random.below(5) == 0 ? tall * random.between(0.6, 0.95) : tall * random.between(0.2, 0.34);
      line.push_back(at(x, up));
      line.push_back(at(x + step * 0.9, up * random.between(0.5, 0.8)));
      line.push_back(at(x + step * 0.5, random.below(8) == 0 ? -tall * 0.4 : tall * random.between(-0.05, 0.08)));
      x += step;
    }
    line.push_back(at(x + width * 0.05, tall * random.between(0.05, 0.2)));
    paper.stroke(line, pen, ink);
    x += width * 0.06;
  }
  if (random.below(2) == 0)
    paper.stroke({at(width * 0.1, -tall * 0.15), at(width * 0.5, tall * 0.02), at(x, -tall * 0.08)}, pen, ink);
  paper.has_signature = true;
}

void tick(Paper& paper, Point corner, double side, Color ink) {
  paper.stroke({{corner.x + side * 0.1, corner.y + side * 0.5},
                {corner.x + side * 0.4, corner.y + side * 0.95},
                {corner.x + side * 1.2, corner.y - side * 0.2}},
               1.3, ink);
}

}  // namespace chartscan::testing
