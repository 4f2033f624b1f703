#include "exchange/invisible_font.h"

#include <fmt/format.h>

#include "exchange/big_endian.h"
#include "exchange/characters.h"

namespace chartscan::exchange {
namespace {

constexpr std::uint16_t kLastNumber = 0xFFFF;

std::string utf16_hex(char32_t character) {
  if (character < 0x10000) return fmt::format("{:04X}", static_cast<unsigned>(character));
  const unsigned rest = static_cast<unsigned>(character) - 0x10000;
  return fmt::format("{:04X}{:04X}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
}

struct Table {
  const char* tag;
  std::string bytes;
};

constexpr int kUnitsPerEm = 1000;
constexpr int kAdvance = 500;

std::vector<Table> font_tables() {
  BigEndian head, hhea, maxp, hmtx;
  head.u32(0x00010000).u32(0x00010000);                 // version, revision
  head.u32(0).u32(0x5F0F3CF5);                          // checksum adjustment (set below), magic
  head.u16(0).u16(kUnitsPerEm).u64(0).u64(0);           // flags, units; made and changed never: equal input, equal file
  head.u16(0).u16(0).u16(kAdvance).u16(kUnitsPerEm);    // bounds
  head.u16(0).u16(3).u16(2).u16(0).u16(0);              // style, smallest size, direction, short offsets, glyph format
  hhea.u32(0x00010000).u16(kUnitsPerEm).u16(0).u16(0);  // version, ascent, descent, line gap
  hhea.u16(kAdvance).u16(0).u16(0).u16(0);              // widest advance, bearings, extent
  hhea.u16(1).u16(0).u16(0).u64(0).u16(0).u16(2);       // upright caret, reserved, metric format, two metrics
  maxp.u32(0x00010000).u16(2);                          // two glyphs: .notdef and the empty one
  maxp.u16(0).u16(0).u16(0).u16(0).u16(1).u16(0).u16(0).u16(0).u16(0).u16(0).u16(0).u16(0).u16(0);
  hmtx.u16(kAdvance).u16(0).u16(kAdvance).u16(0);
  return {{"glyf", std::string(4, '\0')}, {"head", head.bytes}, {"hhea", hhea.bytes}, {"hmtx", hmtx.bytes},
          {"loca", std::string(6, '\0')}, {"maxp", maxp.bytes}};  // tags in order, as the format asks
}

std::uint32_t checksum(std::string bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 4)
    for (std::size_t j = 0; j < 4; ++j)
      sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + j])) << (24 - 8 * j);
  return sum;
}

}  // namespace

InvisibleFont::Encoded InvisibleFont::encode(std::string_view utf8) {
  Encoded encoded;
  while (!utf8.empty()) {
    fmt::format_to(std::back_inserter(encoded.hex), "{:04X}", number_of(take_character(utf8)));
    ++encoded.characters;
  }
  return encoded;
}

// Past the last number everything is U+FFFD, number 1: no chart has 65,000 different characters.
std::uint16_t InvisibleFont::number_of(char32_t character) {
  if (characters_.empty()) {
    characters_.push_back(kReplacement);
    numbers_[kReplacement] = 1;
  }
  if (means_nothing(character)) character = kReplacement;
  if (const auto known = numbers_.find(character); known != numbers_.end()) return known->second;
  if (characters_.size() >= kLastNumber) return 1;
  characters_.push_back(character);
  return numbers_[character] = static_cast<std::uint16_t>(characters_.size());
}

std::string InvisibleFont::to_unicode() const {
  std::string map =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  constexpr std::size_t kMostInABlock = 100;  // PDF 32000-1, 9.7.5.3
  for (std::size_t from = 0; from < characters_.size(); from += kMostInABlock) {
    const std::size_t to = std::min(characters_.size(), from + kMostInABlock);
    map += fmt::format("{} beginbfchar\n", to - from);
    for (std::size_t i = from; i < to; ++i) map += fmt::format("<{:04X}> <{}>\n", i + 1, utf16_hex(characters_[i]));
    map += "endbfchar\n";
  }
  return map + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

std::string InvisibleFont::cid_to_gid() const {
  BigEndian map;
  map.u16(0);
  for (std::size_t i = 0; i < characters_.size(); ++i) map.u16(1);
  return map.bytes;
}

std::string InvisibleFont::true_type() {
  const std::vector<Table> tables = font_tables();
  BigEndian directory;
  directory.u32(0x00010000)
      .u16(static_cast<std::uint16_t>(tables.size()))
      .u16(64)
      .u16(2)
      .u16(32);  // 6 tables: 4 * 16, log2 4, 96 - 64
  std::string body;
  std::size_t head_at = 0;
  for (const Table& table : tables) {
    const std::size_t offset = 12 + 16 * tables.size() + body.size();
    if (std::string_view(table.tag) == "head") head_at = offset;
    directory.tag(table.tag).u32(checksum(table.bytes)).u32(static_cast<std::uint32_t>(offset));
    directory.u32(static_cast<std::uint32_t>(table.bytes.size()));
    body += table.bytes;
    body.resize((body.size() + 3) / 4 * 4);
  }
  std::string font = directory.bytes + body;
  BigEndian adjustment;
  adjustment.u32(0xB1B0AFBA - checksum(font));
  return font.replace(head_at + 8, 4, adjustment.bytes);
}

}  // namespace chartscan::exchange
