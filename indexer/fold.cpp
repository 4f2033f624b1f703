#include "indexer/fold.h"

#include <algorithm>
#include <array>
#include <span>

namespace chartscan::indexer {
namespace {

// Base letters of a stretch of Unicode, one character each: '?' is no letter, '.' stays as it is, '+' stands in kLigatures.
struct Block {
  char32_t first;
  std::string_view letters;
};
constexpr std::array kBlocks{
    Block{0xC0,
          "aaaaaa+ceeeeiiiidnooooo?ouuuuy++aaaaaa+ceeeeiiiidnooooo?ouuuuy+y"
          "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii++jjkkklllllll"
          "lllnnnnnnnnnoooooo++rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"},
    Block{0x1C0,
          "....+++++++++aaiioouuuuuuuuuu.aaaa....ggkkoooo..j+++gg..nnaa...."
          "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"},
    Block{0x1E00,
          "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
          "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
          "wwwwwwwwwwxxxxyyzzzzzzhtwy.s..+.aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
          "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"},
};

struct Ligature {
  char32_t code_point;
  std::string_view letters;
};
// Also letters outside the blocks that people type as others: micrograms are written with three different first letters.
constexpr std::array kLigatures{
    Ligature{0xAA, "a"},    Ligature{0xB2, "2"},    Ligature{0xB3, "3"},     Ligature{0xB5, "u"},     Ligature{0xB9, "1"},
    Ligature{0xBA, "o"},    Ligature{0xC6, "ae"},   Ligature{0xDE, "th"},    Ligature{0xDF, "ss"},    Ligature{0xE6, "ae"},
    Ligature{0xFE, "th"},   Ligature{0x132, "ij"},  Ligature{0x133, "ij"},   Ligature{0x152, "oe"},   Ligature{0x153, "oe"},
    Ligature{0x1C4, "dz"},  Ligature{0x1C5, "dz"},  Ligature{0x1C6, "dz"},   Ligature{0x1C7, "lj"},   Ligature{0x1C8, "lj"},
    Ligature{0x1C9, "lj"},  Ligature{0x1CA, "nj"},  Ligature{0x1CB, "nj"},   Ligature{0x1CC, "nj"},   Ligature{0x1F1, "dz"},
    Ligature{0x1F2, "dz"},  Ligature{0x1F3, "dz"},  Ligature{0x3BC, "u"},    Ligature{0x1E9E, "ss"},  Ligature{0xFB00, "ff"},
    Ligature{0xFB01, "fi"}, Ligature{0xFB02, "fl"}, Ligature{0xFB03, "ffi"}, Ligature{0xFB04, "ffl"}, Ligature{0xFB05, "st"},
    Ligature{0xFB06, "st"},
};

struct Range {
  char32_t first, last;
};
constexpr bool contains(std::span<const Range> ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const Range& range) { return range.first <= c && c <= range.last; });
}

constexpr std::array kVanishing{Range{0xAD, 0xAD},     Range{0x300, 0x36F},   Range{0x483, 0x489},  Range{0x200B, 0x200D},
                                Range{0x2060, 0x2060}, Range{0xFE00, 0xFE0F}, Range{0xFEFF, 0xFEFF}};

// Punctuation and symbols outside ASCII. What is in no list counts as a letter: better findable than not.
constexpr std::array kSeparating{
    Range{0x80, 0xBF},       Range{0xD7, 0xD7},       Range{0xF7, 0xF7},     Range{0x2B9, 0x2DF},   Range{0x37E, 0x37E},
    Range{0x387, 0x387},     Range{0x55A, 0x55F},     Range{0x589, 0x58A},   Range{0x5BE, 0x5BE},   Range{0x60C, 0x60D},
    Range{0x61B, 0x61F},     Range{0x66A, 0x66D},     Range{0x6D4, 0x6D4},   Range{0x964, 0x965},   Range{0x2000, 0x206F},
    Range{0x207A, 0x207E},   Range{0x208A, 0x208E},   Range{0x20A0, 0x20CF}, Range{0x2100, 0x2BFF}, Range{0x2E00, 0x2E7F},
    Range{0x3000, 0x3004},   Range{0x3008, 0x3020},   Range{0x3030, 0x3030}, Range{0xFD3E, 0xFD3F}, Range{0xFE10, 0xFE6F},
    Range{0xFF00, 0xFF0F},   Range{0xFF1A, 0xFF20},   Range{0xFF3B, 0xFF40}, Range{0xFF5B, 0xFF65}, Range{0xFFE0, 0xFFFF},
    Range{0x1F000, 0x1FAFF}, Range{0xE0000, 0xE0FFF},
};

char32_t lower_case(char32_t c) {
  if (c >= 0x391 && c <= 0x3A9) return c + 0x20;  // Greek
  if (c >= 0x410 && c <= 0x42F) return c + 0x20;  // Cyrillic
  if (c >= 0x400 && c <= 0x40F) return c + 0x50;
  if (c >= 0xFF21 && c <= 0xFF3A) return c - 0xFF21 + 'a';  // full width
  if (c >= 0xFF41 && c <= 0xFF5A) return c - 0xFF41 + 'a';
  if (c >= 0xFF10 && c <= 0xFF19) return c - 0xFF10 + '0';
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
}

Folding fold_ascii(char c, std::string& out) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return Folding::Separates;
  out += c;
  return Folding::Appended;
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : (lead & 0xF0) == 0xE0       ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || at + length > text.size()) return ++at, kInvalid;
  char32_t c = length == 1 ? lead : lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return ++at, kInvalid;
    c = c << 6 | (byte(at + i) & 0x3F);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};  // below: an overlong spelling
  if (c < kSmallest[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return ++at, kInvalid;
  at += length;
  return c;
}

Folding fold(char32_t c, std::string& out) {
  if (c < 0x80) return fold_ascii(static_cast<char>(c), out);
  if (c == kInvalid) return Folding::Separates;
  if (contains(kVanishing, c)) return Folding::Vanishes;
  const auto ligature = std::lower_bound(kLigatures.begin(), kLigatures.end(), c,
                                         [](const Ligature& entry, char32_t wanted) { return entry.code_point < wanted; });
  if (ligature != kLigatures.end() && ligature->code_point == c) {
    out += ligature->letters;
    return Folding::Appended;
  }
  if (contains(kSeparating, c)) return Folding::Separates;
  for (const Block& block : kBlocks) {
    if (c < block.first || c >= block.first + block.letters.size()) continue;
    const char letter = block.letters[c - block.first];
    if (letter != '.') return out += letter, Folding::Appended;
  }
  append_utf8(out, lower_case(c));
  return Folding::Appended;
}

}  // namespace chartscan::indexer
