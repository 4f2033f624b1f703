// A page's words as the eye groups them: rows across the page, cells parted by wide gaps, tokens without punctuation.
// OCR lines end at column borders; a label and its value often stand in two of them, so rows are made from the boxes.
// Private to this room. Values refer to the PageText given, which must outlive them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/page.h"

namespace chartscan::charts {

// A piece of a word between punctuation marks.
struct Token {
  std::string text;    // as printed, without the punctuation around it
  std::string folded;  // see fold() in charts/fuzzy.h
  Box box;
  double confidence = 0;
  int row = 0, cell = 0;       // numbers of the row and of the cell (cells count through the page)
  std::string before, after;  // punctuation touching it: "(", ":" , "," ...
  bool joined = false;         // no blank between the token before and this one
};

struct Cell {
  int first = 0, last = 0;  // tokens [first, last)
  int row = 0;
  Box box;
};

struct Layout {
  std::vector<Token> tokens;  // row by row, left to right
  std::vector<Cell> cells;
  int rows = 0;
  int median_height = 0;  // of the words, px
  Box content;            // around all words
};

Layout lay_out(const PageText& text);

// The tokens [first, last) as printed, blanks between, punctuation inside kept.
std::string printed(const Layout& layout, int first, int last);
Box box_of(const Layout& layout, int first, int last);
double confidence_of(const Layout& layout, int first, int last);  // mean

bool has_letter(std::string_view text);
bool has_digit(std::string_view text);
bool is_upper(std::string_view text);  // at least one letter, none of them lower case

}  // namespace chartscan::charts
