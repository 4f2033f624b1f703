// What questions to one moment of the index share in memory: which segments there are, which of their pages are hidden, the
// pages that are fresh, every page's length; and, made when first asked for, the dictionary and columns.
//
// A state is made from the last one and what changed, and is kept with the store (storage::Attachment), in the writing
// process as well as in a reading one. A state never changes; any thread. It holds nothing of a view.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.h"
#include "indexer/list_cache.h"
#include "indexer/rows.h"
#include "indexer/segment_writer.h"
#include "storage/store.h"

namespace chartscan::indexer {

// A number for each page, in tables of kTable that states share until one differs.
template <typename Number>
class PageTable {
 public:
  static constexpr PageNo kTable = 4096;
  Number at(PageNo page) const {
    const std::size_t table = page / kTable;
    return table < tables_.size() && tables_[table] ? (*tables_[table])[page % kTable] : Number{};
  }
  void set(PageNo page, Number number) {
    const std::size_t table = page / kTable;
    if (table >= tables_.size()) tables_.resize(table + 1);
    std::shared_ptr<Numbers>& numbers = tables_[table];
    if (!numbers) numbers = std::make_shared<Numbers>();
    if (numbers.use_count() > 1) numbers = std::make_shared<Numbers>(*numbers);
    (*numbers)[page % kTable] = number;
  }
  template <typename Change>
  void change_all(const Change& change) {
    for (const auto& numbers : tables_)
      if (numbers) std::transform(numbers->begin(), numbers->end(), numbers->begin(), change);
  }
  // The first page at or after `page` whose number fits; PageCursor::kEnd when there is none.
  template <typename Fits>
  PageNo find(PageNo page, const Fits& fits) const {
    for (std::size_t table = page / kTable; table < tables_.size(); ++table, page = static_cast<PageNo>(table * kTable)) {
      if (!tables_[table]) continue;
      for (std::size_t i = page % kTable; i < kTable; ++i)
        if (fits((*tables_[table])[i])) return static_cast<PageNo>(table * kTable + i);
    }
    return PageCursor::kEnd;
  }

 private:
  using Numbers = std::array<Number, kTable>;
  std::vector<std::shared_ptr<Numbers>> tables_;
};

// Pages of a segment that do not count, as bits.
class Hidden {
 public:
  Hidden(PageNo first, PageNo last) : first_(first), bits_((last - first) / 64 + 1) {}
  void add(PageNo page) { bits_[(page - first_) / 64] |= std::uint64_t{1} << (page - first_) % 64; }
  bool has(PageNo page) const { return bits_[(page - first_) / 64] >> (page - first_) % 64 & 1; }

 private:
  PageNo first_;
  std::vector<std::uint64_t> bits_;
};

class NeighbourWords;

// A segment in the store, or in memory.
struct Part {
  Segment segment;
  std::shared_ptr<const PageLengths> lengths;   // of the layer of words, in the store
  std::shared_ptr<const std::vector<PageNo>> out;  // row 'x'
  std::shared_ptr<const Hidden> hidden;         // null: every page counts
  std::shared_ptr<const RamSegment> ram;        // null: in the store
  std::shared_ptr<const NeighbourWords> neighbours;  // null: it has none (indexer/neighbours.h)
};
// Segments that follow each other without overlapping.
using Chain = std::vector<Part>;

struct LayerState {
  std::vector<Part> stored;                         // by first page
  std::map<PageNo, FreshPagePtr> fresh;
  std::vector<PageNo> taken_out;                      // rising
  std::vector<std::shared_ptr<const RamSegment>> ram;
  std::vector<Chain> chains;                          // of all segments, stored and in memory
};

struct ColumnData {
  PageTable<std::uint32_t> numbers;   // index into values; 0: none
  std::vector<std::string> values{""};
  std::uint32_t in_order = 1;  // so many of the values rise; those that only fresh pages have follow in no order
};

class IndexState {
 public:
  // The state of this view. Conflict when the archive's index is of an older version and not yet built anew.
  static Result<std::shared_ptr<const IndexState>> of(const storage::View& view);

  const LayerState& layer(Layer layer) const { return layers_[static_cast<std::size_t>(layer)]; }
  const Collection& collection() const { return collection_; }
  PageNo newest_page() const { return newest_page_; }  // the highest that the archive has; 0 = none
  // Positions of the page's words, and one more; 0 for a page that is not indexed.
  const PageTable<std::uint16_t>& lengths() const { return lengths_; }
  std::uint32_t length(PageNo page) const { return std::max<std::uint32_t>(lengths_.at(page), 1) - 1; }

  // Terms of stored segments, of words or of both layers of fields, with the pages they have there.
  enum class Terms { Words, Fields };
  Result<std::shared_ptr<const rows::TermTable>> dictionary(const storage::View& view, Terms which) const;
  Result<std::shared_ptr<const ColumnData>> column(const storage::View& view, std::string_view field) const;

  ListCache& lists() const { return stored_->lists; }  // of the stored segments

  // The index as it would be without some pages: for who may not open them. `bits`: of the pages, 64 to a number.
  using PageBits = std::vector<std::uint64_t>;
  std::shared_ptr<const IndexState> without(PageBits bits) const;
  // The same, kept under a name as long as this state; `pages` is asked when it is not there yet.
  Result<std::shared_ptr<const IndexState>> without(const std::string& name, const std::function<Result<PageBits>()>& pages) const;
  bool is_partial() const { return !unseen_.empty(); }  // there are pages that are not to be seen
  bool shows(PageNo page) const { return page / 64 >= unseen_.size() || !(unseen_[page / 64] >> page % 64 & 1); }

 private:
  // What depends on the stored segments alone.
  struct Stored {
    std::string manifest;  // its bytes
    std::array<std::vector<Part>, kLayers.size()> sources;
    PageTable<std::uint16_t> lengths;
    std::uint64_t pages = 0, length = 0;
    ListCache lists;
    std::mutex mutex;
    std::array<std::shared_ptr<const rows::TermTable>, 2> dictionaries;                 // guarded by mutex
    std::map<std::string, std::shared_ptr<const ColumnData>, std::less<>> columns;      // guarded by mutex
  };

  static Result<std::shared_ptr<IndexState>> make(const storage::View& view, const IndexState* last);
  Status load_stored(const storage::View& view, const IndexState* last);
  Status load_layer(const storage::View& view, Layer layer, const IndexState* last);
  void hide(LayerState& layer) const;
  void count_words();
  Result<ColumnData> stored_column(const storage::View& view, std::string_view field) const;

  std::uint64_t moment_ = 0;
  PageNo newest_page_ = 0;
  std::shared_ptr<Stored> stored_;
  std::array<LayerState, kLayers.size()> layers_;
  PageTable<std::uint16_t> lengths_;
  struct {
    std::uint64_t pages = 0, length = 0;
  } words_;  // of all pages together
  Collection collection_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const ColumnData>, std::less<>> columns_;  // guarded by mutex_
  PageBits unseen_;
  mutable std::map<std::string, std::shared_ptr<const IndexState>> partial_;  // by name; guarded by mutex_
};

// The bytes of a term in one segment, and of a chunk of its places; nothing when the segment has none.
Result<std::optional<storage::Pinned>> find_list(const storage::View& view, const Part& source, std::string_view term);
Result<std::optional<storage::Pinned>> find_chunk(const storage::View& view, const Part& source, std::string_view term,
                                                  std::size_t chunk);

Error damaged_index(const std::string& what);

}  // namespace chartscan::indexer
