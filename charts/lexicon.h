// Known words, and which of them a misread word was: the known one that is one letter away. Private to this room. Built once, then
// read from any thread. Words are folded (charts/fuzzy.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chartscan::charts {

class Lexicon {
 public:
  static constexpr std::size_t kLongWord = 6;  // from this length on a word may have one letter wrong; shorter ones become others

  // Its number, which counts up from 0; words that are known already keep theirs.
  int add(std::string_view folded);
  const std::string& word(int number) const { return words_[static_cast<std::size_t>(number)]; }

  int known(std::string_view folded) const;    // the word itself; -1: not known
  int resembles(std::string_view folded) const;  // itself, or the first word that is one letter away; -1: none

 private:
  int near(std::string_view shorter, std::string_view folded) const;

  std::vector<std::string> words_;
  std::unordered_map<std::string, int> numbers_;
  std::unordered_multimap<std::uint64_t, int> shortened_;  // long words with one letter taken out, by hash
};

}  // namespace chartscan::charts
