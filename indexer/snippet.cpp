#include "indexer/snippet.h"

#include <algorithm>
#include <unordered_map>

#include "indexer/search.h"
#include "indexer/tokenizer.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kWindow = 24;    // words shown
constexpr std::size_t kLead = 6;       // of them before the first hit, where the window leaves room
constexpr std::size_t kMaxWord = 200;  // bytes of one word shown; OCR of ruled forms makes monsters

bool matches(const HitWord& wanted, const std::string& term) {
  if (wanted.prefix) return term.starts_with(wanted.terms.front());
  return std::binary_search(wanted.terms.begin(), wanted.terms.end(), term);
}

// Marks the words of every occurrence of `phrase`. Forwards: the tokens that continue a beginning; backwards: of those,
// the ones that lead to an end. Linear in the page for each word of the phrase, whatever the page and the phrase.
void mark(const HitPhrase& phrase, const std::vector<Token>& tokens, std::vector<bool>& marked) {
  const std::size_t positions = positions_in(tokens) + 2;
  std::vector<std::vector<const Token*>> reached(phrase.size());
  std::vector<bool> open(positions, true);  // where the next word may begin
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    for (const Token& token : tokens) {
      if (open[token.position] && matches(phrase[i], token.term)) reached[i].push_back(&token);
    }
    if (reached[i].empty()) return;
    open.assign(positions, false);
    for (const Token* token : reached[i]) open[token->position + token->span] = true;
  }
  std::vector<bool> leads_on(positions, true);  // where the following word of an occurrence begins
  for (std::size_t i = phrase.size(); i-- > 0;) {
    std::vector<bool> begins(positions, false);
    for (const Token* token : reached[i]) {
      if (!leads_on[token->position + token->span]) continue;
      begins[token->position] = true;
      for (std::size_t word = token->word; word <= token->last_word; ++word) marked[word] = true;
    }
    leads_on = std::move(begins);
  }
}

// Where characters end, at most `most` bytes; control characters, which would pass for marks, are blanks.
std::string shown(std::string_view word, std::size_t most) {
  if (word.size() > most) {
    while (most > 0 && (static_cast<unsigned char>(word[most]) & 0xC0) == 0x80) --most;
    word = word.substr(0, most);
  }
  std::string text(word);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }, ' ');
  return text;
}

// First word of the window with the most different hit words, then the most hits; the earliest of equals.
std::size_t best_window(const PageText& text, const std::vector<std::size_t>& hits) {
  std::unordered_map<std::string, int> inside;
  std::pair<std::size_t, std::size_t> best{0, 0};
  std::size_t best_first = hits.front(), end = 0;
  const auto spelling = [&](std::size_t hit) {
    const auto tokens = tokenize(text.words[hit].text);
    return tokens.empty() ? std::string() : tokens.front().term;
  };
  for (std::size_t begin = 0; begin < hits.size(); ++begin) {
    for (; end < hits.size() && hits[end] < hits[begin] + kWindow - kLead; ++end) ++inside[spelling(hits[end])];
    const std::pair value{inside.size(), end - begin};
    if (value > best) best = value, best_first = hits[begin];
    const auto leaving = inside.find(spelling(hits[begin]));
    if (--leaving->second == 0) inside.erase(leaving);
  }
  return best_first > kLead ? best_first - kLead : 0;
}

Box within(Box box, Size size) {
  if (size.width <= 0 || size.height <= 0) return box;
  return {std::clamp(box.x0, 0, size.width), std::clamp(box.y0, 0, size.height), std::clamp(box.x1, 0, size.width),
          std::clamp(box.y1, 0, size.height)};
}

}  // namespace

std::vector<std::size_t> hit_words(const PageText& text, const std::vector<HitPhrase>& phrases) {
  const std::vector<Token> tokens = tokenize(text);
  std::vector<bool> marked(text.words.size());
  for (const HitPhrase& phrase : phrases) mark(phrase, tokens, marked);
  std::vector<std::size_t> hits;
  for (std::size_t word = 0; word < marked.size(); ++word) {
    if (marked[word]) hits.push_back(word);
  }
  return hits;
}

std::string make_snippet(const PageText& text, const std::vector<std::size_t>& hits) {
  const std::size_t begin = hits.empty() ? 0 : best_window(text, hits);
  const std::size_t end = std::min(begin + kWindow, text.words.size());
  std::string snippet = begin > 0 ? "… " : "";
  for (std::size_t word = begin; word < end; ++word) {
    if (word > begin) snippet += ' ';
    const bool hit = std::binary_search(hits.begin(), hits.end(), word);
    if (hit) snippet += '\x02';
    snippet += shown(text.words[word].text, kMaxWord);
    if (hit) snippet += '\x03';
  }
  if (end < text.words.size()) snippet += " …";
  return snippet;
}

std::vector<HitBox> hit_boxes(const Page& page, const PageText& text, const std::vector<std::size_t>& hits) {
  const Affine to_delivered = page.geometry.to_delivered();
  std::vector<HitBox> boxes;
  boxes.reserve(hits.size());
  for (const std::size_t hit : hits) {
    const Word& word = text.words[hit];
    boxes.push_back({word.text, within(to_delivered.bounds_of(word.box), page.geometry.delivered), word.box});
  }
  return boxes;
}

}  // namespace chartscan::indexer
