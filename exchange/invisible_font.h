// The font of the text nobody sees: every character is one empty glyph half an em wide and one em high, so that a word is
// fitted to its box by size and horizontal scale alone. Characters get numbers as they are met; the tables that a PDF
// needs to turn numbers back into Unicode come out at the end. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chartscan::exchange {

inline constexpr double kGlyphWidth = 0.5;  // of the font size

class InvisibleFont {
 public:
  struct Encoded {
    std::string hex;  // of a PDF hex string, four digits a character
    int characters = 0;
  };
  // Bytes that are not UTF-8 and control characters become U+FFFD.
  Encoded encode(std::string_view utf8);

  std::string to_unicode() const;  // the ToUnicode CMap
  std::string cid_to_gid() const;  // every number shows glyph 1: glyph 0 (.notdef) is forbidden in PDF/A
  static std::string true_type();  // the font program

 private:
  std::uint16_t number_of(char32_t character);
  std::map<char32_t, std::uint16_t> numbers_;
  std::vector<char32_t> characters_;  // of number i + 1
};

}  // namespace chartscan::exchange
