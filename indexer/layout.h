// Terms and places: what the index is made of, for writing and asking alike. Where they stand in the store: indexer/rows.h.
//
// A term is a folded word, which never holds bytes below 0x30, or 0x01 field 0x01 value, with the value's bytes 0, 1 and 2
// escaped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chartscan::indexer {

// One occurrence of a term: (position << 1) | (span - 1), so that order of values is order of positions.
using Place = std::uint32_t;
inline Place place(std::uint32_t position, std::uint32_t span) { return position << 1 | (span - 1); }
inline std::uint32_t position_of(Place place) { return place >> 1; }
inline std::uint32_t end_of(Place place) { return (place >> 1) + 1 + (place & 1); }

namespace layout {

std::string field_term(std::string_view field, std::string_view value);
std::string field_prefix(std::string_view field);  // of every term of the field
bool is_field_term(std::string_view term);
std::string behind(std::string_view term);  // the smallest term behind this one

}  // namespace layout
}  // namespace chartscan::indexer
