// What a page says about its place in a document: its number, whether it could be read, whom it names, and whether it goes
// on where another page ended. Shared by boundaries and linking; private to this room; pure.
#pragma once

#include <span>
#include <vector>

#include "core/page.h"

namespace chartscan::charts {

inline constexpr double kClearTitle = 0.55;  // first-page cue of a page with a title
inline constexpr double kSomeCue = 0.3;
inline constexpr double kSureType = 0.7;

// "Page 2 of 3"; 0 = not printed or not read.
struct PageNumber {
  int number = 0, total = 0;
  bool completes_run() const { return total > 0 && number >= total; }
};
PageNumber page_number(const Page& page);

bool in_same_run(const PageNumber& a, const PageNumber& b);     // totals do not speak against it
bool is_next(const PageNumber& before, const PageNumber& now);  // "2 of 3" after "1 of 3"

// Enough text, read surely, the right way up: a page whose silence about the patient means something.
bool is_well_read(const Page& page);

bool identifies(FieldKind kind);     // speaks for or against a patient
bool is_bare_number(const Field& field);  // a barcode's number that may be a form's or specimen's, or one behind a guessed label
// The identifying fields that count; bare numbers left out.
std::vector<Field> identifiers(const Page& page);
bool names_patient(std::span<const Field> fields);  // an MRN, name or birth date among them

// The page's own type when it is at least so sure, or null.
const TypeGuess* sure_type(const Page& page, double confidence);
bool types_differ(const Page& a, const Page& b, double confidence);

// Another patient: an MRN that no misreading explains, or an MRN one character off with another name or birth date beside
// it (twins get neighbouring numbers), or name and birth date both of another.
bool is_another_person(const Page& before, const Page& page);
// The same MRN; or without one on both, the same name or birth date; and no contradiction.
bool is_same_person(const Page& before, const Page& page);

// Both name a facility, and no word of the one stands in the other's name, not even misread.
bool facilities_differ(const Page& a, const Page& b);

// Is there proof that `page` goes on where `before` ended, apart from whom it names? Its number says so; or it is well read,
// brings no title and no other type, and the numbers before it were not complete.
bool goes_on(const Page& before, const Page& page);

}  // namespace chartscan::charts
