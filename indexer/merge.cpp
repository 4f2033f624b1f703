// Several segments become one: their terms are walked side by side in order, and each term's pages are put together and
// written again. Memory: one term's lists. See index_upkeep.h.
#include <algorithm>
#include <numeric>

#include "indexer/index_state.h"
#include "indexer/index_upkeep.h"
#include "indexer/manifest_steps.h"
#include "indexer/neighbours.h"
#include "indexer/posting_list.h"
#include "indexer/segment_writer.h"

namespace chartscan::indexer {
namespace {

using storage::Change;
using storage::Family;
using storage::Pinned;
using storage::Records;
using storage::View;

constexpr std::uint64_t kSmall = 2048;       // pages; segments below are of the smallest size class
constexpr std::uint64_t kSizeStep = 8;       // segments of one size class differ by less than this
constexpr std::size_t kMergeAtOnce = 8;      // and so many of them become one
constexpr std::uint64_t kLargest = 1 << 20;  // pages; larger ones are not made
constexpr double kMostOut = 0.3;             // of a segment's pages; beyond, it is written again without them
constexpr std::uint64_t kTidyFrom = 10'000;  // pages; below, the store's own tidying is quick enough

std::uint64_t size_class(const Segment& segment) {
  std::uint64_t size = 0;
  for (std::uint64_t pages = segment.pages; pages >= kSmall; pages /= kSizeStep) ++size;
  return size;
}

// One of the segments that are put together.
class Input {
 public:
  static Result<std::unique_ptr<Input>> open(const View& view, const Segment& segment) {
    auto input = std::unique_ptr<Input>(new Input(view, segment));
    TRY(input->lengths_, steps::pages_of(view, segment.number));
    TRY(input->out_, steps::out_of(view, segment));
    return input;
  }

  bool at_end() const { return lists_->at_end(); }
  Status status() const { return lists_->status(); }
  std::string_view term() const { return rows::term_of_list(lists_->key()); }
  void next() { lists_->next(); }

  // Pages and lengths that count.
  void add_pages(PageLengths& to) const {
    for (std::size_t i = 0; i < lengths_.pages.size(); ++i)
      if (!is_out(lengths_.pages[i])) to.add(lengths_.pages[i], lengths_.lengths[i]);
  }

  // Appends the pages of the term that count.
  Status read(Postings& to) {
    ListReader list(lists_->value(), segment_.first);
    Postings all;
    Postings& target = out_.empty() ? to : all;
    std::optional<Pinned> chunk;
    std::size_t number = SIZE_MAX;
    const auto load = [&](std::size_t wanted) -> std::optional<std::string_view> {
      if (number != wanted) {
        auto found = view_.pin(Family::Post, rows::chunk(segment_.number, term(), wanted));
        if (!found.ok() || !*found) return std::nullopt;
        chunk = std::move(*found);
        number = wanted;
      }
      return chunk->bytes;
    };
    if (!list.read_all(target, load)) return damaged_index("a list of pages");
    if (out_.empty()) return {};
    std::size_t first = 0;
    for (std::size_t i = 0; i < all.pages.size(); first += all.counts[i++])
      if (!is_out(all.pages[i])) to.add(all.pages[i], std::span(all.places).subspan(first, all.counts[i]));
    return {};
  }

 private:
  Input(const View& view, const Segment& segment)
      : view_(view), segment_(segment), lists_(view.rows(Family::Post, rows::lists(segment.number))) {}
  bool is_out(PageNo page) const { return std::binary_search(out_.begin(), out_.end(), page); }

  const View& view_;
  const Segment segment_;
  const std::unique_ptr<storage::Rows> lists_;
  PageLengths lengths_;
  std::vector<PageNo> out_;
};
using Inputs = std::vector<std::unique_ptr<Input>>;

void sort_by_page(PageLengths& lengths) {
  if (std::is_sorted(lengths.pages.begin(), lengths.pages.end())) return;
  std::vector<std::pair<PageNo, std::uint16_t>> both;
  for (std::size_t i = 0; i < lengths.pages.size(); ++i) both.emplace_back(lengths.pages[i], lengths.lengths[i]);
  std::sort(both.begin(), both.end());
  lengths = {};
  for (const auto& [page, length] : both) lengths.add(page, length);
}

void sort_by_page(Postings& postings) {
  if (std::is_sorted(postings.pages.begin(), postings.pages.end())) return;
  std::vector<std::size_t> order(postings.pages.size()), firsts(postings.pages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::exclusive_scan(postings.counts.begin(), postings.counts.end(), firsts.begin(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return postings.pages[a] < postings.pages[b]; });
  Postings sorted;
  for (const std::size_t i : order) sorted.add(postings.pages[i], std::span(postings.places).subspan(firsts[i], postings.counts[i]));
  postings = std::move(sorted);
}

Status write_terms(Inputs& inputs, SegmentWriter& writer) {
  Postings postings;
  std::string term;
  for (;;) {
    const Input* first = nullptr;
    for (const auto& input : inputs) {
      TRY_STATUS(input->status());
      if (!input->at_end() && (!first || input->term() < first->term())) first = input.get();
    }
    if (!first) return {};
    term = first->term();
    postings.clear();
    for (const auto& input : inputs) {
      if (input->at_end() || input->term() != term) continue;
      TRY_STATUS(input->read(postings));
      input->next();
    }
    if (postings.pages.empty()) continue;  // all of its pages are out
    sort_by_page(postings);
    TRY_STATUS(writer.add(term, postings));
  }
}

// Writes what counts of `group` as one new segment; nothing when nothing counts.
Result<std::optional<Segment>> write_merged(storage::Archive& archive, const std::vector<Segment>& group, std::uint32_t number) {
  TRY(const Records records, archive.read());
  Inputs inputs;
  PageLengths pages;
  for (const Segment& segment : group) {
    TRY(auto input, Input::open(records.view(), segment));
    input->add_pages(pages);
    inputs.push_back(std::move(input));
  }
  sort_by_page(pages);
  if (pages.pages.empty()) return std::optional<Segment>();
  const auto length = std::accumulate(pages.lengths.begin(), pages.lengths.end(), std::uint64_t{0});
  TRY(const auto writer, SegmentWriter::begin(archive.store(), number, group.front().layer, std::move(pages), length));
  TRY_STATUS(write_terms(inputs, *writer));
  TRY(const Segment segment, writer->finish());
  return std::optional(segment);
}

// Of a segment that no manifest names yet.
Status add_neighbours(storage::Archive& archive, const NeighbourRules& rules, Segment& segment) {
  if (segment.layer != Layer::Words || segment.pages < rules.segment) return {};
  TRY(const Records records, archive.read());
  TRY(const Manifest manifest, steps::manifest(records.view()));
  std::uint64_t pages = 0;
  for (const Segment& each : manifest.segments)
    if (each.layer == Layer::Words) pages += each.pages;
  if (pages < rules.archive) return {};
  TRY(const std::uint64_t bytes, write_neighbours(archive.store(), records.view(), segment));
  segment.bytes += bytes;
  return {};
}

using Segments = std::vector<Segment>;

// The merged segment; nothing when nothing of the group counts.
Result<std::optional<Segment>> merge_group(storage::Archive& archive, const Segments& group, const NeighbourRules& rules) {
  TRY(const std::uint32_t number, steps::new_segment(archive));
  TRY(std::optional<Segment> merged, write_merged(archive, group, number));
  if (merged) TRY_STATUS(add_neighbours(archive, rules, *merged));
  TRY_STATUS(archive.update_alone([&](const Records& records, Change& change) -> Status {
    TRY(Manifest manifest, steps::manifest(records.view()));
    std::erase_if(manifest.segments, [&](const Segment& segment) {
      return std::ranges::any_of(group, [&](const Segment& old) { return old.number == segment.number; });
    });
    manifest.next_segment = number + 1;
    if (merged) manifest.segments.push_back(*merged);
    steps::put(change, std::move(manifest));
    return {};
  }));
  // Older views still read the old rows. A crash from here on leaves rows that nothing names; the next start sweeps them.
  storage::WriteBatch old;
  for (const Segment& segment : group) steps::erase(old, segment.number);
  TRY_STATUS(archive.store().write_unsynced(old));
  return merged;
}

// Layers' segments stand among each other, so their room is given back together.
Status merge_groups(storage::Archive& archive, const std::vector<Segments>& groups, const NeighbourRules& rules) {
  std::uint32_t first = UINT32_MAX, last = 0;
  bool tidy = false;
  for (const Segments& group : groups) {
    TRY(const std::optional<Segment> merged, merge_group(archive, group, rules));
    tidy = tidy || (merged && merged->pages >= kTidyFrom);
    for (const Segment& segment : group) first = std::min(first, segment.number), last = std::max(last, segment.number);
  }
  return tidy ? archive.store().compact(Family::Post, rows::postings(first), rows::postings(last + 1)) : Status();
}

// Segments of a layer that follow each other, none above a size, and that are many enough; else one with too many pages out; else none.
// Only neighbours: a segment made around another would overlap it, and a word that stands in two such chains is read without leaping.
Segments next_group(const Manifest& manifest, Layer layer) {
  Segments own;
  std::uint64_t largest = 0;
  for (const Segment& segment : manifest.segments) {
    if (segment.layer != layer) continue;
    if (segment.out > kMostOut * segment.pages) return {segment};
    own.push_back(segment);
    largest = std::max(largest, size_class(segment));
  }
  std::ranges::sort(own, {}, &Segment::first);
  for (std::uint64_t size = 0; size <= largest; ++size) {
    Segments run;
    std::uint64_t pages = 0;
    for (std::size_t i = 0; i <= own.size(); ++i) {
      if (i < own.size() && size_class(own[i]) <= size && pages + own[i].pages <= kLargest) {
        run.push_back(own[i]);
        pages += own[i].pages;
        continue;
      }
      if (run.size() >= kMergeAtOnce) return run;
      run.clear(), pages = 0;
    }
  }
  return {};
}

Result<Manifest> manifest_now(storage::Archive& archive) {
  TRY(const Records records, archive.read());
  return steps::manifest(records.view());
}

}  // namespace

Result<bool> merge(storage::Archive& archive, const NeighbourRules& rules) {
  TRY(std::mutex* const mutex, steps::lock_of(archive));
  const std::lock_guard lock(*mutex);
  TRY(const Manifest manifest, manifest_now(archive));
  std::vector<Segments> groups;
  for (const Layer layer : kLayers)
    if (Segments group = next_group(manifest, layer); !group.empty()) groups.push_back(std::move(group));
  TRY_STATUS(merge_groups(archive, groups, rules));
  return !groups.empty();
}

Status merge_all(storage::Archive& archive, const NeighbourRules& rules) {
  TRY(std::mutex* const mutex, steps::lock_of(archive));
  const std::lock_guard lock(*mutex);
  TRY(const Manifest manifest, manifest_now(archive));
  std::vector<Segments> groups;
  for (const Layer layer : kLayers) {
    Segments group;
    for (const Segment& segment : manifest.segments)
      if (segment.layer == layer) group.push_back(segment);
    if (group.size() > 1 || (group.size() == 1 && group.front().out > 0)) groups.push_back(std::move(group));
  }
  return merge_groups(archive, groups, rules);
}

}  // namespace chartscan::indexer
