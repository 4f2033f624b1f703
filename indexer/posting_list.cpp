#include "indexer/posting_list.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "storage/bytes.h"

namespace chartscan::indexer {
namespace {

using storage::put_varint;

constexpr std::uint8_t kLong = 1, kSpans = 2;
constexpr std::size_t kSkip = 9;

void put_u32(std::string& out, std::size_t value) {
  const auto number = static_cast<std::uint32_t>(value);
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::uint32_t u32(std::string_view in, std::size_t at) {
  std::uint32_t number;
  std::memcpy(&number, in.data() + at, sizeof number);
  return number;
}

bool take_varint(std::string_view& in, std::uint32_t& value) {
  if (!in.empty() && static_cast<std::uint8_t>(in.front()) < 0x80) {
    value = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    return true;
  }
  std::uint64_t wide = 0;
  if (!storage::take_varint(in, wide) || wide > UINT32_MAX) return false;
  value = static_cast<std::uint32_t>(wide);
  return true;
}

std::uint32_t code_of(std::span<const Place> places) {
  return static_cast<std::uint32_t>(places.size() - 1) * 2 + (position_of(places.front()) < kTitleZone);
}
std::uint32_t count_of(std::uint32_t code) { return code / 2 + 1; }

// Differences, of positions alone where no word is joined.
void add_differences(std::span<const Place> places, bool spans, std::vector<std::uint32_t>& out) {
  std::uint32_t before = 0;
  for (const Place place : places) {
    const std::uint32_t value = spans ? place : position_of(place);
    out.push_back(value - before);
    before = value;
  }
}

std::uint8_t impact_step(double saturation) {
  return static_cast<std::uint8_t>(std::clamp(std::ceil(saturation / kImpactStep * (1 + 1e-9)), 1.0, 255.0));
}

class Encoder {
 public:
  Encoder(const Postings& postings, PageNo base, const std::function<std::uint32_t(PageNo)>& length, double mean)
      : postings_(postings), base_(base), length_(length), collection_{0, mean} {
    spans_ = std::any_of(postings.places.begin(), postings.places.end(), [](Place place) { return place & 1; });
  }

  void encode(EncodedPostings& out) {
    out.list.clear();
    out.chunks.clear();
    const bool is_long = postings_.pages.size() >= kBlock;
    out.list += static_cast<char>((is_long ? kLong : 0) | (spans_ ? kSpans : 0));
    out.list += '\0';  // the impact comes last
    std::uint8_t impact = 0;
    if (is_long) {
      impact = encode_long(out);
    } else {
      put_varint(out.list, postings_.pages.size());
      impact = encode_short(out.list);
    }
    out.list[1] = static_cast<char>(impact);
  }

 private:
  std::uint8_t encode_short(std::string& out) {
    std::uint8_t impact = 0;
    PageNo before = base_ - 1;
    std::vector<std::uint32_t> differences;
    std::size_t first = 0;
    for (std::size_t i = 0; i < postings_.pages.size(); ++i) {
      const std::span places(postings_.places.data() + first, postings_.counts[i]);
      first += places.size();
      impact = std::max(impact, impact_of(postings_.pages[i], places));
      put_varint(out, std::uint64_t{postings_.pages[i] - before - 1} << 1 | (places.size() > 1));
      before = postings_.pages[i];
      if (places.size() > 1) put_varint(out, places.size() - 2);
      differences.clear();
      add_differences(places, spans_, differences);
      for (const std::uint32_t difference : differences) put_varint(out, difference);
    }
    return impact;
  }

  std::uint8_t encode_long(EncodedPostings& out) {
    const std::size_t blocks = (postings_.pages.size() + kBlock - 1) / kBlock;
    put_u32(out.list, postings_.pages.size());
    const std::size_t skips = out.list.size();
    out.list.resize(skips + kSkip * blocks);
    const std::size_t data = out.list.size();
    std::uint8_t impact = 0;
    PageNo before = base_ - 1;
    std::size_t first = 0;
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::size_t begin = block * kBlock, end = std::min(begin + kBlock, postings_.pages.size());
      if (block % kChunkBlocks == 0 && block > 0) finish_chunk(out);
      starts_.push_back(static_cast<std::uint32_t>(differences_.size()));
      std::uint8_t block_impact = 0;
      Group steps{}, codes{};
      for (std::size_t i = begin; i < end; ++i) {
        const std::span places(postings_.places.data() + first, postings_.counts[i]);
        first += places.size();
        steps[i - begin] = postings_.pages[i] - before - 1;
        before = postings_.pages[i];
        codes[i - begin] = code_of(places);
        block_impact = std::max(block_impact, impact_of(postings_.pages[i], places));
        add_differences(places, spans_, differences_);
      }
      put_group(steps, end - begin, out.list);
      put_group(codes, end - begin, out.list);
      const std::uint32_t last = before - base_, end_of_data = static_cast<std::uint32_t>(out.list.size() - data);
      char* const skip = out.list.data() + skips + kSkip * block;
      std::memcpy(skip, &last, sizeof last);
      std::memcpy(skip + 4, &end_of_data, sizeof end_of_data);
      skip[8] = static_cast<char>(block_impact);
      impact = std::max(impact, block_impact);
    }
    finish_chunk(out);
    return impact;
  }

  static void put_group(const Group& numbers, std::size_t count, std::string& out) {
    count == kGroup ? pack(numbers, out) : pack_few(std::span(numbers).first(count), out);
  }

  void finish_chunk(EncodedPostings& out) {
    std::string groups;
    std::vector<std::uint32_t> offsets;
    for (std::size_t at = 0; at < differences_.size(); at += kGroup) {
      offsets.push_back(static_cast<std::uint32_t>(groups.size()));
      Group group{};
      const std::size_t count = std::min(kGroup, differences_.size() - at);
      std::copy_n(differences_.begin() + static_cast<std::ptrdiff_t>(at), count, group.begin());
      put_group(group, count, groups);
    }
    std::string chunk;
    put_u32(chunk, starts_.size());
    for (const std::uint32_t start : starts_) {
      put_u32(chunk, start);
      put_u32(chunk, offsets[start / kGroup]);
    }
    put_u32(chunk, differences_.size());
    out.chunks.push_back(chunk + groups);
    starts_.clear();
    differences_.clear();
  }

  std::uint8_t impact_of(PageNo page, std::span<const Place> places) const {
    return impact_step(saturation(collection_, weight_of(places), length_(page)));
  }

  const Postings& postings_;
  const PageNo base_;
  const std::function<std::uint32_t(PageNo)>& length_;
  const Collection collection_;
  bool spans_ = false;
  std::vector<std::uint32_t> differences_, starts_;  // of the chunk being made
};

}  // namespace

void encode(const Postings& postings, PageNo base, const std::function<std::uint32_t(PageNo)>& length, double mean,
            EncodedPostings& out) {
  Encoder(postings, base, length, mean).encode(out);
}

std::optional<std::uint32_t> pages_in_list(std::string_view bytes) {
  if (bytes.size() < 3) return std::nullopt;
  const bool is_long = static_cast<std::uint8_t>(bytes[0]) & kLong;
  bytes.remove_prefix(2);
  std::uint32_t pages = 0;
  if (!is_long) return take_varint(bytes, pages) ? std::optional(pages) : std::nullopt;
  return bytes.size() < 4 ? std::nullopt : std::optional(u32(bytes, 0));
}

ListReader::ListReader(std::string_view bytes, PageNo base) : base_(base) {
  bool good = bytes.size() >= 3;
  if (good) {
    const auto form = static_cast<std::uint8_t>(bytes[0]);
    impact_ = static_cast<std::uint8_t>(bytes[1]);
    spans_ = form & kSpans;
    is_long_ = form & kLong;
    good = is_long_ ? open_long(bytes.substr(2)) : open_short(bytes.substr(2));
  }
  good ? void(page_ = pages_[0]) : stop(true);
}

void ListReader::stop(bool damaged) {
  damaged_ = damaged_ || damaged;
  page_ = PageCursor::kEnd;
  block_ = blocks_;
  at_ = in_block_ = 0;
}

bool ListReader::open_short(std::string_view in) {
  if (!take_varint(in, count_) || count_ == 0 || count_ >= kBlock) return false;
  PageNo page = base_ - 1;
  for (std::uint32_t i = 0; i < count_; ++i) {
    std::uint32_t head = 0, more = 0;
    if (!take_varint(in, head) || ((head & 1) && !take_varint(in, more))) return false;
    const std::size_t count = head & 1 ? std::size_t{more} + 2 : 1;
    if (count > in.size()) return false;
    pages_[i] = page += (head >> 1) + 1;
    codes_[i] = static_cast<std::uint32_t>(count);
    firsts_[i] = static_cast<std::uint32_t>(places_.size());
    std::uint32_t value = 0, step = 0;
    for (std::size_t k = 0; k < count; ++k) {
      if (!take_varint(in, step)) return false;
      value += step;
      places_.push_back(spans_ ? value : value << 1);
    }
  }
  in_block_ = count_;
  return in.empty();
}

bool ListReader::open_long(std::string_view in) {
  if (in.size() < 4) return false;
  count_ = u32(in, 0);
  blocks_ = (count_ + kBlock - 1) / kBlock;
  if (count_ < kBlock || in.size() < 4 + kSkip * blocks_) return false;
  skips_ = in.substr(4, kSkip * blocks_);
  data_ = in.substr(4 + kSkip * blocks_);
  return load_block(0);
}

PageNo ListReader::last_of(std::size_t block) const { return base_ + u32(skips_, kSkip * block); }
std::uint32_t ListReader::end_of_block(std::size_t block) const { return u32(skips_, kSkip * block + 4); }

// The first block from here on that ends at or behind `page`: gallops, then halves.
std::size_t ListReader::block_at(PageNo page) const {
  std::size_t low = block_, step = 1;  // blocks before `low` end before the page
  while (low + step <= blocks_ && last_of(low + step - 1) < page) low += step, step *= 2;
  std::size_t high = std::min(low + step - 1, blocks_);
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    last_of(middle) < page ? low = middle + 1 : high = middle;
  }
  return low;
}

bool ListReader::load_block(std::size_t block) {
  block_ = block;
  at_ = 0;
  have_codes_ = have_firsts_ = false;
  const std::size_t begin = block == 0 ? 0 : end_of_block(block - 1), end = end_of_block(block);
  if (begin > end || end > data_.size()) return false;
  in_block_ = std::min(kBlock, count_ - block * kBlock);
  std::string_view in = data_.substr(begin, end - begin);
  if (!(in_block_ == kBlock ? unpack(in, pages_) : unpack_few(in, in_block_, pages_))) return false;
  codes_bytes_ = in;
  PageNo page = block == 0 ? base_ - 1 : last_of(block - 1);
  for (std::size_t i = 0; i < in_block_; ++i) pages_[i] = page += pages_[i] + 1;
  return page == last_of(block);
}

bool ListReader::load_codes() {
  if (!is_long_ || have_codes_) return true;
  std::string_view in = codes_bytes_;
  return have_codes_ = in_block_ == kBlock ? unpack(in, codes_) : unpack_few(in, in_block_, codes_);
}

void ListReader::seek(PageNo page, unsigned least) {
  if (page_ == PageCursor::kEnd || (page <= page_ && least == 0)) return;
  if (!is_long_) {
    if (impact_ < least) return stop(false);
    while (at_ < in_block_ && pages_[at_] < page) ++at_;
    if (at_ == in_block_) return stop(false);
    page_ = pages_[at_];
    return;
  }
  std::size_t block = block_at(page);
  while (block < blocks_ && impact_of(block) < least) ++block;
  if (block >= blocks_) return stop(false);
  if (block != block_ && !load_block(block)) return stop(true);
  if (pages_[at_] < page) {
    if (at_ + 1 < in_block_ && pages_[at_ + 1] >= page)
      ++at_;
    else
      at_ = static_cast<std::size_t>(std::lower_bound(pages_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                      pages_.begin() + static_cast<std::ptrdiff_t>(in_block_), page) -
                                     pages_.begin());
  }
  page_ = pages_[at_];
}

std::uint32_t ListReader::count() {
  if (!is_long_) return codes_[at_];
  if (!load_codes()) return stop(true), 1;
  return count_of(codes_[at_]);
}

std::uint32_t ListReader::weight() {
  if (!is_long_) return codes_[at_] + (position_of(places_[firsts_[at_]]) < kTitleZone);
  if (!load_codes()) return stop(true), 1;
  return count_of(codes_[at_]) + (codes_[at_] & 1);
}

std::size_t ListReader::first_place(std::size_t in_block) {
  if (!have_firsts_) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < in_block_; ++i) {
      firsts_[i] = sum;
      sum += count_of(codes_[i]);
    }
    have_firsts_ = true;
  }
  return firsts_[in_block];
}

void ListReader::places(std::vector<Place>& out, const LoadChunk& chunk) {
  const std::uint32_t many = count();
  if (page_ == PageCursor::kEnd) return;
  if (!is_long_) {
    const auto first = places_.begin() + firsts_[at_];
    out.insert(out.end(), first, first + many);
    return;
  }
  const std::size_t begin = out.size();
  if (!load_places(first_place(at_), many, chunk, out)) return out.resize(begin), stop(true);
  std::uint32_t value = 0;
  for (std::size_t i = begin; i < out.size(); ++i) out[i] = spans_ ? value += out[i] : (value += out[i]) << 1;
}

// Differences number `first` up to first + count of the current block, appended.
bool ListReader::load_places(std::size_t first, std::size_t count, const LoadChunk& load, std::vector<Place>& out) {
  const std::size_t chunk = block_ / kChunkBlocks;
  const auto bytes = load(chunk);
  if (!bytes || bytes->size() < 4) return false;
  const std::size_t blocks = u32(*bytes, 0), header = 4 + 8 * blocks + 4;
  if (block_ % kChunkBlocks >= blocks || bytes->size() < header) return false;
  const std::size_t entry = 4 + 8 * (block_ % kChunkBlocks), total = u32(*bytes, header - 4);
  const std::size_t start = u32(*bytes, entry), offset = u32(*bytes, entry + 4);
  if (header + offset > bytes->size()) return false;
  std::string_view in = bytes->substr(header + offset);
  first += start;
  std::size_t number = start / kGroup;  // of the group that `in` begins with
  while (count > 0) {
    const std::size_t wanted = first / kGroup;
    if (first >= total) return false;
    if (group_chunk_ != chunk || group_number_ != wanted) {
      for (; number < wanted; ++number)
        if (!skip_group(in)) return false;
      group_size_ = std::min(kGroup, total - wanted * kGroup);
      group_chunk_ = SIZE_MAX;
      if (!(group_size_ == kGroup ? unpack(in, group_) : unpack_few(in, group_size_, group_))) return false;
      group_chunk_ = chunk;
      group_number_ = wanted;
      number = wanted + 1;
    }
    const std::size_t at = first % kGroup, take = std::min(count, group_size_ - at);
    out.insert(out.end(), group_.begin() + static_cast<std::ptrdiff_t>(at), group_.begin() + static_cast<std::ptrdiff_t>(at + take));
    first += take;
    count -= take;
  }
  return true;
}

std::optional<std::uint8_t> ListReader::block_impact(PageNo from, PageNo& last) {
  if (!is_long_) {
    if (in_block_ == 0 || pages_[in_block_ - 1] < from) return std::nullopt;
    last = pages_[in_block_ - 1];
    return impact_;
  }
  shallow_ = std::max(shallow_, block_);
  while (shallow_ < blocks_ && last_of(shallow_) < from) ++shallow_;
  if (shallow_ >= blocks_) return std::nullopt;
  last = last_of(shallow_);
  return impact_of(shallow_);
}

bool ListReader::read_all(Postings& out, const LoadChunk& chunk) {
  if (damaged_) return false;
  while (page_ != PageCursor::kEnd) {
    out.pages.push_back(page_);
    out.counts.push_back(count());
    places(out.places, chunk);
    if (damaged_) return false;
    seek(page_ + 1);
  }
  return !damaged_;
}

}  // namespace chartscan::indexer
