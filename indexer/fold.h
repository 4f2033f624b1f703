// Characters as the index sees them: letters and digits without case or accents, everything else parts words.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chartscan::indexer {

inline constexpr char32_t kInvalid = 0xFFFFFFFF;

// The code point at `at`, which moves behind it. A byte that is no UTF-8 is kInvalid and one byte long.
char32_t next_code_point(std::string_view text, std::size_t& at);

enum class Folding {
  Separates,  // not part of a word
  Vanishes,   // part of a word but not of its spelling: accents standing alone, soft hyphens, zero-width characters
  Appended,   // letter or digit, now at the end of `out`
};
// "É" appends "e", "ß" "ss", "Ж" "ж"; scripts without a table entry are kept as they are.
Folding fold(char32_t code_point, std::string& out);

}  // namespace chartscan::indexer
