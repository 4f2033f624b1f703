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

std::string fresh_words(const Page& page, const PageText& text) {
  const std::vector<Posting> words = postings_of(text, page);
  return fresh(words, length_of(words));
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
