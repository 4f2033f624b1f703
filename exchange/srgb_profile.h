// The ICC profile of sRGB (IEC 61966-2-1), made from its published numbers: what a PDF/A names as the meaning of its
// colours. Version 4, about 600 bytes.
#pragma once

#include <string>

namespace chartscan::exchange {

std::string srgb_profile();

}  // namespace chartscan::exchange
