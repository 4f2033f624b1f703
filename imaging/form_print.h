// Which pieces of a page are print. Inside this room. An engine's word for it goes far, but engines read legible hands as well and
// misread print; so shapes are asked too: print repeats itself, a hand never draws a letter twice.
#pragma once

#include "imaging/form_ink.h"

namespace chartscan::imaging {

// Sets twin, print and word of the pieces. About 2 ms on a dense page at 200 dpi.
void mark_print(FormInk& form, const Image& working, const PageText& text);

// Of pieces that can tell: log odds that they are print and not a hand's; 0 where the page's shapes do not tell.
struct Letters {
  int all = 0, twins = 0;

  void count(const Piece& piece);
  double print_odds(const FormInk& form) const;
};

}  // namespace chartscan::imaging
