#include "tests/support/page_kinds.h"

#include <array>
#include <cmath>

#include "tests/support/draw.h"
#include "tests/support/marks.h"

namespace chartscan::testing {
namespace {

constexpr double kInch = 72;

void prose(Paper& paper, Random& random) {
  double y = 72;
  const Type type{.family = random.below(2) ? "Liberation Serif" : "Liberation Sans", .size = random.between(8, 13), .bold = random.below(4) == 0};
  for (const std::string& line : some_lines(30 + random.below(20))) y = paper.text({60, y}, line, type);
}

void table(Paper& paper, Random& random) {
  const double pitch = random.between(12, 22), thick = random.between(0.5, 3);
  for (int row = 0; 60 + pitch * row < 740; ++row) {
    const double y = 60 + pitch * row;
    paper.line({50, y}, {560, y}, row % 5 == 0 ? 5.8 : thick);
    if (row % 3 == 0) paper.fill({50, y, 510, pitch - 2}, {0.8, 0.8, 0.8});
    if (row % 7 == 0) paper.fill({50, y, 510, 5.8}, kBlack);
    paper.row(y + 2, {{60, 0, "Potassium"}, {220, 0, "4.2"}, {300, 0, "mmol/L"}, {420, 0, "3.5 - 5.1"}}, {.size = 8});
  }
  for (int column = 0; column < 8; ++column) paper.line({50 + 72.0 * column, 60}, {50 + 72.0 * column, 740}, column % 2 ? 5.8 : 14.4);
}

// Bars of a patch code's thickness in rows of any other number or order: three, five, all narrow, all wide, wide spaces.
void bar_like_rules(Paper& paper, Random& random) {
  static constexpr std::array kRows{"NNN", "WWW", "NWNWN", "NNNN", "WWWW", "WNWNWN", "WW", "NWW", "NNWWN", "WNNNW", "WWWN", "NNNW"};
  double y = random.between(10, 40);
  for (int group = 0; group < 5; ++group) {
    const char* row = kRows[static_cast<std::size_t>(random.below(static_cast<int>(kRows.size())))];
    const double space = (random.below(3) == 0 ? 0.2 : 0.08) * kInch, left = random.between(30, 120), length = random.between(120, 420);
    for (; *row != 0; ++row) {
      const double thick = (*row == 'W' ? 0.20 : 0.08) * kInch;
      paper.fill({left, y, length, thick}, kBlack);
      y += thick + space;
    }
    y = paper.text({72, y + 6}, "Section of the form", {.size = 14}) + random.between(5, 60);
  }
}

// A real patch code's bars with something wrong: one bar too long by half, or the spaces doubled, or an inch short.
void broken_patch(Paper& paper, Random& random) {
  static constexpr std::array kCodes{"WWNN", "WNNW", "WNWN", "NWWN", "NNWW", "NWNW"};
  const char* code = kCodes[static_cast<std::size_t>(random.below(6))];
  const int fault = random.below(3);
  double y = random.between(15, 60);
  const double length = fault == 2 ? random.between(20, 45) : 400;  // logos, buttons
  for (int bar = 0; bar < 4; ++bar) {
    double thick = (code[bar] == 'W' ? 0.20 : 0.08) * kInch;
    if (fault == 0) thick *= 1.7;
    paper.fill({100, y, length, thick}, kBlack);
    y += thick + (fault == 1 ? 0.17 : 0.08) * kInch;
  }
  prose(paper, random);
}

void zebra(Paper& paper, Random& random) {
  const double pitch = random.between(5, 30), share = random.between(0.3, 0.7);
  const bool upright = random.below(2) == 0;
  for (double at = 40; at < 540; at += pitch) {
    if (upright) paper.fill({at, 60, pitch * share, 500}, kBlack);
    else paper.fill({60, at, 480, pitch * share}, kBlack);
  }
  paper.text({72, 640}, "Test pattern of the printer", {.size = 12});
}

void ecg(Paper& paper, Random& random) {
  const Color grid{0.95, 0.6, 0.6};
  for (double x = 36; x <= 576; x += 2.8346) paper.line({x, 90}, {x, 700}, 0.25, grid);
  for (double y = 90; y <= 700; y += 2.8346) paper.line({36, y}, {576, y}, 0.25, grid);
  for (double x = 36; x <= 576; x += 14.173) paper.line({x, 90}, {x, 700}, 0.8, grid);
  for (double y = 90; y <= 700; y += 14.173) paper.line({36, y}, {576, y}, 0.8, grid);
  for (int lead = 0; lead < 6; ++lead) {
    std::vector<Point> trace;
    const double base = 140 + 95.0 * lead;
    for (double x = 36; x < 576; x += 40) {
      trace.insert(trace.end(), {{x, base}, {x + 8, base - 4}, {x + 12, base}, {x + 16, base + 4}, {x + 18, base - random.between(20, 45)}, {x + 20, base + 9},
                                 {x + 23, base}, {x + 32, base - 7}});
    }
    paper.stroke(trace, 1);
    paper.text({40, base - 40}, "II", {.size = 9});
  }
  paper.text({36, 40}, "12-LEAD ECG  25 mm/s  10 mm/mV", {.size = 11});
}

void bar_diagram(Paper& paper, Random& random) {
  paper.text({72, 50}, "Visits by month", {.size = 16});
  paper.line({72, 560}, {560, 560}, 1.5);
  const double thick = random.between(5, 18), gap = random.between(5, 15);
  const int bars = 4 + random.below(10);
  for (int bar = 0; bar < bars; ++bar) {
    const double height = random.between(60, 420);
    paper.fill({90 + bar * (thick + gap), 560 - height, thick, height}, kBlack);
  }
}

void lined_paper(Paper& paper, Random& random) {
  const double pitch = random.between(14, 26);
  for (double y = 90; y < 740; y += pitch) paper.line({40, y}, {572, y}, 0.6, {0.4, 0.5, 0.8});
  for (int line = 0; line < 8; ++line) sign(paper, {60, 90 + pitch * (1 + line) - 2}, random.between(150, 420), random.next() % 1000, kBlueInk);
}

void form(Paper& paper, Random& random) {
  paper.text({200, 40}, "CONSENT TO TREATMENT", {.size = 16, .bold = true});
  for (int row = 0; row < 16; ++row) {
    const double y = 90 + 38.0 * row;
    paper.box({50, y, 510, 38});
    paper.text({56, y + 2}, "Name, address and telephone of the person to notify", {.size = 7});
    if (row % 4 == 0) paper.fill({50, y, 510, 12}, kBlack);
    if (random.below(2)) tick(paper, {520, y + 14}, 9);
  }
}

void headings(Paper& paper, Random& random) {
  double y = 40;
  for (const char* line : {"EMERGENCY", "DEPARTMENT", "TRIAGE SHEET", "LEVEL II", "MINIMUM WAIT", "HILL ILLNESS UNIT"})
    y = paper.text({306, y}, line, {.family = "Liberation Sans", .size = random.between(24, 60), .bold = true}, Align::Center) + 20;
}

// A dark bar above and below white print, thick frames, a letterhead of stripes.
void letterhead(Paper& paper, Random& random) {
  const int stripes = 3 + random.below(6);
  const double thick = random.between(3, 15);
  for (int stripe = 0; stripe < stripes; ++stripe) paper.fill({60, 24 + stripe * thick * 2, random.between(100, 480), thick}, kBlack);
  double y = 30 + stripes * thick * 2;
  for (const std::string& line : some_lines(20)) y = paper.text({60, y}, line, {.size = 11});
  paper.box({40, y + 20, 530, 60}, random.between(5, 15));
}

void picture(Paper& paper, Random& random) {
  imaging::Image noise = imaging::blank_image(90, 110);
  double level = 128;
  for (auto& pixel : noise.pixels) {
    level = std::min(255.0, std::max(0.0, level + random.between(-40, 40)));
    pixel = static_cast<std::uint8_t>(level);
  }
  paper.picture(noise, {80, 120, 450, 550});
  paper.text({80, 690}, "Wound, left heel, day 3", {.size = 11});
}

void checkboxes(Paper& paper, Random& random) {
  for (int row = 0; row < 30; ++row)
    for (int column = 0; column < 12; ++column) {
      const Rect box{60 + 40.0 * column, 80 + 20.0 * row, 10, 10};
      if (random.below(3) == 0) paper.fill(box, kBlack);
      else paper.box(box, 1);
    }
  paper.text({60, 40}, "Answer sheet", {.size = 14});
}

void linear_barcodes(Paper& paper, Random& random) {
  const double module = random.between(0.72, 5.8);  // up to the width of a patch code's narrow bar
  draw_symbol(paper, random.below(2) ? Symbol::Code128 : Symbol::Code39, {40, random.between(20, 100)}, module, random.between(40, 300), "A1");
  prose(paper, random);
}

void page_of_labels(Paper& paper, Random& random) {
  for (int row = 0; row < 8; ++row)
    for (int column = 0; column < 3; ++column) {
      const double x = 30 + 190.0 * column, y = 30 + 92.0 * row;
      draw_symbol(paper, Symbol::Code128, {x, y}, 0.8, 36, "MRN" + std::to_string(1000000 + random.below(8999999)));
      paper.text({x, y + 40}, "DOE, ANN  F  02/03/1961", {.size = 8});
    }
}

void square_codes(Paper& paper, Random& random) {
  draw_symbol(paper, Symbol::Qr, {400, 60}, random.between(1.2, 5.8), 0, "https://example.org/form/34117-2");
  draw_symbol(paper, Symbol::Pdf417, {50, 420}, random.between(0.9, 4), 0, "MRN=1234567;NAME=DOE^ANN");
  draw_symbol(paper, Symbol::DataMatrix, {60, 60}, random.between(1.2, 5.8), 0, "FORM 1842");
  paper.text({60, 300}, "Scan with your telephone", {.size = 12});
}

constexpr std::array<PageKind, kPageKinds> kKinds{{{"prose", prose}, {"table", table}, {"bar-like rules", bar_like_rules}, {"broken patch", broken_patch}, {"zebra", zebra},
                                                   {"ECG", ecg}, {"bar diagram", bar_diagram}, {"lined paper", lined_paper}, {"form", form}, {"headings", headings},
                                                   {"letterhead", letterhead}, {"picture", picture}, {"check boxes", checkboxes},
                                                   {"linear barcodes", linear_barcodes}, {"page of labels", page_of_labels}, {"square codes", square_codes}}};

Point somewhere(const Paper& paper, Random& random) {
  return {random.between(60, paper.size().width - 200), random.between(60, paper.size().height - 100)};
}

void page_number(Paper& paper, Random& random) {
  paper.text({paper.size().width / 2, random.below(2) ? 740.0 : 30.0}, std::to_string(1 + random.below(9)), {.size = random.between(9, 12)}, Align::Center);
}
void page_number_of(Paper& paper, Random& random) { paper.text({500, 745}, "Page " + std::to_string(2 + random.below(8)) + " of 12", {.size = random.between(7, 10)}); }
void stamp(Paper& paper, Random& random) {
  const Point at = somewhere(paper, random);
  const Color red{0.75, 0.1, 0.15};
  paper.box({at.x, at.y, 110, 34}, 1.6, red);
  paper.text({at.x + 10, at.y + 8}, "RECEIVED", {.family = "Liberation Sans", .size = 14, .bold = true, .color = red});
}
void signature(Paper& paper, Random& random) { sign(paper, somewhere(paper, random), random.between(70, 180), random.next() % 10000, random.below(2) ? kBlueInk : kBlack); }
void one_line(Paper& paper, Random& random) { paper.text(somewhere(paper, random), "please call the ward", {.size = random.between(7, 12)}); }
void pencil_note(Paper& paper, Random& random) { sign(paper, somewhere(paper, random), random.between(60, 150), random.next() % 10000, {0.55, 0.55, 0.55}); }
void lone_tick(Paper& paper, Random& random) { tick(paper, somewhere(paper, random), random.between(10, 16), kBlueInk); }
void empty_ruled_form(Paper& paper, Random& random) {
  const double pitch = random.between(18, 40);
  const double gray = random.between(0, 0.5);
  const bool boxes = random.below(2) == 0;
  for (double y = 80; y < 740; y += pitch) {
    if (boxes) paper.box({50, y, 510, pitch}, 0.7, {gray, gray, gray});
    else paper.line({50, y}, {560, y}, 0.7, {gray, gray, gray});
  }
}
void intentionally(Paper& paper, Random& random) {
  paper.text({306, random.between(200, 500)}, "This page is intentionally left blank.", {.size = 10, .italic = true}, Align::Center);
}

constexpr std::array<PageKind, kSparseKinds> kSparse{{{"page number", page_number}, {"page n of m", page_number_of}, {"stamp", stamp}, {"signature", signature},
                                                      {"one line", one_line}, {"pencil note", pencil_note}, {"tick", lone_tick},
                                                      {"empty ruled form", empty_ruled_form}, {"left blank", intentionally}}};

}  // namespace

const PageKind& page_kind(int number) { return kKinds.at(static_cast<std::size_t>(number)); }
const PageKind& sparse_kind(int number) { return kSparse.at(static_cast<std::size_t>(number)); }

}  // namespace chartscan::testing
