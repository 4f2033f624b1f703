// Inside this room: one reader a format, and the few rules they share. decode.h is the door.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imaging/decode.h"

namespace chartscan::imaging {

Result<int> count_tiff_pages(const ByteReader& bytes, const DecodeLimits& limits);
Result<Decoded> decode_tiff(const ByteReader& bytes, int index, const DecodeLimits& limits);
Result<Decoded> decode_png(const ByteReader& bytes, const DecodeLimits& limits);
Result<Decoded> decode_jpeg(const ByteReader& bytes, const DecodeLimits& limits, Tones tones = Tones::AsStored);
Result<int> count_pdf_pages(const ByteReader& bytes, const DecodeLimits& limits);
Result<Decoded> decode_pdf(const ByteReader& bytes, int index, const DecodeLimits& limits);

// Refused before memory is taken; also refuses what an int cannot count.
Status check_pixels(std::uint64_t width, std::uint64_t height, const DecodeLimits& limits);

// A damaged image: what the decoder said, and what a person can do.
Error damaged(const std::string& format, const std::string& why);

// What a decoder complained about while it went on. Equal lines are kept once, and only the first few.
class Complaints {
 public:
  void add(std::string line);
  bool cut_short() const { return cut_short_; }  // one of them says that data were missing
  const std::string& first() const { return lines_.front(); }
  std::vector<Finding> findings() const;

 private:
  std::vector<std::string> lines_;
  int dropped_ = 0;
  bool cut_short_ = false;
};

// Sequential reading for decoders that pull; keeps the error of a failed read.
class SequentialReader {
 public:
  explicit SequentialReader(const ByteReader& bytes) : bytes_(bytes) {}
  std::size_t read(std::span<std::uint8_t> out);  // 0 at the end and after an error
  const std::optional<Error>& error() const { return error_; }

 private:
  const ByteReader& bytes_;
  std::uint64_t offset_ = 0;
  std::optional<Error> error_;
};

// Puts a picture upright that was stored in one of the eight orientations of TIFF and EXIF (1 = upright).
void apply_orientation(Image& image, int orientation);

// A resolution worth believing, rounded; 0 where it is none.
int plausible_dpi(double dpi);

}  // namespace chartscan::imaging
