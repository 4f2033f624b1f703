// CCITT Group 4 for pages that are black and white only: a tenth of what JPEG needs, without loss. For PDF export.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/result.h"
#include "imaging/image.h"

namespace chartscan::imaging {

// Every pixel is pure black or pure white.
bool is_bilevel(const Image& image);

// The bare code (no TIFF around it) of the whole image: one strip, most significant bit first, black runs are black. PDF's
// CCITTFaxDecode takes it with /K -1 and nothing else turned. Levels below the middle count as black.
Result<std::vector<std::uint8_t>> encode_g4(const Image& image);

}  // namespace chartscan::imaging
