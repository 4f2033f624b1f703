#include "indexer/index_state.h"

#include <algorithm>
#include <bit>
#include <set>

#include "indexer/manifest_steps.h"
#include "indexer/neighbours.h"
#include "indexer/posting_list.h"
#include "storage/keys.h"

namespace chartscan::indexer {
namespace {

using storage::Family;
using storage::View;

constexpr std::size_t kRamGrowth = 8;      // segments in memory of one size before they are made into one
constexpr std::size_t kPartialStates = 8;  // kept for askers who may see different things

// What a store keeps of the index between questions.
struct Cache {
  std::shared_ptr<const IndexState> last;
};

Error not_built() {
  return {ErrorCode::Conflict,
          "the index of this archive is of an older format and not yet built anew; run 'chartscan index rebuild', or any command "
          "that writes to the archive, and ask again"};
}

Result<Manifest> read_manifest(const std::string& bytes) {
  if (bytes.empty()) return Manifest{};
  auto manifest = rows::decode_manifest(bytes);
  if (!manifest) return damaged_index("its list of segments");
  return std::move(*manifest);
}

// No page is missing from what can be found: neither is the index of an older version, nor is one being built.
Status check_built(const View& view) {
  TRY(const auto rebuild, view.get(Family::Dictionary, rows::kRebuild));
  if (!rebuild) {
    TRY(const bool is_older, steps::is_of_older_version(view));
    return is_older ? Status(not_built()) : Status();
  }
  const auto progress = rows::decode_rebuild(*rebuild);
  if (!progress) return damaged_index("the mark of its rebuilding");
  return Error{ErrorCode::Conflict, "the index of this archive is being built anew: " + std::to_string(progress->next - 1) + " of " +
                                        std::to_string(progress->until) +
                                        " pages are done; ask again later, or run 'chartscan index rebuild' if nothing writes to the archive"};
}

Status scan_fresh(const View& view, Layer layer, const std::map<PageNo, FreshPagePtr>* last, std::map<PageNo, FreshPagePtr>& out) {
  const auto rows = view.rows(Family::Dictionary, rows::fresh(layer));
  for (; !rows->at_end(); rows->next()) {
    const PageNo page = rows::page_of(rows->key()).value_or(0);
    if (last) {
      if (const auto known = last->find(page); known != last->end() && known->second->row == rows->value()) {
        out.emplace_hint(out.end(), page, known->second);
        continue;
      }
    }
    TRY(FreshPagePtr fresh, load_fresh(view, layer, page, rows->value()));
    out.emplace_hint(out.end(), page, std::move(fresh));
  }
  return rows->status();
}

// Keeps those segments in memory whose pages are all still fresh, puts the other pages into a new one, and joins segments of
// one size when there are many, so that a page is sorted in a few times however many follow it.
std::vector<std::shared_ptr<const RamSegment>> ram_segments(const std::map<PageNo, FreshPagePtr>& fresh,
                                                            const std::vector<std::shared_ptr<const RamSegment>>* last) {
  const auto is_fresh = [&](const FreshPagePtr& page) {
    const auto found = fresh.find(page->page);
    return found != fresh.end() && found->second == page;
  };
  std::vector<std::shared_ptr<const RamSegment>> segments;
  std::set<PageNo> covered;
  for (std::size_t i = 0; last && i < last->size(); ++i) {
    const auto& pages = (*last)[i]->pages();
    if (!std::all_of(pages.begin(), pages.end(), is_fresh)) continue;
    segments.push_back((*last)[i]);
    for (const FreshPagePtr& page : pages) covered.insert(page->page);
  }
  std::vector<FreshPagePtr> uncovered;
  for (const auto& [number, page] : fresh)
    if (!covered.contains(number)) uncovered.push_back(page);
  if (!uncovered.empty()) segments.push_back(std::make_shared<RamSegment>(std::move(uncovered)));

  const auto size = [](const auto& segment) { return segment->pages().size(); };
  for (std::size_t limit = kRamGrowth; segments.size() >= kRamGrowth; limit *= kRamGrowth) {
    std::vector<FreshPagePtr> pages;
    std::erase_if(segments, [&](const auto& segment) {
      if (size(segment) > limit) return false;
      pages.insert(pages.end(), segment->pages().begin(), segment->pages().end());
      return true;
    });
    if (pages.empty()) continue;
    std::sort(pages.begin(), pages.end(), [](const FreshPagePtr& a, const FreshPagePtr& b) { return a->page < b->page; });
    segments.push_back(std::make_shared<RamSegment>(std::move(pages)));
  }
  return segments;
}

std::vector<Chain> chains_of(std::vector<Part> sources) {
  std::sort(sources.begin(), sources.end(), [](const Part& a, const Part& b) { return a.segment.first < b.segment.first; });
  std::vector<Chain> chains;
  for (Part& source : sources) {
    const auto fits = std::find_if(chains.begin(), chains.end(),
                                   [&](const Chain& chain) { return chain.back().segment.last < source.segment.first; });
    if (fits == chains.end())
      chains.push_back({std::move(source)});
    else
      fits->push_back(std::move(source));
  }
  return chains;
}

Result<std::shared_ptr<const NeighbourWords>> neighbours_of(const View& view, const Segment& segment) {
  std::shared_ptr<const NeighbourWords> neighbours;
  TRY(const auto row, view.pin(Family::Post, rows::neighbours(segment.number)));
  if (!row) return neighbours;
  auto words = NeighbourWords::decode(row->bytes);
  if (!words) return damaged_index("which words stand together");
  return std::make_shared<const NeighbourWords>(std::move(*words));
}

std::shared_ptr<const Hidden> hidden_of(const Segment& segment, const std::vector<PageNo>& out) {
  if (out.empty()) return nullptr;
  auto hidden = std::make_shared<Hidden>(segment.first, segment.last);
  for (const PageNo page : out)
    if (page >= segment.first && page <= segment.last) hidden->add(page);
  return hidden;
}

// What no longer counts of a segment when these pages do not either.
std::shared_ptr<const Hidden> hidden_with(const Part& part, const std::vector<std::uint64_t>& bits) {
  std::shared_ptr<Hidden> hidden;
  for (PageNo page = part.segment.first; page <= part.segment.last && page / 64 < bits.size(); ++page) {
    if (bits[page / 64] == 0) page |= 63;
    else if (bits[page / 64] >> page % 64 & 1) {
      if (!hidden) hidden = part.hidden ? std::make_shared<Hidden>(*part.hidden) : std::make_shared<Hidden>(part.segment.first, part.segment.last);
      hidden->add(page);
    }
  }
  return hidden ? std::shared_ptr<const Hidden>(std::move(hidden)) : part.hidden;
}

Collection collection_of(std::uint64_t pages, std::uint64_t length) {
  return {static_cast<double>(pages), pages == 0 || length == 0 ? 1 : static_cast<double>(length) / static_cast<double>(pages)};
}

}  // namespace

Error damaged_index(const std::string& what) {
  return {ErrorCode::Integrity, "the index is damaged: " + what + " cannot be read; run 'chartscan index rebuild'"};
}

Result<std::shared_ptr<const IndexState>> IndexState::of(const View& view) {
  storage::Attachment& attachment = view.attachment();
  const std::lock_guard lock(attachment.mutex);
  if (!attachment.value) attachment.value = std::make_shared<Cache>();
  Cache& cache = *static_cast<Cache*>(attachment.value.get());
  const std::uint64_t moment = view.moment();
  if (cache.last && cache.last->moment_ == moment) return cache.last;
  TRY(std::shared_ptr<const IndexState> state, make(view, cache.last.get()));
  if (!cache.last || cache.last->moment_ < moment) cache.last = state;
  return state;
}

Result<std::shared_ptr<IndexState>> IndexState::make(const View& view, const IndexState* last) {
  auto state = std::make_shared<IndexState>();
  state->moment_ = view.moment();
  TRY(const auto newest, view.last(Family::Page, storage::keys::kPages));
  if (const auto page = newest ? storage::keys::page_of(*newest) : std::nullopt) state->newest_page_ = static_cast<PageNo>(page->value);
  TRY_STATUS(state->load_stored(view, last));
  for (const Layer layer : kLayers) TRY_STATUS(state->load_layer(view, layer, last));
  state->count_words();
  return state;
}

Status IndexState::load_stored(const View& view, const IndexState* last) {
  TRY(const auto bytes, view.get(Family::Dictionary, rows::kManifest));
  TRY_STATUS(check_built(view));
  if (last && last->stored_->manifest == bytes.value_or("")) {
    stored_ = last->stored_;
    return {};
  }
  stored_ = std::make_shared<Stored>();
  stored_->manifest = bytes.value_or("");
  TRY(const Manifest manifest, read_manifest(stored_->manifest));
  for (const Segment& segment : manifest.segments) {
    auto& sources = stored_->sources[static_cast<std::size_t>(segment.layer)];
    Part source;
    source.segment = segment;
    if (last) {
      for (const Part& known : last->stored_->sources[static_cast<std::size_t>(segment.layer)])
        if (known.segment.number == segment.number) source.lengths = known.lengths, source.neighbours = known.neighbours;
    }
    if (!source.lengths && segment.layer == Layer::Words) {
      TRY(const auto row, view.pin(Family::Dictionary, rows::pages(segment.number)));
      auto lengths = row ? rows::decode_pages(row->bytes) : std::nullopt;
      if (!lengths) return damaged_index("the pages of a segment");
      source.lengths = std::make_shared<const PageLengths>(std::move(*lengths));
      TRY(source.neighbours, neighbours_of(view, segment));
    }
    std::vector<PageNo> out;
    if (segment.out > 0) {
      TRY(const auto row, view.pin(Family::Dictionary, rows::out(segment.number)));
      auto pages = row ? rows::decode_out(row->bytes) : std::nullopt;
      if (!pages) return damaged_index("what a segment no longer holds");
      out = std::move(*pages);
    }
    source.hidden = hidden_of(segment, out);
    source.out = std::make_shared<const std::vector<PageNo>>(std::move(out));
    sources.push_back(std::move(source));
  }
  for (const Part& source : stored_->sources[0]) {
    const PageLengths& lengths = *source.lengths;
    for (std::size_t i = 0; i < lengths.pages.size(); ++i) {
      if (source.hidden && source.hidden->has(lengths.pages[i])) continue;
      stored_->lengths.set(lengths.pages[i], static_cast<std::uint16_t>(lengths.lengths[i] + 1));
      ++stored_->pages;
      stored_->length += lengths.lengths[i];
    }
  }
  return {};
}

Status IndexState::load_layer(const View& view, Layer which, const IndexState* last) {
  LayerState& layer = layers_[static_cast<std::size_t>(which)];
  const LayerState* const before = last ? &last->layer(which) : nullptr;
  layer.stored = stored_->sources[static_cast<std::size_t>(which)];
  TRY_STATUS(scan_fresh(view, which, before ? &before->fresh : nullptr, layer.fresh));
  TRY_STATUS(view.scan(Family::Dictionary, rows::taken_out(which), [&](std::string_view key, std::string_view) {
    if (const auto page = rows::page_of(key)) layer.taken_out.push_back(*page);
    return true;
  }));
  layer.ram = ram_segments(layer.fresh, before ? &before->ram : nullptr);
  hide(layer);

  std::vector<Part> sources = layer.stored;
  for (const auto& segment : layer.ram) sources.push_back({segment->segment(), nullptr, nullptr, nullptr, segment, nullptr});
  layer.chains = chains_of(std::move(sources));
  return {};
}

// Pages that are fresh or taken out are hidden in all segments of the store.
void IndexState::hide(LayerState& layer) const {
  std::vector<PageNo> over = layer.taken_out;
  for (const auto& [page, _] : layer.fresh) over.push_back(page);
  std::sort(over.begin(), over.end());
  for (Part& source : layer.stored) {
    const auto begin = std::lower_bound(over.begin(), over.end(), source.segment.first);
    const auto end = std::upper_bound(begin, over.end(), source.segment.last);
    if (begin == end) continue;
    std::vector<PageNo> out = *source.out;
    out.insert(out.end(), begin, end);
    source.hidden = hidden_of(source.segment, out);
  }
}

// Lengths of all pages, and what ranking needs to know of all of them.
void IndexState::count_words() {
  lengths_ = stored_->lengths;
  std::uint64_t pages = stored_->pages, length = stored_->length;
  const auto change = [&](PageNo page, std::uint32_t entry) {
    if (const std::uint32_t old = lengths_.at(page)) --pages, length -= old - 1;
    if (entry) ++pages, length += entry - 1;
    lengths_.set(page, static_cast<std::uint16_t>(entry));
  };
  for (const PageNo page : layer(Layer::Words).taken_out) change(page, 0);
  for (const auto& [page, fresh] : layer(Layer::Words).fresh) change(page, std::min(fresh->length, PageLengths::kMaxLength) + 1);
  words_ = {pages, length};
  collection_ = collection_of(pages, length);
}

std::shared_ptr<const IndexState> IndexState::without(PageBits bits) const {
  auto rest = std::make_shared<IndexState>();
  rest->moment_ = moment_;
  rest->newest_page_ = newest_page_;
  rest->stored_ = stored_;
  rest->layers_ = layers_;
  rest->lengths_ = lengths_;
  rest->unseen_ = std::move(bits);
  std::uint64_t length = 0, pages = 0;
  for (std::size_t word = 0; word < rest->unseen_.size(); ++word) {
    for (std::uint64_t left = rest->unseen_[word]; left != 0; left &= left - 1) {
      const auto page = static_cast<PageNo>(64 * word + static_cast<std::size_t>(std::countr_zero(left)));
      if (lengths_.at(page) == 0) continue;
      ++pages;
      length += this->length(page);
      rest->lengths_.set(page, 0);
    }
  }
  rest->collection_ = collection_of(words_.pages - pages, words_.length - length);
  for (LayerState& layer : rest->layers_)
    for (Chain& chain : layer.chains)
      for (Part& part : chain) part.hidden = hidden_with(part, rest->unseen_);
  return rest;
}

Result<std::shared_ptr<const IndexState>> IndexState::without(const std::string& name, const std::function<Result<PageBits>()>& pages) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = partial_.find(name); known != partial_.end()) return known->second;
  }
  TRY(PageBits bits, pages());
  std::shared_ptr<const IndexState> rest = without(std::move(bits));
  const std::lock_guard lock(mutex_);
  if (partial_.size() >= kPartialStates) partial_.clear();
  return partial_[name] = std::move(rest);
}

namespace {

Status read_terms(const View& view, const Part& source, rows::TermTable& table) {
  bool damaged = false;
  TRY_STATUS(view.scan(Family::Dictionary, rows::terms(source.segment.number), [&](std::string_view, std::string_view piece) {
    damaged = !rows::decode_terms(piece, table);
    return !damaged;
  }));
  return damaged ? Status(damaged_index("a part of its dictionary")) : Status();
}

rows::TermTable merged(const std::vector<rows::TermTable>& tables) {
  if (tables.size() == 1) return tables.front();
  using Head = std::pair<std::string_view, std::size_t>;  // a table's next term, and the table
  const auto later = [](const Head& a, const Head& b) { return a.first > b.first; };
  std::vector<Head> heads;
  std::vector<std::size_t> at(tables.size());
  for (std::size_t i = 0; i < tables.size(); ++i)
    if (tables[i].size() > 0) heads.push_back({tables[i].term(0), i});
  std::make_heap(heads.begin(), heads.end(), later);
  rows::TermTable all;
  while (!heads.empty()) {
    std::pop_heap(heads.begin(), heads.end(), later);
    const auto [term, table] = heads.back();
    const std::uint32_t pages = tables[table].pages[at[table]];
    if (all.size() > 0 && all.term(all.size() - 1) == term)
      all.pages.back() += pages;
    else
      all.add(term, pages);
    if (++at[table] == tables[table].size()) {
      heads.pop_back();
      continue;
    }
    heads.back().first = tables[table].term(at[table]);
    std::push_heap(heads.begin(), heads.end(), later);
  }
  return all;
}

}  // namespace

Result<std::shared_ptr<const rows::TermTable>> IndexState::dictionary(const View& view, Terms which) const {
  const std::lock_guard lock(stored_->mutex);
  auto& kept = stored_->dictionaries[static_cast<std::size_t>(which)];
  if (kept) return kept;
  std::vector<rows::TermTable> tables;
  for (const Layer layer : kLayers) {
    if ((layer == Layer::Words) != (which == Terms::Words)) continue;
    for (const Part& source : stored_->sources[static_cast<std::size_t>(layer)]) {
      TRY_STATUS(read_terms(view, source, tables.emplace_back()));
    }
  }
  kept = std::make_shared<const rows::TermTable>(tables.empty() ? rows::TermTable() : merged(tables));
  return kept;
}

Result<ColumnData> IndexState::stored_column(const View& view, std::string_view field) const {
  ColumnData column;
  std::map<std::string, std::uint32_t, std::less<>> numbers;
  const std::string prefix = layout::field_prefix(field);
  for (const Layer layer : {Layer::Page, Layer::Document}) {
    for (const Part& source : stored_->sources[static_cast<std::size_t>(layer)]) {
      const std::string lists = rows::lists(source.segment.number);
      bool damaged = false;
      TRY_STATUS(view.scan(Family::Post, lists + prefix, [&](std::string_view key, std::string_view value) {
        const std::string_view term = key.substr(lists.size() + prefix.size());
        const auto [found, is_new] = numbers.try_emplace(std::string(term), static_cast<std::uint32_t>(column.values.size()));
        if (is_new) column.values.emplace_back(term);
        ListReader list(value, source.segment.first);
        for (; list.page() != PageCursor::kEnd; list.seek(list.page() + 1))
          if (!source.hidden || !source.hidden->has(list.page())) column.numbers.set(list.page(), found->second);
        damaged = list.is_damaged();
        return !damaged;
      }));
      if (damaged) return damaged_index("a list of pages");
    }
  }
  std::vector<std::uint32_t> places(column.values.size());  // in order, of each number
  for (auto& [value, number] : numbers) {
    places[number] = column.in_order;
    column.values[column.in_order++] = value;
  }
  column.numbers.change_all([&](std::uint32_t number) { return places[number]; });
  return column;
}

Result<std::shared_ptr<const ColumnData>> IndexState::column(const View& view, std::string_view field) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = columns_.find(field); known != columns_.end()) return known->second;
  std::shared_ptr<const ColumnData> stored;
  {
    const std::lock_guard lock_stored(stored_->mutex);
    auto& kept = stored_->columns[std::string(field)];
    if (!kept) {
      TRY(ColumnData made, stored_column(view, field));
      kept = std::make_shared<const ColumnData>(std::move(made));
    }
    stored = kept;
  }
  auto column = std::make_shared<ColumnData>(*stored);
  std::map<std::string, std::uint32_t, std::less<>> numbers;
  for (std::uint32_t i = 1; i < column->values.size(); ++i) numbers.emplace(column->values[i], i);
  const std::string prefix = layout::field_prefix(field);
  for (const Layer which : {Layer::Page, Layer::Document}) {
    for (const PageNo page : layer(which).taken_out) column->numbers.set(page, 0);
    for (const auto& [page, fresh] : layer(which).fresh) {
      std::uint32_t number = 0;
      bool says = false;
      for (const FreshTerm& term : fresh->terms) {
        if (!term.term.starts_with(prefix)) continue;
        const auto [found, is_new] =
            numbers.try_emplace(std::string(term.term.substr(prefix.size())), static_cast<std::uint32_t>(column->values.size()));
        if (is_new) column->values.push_back(found->first);
        number = found->second;
        says = true;
      }
      // A document that says nothing of the field has taken back what it said; a page never knew.
      if (says || which == Layer::Document) column->numbers.set(page, number);
    }
  }
  columns_.emplace(field, column);
  return std::shared_ptr<const ColumnData>(std::move(column));
}

Result<std::optional<storage::Pinned>> find_list(const View& view, const Part& source, std::string_view term) {
  if (!source.ram) return view.pin(Family::Post, rows::list(source.segment.number, term));
  const EncodedPostings* const found = source.ram->find(term);
  if (!found) return std::optional<storage::Pinned>();
  return std::optional(storage::Pinned{source.ram, found->list});
}

Result<std::optional<storage::Pinned>> find_chunk(const View& view, const Part& source, std::string_view term, std::size_t chunk) {
  if (!source.ram) return view.pin(Family::Post, rows::chunk(source.segment.number, term, chunk));
  const EncodedPostings* const found = source.ram->find(term);
  if (!found || chunk >= found->chunks.size()) return std::optional<storage::Pinned>();
  return std::optional(storage::Pinned{source.ram, found->chunks[chunk]});
}

}  // namespace chartscan::indexer
