#include "indexer/index_reader.h"

#include <algorithm>
#include <map>

#include "indexer/fields.h"
#include "indexer/range_cursor.h"
#include "indexer/term_cursor.h"

namespace chartscan::indexer {
namespace {

using storage::Family;

// The layers in which a term, or terms with a beginning, can stand.
std::span<const Layer> layers_of(std::string_view term) {
  static constexpr std::array kWords{Layer::Words};
  static constexpr std::array kFields{Layer::Page, Layer::Document};
  if (layout::is_field_term(term)) return kFields;
  return kWords;
}

// Pages whose length table says that they are indexed.
class AllPagesCursor final : public PageCursor {
 public:
  explicit AllPagesCursor(const IndexState& state) : state_(state) { seek(0); }
  void seek(PageNo page) override {
    page_ = page == kEnd ? kEnd : state_.lengths().find(page, [](std::uint16_t entry) { return entry != 0; });
  }
  double score() override { return 0; }
  std::uint64_t cost() const override { return static_cast<std::uint64_t>(state_.collection().pages); }
  double ceiling(PageNo, PageNo& last) override { return last = kEnd, 0; }
  double highest() const override { return 0; }
  std::uint64_t count_rest() override {
    if (page_ != state_.lengths().find(0, [](std::uint16_t entry) { return entry != 0; })) return PageCursor::count_rest();
    page_ = kEnd;
    return cost();
  }

 private:
  const IndexState& state_;
};

// Numbers of a column's values that stand in a range.
class WantedValues {
 public:
  WantedValues(const ColumnData& column, std::string_view from, std::string_view to)
      : first_(place(column, from)), behind_(to.empty() ? column.in_order : std::max(first_, place(column, to))), in_order_(column.in_order) {
    for (std::size_t i = in_order_; i < column.values.size(); ++i) {
      const std::string& value = column.values[i];
      rest_.push_back(value >= from && (to.empty() || value < to));
    }
  }
  bool has(std::uint32_t number) const {
    return number < in_order_ ? number >= first_ && number < behind_ : rest_[number - in_order_];
  }
  std::size_t size() const { return behind_ - first_ + static_cast<std::size_t>(std::count(rest_.begin(), rest_.end(), true)); }

 private:
  // Of the first value at or behind this one; number 0 is none.
  static std::uint32_t place(const ColumnData& column, std::string_view value) {
    const auto first = column.values.begin() + 1, end = column.values.begin() + column.in_order;
    return static_cast<std::uint32_t>(std::lower_bound(first, end, value) - column.values.begin());
  }

  std::uint32_t first_, behind_, in_order_;
  std::vector<bool> rest_;  // of the values that are in no order
};

class ColumnCursor final : public PageCursor {
 public:
  ColumnCursor(std::shared_ptr<const ColumnData> column, WantedValues wanted, std::uint64_t cost)
      : column_(std::move(column)), wanted_(std::move(wanted)), cost_(cost) {
    seek(wanted_.size() == 0 ? kEnd : 0);
  }
  void seek(PageNo page) override {
    page_ = page == kEnd ? kEnd : column_->numbers.find(page, [&](std::uint32_t number) { return wanted_.has(number); });
  }
  double score() override { return 0; }
  std::uint64_t cost() const override { return cost_; }
  double ceiling(PageNo, PageNo& last) override { return last = kEnd, 0; }
  double highest() const override { return 0; }
  bool is_test() const override { return true; }
  bool has(PageNo page) override { return wanted_.has(column_->numbers.at(page)); }

 private:
  const std::shared_ptr<const ColumnData> column_;
  const WantedValues wanted_;
  const std::uint64_t cost_;
};

// Pages of another cursor that may be seen.
class VisibleCursor final : public PageCursor {
 public:
  VisibleCursor(PageCursorPtr pages, const IndexState& state) : pages_(std::move(pages)), state_(state) { settle(); }
  void seek(PageNo page) override {
    if (page <= page_) return;
    pages_->seek(page);
    settle();
  }
  double score() override { return pages_->score(); }
  std::uint64_t cost() const override { return pages_->cost(); }
  double ceiling(PageNo from, PageNo& last) override { return pages_->ceiling(from, last); }
  double highest() const override { return pages_->highest(); }
  void require(double score) override { pages_->require(score); }

 private:
  void settle() {
    while (pages_->page() != kEnd && !state_.shows(pages_->page())) pages_->next();
    page_ = pages_->page();
  }

  PageCursorPtr pages_;
  const IndexState& state_;
};

class StateColumn final : public Column {
 public:
  explicit StateColumn(std::shared_ptr<const ColumnData> data) : data_(std::move(data)) {}
  std::uint32_t at(PageNo page) const override { return data_->numbers.at(page); }
  const std::vector<std::string>& values() const override { return data_->values; }

 private:
  const std::shared_ptr<const ColumnData> data_;
};

std::shared_ptr<const storage::View> unowned(const storage::View& view) { return {std::shared_ptr<void>(), &view}; }

}  // namespace

struct IndexReader::Shared {
  std::shared_ptr<const storage::View> view;
  std::shared_ptr<const IndexState> state;
  Walk walk;
  // Lists of the terms asked for so far, of each segment in which they can stand, in the order in which find_term goes through them: a plan
  // looks at a word more than once.
  using Lists = std::vector<std::optional<storage::Pinned>>;
  std::map<std::string, Lists, std::less<>> lists;

  Result<const Lists*> lists_of(std::string_view term) {
    if (const auto known = lists.find(term); known != lists.end()) return &known->second;
    const std::shared_ptr<const ListCache::Lists> kept = walk.state.lists().find(term);
    Lists found;
    for (const Layer layer : layers_of(term)) {
      for (const Chain& chain : walk.state.layer(layer).chains) {
        for (const Part& part : chain) {
          if (kept && !part.ram) {
            found.push_back(kept_list(kept, part.segment.number));
            continue;
          }
          TRY(auto list, find_list(walk.view, part, term));
          found.push_back(std::move(list));
        }
      }
    }
    if (!kept) keep(term, found);
    return &lists.emplace(term, std::move(found)).first->second;
  }

  static std::optional<storage::Pinned> kept_list(const std::shared_ptr<const ListCache::Lists>& kept, std::uint32_t segment) {
    const auto list = std::ranges::find(*kept, segment, &ListCache::StoredList::segment);
    return list == kept->end() ? std::nullopt : std::optional(storage::Pinned{kept, list->bytes});
  }

  void keep(std::string_view term, const Lists& found) {
    ListCache::Lists stored;
    std::size_t bytes = 0;
    auto list = found.begin();
    for (const Layer layer : layers_of(term)) {
      for (const Chain& chain : walk.state.layer(layer).chains) {
        for (const Part& part : chain) {
          const auto& here = *list++;
          if (part.ram || !here) continue;
          if ((bytes += here->bytes.size()) > ListCache::kLongest) return;
          stored.push_back({part.segment.number, std::string(here->bytes)});
        }
      }
    }
    walk.state.lists().keep(term, std::move(stored));
  }
};

IndexReader::IndexReader(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}
IndexReader::~IndexReader() = default;

Result<std::unique_ptr<IndexReader>> IndexReader::open(std::shared_ptr<const storage::View> view) {
  TRY(std::shared_ptr<const IndexState> state, IndexState::of(*view));
  return over(std::move(view), std::move(state));
}

std::unique_ptr<IndexReader> IndexReader::over(std::shared_ptr<const storage::View> view, std::shared_ptr<const IndexState> state) {
  const storage::View& reference = *view;
  const IndexState& known = *state;
  std::unique_ptr<Shared> shared(new Shared{std::move(view), std::move(state), Walk(reference, known), {}});
  return std::unique_ptr<IndexReader>(new IndexReader(std::move(shared)));
}

Result<std::unique_ptr<IndexReader>> IndexReader::open(const storage::View& view) {
  return open(unowned(view));
}

namespace {

// Pages whose own type, or whose document's, is one of these.
Result<IndexState::PageBits> pages_of_types(const storage::View& view, const std::vector<std::string>& types) {
  TRY(const auto reader, IndexReader::open(view));
  std::vector<std::string> terms;
  for (const std::string& type : types)
    for (const char* const name : {field::kType, field::kOwnType}) terms.push_back(layout::field_term(name, code_value(type)));
  TRY(const PageCursorPtr pages, reader->constant(terms, 0));
  IndexState::PageBits bits;
  pages->mark(bits);
  return bits;
}

std::string name_of(std::vector<std::string> types) {
  std::sort(types.begin(), types.end());
  std::string name;
  for (const std::string& type : types) name.append(type) += '\n';
  return name;
}

}  // namespace

Result<std::unique_ptr<IndexReader>> IndexReader::open(const storage::View& view, const std::vector<std::string>& hidden_types) {
  if (hidden_types.empty()) return open(view);
  TRY(const std::shared_ptr<const IndexState> whole, IndexState::of(view));
  TRY(std::shared_ptr<const IndexState> state, whole->without(name_of(hidden_types), [&] { return pages_of_types(view, hidden_types); }));
  return over(unowned(view), std::move(state));
}

PageNo IndexReader::newest_page() const { return shared_->state->newest_page(); }
const Collection& IndexReader::collection() const { return shared_->state->collection(); }
bool IndexReader::hides_pages() const { return shared_->state->is_partial(); }
Status IndexReader::status() const { return shared_->walk.status; }

namespace {

using Found = std::vector<std::vector<std::unique_ptr<TermPart>>>;  // by chain

// How often a word stands on pages that are not to be seen must not show, not even in a score.
std::uint64_t pages_that_count(const Walk& walk, const TermPart& part) {
  if (!walk.state.is_partial() || !part.part->hidden) return part.list.pages();
  std::uint64_t pages = 0;
  ListReader(part.pinned.bytes, part.part->segment.first).visit_pages([&](PageNo page) { pages += !part.part->hidden->has(page); });
  return pages;
}

// `lists`: of the term (Shared::lists_of).
Result<Found> find_term(const Walk& walk, std::string_view term, const std::vector<std::optional<storage::Pinned>>& lists, std::uint64_t& pages) {
  Found found;
  auto list = lists.begin();
  for (const Layer layer : layers_of(term)) {
    for (const Chain& chain : walk.state.layer(layer).chains) {
      std::vector<std::unique_ptr<TermPart>> parts;
      for (const Part& part : chain) {
        const auto& bytes = *list++;
        if (!bytes) continue;
        parts.push_back(std::make_unique<TermPart>(part, *bytes));
        if (parts.back()->list.is_damaged()) return damaged_index("a list of pages");
        pages += parts.back()->pages = pages_that_count(walk, *parts.back());
      }
      if (!parts.empty()) found.push_back(std::move(parts));
    }
  }
  return found;
}

}  // namespace

Result<PlaceCursorPtr> IndexReader::word(std::string_view term) {
  Walk& walk = shared_->walk;
  std::uint64_t pages = 0;
  TRY(const Shared::Lists* const lists, shared_->lists_of(term));
  TRY(Found found, find_term(walk, term, *lists, pages));
  const double idf_of_term = idf(collection(), pages);
  std::vector<PlaceCursorPtr> cursors;
  for (auto& parts : found) cursors.push_back(term_cursor(walk, std::string(term), std::move(parts), idf_of_term));
  if (cursors.size() == 1) return std::move(cursors.front());
  return united(walk, std::move(cursors), idf_of_term, std::string(term));
}

struct IndexReader::Word {
  std::vector<PlaceCursorPtr> spellings;
  double idf = 0;  // of the most frequent
};

Result<IndexReader::Word> IndexReader::parts_of_word(const std::vector<std::string>& terms) {
  Word found;
  std::uint64_t most = 0;
  for (const std::string& term : terms) {
    TRY(PlaceCursorPtr cursor, word(term));
    if (cursor->page() == PageCursor::kEnd) continue;
    most = std::max(most, cursor->cost());
    found.spellings.push_back(std::move(cursor));
  }
  found.idf = idf(collection(), most);
  return found;
}

Result<PlaceCursorPtr> IndexReader::word(const std::vector<std::string>& terms) {
  if (terms.size() == 1) return word(terms.front());
  TRY(Word parts, parts_of_word(terms));
  return united(shared_->walk, std::move(parts.spellings), parts.idf);
}

Result<PageCursorPtr> IndexReader::spellings(const std::vector<std::string>& terms) {
  TRY(Word parts, parts_of_word(terms));
  if (parts.spellings.size() == 1) return PageCursorPtr(std::move(parts.spellings.front()));
  return spellings_cursor(shared_->walk, std::move(parts.spellings), parts.idf);
}

PageCursorPtr IndexReader::phrase(std::vector<PlaceCursorPtr> words, bool ranked) {
  if (words.size() == 1) return ranked ? PageCursorPtr(std::move(words.front())) : scored(std::move(words.front()), 0);
  return phrase_cursor(shared_->walk, std::move(words), ranked);
}

PageCursorPtr IndexReader::near(std::vector<PlaceCursorPtr> words, std::uint32_t distance) {
  return near_cursor(shared_->walk, std::move(words), distance);
}

Result<PageCursorPtr> IndexReader::range(std::string_view prefix, std::string_view from, std::string_view to, double score) {
  TRY(const std::uint64_t places, places_between(prefix, std::max(prefix, from), to));
  const auto cost = std::min(places, static_cast<std::uint64_t>(collection().pages));
  return range_cursor(shared_->walk, {layers_of(prefix), std::string(prefix), std::string(from), std::string(to)}, score, cost);
}

// At most so many pages have a term that begins with `prefix` and stands in [first, to).
Result<std::uint64_t> IndexReader::places_between(std::string_view prefix, std::string_view first, std::string_view to) {
  std::uint64_t places = 0;
  TRY(const auto table, stored_terms(prefix));
  for (std::size_t i = table->lower_bound(first); i < table->size(); ++i) {
    if (!table->term(i).starts_with(prefix) || (!to.empty() && table->term(i) >= to)) break;
    places += table->pages[i];
  }
  TRY_STATUS(walk_fresh(prefix, [&](std::string_view term, std::uint64_t pages) -> std::optional<std::string> {
    if (term < first) return std::string(first);
    if (!to.empty() && term >= to) return std::nullopt;
    places += pages;
    return "";
  }));
  return places;
}

Result<PageCursorPtr> IndexReader::constant(const std::vector<std::string>& terms, double score) {
  const Walk& walk = shared_->walk;
  std::vector<std::uint64_t> bits;
  for (const std::string& term : terms) {
    for (const Layer layer : layers_of(term)) {
      for (const Chain& chain : walk.state.layer(layer).chains) {
        for (const Part& part : chain) {
          TRY(const auto list, find_list(walk.view, part, term));
          if (list) TRY_STATUS(mark_list(part, list->bytes, bits));
        }
      }
    }
  }
  return marked(std::move(bits), score);
}

Result<PageCursorPtr> IndexReader::column_range(std::string_view field, std::string_view from, std::string_view to) {
  TRY(std::shared_ptr<const ColumnData> column, shared_->state->column(*shared_->view, field));
  WantedValues wanted(*column, from, to);
  // How many pages there are is not counted; a share of the values is close enough to order cursors by.
  const double share = column->values.size() < 2 ? 0 : static_cast<double>(wanted.size()) / static_cast<double>(column->values.size() - 1);
  const auto cost = static_cast<std::uint64_t>(share * collection().pages);
  return visible(std::make_unique<ColumnCursor>(std::move(column), std::move(wanted), cost));
}

PageCursorPtr IndexReader::visible(PageCursorPtr pages) {
  if (!hides_pages()) return pages;
  return std::make_unique<VisibleCursor>(std::move(pages), *shared_->state);
}

PageCursorPtr IndexReader::all_pages() { return std::make_unique<AllPagesCursor>(*shared_->state); }

Result<std::uint64_t> IndexReader::frequency(std::string_view term) {
  // Only the heads of its lists are looked at, unless pages must be counted one by one.
  TRY(const Shared::Lists* const lists, shared_->lists_of(term));
  std::uint64_t pages = 0;
  if (hides_pages()) {
    TRY(const Found found, find_term(shared_->walk, term, *lists, pages));
    return pages;
  }
  for (const auto& list : *lists) {
    if (!list) continue;
    const std::optional<std::uint32_t> in_list = pages_in_list(list->bytes);
    if (!in_list) return damaged_index("a list of pages");
    pages += *in_list;
  }
  return pages;
}

Result<bool> IndexReader::may_tell(std::string_view term) {
  if (!hides_pages()) return true;
  TRY(const std::uint64_t pages, frequency(term));
  return pages > 0;
}

namespace {

// The next term at or after `wanted` of one source of terms.
struct StoredTerms {
  const rows::TermTable& table;
  std::size_t at = 0;

  // Most often the very next, or one near by: gallops, then halves.
  void seek(std::string_view wanted) {
    std::size_t step = 1;  // all before `at` are smaller
    while (at + step <= table.size() && table.term(at + step - 1) < wanted) at += step, step *= 2;
    std::size_t high = std::min(at + step - 1, table.size());
    while (at < high) {
      const std::size_t middle = (at + high) / 2;
      table.term(middle) < wanted ? at = middle + 1 : high = middle;
    }
  }
};

struct RamTerms {
  const std::map<std::string, EncodedPostings, std::less<>>& table;
  std::map<std::string, EncodedPostings, std::less<>>::const_iterator at;
};

std::uint64_t pages_in(const EncodedPostings& postings) { return ListReader(postings.list, 0).pages(); }

}  // namespace

Result<std::shared_ptr<const rows::TermTable>> IndexReader::stored_terms(std::string_view space) {
  return shared_->state->dictionary(*shared_->view, layout::is_field_term(space) ? IndexState::Terms::Fields : IndexState::Terms::Words);
}

Status IndexReader::walk(std::string_view prefix, const Visit& visit) {
  TRY(const auto table, stored_terms(prefix));
  return walk(*table, prefix, visit);
}

Status IndexReader::walk_fresh(std::string_view prefix, const Visit& visit) {
  static const rows::TermTable kNone;
  return walk(kNone, prefix, visit);
}

// Through this table and the terms in memory at once.
Status IndexReader::walk(const rows::TermTable& table, std::string_view prefix, const Visit& visit) {
  StoredTerms stored{table};
  std::vector<RamTerms> fresh;
  for (const Layer layer : layers_of(prefix))
    for (const auto& segment : shared_->state->layer(layer).ram) fresh.push_back({segment->terms(), segment->terms().begin()});

  std::string wanted(prefix);
  stored.at = stored.table.lower_bound(wanted);
  for (RamTerms& source : fresh) source.at = source.table.lower_bound(wanted);
  for (;;) {
    std::optional<std::string_view> next;
    stored.at < stored.table.size() ? void(next = stored.table.term(stored.at)) : void();
    for (const RamTerms& source : fresh)
      if (source.at != source.table.end() && (!next || source.at->first < *next)) next = source.at->first;
    if (!next || !next->starts_with(prefix)) return {};
    std::uint64_t pages = 0;
    if (stored.at < stored.table.size() && stored.table.term(stored.at) == *next) pages += stored.table.pages[stored.at];
    for (const RamTerms& source : fresh)
      if (source.at != source.table.end() && source.at->first == *next) pages += pages_in(source.at->second);
    const auto jump = visit(*next, pages);
    if (!jump) return {};
    wanted.assign(*next).push_back('\0');  // the smallest text behind it
    if (*jump > wanted) wanted = *jump;
    stored.seek(wanted);
    for (RamTerms& source : fresh)
      if (source.at != source.table.end() && source.at->first < wanted) source.at = source.table.lower_bound(wanted);
  }
}

Result<std::shared_ptr<const Column>> IndexReader::column(std::string_view field) {
  TRY(std::shared_ptr<const ColumnData> data, shared_->state->column(*shared_->view, field));
  return std::shared_ptr<const Column>(std::make_shared<StateColumn>(std::move(data)));
}

}  // namespace chartscan::indexer
