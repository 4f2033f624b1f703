#include "exchange/page_picture.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "imaging/clean.h"
#include "imaging/encode_g4.h"
#include "imaging/view.h"

namespace chartscan::exchange {
namespace {

constexpr int kOriginalQuality = 80;  // of what was no JPEG
constexpr int kFullQuality = 75;      // print stays crisp at 200 dpi and more; the untouched original stays in the archive
constexpr int kSmallDpi = 200, kSmallQuality = 50;
constexpr std::uint64_t kMaxPassedJpeg = 64'000'000;  // bytes; larger ones are encoded anew rather than held whole

using Bytes = std::span<const std::uint8_t>;

int u16(Bytes bytes, std::size_t at) { return bytes[at] << 8 | bytes[at + 1]; }

// One marker segment of a JPEG: what stands after its length.
struct Segment {
  int marker = 0;
  Bytes body;
};

// Takes the next segment off the front; nothing at the start of the picture data or where it is no JPEG.
std::optional<Segment> take_segment(Bytes& bytes) {
  constexpr int kStartOfScan = 0xDA;
  while (bytes.size() >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFF) bytes = bytes.subspan(1);  // fill bytes
  if (bytes.size() < 4 || bytes[0] != 0xFF || bytes[1] == kStartOfScan) return std::nullopt;
  const int marker = bytes[1];
  const auto length = static_cast<std::size_t>(u16(bytes, 2));
  if (length < 2 || length + 2 > bytes.size()) return std::nullopt;
  const Segment segment{marker, bytes.subspan(4, length - 2)};
  bytes = bytes.subspan(2 + length);
  return segment;
}

bool begins_with(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

// EXIF tag 0x0112 of the first directory: 1 = as it is. A note that cannot be read is taken for a turn: the safe side.
bool is_turned_by_exif(Bytes exif) {
  constexpr std::size_t kIntro = 6;  // "Exif\0\0"
  const Bytes tiff = exif.subspan(std::min(kIntro, exif.size()));
  if (tiff.size() < 10) return true;
  const bool little = tiff[0] == 'I';
  const auto number = [&](std::size_t at, int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i)
      value |= std::uint32_t{tiff[at + static_cast<std::size_t>(i)]} << 8 * (little ? i : count - 1 - i);
    return value;
  };
  const std::size_t directory = number(4, 4);
  if (directory > tiff.size() - 2) return true;
  const std::size_t entries = number(directory, 2);
  if (directory + 2 + 12 * entries > tiff.size()) return true;
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (number(entry, 2) == 0x0112) return number(entry + 8, 2) != 1;
  }
  return false;
}

bool is_start_of_frame(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Baseline, extended and progressive frames of 8 bits; RGB by component names is something PDF readers do not know.
JpegFrame read_frame(const Segment& segment) {
  const Bytes body = segment.body;
  if (segment.marker > 0xC2 || body.size() < 6 || body[0] != 8) return {};
  const JpegFrame frame{{u16(body, 3), u16(body, 1)}, body[5]};
  if (frame.size.width == 0 || frame.size.height == 0 || (frame.channels != 1 && frame.channels != 3)) return {};
  if (body.size() < 6 + 3 * static_cast<std::size_t>(frame.channels)) return {};
  if (frame.channels == 3 && body[6] == 'R' && body[9] == 'G' && body[12] == 'B') return {};
  return frame;
}

bool ends_whole(const std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t kPadding = 4096;  // some scanners fill up the last block
  const Bytes tail = Bytes(bytes).last(std::min(bytes.size(), kPadding));
  constexpr std::uint8_t kEndOfImage[] = {0xFF, 0xD9};
  return std::search(tail.begin(), tail.end(), std::begin(kEndOfImage), std::end(kEndOfImage)) != tail.end();
}

Result<std::vector<std::uint8_t>> read_whole(const imaging::ByteReader& original) {
  std::vector<std::uint8_t> bytes(original.size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    TRY(const std::size_t got, original.read(done, std::span(bytes).subspan(done)));
    if (got == 0) break;
    done += got;
  }
  bytes.resize(done);
  return bytes;
}

// The original itself, when it can be shown as it is. A decoder's complaint makes it unfit: readers differ on damage.
using MaybePicture = std::optional<PagePicture>;
Result<MaybePicture> passed_through(const Page& page, const imaging::ByteReader& original) {
  if (page.original.media != MediaType::Jpeg || original.size > kMaxPassedJpeg) return MaybePicture{};
  if (has_finding(page.findings, finding::kDecoderWarning)) return MaybePicture{};
  TRY(std::vector<std::uint8_t> bytes, read_whole(original));
  const JpegFrame frame = plain_jpeg_frame(bytes);
  if (frame.channels == 0) return MaybePicture{};
  return MaybePicture(PagePicture{PagePicture::Coding::Jpeg, frame.size, frame.channels, std::move(bytes)});
}

// Ink or paper with a hue. Lens and lamp give the edges of black print a little of one, and a JPEG smears it.
bool has_colour(const imaging::Image& image) {
  constexpr int kHue = 40;  // levels between the strongest and the weakest channel
  constexpr std::size_t kShare = 2000;
  if (image.channels != 3) return false;
  std::size_t coloured = 0;
  for (std::size_t i = 0; i + 2 < image.pixels.size(); i += 3) {
    const auto [least, most] = std::minmax({image.pixels[i], image.pixels[i + 1], image.pixels[i + 2]});
    coloured += most - least > kHue;
  }
  return coloured * kShare > image.pixels.size() / 3;
}

PagePicture as_jpeg(const imaging::Image& image, int quality) {
  return {PagePicture::Coding::Jpeg, image.size(), image.channels, imaging::encode_jpeg(image, quality)};
}

PagePicture without_idle_colour(const imaging::Image& image, int quality) {
  return as_jpeg(has_colour(image) ? image : imaging::to_gray(image), quality);
}

imaging::Image shrunk(const imaging::Image& image) {
  const double dpi = imaging::believable_dpi(image);
  return imaging::scaled_to_width(image, std::max(1, static_cast<int>(image.width * std::min(1.0, kSmallDpi / dpi))));
}

}  // namespace

JpegFrame plain_jpeg_frame(const std::vector<std::uint8_t>& bytes) {
  Bytes rest(bytes);
  if (!begins_with(rest, "\xFF\xD8") || !ends_whole(bytes)) return {};
  rest = rest.subspan(2);
  JpegFrame frame;
  while (const std::optional<Segment> segment = take_segment(rest)) {
    if (segment->marker == 0xE1 && begins_with(segment->body, "Exif") && is_turned_by_exif(segment->body)) return {};
    if (is_start_of_frame(segment->marker)) frame = read_frame(*segment);
  }
  return frame;
}

Result<PagePicture> page_picture(const Page& page, const imaging::ByteReader& original, const imaging::DecodeLimits& limits,
                                 Images images) {
  MaybePicture passed;
  if (images != Images::Small) {
    TRY(passed, passed_through(page, original));
    if (passed && images == Images::Original) return std::move(*passed);
  }
  TRY(const imaging::Decoded decoded, imaging::decode_page(original, page.original.media, page.original.index, limits));
  const imaging::Image& image = decoded.image;
  if (imaging::is_bilevel(image)) {
    TRY(std::vector<std::uint8_t> code, imaging::encode_g4(image));
    return PagePicture{PagePicture::Coding::G4, image.size(), 1, std::move(code)};
  }
  if (images == Images::Small) return without_idle_colour(shrunk(image), kSmallQuality);
  if (images == Images::Original) return as_jpeg(image, kOriginalQuality);
  PagePicture coded = without_idle_colour(image, kFullQuality);
  return passed && passed->bytes.size() <= coded.bytes.size() ? std::move(*passed) : std::move(coded);
}

}  // namespace chartscan::exchange
