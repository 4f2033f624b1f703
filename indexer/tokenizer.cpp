#include "indexer/tokenizer.h"

#include <array>

#include "indexer/fold.h"

namespace chartscan::indexer {
namespace {

constexpr char32_t kSoftHyphen = 0xAD;
constexpr char32_t kHyphen = 0x2010;

// Cuts what `text` holds from `begin` on, which is one term.
void cut(std::string& text, std::size_t begin) {
  if (text.size() - begin <= kMaxTerm) return;
  std::size_t end = begin + kMaxTerm;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // never inside a character
  text.resize(end);
}

// ASCII letters and digits: nearly all there is. Folded they have this bit, which digits have anyway.
constexpr char kLowerCase = 0x20;
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned char c = '0'; c <= '9'; ++c) plain[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) plain[c] = plain[c - 'a' + 'A'] = true;
  return plain;
}();

// Appends the plain characters that `word` has from `at` on, as fold() would; returns where they end.
std::size_t append_plain(std::string_view word, std::size_t at, std::string& text) {
  std::size_t end = at;
  while (end < word.size() && kPlain[static_cast<unsigned char>(word[end])]) ++end;
  const std::size_t begin = text.size();
  text.append(word.data() + at, end - at);
  for (char *c = text.data() + begin, *const stop = text.data() + text.size(); c != stop; ++c) *c |= kLowerCase;
  return end;
}

// Appends the tokens of one word.
void append_tokens(std::string_view word, std::uint32_t number, std::uint32_t& position, TokenTable& out) {
  std::string& text = out.text;
  std::size_t begin = text.size();
  const auto finish = [&] {
    if (text.size() == begin) return;
    cut(text, begin);
    out.entries.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(text.size() - begin), position++, 1, number, number});
    begin = text.size();
  };
  for (std::size_t at = 0; at < word.size();) {
    at = append_plain(word, at, text);
    if (at < word.size() && fold(next_code_point(word, at), text) == Folding::Separates) finish();
  }
  finish();
}

bool is_letter(char32_t c) {
  std::string folded;
  return fold(c, folded) == Folding::Appended && (folded[0] < '0' || folded[0] > '9');
}

// "hyper-": a letter, then a hyphen as the very end.
bool ends_hyphenated(std::string_view text) {
  char32_t last = 0, before = 0;
  for (std::size_t at = 0; at < text.size();) {
    before = last;
    last = next_code_point(text, at);
  }
  return (last == '-' || last == kSoftHyphen || last == kHyphen) && is_letter(before);
}

bool begins_with_letter(std::string_view text) {
  std::size_t at = 0;
  return !text.empty() && is_letter(next_code_point(text, at));
}

}  // namespace

TokenTable cut_words(std::span<const storage::WordInLine> words) {
  TokenTable table;
  table.entries.reserve(words.size() + words.size() / 4);
  table.text.reserve(8 * words.size());
  std::uint32_t position = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t before = table.entries.size();
    append_tokens(words[i].text, static_cast<std::uint32_t>(i), position, table);

    const bool line_ends = i > 0 && words[i - 1].line != words[i].line;
    if (!line_ends || before == 0 || table.entries.size() == before) continue;
    if (!ends_hyphenated(words[i - 1].text) || !begins_with_letter(words[i].text)) continue;
    const TokenTable::Entry first = table.entries[before - 1], second = table.entries[before];
    const std::size_t begin = table.text.size();
    table.text.append(std::string(table.term(first))).append(std::string(table.term(second)));
    cut(table.text, begin);
    const TokenTable::Entry joined{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(table.text.size() - begin), first.position, 2,
                                   first.word, static_cast<std::uint32_t>(i)};
    table.entries.insert(table.entries.begin() + static_cast<std::ptrdiff_t>(before), joined);
  }
  return table;
}

namespace {

std::vector<Token> tokens_of(const TokenTable& table) {
  std::vector<Token> tokens;
  tokens.reserve(table.entries.size());
  for (const TokenTable::Entry& entry : table.entries)
    tokens.push_back({std::string(table.term(entry)), entry.position, entry.span, entry.word, entry.last_word});
  return tokens;
}

}  // namespace

std::vector<Token> tokenize(const PageText& text) {
  std::vector<storage::WordInLine> words;
  words.reserve(text.words.size());
  for (const Word& word : text.words) words.push_back({word.text, word.line});
  return tokens_of(cut_words(words));
}

std::vector<Token> tokenize(std::string_view text) {
  TokenTable table;
  std::uint32_t position = 0;
  append_tokens(text, 0, position, table);
  return tokens_of(table);
}

std::uint32_t positions_in(const std::vector<Token>& tokens) { return tokens.empty() ? 0 : tokens.back().position + 1; }

}  // namespace chartscan::indexer
