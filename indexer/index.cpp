#include "indexer/index.h"

#include <algorithm>

#include "indexer/fields.h"
#include "indexer/fresh_page.h"

namespace chartscan::indexer {
namespace {

using storage::Family;

PageNo number_of(PageId page) { return static_cast<PageNo>(page.value); }

std::string row_of(const std::vector<Posting>& postings) {
  rows::FreshWriter writer(postings.size());
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

std::string fresh_fields_row(const Page& page) { return row_of(postings_of(page)); }
std::string fresh_fields_row(const Document& document) { return row_of(postings_of(document)); }

void index_page(storage::Change& change, const Page& page, const PageText& text) {
  put(change, Layer::Words, page.id, fresh_words_row(page, text));
  index_page_fields(change, page);
}

void unindex_page(storage::Change& change, PageId page) {
  take_out(change, Layer::Words, page);
  take_out(change, Layer::Page, page);
}

void index_page_fields(storage::Change& change, const Page& page) { put(change, Layer::Page, page.id, fresh_fields_row(page)); }

void index_document(storage::Change& change, const Document* before, const Document& document) {
  for (const PageId page : before ? before->pages : std::vector<PageId>())
    if (std::ranges::find(document.pages, page) == document.pages.end()) take_out(change, Layer::Document, page);
  const std::string bytes = fresh_fields_row(document);
  for (const PageId page : document.pages) put(change, Layer::Document, page, bytes);
}

void unindex_document(storage::Change& change, const Document& document) {
  for (const PageId page : document.pages) take_out(change, Layer::Document, page);
}

}  // namespace chartscan::indexer
