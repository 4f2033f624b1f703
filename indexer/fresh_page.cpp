#include "indexer/fresh_page.h"

#include <algorithm>

#include "indexer/byte_runs.h"
#include "indexer/fields.h"
#include "indexer/index_state.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::indexer {
namespace {

// Of words and where lines end: all that decides which terms there are. Collisions only matter within one page's history.
std::uint64_t sum_of(const PageText& text) {
  constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
  std::uint64_t sum = text.words.size();
  int line = 0;
  for (const Word& word : text.words) {
    sum = (sum ^ word.text.size() ^ static_cast<std::uint64_t>(word.line - line) << 32) * kPrime;
    line = word.line;
    for (std::size_t at = 0; at < word.text.size(); at += 8) {
      sum = (sum ^ bytes_at(word.text.data() + at, word.text.size() - at)) * kPrime;
      sum ^= sum >> 29;
    }
  }
  return sum;
}

// `unsearched`: numbers of words, rising.
std::shared_ptr<FreshPage> cut_into_terms(std::span<const storage::WordInLine> words, const std::vector<std::uint32_t>& unsearched) {
  TokenTable table = cut_words(words);
  auto page = std::make_shared<FreshPage>();
  page->text = std::move(table.text);
  page->terms.reserve(table.entries.size());
  page->places.reserve(table.entries.size());
  for (const TokenTable::Entry& token : table.entries) {
    if (!unsearched.empty() && std::ranges::binary_search(unsearched, token.word)) continue;
    page->terms.push_back({std::string_view(page->text).substr(token.begin, token.size), static_cast<std::uint32_t>(page->places.size()), 1});
    page->places.push_back(place(token.position, token.span));
    page->length = std::max(page->length, end_of(page->places.back()));
  }
  return page;
}

Error damaged() { return damaged_index("a page that was just committed"); }

}  // namespace

std::string fresh_words_row(const Page& page, const PageText& text) {
  if (text.words.empty()) return {};
  return rows::encode_fresh_words(unsearched_words(text, page), sum_of(text));
}

FreshPagePtr fresh_words(PageNo number, const Page& page, const PageText& text) {
  std::vector<storage::WordInLine> words;
  for (const Word& word : text.words) words.push_back({word.text, word.line});
  auto fresh = cut_into_terms(words, unsearched_words(text, page));
  fresh->page = number;
  return fresh;
}

Result<FreshPagePtr> load_fresh(const storage::View& view, Layer layer, PageNo page, std::string_view row) {
  if (layer != Layer::Words || row.empty()) return load_fresh(layer, page, row, {});
  TRY(const auto stored, view.pin(storage::Family::Text, storage::keys::text(PageId{page})));
  if (!stored) return damaged();
  return load_fresh(layer, page, row, stored->bytes);
}

Result<FreshPagePtr> load_fresh(Layer layer, PageNo page, std::string_view row, std::string_view stored_text) {
  std::shared_ptr<FreshPage> fresh;
  if (layer != Layer::Words) {
    fresh = std::make_shared<FreshPage>();
    fresh->text = row;
    if (!rows::decode_fresh_fields(fresh->text, fresh->terms, fresh->places)) return damaged();
  } else if (!row.empty()) {
    const auto unsearched = rows::decode_fresh_words(row);
    if (!unsearched) return damaged();
    TRY(const auto words, storage::decode_words(stored_text), "page " + to_string(PageId{page}));
    fresh = cut_into_terms(words, *unsearched);
  } else {
    fresh = std::make_shared<FreshPage>();
  }
  fresh->page = page;
  fresh->row = row;
  return FreshPagePtr(std::move(fresh));
}

}  // namespace chartscan::indexer
