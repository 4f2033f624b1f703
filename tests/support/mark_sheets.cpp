#include "tests/support/mark_sheets.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "tests/support/draw.h"
#include "tests/support/marks.h"
#include "tests/support/page_kinds.h"
#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

template <typename T, std::size_t N>
const T& one_of(const std::array<T, N>& all, int number) {
  return all[static_cast<std::size_t>(number) % N];
}

std::string said(const Scan& scan) {
  char text[200];
  std::snprintf(text, sizeof text, "%d dpi, skew %.1f, turn %d, ink %.2f, paper %d, soft %.1f, noise %.0f, speckle %.3f, shadow %.1f%s%s", scan.dpi,
                scan.skew.value, scan.rotation, scan.ink, scan.paper_level, scan.softness, scan.noise, scan.speckle, scan.shadow,
                scan.tone == Tone::Bitonal ? ", bitonal" : scan.tone == Tone::Color ? ", colour" : "", scan.lid == Lid::Black ? ", black lid" : "");
  return text;
}

MarkSheet finished(const Paper& paper, const Scan& scan, std::string kind, std::string payload = "", std::string format = "") {
  return {std::move(kind), std::move(payload), std::move(format), said(scan), scanned(paper, scan), scan.dpi};
}

// Ways a scan may be bad, one after the other; skew and turn are the caller's.
void damage(Scan& scan, int number) {
  switch (number % 9) {
    case 0: break;
    case 1: scan.ink = 0.35; break;
    case 2: scan.speckle = 0.02; break;
    case 3: scan.noise = 20, scan.softness = 0.8; break;
    case 4: scan.tone = Tone::Bitonal; break;
    case 5: scan.tone = Tone::Bitonal, scan.speckle = 0.01; break;
    case 6: scan.paper_level = 200, scan.softness = 1, scan.shadow = 0.3; break;
    case 7: scan.lid = Lid::Black, scan.overscan = 0.2; break;
    case 8: scan.ink = 0.4, scan.noise = 10, scan.speckle = 0.005; break;
    default: break;
  }
}

std::string digits(Random& random, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>('0' + random.below(10));
  return out;
}

// "+/" with a check character, as HIBC provider labels end: "where" flag, "what" flag, data.
std::string hibc(const std::string& data) {
  static const std::string kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
  const std::string text = "+/" + data;
  std::size_t sum = 0;
  for (const char c : text) sum += kAlphabet.find(c);
  return text + kAlphabet[sum % kAlphabet.size()];
}

std::string payload_for(Symbol symbol, Random& random) {
  const int kind = random.below(4);
  if (kind == 0) return digits(random, 6 + random.below(4));
  if (kind == 1) return "MRN" + digits(random, 8);
  if (kind == 2) return hibc("EM" + digits(random, 7));
  if (symbol == Symbol::Code128 || symbol == Symbol::Code39) return "ACC-" + digits(random, 6);
  return "MRN=" + digits(random, 7) + ";NAME=DOE^ANN^M;DOB=19610203;SEX=F;ENC=" + digits(random, 8);
}

}  // namespace

MarkSheet patch_sheet(int number) {
  static constexpr std::array kPatches{Patch::One, Patch::Two, Patch::Three, Patch::Four, Patch::Six, Patch::T};
  static const std::array<std::string, 6> kNames{"1", "2", "3", "4", "6", "T"};
  static constexpr std::array kEdges{Edge::Top, Edge::Bottom, Edge::Left, Edge::Right};
  Random random(static_cast<std::uint64_t>(number) * 2654435761u + 11);
  const bool worded = number % 4 != 3;
  Paper paper = worded ? text_paper({"", "", "", "", "", "DOCUMENT SEPARATOR", "Place before each new document."}, {.size = 24}, number % 3 ? kLetter : kA4)
                       : Paper(number % 3 ? kLetter : kA4);
  const Edge edge = worded ? (number / 6 % 2 ? Edge::Top : Edge::Bottom) : kEdges[static_cast<std::size_t>(random.below(4))];
  draw_patch(paper, one_of(kPatches, number), edge, random.between(10, 60), random.between(160, kPatchLength));
  Scan scan{.dpi = one_of(std::array{150, 200, 240, 300}, number / 6), .skew = {random.between(-5, 5)}, .rotation = 90 * (number / 24 % 4)};
  scan.seed = static_cast<std::uint64_t>(number) + 1;
  damage(scan, number / 7);
  const std::string& name = one_of(kNames, number);
  return finished(paper, scan, "patch " + name, "PATCH " + name, "Patch" + name);
}

MarkSheet unmarked_page(int number, Barcodes barcodes) {
  Random random(static_cast<std::uint64_t>(number) * 40503u + 5);
  const int kinds = barcodes == Barcodes::With ? kPageKinds : kPageKindsWithoutBarcode;
  const PageKind& kind = page_kind(number % kinds);
  Paper paper(number % 5 == 0 ? kA4 : kLetter);
  kind.draw(paper, random);
  Scan scan{.dpi = one_of(std::array{200, 150, 300, 200}, number / kinds), .skew = {number % 3 == 0 ? 0 : random.between(-3, 3)}, .rotation = 90 * (number / 3 % 4)};
  scan.seed = static_cast<std::uint64_t>(number) + 1;
  damage(scan, number / 5);
  return finished(paper, scan, kind.name);
}

MarkSheet barcode_label(int number) {
  Random random(static_cast<std::uint64_t>(number) * 7368787u + 3);
  const auto symbol = static_cast<Symbol>(number % kSymbols);
  const std::string payload = payload_for(symbol, random);
  Paper paper = text_paper(some_lines(46), {.size = 10});
  // Modules of 10 mil and up for bars, 15 mil and up for squares: two and three pixels at 200 dpi.
  const bool linear = symbol == Symbol::Code128 || symbol == Symbol::Code39;
  const double module = linear ? random.between(0.72, 1.2) : symbol == Symbol::Pdf417 ? random.between(0.76, 1.2) : random.between(1.1, 2.4);
  const double height = random.between(18, 40);
  Paper probe;  // how large will it be?
  const Rect size = draw_symbol(probe, symbol, {0, 0}, module, height, payload);
  const double quiet = std::max(9.0, 10 * module);
  const double room_x = std::max(1.0, paper.size().width - size.width - 2 * quiet - 40), room_y = paper.size().height - size.height - 2 * quiet - 60;
  const Point corner{20 + quiet + random.between(0, room_x), 20 + quiet + random.between(0, room_y)};
  paper.fill({corner.x - quiet, corner.y - quiet, size.width + 2 * quiet, size.height + 2 * quiet + (linear ? 6 : 0)}, kWhite);
  draw_symbol(paper, symbol, corner, module, height, payload);
  if (linear) paper.text({corner.x, corner.y + size.height + 1}, payload, {.size = 8});
  Scan scan{.dpi = 200, .skew = {random.between(-4, 4)}, .rotation = 90 * (number / kSymbols % 4)};
  scan.seed = static_cast<std::uint64_t>(number) + 1;
  switch (number / kSymbols % 7) {
    case 0: break;
    case 1: scan.noise = 15; break;
    case 2: scan.softness = 1; break;
    case 3: scan.softness = 1, scan.noise = 10; break;
    case 4: scan.ink = 0.5, scan.softness = 0.6; break;
    case 5: scan.tone = Tone::Bitonal, scan.softness = 0.5; break;
    case 6: scan.paper_level = 210, scan.shadow = 0.25, scan.speckle = 0.001; break;
    default: break;
  }
  return finished(paper, scan, name_of(symbol), payload, name_of(symbol));
}

namespace {

void dust(Paper& paper, Random& random, int count, double largest) {
  for (int i = 0; i < count; ++i)
    paper.dot({random.between(20, paper.size().width - 20), random.between(20, paper.size().height - 20)}, random.between(0.2, largest));
}

void punch_holes(Paper& paper, Random& random) {
  const bool three = random.below(2) == 0;
  const double from_edge = random.between(26, 40), middle = paper.size().height / 2;
  for (const double at : three ? std::vector<double>{middle - 306, middle, middle + 306} : std::vector<double>{middle - 113, middle + 113})
    paper.dot({from_edge, at}, random.between(8.5, 10), random.below(3) ? kBlack : Color{0.5, 0.5, 0.5});
}

Color pastel(Random& random) {
  static constexpr std::array kPastels{Color{1, 0.96, 0.68}, Color{1, 0.8, 0.84}, Color{0.74, 0.86, 1}, Color{0.76, 0.94, 0.76}, Color{1, 0.84, 0.62}, Color{0.86, 0.8, 0.72}};
  return kPastels[static_cast<std::size_t>(random.below(static_cast<int>(kPastels.size())))];
}

void show_through(imaging::Image& side, Random& random, const Scan& scan) {
  Paper other = text_paper(some_lines(40), {.size = random.between(9, 13)});
  if (random.below(3) == 0) other.fill({72, 60, 300, 22}, {0.2, 0.2, 0.2});
  Scan behind{.dpi = scan.dpi, .softness = 1};
  imaging::Image seen = scanned(other, behind);
  const double depth = random.between(0.05, 0.14);  // of black; paper of 75 to 90 g/m2
  const int blur = std::max(2, scan.dpi / 80);      // paper scatters the light over a quarter of a millimetre and more
  for (int y = 0; y < std::min(side.height, seen.height); ++y) {
    std::uint8_t* at = side.row(y);
    for (int x = 0; x < std::min(side.width, seen.width); ++x) {
      int sum = 0, count = 0;
      for (int dy = -blur; dy <= blur; dy += blur)
        for (int dx = -blur; dx <= blur; ++dx) {
          const int sx = seen.width - 1 - x + dx, sy = y + dy;
          if (sx < 0 || sy < 0 || sx >= seen.width || sy >= seen.height) continue;
          sum += seen.row(sy)[sx];
          ++count;
        }
      const double level = at[x] - depth * (255 - static_cast<double>(sum) / std::max(1, count));
      at[x] = static_cast<std::uint8_t>(std::clamp(level, 0.0, 255.0));
    }
  }
}

}  // namespace

MarkSheet blank_side(int number) {
  Random random(static_cast<std::uint64_t>(number) * 104729u + 7);
  static const std::array<std::string, 8> kKinds{"bare", "dust", "punch holes", "show-through", "coloured paper", "fold", "noise and shade", "everything"};
  const int kind = number % 8;
  Paper paper(number % 3 ? kLetter : kA4);
  Scan scan{.dpi = one_of(std::array{200, 300, 200, 150}, number / 8), .skew = {random.between(-2, 2)}, .rotation = 90 * random.below(4)};
  scan.seed = static_cast<std::uint64_t>(number) + 1;
  if (kind == 4 || kind == 7) paper.fill({0, 0, paper.size().width, paper.size().height}, pastel(random));
  if (kind == 1 || kind == 7) dust(paper, random, 4 + random.below(40), 1.0);
  if (kind == 2 || kind == 7) punch_holes(paper, random);
  if (kind == 5) {
    const double y = paper.size().height * random.between(0.3, 0.7), shade = random.between(0.55, 0.85);
    paper.line({0, y}, {paper.size().width, y + random.between(-2, 2)}, random.between(0.4, 1.2), {shade, shade, shade});
  }
  if (kind == 6) scan.noise = random.between(2, 14), scan.shadow = random.between(0, 0.35);
  if (kind == 3 || kind == 7) scan.noise = random.between(0, 4);
  if (number / 8 % 4 == 1 && kind != 3 && kind != 4 && kind != 7) scan.tone = Tone::Bitonal;
  if (number / 8 % 4 == 2) scan.lid = Lid::Black, scan.overscan = 0.15;
  if (kind == 4 && number / 8 % 2) scan.tone = Tone::Color;
  MarkSheet sheet = finished(paper, scan, one_of(kKinds, number));
  if (kind == 3 || kind == 7) show_through(sheet.image, random, scan);
  return sheet;
}

MarkSheet printed_side(int number) {
  Random random(static_cast<std::uint64_t>(number) * 15485863u + 9);
  const int sparse = number % 2;  // every other page holds hardly anything
  const PageKind& kind = sparse ? sparse_kind(number / 2 % kSparseKinds) : page_kind(number / 2 % kPageKinds);
  Paper paper(number % 3 ? kLetter : kA4);
  Scan scan{.dpi = one_of(std::array{200, 300, 200, 150}, number / 7), .skew = {random.between(-2, 2)}, .rotation = 90 * random.below(4)};
  scan.seed = static_cast<std::uint64_t>(number) + 1;
  if (number % 5 == 0) paper.fill({0, 0, paper.size().width, paper.size().height}, pastel(random));
  kind.draw(paper, random);
  switch (number / 2 % 6) {
    case 0: break;
    case 1: scan.ink = 0.4; break;
    case 2: scan.noise = 8; break;
    case 3: scan.tone = Tone::Bitonal, scan.threshold = 170; break;
    case 4: scan.softness = 1, scan.shadow = 0.3; break;
    case 5: scan.lid = Lid::Black, scan.overscan = 0.15; break;
    default: break;
  }
  return finished(paper, scan, kind.name);
}

}  // namespace chartscan::testing
