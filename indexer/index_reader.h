// Questions to one moment of the index: cursors over words and fields, the dictionary, columns of field values.
// One reader serves one question on one thread; what it needs in memory (segments' tables, the dictionary) is shared
// between readers of the same store and kept up to date (indexer/index_state.h).
//
// Damage found while walking cannot be returned by a cursor: the cursor ends, and status() of the reader says why. Whoever
// walked to the end asks for it before believing the answer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "indexer/page_cursor.h"
#include "storage/store.h"

namespace chartscan::indexer {

// One value per page of a field that holds one code per page (type, chart, date, document ...).
class Column {
 public:
  static constexpr std::uint32_t kNone = 0;
  virtual ~Column() = default;
  virtual std::uint32_t at(PageNo page) const = 0;                 // kNone, or an index into values()
  virtual const std::vector<std::string>& values() const = 0;      // [0] is ""; each value once, in no order
};

class IndexState;
namespace rows {
struct TermTable;
}

class IndexReader {
 public:
  // An archive whose index is not built yet (an older format) is an error that says what to do, never an empty answer.
  static Result<std::unique_ptr<IndexReader>> open(std::shared_ptr<const storage::View> view);
  static Result<std::unique_ptr<IndexReader>> open(const storage::View& view);  // `view` must outlive it
  // For who may not see pages of these types (codes): a page whose own type or whose document's type is among them is in no cursor,
  // no frequency and no sum that ranking uses, as if the archive did not hold it.
  static Result<std::unique_ptr<IndexReader>> open(const storage::View& view, const std::vector<std::string>& hidden_types);
  ~IndexReader();

  const Collection& collection() const;  // of the indexed pages, exact
  PageNo newest_page() const;            // the highest page the archive has, indexed or not; 0 = none
  Status status() const;                 // the first fault met while walking

  // --- cursors; a term is a folded word or a layout::field_term ---

  // Pages with the term; ranked. Field terms are searched in what pages and what documents say.
  Result<PlaceCursorPtr> word(std::string_view term);
  // Several spellings as one word: places together, ranked as one word that is as frequent as the most frequent of them.
  Result<PlaceCursorPtr> word(const std::vector<std::string>& terms);
  Result<PageCursorPtr> spellings(const std::vector<std::string>& terms);  // the same for ranking alone, much faster
  // Words in a row. `ranked` false: every page scores 0.
  PageCursorPtr phrase(std::vector<PlaceCursorPtr> words, bool ranked = true);
  // Both within `distance` positions of each other (1 = side by side), in any order, for all words; ranked as a phrase is.
  PageCursorPtr near(std::vector<PlaceCursorPtr> words, std::uint32_t distance);
  // Every page whose term begins with `prefix` and stands in [from, to) (empty = no bound); each scores `score`. Lists of neighbours are
  // read in one pass whatever their number, segment by segment as the walk comes to them.
  Result<PageCursorPtr> range(std::string_view prefix, std::string_view from, std::string_view to, double score = 0);
  Result<PageCursorPtr> constant(const std::vector<std::string>& terms, double score);
  // Pages whose one value of `field` stands in [from, to) (empty = no bound), looked up page by page in the column: for
  // filters that many pages pass. Scores 0.
  Result<PageCursorPtr> column_range(std::string_view field, std::string_view from, std::string_view to);
  PageCursorPtr all_pages();
  // Of pages that do not come from the index: only those that may be seen.
  PageCursorPtr visible(PageCursorPtr pages);

  // --- dictionary: of words when `space` is empty, of a field when it is its layout::field_prefix ---

  // At most this many pages have the term (pages taken out since are still counted). Where types are hidden: exactly so many.
  Result<std::uint64_t> frequency(std::string_view term);
  bool hides_pages() const;  // types are hidden, and there are pages of them
  // False when the term stands only on pages that are not to be seen; then nobody may be told of it.
  Result<bool> may_tell(std::string_view term);
  // Visits terms that begin with `prefix` in byte order with their frequencies. `visit` returns the smallest next term it
  // wants, "" for the very next, or nothing to stop: an automaton jumps. Where types are hidden, their terms are visited and counted as
  // well: see may_tell().
  using Visit = std::function<std::optional<std::string>(std::string_view term, std::uint64_t frequency)>;
  Status walk(std::string_view prefix, const Visit& visit);
  // The two sources of walk(): terms of stored segments (of words, or of fields when `space` is one), and those of pages that came since;
  // a term can be in both.
  Result<std::shared_ptr<const rows::TermTable>> stored_terms(std::string_view space);
  Status walk_fresh(std::string_view prefix, const Visit& visit);

  // --- columns, for grouping, counting and sorting ---
  Result<std::shared_ptr<const Column>> column(std::string_view field);

 private:
  struct Shared;
  static std::unique_ptr<IndexReader> over(std::shared_ptr<const storage::View> view, std::shared_ptr<const IndexState> state);
  explicit IndexReader(std::unique_ptr<Shared> shared);
  Status walk(const rows::TermTable& table, std::string_view prefix, const Visit& visit);
  struct Word;
  Result<Word> parts_of_word(const std::vector<std::string>& terms);
  Result<std::uint64_t> places_between(std::string_view prefix, std::string_view first, std::string_view to);
  std::unique_ptr<Shared> shared_;
};

}  // namespace chartscan::indexer
