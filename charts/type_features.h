// What the type model looks at on a page: words and pairs of words, words in the title zone, headings, each hand-written cue by itself,
// and how the page is laid out. Training and classification make them by the same function. Private to this room; pure.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "charts/classify.h"
#include "charts/layout.h"
#include "charts/lexicon.h"
#include "charts/type_cues.h"

namespace chartscan::charts {

struct PageFeature {
  std::string key;          // "w:hospital", "p:hospital course", "t:...", "h:hospital course", "c:..." a cue, "l:table 3"; words are folded
  int first = -1, last = -1;  // where it stands first, tokens; -1 = it is about the whole page
};

// Each key once, in an order that depends on the page alone.
std::vector<PageFeature> page_features(const Layout& layout, const PageLook& look, const std::vector<FoundCue>& cues);

// How the page's text opens, whatever its title: its first words ("o:word"), headings among its first rows ("q:words"), and whether its
// first sentence goes on with one from the page before ("o:~").
std::vector<PageFeature> opening_features(const Layout& layout);

// The features a model knows, and which of them a page has. A key that nobody knows may be a known one with a letter misread.
class KnownFeatures {
 public:
  KnownFeatures() = default;
  explicit KnownFeatures(const std::vector<std::string>& keys);  // sorted; features are numbered by their place here

  struct Active {
    int number = 0;
    const PageFeature* feature = nullptr;  // of those given; where it stands on the page
    double value = 0;                      // keys of one kind share their kind's weight on the page; few of a kind do not have it all
  };
  struct Found {
    std::vector<Active> active;  // each number once
    int words = 0, strange = 0;  // single words, and those of them that are nothing known
  };
  Found find(const std::vector<PageFeature>& features) const;

 private:
  int number_of(const std::string& key) const;  // -1: unknown
  std::string repaired(const std::string& key) const;

  std::unordered_map<std::string, int> numbers_;
  Lexicon words_;
};

}  // namespace chartscan::charts
