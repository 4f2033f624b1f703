// Comparing what was read with what was meant: OCR confusions cost less than other errors. Private to this room.
#pragma once

#include <string>
#include <string_view>

namespace chartscan::charts {

// Lower case letters and digits only, accents dropped, with characters that OCR confuses made equal (0/o, 1/i/l, 5/s, 8/b,
// rn/m, vv/w). For finding known words; two different words can fold alike, so never for identifiers.
std::string fold(std::string_view text);

// Upper case letters and digits only, accents dropped.
std::string letters_and_digits(std::string_view text);
std::string letters(std::string_view text);

// True when OCR is known to take one for the other: O/0, I/l/1, S/5, B/8, Z/2, G/6, 3/8, 1/7, 5/6 ...
bool confusable(char a, char b);

// Damerau-Levenshtein distance of upper case text in which a confusable pair (also RN/M, VV/W, CL/D) costs 0.4.
double ocr_distance(std::string_view a, std::string_view b);
// The same without discounts.
int edit_distance(std::string_view a, std::string_view b);

// Four-character Soundex of a name ("" for none); spelling and most OCR slips after the first letter keep it.
std::string soundex(std::string_view name);

}  // namespace chartscan::charts
