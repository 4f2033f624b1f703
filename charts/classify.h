// What kind of document a page is, from its words and where they stand. Abstains ("unknown") rather than guess.
#pragma once

#include <vector>

#include "core/page.h"

namespace chartscan::charts {

struct PageClass {
  std::vector<TypeGuess> types;  // best first, at most five; front() is "unknown" when the page does not say
  double first_page_cue = 0;     // 0..1: a title, letterhead, patient block or "page 1 of n" at the top
  Field title;                   // the words taken as title, empty value when none
};

inline constexpr int kClassifyVersion = 1;
PageClass classify(const PageText& text, Size working, int dpi);

}  // namespace chartscan::charts
