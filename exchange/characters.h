// Characters of outside text, which may be any bytes: taken apart, and made fit for formats that forbid some.
#pragma once

#include <string>
#include <string_view>

namespace chartscan::exchange {

inline constexpr char32_t kReplacement = 0xFFFD;

// Takes one character off the front; U+FFFD for a byte that starts none.
char32_t take_character(std::string_view& utf8);

// Controls, which mean nothing on paper, and what ISO 19005 forbids as the meaning of a glyph.
bool means_nothing(char32_t character);

// For the content and the attributes of XML 1.0: marked up characters written as entities, what XML cannot hold as U+FFFD.
std::string xml_text(std::string_view utf8);

}  // namespace chartscan::exchange
