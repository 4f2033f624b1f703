// Parts of a model small enough to be read in a test: character sets, codes and dictionaries as the files hold them.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ocr/lstm/container.h"

namespace chartscan::testing {

using ModelBytes = std::vector<std::uint8_t>;

inline ModelBytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

template <typename Number>
void append(ModelBytes& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    bytes.push_back(static_cast<std::uint8_t>(static_cast<std::make_unsigned_t<Number>>(number) >> (8 * i)));
}

// The space, the two ids that stand for no print, and one character for each byte of `letters`: 'a' has id 3 in "abc".
inline std::string small_unicharset(std::string_view letters) {
  std::string text = std::to_string(letters.size() + 3) +
                     "\nNULL 0 Common 0\nJoined 7 0,255,0,255,0,0,0,0,0,0 Latin 1 0 1 Joined\t# \n" +
                     "|Broken|0|1 f 0,255,0,255,0,0,0,0,0,0 Common 2 10 2 |Broken|0|1\t# \n";
  for (const char c : letters) {
    const bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'z';
    text += std::string(1, c) +
            (digit    ? " 8"
             : letter ? " 3"
                      : " 10") +
            " 0,255,0,255,0,0,0,0,0,0 " + (letter ? "Latin" : "Common") + " 3 0 3 " + c + "\n";
  }
  return text;
}

inline ModelBytes recoder_of(const std::vector<std::vector<std::int32_t>>& codes) {
  ModelBytes bytes;
  append(bytes, static_cast<std::uint32_t>(codes.size()));
  for (const auto& code : codes) {
    append(bytes, std::int8_t{1});
    append(bytes, static_cast<std::int32_t>(code.size()));
    for (const std::int32_t part : code) append(bytes, part);
  }
  return bytes;
}

// Each character its own code, as Latin models have it: space 0, then the letters, null last.
inline ModelBytes small_recoder(std::size_t letters) {
  const auto null = static_cast<std::int32_t>(letters + 1);
  std::vector<std::vector<std::int32_t>> codes{{0}, {null}, {null}};
  for (std::int32_t code = 1; code < null; ++code) codes.push_back({code});
  return recoder_of(codes);
}

// A word graph of these words, given as ids. No node is shared, which costs only size.
inline ModelBytes dawg_of(const std::vector<std::vector<int>>& words, int characters) {
  struct Node {
    std::map<int, std::size_t> next;
    std::map<int, bool> ends;
  };
  std::vector<Node> nodes(1);
  for (const auto& word : words)
    for (std::size_t at = 0, i = 0; i < word.size(); ++i) {
      if (!nodes[at].next.contains(word[i])) {
        nodes[at].next[word[i]] = nodes.size();
        nodes.emplace_back();
      }
      nodes[at].ends[word[i]] |= i + 1 == word.size();
      at = nodes[at].next[word[i]];
    }
  std::vector<std::uint64_t> first;  // edge of each node
  std::uint64_t edges = 0;
  for (const Node& node : nodes) first.push_back(edges), edges += node.next.size();
  const int flag = std::bit_width(static_cast<unsigned>(characters));
  ModelBytes bytes;
  append(bytes, std::int16_t{42});
  append(bytes, std::int32_t{characters});
  append(bytes, static_cast<std::int32_t>(edges));
  for (const Node& node : nodes)
    for (auto edge = node.next.begin(); edge != node.next.end(); ++edge) {
      const std::uint64_t last = std::next(edge) == node.next.end() ? 1 : 0, ends = node.ends.at(edge->first) ? 4 : 0;
      const std::uint64_t to = nodes[edge->second].next.empty() ? 0 : first[edge->second];
      append(bytes, static_cast<std::uint64_t>(edge->first) | (last | ends) << flag | to << (flag + 3));
    }
  return bytes;
}

// Ids of a word in small_unicharset(letters); the space is 0.
inline std::vector<int> ids_of(std::string_view word, std::string_view letters) {
  std::vector<int> ids;
  for (const char c : word) ids.push_back(c == ' ' ? 0 : static_cast<int>(letters.find(c)) + 3);
  return ids;
}

inline ModelBytes dawg_of_words(const std::vector<std::string>& words, std::string_view letters) {
  std::vector<std::vector<int>> ids;
  for (const std::string& word : words) ids.push_back(ids_of(word, letters));
  return dawg_of(ids, static_cast<int>(letters.size()) + 3);
}

inline ocr::lstm::ModelParts small_model(std::string_view letters) {
  ocr::lstm::ModelParts parts;
  const auto put = [&parts](ocr::lstm::Part part, ModelBytes bytes) {
    parts.bytes[static_cast<std::size_t>(part)] = std::move(bytes);
  };
  put(ocr::lstm::Part::Unicharset, bytes_of(small_unicharset(letters)));
  put(ocr::lstm::Part::Recoder, small_recoder(letters.size()));
  return parts;
}

}  // namespace chartscan::testing
