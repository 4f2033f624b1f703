// A dictionary as a graph: every way through it from its first node spells a word. Words with equal ends share them, so that
// 250,000 words take 3.7 MB. Constant once read, shared by all threads.
// Format, little endian: i16 42, i32 characters of the model, i32 edges, u64 edge[edges]. The edges of a node stand together, those
// of the first node at the beginning. An edge, from its lowest bit: the character in as many bits as the count of characters needs;
// 1 bit "last of its node"; 1 bit "backward" (none in files); 1 bit "a word may end here"; the index of the first edge of the next
// node, 0 where no longer word begins this way.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::ocr::lstm {

class Dawg {
 public:
  using Edge = std::int32_t;
  static constexpr Edge kNone = -1;

  // `name` is for messages: "words", "punctuation". `characters`: the model's count, which the component repeats.
  static Result<Dawg> read(std::span<const std::uint8_t> component, int characters, const std::string& name);

  Edge first(int character) const {  // from the first node
    const auto at = static_cast<std::size_t>(character);
    return at < roots_.size() ? roots_[at] : kNone;
  }
  // From the node that `edge` leads to; kNone where no word goes on so.
  Edge after(Edge edge, int character) const;
  bool ends_word(Edge edge) const { return (edges_[static_cast<std::size_t>(edge)].flags & kEnds) != 0; }
  std::size_t size() const { return edges_.size(); }

 private:
  static constexpr std::uint32_t kLast = 1u << 30, kEnds = 1u << 31, kCharacter = kLast - 1;
  struct Record {
    std::uint32_t flags = 0;  // kLast, kEnds, and the character
    Edge next = 0;
  };

  std::vector<Record> edges_;
  std::vector<Edge> roots_;  // by character
};

}  // namespace chartscan::ocr::lstm
