#include "scanner-drivers/twain/native_image.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace chartscan::scan::twain {
namespace {

using Parsed = std::variant<NativeImage, NativeRefusal>;

NativeRefusal refuse(const std::string& why) { return {why}; }

int to_dpi(double value) { return value > 0 && value < 100'000 ? static_cast<int>(std::lround(value)) : 0; }

// --- TIFF: header, one directory of 12-byte entries, strips wherever the directory says --------------------------------

enum Tag : std::uint16_t {
  kWidth = 256,
  kLength = 257,
  kBitsPerSample = 258,
  kCompression = 259,
  kPhotometric = 262,
  kFillOrder = 266,
  kStripOffsets = 273,
  kSamplesPerPixel = 277,
  kRowsPerStrip = 278,
  kStripByteCounts = 279,
  kXResolution = 282,
  kYResolution = 283,
  kPlanar = 284,
  kResolutionUnit = 296,
  kColorMap = 320,
  kTileWidth = 322,
};

class TiffDirectory {
 public:
  TiffDirectory(const ByteSource& bytes, bool big_endian)
      : bytes_(bytes), swap_(big_endian != (std::endian::native == std::endian::big)) {}

  bool load() {
    const auto at = number<std::uint32_t>(4);
    const auto count = at ? number<std::uint16_t>(*at) : std::nullopt;
    if (!count || *count == 0 || *count > kMaxEntries) return false;
    for (int index = 0; index < *count; ++index) {
      const std::uint64_t entry = *at + 2ull + 12ull * static_cast<std::uint64_t>(index);
      const auto tag = number<std::uint16_t>(entry), type = number<std::uint16_t>(entry + 2);
      const auto values = number<std::uint32_t>(entry + 4);
      if (!tag || !type || !values) return false;
      entries_.push_back({*tag, *type, *values, entry + 8});
    }
    return true;
  }

  bool has(Tag tag) const { return find(tag) != nullptr; }

  // The values of a tag, at most `most`; empty where it is missing, longer, or of no whole-number type.
  std::vector<std::uint32_t> values(Tag tag, std::uint32_t most) const {
    const Entry* entry = find(tag);
    if (!entry || entry->count == 0 || entry->count > most) return {};
    const std::size_t size = entry->type == 1 ? 1 : entry->type == 3 ? 2 : entry->type == 4 ? 4 : 0;
    if (size == 0) return {};
    const auto at = place(*entry, size);
    std::vector<std::uint8_t> raw(size * entry->count);
    if (!at || !bytes_.read(*at, raw)) return {};
    std::vector<std::uint32_t> values(entry->count);
    for (std::size_t index = 0; index < values.size(); ++index) values[index] = whole_number(raw.data() + index * size, size);
    return values;
  }

  std::uint32_t value(Tag tag, std::uint32_t otherwise) const {
    const auto all = values(tag, 1);
    return all.empty() ? otherwise : all[0];
  }

  double rational(Tag tag) const {
    const Entry* entry = find(tag);
    if (!entry || entry->type != 5 || entry->count != 1) return 0;
    const auto at = number<std::uint32_t>(entry->value_at);
    const auto above = at ? number<std::uint32_t>(*at) : std::nullopt,
               below = at ? number<std::uint32_t>(*at + 4ull) : std::nullopt;
    return above && below && *below != 0 ? static_cast<double>(*above) / *below : 0;
  }

 private:
  static constexpr int kMaxEntries = 512;
  struct Entry {
    std::uint16_t tag, type;
    std::uint32_t count;
    std::uint64_t value_at;
  };

  std::uint32_t whole_number(const std::uint8_t* raw, std::size_t size) const {
    std::uint32_t value = 0;
    const bool big = swap_ != (std::endian::native == std::endian::big);
    for (std::size_t index = 0; index < size; ++index)
      value |= static_cast<std::uint32_t>(raw[index]) << (8 * (big ? size - 1 - index : index));
    return value;
  }
  template <typename T>
  std::optional<T> number(std::uint64_t offset) const {
    std::uint8_t raw[sizeof(T)];
    if (!bytes_.read(offset, raw)) return std::nullopt;
    return static_cast<T>(whole_number(raw, sizeof(T)));
  }
  // Up to four bytes stand in the entry itself.
  std::optional<std::uint64_t> place(const Entry& entry, std::size_t size) const {
    if (size * entry.count <= 4) return entry.value_at;
    const auto at = number<std::uint32_t>(entry.value_at);
    if (!at) return std::nullopt;
    return *at;
  }
  const Entry* find(Tag tag) const {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.tag == tag; });
    return at == entries_.end() ? nullptr : &*at;
  }

  const ByteSource& bytes_;
  bool swap_;
  std::vector<Entry> entries_;
};

// Colour tables hold all reds, then all greens, then all blues, 16 bits each.
std::vector<Rgb> tiff_palette(const TiffDirectory& tags, int bits) {
  const std::size_t colors = std::size_t{1} << bits;
  const auto map = tags.values(kColorMap, 3 * 256);
  if (map.size() != 3 * colors) return {};
  std::vector<Rgb> palette(colors);
  for (std::size_t index = 0; index < colors; ++index)
    for (std::size_t channel = 0; channel < 3; ++channel)
      palette[index][channel] = static_cast<std::uint8_t>(map[channel * colors + index] >> 8);
  return palette;
}

Parsed parse_tiff(const ByteSource& bytes, bool big_endian) {
  TiffDirectory tags(bytes, big_endian);
  if (!tags.load()) return refuse("TIFF: its directory cannot be read");
  if (tags.has(kTileWidth)) return refuse("TIFF: tiles instead of strips");
  if (const auto compression = tags.value(kCompression, 1); compression != 1)
    return refuse("TIFF: compression " + std::to_string(compression));

  NativeImage image;
  RawFormat& raw = image.raw;
  const std::uint32_t width = tags.value(kWidth, 0), height = tags.value(kLength, 0);
  if (width == 0 || height == 0 || width > kMaxSidePixels || height > kMaxSidePixels) return refuse("TIFF: no believable size");
  raw.width = static_cast<int>(width);
  raw.height = static_cast<int>(height);

  const auto samples = tags.value(kSamplesPerPixel, 1);
  auto bits = tags.values(kBitsPerSample, 4);
  if (bits.empty()) bits = {1};
  if ((samples != 1 && samples != 3) ||
      std::any_of(bits.begin(), bits.end(), [&](auto each) { return each != bits[0] || each > 16; }))
    return refuse("TIFF: " + std::to_string(samples) + " samples a pixel");
  if (samples > 1 && tags.value(kPlanar, 1) != 1) return refuse("TIFF: colours in separate planes");
  raw.samples = static_cast<int>(samples);
  raw.bits_per_pixel = static_cast<int>(samples * bits[0]);
  raw.big_endian = big_endian;
  raw.low_bit_first = tags.value(kFillOrder, 1) == 2;

  const auto photometric = tags.value(kPhotometric, 1);
  if (photometric > 3 || (photometric == 2) != (samples == 3))
    return refuse("TIFF: photometric interpretation " + std::to_string(photometric));
  raw.zero_is_white = photometric == 0;
  if (photometric == 3) {
    if (bits[0] > 8 || (raw.palette = tiff_palette(tags, static_cast<int>(bits[0]))).empty())
      return refuse("TIFF: no colour table");
  }
  const double to_inch = tags.value(kResolutionUnit, 2) == 3 ? 2.54 : 1;
  raw.dpi_x = to_dpi(tags.rational(kXResolution) * to_inch);
  raw.dpi_y = to_dpi(tags.rational(kYResolution) * to_inch);
  if (!is_believable(raw)) return refuse("TIFF: " + std::to_string(raw.bits_per_pixel) + " bits a pixel");

  image.stride = raw.row_bytes();
  image.rows_per_strip = static_cast<int>(std::clamp<std::uint32_t>(tags.value(kRowsPerStrip, height), 1, height));
  const auto strips = static_cast<std::size_t>((raw.height + image.rows_per_strip - 1) / image.rows_per_strip);
  const auto offsets = tags.values(kStripOffsets, kMaxSidePixels), counts = tags.values(kStripByteCounts, kMaxSidePixels);
  if (offsets.size() != strips || counts.size() != strips) return refuse("TIFF: its strips are not all there");
  for (std::size_t index = 0; index < strips; ++index) image.strips.push_back({offsets[index], counts[index]});
  return image;
}

// --- DIB: header, colour table, rows padded to four bytes, the lowest row first ----------------------------------------

struct DibHeader {
  std::uint32_t size;
  std::int32_t width, height;
  std::uint16_t planes, bits;
  std::uint32_t compression, image_bytes;
  std::int32_t x_per_metre, y_per_metre;
  std::uint32_t colors, important;
};
static_assert(sizeof(DibHeader) == 40);

std::optional<std::vector<Rgb>> dib_palette(const ByteSource& bytes, std::uint64_t at, std::uint32_t colors) {
  std::vector<std::uint8_t> table(4 * static_cast<std::size_t>(colors));
  if (!bytes.read(at, table)) return std::nullopt;
  std::vector<Rgb> palette;
  for (std::size_t entry = 0; entry < table.size(); entry += 4)
    palette.push_back({table[entry + 2], table[entry + 1], table[entry]});
  return palette;
}

// `pixels_at` is known of a file; in memory the pixels follow the colour table.
Parsed parse_dib(const ByteSource& bytes, std::uint64_t start, std::optional<std::uint64_t> pixels_at) {
  const auto header = bytes.get<DibHeader>(start);
  if (!header) return refuse("DIB: no header");
  if (header->size < sizeof(DibHeader) || header->size > 124 || header->planes != 1) return refuse("DIB: not a header we know");
  if (header->compression != 0) return refuse("DIB: compression " + std::to_string(header->compression));
  const std::int64_t height = header->height;
  NativeImage image;
  RawFormat& raw = image.raw;
  if (header->width <= 0 || header->width > kMaxSidePixels || height == 0 || std::abs(height) > kMaxSidePixels)
    return refuse("DIB: no believable size");
  raw.width = header->width;
  raw.height = static_cast<int>(std::abs(height));
  raw.bits_per_pixel = header->bits;
  raw.samples = header->bits >= 24 ? 3 : 1;
  raw.blue_first = true;
  raw.dpi_x = to_dpi(header->x_per_metre * 0.0254);
  raw.dpi_y = to_dpi(header->y_per_metre * 0.0254);
  if (!is_believable(raw) || header->bits == 16 || header->bits == 48)
    return refuse("DIB: " + std::to_string(header->bits) + " bits a pixel");

  std::uint32_t colors = header->colors;
  if (header->bits <= 8) {
    const std::uint32_t most = 1u << header->bits;
    if (colors == 0) colors = most;
    if (colors > most) return refuse("DIB: colour table too long");
    auto palette = dib_palette(bytes, start + header->size, colors);
    if (!palette) return refuse("DIB: no colour table");
    palette->resize(most);
    raw.palette = std::move(*palette);
  } else if (colors > 256) {
    return refuse("DIB: colour table too long");
  }
  image.stride = (raw.row_bytes() + 3) / 4 * 4;
  image.bottom_up = height > 0;
  image.rows_per_strip = raw.height;
  image.strips.push_back(
      {pixels_at.value_or(start + header->size + 4ull * colors), image.stride * static_cast<std::uint64_t>(raw.height)});
  return image;
}

}  // namespace

std::optional<std::uint64_t> NativeImage::row_offset(int y) const {
  const int in_file = bottom_up ? raw.height - 1 - y : y;
  const auto strip = static_cast<std::size_t>(in_file / rows_per_strip);
  const std::uint64_t within = static_cast<std::uint64_t>(in_file % rows_per_strip) * stride;
  if (strip >= strips.size() || within + raw.row_bytes() > strips[strip].bytes) return std::nullopt;
  return strips[strip].offset + within;
}

Parsed parse_native_image(const ByteSource& bytes) {
  const auto magic = bytes.get<std::array<std::uint8_t, 4>>(0);
  if (!magic) return refuse("the image has no first four bytes");
  const auto begins = [&](std::array<std::uint8_t, 4> with) { return *magic == with; };
  if (begins({'I', 'I', 42, 0})) return parse_tiff(bytes, false);
  if (begins({'M', 'M', 0, 42})) return parse_tiff(bytes, true);
  if ((*magic)[0] == 'B' && (*magic)[1] == 'M') {
    const auto pixels = bytes.get<std::uint32_t>(10);
    if (!pixels) return refuse("BMP: no header");
    return parse_dib(bytes, 14, *pixels);
  }
  return parse_dib(bytes, 0, std::nullopt);
}

}  // namespace chartscan::scan::twain
