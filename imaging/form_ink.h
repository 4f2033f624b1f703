// The ink of a page as a form reader wants it: ruled lines apart from strokes, strokes as connected pieces. Inside this room.
// Made once a page, in about 10 ms at 200 dpi, print told from pen (form_print.h) included; pure.
#pragma once

#include <cstdint>
#include <vector>

#include "core/page.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// Whether another piece of the page has the very same shape, as letters of print do. Unknown: too small or too plain to tell.
enum class Twin : std::uint8_t { Unknown, None, Found };

// Ink that hangs together, 8-connected, once rules are taken out.
struct Piece {
  Box box;
  int ink = 0;         // pixels
  int edge = 0;        // pixels of ink with paper to the left or right, or above or below: about twice the length of a stroke
  bool print = false;  // stands in a word that was surely read
  Twin twin = Twin::Unknown;
  std::uint16_t word = 0;  // number of that word, from 1; 0 = none

  double stroke_width() const { return edge > 0 ? 2.0 * ink / edge : 0; }  // pixels; of pen strokes, not of blots
};

struct FormInk {
  double dpi = 200;
  Image ink;                  // 255 on 0: all of it
  Image strokes;              // without rules and uprights; what crosses them is whole
  std::vector<Box> rules;     // ruled lines along, from kShortestRule on, by their top
  std::vector<Box> uprights;  // ruled lines down, borders of cells
  std::vector<Piece> pieces;  // of `strokes`, specks left out
  int print_height = 0;       // pixels: half of the pieces of print are lower
  double repeats = 0;         // share of letters of print that have a twin; 0 where too little print stands there to tell
  bool too_much = false;      // of pieces: noise or a picture; `pieces` is empty then

  int px(double inches) const;  // at least 1
};

inline constexpr double kShortestRule = 0.45;  // inch; unbroken, it is no row of letters
inline constexpr double kShortestUpright = 0.22;
inline constexpr double kThickestPen = 0.045;  // stroke; bars, blots and shadows of pictures are thicker

// Words read this surely are print, not pen: two letters or more.
inline constexpr double kSurePrint = 0.75;
bool is_sure_print(const Word& word);

FormInk form_ink_of(const Image& working, const PageText& text);

// Ink that hangs together; what is smaller than `smallest` pixels both ways is left out.
std::vector<Piece> pieces_of(const Image& ink, int smallest);

// Share of a box that is ink.
double ink_share(const Image& ink, const Box& box);
int ink_in(const Image& ink, const Box& box);
Box clipped(const Box& box, const Image& to);
Box grown(const Box& box, int by);
bool overlap(const Box& a, const Box& b);
bool holds(const Box& box, int x, int y);

}  // namespace chartscan::imaging
