#include "charts/phrases.h"

#include <algorithm>

#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

constexpr std::size_t kLongWord = 6;  // from this length on a word may have one letter wrong; shorter ones become others

std::vector<std::string> split_words(std::string_view phrase) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : phrase) {
    if (c == '\'') continue;
    if (std::isalnum(static_cast<unsigned char>(c))) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

std::string without(std::string_view word, std::size_t at) { return std::string(word.substr(0, at)).append(word.substr(at + 1)); }

}  // namespace

void PhraseBook::add(std::string_view phrase, int number) {
  Phrase entry;
  entry.number = number;
  for (const std::string& word : split_words(phrase)) {
    const std::string folded = fold(word);
    const auto [place, fresh] = words_.try_emplace(folded, static_cast<int>(spelled_.size()));
    if (fresh) {
      spelled_.push_back(folded);
      if (folded.size() >= kLongWord)
        for (std::size_t i = 0; i < folded.size(); ++i) shortened_.emplace(without(folded, i), place->second);
    }
    entry.words.push_back(place->second);
  }
  if (!entry.words.empty()) {
    const int opening = entry.words.front();
    phrases_.emplace(opening, std::move(entry));
  }
}

int PhraseBook::word_of(std::string_view folded) const {
  if (const auto exact = words_.find(std::string(folded)); exact != words_.end()) return exact->second;
  if (folded.size() + 1 < kLongWord) return -1;
  const auto near = [&](const std::string& key) {
    const auto [from, to] = shortened_.equal_range(key);
    for (auto it = from; it != to; ++it)
      if (edit_distance(folded, spelled_[static_cast<std::size_t>(it->second)]) <= 1) return it->second;
    return -1;
  };
  if (const int word = near(std::string(folded)); word >= 0) return word;  // a letter is missing
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const std::string shorter = without(folded, i);
    if (const auto extra = words_.find(shorter); extra != words_.end() && shorter.size() >= kLongWord) return extra->second;
    if (const int word = near(shorter); word >= 0) return word;  // a letter is wrong
  }
  return -1;
}

std::vector<PhraseMatch> PhraseBook::find(const Layout& layout) const {
  std::vector<int> words;
  words.reserve(layout.tokens.size());
  for (const Token& token : layout.tokens) words.push_back(word_of(token.folded));

  std::vector<PhraseMatch> matches;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] < 0) continue;
    const auto [from, to] = phrases_.equal_range(words[i]);
    for (auto it = from; it != to; ++it) {
      const std::vector<int>& wanted = it->second.words;
      if (i + wanted.size() > words.size()) continue;
      bool here = true;
      for (std::size_t k = 1; k < wanted.size() && here; ++k) {
        const Token& token = layout.tokens[i + k];
        const Token& before = layout.tokens[i + k - 1];
        here = words[i + k] == wanted[k] && (token.cell == before.cell || token.row != before.row);
      }
      if (here) matches.push_back({it->second.number, static_cast<int>(i), static_cast<int>(i + wanted.size())});
    }
  }
  return matches;
}

std::vector<PhraseMatch> longest_only(std::vector<PhraseMatch> matches) {
  std::vector<PhraseMatch> kept;
  for (const PhraseMatch& match : matches) {
    const bool inside = std::any_of(matches.begin(), matches.end(), [&](const PhraseMatch& other) {
      return other.first <= match.first && other.last >= match.last && other.last - other.first > match.last - match.first;
    });
    if (!inside) kept.push_back(match);
  }
  return kept;
}

}  // namespace chartscan::charts
