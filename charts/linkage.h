// Fellegi and Sunter's record linkage: how much each level of agreement speaks for two records being of one person, in bits,
// log2(m / u), m its share among pairs of one person, u among pairs of two (JASA 64, 1969; names weighed by their frequency as in
// Winkler 1989). m is learnt by expectation maximisation from pairs that nobody labelled; u from pairs drawn at random. What is
// missing says nothing. Pure and deterministic: the same pairs give the same weights.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "charts/comparison.h"
#include "core/result.h"

namespace chartscan::charts {

struct LevelShares {
  std::array<double, kMostLevels> m{}, u{};
};

class Weights {
 public:
  double bits(Part part, int level) const;  // 0 where missing
  double bits(const Levels& levels) const;  // the sum
  // The same for a family or given name that agrees: a rare one says more. `name` upper case.
  double name_bits(Part part, int level, std::string_view name) const;

  std::array<LevelShares, kParts> parts{};
  std::map<std::string, double, std::less<>> family_share, given_share;  // of people who bear the name; rare ones are left out
  double prior = 0;  // share of compared pairs that are of one person, as EM found it
};

// As text: "part,level,m,u" and "family name,NAME,share" a line, '#' begins a comment. What the shipped data file and an
// archive's own row look like.
std::string to_text(const Weights& weights);
Result<Weights> parse_weights(std::string_view text);

// Of charts/linkage/: for a page against the register, and for two records of a register.
const Weights& page_weights();
const Weights& register_weights();

// A comparison and how often it was seen.
struct Seen {
  Levels levels;
  double count = 0;
};

// u from pairs drawn at random (nearly all of two persons), smoothed so that what was never seen stays possible.
void learn_u(std::span<const Seen> random_pairs, Weights& weights);
// m and the prior from pairs of which some are of one person; u stays. `weights` is where it starts from. Parts that chose the
// pairs (a common birth date) tell nothing about how often they agree: `chosen_by` names them, they are left as they are.
void learn_m(std::span<const Seen> pairs, const std::vector<Part>& chosen_by, Weights& weights);

// Where EM starts: most of one person's values agree.
Weights first_guess();

// Counts equal comparisons once.
class Comparisons {
 public:
  void add(const Levels& levels) { ++counts_[levels]; }
  std::vector<Seen> all() const;

 private:
  std::map<Levels, double> counts_;
};

}  // namespace chartscan::charts
