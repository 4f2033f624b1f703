#include "tests/support/office_pages.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/draw.h"
#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

constexpr double kLeft = 64, kRight = 548, kTop = 60, kBottom = 735;  // points
constexpr std::size_t kShortestNote = 600;                            // letters: less does not fill a column

constexpr std::array kTuneFonts{"Liberation Serif", "Liberation Sans", "Liberation Mono", "DejaVu Sans"};
constexpr std::array kHeldFonts{"Nimbus Roman", "Nimbus Sans", "P052", "C059", "URW Bookman", "DejaVu Serif"};

// Chance, fonts and words of one page.
struct Desk {
  Paper& paper;
  Random& random;
  const Notes& notes;
  Part part;
  std::size_t note;  // the next one

  std::string font() const {
    const auto pick = [&](const auto& fonts) { return std::string(fonts[static_cast<std::size_t>(random.below(static_cast<int>(fonts.size())))]); };
    return part == Part::Tune ? pick(kTuneFonts) : pick(kHeldFonts);
  }
  Type type(double smallest, double largest) const { return {.family = font(), .size = random.between(smallest, largest)}; }
  const std::string& words() { return notes.at(note++, part); }
};

std::string two_digits(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string some_date(Random& random) {
  return two_digits(1 + random.below(12)) + "/" + two_digits(1 + random.below(28)) + "/" + std::to_string(1940 + random.below(85));
}

std::string some_name(Random& random) {
  static constexpr std::array kFamilies{"Hargrove", "Tran", "Kowalczyk", "Okafor", "Delgado", "Brandt", "Whitfield", "Ivanova", "Castellano", "Yamada"};
  static constexpr std::array kGiven{"Walter", "Linh", "Stanley", "Grace", "Rosa", "Heinrich", "Eleanor", "Natalia", "Dominic", "Kenji"};
  const auto pick = [&](const auto& names) { return std::string(names[static_cast<std::size_t>(random.below(static_cast<int>(names.size())))]); };
  const std::string family = pick(kFamilies);
  return family + ", " + pick(kGiven);
}

std::string first_words(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, text.find_last_of(' ', most));
}

// Fills a column with notes until it is full. Returns where it ended.
double fill_column(Desk& desk, Point at, double width, double bottom, const Type& type) {
  const double spacing = desk.random.between(1.0, 1.35);
  while (at.y < bottom) {
    const std::vector<std::string> lines = desk.paper.wrapped(desk.words(), width, type);
    const auto room = static_cast<std::size_t>(std::max(0.0, (bottom - at.y) / (type.size * 1.2 * spacing)));
    if (room == 0) break;
    for (std::size_t i = 0; i < std::min(room, lines.size()); ++i) {
      const double next = desk.paper.text(at, lines[i], type);
      at.y += (next - at.y) * spacing;
    }
    at.y += type.size * 0.6;
  }
  return at.y;
}

void prose(Desk& desk) { fill_column(desk, {kLeft, kTop}, kRight - kLeft, kBottom, desk.type(10, 12.5)); }

void letter(Desk& desk) {
  const Type type = desk.type(10.5, 12);
  Paper& paper = desk.paper;
  double y = paper.text({kLeft, 50}, "Meadow Lane Family Practice", type.bolder().sized(16));
  y = paper.text({kLeft, y}, "218 Meadow Lane, Suite 4, Dunmore, PA 18512 - Telephone (570) 555-0144", type.sized(9)) + 24;
  y = paper.text({kLeft, y}, "Date: " + some_date(desk.random), type) + 10;
  y = paper.text({kLeft, y}, "Re: " + some_name(desk.random) + ", born " + some_date(desk.random), type.bolder()) + 10;
  y = paper.text({kLeft, y}, "Dear colleague,", type) + 6;
  y = fill_column(desk, {kLeft, y}, kRight - kLeft, 640, type) + 10;
  y = paper.text({kLeft, y}, "With kind regards,", type) + 30;
  paper.text({kLeft, y}, some_name(desk.random) + " MD", type);
}

void two_columns(Desk& desk) {
  const Type type = desk.type(9, 10.5);
  const double y = desk.paper.text({kLeft, 50}, "Department of Internal Medicine: Annual Summary", type.bolder().sized(15)) + 14;
  const double gap = desk.random.between(18, 30), width = (kRight - kLeft - gap) / 2;
  fill_column(desk, {kLeft, y}, width, kBottom, type);
  fill_column(desk, {kLeft + width + gap, y}, width, kBottom, type);
}

void table(Desk& desk) {
  static constexpr std::array kTests{"Sodium", "Potassium", "Chloride", "Glucose", "Creatinine", "Calcium", "Albumin", "Bilirubin total", "Hemoglobin", "Hematocrit", "Platelet count", "White cell count"};
  static constexpr std::array kUnits{"mmol/L", "mg/dL", "g/dL", "K/uL", "%"};
  const Type type = desk.type(9, 11);
  Paper& paper = desk.paper;
  double y = paper.text({kLeft, 50}, "Cumulative Laboratory Report", type.bolder().sized(14)) + 6;
  y = paper.text({kLeft, y}, "Patient: " + some_name(desk.random) + "   Collected " + some_date(desk.random), type) + 12;
  const bool ruled = desk.random.below(2) == 0;
  const double pitch = desk.random.between(16, 22), top = y;
  constexpr std::array<double, 5> kColumns{0, 150, 225, 300, 400};
  paper.row(y + 3, {{kLeft + 4, 0, "Test"}, {kLeft + 150, 0, "Result"}, {kLeft + 225, 0, "Flag"}, {kLeft + 300, 0, "Units"}, {kLeft + 400, 0, "Reference"}}, type.bolder());
  for (y += pitch; y < 700; y += pitch) {
    const double value = desk.random.between(1, 180);
    std::ostringstream result, range;
    result.precision(1), range.precision(1);
    result << std::fixed << value;
    range << std::fixed << value * 0.7 << " - " << value * 1.4;
    const auto pick = [&](const auto& from) { return std::string(from[static_cast<std::size_t>(desk.random.below(static_cast<int>(from.size())))]); };
    std::vector<Cell> cells{{kLeft + 4, 0, pick(kTests)}, {kLeft + 150, 0, result.str()}};
    if (desk.random.below(3) == 0) cells.push_back({kLeft + 225, 0, desk.random.below(2) ? "HIGH" : "LOW"});
    cells.push_back({kLeft + 300, 0, pick(kUnits)});
    cells.push_back({kLeft + 400, 0, range.str()});
    paper.row(y + 3, cells, type);
    if (ruled) paper.line({kLeft, y}, {kRight, y}, 0.6);
  }
  if (!ruled) return;
  paper.box({kLeft, top, kRight - kLeft, y - top}, 0.9);
  for (const double column : kColumns)
    if (column > 0) paper.line({kLeft + column - 4, top}, {kLeft + column - 4, y}, 0.6);
}

void form(Desk& desk) {
  static constexpr std::array kLabels{"Patient name", "Date of birth", "Medical record number", "Attending physician", "Insurance carrier", "Policy number", "Emergency contact", "Relationship", "Home telephone", "Employer"};
  const Type label = desk.type(8, 9.5), entry{.family = desk.font(), .size = 11};
  Paper& paper = desk.paper;
  double y = paper.text({kLeft, 48}, "REGISTRATION AND CONSENT FORM", label.bolder().sized(14)) + 14;
  const double half = (kRight - kLeft) / 2;
  for (std::size_t i = 0; i + 1 < kLabels.size(); i += 2, y += 40) {
    const auto value = [&](std::size_t which) {
      if (which == 1) return some_date(desk.random);
      if (which == 2 || which == 5 || which == 8) return std::to_string(1'000'000 + desk.random.below(8'999'999));
      return some_name(desk.random);
    };
    paper.box({kLeft, y, half, 40}, 0.7);
    paper.box({kLeft + half, y, half, 40}, 0.7);
    paper.text({kLeft + 4, y + 3}, kLabels[i], label);
    paper.text({kLeft + 8, y + 19}, value(i), entry);
    paper.text({kLeft + half + 4, y + 3}, kLabels[i + 1], label);
    paper.text({kLeft + half + 8, y + 19}, value(i + 1), entry);
  }
  y = fill_column(desk, {kLeft, y + 16}, kRight - kLeft, 640, entry.sized(10)) + 30;
  paper.line({kLeft, y}, {kLeft + 230, y});
  paper.line({kLeft + 300, y}, {kLeft + 440, y});
  paper.row(y + 3, {{kLeft, 0, "Signature of patient"}, {kLeft + 300, 0, "Date"}}, label);
}

void list(Desk& desk) {
  const Type type = desk.type(10, 12);
  Paper& paper = desk.paper;
  double y = paper.text({kLeft, 50}, "PROBLEM LIST AND PLAN", type.bolder().sized(14)) + 12;
  for (int item = 1; y < 690; ++item) {
    const std::string words = first_words(desk.words(), 60 + static_cast<std::size_t>(desk.random.below(220)));
    const std::vector<std::string> lines = paper.wrapped(words, kRight - kLeft - 26, type);
    for (std::size_t i = 0; i < lines.size() && y < kBottom; ++i)
      y = i == 0 ? paper.row(y, {{kLeft, 0, std::to_string(item) + "."}, {kLeft + 26, 0, lines[i]}}, type)
                 : paper.text({kLeft + 26, y}, lines[i], type);
    y += desk.random.between(3, 9);
  }
}

void small_print(Desk& desk) {
  const Type type = desk.type(7, 8.5);
  const double y = desk.paper.text({kLeft, 46}, "NOTICE OF PRIVACY PRACTICES", type.bolder().sized(12)) + 8;
  fill_column(desk, {kLeft, y}, kRight - kLeft, kBottom, type);
}

struct Kind {
  const char* name;
  void (*draw)(Desk&);
};
constexpr std::array<Kind, kOfficeKinds> kKinds{{{"prose", prose}, {"letter", letter}, {"two columns", two_columns}, {"table", table}, {"form", form}, {"list", list}, {"small print", small_print}}};

const Kind& kind_of(int number) { return kKinds[static_cast<std::size_t>(number % kOfficeKinds)]; }

std::uint64_t seed_of(int number, Part part) { return static_cast<std::uint64_t>(number) * 2 + (part == Part::Held ? 1 : 0); }

}  // namespace

Notes::Notes() {
  for (std::size_t start = 0; start < 10; ++start) {
    std::string note;
    const std::vector<std::string> lines = some_lines(20);
    for (std::size_t i = 0; i < 10; ++i) note += (i ? " " : "") + lines[(start + 3 * i) % 10];
    notes_.push_back(std::move(note));
  }
}

Notes::Notes(const std::filesystem::path& a_line) {
  std::ifstream file(a_line);
  for (std::string line; std::getline(file, line);)
    if (line.size() >= kShortestNote) notes_.push_back(std::move(line));
  if (notes_.size() < 2) throw std::runtime_error(a_line.string() + " holds no notes of " + std::to_string(kShortestNote) + " letters and more, one a line");
}

const std::string& Notes::at(std::size_t number, Part part) const {
  const std::size_t half = notes_.size() / 2;
  return notes_[2 * (number % half) + (part == Part::Held ? 1 : 0)];
}

const char* office_kind(int number) { return kind_of(number).name; }

Paper office_page(int number, Part part, const Notes& notes) {
  Paper paper;
  Random random(seed_of(number, part) * 0x9E37 + 11);
  Desk desk{paper, random, notes, part, static_cast<std::size_t>(number) * 7};
  kind_of(number).draw(desk);
  return paper;
}

Scan office_scan(int number, Part part) {
  Random random(seed_of(number, part) * 0x51ED + 5);
  return {.dpi = 300, .skew = Degrees{random.between(-0.6, 0.6)}, .softness = random.between(0.2, 0.7), .noise = random.between(1, 3), .seed = seed_of(number, part)};
}

}  // namespace chartscan::testing
