// What a pen does on a paper: writing in many hands, signatures of many shapes, marks in check boxes, stamps. The same seed is
// the same hand. Every function returns the rectangle its ink takes, in points, roughly.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/support/paper.h"
#include "tests/support/random.h"

namespace chartscan::testing {

// How somebody writes.
struct Hand {
  double x_height = 7;   // points
  double slant = 0.2;    // to the right, per unit of height
  double spread = 1;     // width of letters
  double wobble = 0.06;  // how far strokes miss, in heights of an x
  double pen = 1.1;      // points
  bool joined = true;    // letters hang together
  Color ink = kBlueInk;
  std::uint64_t seed = 1;
};
Hand some_hand(Random& random, double x_height);

// Letters, digits and / - . , by hand on a baseline from `left` on. Others leave a gap.
Rect write_by_hand(Paper& paper, Point left, std::string_view text, const Hand& hand);

// Signatures that stand on a line from `left` on. Those from kHeldOutStyles on are kept out of tuning.
enum class SignatureStyle { Plain, Name, Loops, Short, Flat, Sweeping, Angular, Initialled };
inline constexpr int kSignatureStyles = 8, kHeldOutStyles = 6;
Rect sign_in_style(Paper& paper, Point left, double width, SignatureStyle style, const Hand& hand);

// What is put into a box to fill it. Scribble is a box filled and crossed out again: nobody knows.
enum class BoxMark { None, Tick, Cross, Fill, Dot, Slash, Circled, Scribble };
void mark_box(Paper& paper, const Rect& box, BoxMark mark, const Hand& hand);

// A rubber stamp: a word, perhaps a date, round or framed, turned by some degrees. Its words are part of the picture.
enum class StampShape { Framed, Round, Bare };
Rect stamp(Paper& paper, Point center, StampShape shape, std::string_view word, std::string_view date, double degrees, Color ink, Random& random);

}  // namespace chartscan::testing
