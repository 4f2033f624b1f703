#include "tests/support/marks.h"

#include <ZXing/BitMatrix.h>
#include <ZXing/MultiFormatWriter.h>

#include <algorithm>

#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

constexpr double kInch = 72;
constexpr double kWideBar = 0.20 * kInch, kNarrowBar = 0.08 * kInch;

imaging::Image modules(ZXing::BarcodeFormat format, const std::string& payload, int width, int height) {
  const auto bits = ZXing::ToMatrix<std::uint8_t>(
      ZXing::MultiFormatWriter(format).setMargin(0).setEncoding(ZXing::CharacterSet::UTF8).encode(payload, width, height));
  imaging::Image image;
  image.width = bits.width();
  image.height = bits.height();
  image.pixels.assign(bits.begin(), bits.end());
  return image;
}

// Without the white that some writers leave around a symbol whatever margin they are told.
imaging::Image cropped(const imaging::Image& image) {
  int x0 = image.width, y0 = image.height, x1 = 0, y1 = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (image.row(y)[x] >= 128) continue;
      x0 = std::min(x0, x), x1 = std::max(x1, x + 1);
      y0 = std::min(y0, y), y1 = std::max(y1, y + 1);
    }
  }
  imaging::Image out = imaging::blank_image(x1 - x0, y1 - y0);
  for (int y = y0; y < y1; ++y) std::copy(image.row(y) + x0, image.row(y) + x1, out.row(y - y0));
  return out;
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

// Capitals are given as fractions of their width and height.
using Capital = std::vector<Point>;
const std::vector<Capital>& capitals() {
  static const std::vector<Capital> all{
      {{0.0, 0.1}, {0.4, 1.0}, {0.6, -0.1}, {0.2, 0.4}, {1.0, 0.4}},                            // A
      {{0.2, 0.9}, {0.15, 0.0}, {0.2, 0.95}, {0.9, 0.75}, {0.2, 0.5}, {1.0, 0.05}},             // R
      {{0.9, 0.85}, {0.4, 1.0}, {0.1, 0.45}, {0.4, 0.0}, {1.0, 0.25}},                          // C
      {{0.0, 0.9}, {0.2, 0.1}, {0.25, 0.9}, {0.55, 0.3}, {0.8, 1.0}, {0.95, 0.05}},             // M
      {{0.8, 0.9}, {0.3, 0.85}, {0.7, 0.45}, {0.2, 0.05}, {0.9, 0.1}},                          // S
      {{0.3, 1.0}, {0.2, 0.0}, {0.25, 0.5}, {0.8, 0.55}, {0.9, 1.0}, {0.85, 0.0}, {1.1, 0.2}},  // H
      {{0.0, 0.85}, {0.9, 1.0}, {0.5, 0.9}, {0.4, -0.35}, {0.1, -0.1}, {1.0, 0.4}},             // J
  };
  return all;
}

}  // namespace

void draw_code128(Paper& paper, const Rect& rect, const std::string& payload) {
  paper.picture(modules(ZXing::BarcodeFormat::Code128, payload, 1, 1), rect);
}

void draw_qr(Paper& paper, Point corner, double side, const std::string& payload) {
  paper.picture(modules(ZXing::BarcodeFormat::QRCode, payload, 1, 1), {corner.x, corner.y, side, side});
}

const char* name_of(Symbol symbol) {
  switch (symbol) {
    case Symbol::Code128: return "Code128";
    case Symbol::Code39: return "Code39";
    case Symbol::Qr: return "QRCode";
    case Symbol::DataMatrix: return "DataMatrix";
    case Symbol::Pdf417: return "PDF417";
  }
  return "";
}

Rect draw_symbol(Paper& paper, Symbol symbol, Point corner, double module, double height, const std::string& payload) {
  const auto format = ZXing::BarcodeFormatFromString(name_of(symbol));
  const imaging::Image image = cropped(modules(format, payload, 1, 1));
  const bool linear = symbol == Symbol::Code128 || symbol == Symbol::Code39;
  const Rect rect{corner.x, corner.y, image.width * module, linear ? height : image.height * module};
  paper.picture(image, rect);
  return rect;
}

void draw_patch(Paper& paper, Patch patch, Edge edge, double from_edge, double length) {
  const PaperSize size = paper.size();
  double depth = from_edge;
  for (const char* bar = bars_of(patch); *bar != 0; ++bar) {
    const double thick = *bar == 'W' ? kWideBar : kNarrowBar;
    const double across = (size.width - length) / 2, along = (size.height - length) / 2;
    switch (edge) {
      case Edge::Top: paper.fill({across, depth, length, thick}, kBlack); break;
      case Edge::Bottom: paper.fill({across, size.height - depth - thick, length, thick}, kBlack); break;
      case Edge::Left: paper.fill({depth, along, thick, length}, kBlack); break;
      case Edge::Right: paper.fill({size.width - depth - thick, along, thick, length}, kBlack); break;
    }
    depth += thick + kNarrowBar;
  }
}

// A large initial, a run of small loops that flattens out, and sometimes a second name: what most signatures are.
void sign(Paper& paper, Point left, double width, std::uint64_t seed, Color ink) {
  Random random(seed * 7919 + 17);
  const double slant = random.between(0.05, 0.55), tall = width * random.between(0.12, 0.17), pen = random.between(0.8, 1.6);
  const double loop = random.between(0.22, 0.4), stride = random.between(0.016, 0.034);
  const auto at = [&](double x, double up) { return Point{left.x + x + up * slant, left.y - up}; };
  const int words = 1 + random.below(3) % 2;
  double x = 0;
  for (int word = 0; word < words; ++word) {
    const double capital = width * random.between(0.08, 0.14);
    const Capital& shape = capitals()[random.below(static_cast<int>(capitals().size()))];
    std::vector<Point> line;
    for (const auto& point : shape) line.push_back(at(x + point.x * capital, point.y * tall));
    x += capital;
    const double end = x + width * (words == 1 ? random.between(0.5, 0.7) : random.between(0.2, 0.36));
    for (double fade = 1; x < end; fade *= random.between(0.9, 1.0)) {
      const double step = width * stride * random.between(0.8, 1.3);
      const int kind = random.below(10);  // most letters are low, some have an ascender, few a descender
      const double up = tall * (kind < 2 ? random.between(0.6, 1.0) : loop * random.between(0.8, 1.2) * fade);
      line.push_back(at(x, up));
      line.push_back(at(x + step * 0.9, up * random.between(0.4, 0.8)));
      line.push_back(at(x + step * 0.5, kind == 9 ? -tall * 0.35 : tall * random.between(-0.04, 0.06)));
      x += step;
    }
    line.push_back(at(x + width * 0.06, tall * random.between(0.05, 0.25)));
    paper.stroke(line, pen, ink);
    x += width * random.between(0.04, 0.09);
  }
  if (random.below(3) == 0)
    paper.stroke({at(width * 0.1, -tall * 0.2), at(width * 0.5, tall * 0.02), at(x, -tall * 0.1)}, pen, ink);
  paper.has_signature = true;
}

void tick(Paper& paper, Point corner, double side, Color ink) {
  paper.stroke({{corner.x + side * 0.1, corner.y + side * 0.5},
                {corner.x + side * 0.4, corner.y + side * 0.95},
                {corner.x + side * 1.2, corner.y - side * 0.2}},
               1.3, ink);
}

}  // namespace chartscan::testing
