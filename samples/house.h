// The clinics and hospitals whose paper is scanned: letterhead, typeface, how they write names, dates and record numbers,
// and where they put the patient on the page. One House = one layout; the texts are the same for all.
#pragma once

#include <string>
#include <string_view>

#include "samples/people.h"
#include "tests/support/paper.h"

namespace chartscan::samples {

using testing::Paper;
using testing::Point;
using testing::Rect;
using testing::Type;

enum class NameStyle { LastFirstCaps, LastFirst, FirstLast };  // DOE, ANN M  /  Doe, Ann Marie  /  Ann M. Doe
enum class DateStyle { Slashes, DayMonthYear, MonthName, Dashes, Iso };
enum class Letterhead { Centered, LeftWithMark, Banner, Typewriter };
enum class PatientBlock { Grid, Line, BarcodeLabel, QrLabel, TwoColumns, FooterStamp };
enum class HeadingStyle { BoldCaps, Underlined, GrayBar, RunIn };

struct House {
  std::string name, street, phone;
  std::string family;  // typeface
  double size = 11;
  double leading = 1.12;  // line distance over the typeface's own
  Letterhead letterhead = Letterhead::Centered;
  PatientBlock block = PatientBlock::Grid;
  HeadingStyle heading = HeadingStyle::BoldCaps;
  NameStyle names = NameStyle::LastFirstCaps;
  DateStyle dates = DateStyle::Slashes;
  std::string mrn_label = "MRN:";
  std::string dob_label = "DOB:";

  Type body() const { return {family, size}; }
};

const House& harbor_ridge();    // medical center: grid
const House& dunmore_valley();  // clinic: one line
const House& st_brendan();      // hospital: adhesive label with Code 128
const House& pinecrest();       // surgeons: stamp at the foot
const House& lakeland();        // imaging: two columns
const House& corbin_county();   // public health: typewriter
const House& westfield();       // laboratory: grid
const House& meridian();        // family practice: label with QR

// What a page says about its patient; empty = not printed.
struct Identity {
  std::string name, dob, mrn, sex, phone, address;
  std::string visit_date;
  std::string attending;
};
Identity identity_of(const Person& person, const House& house, const std::string& visit_date, const std::string& attending);

std::string shown_name(const Person& person, NameStyle style);
std::string shown_date(std::string_view iso, DateStyle style);
std::string plain_date(std::string_view iso);  // 03/14/2024, whatever the house does elsewhere

// Both return the y below what they drew.
double draw_letterhead(Paper& paper, const House& house);
double draw_patient_block(Paper& paper, const House& house, const Identity& identity, double y);
// What the block's barcode says, empty when it has none.
std::string block_barcode(const House& house, const Identity& identity);

constexpr double kMargin = 58;  // points, left and right

}  // namespace chartscan::samples
