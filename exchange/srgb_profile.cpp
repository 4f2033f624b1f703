#include "exchange/srgb_profile.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "exchange/big_endian.h"

namespace chartscan::exchange {
namespace {

std::uint32_t fixed(double value) { return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::lround(value * 65536))); }

std::string xyz(double x, double y, double z) {
  BigEndian tag;
  return tag.tag("XYZ ").u32(0).u32(fixed(x)).u32(fixed(y)).u32(fixed(z)).bytes;
}

// One English text.
std::string text(std::string_view ascii) {
  BigEndian tag;
  tag.tag("mluc").u32(0).u32(1).u32(12).tag("enUS").u32(static_cast<std::uint32_t>(2 * ascii.size())).u32(28);
  for (const char letter : ascii) tag.u16(static_cast<std::uint16_t>(letter));
  return tag.bytes;
}

// ((x + 0.055) / 1.055) ^ 2.4 from 0.04045 on, x / 12.92 below it.
std::string curve() {
  BigEndian tag;
  tag.tag("para").u32(0).u16(3).u16(0);
  tag.u32(fixed(2.4)).u32(fixed(1 / 1.055)).u32(fixed(0.055 / 1.055)).u32(fixed(1 / 12.92)).u32(fixed(0.04045));
  return tag.bytes;
}

// From the white of sRGB (D65) to that of the profile connection space (D50), by Bradford.
std::string adaptation() {
  BigEndian tag;
  tag.tag("sf32").u32(0);
  for (const double cell : {1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491, -0.0092345, 0.0150436, 0.7521316})
    tag.u32(fixed(cell));
  return tag.bytes;
}

struct Tag {
  const char* name;
  std::string bytes;
};

std::string header(std::size_t size) {
  BigEndian out;
  out.u32(static_cast<std::uint32_t>(size)).u32(0).u32(0x04200000);  // size, no preferred engine, version 4.2
  out.tag("mntrRGB XYZ ");                                           // a display, RGB to XYZ
  out.u16(2020).u16(1).u16(1).u16(0).u16(0).u16(0);                  // a fixed date: equal input, equal file
  out.tag("acsp").u32(0).u32(0).u32(0).u32(0).u64(0).u32(0);         // signature; no platform, flags, maker; perceptual
  out.u32(fixed(0.9642)).u32(fixed(1.0)).u32(fixed(0.8249)).u32(0);  // D50; no creator
  out.bytes.resize(128);
  return out.bytes;
}

}  // namespace

std::string srgb_profile() {
  const std::vector<Tag> tags{{"desc", text("sRGB IEC61966-2.1")},
                              {"cprt", text("No copyright: made from published numbers")},
                              {"wtpt", xyz(0.9642, 1.0, 0.8249)},
                              {"chad", adaptation()},
                              {"rXYZ", xyz(0.4360747, 0.2225045, 0.0139322)},
                              {"gXYZ", xyz(0.3850649, 0.7168786, 0.0971045)},
                              {"bXYZ", xyz(0.1430804, 0.0606169, 0.7141733)},
                              {"rTRC", curve()},
                              {"gTRC", curve()},
                              {"bTRC", curve()}};
  BigEndian directory;
  directory.u32(static_cast<std::uint32_t>(tags.size()));
  std::string body;
  for (const Tag& tag : tags) {
    const std::size_t offset = 128 + 4 + 12 * tags.size() + body.size();
    directory.tag(tag.name).u32(static_cast<std::uint32_t>(offset)).u32(static_cast<std::uint32_t>(tag.bytes.size()));
    body += tag.bytes;
    body.resize((body.size() + 3) / 4 * 4);
  }
  return header(128 + directory.bytes.size() + body.size()) + directory.bytes + body;
}

}  // namespace chartscan::exchange
