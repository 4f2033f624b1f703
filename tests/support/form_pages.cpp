#include "tests/support/form_pages.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "tests/support/draw.h"
#include "tests/support/marks.h"
#include "tests/support/pen.h"
#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

constexpr double kLeft = 60, kRight = 552, kBottom = 750;

constexpr std::array kTuningFonts{"Liberation Serif", "Liberation Sans", "DejaVu Sans", "Nimbus Roman", "Nimbus Sans Narrow"};
constexpr std::array kHeldOutFonts{"C059", "P052", "Nimbus Sans", "URW Bookman", "DejaVu Serif", "URW Gothic", "Liberation Mono"};

constexpr std::array kSigners{"Patient", "Patient or representative", "Physician", "Witness", "Parent / guardian", "Nurse", "Attending physician", "Surgeon"};
constexpr std::array kNames{"Jordan Example", "Maria Reyes", "R. Calloway", "Theo Lund", "Susan Whitfield"};
constexpr std::array kOptions{"Yes", "No", "Diabetes", "Asthma", "High blood pressure", "Latex allergy", "I agree to the above", "Do not resuscitate",
                              "Married", "Single", "Heart disease", "Smoker", "Never", "Other", "Copy given to patient", "Interpreter used"};
constexpr std::array kFieldNames{"Name", "Address", "Allergies", "Reason for visit", "Phone", "Medications", "Relationship to patient", "Insurance", "Diagnosis"};
constexpr std::array kEntries{"none", "see chart", "penicillin", "left knee pain", "Maria Reyes", "12 Oak Lane", "mother", "aspirin daily", "chest pain since may", "hypertension", "555 0142"};
constexpr std::array kMargins{"call back", "per dr lund", "late entry", "see over", "recheck in two weeks", "patient declined"};

enum class SignLayout { Beside, Below, Cell, Cross, PrintedName, /* held out */ Table, Underscores, Dotted, SignHere, Above };
constexpr int kTuningLayouts = 5, kSignLayouts = 10;

// What stands on a line that nobody signed.
enum class Empty { Nothing, PrintedName, Slashed, Electronic, Dots, StampOver, NeighboursInk };
constexpr int kEmpties = 7;

class Artist {
 public:
  Artist(FormPage& page, Random& random, FormSet set) : page_(page), paper_(page.paper), random_(random), held_out_(set == FormSet::HeldOut) {
    type_.family = held_out_ ? kHeldOutFonts[pick(kHeldOutFonts.size())] : kTuningFonts[pick(kTuningFonts.size())];
    type_.size = random_.between(9, 11.5);
    rule_ = random_.between(0.4, 1.4);
    hand_ = some_hand(random_, random_.between(5.5, 8.5));
  }

  void draw() {
    y_ = paper_.text({306, 40}, title(), type_.sized(15).bolder(), Align::Center) + 8;
    if (random_.below(4) == 0) draw_code128(paper_, {430, 20, 120, 26}, "MRN" + std::to_string(1000000 + random_.below(8999999)));
    prose(2 + random_.below(4));
    const int parts = 2 + random_.below(3);
    for (int part = 0; part < parts && y_ < 480; ++part) {
      switch (random_.below(held_out_ ? 5 : 4)) {
        case 0: fields(); break;
        case 1: check_boxes(); break;
        case 2: prose(2 + random_.below(5)); break;
        case 3: table(); break;
        case 4: notes(); break;
      }
      y_ += random_.between(6, 18);
    }
    const int blocks = random_.below(8) == 0 ? 0 : 1 + random_.below(3);
    for (int block = 0; block < blocks && y_ < kBottom - 95; ++block) signature();
    if (random_.below(3) == 0) stamped();
    if (random_.below(3) == 0) margin_note();
    if (y_ < kBottom - 60) prose(1 + random_.below(3));
    page_.conditions = type_.family;
  }

 private:
  std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random_.below(static_cast<int>(count))); }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& words) { return words[pick(N)]; }

  std::string title() {
    static constexpr std::array kTitles{"CONSENT TO TREATMENT", "PATIENT HISTORY", "RELEASE OF INFORMATION", "ADMISSION FORM", "ORDERS", "DISCHARGE INSTRUCTIONS"};
    return one_of(kTitles);
  }

  void truth(CueKind kind, CueState state, Rect place, std::string label = {}, std::string how = {}, std::string value = {}, WrittenBy written = WrittenBy::Unknown) {
    page_.truth.push_back({kind, state, place, std::move(label), std::move(value), written, std::move(how)});
  }
  void by_hand(const Rect& ink, const std::string& how) {
    if (ink.width > 0) truth(CueKind::Handwriting, CueState::Present, ink, {}, how, {}, WrittenBy::Pen);
  }

  void prose(int lines) {
    const auto all = some_lines(40);
    const Type type = random_.below(8) == 0 ? italic() : type_;
    for (int line = 0; line < lines; ++line) y_ = paper_.text({kLeft, y_}, all[pick(40)].substr(0, 84), type.sized(std::min(type.size, 10.0))) + 1;
    y_ += 5;
  }
  Type italic() {
    Type type = type_;
    type.italic = true;
    if (random_.below(3) == 0) type.family = "Z003", type.size += 2;
    return type;
  }

  Hand hand() {
    Hand own = hand_;
    own.seed = random_.next();
    return own;
  }

  // --- fields with a name, filled by pen, by print or not at all
  void fields() {
    const int rows = 2 + random_.below(4);
    const bool boxed = random_.below(3) == 0;
    for (int row = 0; row < rows; ++row) {
      const std::string name = one_of(kFieldNames);
      const double height = boxed ? 26 : 22, base = y_ + height - 4;
      if (boxed) {
        paper_.box({kLeft, y_, kRight - kLeft, height}, rule_);
        paper_.text({kLeft + 4, y_ + 1}, name, type_.sized(7));
      } else {
        paper_.text({kLeft, base - type_.size * 1.05}, name + ":", type_);
      }
      const double from = boxed ? kLeft + 90 : kLeft + paper_.text_width(name + ":", type_) + 6;
      if (!boxed) paper_.line({from, base}, {kRight, base}, rule_);
      const int filled = random_.below(3);
      if (filled == 0) by_hand(write_by_hand(paper_, {from + random_.between(4, 30), base - random_.between(0, 3)}, one_of(kEntries), hand()), "field");
      if (filled == 1) paper_.text({from + 8, base - type_.size * 1.15}, one_of(kEntries), type_);
      y_ += height;
    }
    if (random_.below(2) == 0) {  // initials are no signature
      paper_.text({kLeft, y_ + 6}, "Initials:", type_);
      const double from = kLeft + paper_.text_width("Initials:", type_) + 4;
      paper_.line({from, y_ + 20}, {from + 40, y_ + 20}, rule_);
      if (random_.below(2)) by_hand(write_by_hand(paper_, {from + 6, y_ + 18}, random_.below(2) ? "JE" : "MR", hand()), "initials");
      y_ += 26;
    }
  }

  // Handwriting on lined paper.
  void notes() {
    for (int line = 0; line < 3; ++line) {
      y_ += 22;
      paper_.line({kLeft, y_}, {kRight, y_}, 0.5);
      by_hand(write_by_hand(paper_, {kLeft + 6, y_ - 2}, one_of(kMargins) + " " + one_of(kEntries) + " " + one_of(kMargins), hand()), "note");
    }
    y_ += 8;
  }

  // A table of print: nothing in it is an answer.
  void table() {
    const int rows = 3 + random_.below(4);
    const double pitch = random_.between(14, 20);
    for (int row = 0; row <= rows; ++row) paper_.line({kLeft, y_ + row * pitch}, {kRight, y_ + row * pitch}, rule_);
    for (int column = 0; column <= 4; ++column) {
      const double x = kLeft + (kRight - kLeft) * column / 4;
      paper_.line({x, y_}, {x, y_ + rows * pitch}, rule_);
    }
    for (int row = 0; row < rows; ++row)
      paper_.row(y_ + row * pitch + 2, {{kLeft + 4, 0, "Potassium"}, {kLeft + 130, 0, "4.2"}, {kLeft + 250, 0, "O D 0"}, {kLeft + 375, 0, "3.5 - 5.1"}}, type_.sized(9));
    y_ += rows * pitch;
  }

  // --- check boxes
  void empty_box(const Rect& box, int shape) {
    switch (shape) {
      case 0: paper_.box(box, random_.between(0.5, 1.2)); break;
      case 1: {  // round
        std::vector<Point> ring;
        for (int i = 0; i <= 16; ++i)
          ring.push_back({box.x + box.width / 2 * (1 + std::cos(i * 0.3927)), box.y + box.height / 2 * (1 + std::sin(i * 0.3927))});
        paper_.stroke(ring, random_.between(0.6, 1.1));
        break;
      }
      case 2:  // brackets
        paper_.text({box.x - type_.size * 0.3, box.y + box.height - type_.size * 1.05}, "[", type_);
        paper_.text({box.x + box.width, box.y + box.height - type_.size * 1.05}, "]", type_);
        break;
      case 3: paper_.line({box.x - 3, box.y + box.height}, {box.x + box.width + 5, box.y + box.height}, rule_); break;
      case 4:  // shadowed
        paper_.box(box, 0.8);
        paper_.line({box.x + 1.2, box.y + box.height + 0.8}, {box.x + box.width + 0.8, box.y + box.height + 0.8}, 1.6);
        paper_.line({box.x + box.width + 0.8, box.y + 1.2}, {box.x + box.width + 0.8, box.y + box.height + 0.8}, 1.6);
        break;
      default: {  // rounded corners
        const double r = box.width * 0.22, x0 = box.x, y0 = box.y, x1 = box.x + box.width, y1 = box.y + box.height;
        paper_.stroke({{x0 + r, y0}, {(x0 + x1) / 2, y0}, {x1 - r, y0}, {x1, y0 + r}, {x1, (y0 + y1) / 2}, {x1, y1 - r}, {x1 - r, y1}, {(x0 + x1) / 2, y1},
                       {x0 + r, y1}, {x0, y1 - r}, {x0, (y0 + y1) / 2}, {x0, y0 + r}, {x0 + r, y0}}, random_.between(0.6, 1.1));
      }
    }
  }

  BoxMark some_mark(int shape) {
    const int chance = random_.below(20);
    if (chance < 10) return BoxMark::None;
    if (chance == 10) return BoxMark::Scribble;
    if (shape == 3) return random_.below(2) ? BoxMark::Cross : BoxMark::Tick;
    static constexpr std::array kMarks{BoxMark::Tick, BoxMark::Cross, BoxMark::Fill, BoxMark::Dot, BoxMark::Slash, BoxMark::Circled};
    return kMarks[pick(held_out_ || shape == 1 ? 6 : 4)];
  }

  void check_boxes() {
    const int shape = random_.below(held_out_ ? 6 : 4), rows = 2 + random_.below(4), columns = 1 + random_.below(3);
    const double side = shape == 2 || shape == 3 ? type_.size * 0.9 : random_.between(6.5, 14);
    const bool right = random_.below(4) == 0;  // words stand left of their box
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < columns; ++column) {
        const double x = kLeft + 8 + column * (kRight - kLeft) / columns;
        const std::string words = one_of(kOptions);
        const Rect box{right ? x + paper_.text_width(words, type_) + 8 : x, y_ + 4, side, side};
        empty_box(box, shape);
        paper_.text({right ? x : box.x + side + (shape == 2 ? type_.size * 0.5 : shape == 3 ? 8 : 5), y_ + 4 + side - type_.size * 1.05}, words, type_);
        const BoxMark mark = some_mark(shape);
        mark_box(paper_, box, mark, hand());
        const CueState state = mark == BoxMark::None ? CueState::Absent : mark == BoxMark::Scribble ? CueState::Unsure : CueState::Present;
        truth(CueKind::CheckBox, state, box, words, "shape " + std::to_string(shape) + " mark " + std::to_string(static_cast<int>(mark)));
      }
      y_ += std::max(side + 8, type_.size + 9);
    }
  }

  // --- signatures
  std::string some_date(std::string& iso) {
    const int year = 2018 + random_.below(8), month = 1 + random_.below(12), day = 1 + random_.below(28);
    char text[40], value[40];
    std::snprintf(text, sizeof text, random_.below(2) ? "%d/%d/%d" : "%02d/%02d/%04d", month, day, year);
    std::snprintf(value, sizeof value, "%04d-%02d-%02d", year, month, day);
    iso = value;
    return text;
  }

  void date_on(double from, double to, double base) {
    std::string iso;
    const std::string date = some_date(iso);
    const int how = random_.below(3);
    const Rect place{from, base - 20, to - from, 22};
    if (how == 0) {
      truth(CueKind::Date, CueState::Absent, place, "Date", "empty");
    } else if (how == 1) {
      paper_.text({from + 4, base - type_.size * 1.2}, date, type_);
      truth(CueKind::Date, CueState::Present, place, "Date", "printed", iso, WrittenBy::Print);
    } else {
      Hand own = hand();
      own.x_height = std::min(5.5, (to - from) / 12);
      own.spread = std::min(own.spread, 1.0);
      by_hand(write_by_hand(paper_, {from + 4, base - 2}, date, own), "date");
      truth(CueKind::Date, CueState::Present, place, "Date", "handwritten", iso, WrittenBy::Pen);
    }
  }

  // The pen or its absence on a line; true when somebody signed.
  void answer(double from, double to, double base, const std::string& label, const std::string& layout) {
    const Rect place{from, base - 30, to - from, 34};
    if (random_.below(2)) {
      const auto style = static_cast<SignatureStyle>(held_out_ ? random_.below(kSignatureStyles) : random_.below(kHeldOutStyles));
      Hand own = hand();
      own.pen = std::max(0.7, own.pen);
      const double room = to - from - 12, width = std::min(room, random_.between(50, 170));
      sign_in_style(paper_, {from + random_.between(4, std::max(5.0, room - width)), base - random_.between(0, 4)}, width, style, own);
      truth(CueKind::Signature, CueState::Present, place, label, layout + ", style " + std::to_string(static_cast<int>(style)));
      return;
    }
    const auto how = static_cast<Empty>(random_.below(2) ? 0 : random_.below(kEmpties));
    const Point on{from + random_.between(6, 16), base - type_.size * 1.25};
    switch (how) {
      case Empty::Nothing: break;
      case Empty::PrintedName: paper_.text(on, one_of(kNames) + ", MD", type_); break;
      case Empty::Slashed:
      case Empty::Electronic: {
        const std::string words = how == Empty::Slashed ? "/s/ " + one_of(kNames) : "Electronically signed by " + one_of(kNames);
        const Type small = type_.sized(std::min(type_.size, type_.size * (to - from - 20) / paper_.text_width(words, type_)));
        paper_.text({from + 4, base - small.size * 1.25}, words, small);
        truth(CueKind::ElectronicSignature, CueState::Present, {from + 4, base - 14, to - from - 8, 14}, label, words);
        break;
      }
      case Empty::Dots:
        for (int i = 0; i < 4; ++i) paper_.dot({from + random_.between(5, to - from), base - random_.between(3, 20)}, random_.between(0.4, 1.1));
        break;
      case Empty::StampOver: {
        static constexpr std::array kWords{"RECEIVED", "COPY", "FILED"};
        const Rect space = stamp(paper_, {(from + to) / 2, base - 14}, random_.below(2) ? StampShape::Framed : StampShape::Bare, one_of(kWords), "", random_.between(-12, 12),
                                 random_.below(2) ? Color{0.75, 0.1, 0.15} : kBlack, random_);
        truth(CueKind::Stamp, CueState::Present, space, {}, "over the line");
        break;
      }
      case Empty::NeighboursInk:  // a note in the margin that ends beside the line
        by_hand(write_by_hand(paper_, {from + 4, base - 44}, one_of(kMargins), hand()), "above a line");
        break;
    }
    truth(CueKind::Signature, CueState::Absent, place, label, layout + ", empty " + std::to_string(static_cast<int>(how)));
  }

  void signature() {
    y_ += random_.between(34, 46);
    const auto layout = static_cast<SignLayout>(held_out_ ? random_.below(kSignLayouts) : random_.below(kTuningLayouts));
    const std::string name = "layout " + std::to_string(static_cast<int>(layout));
    const std::string who = one_of(kSigners), caption = who + " signature";
    const Type small = type_.sized(random_.between(7.5, 9));
    const double base = y_, middle = random_.between(320, 360), date_from = middle + 60;
    switch (layout) {
      case SignLayout::Beside: {
        const double from = kLeft + paper_.text_width(caption + ":", type_) + 6;
        paper_.text({kLeft, base - type_.size * 1.05}, caption + ":", type_);
        paper_.line({from, base}, {middle + 20, base}, rule_);
        paper_.text({middle + 32, base - type_.size * 1.05}, "Date:", type_);
        paper_.line({date_from + 8, base}, {kRight, base}, rule_);
        answer(from, middle + 20, base, caption, name);
        date_on(date_from + 8, kRight, base);
        y_ += 10;
        break;
      }
      case SignLayout::Below:
        paper_.line({kLeft, base}, {middle, base}, rule_);
        paper_.text({kLeft, base + 2}, "Signature of " + who, small);
        paper_.line({date_from - 20, base}, {kRight, base}, rule_);
        paper_.text({date_from - 20, base + 2}, "Date", small);
        answer(kLeft, middle, base, "Signature of " + who, name);
        date_on(date_from - 20, kRight, base);
        y_ += 16;
        break;
      case SignLayout::Cell:
        paper_.box({kLeft, base - 36, kRight - kLeft, 38}, rule_);
        paper_.line({middle + 40, base - 36}, {middle + 40, base + 2}, rule_);
        paper_.text({kLeft + 4, base - 35}, caption, small.sized(7));
        paper_.text({middle + 44, base - 35}, "Date", small.sized(7));
        answer(kLeft + 8, middle + 34, base - 3, caption, name);
        date_on(middle + 44, kRight, base - 3);
        y_ += 12;
        break;
      case SignLayout::Cross:
        paper_.text({kLeft, base - type_.size * 1.1}, "X", type_.bolder());
        paper_.line({kLeft + 14, base}, {middle, base}, rule_);
        if (random_.below(2)) paper_.text({kLeft + 14, base + 2}, who, small);
        answer(kLeft + 16, middle, base, "X", name);
        y_ += 16;
        break;
      case SignLayout::PrintedName:
        paper_.line({kLeft, base}, {middle - 30, base}, rule_);
        paper_.text({kLeft, base + 2}, one_of(kNames) + ", MD", type_);
        paper_.line({date_from - 20, base}, {kRight, base}, rule_);
        paper_.text({date_from - 20, base + 2}, "Date", type_);
        answer(kLeft, middle - 30, base, "printed name", name);
        date_on(date_from - 20, kRight, base);
        y_ += 18;
        break;
      case SignLayout::Table: {
        const std::array<double, 4> at{kLeft, kLeft + 160, kLeft + 350, kRight};
        for (const double y : {base - 46, base - 30, base + 2}) paper_.line({kLeft, y}, {kRight, y}, rule_);
        for (const double x : at) paper_.line({x, base - 46}, {x, base + 2}, rule_);
        paper_.row(base - 44, {{at[0] + 4, 0, "Printed name"}, {at[1] + 4, 0, "Signature"}, {at[2] + 4, 0, "Date"}}, small);
        paper_.text({at[0] + 6, base - 16}, one_of(kNames), type_);
        answer(at[1] + 4, at[2] - 4, base - 3, "Signature", name);
        date_on(at[2] + 4, kRight, base - 3);
        y_ += 14;
        break;
      }
      case SignLayout::Underscores: {
        const std::string row = "Signature: " + std::string(34, '_') + " Date: " + std::string(14, '_');
        const Type fit = type_.sized(std::min(type_.size, type_.size * (kRight - kLeft) / paper_.text_width(row, type_)));
        paper_.text({kLeft, base - fit.size * 1.2}, row, fit);
        const double from = kLeft + paper_.text_width("Signature: ", fit), to = kLeft + paper_.text_width("Signature: " + std::string(34, '_'), fit);
        answer(from, to, base, "Signature", name);
        date_on(kLeft + paper_.text_width("Signature: " + std::string(34, '_') + " Date: ", fit), kLeft + paper_.text_width(row, fit), base);
        y_ += 12;
        break;
      }
      case SignLayout::Dotted:
        for (double x = kLeft; x < middle; x += 3.4) paper_.line({x, base}, {x + 1.4, base}, 0.9);
        paper_.text({(kLeft + middle) / 2, base + 2}, "(signature of " + who + ")", small, Align::Center);
        answer(kLeft, middle, base, "signature of " + who, name);
        y_ += 16;
        break;
      case SignLayout::SignHere:
        paper_.box({kLeft, base - 40, 250, 42}, rule_);
        paper_.text({kLeft, base + 4}, who + " signature", small);
        answer(kLeft + 4, kLeft + 246, base - 4, caption, name);
        y_ += 18;
        break;
      case SignLayout::Above:
        paper_.text({kLeft, base - 42}, "Signature of " + who, small);
        paper_.line({kLeft, base}, {middle, base}, rule_);
        answer(kLeft, middle, base, "Signature of " + who, name);
        y_ += 10;
        break;
    }
  }

  void stamped() {
    static constexpr std::array kWords{"RECEIVED", "FAXED", "SCANNED", "COPY", "ENTERED"};
    std::string iso;
    const std::string date = random_.below(3) ? some_date(iso) : "";
    const int color = random_.below(3);
    const Rect space = stamp(paper_, {random_.between(150, 470), random_.between(90, 420)}, static_cast<StampShape>(random_.below(3)), one_of(kWords), date,
                             random_.between(-25, 25), color == 0 ? kBlack : color == 1 ? Color{0.75, 0.1, 0.15} : Color{0.2, 0.15, 0.6}, random_);
    truth(CueKind::Stamp, CueState::Present, space, {}, "free");
  }

  void margin_note() {
    Hand own = hand();
    own.x_height *= 0.9;
    by_hand(write_by_hand(paper_, {random_.between(330, 430), random_.between(28, 36)}, one_of(kMargins), own), "margin");
  }

  FormPage& page_;
  Paper& paper_;
  Random& random_;
  bool held_out_;
  Type type_;
  Hand hand_;
  double rule_ = 0.7, y_ = 0;
};

Scan some_scan(Random& random) {
  Scan scan;
  static constexpr std::array kDpi{150, 200, 200, 240, 300, 300};
  scan.dpi = kDpi[static_cast<std::size_t>(random.below(6))];
  scan.skew = Degrees{random.between(-2.5, 2.5)};
  scan.seed = random.next();
  switch (random.below(6)) {
    case 0: break;
    case 1: scan.softness = 1, scan.noise = random.between(3, 9); break;
    case 2: scan.tone = Tone::Bitonal, scan.softness = 0.6, scan.threshold = 150 + random.below(50); break;
    case 3: scan.softness = 0.8, scan.ink = random.between(0.5, 0.9), scan.paper_level = 235, scan.noise = 4, scan.shadow = 0.15; break;
    case 4: scan.speckle = random.between(0.0005, 0.002), scan.softness = 0.5; break;
    case 5: scan.tone = Tone::Color, scan.softness = 0.7, scan.noise = 3; break;
  }
  return scan;
}

}  // namespace

FormPage form_page(int number, FormSet set) {
  Random random(static_cast<std::uint64_t>(number) * 1000003 + (set == FormSet::HeldOut ? 0xB0B5EED : 0x5EED));
  FormPage page;
  Artist(page, random, set).draw();
  page.scan = some_scan(random);
  page.conditions += ", " + std::to_string(page.scan.dpi) + " dpi";
  return page;
}

}  // namespace chartscan::testing
