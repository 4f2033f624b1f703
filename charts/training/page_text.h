// Plain text as the words of a page: what training sees where there is no scan. Pure.
#pragma once

#include <string>
#include <string_view>

#include "charts/classify.h"
#include "charts/training/random.h"

namespace chartscan::charts::training {

struct TextPage {
  PageText text;
  PageLook look;
};

// Lines from the top of a letter page; "# " sets a title, a tab begins the next column, long lines are broken at the margin, what no
// longer fits the page is left out. "[ ]" is a check box and "_____" a place to write: marks, not words.
TextPage lay_out_text(std::string_view text);

// Characters as OCR misreads them, each with the given chance: mostly for others of their shape, some are lost, some words run together.
void add_noise(PageText& text, double rate, Random& random);

}  // namespace chartscan::charts::training
