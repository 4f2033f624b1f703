// Pages that are committed and not yet in a segment: the words of the stored text, cut into terms when a question or a segment needs
// them; the fields of page and document as they were written. So a page's commit costs next to nothing, and no word is stored twice.
// A FreshPage never changes once it is made; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/page.h"
#include "core/result.h"
#include "indexer/rows.h"
#include "storage/store.h"

namespace chartscan::indexer {

struct FreshTerm {
  std::string_view term;
  std::uint32_t first = 0, count = 0;  // in FreshPage::places
};
struct FreshPage {
  PageNo page = 0;
  std::uint32_t length = 0;      // in positions
  std::string row;               // as it stands in the store; the page is another when it differs
  std::string text;              // `terms` points into it
  std::vector<FreshTerm> terms;  // of words in the order of the text, each place for itself; of fields each term once, in order
  std::vector<Place> places;

  FreshPage() = default;
  FreshPage(const FreshPage&) = delete;  // `terms` would point into another's text
};
using FreshPagePtr = std::shared_ptr<const FreshPage>;

// The row of a page's words: which words of the text are not searched, and a sum of all of them, so that another text is another row.
std::string fresh_words_row(const Page& page, const PageText& text);

// The page that a row stands for; of words, with the text that is stored in `view`.
Result<FreshPagePtr> load_fresh(const storage::View& view, Layer layer, PageNo page, std::string_view row);
// The same where the stored text is at hand; not looked at where the row is of fields, or of a page without words.
Result<FreshPagePtr> load_fresh(Layer layer, PageNo page, std::string_view row, std::string_view stored_text);
// The same without a row: for an index that is built anew.
FreshPagePtr fresh_words(PageNo number, const Page& page, const PageText& text);

}  // namespace chartscan::indexer
