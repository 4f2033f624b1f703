// The image of one line as the network takes it: 36 pixels high, contrast stretched, eight signed bits a pixel. Equal to what
// Tesseract 5.3 gives its own network for the same image, pixel by pixel (src/lstm/input.cpp, networkio.cpp;
// ccstruct/imagedata.cpp). Any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "imaging/image.h"

namespace chartscan::ocr::lstm {

enum class Print { DarkOnLight, LightOnDark };  // Tesseract tries the second where the first reads badly

struct LineInput {
  int width = 0;
  int height = 0;
  std::vector<std::int8_t> pixels;  // row by row
};

inline constexpr int kLineHeight = 36;  // of every published model; Network::input_height() says a model's own

// `gray` is one line. `*scale` becomes height of the input / height of the image. Empty where the image is empty or too small.
LineInput line_input(const imaging::Image& gray, double* scale = nullptr, Print print = Print::DarkOnLight,
                     int height = kLineHeight);

}  // namespace chartscan::ocr::lstm
