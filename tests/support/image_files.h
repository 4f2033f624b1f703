// Writers of the files a scanner or a fax server leaves: multi-page TIFF, scanned PDF, PNG, JPEG. The same images give the
// same bytes. They throw std::runtime_error when the file cannot be written: tests and the sample generator end then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "imaging/image.h"

namespace chartscan::testing {

enum class Encoding { CcittG4, Lzw, Jpeg };  // CcittG4 takes black and white gray images

struct EncodedPage {
  imaging::Image image;
  Encoding encoding = Encoding::CcittG4;
  int quality = 60;  // for Jpeg
};

void write_tiff(const std::filesystem::path& path, const std::vector<EncodedPage>& pages);
// A scanned PDF: each page one image over the whole page, as DCT or CCITT; Lzw becomes Flate.
void write_pdf(const std::filesystem::path& path, const std::vector<EncodedPage>& pages);
void write_png(const std::filesystem::path& path, const imaging::Image& image);
void write_jpeg(const std::filesystem::path& path, const imaging::Image& image, int quality);

std::vector<std::uint8_t> jpeg_bytes(const imaging::Image& image, int quality);
std::vector<std::uint8_t> ccitt_g4_bytes(const imaging::Image& image);  // bare strip, as PDF wants it

}  // namespace chartscan::testing
