#include "indexer/list_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "storage/bytes.h"

namespace chartscan::indexer {
namespace {

using storage::put_varint;

constexpr std::size_t kMostSparse = 4;   // numbers of pages for each page of a segment; beyond, pages are searched
constexpr double kRounding = 1 + 1e-6;   // ratios are single precision, and an impact never lies

void put_u32(std::string& out, std::size_t value) {
  const auto number = static_cast<std::uint32_t>(value);
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

std::uint32_t code_of(std::span<const Place> places) {
  return static_cast<std::uint32_t>(places.size() - 1) * 2 + (position_of(places.front()) < kTitleZone);
}

// Calls put(difference) for each place: of positions alone where no word is joined.
template <typename Put>
void each_difference(std::span<const Place> places, bool spans, const Put& put) {
  std::uint32_t before = 0;
  for (const Place place : places) {
    const std::uint32_t value = spans ? place : position_of(place);
    put(value - before);
    before = value;
  }
}

std::uint8_t impact_step(double ratio) {
  return static_cast<std::uint8_t>(std::clamp(std::ceil(saturation(ratio) / kImpactStep * kRounding), 1.0, 255.0));
}

void put_group(const NumberGroup& numbers, std::size_t count, std::string& out) {
  count == kGroup ? pack(numbers, out) : pack_few(std::span(numbers).first(count), out);
}

}  // namespace

InverseNorms::InverseNorms(const PageLengths& pages, double mean) {
  if (pages.pages.empty()) return;
  const Collection collection{0, mean};
  const auto inverse = [&](std::size_t i) { return static_cast<float>(1 / norm(collection, pages.lengths[i])); };
  first_ = pages.pages.front();
  const std::size_t numbers = std::size_t{pages.pages.back()} - first_ + 1;
  is_dense_ = numbers <= kMostSparse * pages.pages.size();
  inverses_.resize(is_dense_ ? numbers : pages.pages.size());
  for (std::size_t i = 0; i < pages.pages.size(); ++i) inverses_[is_dense_ ? pages.pages[i] - first_ : i] = inverse(i);
  if (!is_dense_) pages_ = pages.pages;
}

float InverseNorms::search(PageNo page) const {
  return inverses_[static_cast<std::size_t>(std::lower_bound(pages_.begin(), pages_.end(), page) - pages_.begin())];
}

ListEncoder::ListEncoder(const PageLengths& pages, double mean) : base_(pages.pages.empty() ? 0 : pages.pages.front()), norms_(pages, mean) {}

void ListEncoder::encode(const Postings& postings, EncodedPostings& out) {
  out.list.clear();
  out.chunks.clear();
  spans_ = std::any_of(postings.places.begin(), postings.places.end(), [](Place place) { return place & 1; });
  const std::size_t pages = postings.pages.size();
  const std::uint8_t form = pages >= kBlock ? list_form::kLong : pages >= kPackedFrom ? list_form::kPacked : 0;
  out.list += static_cast<char>(form | (spans_ ? list_form::kSpans : 0));
  out.list += '\0';  // the impact comes last
  const double ratio = form == list_form::kLong ? encode_long(postings, out)
                       : form == list_form::kPacked ? encode_packed(postings, out.list)
                                                    : encode_few(postings, out.list);
  out.list[1] = static_cast<char>(impact_step(ratio));
}

// These return the highest ratio of the list.
double ListEncoder::encode_few(const Postings& postings, std::string& out) const {
  float highest = 0;
  PageNo before = base_ - 1;
  std::size_t first = 0;
  put_varint(out, postings.pages.size());
  for (std::size_t i = 0; i < postings.pages.size(); ++i) {
    const std::span places(postings.places.data() + first, postings.counts[i]);
    first += places.size();
    highest = std::max(highest, ratio(postings.pages[i], places));
    put_varint(out, std::uint64_t{postings.pages[i] - before - 1} << 1 | (places.size() > 1));
    before = postings.pages[i];
    if (places.size() > 1) put_varint(out, places.size() - 2);
    each_difference(places, spans_, [&](std::uint32_t difference) { put_varint(out, difference); });
  }
  return highest;
}

double ListEncoder::encode_packed(const Postings& postings, std::string& out) {
  float highest = 0;
  PageNo before = base_ - 1;
  std::size_t first = 0;
  NumberGroup steps, codes;
  for (std::size_t i = 0; i < postings.pages.size(); ++i) {
    const std::span places(postings.places.data() + first, postings.counts[i]);
    first += places.size();
    highest = std::max(highest, ratio(postings.pages[i], places));
    steps[i] = postings.pages[i] - before - 1;
    before = postings.pages[i];
    codes[i] = code_of(places);
    each_difference(places, spans_, [&](std::uint32_t difference) { differences_.push_back(difference); });
  }
  put_varint(out, postings.pages.size());
  pack_few(std::span(steps).first(postings.pages.size()), out);
  pack_few(std::span(codes).first(postings.pages.size()), out);
  for (std::size_t at = 0; at < differences_.size(); at += kGroup)
    pack_few(std::span(differences_).subspan(at, std::min(kGroup, differences_.size() - at)), out);
  differences_.clear();
  return highest;
}

double ListEncoder::encode_long(const Postings& postings, EncodedPostings& out) {
  const std::size_t blocks = (postings.pages.size() + kBlock - 1) / kBlock;
  put_u32(out.list, postings.pages.size());
  const std::size_t skips = out.list.size();
  out.list.resize(skips + list_form::kSkip * blocks);
  const std::size_t data = out.list.size();
  float highest = 0;
  PageNo before = base_ - 1;
  std::size_t first = 0;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t begin = block * kBlock, end = std::min(begin + kBlock, postings.pages.size());
    if (block % kChunkBlocks == 0 && block > 0) finish_chunk(out);
    starts_.push_back(static_cast<std::uint32_t>(differences_.size()));
    float highest_here = 0;
    NumberGroup steps{}, codes{};
    for (std::size_t i = begin; i < end; ++i) {
      const std::span places(postings.places.data() + first, postings.counts[i]);
      first += places.size();
      steps[i - begin] = postings.pages[i] - before - 1;
      before = postings.pages[i];
      codes[i - begin] = code_of(places);
      highest_here = std::max(highest_here, ratio(postings.pages[i], places));
      each_difference(places, spans_, [&](std::uint32_t difference) { differences_.push_back(difference); });
    }
    put_group(steps, end - begin, out.list);
    put_group(codes, end - begin, out.list);
    const std::uint32_t last = before - base_, end_of_data = static_cast<std::uint32_t>(out.list.size() - data);
    char* const skip = out.list.data() + skips + list_form::kSkip * block;
    std::memcpy(skip, &last, sizeof last);
    std::memcpy(skip + 4, &end_of_data, sizeof end_of_data);
    skip[8] = static_cast<char>(impact_step(highest_here));
    highest = std::max(highest, highest_here);
  }
  finish_chunk(out);
  return highest;
}

void ListEncoder::finish_chunk(EncodedPostings& out) {
  heads_.clear();
  bodies_.clear();
  offsets_.clear();
  for (std::size_t at = 0; at < differences_.size(); at += kGroup) {
    if (at / kGroup % kGroupsTogether == 0) offsets_.push_back(static_cast<std::uint32_t>(bodies_.size()));
    const std::size_t count = std::min(kGroup, differences_.size() - at);
    if (count < kGroup) {
      pack_few(std::span(differences_).subspan(at, count), bodies_);
      break;
    }
    NumberGroup group;
    std::copy_n(differences_.begin() + static_cast<std::ptrdiff_t>(at), count, group.begin());
    const GroupHead head = pack_body(group, bodies_);
    heads_ += static_cast<char>(head.bits);
    heads_ += static_cast<char>(head.exceptions);
  }
  std::string& chunk = out.chunks.emplace_back();
  chunk.reserve(8 + 4 * (starts_.size() + offsets_.size()) + heads_.size() + bodies_.size());
  put_u32(chunk, starts_.size());
  put_u32(chunk, differences_.size());
  for (const std::uint32_t start : starts_) put_u32(chunk, start);
  for (const std::uint32_t offset : offsets_) put_u32(chunk, offset);
  chunk += heads_;
  chunk += bodies_;
  starts_.clear();
  differences_.clear();
}

}  // namespace chartscan::indexer
