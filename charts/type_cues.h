// The hand-written evidence of charts/types/*.toml on a page: titles where they look like titles, cues and counter-cues of
// the body. A part of what the type model weighs (charts/type_model.h). Private to this room; pure.
#pragma once

#include <vector>

#include "charts/layout.h"

namespace chartscan::charts {

struct FoundTitle {
  int first = 0, last = 0;  // tokens
  std::size_t type = 0;     // number in document_types()
  double weight = 0;        // as in the type's file
  double strength = 0;      // 0..1: how much it looks like the title of its page and not like words of a sentence
};

struct FoundCue {
  int first = 0, last = 0;
  std::size_t type = 0;
  double weight = 0;  // negative for counter-cues
};

struct CueEvidence {
  std::vector<FoundTitle> titles;  // in reading order
  std::vector<FoundCue> cues;
  std::vector<double> title, body;  // by type: the best title's weight times strength; the sum of the cues
};

CueEvidence find_cues(const Layout& layout, Size working);

// The tokens open a cell or a sentence, and a colon follows or they are all there is in their cell.
bool is_heading(const Layout& layout, int first, int last);

}  // namespace chartscan::charts
