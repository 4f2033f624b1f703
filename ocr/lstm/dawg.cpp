#include "ocr/lstm/dawg.h"

#include <bit>
#include <cstring>

namespace chartscan::ocr::lstm {
namespace {

constexpr std::int16_t kMagic = 42;
constexpr std::size_t kHeadBytes = 2 + 4 + 4;
constexpr unsigned kFlagBits = 3;
constexpr std::uint64_t kLastFlag = 1, kBackwardFlag = 2, kEndsFlag = 4;

template <typename Number>
Number number_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof(Number));
  return number;
}

}  // namespace

Result<Dawg> Dawg::read(std::span<const std::uint8_t> component, int characters, const std::string& name) {
  const auto refused = [&name](const char* what) {
    return Error{ErrorCode::InputRefused,
                 "the model's dictionary of " + name + " " + what + "; reinstall its package or set ocr.engine = tesseract",
                 {}};
  };
  if (component.size() < kHeadBytes || number_at<std::int16_t>(component, 0) != kMagic) return refused("has an unknown format");
  if (number_at<std::int32_t>(component, 2) != characters) return refused("is for another set of characters");
  const auto count = number_at<std::int32_t>(component, 6);
  if (count < 1 || (component.size() - kHeadBytes) / sizeof(std::uint64_t) != static_cast<std::size_t>(count))
    return refused("is not as long as it says");

  Dawg dawg;
  const unsigned flag_bit = static_cast<unsigned>(std::bit_width(static_cast<unsigned>(characters)));  // for 0..characters
  dawg.edges_.reserve(static_cast<std::size_t>(count));
  for (std::int32_t i = 0; i < count; ++i) {
    const auto record = number_at<std::uint64_t>(component, kHeadBytes + sizeof(std::uint64_t) * static_cast<std::size_t>(i));
    const std::uint64_t character = record & ((std::uint64_t{1} << flag_bit) - 1), flags = record >> flag_bit;
    const std::uint64_t next = record >> (flag_bit + kFlagBits);
    if (character >= static_cast<std::uint64_t>(characters) || (flags & kBackwardFlag) != 0 ||
        next >= static_cast<std::uint64_t>(count))
      return refused("has an edge that leads nowhere");
    dawg.edges_.push_back(
        {static_cast<std::uint32_t>(character) | ((flags & kLastFlag) != 0 ? kLast : 0) | ((flags & kEndsFlag) != 0 ? kEnds : 0),
         static_cast<Edge>(next)});
  }
  if ((dawg.edges_.back().flags & kLast) == 0) return refused("has a node without an end");
  dawg.roots_.assign(static_cast<std::size_t>(characters), kNone);
  for (Edge edge = 0;; ++edge) {
    const Record& record = dawg.edges_[static_cast<std::size_t>(edge)];
    Edge& root = dawg.roots_[record.flags & kCharacter];
    if (root == kNone) root = edge;
    if ((record.flags & kLast) != 0) break;
  }
  return dawg;
}

Dawg::Edge Dawg::after(Edge edge, int character) const {
  const Edge node = edges_[static_cast<std::size_t>(edge)].next;
  if (node == 0) return kNone;
  for (const Record* record = &edges_[static_cast<std::size_t>(node)];; ++record) {
    if ((record->flags & kCharacter) == static_cast<std::uint32_t>(character)) return static_cast<Edge>(record - edges_.data());
    if ((record->flags & kLast) != 0) return kNone;
  }
}

}  // namespace chartscan::ocr::lstm
