#include "indexer/neighbours.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <queue>
#include <utility>

#include "indexer/manifest_steps.h"
#include "indexer/posting_list.h"
#include "indexer/term_cursor.h"
#include "storage/bytes.h"

namespace chartscan::indexer {
namespace {

using storage::Family;
using storage::View;

constexpr std::uint64_t kWorthAsking = 128;  // of so many pages of a segment the rarest word stands on one or more
constexpr std::uint64_t kRarest = 128;       // of so many pages a word stands on one or more
constexpr std::size_t kMost = 2048;          // words
constexpr std::size_t kMostPaired = 1280;    // the most frequent of them; the others are Kind::TwiceOnly
constexpr std::uint64_t kRarer = 16;         // of so many pages a word stands on less than one: its pairs get one row
constexpr std::uint64_t kTellsLittle = 2;    // of so many pages of its rarer word a pair stands on more than one: it gets no row
constexpr std::uint64_t kCommon = 50;        // of so many pages a pair stands on more than one: it gets one row
constexpr std::uint64_t kTwiceCommon = 100;  // of so many pages a pair stands on more than one twice

constexpr PageNo kRange = 1 << 15;           // pages whose words are in memory at a time
constexpr std::uint16_t kNowhere = UINT16_MAX;
static_assert(kRange < kNowhere);
constexpr std::uint32_t kLongest = 1 << 11;  // positions; on longer pages any pair may stand
static_assert(NeighbourFilter::kStretch % kRange == 0);

std::size_t bytes_of_bits(PageNo pages) { return (std::size_t{pages} + 63) / 64 * 8; }

struct Frequent {
  std::string word;
  std::uint32_t pages = 0;
  NeighbourWords::Kind kind = NeighbourWords::Kind::TwiceOnly;
};

// The most frequent words of a segment, rising.
Result<std::vector<Frequent>> frequent_words(const View& view, const Segment& segment) {
  std::vector<Frequent> words;
  bool good = true;
  TRY_STATUS(view.scan(Family::Dictionary, rows::terms(segment.number), [&](std::string_view, std::string_view piece) {
    rows::TermTable terms;
    good = rows::decode_terms(piece, terms);
    for (std::size_t i = 0; good && i < terms.size(); ++i)
      if (terms.pages[i] * kRarest >= segment.pages && terms.term(i).size() <= 255) words.push_back({std::string(terms.term(i)), terms.pages[i]});
    return good;
  }));
  if (!good) return damaged_index("the words of a segment");
  std::ranges::stable_sort(words, std::greater<>(), &Frequent::pages);
  words.resize(std::min(words.size(), kMost));
  for (std::size_t i = 0; i < std::min(words.size(), kMostPaired); ++i)
    words[i].kind = words[i].pages * kRarer < segment.pages ? NeighbourWords::Kind::Rarer : NeighbourWords::Kind::Frequent;
  std::ranges::sort(words, {}, &Frequent::word);
  return words;
}

// The frequent words of some pages in the order of the text.
class WordRows {
 public:
  WordRows(const View& view, const Segment& segment, const std::vector<Frequent>& words, const PageLengths& lengths)
      : view_(view), segment_(segment), words_(words), lengths_(lengths) {}

  // Pages [first, first + kRange) of the segment.
  Status read(PageNo first) {
    first_ = first;
    begin();
    for (std::uint16_t word = 0; word < words_.size(); ++word) TRY_STATUS(place(word));
    std::sort(joined_.begin(), joined_.end());
    return {};
  }

  // visit(page - first, first word, second word, joined) for each time a pair stands there: page by page, and then page by page again where
  // one of the two is joined; whole(page - first): any pair may stand there.
  template <typename Visit, typename Whole>
  void visit(const Visit& visit, const Whole& whole) const {
    for (PageNo at = 0; at < kRange; ++at) {
      if (whole_[at]) {
        whole(at);
        continue;
      }
      for (std::uint32_t i = starts_[at] + 1; i < starts_[at + 1]; ++i)
        if (numbers_[i - 1] != 0 && numbers_[i] != 0) visit(at, numbers_[i - 1] - 1u, numbers_[i] - 1u, false);
    }
    for (auto joined = joined_.begin(); joined != joined_.end(); ++joined) {
      const std::uint32_t begin = starts_[joined->at] + joined->position, end = begin + 2;
      if (whole_[joined->at]) continue;
      if (joined->position > 0 && numbers_[begin - 1] != 0) visit(joined->at, numbers_[begin - 1] - 1u, joined->word, true);
      if (end < starts_[joined->at + 1] && numbers_[end] != 0) visit(joined->at, joined->word, numbers_[end] - 1u, true);
      for (auto next = joined + 1; next != joined_.end() && next->at == joined->at && next->position <= joined->position + 2; ++next)
        if (next->position == joined->position + 2) visit(joined->at, joined->word, next->word, true);
    }
  }

 private:
  struct Joined {  // a word of two positions
    PageNo at;
    std::uint32_t position;
    std::uint32_t word;
    auto operator<=>(const Joined&) const = default;
  };

  void begin() {
    starts_.assign(kRange + 1, 0);
    const auto from = std::lower_bound(lengths_.pages.begin(), lengths_.pages.end(), first_) - lengths_.pages.begin();
    for (auto i = static_cast<std::size_t>(from); i < lengths_.pages.size() && lengths_.pages[i] - first_ < kRange; ++i)
      if (lengths_.lengths[i] <= kLongest) starts_[lengths_.pages[i] - first_ + 1] = lengths_.lengths[i];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    numbers_.assign(starts_.back(), 0);
    whole_.assign(kRange, false);
    joined_.clear();
  }

  Status place(std::uint16_t word) {
    const Part part{segment_, {}, {}, {}, {}, {}};
    TRY(const auto bytes, find_list(view_, part, words_[word].word));
    if (!bytes) return damaged_index("a frequent word's list");
    ListReader list(bytes->bytes, segment_.first);
    std::optional<storage::Pinned> chunk;
    std::size_t number = SIZE_MAX;
    const auto load = [&](std::size_t wanted) -> std::optional<std::string_view> {
      if (number != wanted) {
        auto found = find_chunk(view_, part, words_[word].word, wanted);
        if (!found.ok() || !*found) return std::nullopt;
        chunk = std::move(*found);
        number = wanted;
      }
      return chunk->bytes;
    };
    std::vector<Place> places;
    for (list.seek(first_); list.page() != PageCursor::kEnd && list.page() - first_ < kRange; list.next()) {
      if (list.page() > segment_.last) return damaged_index("a list of pages");
      places.clear();
      list.places(places, load);
      put(list.page() - first_, word, places);
    }
    return list.is_damaged() ? Status(damaged_index("a list of pages")) : Status();
  }

  void put(PageNo at, std::uint16_t word, const std::vector<Place>& places) {
    const std::uint32_t start = starts_[at], length = starts_[at + 1] - start;
    for (const Place place : places) {
      if (end_of(place) > length) return void(whole_[at] = true);  // a long page
      if (place & 1) {
        joined_.push_back({at, position_of(place), word});
        continue;
      }
      std::uint16_t& number = numbers_[start + position_of(place)];
      if (number != 0) return void(whole_[at] = true);
      number = static_cast<std::uint16_t>(word + 1);
    }
  }

  const View& view_;
  const Segment& segment_;
  const std::vector<Frequent>& words_;
  const PageLengths& lengths_;
  PageNo first_ = 0;
  std::vector<std::uint32_t> starts_;   // of each page in numbers_
  std::vector<std::uint16_t> numbers_;  // at each position: of the word, and one more; 0: not a frequent one
  std::vector<bool> whole_;
  std::vector<Joined> joined_;
};

// Deals pairs, by their weights, to the common rows of a range: the heaviest first, each into the row that is the lightest then.
template <typename Give>
void deal(std::vector<std::pair<std::uint32_t, std::size_t>>& pairs, NeighbourWords::Range range, const Give& give) {
  std::ranges::sort(pairs, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  using Row = std::pair<std::uint64_t, std::uint16_t>;  // how full, number
  std::priority_queue<Row, std::vector<Row>, std::greater<>> emptiest;
  for (std::uint16_t row = 0; row < range.common; ++row) emptiest.push({0, static_cast<std::uint16_t>(range.first + row)});
  for (const auto& [weight, pair] : pairs) {
    const auto [full, row] = emptiest.top();
    emptiest.pop();
    give(pair, row);
    emptiest.push({full + weight, row});
  }
}

// Pairs whose rows are not found by a hash, judged by the pages at hand. A pair has the number first * words + second.
std::vector<NeighbourWords::CommonPair> common_pairs(const WordRows& range, const std::vector<Frequent>& words, const Segment& segment) {
  struct Tally {
    std::uint16_t last = kNowhere, last_twice = kNowhere;  // pages
    std::uint16_t on_pages = 0, twice = 0;
  };
  std::vector<Tally> tallies(words.size() * words.size());
  PageNo pages = 0, before = PageCursor::kEnd;
  range.visit(
      [&](PageNo at, std::size_t first, std::size_t second, bool joined) {
        if (joined) return;  // few
        const auto page = static_cast<std::uint16_t>(at);
        Tally& tally = tallies[first * words.size() + second];
        if (std::exchange(tally.last, page) != page) ++tally.on_pages;
        else if (std::exchange(tally.last_twice, page) != page) ++tally.twice;
        pages += std::exchange(before, at) != at;
      },
      [](PageNo) {});
  std::vector<NeighbourWords::CommonPair> common;
  std::vector<std::pair<std::uint32_t, std::size_t>> with_row, with_twice;  // pages, number in `common`
  for (std::uint16_t first = 0; first < words.size(); ++first) {
    for (std::uint16_t second = 0; second < words.size(); ++second) {
      const Tally& tally = tallies[first * words.size() + second];
      const std::uint64_t rarer = std::min(words[first].pages, words[second].pages);
      const bool tells = std::uint64_t{tally.on_pages} * kTellsLittle * segment.pages <= rarer * pages;
      const bool is_common = tally.on_pages * kCommon > pages, is_twice = tally.twice * kTwiceCommon > pages;
      if (tells && !is_common && !is_twice) continue;
      if (tells && is_common) with_row.emplace_back(tally.on_pages, common.size());
      if (is_twice) with_twice.emplace_back(tally.twice, common.size());
      common.push_back({first, second, tells ? NeighbourWords::kHashed : NeighbourWords::kNoRow});
    }
  }
  deal(with_row, NeighbourWords::kOnce, [&](std::size_t pair, std::uint16_t row) { common[pair].row = row; });
  deal(with_twice, NeighbourWords::kTwice, [&](std::size_t pair, std::uint16_t row) { common[pair].twice = row; });
  return common;
}

using Put = std::function<Status(const std::string& key, std::string_view value)>;  // keys rise

Status make_neighbours(const View& view, const Segment& segment, const Put& put) {
  TRY(const PageLengths lengths, steps::pages_of(view, segment.number));
  TRY(const std::vector<Frequent> words, frequent_words(view, segment));
  if (words.empty()) return {};
  WordRows range(view, segment, words, lengths);
  TRY_STATUS(range.read(segment.first));
  std::vector<NeighbourWords::Word> named;
  for (const Frequent& word : words) named.push_back({word.word, word.kind});
  const NeighbourWords neighbours(std::move(named), common_pairs(range, words, segment));
  TRY_STATUS(put(rows::neighbours(segment.number), neighbours.encode()));
  std::vector<NeighbourWords::Rows> rows_of_pairs;
  rows_of_pairs.reserve(words.size() * words.size());
  for (std::uint16_t first = 0; first < words.size(); ++first)
    for (std::uint16_t second = 0; second < words.size(); ++second) rows_of_pairs.push_back(neighbours.rows_of(first, second));

  const PageNo pages = segment.last - segment.first + 1;
  std::vector<std::uint16_t> last;  // page of the range on which each pair stands
  for (PageNo stretch = 0; stretch <= (pages - 1) / NeighbourFilter::kStretch; ++stretch) {
    const PageNo begin = stretch * NeighbourFilter::kStretch, size = std::min(NeighbourFilter::kStretch, pages - begin);
    const std::size_t bytes = bytes_of_bits(size);
    std::string bits(NeighbourWords::kRows * bytes, '\0');
    const auto set = [&](std::size_t row, PageNo at) {
      if (row != NeighbourWords::kNoRow) bits[row * bytes + at / 8] |= static_cast<char>(1 << at % 8);
    };
    for (PageNo from = 0; from < size; from += kRange) {
      if (begin + from > 0) TRY_STATUS(range.read(segment.first + begin + from));
      last.assign(rows_of_pairs.size(), kNowhere);
      range.visit(
          [&](PageNo at, std::size_t first, std::size_t second, bool joined) {
            const std::size_t pair = first * words.size() + second;
            const NeighbourWords::Rows& rows = rows_of_pairs[pair];
            // Whether a pair with a joined word stands there a second time is not known.
            if (joined || std::exchange(last[pair], static_cast<std::uint16_t>(at)) == at) set(rows.twice, from + at);
            set(rows.one, from + at);
            set(rows.other, from + at);
          },
          [&](PageNo at) {
            for (std::size_t row = 0; row < NeighbourWords::kRows; ++row) set(row, from + at);
          });
    }
    for (std::size_t row = 0; row < NeighbourWords::kRows; ++row)
      TRY_STATUS(put(rows::neighbours(segment.number, stretch, row), std::string_view(bits).substr(row * bytes, bytes)));
  }
  return {};
}

// The finalizer of splitmix64 (Steele et al., OOPSLA 2014).
std::uint64_t mixed(std::uint64_t hash) {
  hash += 0x9E3779B97F4A7C15;
  hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9;
  hash = (hash ^ hash >> 27) * 0x94D049BB133111EB;
  return hash ^ hash >> 31;
}

std::uint16_t hashed_row(NeighbourWords::Range range, std::uint64_t hash) {
  const std::uint64_t first = range.first + range.common;
  return static_cast<std::uint16_t>(first + hash % (range.end - first));
}

}  // namespace

std::string NeighbourWords::encode() const {
  std::string bytes;
  storage::put_be(bytes, static_cast<std::uint16_t>(words_.size()));
  for (const auto& [word, kind] : words_) {
    bytes += static_cast<char>(word.size());
    bytes += static_cast<char>(kind);
    bytes += word;
  }
  storage::put_be(bytes, static_cast<std::uint32_t>(common_.size()));
  for (const CommonPair& pair : common_) {
    for (const std::uint16_t number : {pair.first, pair.second, pair.row, pair.twice}) storage::put_be(bytes, number);
  }
  return bytes;
}

std::optional<NeighbourWords> NeighbourWords::decode(std::string_view bytes) {
  std::uint16_t count = 0;
  if (!storage::take_be(bytes, count)) return std::nullopt;
  std::vector<Word> words;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint8_t size = 0, kind = 0;
    if (!storage::take_be(bytes, size) || !storage::take_be(bytes, kind) || kind > static_cast<std::uint8_t>(Kind::TwiceOnly)) return std::nullopt;
    if (bytes.size() < size) return std::nullopt;
    words.push_back({std::string(bytes.substr(0, size)), static_cast<Kind>(kind)});
    bytes.remove_prefix(size);
  }
  std::uint32_t pairs = 0;
  if (!storage::take_be(bytes, pairs) || bytes.size() != std::size_t{8} * pairs) return std::nullopt;
  std::vector<CommonPair> common(pairs);
  for (CommonPair& pair : common) {
    for (std::uint16_t* const number : {&pair.first, &pair.second, &pair.row, &pair.twice}) storage::take_be(bytes, *number);
    for (const std::uint16_t row : {pair.row, pair.twice})
      if (row >= kRows && row != kNoRow && row != kHashed) return std::nullopt;
  }
  if (!std::ranges::is_sorted(words, {}, &Word::word) || !std::ranges::is_sorted(common)) return std::nullopt;
  return NeighbourWords(std::move(words), std::move(common));
}

std::optional<std::uint16_t> NeighbourWords::number_of(std::string_view word) const {
  const auto found = std::ranges::lower_bound(words_, word, {}, &Word::word);
  if (found == words_.end() || found->word != word) return std::nullopt;
  return static_cast<std::uint16_t>(found - words_.begin());
}

NeighbourWords::Rows NeighbourWords::rows_of(std::uint16_t first, std::uint16_t second) const {
  CommonPair pair{first, second};
  const auto common = std::ranges::lower_bound(common_, CommonPair{first, second, 0, 0});
  if (common != common_.end() && common->first == first && common->second == second) pair = *common;
  const std::uint64_t hash = mixed(std::uint64_t{first} << 16 | second);
  Rows rows;
  rows.twice = pair.twice == kHashed ? hashed_row(kTwice, mixed(hash)) : pair.twice;
  const Kind a = words_[first].kind, b = words_[second].kind;
  if (a == Kind::TwiceOnly || b == Kind::TwiceOnly) return rows;
  if (pair.row != kHashed) {
    rows.one = rows.other = pair.row;
    return rows;
  }
  rows.one = rows.other = hashed_row(kOnce, hash & UINT32_MAX);
  if (a == Kind::Frequent && b == Kind::Frequent) rows.other = hashed_row(kOnce, hash >> 32);
  return rows;
}

NeighbourWords::Rows NeighbourWords::rows_of(std::string_view first, std::string_view second) const {
  const auto a = number_of(first), b = number_of(second);
  return a && b ? rows_of(*a, *b) : Rows{};
}

Result<std::uint64_t> write_neighbours(storage::Store& store, const View& view, const Segment& segment) {
  TRY(const auto load, store.load(Family::Post));
  std::uint64_t bytes = 0;
  TRY_STATUS(make_neighbours(view, segment, [&](const std::string& key, std::string_view value) {
    bytes += key.size() + value.size();
    return load->put(key, value);
  }));
  TRY_STATUS(load->finish());
  return bytes;
}

Result<bool> neighbours_agree(const View& view, const Segment& segment) {
  const auto stored = view.rows(Family::Post, rows::neighbours(segment.number));
  if (stored->at_end()) {
    TRY_STATUS(stored->status());
    return true;
  }
  bool agree = true;
  TRY_STATUS(make_neighbours(view, segment, [&](const std::string& key, std::string_view value) -> Status {
    agree = agree && !stored->at_end() && stored->key() == key && stored->value() == value;
    if (agree) stored->next();
    return {};
  }));
  TRY_STATUS(stored->status());
  return agree && stored->at_end();
}

NeighbourFilter::OfSegment* NeighbourFilter::of(const Part& part, std::uint64_t pages) {
  if (!part.neighbours || pages * kWorthAsking < part.segment.pages) return nullptr;
  auto known = std::ranges::find_if(segments_, [&](const auto& each) { return &each->part_ == &part; });
  if (known == segments_.end()) {
    auto segment = std::unique_ptr<OfSegment>(new OfSegment(walk_, part));
    const auto add = [](std::vector<std::uint16_t>& rows, std::uint16_t row) {
      if (row != NeighbourWords::kNoRow && std::ranges::find(rows, row) == rows.end()) rows.push_back(row);
    };
    for (const auto& [first, second] : pairs_) {
      const NeighbourWords::Rows rows = part.neighbours->rows_of(first, second);
      add(segment->rows_, rows.one);
      add(segment->rows_, rows.other);
      add(segment->twice_rows_, rows.twice);
    }
    known = segments_.insert(segments_.end(), std::move(segment));
  }
  return (*known)->rows_.empty() && (*known)->twice_rows_.empty() ? nullptr : known->get();
}

void NeighbourFilter::OfSegment::load(PageNo stretch) {
  stretch_ = stretch;
  bits_.assign(kStretch / 64, {~std::uint64_t{0}, ~std::uint64_t{0}});
  load(stretch, rows_, &Bits::once);
  load(stretch, twice_rows_, &Bits::twice);
}

// Leaves the bits that are set in all rows.
void NeighbourFilter::OfSegment::load(PageNo stretch, std::span<const std::uint16_t> rows, std::uint64_t Bits::* bits) {
  const PageNo pages = part_.segment.last - part_.segment.first + 1;
  const std::size_t bytes = bytes_of_bits(std::min(kStretch, pages - stretch * kStretch));
  for (const std::uint16_t row : rows) {
    const auto found = walk_.view.pin(Family::Post, rows::neighbours(part_.segment.number, stretch, row));
    if (!found.ok()) return walk_.fault(found.error());
    if (!*found || (*found)->bytes.size() != bytes) return walk_.fault(damaged_index("which words stand together"));
    const char* const in = (*found)->bytes.data();
    for (std::size_t i = 0; i < bytes / 8; ++i) {
      std::uint64_t word;
      std::memcpy(&word, in + 8 * i, sizeof word);
      bits_[i].*bits &= word;
    }
  }
}

}  // namespace chartscan::indexer
