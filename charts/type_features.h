// What the type model looks at on a page besides the hand-written cues: words and pairs of words, words in the title zone,
// headings, and how the page is laid out. Training and classification make them by the same function. Private to this room; pure.
#pragma once

#include <string>
#include <vector>

#include "charts/classify.h"
#include "charts/layout.h"

namespace chartscan::charts {

struct PageFeature {
  std::string key;          // "w:hospital", "p:hospital course", "t:...", "h:hospital course", "l:table 3"; words are folded
  int first = -1, last = -1;  // where it stands first, tokens; -1 = it is about the whole page
};

// Each key once, in an order that depends on the page alone.
std::vector<PageFeature> page_features(const Layout& layout, const PageLook& look);

// Keys of one kind share their kind's weight on the page: 1/sqrt(n) of n. The kind is the key's first letter.
double kind_scale(char kind);

}  // namespace chartscan::charts
