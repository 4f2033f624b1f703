#include "charts/lexicon.h"

#include <functional>

#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

std::string without(std::string_view word, std::size_t at) { return std::string(word.substr(0, at)).append(word.substr(at + 1)); }

std::uint64_t hash_of(std::string_view word) { return std::hash<std::string_view>{}(word); }

}  // namespace

int Lexicon::add(std::string_view folded) {
  const auto [place, fresh] = numbers_.try_emplace(std::string(folded), static_cast<int>(words_.size()));
  if (!fresh) return place->second;
  words_.emplace_back(folded);
  if (folded.size() >= kLongWord)
    for (std::size_t i = 0; i < folded.size(); ++i) shortened_.emplace(hash_of(without(folded, i)), place->second);
  return place->second;
}

int Lexicon::known(std::string_view folded) const {
  const auto found = numbers_.find(std::string(folded));
  return found == numbers_.end() ? -1 : found->second;
}

int Lexicon::near(std::string_view shorter, std::string_view folded) const {
  int best = -1;
  const auto [from, to] = shortened_.equal_range(hash_of(shorter));
  for (auto it = from; it != to; ++it)
    if ((best < 0 || it->second < best) && edit_distance(folded, word(it->second)) <= 1) best = it->second;
  return best;
}

int Lexicon::resembles(std::string_view folded) const {
  if (const int number = known(folded); number >= 0) return number;
  if (folded.size() + 1 < kLongWord) return -1;
  if (const int number = near(folded, folded); number >= 0) return number;  // a letter is missing
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const std::string shorter = without(folded, i);
    if (const int number = known(shorter); number >= 0 && shorter.size() >= kLongWord) return number;  // one too many
    if (const int number = near(shorter, folded); number >= 0) return number;                          // one is wrong
  }
  return -1;
}

}  // namespace chartscan::charts
