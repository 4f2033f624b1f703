#include "tests/support/pose_pages.h"

#include <array>
#include <functional>

#include "tests/support/marks.h"
#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

constexpr std::array kTuneFonts{"Liberation Serif", "Liberation Sans", "DejaVu Sans", "Liberation Mono", "Nimbus Roman"};
constexpr std::array kTrainFonts{"Liberation Serif", "Liberation Sans", "DejaVu Sans", "Liberation Mono",      "Nimbus Roman",
                                 "Nimbus Sans",      "Nimbus Mono PS",  "URW Bookman", "DejaVu Sans Condensed"};
constexpr std::array kHeldFonts{"DejaVu Serif", "P052", "Nimbus Sans Narrow", "C059", "DejaVu Sans Mono", "URW Gothic"};

constexpr std::array kPhrases{"the patient was seen in clinic for follow-up",
                              "no chest pain or shortness of breath",
                              "blood pressure was stable on the present dose",
                              "she denies fever, chills or night sweats",
                              "the wound is clean and healing well",
                              "he was given written instructions for home",
                              "a repeat study in six months is suggested",
                              "there is no evidence of acute disease",
                              "the family was present and agreed with the plan",
                              "physical therapy twice a week was arranged",
                              "the lungs are clear on both sides",
                              "mild swelling of the left ankle was noted",
                              "please call the office with any questions",
                              "heart rhythm is regular without murmur",
                              "the biopsy showed chronic inflammation only",
                              "diet and exercise were discussed at length",
                              "he tolerated the procedure without problems",
                              "vaccines are up to date for her age",
                              "laboratory results were reviewed by telephone",
                              "pain is controlled with the usual tablets",
                              "a chest film was normal last winter",
                              "weight has been steady over the past year",
                              "she lives with her husband and two dogs",
                              "return sooner if dizziness should appear"};
constexpr std::array kTests{"Sodium",    "Potassium",  "Chloride",   "Glucose",   "Calcium",     "Albumin",
                            "Bilirubin", "Creatinine", "Hemoglobin", "Platelets", "Cholesterol", "Ferritin"};
constexpr std::array kLabels{"Name of patient",     "Date of birth",    "Address",          "Telephone",
                             "Insurance carrier",   "Policy number",    "Person to notify", "Relationship",
                             "Referring physician", "Reason for visit", "Allergies",        "Present medicines"};

std::string upper(std::string text) {
  for (char& letter : text) letter = static_cast<char>(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
  return text;
}

template <typename List>
const char* any(const List& list, Random& random) {
  return list[static_cast<std::size_t>(random.below(static_cast<int>(list.size())))];
}

std::string sentences(int count, Random& random) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    std::string next = any(kPhrases, random);
    next[0] = upper(next.substr(0, 1))[0];
    text += (i > 0 ? " " : "") + next + (random.below(3) == 0 ? ", and " + std::string(any(kPhrases, random)) : "") + ".";
  }
  return text;
}

std::string number(Random& random, int digits) {
  std::string text;
  for (int i = 0; i < digits; ++i) text += static_cast<char>('0' + random.below(10));
  return text;
}

struct Pen {
  Paper& paper;
  Random& random;
  std::string font;
  bool bold = false, italic = false;
  Type type(double size, bool heading = false) const {
    return {.family = font, .size = size, .bold = bold || heading, .italic = italic};
  }
};

void prose(Pen& pen, double size, double left, double width, double bottom) {
  double y = pen.random.between(50, 90);
  while (y < bottom)
    y = pen.paper.paragraph({left, y}, width, sentences(3 + pen.random.below(4), pen.random), pen.type(size), 1.1) + size;
}

void letter(Pen pen) { prose(pen, pen.random.between(9.5, 12), 72, 468, pen.random.between(350, 690)); }
void two_columns(Pen pen) {
  const double size = pen.random.between(8.5, 10.5);
  prose(pen, size, 54, 240, 700);
  prose(pen, size, 318, 240, 640);
}
void small_print(Pen pen) { prose(pen, pen.random.between(6, 7.5), 54, 504, 700); }
void short_note(Pen pen) {
  const double left = pen.random.between(70, 250), y = pen.random.between(80, 500);
  pen.paper.paragraph({left, y}, 280, sentences(4, pen.random), pen.type(11), 1.1);
}
void narrow(Pen pen) { prose(pen, 10, pen.random.between(60, 300), 150, 690); }

void digits(Pen pen) {
  const double pitch = pen.random.between(13, 19);
  const bool ruled = pen.random.below(2) == 0;
  pen.paper.text({60, 40}, upper(any(kTests, pen.random)) + " 24 H", pen.type(12, true));
  for (int row = 0; 70 + pitch * row < 700; ++row) {
    const double y = 70 + pitch * row;
    std::vector<Cell> cells;
    for (int column = 0; column < 8; ++column)
      cells.push_back({60 + 62.0 * column, 0,
                       column == 0 ? number(pen.random, 2) + ":" + number(pen.random, 2)
                                   : number(pen.random, 2 + pen.random.below(2)) + "." + number(pen.random, 1)});
    pen.paper.row(y + 2, cells, pen.type(9));
    if (ruled) pen.paper.line({54, y}, {556, y});
  }
}

void lab_table(Pen pen) {
  const double pitch = pen.random.between(15, 22);
  pen.paper.text({60, 40}, "Laboratory report", pen.type(14, true));
  for (int row = 0; 80 + pitch * row < 680; ++row) {
    const double y = 80 + pitch * row;
    pen.paper.row(y + 3,
                  {{60, 0, any(kTests, pen.random)},
                   {220, 0, number(pen.random, 1) + "." + number(pen.random, 1)},
                   {300, 0, "mmol/L"},
                   {420, 0, "3." + number(pen.random, 1) + " - 5.1"}},
                  pen.type(9.5));
    pen.paper.line({50, y}, {560, y}, 0.7);
  }
  for (int column = 0; column < 5; ++column) pen.paper.line({50 + 127.5 * column, 80}, {50 + 127.5 * column, 690}, 0.7);
}

void capitals(Pen pen) {
  double y = 60;
  const double size = pen.random.between(9, 11);
  const double bottom = pen.random.between(300, 690);
  while (y < bottom)
    y = pen.paper.paragraph({66, y}, 480, upper(sentences(2 + pen.random.below(3), pen.random)), pen.type(size), 1.15) + 9;
}

void form(Pen pen) {
  pen.paper.text({200, 40}, "Registration form", pen.type(15, true));
  for (int row = 0; row < 14; ++row) {
    const double y = 80 + 42.0 * row;
    pen.paper.box({50, y, 255, 42});
    pen.paper.box({305, y, 255, 42});
    pen.paper.text({55, y + 3}, any(kLabels, pen.random), pen.type(7));
    pen.paper.text({310, y + 3}, any(kLabels, pen.random), pen.type(7));
    if (pen.random.below(3)) pen.paper.text({70, y + 18}, number(pen.random, 3) + " " + any(kTests, pen.random), pen.type(11));
    if (pen.random.below(2) == 0)
      sign(pen.paper, {330, y + 34}, pen.random.between(60, 150), static_cast<unsigned>(pen.random.below(1000)), kBlueInk);
  }
}

void with_picture(Pen pen) {
  pen.paper.fill({90, 70, 300, 220}, {0.35, 0.35, 0.35});
  for (int spot = 0; spot < 60; ++spot)
    pen.paper.dot({pen.random.between(95, 385), pen.random.between(75, 285)}, pen.random.between(3, 25),
                  {pen.random.uniform(), 0.5, 0.5});
  double y = 310;
  while (y < 640) y = pen.paper.paragraph({72, y}, 468, sentences(4, pen.random), pen.type(10.5), 1.1) + 8;
}

struct Kind {
  const char* name;
  void (*draw)(Pen pen);
  Scan scan;
};

const std::array<Kind, 20>& kinds() {
  static const std::array<Kind, 20> kKinds{{
      {"prose", letter, {.softness = 0.6}},
      {"two columns", two_columns, {.softness = 0.6}},
      {"small print", small_print, {.softness = 0.6}},
      {"short note", short_note, {.softness = 0.6}},
      {"narrow column", narrow, {.softness = 0.6}},
      {"digits", digits, {.softness = 0.6}},
      {"laboratory table", lab_table, {.softness = 0.6}},
      {"capitals", capitals, {.softness = 0.6}},
      {"form", form, {.softness = 0.6}},
      {"picture and text", with_picture, {.softness = 0.6}},
      {"faint", letter, {.ink = 0.2, .paper_level = 235, .softness = 0.8, .noise = 5, .shadow = 0.2}},
      {"noise 40", letter, {.softness = 0.6, .noise = 40}},
      {"specks 1 %", letter, {.softness = 0.6, .speckle = 0.01}},
      {"bitonal", letter, {.tone = Tone::Bitonal}},
      {"fax", letter, {.dpi = 200, .tone = Tone::Bitonal, .noise = 20, .speckle = 0.0005, .threshold = 140}},
      {"black lid", letter, {.softness = 0.6, .lid = Lid::Black, .overscan = 0.4}},
      {"black lid, table", lab_table, {.softness = 0.6, .lid = Lid::Black, .overscan = 0.3}},
      {"noisy digits", digits, {.softness = 0.6, .noise = 30}},
      {"capitals, fax", capitals, {.dpi = 200, .tone = Tone::Bitonal, .noise = 20, .threshold = 140}},
      {"150 dpi", letter, {.dpi = 150, .softness = 0.5, .noise = 4}},
  }};
  return kKinds;
}

}  // namespace

std::span<const char* const> pose_kinds() {
  static const std::vector<const char*> kNames = [] {
    std::vector<const char*> names;
    for (const Kind& kind : kinds()) names.push_back(kind.name);
    return names;
  }();
  return kNames;
}

PosePage pose_page(int number, PoseSet set) {
  const Kind& kind = kinds()[static_cast<std::size_t>(number) % kinds().size()];
  const auto seed = static_cast<std::uint64_t>(number) * 3 + static_cast<std::uint64_t>(set);
  Random random(seed * 7919 + 17);
  const std::string font = set == PoseSet::Held   ? any(kHeldFonts, random)
                           : set == PoseSet::Tune ? any(kTuneFonts, random)
                                                  : any(kTrainFonts, random);
  const bool bold = random.below(5) == 0, italic = random.below(6) == 0;
  PosePage page{kind.name, Paper(random.below(3) == 0 ? kA4 : kLetter), kind.scan};
  page.scan.seed = seed;
  kind.draw({page.paper, random, font, bold, italic});
  return page;
}

}  // namespace chartscan::testing
