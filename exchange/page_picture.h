// The image of one page as a PDF takes it: black and white pages as CCITT G4, everything else as JPEG. Pure apart from reading
// the original; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/page.h"
#include "core/result.h"
#include "imaging/decode.h"

namespace chartscan::exchange {

struct PagePicture {
  enum class Coding { Jpeg, G4 };
  Coding coding = Coding::Jpeg;
  Size size;
  int channels = 1;  // 1 = gray, 3 = RGB
  std::vector<std::uint8_t> bytes;
};

enum class Images {
  Original,  // a JPEG goes in byte for byte
  Full,      // every pixel of the scan, coded as print needs it, gray where there is no colour; never larger than Original
  Small,     // for mail and screens: at most 200 dpi, gray where there is no colour, coded more coarsely
};

Result<PagePicture> page_picture(const Page& page, const imaging::ByteReader& original, const imaging::DecodeLimits& limits,
                                 Images images = Images::Full);

// A JPEG that every PDF reader shows as the decoder of imaging/ does: 8 bits, gray or YCbCr, whole, and not to be turned
// by an EXIF note (PDF readers do not look at it). Channels 0 = it is none of these and has to be encoded anew.
struct JpegFrame {
  Size size;
  int channels = 0;
};
JpegFrame plain_jpeg_frame(const std::vector<std::uint8_t>& bytes);

}  // namespace chartscan::exchange
