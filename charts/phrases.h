// A book of known phrases and where they stand on a page, tolerant of OCR errors: confusions everywhere, one more wrong,
// missing or extra letter in long words. Private to this room. Built once; find() may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "charts/layout.h"
#include "charts/lexicon.h"

namespace chartscan::charts {

struct PhraseMatch {
  int phrase = 0;           // number that add() was given
  int first = 0, last = 0;  // tokens [first, last) of the layout
};

class PhraseBook {
 public:
  void add(std::string_view phrase, int number);
  // Every phrase that stands on the page, by place. Phrases do not cross cells, except from the end of a row to the next.
  std::vector<PhraseMatch> find(const Layout& layout) const;

 private:
  struct Phrase {
    std::vector<int> words;
    int number = 0;
  };
  Lexicon words_;
  std::unordered_multimap<int, Phrase> phrases_;  // by first word
};

// Matches that lie inside a longer one are taken out.
std::vector<PhraseMatch> longest_only(std::vector<PhraseMatch> matches);

}  // namespace chartscan::charts
