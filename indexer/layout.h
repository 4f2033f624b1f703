// Bytes of the index, and no one else's business. docs/formats.md is the prose twin of this file.
//
//   Post        term 0x00 be64 page source          -> varint length, varint count, count varints of positions
//   Dictionary  'l' be64 page                       -> varint length: every indexed page, also one without a word
//
// A term is a folded word, which never holds bytes below 0x30, or 0x01 field 0x01 value, with the value's bytes 0, 1 and
// 2 escaped. Source is one letter: who said so; what the page and its document say of each other can come and go apart.
// Positions are (position * 2 + span - 1), each less the one before. Length is that of the page's text, for ranking.
// A page's keys are functions of the page alone: writing it twice writes the same keys, and there is nothing to merge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"

namespace chartscan::indexer {

enum class Source : char { Words = 'w', Page = 'p', Document = 'd' };

// One occurrence of a term: (position << 1) | (span - 1), so that order of values is order of positions.
using Place = std::uint32_t;
inline Place place(std::uint32_t position, std::uint32_t span) { return position << 1 | (span - 1); }
inline std::uint32_t position_of(Place place) { return place >> 1; }
inline std::uint32_t end_of(Place place) { return (place >> 1) + 1 + (place & 1); }

namespace layout {

struct PostKey {
  std::string_view term;  // borrowed from the key
  PageId page;
  Source source = Source::Words;
};
std::string post_key(std::string_view term, PageId page, Source source);
std::optional<PostKey> parse_post_key(std::string_view key);  // nothing when damaged
std::string post_prefix(std::string_view term);               // of every page that has exactly this term
std::string behind(std::string_view term);                    // the smallest key behind all of this term's

std::string field_term(std::string_view field, std::string_view value);
std::string field_prefix(std::string_view field);  // of every term of the field
bool is_field_term(std::string_view term);

std::string post_value(std::uint32_t length, const std::vector<Place>& places);
// Appends to `places`; false when damaged.
bool parse_post_value(std::string_view value, std::uint32_t& length, std::vector<Place>& places);

std::string length_key(PageId page);
inline constexpr std::string_view kLengths = "l";
std::optional<PageId> page_of_length_key(std::string_view key);
std::string length_value(std::uint32_t length);
std::optional<std::uint32_t> parse_length_value(std::string_view value);

}  // namespace layout
}  // namespace chartscan::indexer
