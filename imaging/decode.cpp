#include "imaging/decode.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include <opencv2/core.hpp>

#include "imaging/decode_formats.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr std::size_t kComplaintsKept = 5;

class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() { ::close(fd_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) const {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Error{ErrorCode::InputUnreadable, fmt::format("the file cannot be read: {}; check the disk or share and try again", std::strerror(errno))};
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  int fd_;
};

Error not_an_image() {
  return {ErrorCode::InputRefused, "not a TIFF, PDF, PNG or JPEG by its content; open it in the program that made it and export it as one of these"};
}

}  // namespace

Result<ByteReader> file_reader(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a named pipe must not hold us up
  if (fd < 0) {
    const bool absent = errno == ENOENT;
    return Error{absent ? ErrorCode::NotFound : ErrorCode::InputUnreadable,
                 fmt::format("{} cannot be opened: {}; {}", path.string(), std::strerror(errno),
                             absent ? "check the name" : "check its permissions")};
  }
  auto file = std::make_shared<OpenFile>(fd);
  struct stat about {};
  if (::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
    return Error{ErrorCode::InputRefused, fmt::format("{} is not a regular file; copy the scan into a file and give that", path.string())};
  ByteReader reader;
  reader.size = static_cast<std::uint64_t>(about.st_size);
  reader.read = [file](std::uint64_t offset, std::span<std::uint8_t> out) { return file->read(offset, out); };
  reader.path = [path]() -> Result<std::filesystem::path> { return path; };
  return reader;
}

ByteReader memory_reader(std::vector<std::uint8_t> bytes) {
  auto held = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
  ByteReader reader;
  reader.size = held->size();
  reader.read = [held](std::uint64_t offset, std::span<std::uint8_t> out) -> Result<std::size_t> {
    if (offset >= held->size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(out.size(), held->size() - offset);
    std::memcpy(out.data(), held->data() + offset, count);
    return count;
  };
  reader.path = []() -> Result<std::filesystem::path> {
    return Error{ErrorCode::InputRefused, "these bytes are in memory only; store them as a file first"};
  };
  return reader;
}

MediaType sniff(std::span<const std::uint8_t> first_bytes) {
  const std::string_view start(reinterpret_cast<const char*>(first_bytes.data()), first_bytes.size());
  using namespace std::string_view_literals;
  if (start.starts_with("II*\0"sv) || start.starts_with("MM\0*"sv) || start.starts_with("II+\0"sv) || start.starts_with("MM\0+"sv))
    return MediaType::Tiff;
  if (start.starts_with("\x89PNG\r\n\x1a\n"sv)) return MediaType::Png;
  if (start.starts_with("\xff\xd8\xff"sv)) return MediaType::Jpeg;
  // PDF readers accept the mark anywhere in the first 1024 bytes, and real mail gateways put things before it.
  if (start.substr(0, 1024).find("%PDF-"sv) != std::string_view::npos) return MediaType::Pdf;
  return MediaType::Unknown;
}

Result<int> count_pages(const ByteReader& bytes, MediaType media, const DecodeLimits& limits) {
  if (bytes.size == 0) return Error{ErrorCode::InputRefused, "the file is empty (0 bytes); copy or scan it again"};
  switch (media) {
    case MediaType::Tiff: return count_tiff_pages(bytes, limits);
    case MediaType::Pdf: return count_pdf_pages(bytes, limits);
    case MediaType::Png:
    case MediaType::Jpeg: return 1;
    case MediaType::Unknown: break;
  }
  return not_an_image();
}

namespace {

Result<Decoded> decode_as_stored(const ByteReader& bytes, MediaType media, int index, const DecodeLimits& limits, Tones jpeg_tones) {
  switch (media) {
    case MediaType::Tiff: return decode_tiff(bytes, index, limits);
    case MediaType::Pdf: return decode_pdf(bytes, index, limits);
    case MediaType::Png: return decode_png(bytes, limits);
    case MediaType::Jpeg: return decode_jpeg(bytes, limits, jpeg_tones);
    case MediaType::Unknown: break;
  }
  return not_an_image();
}

}  // namespace

Result<Decoded> decode_page(const ByteReader& bytes, MediaType media, int index, const DecodeLimits& limits, Tones tones) {
  if (index < 0) return Error{ErrorCode::NotFound, fmt::format("there is no page {}", index + 1)};
  if (index > 0 && (media == MediaType::Png || media == MediaType::Jpeg))
    return Error{ErrorCode::NotFound, fmt::format("there is no page {} in a {}", index + 1, to_string(media))};
  try {
    TRY(Decoded decoded, decode_as_stored(bytes, media, index, limits, tones));
    if (tones == Tones::Gray && decoded.image.channels != 1) {
      decoded.coloured = shows_colours(decoded.image);
      decoded.image = to_gray(decoded.image);
    }
    return decoded;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::InputTooLarge, "not enough memory for this page; run fewer jobs at once or scan it at a lower resolution"};
  } catch (const std::exception& thrown) {  // OpenCV, while turning the picture
    return Error{ErrorCode::Internal, fmt::format("decoding failed: {}", thrown.what())};
  }
}

Status check_pixels(std::uint64_t width, std::uint64_t height, const DecodeLimits& limits) {
  constexpr std::uint64_t kMaxSide = 1'000'000;  // keeps every product below in range
  if (width == 0 || height == 0) return damaged("image", fmt::format("it claims to be {} x {} pixels", width, height));
  if (width <= kMaxSide && height <= kMaxSide && width * height <= limits.max_pixels) return {};
  return Error{ErrorCode::InputTooLarge, fmt::format("the image claims {} x {} pixels, more than the limit of {} million; scan it again at a "
                                                     "lower resolution, or raise the limit if it is really that large",
                                                     width, height, limits.max_pixels / 1'000'000)};
}

Error damaged(const std::string& format, const std::string& why) {
  return {ErrorCode::InputRefused, fmt::format("the {} is damaged or cut short ({}); copy it again from its source or scan the page again", format, why)};
}

void Complaints::add(std::string line) {
  for (const char* word : {"remature", "runcat", "ot enough data", "ead error"}) cut_short_ |= line.find(word) != std::string::npos;
  if (std::ranges::find(lines_, line) != lines_.end()) return;
  if (lines_.size() < kComplaintsKept) {
    lines_.push_back(std::move(line));
  } else {
    ++dropped_;
  }
}

std::vector<Finding> Complaints::findings() const {
  std::vector<Finding> all;
  for (const std::string& line : lines_) all.push_back({finding::kDecoderWarning, line, 0});
  if (dropped_ > 0) all.push_back({finding::kDecoderWarning, fmt::format("and {} more", dropped_), 0});
  return all;
}

std::size_t SequentialReader::read(std::span<std::uint8_t> out) {
  if (error_) return 0;
  Result<std::size_t> got = bytes_.read(offset_, out);
  if (!got.ok()) {
    error_ = std::move(got).error();
    return 0;
  }
  offset_ += *got;
  return *got;
}

void apply_orientation(Image& image, int orientation) {
  if (orientation <= 1 || orientation > 8) return;
  // 2 to 4 mirror in place; 5 to 8 stand on their side: turn first, then mirror where they are mirrored as well.
  switch (orientation) {
    case 3: image = turned(image, 180); return;
    case 6: image = turned(image, 90); return;
    case 8: image = turned(image, 270); return;
    case 5: image = turned(image, 90); break;
    case 7: image = turned(image, 270); break;
    default: break;
  }
  cv::Mat pixels = view_of(image);
  cv::flip(pixels, pixels, orientation == 4 ? 0 : 1);
}

int plausible_dpi(double dpi) {
  constexpr double kLowest = 30, kHighest = 4800;
  return dpi >= kLowest && dpi <= kHighest ? static_cast<int>(std::lround(dpi)) : 0;  // a NaN is neither
}

}  // namespace chartscan::imaging
