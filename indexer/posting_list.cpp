#include "indexer/posting_list.h"

#include <algorithm>
#include <cstring>

#include "storage/bytes.h"

namespace chartscan::indexer {
namespace {

using namespace list_form;

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

}  // namespace

std::optional<std::uint32_t> pages_in_list(std::string_view bytes) {
  if (bytes.size() < 3) return std::nullopt;
  const bool is_long = static_cast<std::uint8_t>(bytes[0]) & kLong;
  bytes.remove_prefix(2);
  std::uint32_t pages = 0;
  if (!is_long) return take_varint(bytes, pages) ? std::optional(pages) : std::nullopt;
  return bytes.size() < 4 ? std::nullopt : std::optional(u32(bytes, 0));
}

std::optional<Chunk> Chunk::open(std::string_view bytes) {
  Chunk chunk;
  if (bytes.size() < 8) return std::nullopt;
  chunk.blocks = u32(bytes, 0);
  chunk.places = u32(bytes, 4);
  bytes.remove_prefix(8);
  const auto take = [&](std::size_t size) {
    const std::string_view taken = bytes.substr(0, size);
    bytes.remove_prefix(taken.size());
    return taken;
  };
  chunk.starts = take(4 * chunk.blocks);
  const std::size_t offsets = 4 * ((chunk.groups() + kGroupsTogether - 1) / kGroupsTogether), heads = kGroupHead * (chunk.places / kGroup);
  chunk.offsets = take(offsets);
  chunk.heads = take(heads);
  chunk.bodies = bytes;
  if (chunk.starts.size() < 4 * chunk.blocks || chunk.offsets.size() < offsets || chunk.heads.size() < heads) return std::nullopt;
  return chunk;
}

bool Chunk::read(std::size_t group, NumberGroup& differences) const {
  std::size_t at = u32(offsets, 4 * (group / kGroupsTogether));
  for (std::size_t i = group / kGroupsTogether * kGroupsTogether; i < group; ++i) at += head_at(heads.data() + kGroupHead * i).body();
  if (at > bodies.size()) return false;
  std::string_view body = bodies.substr(at);
  return size_of(group) == kGroup ? unpack_body(head_at(heads.data() + kGroupHead * group), body, differences)
                                  : unpack_few(body, size_of(group), differences);
}

ListReader::ListReader(std::string_view bytes, PageNo base) : base_(base) {
  bool good = bytes.size() >= 3;
  if (good) {
    const auto form = static_cast<std::uint8_t>(bytes[0]);
    impact_ = static_cast<std::uint8_t>(bytes[1]);
    spans_ = form & kSpans;
    is_long_ = form & kLong;
    is_packed_ = form & kPacked;
    bytes.remove_prefix(2);
    good = is_long_ ? open_long(bytes) : is_packed_ ? open_packed(bytes) : open_few(bytes);
  }
  good ? begin_block() : stop(true);
}

// Of the pages at hand.
void ListReader::begin_block() {
  at_ = 0;
  page_ = pages_[0];
  last_in_block_ = pages_[in_block_ - 1];
  std::fill(pages_.begin() + static_cast<std::ptrdiff_t>(in_block_), pages_.end(), PageCursor::kEnd);
}

void ListReader::stop(bool damaged) {
  damaged_ = damaged_ || damaged;
  page_ = PageCursor::kEnd;
  block_ = blocks_;
  at_ = in_block_ = 0;
}

bool ListReader::open_few(std::string_view in) {
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

bool ListReader::open_packed(std::string_view in) {
  if (!take_varint(in, count_) || count_ == 0 || count_ >= kBlock) return false;
  if (!unpack_few(in, count_, pages_) || !unpack_few(in, count_, codes_)) return false;
  PageNo page = base_ - 1;
  for (std::uint32_t i = 0; i < count_; ++i) pages_[i] = page += pages_[i] + 1;
  have_codes_ = true;
  place_bytes_ = in;
  in_block_ = count_;
  return true;
}

// Of a packed list; they are needed for phrases alone.
bool ListReader::unpack_places() {
  if (!is_packed_ || have_firsts_) return true;
  number_places();
  const std::size_t total = firsts_[in_block_ - 1] + std::size_t{count_of_code(codes_[in_block_ - 1])};
  if (total > kGroup * place_bytes_.size()) return false;  // a group has a byte or more
  places_.resize((total + kGroup - 1) / kGroup * kGroup);
  for (std::size_t at = 0; at < total; at += kGroup) {
    if (!unpack_few(place_bytes_, std::min(kGroup, total - at), group_)) return false;
    std::copy(group_.begin(), group_.end(), places_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  places_.resize(total);
  for (std::size_t i = 0; i < in_block_; ++i) {
    std::uint32_t value = 0;
    for (Place *place = places_.data() + firsts_[i], *end = place + count_of_code(codes_[i]); place != end; ++place)
      *place = spans_ ? value += *place : (value += *place) << 1;
  }
  return place_bytes_.empty();
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

// Leaves the packed codes in `codes`; 0 when the block is damaged.
std::size_t ListReader::read_pages(std::size_t block, NumberGroup& pages, std::string_view& codes) const {
  const std::size_t begin = block == 0 ? 0 : end_of_block(block - 1), end = end_of_block(block);
  if (begin > end || end > data_.size()) return 0;
  const std::size_t count = std::min(kBlock, count_ - block * kBlock);
  codes = data_.substr(begin, end - begin);
  if (!(count == kBlock ? unpack(codes, pages) : unpack_few(codes, count, pages))) return 0;
  PageNo page = block == 0 ? base_ - 1 : last_of(block - 1);
  for (std::size_t i = 0; i < count; ++i) pages[i] = page += pages[i] + 1;
  return page == last_of(block) ? count : 0;
}

bool ListReader::load_block(std::size_t block) {
  block_ = block;
  have_codes_ = false;
  counted_ = counted_places_ = 0;
  in_block_ = read_pages(block, pages_, codes_bytes_);
  if (in_block_ == 0) return false;
  begin_block();
  return true;
}

std::size_t ListReader::look_into(std::size_t block, NumberGroup& pages, NumberGroup& weights) const {
  std::string_view codes;
  const std::size_t count = read_pages(block, pages, codes);
  if (count == 0 || !(count == kBlock ? unpack(codes, weights) : unpack_few(codes, count, weights))) return 0;
  for (std::size_t i = 0; i < count; ++i) weights[i] = weight_of_code(weights[i]);
  return count;
}

bool ListReader::load_codes() {
  if (!is_long_ || have_codes_) return true;
  std::string_view in = codes_bytes_;
  return have_codes_ = in_block_ == kBlock ? unpack(in, codes_) : unpack_few(in, in_block_, codes_);
}

bool ListReader::is_coded() { return (is_long_ || is_packed_) && load_codes(); }

void ListReader::seek(PageNo page, unsigned least) {
  if (page_ == PageCursor::kEnd || (page <= page_ && least == 0)) return;
  if (!is_long_) {
    if (impact_ < least || page > last_in_block_) return stop(false);
    page_ = pages_[at_ = first_in_block(page)];
    return;
  }
  std::size_t block = block_at(page);
  while (block < blocks_ && impact_of(block) < least) ++block;
  if (block >= blocks_) return stop(false);
  if (block != block_ && !load_block(block)) return stop(true);
  if (page > last_in_block_) return stop(true);  // blocks do not follow each other
  if (pages_[at_] < page) ++at_;
  if (pages_[at_] < page) at_ = first_in_block(page);
  page_ = pages_[at_];
}

std::uint32_t ListReader::count() {
  if (!is_long_ && !is_packed_) return codes_[at_];
  if (!load_codes()) return stop(true), 1;
  return count_of_code(codes_[at_]);
}

std::uint32_t ListReader::code() {
  if (!is_long_ && !is_packed_) return (codes_[at_] - 1) * 2 + (position_of(places_[firsts_[at_]]) < kTitleZone);
  if (!load_codes()) return stop(true), 0;
  return codes_[at_];
}

void ListReader::number_places() {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < in_block_; ++i) {
    firsts_[i] = sum;
    sum += count_of_code(codes_[i]);
  }
  have_firsts_ = true;
}

// Within the block, of the page it stands on; in a long list, whose codes are there.
std::size_t ListReader::first_place() {
  std::uint32_t sum = 0;
  for (std::size_t i = counted_; i < at_; ++i) sum += count_of_code(codes_[i]);
  counted_ = at_;
  return counted_places_ += sum;
}

void ListReader::places(std::vector<Place>& out, const LoadChunk& chunk) {
  const std::uint32_t many = count();
  if (page_ == PageCursor::kEnd) return;
  if (!is_long_) {
    if (!unpack_places()) return stop(true);
    const auto first = places_.begin() + firsts_[at_];
    out.insert(out.end(), first, first + many);
    return;
  }
  if (!load_places(first_place(), many, chunk, out)) stop(true);
}

// Appends so many, whose first difference is number `first` of the current block.
bool ListReader::load_places(std::size_t first, std::size_t count, const LoadChunk& load, std::vector<Place>& out) {
  const std::size_t number = block_ / kChunkBlocks;
  if (chunk_number_ != number) {
    group_number_ = SIZE_MAX;
    const auto bytes = load(number);
    const auto chunk = bytes ? Chunk::open(*bytes) : std::nullopt;
    if (!chunk) return false;
    chunk_ = *chunk;
    chunk_number_ = number;
  }
  if (block_ % kChunkBlocks >= chunk_.blocks) return false;
  first += u32(chunk_.starts, 4 * (block_ % kChunkBlocks));
  if (count > chunk_.places || first > chunk_.places - count) return false;
  const int shift = spans_ ? 0 : 1;
  std::uint32_t value = 0;
  for (std::size_t to = out.size(), end = to + count; to < end;) {
    const std::size_t group = first / kGroup, at = first % kGroup;
    if (group_number_ != group) {
      group_number_ = SIZE_MAX;
      if (!chunk_.read(group, group_)) return false;
      group_number_ = group;
    }
    const std::size_t take = std::min(end - to, chunk_.size_of(group) - at);
    out.resize(to + take);
    for (std::size_t i = 0; i < take; ++i) out[to + i] = (value += group_[at + i]) << shift;
    first += take;
    to += take;
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

bool ListReader::mark_ahead(PageNo from, std::span<std::uint64_t> bits) {
  const auto mark = [&](std::span<const PageNo> pages) {
    for (const PageNo page : pages)
      if (const PageNo at = page - from; at / 64 < bits.size()) bits[at / 64] |= std::uint64_t{1} << at % 64;
  };
  if (page_ == PageCursor::kEnd) return true;
  if (!is_long_) return mark(std::span(pages_).first(in_block_)), true;
  std::size_t block = ahead_block_ == SIZE_MAX ? block_ : std::max(ahead_block_, block_);
  while (block < blocks_ && last_of(block) < from) ++block;
  for (; block < blocks_; ++block) {
    if (ahead_block_ != block) {
      std::string_view codes;
      in_ahead_ = read_pages(block, ahead_, codes);
      if (in_ahead_ == 0) return stop(true), false;
      ahead_block_ = block;
    }
    mark(std::span(ahead_).first(in_ahead_));
    if ((last_of(block) - from) / 64 >= bits.size()) break;
  }
  return true;
}

// The pages of the block at hand.
bool ListReader::read_block(Postings& out) {
  if (!load_codes()) return false;
  out.pages.insert(out.pages.end(), pages_.begin(), pages_.begin() + static_cast<std::ptrdiff_t>(in_block_));
  for (std::size_t i = 0; i < in_block_; ++i) out.counts.push_back(is_long_ || is_packed_ ? count_of_code(codes_[i]) : codes_[i]);
  return true;
}

// All differences of a chunk.
bool ListReader::read_chunk(std::string_view bytes, std::vector<std::uint32_t>& differences) {
  const auto chunk = Chunk::open(bytes);
  if (!chunk) return false;
  differences.resize(chunk->groups() * kGroup);
  for (std::size_t i = 0; i < chunk->groups(); ++i) {
    if (!chunk->read(i, group_)) return false;
    std::copy(group_.begin(), group_.end(), differences.begin() + static_cast<std::ptrdiff_t>(i * kGroup));
  }
  differences.resize(chunk->places);
  return true;
}

bool ListReader::read_all(Postings& out, const LoadChunk& load) {
  if (damaged_) return false;
  const auto fail = [&] { return stop(true), false; };
  if (!is_long_) {
    if (!unpack_places() || !read_block(out)) return fail();
    out.places.insert(out.places.end(), places_.begin(), places_.end());
    return stop(false), true;
  }
  std::vector<std::uint32_t> differences;
  for (std::size_t block = 0; block < blocks_;) {
    std::size_t page = out.pages.size(), at = 0;
    for (const std::size_t end = std::min(block + kChunkBlocks, blocks_); block < end; ++block)
      if (!load_block(block) || !read_block(out)) return fail();
    const auto bytes = load((block - 1) / kChunkBlocks);
    if (!bytes || !read_chunk(*bytes, differences)) return fail();
    for (; page < out.pages.size(); ++page) {
      if (out.counts[page] > differences.size() - at) return fail();
      std::uint32_t value = 0;
      for (std::uint32_t i = 0; i < out.counts[page]; ++i) out.places.push_back(spans_ ? value += differences[at++] : (value += differences[at++]) << 1);
    }
    if (at != differences.size()) return fail();
  }
  return stop(false), true;
}

}  // namespace chartscan::indexer
