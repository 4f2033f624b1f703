// Inside this room: borrowed views of our pixels for OpenCV and owned copies for Leptonica. Not for other rooms.
// OpenCV's own threads and Leptonica's messages are switched off at first use: pages are parallel, steps are not, and
// nobody reads a library's stderr.
#pragma once

#include <memory>

#include "imaging/image.h"

struct Pix;
namespace cv {
class Mat;
}

namespace chartscan::imaging {

// A view that shares the image's pixels; the image must outlive it and must not be resized meanwhile.
cv::Mat view_of(Image& image);
const cv::Mat view_of(const Image& image);

struct PixRelease {
  void operator()(Pix* pix) const;
};
using PixPtr = std::unique_ptr<Pix, PixRelease>;

PixPtr pix_of(const Image& gray);              // 8 bit copy
PixPtr bilevel_pix_of(const cv::Mat& ink);     // 1 bit copy; any value but 0 is ink

// Ink (255) on paper (0) of a gray page: darker by `step` levels than its surroundings. `window_px` is the size of the
// surroundings, best about three capitals.
inline constexpr double kInkStep = 24;  // pencil and faded thermal print reach 30, paper texture does not
cv::Mat ink_of(const cv::Mat& gray, int window_px, double step = kInkStep);

// Black beyond the paper (the scanner's lid, seen past the edges), 255 on 0: dark all over and joined to the image's edge.
// At a quarter of the size of `gray`; a border of a pixel is added, since paper edges are soft.
inline constexpr int kLidShrink = 4;
cv::Mat lid_of(const cv::Mat& gray, int paper_level);

}  // namespace chartscan::imaging
