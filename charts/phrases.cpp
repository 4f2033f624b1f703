#include "charts/phrases.h"

#include <algorithm>

#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

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

}  // namespace

void PhraseBook::add(std::string_view phrase, int number) {
  Phrase entry;
  entry.number = number;
  for (const std::string& word : split_words(phrase)) entry.words.push_back(words_.add(fold(word)));
  if (!entry.words.empty()) {
    const int opening = entry.words.front();
    phrases_.emplace(opening, std::move(entry));
  }
}

std::vector<PhraseMatch> PhraseBook::find(const Layout& layout) const {
  std::vector<int> words;
  words.reserve(layout.tokens.size());
  for (const Token& token : layout.tokens) words.push_back(words_.resembles(token.folded));

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
