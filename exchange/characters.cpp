#include "exchange/characters.h"

#include <array>

namespace chartscan::exchange {
namespace {

void append(std::string& out, char32_t character) {
  const auto byte = [&](char32_t value) { out += static_cast<char>(value); };
  if (character < 0x80) return byte(character);
  if (character < 0x800) {
    byte(0xC0 | character >> 6);
  } else {
    if (character < 0x10000) {
      byte(0xE0 | character >> 12);
    } else {
      byte(0xF0 | character >> 18);
      byte(0x80 | (character >> 12 & 0x3F));
    }
    byte(0x80 | (character >> 6 & 0x3F));
  }
  byte(0x80 | (character & 0x3F));
}

}  // namespace

char32_t take_character(std::string_view& utf8) {
  const auto lead = static_cast<unsigned char>(utf8.front());
  utf8.remove_prefix(1);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 && lead < 0xF5 ? 3 : lead >= 0xE0 && lead < 0xF0 ? 2 : lead >= 0xC2 && lead < 0xE0 ? 1 : 0;
  if (more == 0 || utf8.size() < static_cast<std::size_t>(more)) return kReplacement;
  char32_t character = lead & (0x3F >> more);
  for (int i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(utf8[static_cast<std::size_t>(i)]);
    if ((next & 0xC0) != 0x80) return kReplacement;
    character = character << 6 | (next & 0x3F);
  }
  constexpr std::array<char32_t, 4> kSmallest{0, 0x80, 0x800, 0x10000};  // longer spellings of small characters are not UTF-8
  if (character < kSmallest[static_cast<std::size_t>(more)] || character > 0x10FFFF) return kReplacement;
  if (character >= 0xD800 && character < 0xE000) return kReplacement;
  utf8.remove_prefix(static_cast<std::size_t>(more));
  return character;
}

bool means_nothing(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0xFEFF || character == 0xFFFE;
}

std::string xml_text(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    const char32_t character = take_character(utf8);
    switch (character) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: append(out, means_nothing(character) || character == 0xFFFF ? kReplacement : character);
    }
  }
  return out;
}

}  // namespace chartscan::exchange
