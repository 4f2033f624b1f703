#include "indexer/index.h"

#include <algorithm>

#include "indexer/fields.h"
#include "indexer/rows.h"

namespace chartscan::indexer {
namespace {

using storage::Family;

PageNo number_of(PageId page) { return static_cast<PageNo>(page.value); }

std::string fresh(const std::vector<Posting>& postings, std::uint32_t length) {
  rows::FreshWriter writer(length, postings.size());
  for (const Posting& posting : postings) writer.add(posting.term, posting.places);
  return writer.take();
}

void put(storage::Change& change, Layer layer, PageId page, std::string bytes) {
  change.raw().put(Family::Dictionary, rows::fresh(layer, number_of(page)), std::move(bytes));
}

void take_out(storage::Change& change, Layer layer, PageId page) {
  change.raw().erase(Family::Dictionary, rows::fresh(layer, number_of(page)));
  change.raw().put(Family::Dictionary, rows::taken_out(layer, number_of(page)), "");
}

}  // namespace

namespace {

// A token as it is sorted: most often the first eight bytes decide.
struct SortedToken {
  std::uint64_t head;
  std::string_view term;
  Place place;

  explicit SortedToken(const Token& token) : head(0), term(token.term), place(indexer::place(token.position, token.span)) {
    for (std::size_t i = 0; i < 8; ++i) head = head << 8 | (i < term.size() ? static_cast<std::uint8_t>(term[i]) : 0);
  }
  bool operator<(const SortedToken& other) const {
    if (head != other.head) return head < other.head;
    if (const int order = term.compare(other.term); order != 0) return order < 0;
    return place < other.place;
  }
};

}  // namespace

// The same as fresh(postings_of(text, page)), for every page that is read: without a text of its own for each term.
std::string fresh_words(const Page& page, const PageText& text) {
  const std::vector<Token> tokens = searched_tokens(text, page);
  std::vector<SortedToken> sorted(tokens.begin(), tokens.end());
  std::sort(sorted.begin(), sorted.end());
  std::size_t terms = 0;
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    terms += i == 0 || sorted[i].term != sorted[i - 1].term;
    length = std::max(length, end_of(sorted[i].place));
  }
  rows::FreshWriter writer(length, terms);
  std::vector<Place> places;
  for (std::size_t i = 0; i < sorted.size();) {
    const std::string_view term = sorted[i].term;
    places.clear();
    for (; i < sorted.size() && sorted[i].term == term; ++i) places.push_back(sorted[i].place);
    writer.add(term, places);
  }
  return writer.take();
}
std::string fresh_fields(const Page& page) { return fresh(postings_of(page), 0); }
std::string fresh_fields(const Document& document) { return fresh(postings_of(document), 0); }

void index_page(storage::Change& change, const Page& page, const PageText& text) {
  put(change, Layer::Words, page.id, fresh_words(page, text));
  index_page_fields(change, page);
}

void unindex_page(storage::Change& change, PageId page) {
  take_out(change, Layer::Words, page);
  take_out(change, Layer::Page, page);
}

void index_page_fields(storage::Change& change, const Page& page) { put(change, Layer::Page, page.id, fresh_fields(page)); }

void index_document(storage::Change& change, const Document* before, const Document& document) {
  for (const PageId page : before ? before->pages : std::vector<PageId>())
    if (std::ranges::find(document.pages, page) == document.pages.end()) take_out(change, Layer::Document, page);
  const std::string bytes = fresh_fields(document);
  for (const PageId page : document.pages) put(change, Layer::Document, page, bytes);
}

void unindex_document(storage::Change& change, const Document& document) {
  for (const PageId page : document.pages) take_out(change, Layer::Document, page);
}

}  // namespace chartscan::indexer
