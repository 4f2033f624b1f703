#include "indexer/index.h"

#include "indexer/fields.h"
#include "indexer/layout.h"

namespace chartscan::indexer {
namespace {

using storage::Family;

void put(storage::Change& change, const std::vector<Posting>& postings, PageId page, Source source, std::uint32_t length) {
  for (const Posting& posting : postings) {
    change.raw().put(Family::Post, layout::post_key(posting.term, page, source), layout::post_value(length, posting.places));
  }
}

void erase(storage::Change& change, const std::vector<Posting>& postings, PageId page, Source source) {
  for (const Posting& posting : postings) change.raw().erase(Family::Post, layout::post_key(posting.term, page, source));
}

}  // namespace

void index_page(storage::Change& change, const Page& page, const PageText& text) {
  const std::vector<Posting> words = postings_of(text, page);
  const std::uint32_t length = length_of(words);
  put(change, words, page.id, Source::Words, length);
  change.raw().put(Family::Dictionary, layout::length_key(page.id), layout::length_value(length));
  index_page_fields(change, nullptr, page);
}

void unindex_page(storage::Change& change, const Page& page, const PageText& text) {
  erase(change, postings_of(text, page), page.id, Source::Words);
  change.raw().erase(Family::Dictionary, layout::length_key(page.id));
  erase(change, postings_of(page), page.id, Source::Page);
}

void index_page_fields(storage::Change& change, const Page* before, const Page& page) {
  if (before) erase(change, postings_of(*before), before->id, Source::Page);
  put(change, postings_of(page), page.id, Source::Page, 0);
}

void index_document(storage::Change& change, const Document* before, const Document& document) {
  if (before) unindex_document(change, *before);
  const std::vector<Posting> postings = postings_of(document);
  for (const PageId page : document.pages) put(change, postings, page, Source::Document, 0);
}

void unindex_document(storage::Change& change, const Document& document) {
  const std::vector<Posting> postings = postings_of(document);
  for (const PageId page : document.pages) erase(change, postings, page, Source::Document);
}

}  // namespace chartscan::indexer
