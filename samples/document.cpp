#include "samples/document.h"

#include "tests/support/marks.h"

namespace chartscan::samples {
namespace {

using testing::Align;

constexpr double kGutter = 22;        // between two columns
constexpr double kFoot = 52;          // kept free for the page number
constexpr double kStampedFoot = 124;  // and for the addressograph stamp

std::vector<std::string> fields_shown(const Identity& shown) {
  std::vector<std::string> fields;
  if (!shown.name.empty()) fields.emplace_back("name");
  if (!shown.dob.empty()) fields.emplace_back("dob");
  if (!shown.mrn.empty()) fields.emplace_back("mrn");
  return fields;
}

}  // namespace

Visit visit(const House& house, const Person& person, const std::string& date, const std::string& attending) {
  return {&house, person, date, attending, true, identity_of(person, house, date, attending)};
}

Visit unsigned_form(Visit visit) {
  visit.is_signed = false;
  return visit;
}

Visit without_mrn(Visit visit) { return with_mrn(std::move(visit), ""); }

Visit with_mrn(Visit visit, const std::string& mrn) {
  visit.shown.mrn = mrn;
  return visit;
}

std::uint64_t hand_of(const std::string& person) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a: the same everywhere, unlike std::hash
  for (const unsigned char letter : person) hash = (hash ^ letter) * 0x100000001b3u;
  return hash;
}

Flow::Flow(const Visit& visit, std::string type, const std::string& title, int columns)
    : visit_(visit), document_{std::move(type), visit, {}, {}}, title_(title), columns_(columns) {
  first_sheet(title);
}

double Flow::width() const {
  const double all = document_.sheets.back()->paper.size().width - 2 * kMargin;
  return columns_ == 1 ? all : (all - kGutter * (columns_ - 1)) / columns_;
}

double Flow::left() const { return kMargin + column_ * (width() + kGutter); }

double Flow::bottom() const {
  const bool stamped = visit_.house->block == PatientBlock::FooterStamp && document_.sheets.size() == 1;
  return document_.sheets.back()->paper.size().height - (stamped ? kStampedFoot : kFoot);
}

void Flow::first_sheet(const std::string& title) {
  document_.sheets.push_back(std::make_shared<Sheet>());
  Sheet& sheet = *document_.sheets.back();
  sheet.printed = fields_shown(visit_.shown);
  const House& house = *visit_.house;
  double y = draw_letterhead(sheet.paper, house);
  if (house.block != PatientBlock::FooterStamp) y = draw_patient_block(sheet.paper, house, visit_.shown, y);
  if (const auto code = block_barcode(house, visit_.shown); !code.empty()) sheet.barcodes.push_back(code);
  if (!title.empty()) {
    const Type type = body().bolder().sized(14);
    y = sheet.paper.text({sheet.paper.size().width / 2, y + 2}, title, type, Align::Center) + 8;
  }
  top_ = y_ = y;
}

// A second sheet says whose it is in one line, as most systems print it.
void Flow::next_sheet() {
  document_.sheets.push_back(std::make_shared<Sheet>());
  Sheet& sheet = *document_.sheets.back();
  const Type type = body().sized(9);
  const Identity& id = visit_.shown;
  const House& house = *visit_.house;
  std::vector<testing::Cell> cells{{kMargin, 0, id.name}};
  if (!id.mrn.empty()) cells.push_back({kMargin + 190, 0, house.mrn_label + " " + id.mrn});
  if (!id.dob.empty()) cells.push_back({kMargin + 340, 0, house.dob_label + " " + id.dob});
  const double y = sheet.paper.row(40, cells, type.bolder());
  sheet.paper.text({kMargin, y}, title_ + " (continued)", type);
  sheet.paper.line({kMargin, y + 14}, {sheet.paper.size().width - kMargin, y + 14}, 0.6);
  sheet.printed = fields_shown(id);
  column_ = 0;
  top_ = y_ = y + 26;
}

void Flow::need(double points) {
  if (y_ + points <= bottom()) return;
  if (column_ + 1 < columns_) {
    ++column_;
    y_ = top_;
  } else {
    next_sheet();
  }
}

void Flow::heading(const std::string& text) {
  const Type type = body().bolder();
  need(3.2 * type.size);
  y_ += 4;
  switch (visit_.house->heading) {
    case HeadingStyle::GrayBar:
      paper().fill({left(), y_, width(), type.size + 6}, {0.84, 0.84, 0.84});
      y_ = paper().text({left() + 4, y_ + 1.5}, text, type) + 4;
      break;
    case HeadingStyle::Underlined: {
      const double below = paper().text({left(), y_}, text, type);
      paper().line({left(), below}, {left() + paper().text_width(text, type), below}, 0.7);
      y_ = below + 3;
      break;
    }
    default: y_ = paper().text({left(), y_}, text, type) + 1;
  }
}

void Flow::section(const std::string& heading_text, const std::string& text) {
  if (visit_.house->heading == HeadingStyle::RunIn) {
    y_ += 3;
    paragraph(heading_text + ": " + text);
  } else {
    heading(heading_text);
    paragraph(text);
  }
}

void Flow::paragraph(const std::string& text, double indent) {
  const Type type = body();
  const auto first = paper().wrapped(text, width() - indent, type);
  for (const auto& line : first) {
    need(type.size * 1.15 * visit_.house->leading);
    y_ = paper().text({left() + indent, y_}, line, type);
    y_ += type.size * (visit_.house->leading - 1);
  }
  y_ += 4;
}

void Flow::signature(const std::string& caption, std::uint64_t hand, const std::string& date) {
  need(52);
  y_ += 34;
  const double line = std::min(250.0, width() * 0.58);
  paper().line({left(), y_}, {left() + line, y_}, 0.8);
  paper().line({left() + line + 20, y_}, {left() + width(), y_}, 0.8);
  if (visit_.is_signed) {
    testing::sign(paper(), {left() + 12, y_ - 3}, line * 0.72, hand, testing::kBlueInk);
    if (!date.empty())
      paper().text({left() + line + 30, y_ - 15}, date, Type{"DejaVu Sans", 10.5, false, true, testing::kBlueInk});
  }
  y_ = paper().row(y_ + 2, {{left(), 0, caption}, {left() + line + 20, 0, "Date"}}, body().sized(8.5)) + 4;
}

SampleDocument Flow::finish(std::vector<std::string> terms, bool page_numbers) {
  if (visit_.house->block == PatientBlock::FooterStamp) {  // stands last in reading order
    draw_patient_block(document_.sheets.front()->paper, *visit_.house, visit_.shown, 0);
  }
  const auto count = document_.sheets.size();
  for (std::size_t i = 0; page_numbers && i < count; ++i) {
    Paper& paper = document_.sheets[i]->paper;
    const std::string text = "Page " + std::to_string(i + 1) + " of " + std::to_string(count);
    paper.text({paper.size().width / 2, paper.size().height - 36}, text, body().sized(8.5), Align::Center);
  }
  document_.terms = std::move(terms);
  return std::move(document_);
}

}  // namespace chartscan::samples
