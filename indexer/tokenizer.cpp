#include "indexer/tokenizer.h"

#include "indexer/fold.h"

namespace chartscan::indexer {
namespace {

constexpr char32_t kSoftHyphen = 0xAD;
constexpr char32_t kHyphen = 0x2010;

void cut(std::string& term) {
  if (term.size() <= kMaxTerm) return;
  std::size_t end = kMaxTerm;
  while ((static_cast<unsigned char>(term[end]) & 0xC0) == 0x80) --end;  // never inside a character
  term.resize(end);
}

// Appends the tokens of one word.
void append_tokens(std::string_view text, std::uint32_t word, std::uint32_t& position, std::vector<Token>& out) {
  std::string term;
  const auto finish = [&] {
    if (term.empty()) return;
    cut(term);
    out.push_back({std::move(term), position++, 1, word, word});
    term.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {  // nearly all there is; the same as fold() says
      term += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
      ++at;
    } else if (fold(next_code_point(text, at), term) == Folding::Separates) {
      finish();
    }
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

std::vector<Token> tokenize(const PageText& text) {
  std::vector<Token> tokens;
  tokens.reserve(text.words.size() + text.words.size() / 4);
  std::uint32_t position = 0;
  for (std::size_t i = 0; i < text.words.size(); ++i) {
    const Word& word = text.words[i];
    const std::size_t before = tokens.size();
    append_tokens(word.text, static_cast<std::uint32_t>(i), position, tokens);

    const bool line_ends = i > 0 && text.words[i - 1].line != word.line;
    if (!line_ends || before == 0 || tokens.size() == before) continue;
    if (!ends_hyphenated(text.words[i - 1].text) || !begins_with_letter(word.text)) continue;
    const Token& first = tokens[before - 1];
    Token joined{first.term + tokens[before].term, first.position, 2, first.word, static_cast<std::uint32_t>(i)};
    cut(joined.term);
    tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(before), std::move(joined));
  }
  return tokens;
}

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  std::uint32_t position = 0;
  append_tokens(text, 0, position, tokens);
  return tokens;
}

std::uint32_t positions_in(const std::vector<Token>& tokens) { return tokens.empty() ? 0 : tokens.back().position + 1; }

}  // namespace chartscan::indexer
