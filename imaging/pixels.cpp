#include "imaging/pixels.h"

#include <leptonica/allheaders.h>

#include <opencv2/core.hpp>
#include <opencv2/core/utility.hpp>
#include <opencv2/imgproc.hpp>

namespace chartscan::imaging {

namespace {

void quieten_libraries() {
  static const bool once = [] {
    cv::setNumThreads(1);
    setMsgSeverity(L_SEVERITY_NONE);
    return true;
  }();
  (void)once;
}

}  // namespace

cv::Mat view_of(Image& image) {
  quieten_libraries();
  return cv::Mat(image.height, image.width, CV_8UC(image.channels), image.pixels.data());
}

const cv::Mat view_of(const Image& image) { return view_of(const_cast<Image&>(image)); }

void PixRelease::operator()(Pix* pix) const { pixDestroy(&pix); }

PixPtr pix_of(const Image& gray) {
  quieten_libraries();
  PixPtr pix(pixCreateNoInit(gray.width, gray.height, 8));
  if (!pix) return pix;
  const int words = pixGetWpl(pix.get());
  l_uint32* line = pixGetData(pix.get());
  for (int y = 0; y < gray.height; ++y, line += words) {
    const std::uint8_t* from = gray.row(y);
    for (int x = 0; x < gray.width; ++x) SET_DATA_BYTE(line, x, from[x]);
  }
  return pix;
}

PixPtr bilevel_pix_of(const cv::Mat& ink) {
  quieten_libraries();
  PixPtr pix(pixCreate(ink.cols, ink.rows, 1));
  if (!pix) return pix;
  const int words = pixGetWpl(pix.get());
  l_uint32* line = pixGetData(pix.get());
  for (int y = 0; y < ink.rows; ++y, line += words) {
    const std::uint8_t* from = ink.ptr<std::uint8_t>(y);
    int x = 0;
    for (int word = 0; x < ink.cols; ++word) {
      l_uint32 bits = 0;
      const int end = std::min(x + 32, ink.cols);
      for (int shift = 31; x < end; ++x, --shift) bits |= static_cast<l_uint32>(from[x] != 0) << shift;
      line[word] = bits;
    }
  }
  return pix;
}

cv::Mat ink_of(const cv::Mat& gray, int window_px, double step) {
  cv::Mat around, ink;
  const int window = std::max(3, window_px | 1);
  cv::blur(gray, around, {window, window}, {-1, -1}, cv::BORDER_REPLICATE);
  cv::subtract(around, gray, ink);  // saturates at 0: lighter than its surroundings is no ink
  cv::threshold(ink, ink, step, 255, cv::THRESH_BINARY);
  return ink;
}

cv::Mat lid_of(const cv::Mat& gray, int paper_level) {
  constexpr double kDark = 0.5;  // of the paper's level
  cv::Mat small, dark, labels, stats, centres;
  const cv::Size size(std::max(1, gray.cols / kLidShrink), std::max(1, gray.rows / kLidShrink));
  cv::resize(gray, small, size, 0, 0, cv::INTER_AREA);
  cv::threshold(small, dark, paper_level * kDark, 255, cv::THRESH_BINARY_INV);
  // Print that runs off the sheet is thin; the lid is not.
  const cv::Mat thick = cv::getStructuringElement(cv::MORPH_RECT, {5, 5});
  cv::copyMakeBorder(dark, dark, 5, 5, 5, 5, cv::BORDER_REPLICATE);
  cv::morphologyEx(dark, dark, cv::MORPH_OPEN, thick);
  dark = dark(cv::Rect(5, 5, size.width, size.height)).clone();
  const int count = cv::connectedComponentsWithStats(dark, labels, stats, centres, 8, CV_32S);
  std::vector<std::uint8_t> is_lid(static_cast<std::size_t>(count), 0);
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    const int right = row[cv::CC_STAT_LEFT] + row[cv::CC_STAT_WIDTH], bottom = row[cv::CC_STAT_TOP] + row[cv::CC_STAT_HEIGHT];
    if (row[cv::CC_STAT_LEFT] == 0 || row[cv::CC_STAT_TOP] == 0 || right == size.width || bottom == size.height)
      is_lid[static_cast<std::size_t>(label)] = 255;
  }
  for (int y = 0; y < dark.rows; ++y)
    for (int x = 0; x < dark.cols; ++x) dark.at<std::uint8_t>(y, x) = is_lid[static_cast<std::size_t>(labels.at<int>(y, x))];
  cv::dilate(dark, dark, thick);
  return dark;
}

}  // namespace chartscan::imaging
