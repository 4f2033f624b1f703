#include "samples/house.h"

#include <array>
#include <cctype>

#include "tests/support/marks.h"

namespace chartscan::samples {
namespace {

using testing::Align;
using testing::Color;

std::string capitals(std::string text) {
  for (auto& letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

double right_edge(const Paper& paper) { return paper.size().width - kMargin; }

void rule(Paper& paper, double y, double thickness = 0.8) { paper.line({kMargin, y}, {right_edge(paper), y}, thickness); }

std::string labelled(const std::string& label, const std::string& value) { return value.empty() ? "" : label + " " + value; }

double draw_grid(Paper& paper, const House& house, const Identity& id, double y) {
  const double width = right_edge(paper) - kMargin, row = 25;
  const Type label{house.family, 7}, value = Type{house.family, 10.5}.bolder();
  struct Field {
    std::string label, value;
    double share;
  };
  const std::array<std::array<Field, 3>, 2> rows{
      {{{{"PATIENT NAME", id.name, 0.5}, {house.mrn_label, id.mrn, 0.25}, {"SEX", id.sex, 0.25}}},
       {{{"ATTENDING", id.attending, 0.5}, {house.dob_label, id.dob, 0.25}, {"DATE OF SERVICE", id.visit_date, 0.25}}}}};
  for (const auto& fields : rows) {
    double x = kMargin;
    std::vector<testing::Cell> labels, values;
    for (const auto& field : fields) {
      paper.box({x, y, width * field.share, row}, 0.7);
      labels.push_back({x + 3, 0, field.label});
      values.push_back({x + 6, 0, field.value});
      x += width * field.share;
    }
    paper.row(y + 1.5, labels, label);
    paper.row(y + 10, values, value);
    y += row;
  }
  return y + 10;
}

double draw_line(Paper& paper, const House& house, const Identity& id, double y) {
  const Type type{house.family, 10};
  std::vector<testing::Cell> cells{{kMargin, 0, labelled("Patient:", id.name)},
                                   {kMargin + 200, 0, labelled(house.dob_label, id.dob)},
                                   {kMargin + 358, 0, labelled(house.mrn_label, id.mrn)}};
  y = paper.row(y, cells, type.bolder()) + 2;
  y = paper.row(y,
                {{kMargin, 0, labelled("Visit date:", id.visit_date)}, {kMargin + 200, 0, labelled("Provider:", id.attending)}},
                type) +
      4;
  rule(paper, y);
  return y + 10;
}

double draw_two_columns(Paper& paper, const House& house, const Identity& id, double y) {
  const Type type{house.family, 10};
  const double second = kMargin + 268, value = 88;
  const auto pair = [&](const char* left, const std::string& left_value, const std::string& right,
                        const std::string& right_value) {
    y = paper.row(y, {{kMargin, 0, left}, {kMargin + value, 0, left_value}, {second, 0, right}, {second + value, 0, right_value}},
                  type) +
        2;
  };
  rule(paper, y - 4, 1.2);
  pair("Patient Name:", id.name, house.mrn_label, id.mrn);
  pair("Referring:", id.attending, house.dob_label, id.dob);
  pair("Exam Date:", id.visit_date, "Sex:", id.sex);
  rule(paper, y + 2, 1.2);
  return y + 12;
}

// An adhesive label: it never sits quite square in its box and has its own typeface.
double draw_label(Paper& paper, const House& house, const Identity& id, double y, bool qr) {
  const double width = qr ? 240 : 214, height = qr ? 74 : 88, x = right_edge(paper) - width;
  paper.box({x, y, width, height}, 0.5, {0.35, 0.35, 0.35});
  const Type type{"Liberation Sans", 9};
  double at = y + 4;
  at = paper.text({x + 6, at}, id.name, type.bolder().sized(10.5));
  at = paper.text({x + 6, at}, labelled(house.dob_label, id.dob) + "  " + id.sex, type);
  at = paper.text({x + 6, at}, labelled(house.mrn_label, id.mrn), type);
  at = paper.text({x + 6, at}, labelled("Adm:", id.visit_date), type);
  if (qr) at = paper.text({x + 6, at}, id.attending, type.sized(8));
  const std::string payload = block_barcode(house, id);
  if (qr) {
    testing::draw_qr(paper, {x + width - 66, y + 6}, 58, payload);
  } else {
    testing::draw_code128(paper, {x + 18, at + 2, width - 36, 26}, payload);
  }
  return y + height + 10;
}

double draw_stamp(Paper& paper, const House& house, const Identity& id) {
  const double height = 62, y = paper.size().height - height - 46, width = 236;
  paper.box({kMargin, y, width, height}, 1.1);
  const Type type{"Liberation Mono", 9.5};
  double at = y + 4;
  at = paper.text({kMargin + 8, at}, labelled(house.mrn_label, id.mrn), type);
  at = paper.text({kMargin + 8, at}, id.name, type.bolder());
  at = paper.text({kMargin + 8, at}, labelled(house.dob_label, id.dob) + "  " + id.sex, type);
  at = paper.text({kMargin + 8, at}, labelled("DATE:", id.visit_date), type);
  paper.text({kMargin + 8, at}, "ADDRESSOGRAPH", Type{"Liberation Sans", 5.5});
  return y;
}

}  // namespace

const House& harbor_ridge() {
  static const House house{.name = "HARBOR RIDGE MEDICAL CENTER",
                           .street = "1200 Harbor Ridge Boulevard, Scranton, PA 18501",
                           .phone = "Tel (570) 555-0100",
                           .family = "Liberation Serif",
                           .size = 11.5,
                           .leading = 1.55,
                           .letterhead = Letterhead::Centered,
                           .block = PatientBlock::Grid,
                           .heading = HeadingStyle::BoldCaps,
                           .names = NameStyle::LastFirstCaps,
                           .dates = DateStyle::Slashes,
                           .mrn_label = "MRN",
                           .dob_label = "DATE OF BIRTH"};
  return house;
}

const House& dunmore_valley() {
  static const House house{.name = "Dunmore Valley Clinic",
                           .street = "45 Blakely Street, Dunmore, PA 18512",
                           .phone = "Phone 570-555-0160  Fax 570-555-0161",
                           .family = "Liberation Sans",
                           .size = 10.5,
                           .leading = 1.2,
                           .letterhead = Letterhead::LeftWithMark,
                           .block = PatientBlock::Line,
                           .heading = HeadingStyle::Underlined,
                           .names = NameStyle::FirstLast,
                           .dates = DateStyle::MonthName,
                           .mrn_label = "Chart #:"};
  return house;
}

const House& st_brendan() {
  static const House house{.name = "St. Brendan's Hospital",
                           .street = "700 Cathedral Hill, Carbondale, PA 18407",
                           .phone = "(570) 555-0120",
                           .family = "Liberation Sans",
                           .size = 11,
                           .leading = 1.6,
                           .letterhead = Letterhead::LeftWithMark,
                           .block = PatientBlock::BarcodeLabel,
                           .heading = HeadingStyle::BoldCaps,
                           .names = NameStyle::LastFirstCaps,
                           .dates = DateStyle::DayMonthYear,
                           .mrn_label = "MR#:",
                           .dob_label = "DOB:"};
  return house;
}

const House& pinecrest() {
  static const House house{.name = "Pinecrest Surgical Associates",
                           .street = "Suite 310, 88 Physicians Plaza, Clarks Summit, PA 18411",
                           .phone = "570-555-0133",
                           .family = "DejaVu Serif",
                           .size = 10,
                           .letterhead = Letterhead::Centered,
                           .block = PatientBlock::FooterStamp,
                           .heading = HeadingStyle::RunIn,
                           .names = NameStyle::LastFirst,
                           .dates = DateStyle::Dashes,
                           .mrn_label = "Unit No:",
                           .dob_label = "Birthdate:"};
  return house;
}

const House& lakeland() {
  static const House house{.name = "LAKELAND DIAGNOSTIC IMAGING",
                           .street = "2 Shoreline Drive, Tunkhannock, PA 18657",
                           .phone = "570-555-0188",
                           .family = "Liberation Sans",
                           .size = 11,
                           .leading = 1.45,
                           .letterhead = Letterhead::Banner,
                           .block = PatientBlock::TwoColumns,
                           .heading = HeadingStyle::BoldCaps,
                           .names = NameStyle::LastFirst,
                           .dates = DateStyle::Slashes,
                           .mrn_label = "MRN:",
                           .dob_label = "Date of Birth:"};
  return house;
}

const House& corbin_county() {
  static const House house{.name = "CORBIN COUNTY HEALTH DEPARTMENT",
                           .street = "COURTHOUSE ANNEX, ROOM 12, HONESDALE PA",
                           .phone = "TELEPHONE 570 555 0147",
                           .family = "Liberation Mono",
                           .size = 10,
                           .letterhead = Letterhead::Typewriter,
                           .block = PatientBlock::Line,
                           .heading = HeadingStyle::Underlined,
                           .names = NameStyle::LastFirstCaps,
                           .dates = DateStyle::Dashes,
                           .mrn_label = "REC NO",
                           .dob_label = "DOB"};
  return house;
}

const House& westfield() {
  static const House house{.name = "Westfield Regional Laboratory",
                           .street = "CLIA 39D0000000   16 Industrial Park Road, Archbald, PA 18403",
                           .phone = "Client services 570-555-0190",
                           .family = "DejaVu Sans",
                           .size = 9.5,
                           .letterhead = Letterhead::Banner,
                           .block = PatientBlock::Grid,
                           .heading = HeadingStyle::GrayBar,
                           .names = NameStyle::LastFirstCaps,
                           .dates = DateStyle::Iso,
                           .mrn_label = "Medical Record No.",
                           .dob_label = "Date of birth"};
  return house;
}

const House& meridian() {
  static const House house{.name = "Meridian Family Practice",
                           .street = "514 Meridian Avenue, Olyphant, PA 18447",
                           .phone = "Tel. 570-555-0176",
                           .family = "Liberation Serif",
                           .size = 12,
                           .letterhead = Letterhead::LeftWithMark,
                           .block = PatientBlock::QrLabel,
                           .heading = HeadingStyle::GrayBar,
                           .names = NameStyle::LastFirst,
                           .dates = DateStyle::Slashes,
                           .mrn_label = "MRN:"};
  return house;
}

std::string shown_name(const Person& person, NameStyle style) {
  const auto space = person.family.find(' ');
  const std::string suffix = space == std::string::npos ? "" : person.family.substr(space);
  const std::string family = person.family.substr(0, space);
  const std::string initial = person.middle.empty() ? "" : " " + person.middle.substr(0, 1);
  switch (style) {
    case NameStyle::LastFirstCaps: return capitals(family + suffix + ", " + person.given + initial);
    case NameStyle::LastFirst: return family + suffix + ", " + person.given + (person.middle.empty() ? "" : " " + person.middle);
    case NameStyle::FirstLast:
      return person.given + initial + (initial.empty() ? " " : ". ") + family + suffix +
             (suffix.empty() || suffix == " III" ? "" : ".");
  }
  return {};
}

std::string shown_date(std::string_view iso, DateStyle style) {
  if (iso.empty()) return {};
  static constexpr std::array<const char*, 12> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                                       "July",    "August",   "September", "October", "November", "December"};
  const std::string year(iso.substr(0, 4)), month(iso.substr(5, 2)), day(iso.substr(8, 2));
  const std::string month_name = kMonths[std::stoi(month) - 1];
  switch (style) {
    case DateStyle::Slashes: return month + "/" + day + "/" + year;
    case DateStyle::Dashes: return month + "-" + day + "-" + year;
    case DateStyle::DayMonthYear: return day + "-" + month_name.substr(0, 3) + "-" + year;
    case DateStyle::MonthName: return month_name + " " + std::to_string(std::stoi(day)) + ", " + year;
    case DateStyle::Iso: return std::string(iso);
  }
  return {};
}

std::string plain_date(std::string_view iso) { return shown_date(iso, DateStyle::Slashes); }

Identity identity_of(const Person& person, const House& house, const std::string& visit_date, const std::string& attending) {
  return {.name = shown_name(person, house.names),
          .dob = shown_date(person.dob, house.dates),
          .mrn = person.mrn,
          .sex = house.names == NameStyle::FirstLast ? (person.sex == "F" ? "Female" : "Male") : person.sex,
          .phone = person.phone,
          .address = person.address + ", " + person.city + ", " + person.state + " " + person.zip,
          .visit_date = shown_date(visit_date, house.dates),
          .attending = attending};
}

double draw_letterhead(Paper& paper, const House& house) {
  const Type small{house.family, 8.5}, large = Type{house.family, 16}.bolder();
  const double middle = paper.size().width / 2;
  double y = 36;
  switch (house.letterhead) {
    case Letterhead::Centered:
      y = paper.text({middle, y}, house.name, large, Align::Center);
      y = paper.text({middle, y}, house.street + "  -  " + house.phone, small, Align::Center) + 3;
      rule(paper, y, 1.4);
      rule(paper, y + 2.5, 0.5);
      return y + 14;
    case Letterhead::LeftWithMark: {
      // The mark: a cross in a ring, as on a thousand clinics' paper.
      paper.dot({kMargin + 17, y + 19}, 17, {0.1, 0.3, 0.45});
      paper.fill({kMargin + 13.5, y + 7, 7, 24}, testing::kWhite);
      paper.fill({kMargin + 5, y + 15.5, 24, 7}, testing::kWhite);
      y = paper.text({kMargin + 44, y}, house.name, large.colored({0.1, 0.3, 0.45}));
      y = paper.text({kMargin + 44, y}, house.street, small);
      return paper.text({kMargin + 44, y}, house.phone, small) + 10;
    }
    case Letterhead::Banner:
      paper.fill({kMargin, y, right_edge(paper) - kMargin, 25}, {0.12, 0.12, 0.16});
      paper.text({kMargin + 10, y + 3}, house.name, large.sized(15).colored(testing::kWhite));
      y = paper.row(y + 28, {{kMargin, 0, house.street}, {right_edge(paper) - 170, 170, house.phone, Align::Right}}, small);
      return y + 10;
    case Letterhead::Typewriter:
      y = paper.text({middle, y}, house.name, Type{house.family, 12}.bolder(), Align::Center);
      y = paper.text({middle, y}, house.street, small, Align::Center);
      return paper.text({middle, y}, house.phone, small, Align::Center) + 12;
  }
  return y;
}

double draw_patient_block(Paper& paper, const House& house, const Identity& id, double y) {
  switch (house.block) {
    case PatientBlock::Grid: return draw_grid(paper, house, id, y);
    case PatientBlock::Line: return draw_line(paper, house, id, y);
    case PatientBlock::TwoColumns: return draw_two_columns(paper, house, id, y);
    case PatientBlock::BarcodeLabel: draw_label(paper, house, id, 34, false); return std::max(y, 134.0);
    case PatientBlock::QrLabel: draw_label(paper, house, id, 34, true); return std::max(y, 122.0);
    case PatientBlock::FooterStamp: draw_stamp(paper, house, id); return y;
  }
  return y;
}

std::string block_barcode(const House& house, const Identity& id) {
  if (house.block == PatientBlock::BarcodeLabel) return id.mrn;
  if (house.block == PatientBlock::QrLabel) return "MRN=" + id.mrn + ";NAME=" + id.name + ";DOB=" + id.dob;
  return {};
}

}  // namespace chartscan::samples
