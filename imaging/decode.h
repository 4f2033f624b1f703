// Outside image bytes -> pages and pixels. Everything here is hostile until parsed: sizes are checked before memory is
// taken, decoder warnings are findings, and no exception or longjmp of a library leaves this file.
// Pure and re-entrant: any number of threads, each with its own reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/byte_reader.h"
#include "core/page.h"
#include "core/result.h"
#include "imaging/image.h"

namespace chartscan::imaging {

struct DecodeLimits {
  std::uint64_t max_pixels = 200'000'000;     // of one page: A3 at 1200 dpi fits
  int max_pages = 20'000;                     // of one file
  std::uint64_t max_child_bytes = 2'000'000'000;  // address space of an outside program (PDF)
  int max_child_seconds = 60;
};

using chartscan::ByteReader;
Result<ByteReader> file_reader(const std::filesystem::path& path);
ByteReader memory_reader(std::vector<std::uint8_t> bytes);  // no path

// By content, never by name.
MediaType sniff(std::span<const std::uint8_t> first_bytes);

// Counts the pages of a container without decoding them. InputRefused and friends name what is wrong and what to do.
Result<int> count_pages(const ByteReader& bytes, MediaType media, const DecodeLimits& limits);

struct Decoded {
  Image image;
  std::vector<Finding> findings;  // decoder-warning
  PageText born_digital;  // the words of a PDF page that was never paper, boxes in pixels of `image`; empty otherwise.
                          // What the file says, not what is seen: hold it against the image before it is believed.
  bool coloured = false;  // the original shows colours, which Tones::Gray took away
};

// Gray: as to_gray() makes it of the colours, within rounding, and in a third of the memory.
enum class Tones { AsStored, Gray };

// One page. A page that is truncated or lies about itself gives an error that says so in words for the operator.
Result<Decoded> decode_page(const ByteReader& bytes, MediaType media, int index, const DecodeLimits& limits, Tones tones = Tones::AsStored);

// For screens and PDF export. `quality` 1..100. Empty where the image is empty or beyond what the format holds.
enum class JpegEffort { Smallest, Fast };  // Fast: about a third of the time less, a twentieth more bytes
std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality, JpegEffort effort = JpegEffort::Smallest);
std::vector<std::uint8_t> encode_png(const Image& image);

}  // namespace chartscan::imaging
