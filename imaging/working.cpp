#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/clean.h"
#include "imaging/light.h"
#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr double kTooCoarse = 150;      // dpi: below, letters have too few pixels for OCR and are enlarged
constexpr double kTinySkew = 0.1;       // degrees: turning by less blurs more than it straightens
constexpr double kFullContrast = 0.75;  // of white: ink and paper further apart are left alone
constexpr double kMinStretch = 0.08;    // of white: less contrast than this is no print, and stretching makes noise of it
constexpr double kNoisy = 9;            // gray levels
constexpr double kSpeckled = 0.003;     // share of pixels; dotted lines and screened areas of clean pages reach 0.0015
constexpr double kStrewn = 0.01;        // share of pixels: more than the specks of single pixels, which are gone by then
constexpr int kManyPieces = 40'000;     // in every fourth row: of 100,000 specks of 2 pixels 14,000 are left, of 3 pixels 79,000
constexpr double kSpeckInk = 170;       // gray level
constexpr double kSpeckSize = 0.021;    // inch; the dot of an i is larger at 9 pt
constexpr int kManySpecks = 5000;       // a page of small print has 1,000 dots
constexpr double kBorderDpi = 50;       // at which the lid and punch holes are looked for
constexpr double kDarkShare = 0.5;      // of the paper's level: the lid and what shows it are darker
constexpr int kEveryRow = 3;
constexpr int kThick = 5;             // pixels at that resolution: 0.1 inch
constexpr int kLightPrint = 5;        // pixels: strokes are thinner
constexpr double kLightShare = 0.05;  // of a dark area: so much near light print in it, and it is no lid
constexpr double kSmallestHole = 0.16, kLargestHole = 0.38, kHoleReach = 0.9;  // inches; the last from the edge

void choose_size(const Image& delivered, Geometry& geometry, const CleanOptions& options) {
  const Resolution dpi = believable_resolution(delivered);
  const double coarser = std::min(dpi.x, dpi.y), finer = std::max(dpi.x, dpi.y);
  double target = std::min<double>(options.working_dpi, finer);
  if (coarser >= kTooCoarse) target = std::min(target, coarser);
  if (finer < kTooCoarse) target = options.working_dpi;
  geometry.delivered = delivered.size();
  geometry.dpi_x = delivered.dpi_x;
  geometry.dpi_y = delivered.dpi_y;
  geometry.scale_x = target / dpi.x;
  geometry.scale_y = target / dpi.y;
  if (std::abs(geometry.skew.value) < kTinySkew) geometry.skew = {0};

  double width = delivered.width * geometry.scale_x, height = delivered.height * geometry.scale_y;
  if (geometry.rotation == 90 || geometry.rotation == 270) std::swap(width, height);
  // Straightening turns the corners out of the frame: the frame grows, so that nothing is cut off.
  const double radians = geometry.skew.value * 3.14159265358979323846 / 180;
  const double c = std::abs(std::cos(radians)), s = std::abs(std::sin(radians));
  const auto px = [](double value) { return std::max(1, static_cast<int>(std::lround(value))); };
  geometry.working = {px(width * c + height * s), px(width * s + height * c)};
}

// A whole-number shrink is exact and keeps print crisp; what is left for the one interpolation is less than a factor of 2.
int exact_shrink(const Geometry& geometry) {
  const double scale = std::max(geometry.scale_x, geometry.scale_y);
  return std::max(1, static_cast<int>(std::floor(1 / scale + 1e-6)));
}

cv::Mat resampled(const cv::Mat& gray, const Geometry& geometry) {
  const cv::Size size(geometry.working.width, geometry.working.height);
  cv::Mat out;
  if (geometry.rotation == 0 && geometry.skew.value == 0) {
    if (size == gray.size()) return gray;
    const bool shrinks = geometry.scale_x <= 1 && geometry.scale_y <= 1;
    cv::resize(gray, out, size, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_CUBIC);
    return out;
  }
  cv::Mat from = gray;
  Affine map = geometry.to_working();
  const int shrink = exact_shrink(geometry);
  if (shrink > 1) {
    const cv::Rect whole(0, 0, gray.cols / shrink * shrink, gray.rows / shrink * shrink);
    if (whole.empty()) return cv::Mat(size, CV_8UC1, cv::Scalar(255));
    cv::resize(gray(whole), from, {}, 1.0 / shrink, 1.0 / shrink, cv::INTER_AREA);
    map = map * Affine{static_cast<double>(shrink), 0, 0, 0, static_cast<double>(shrink), 0};
  }
  // OpenCV counts pixel centres, Geometry counts pixel edges: half a pixel apart on both sides.
  map = Affine{1, 0, -0.5, 0, 1, -0.5} * (map * Affine{1, 0, 0.5, 0, 1, 0.5});
  const cv::Matx23d matrix(map.a, map.b, map.c, map.d, map.e, map.f);
  const bool right_angle = geometry.skew.value == 0;
  const bool same_size = std::abs(geometry.scale_x * shrink - 1) < 1e-9 && std::abs(geometry.scale_y * shrink - 1) < 1e-9;
  const int how = right_angle && same_size ? cv::INTER_NEAREST : cv::INTER_LINEAR;
  cv::warpAffine(from, out, matrix, size, how, cv::BORDER_CONSTANT, cv::Scalar(255));
  return out;
}

// What is not paper along the edges of the delivered image: the scanner's lid and punch holes that show it. 255 on 0 at about
// kBorderDpi; empty where there is none, which the image's own border mostly tells.
cv::Mat beyond_paper(const cv::Mat& gray, const Geometry& geometry, int paper) {
  const double dpi = std::max(geometry.dpi_x, geometry.dpi_y);
  const int shrink = std::max(1, static_cast<int>(std::lround(dpi / kBorderDpi)));
  cv::Mat small, dark, labels, stats, centres;
  // One row in kEveryRow is looked at: what is searched for is thick.
  const cv::Mat rows(std::max(1, gray.rows / kEveryRow), gray.cols, CV_8UC1, gray.data, gray.step * kEveryRow);
  cv::resize(rows, small, {std::max(1, gray.cols / shrink), std::max(1, gray.rows / shrink)}, 0, 0, cv::INTER_AREA);
  cv::threshold(small, dark, paper * kDarkShare, 255, cv::THRESH_BINARY_INV);
  cv::Mat filled;
  cv::morphologyEx(dark, filled, cv::MORPH_CLOSE, cv::getStructuringElement(cv::MORPH_RECT, {kLightPrint, kLightPrint}));
  cv::subtract(filled, dark, filled);  // what is light within the dark: print on a black band, which must stay
  // Print that runs off the sheet is thin; the lid and the holes are not.
  const cv::Mat thick = cv::getStructuringElement(cv::MORPH_RECT, {kThick, kThick});
  cv::copyMakeBorder(dark, dark, kThick, kThick, kThick, kThick, cv::BORDER_REPLICATE);
  cv::morphologyEx(dark, dark, cv::MORPH_OPEN, thick);
  dark = dark(cv::Rect(kThick, kThick, small.cols, small.rows)).clone();
  if (cv::countNonZero(dark) == 0) return {};
  const double per_inch = dpi / shrink;
  const int count = cv::connectedComponentsWithStats(dark, labels, stats, centres, 8, CV_32S);
  std::vector<std::uint8_t> is_beyond(static_cast<std::size_t>(count), 0);
  cv::Mat around;
  cv::dilate(filled, around, thick);
  std::vector<int> light(static_cast<std::size_t>(count), 0);
  for (int y = 0; y < around.rows; ++y)
    for (int x = 0; x < around.cols; ++x)
      if (around.at<std::uint8_t>(y, x)) ++light[static_cast<std::size_t>(labels.at<int>(y, x))];
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    const cv::Rect box(row[cv::CC_STAT_LEFT], row[cv::CC_STAT_TOP], row[cv::CC_STAT_WIDTH], row[cv::CC_STAT_HEIGHT]);
    const int to_edge = std::min({box.x, box.y, small.cols - box.x - box.width, small.rows - box.y - box.height});
    const double longer = std::max(box.width, box.height) / per_inch, shorter = std::min(box.width, box.height) / per_inch;
    const double round = row[cv::CC_STAT_AREA] / (0.7854 * box.width * box.height);
    const bool hole = longer <= kLargestHole && shorter >= kSmallestHole && shorter > 0.8 * longer && round > 0.9 &&
                      round < 1.15 && to_edge <= kHoleReach * per_inch;
    const bool bears_print = light[static_cast<std::size_t>(label)] > kLightShare * row[cv::CC_STAT_AREA];
    if (hole || (to_edge == 0 && !bears_print)) is_beyond[static_cast<std::size_t>(label)] = 255;
  }
  for (int y = 0; y < dark.rows; ++y)
    for (int x = 0; x < dark.cols; ++x) dark.at<std::uint8_t>(y, x) = is_beyond[static_cast<std::size_t>(labels.at<int>(y, x))];
  if (cv::countNonZero(dark) == 0) return {};
  cv::dilate(dark, dark, thick);  // edges are soft
  return dark;
}

// The same places on the working image, made white.
void whiten(cv::Mat& page, const cv::Mat& beyond, const Geometry& geometry) {
  const Affine grow{static_cast<double>(geometry.delivered.width) / beyond.cols,  0, 0, 0,
                    static_cast<double>(geometry.delivered.height) / beyond.rows, 0};
  const Affine map = Affine{1, 0, -0.5, 0, 1, -0.5} * (geometry.to_working() * grow * Affine{1, 0, 0.5, 0, 1, 0.5});
  cv::Mat mask;
  cv::warpAffine(beyond, mask, cv::Matx23d(map.a, map.b, map.c, map.d, map.e, map.f), page.size(), cv::INTER_NEAREST,
                 cv::BORDER_CONSTANT, cv::Scalar(0));
  page.setTo(255, mask);
}

void stretch(cv::Mat& page, const PageMeasures& measures) {
  if (measures.contrast >= kFullContrast || measures.contrast < kMinStretch) return;
  const double paper = 255;  // evened out before
  const double ink = 255 * (1 - measures.contrast / std::max(0.3, measures.paper_level));
  std::array<std::uint8_t, 256> levels{};
  for (int level = 0; level < 256; ++level)
    levels[static_cast<std::size_t>(level)] = cv::saturate_cast<std::uint8_t>((level - ink) / (paper - ink) * 255);
  cv::LUT(page, cv::Mat(1, 256, CV_8UC1, levels.data()), page);
}

// Whether small dark pieces are left by the ten thousand: counted as pixels darker than all that surrounds them two pixels away.
bool still_strewn(const cv::Mat& gray) {
  constexpr int kRowStep = 4, kAway = 3, kDarker = 60;
  int pieces = 0;
  for (int y = kAway; y + kAway < gray.rows; y += kRowStep) {
    const std::uint8_t *above = gray.ptr(y - kAway), *here = gray.ptr(y), *below = gray.ptr(y + kAway);
    for (int x = kAway; x + kAway < gray.cols; ++x) {
      const int lightest_needed = here[x] + kDarker;
      pieces += above[x] > lightest_needed && below[x] > lightest_needed && here[x - kAway] > lightest_needed &&
                here[x + kAway] > lightest_needed;
    }
  }
  return pieces > kManyPieces;
}

// Specks go while they are single pixels: shrunk, they would be smeared into the print.
cv::Mat without_specks(const cv::Mat& gray, const PageMeasures& measures) {
  if (measures.speckle <= kSpeckled) return gray;
  cv::Mat clean;
  cv::medianBlur(gray, clean, 3);
  if (measures.speckle > kStrewn && still_strewn(clean)) cv::medianBlur(gray, clean, 5);
  return clean;
}

// Specks of several pixels, by the thousand: layout analysis would take each for a letter. Dots of letters go with them, which
// costs less than what they hide.
void wipe_specks(cv::Mat& page, double dpi) {
  cv::Mat ink, labels, stats, centres;
  cv::threshold(page, ink, kSpeckInk, 255, cv::THRESH_BINARY_INV);
  const int count = cv::connectedComponentsWithStats(ink, labels, stats, centres, 8, CV_32S);
  std::vector<std::uint8_t> is_speck(static_cast<std::size_t>(count), 0);
  int specks = 0;
  for (int label = 1; label < count; ++label) {
    const int* row = stats.ptr<int>(label);
    if (std::max(row[cv::CC_STAT_WIDTH], row[cv::CC_STAT_HEIGHT]) > kSpeckSize * dpi) continue;
    is_speck[static_cast<std::size_t>(label)] = 255;
    ++specks;
  }
  if (specks < kManySpecks) return;
  for (int y = 0; y < ink.rows; ++y)
    for (int x = 0; x < ink.cols; ++x) ink.at<std::uint8_t>(y, x) = is_speck[static_cast<std::size_t>(labels.at<int>(y, x))];
  cv::dilate(ink, ink, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));  // their edges are soft
  page.setTo(255, ink);
}

// Before the stretch, or the noise would be stretched too. Noise becomes blobs by the ten thousand in layout analysis.
void quieten(cv::Mat& page, const PageMeasures& measures) {
  if (measures.noise > kNoisy) cv::GaussianBlur(page, page, {5, 5}, measures.noise > 2 * kNoisy ? 1.2 : 0.8);
}

}  // namespace

Image make_working_image(const Image& delivered, Geometry& geometry, const PageMeasures& measures, const CleanOptions& options) {
  choose_size(delivered, geometry, options);
  const Image gray = delivered.channels == 1 ? Image{} : to_gray(delivered);
  const cv::Mat full = without_specks(view_of(gray.empty() ? delivered : gray), measures);
  const cv::Mat beyond = beyond_paper(full, geometry, static_cast<int>(std::lround(measures.paper_level * 255)));
  const cv::Mat page = resampled(full, geometry);

  Image working = blank_image(geometry.working.width, geometry.working.height);
  cv::Mat out = view_of(working);
  page.copyTo(out);
  if (!beyond.empty()) whiten(out, beyond, geometry);
  quieten(out, measures);
  even_out_light(out);
  stretch(out, measures);
  wipe_show_through(out);
  working.dpi_x = working.dpi_y = static_cast<int>(std::lround(geometry.scale_x * believable_resolution(delivered).x));
  if (measures.speckle > kStrewn) wipe_specks(out, working.dpi_x);
  return working;
}

}  // namespace chartscan::imaging
