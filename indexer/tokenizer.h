// Text -> tokens: maximal runs of letters and digits, folded (indexer/fold.h). The same rules cut pages, field values and
// queries, so "3.6cm", "10/15/2019" and "MR-00123" are found as written: their parts stand at neighbouring positions, and
// a query word that falls into several tokens is a phrase. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/page.h"
#include "storage/codec.h"

namespace chartscan::indexer {

inline constexpr std::size_t kMaxTerm = 64;  // bytes; what is longer is cut, alike on pages and in queries

struct Token {
  std::string term;
  std::uint32_t position = 0;  // number of the token on the page, from 0
  // Positions covered. 2 = a word hyphenated at the end of its line, joined; its halves stand beside it as tokens of
  // their own, so that both "follow-up" and "hypertension" are found wherever the line was broken.
  std::uint32_t span = 1;
  std::uint32_t word = 0;  // index into PageText::words of the first word covered
  std::uint32_t last_word = 0;
};

// Tokens without a text of their own for each: what a segment is made from.
struct TokenTable {
  struct Entry {
    std::uint32_t begin = 0, size = 0;  // of the term, in `text`
    std::uint32_t position = 0, span = 1, word = 0, last_word = 0;  // as in Token
  };
  std::string text;
  std::vector<Entry> entries;

  std::string_view term(const Entry& entry) const { return std::string_view(text).substr(entry.begin, entry.size); }
};
TokenTable cut_words(std::span<const storage::WordInLine> words);

// By position; a joined token follows its first half. Nothing about tokens is stored with the page: calling this
// again on the stored text gives the same answer, which is how hits find their boxes.
std::vector<Token> tokenize(const PageText& text);

// Tokens of a plain string, all with word 0.
std::vector<Token> tokenize(std::string_view text);

// Number of positions `tokens` cover.
std::uint32_t positions_in(const std::vector<Token>& tokens);

}  // namespace chartscan::indexer
