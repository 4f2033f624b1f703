// Spots that look like a code are cut out and read one by one: as they are, and where nothing is read once more straightened,
// enlarged and smoothed. ZXing finds the codes in a cutting that it overlooks on a page (one DataMatrix an image, near its
// middle), and the rest of the page costs nothing.
#include <ZXing/ReadBarcode.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <numbers>
#include <optional>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/code_spots.h"
#include "imaging/marks.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr auto kLinear = ZXing::BarcodeFormat::Code128 | ZXing::BarcodeFormat::Code39;
constexpr auto kFormats =
    kLinear | ZXing::BarcodeFormat::QRCode | ZXing::BarcodeFormat::DataMatrix | ZXing::BarcodeFormat::PDF417 | ZXing::BarcodeFormat::Aztec;

// Print that happens to read as a linear code does so on one or two lines of pixels; bars do on all of them.
constexpr int kAgreeingLines = 4;
constexpr std::size_t kShortestCode39 = 3;  // it has no check character: one or two signs are found in a row of l and i
constexpr double kEnlarge = 2;              // in the second look: modules of two pixels become four
constexpr double kLargeModules = 12;        // steps an inch up to which half the pixels are plenty
constexpr double kSmallModules = 15;        // steps an inch from which on modules are so small that a second look helps
constexpr double kDearSecondLook = 0.06;    // share of the page: a larger spot is a picture or a table, and is not enlarged
constexpr double kSecondLooks = 0.30;       // share of the page that may be looked at twice in all

using Found = std::vector<Barcode>;

bool is_known(const Found& found, const Barcode& code) {
  return std::ranges::any_of(found, [&](const Barcode& other) { return other.payload == code.payload && other.format == code.format; });
}

// A spot around a code that was read before: they touch, and one is about as long as the other.
bool was_read(const Box& spot, const Found& found) {
  return std::ranges::any_of(found, [&](const Barcode& code) {
    const bool touch = code.box.x0 < spot.x1 && spot.x0 < code.box.x1 && code.box.y0 < spot.y1 && spot.y0 < code.box.y1;
    return touch && 2 * std::max(code.box.width(), code.box.height()) > std::max(spot.width(), spot.height());
  });
}

bool is_believable(const ZXing::Result& result) {
  if (!result.isValid() || result.text().empty()) return false;
  return result.format() != ZXing::BarcodeFormat::Code39 || result.text().size() >= kShortestCode39;
}

Box box_of(const ZXing::Position& corners, const Affine& to_page, const Image& page) {
  double x0 = page.width, y0 = page.height, x1 = 0, y1 = 0;
  for (const ZXing::PointI& corner : corners) {
    const auto [x, y] = to_page(corner.x, corner.y);
    x0 = std::min(x0, x), y0 = std::min(y0, y), x1 = std::max(x1, x + 1), y1 = std::max(y1, y + 1);
  }
  return {std::max(0, static_cast<int>(x0)), std::max(0, static_cast<int>(y0)), std::min(page.width, static_cast<int>(std::ceil(x1))),
          std::min(page.height, static_cast<int>(std::ceil(y1)))};
}

// Reads what there is in a cutting; `to_page` maps its pixels back. True when something was read, known already or not.
bool read_cutting(const cv::Mat& cutting, const Affine& to_page, const Image& page, Found& found) {
  // Not downscaled too: 1.4 compares what it found at different scales with an assertion that fails on good barcodes.
  ZXing::DecodeHints hints;
  hints.setFormats(kFormats).setTryHarder(true).setTryRotate(true).setTryDownscale(false).setMinLineCount(kAgreeingLines);
  const ZXing::ImageView view(cutting.data, cutting.cols, cutting.rows, ZXing::ImageFormat::Lum, static_cast<int>(cutting.step[0]));
  bool any = false;
  for (const ZXing::Result& result : ZXing::ReadBarcodes(view, hints)) {
    if (!is_believable(result)) continue;
    any = true;
    Barcode barcode{result.text(), ZXing::ToString(result.format()), box_of(result.position(), to_page, page)};
    if (!is_known(found, barcode)) found.push_back(std::move(barcode));
  }
  return any;
}

// The spot as it is, or at half the size where its modules are large.
bool first_look(const cv::Mat& page_pixels, const Box& spot, int shrink, const Image& page, Found& found) {
  const cv::Mat cutting = page_pixels(cv::Rect(spot.x0, spot.y0, spot.width() / shrink * shrink, spot.height() / shrink * shrink));
  cv::Mat small = cutting;
  if (shrink > 1) cv::resize(cutting, small = cv::Mat(), {cutting.cols / shrink, cutting.rows / shrink}, 0, 0, cv::INTER_AREA);
  const double step = shrink;
  return read_cutting(small, {step, 0, static_cast<double>(spot.x0), 0, step, static_cast<double>(spot.y0)}, page, found);
}

// How far the bars or modules lean from the nearest axis, -45 to 45 degrees: the direction of the steps, to the fourth power, in
// which the four sides of a module are one.
Degrees lean_of(const cv::Mat& cutting) {
  cv::Mat across, down;
  cv::Sobel(cutting, across, CV_16S, 1, 0);
  cv::Sobel(cutting, down, CV_16S, 0, 1);
  double real = 0, imaginary = 0;
  for (int y = 0; y < cutting.rows; ++y) {
    const auto* gx = across.ptr<std::int16_t>(y);
    const auto* gy = down.ptr<std::int16_t>(y);
    for (int x = 0; x < cutting.cols; ++x) {
      const double a = gx[x], b = gy[x], strength = a * a + b * b;
      if (strength < 1) continue;
      const double re2 = a * a - b * b, im2 = 2 * a * b;
      real += (re2 * re2 - im2 * im2) / strength;
      imaginary += 2 * re2 * im2 / strength;
    }
  }
  return {std::atan2(imaginary, real) / 4 * 180 / std::numbers::pi};
}

// The second look: straightened, enlarged and smoothed.
void look_again(const cv::Mat& page_pixels, const Box& spot, const Image& page, Found& found) {
  const cv::Mat cutting = page_pixels(cv::Rect(spot.x0, spot.y0, spot.width(), spot.height()));
  const double lean = lean_of(cutting).value * std::numbers::pi / 180, cosine = std::cos(lean) * kEnlarge, sine = std::sin(lean) * kEnlarge;
  const cv::Size size(static_cast<int>(spot.width() * kEnlarge), static_cast<int>(spot.height() * kEnlarge));
  // Page -> enlarged cutting: about the spot's middle.
  const double mx = (spot.x0 + spot.x1) / 2.0, my = (spot.y0 + spot.y1) / 2.0;
  const Affine to_cutting{cosine, sine, size.width / 2.0 - cosine * mx - sine * my, -sine, cosine, size.height / 2.0 + sine * mx - cosine * my};
  cv::Mat straight;
  cv::warpAffine(page_pixels, straight, cv::Matx23d(to_cutting.a, to_cutting.b, to_cutting.c, to_cutting.d, to_cutting.e, to_cutting.f), size, cv::INTER_LINEAR,
                 cv::BORDER_REPLICATE);
  const Affine to_page = to_cutting.inverse();
  if (read_cutting(straight, to_page, page, found)) return;
  cv::Mat smooth;
  cv::GaussianBlur(straight, smooth, {5, 5}, 1.2);
  read_cutting(smooth, to_page, page, found);
}

}  // namespace

std::vector<Barcode> find_barcodes(const Image& gray) try {
  if (gray.empty() || gray.channels != 1) return {};
  const cv::Mat page = view_of(gray);
  const double area = static_cast<double>(gray.width) * gray.height;
  double twice = 0;
  Found found;
  for (const auto& [spot, busy] : find_code_spots(page, believable_dpi(gray))) {
    if (was_read(spot, found)) continue;
    if (first_look(page, spot, busy < kLargeModules ? 2 : 1, gray, found)) continue;
    const double share = spot.width() * static_cast<double>(spot.height()) / area;
    if (busy < kSmallModules || share > kDearSecondLook || (twice += share) > kSecondLooks) continue;
    look_again(page, spot, gray, found);
  }
  return found;
} catch (const std::exception&) {  // a reader that stumbles over a picture has found no barcode in it
  return {};
}

}  // namespace chartscan::imaging
