#include "tests/support/degrade.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/support/random.h"
#include "tests/support/scanned.h"

namespace chartscan::testing {
namespace {

using imaging::Image;

constexpr int kFaxAcross = 204, kFaxDown = 196, kFaxThreshold = 140;
constexpr double kMiddleGray = 150;

cv::Mat view_of(Image& image) { return {image.height, image.width, CV_8UC(image.channels), image.pixels.data()}; }

Image like(const Image& page, cv::Size size) {
  Image out = imaging::blank_image(size.width, size.height, page.channels);
  out.dpi_x = page.dpi_x;
  out.dpi_y = page.dpi_y;
  return out;
}

Image skewed(Image page, Degrees skew) {
  const double radians = skew.value * 3.14159265358979323846 / 180, c = std::cos(radians), s = std::abs(std::sin(radians));
  const cv::Size size(static_cast<int>(page.width * c + page.height * s), static_cast<int>(page.width * s + page.height * c));
  cv::Mat turn = cv::getRotationMatrix2D({(page.width - 1) / 2.0f, (page.height - 1) / 2.0f}, skew.value, 1);
  turn.at<double>(0, 2) += (size.width - page.width) / 2.0;
  turn.at<double>(1, 2) += (size.height - page.height) / 2.0;
  Image out = like(page, size);
  cv::warpAffine(view_of(page), view_of(out), turn, size, cv::INTER_CUBIC, cv::BORDER_CONSTANT, cv::Scalar::all(255));
  return out;
}

void fade(Image& page, const Fault& fault) {
  for (int y = 0; y < page.height; ++y) {
    std::uint8_t* at = page.row(y);
    for (int i = 0; i < page.width * page.channels; ++i) {
      const double across = static_cast<double>(i) / (page.width * page.channels) - 0.5;
      at[i] = cv::saturate_cast<std::uint8_t>(kMiddleGray + (at[i] - 127.5) * fault.contrast + 2 * across * fault.gradient);
    }
  }
}

// The back of the sheet, blurred by the paper between.
void show_through(Image& page, double share) {
  Image back = page;
  cv::Mat from = view_of(back), mirrored;
  cv::flip(from, mirrored, 1);
  cv::GaussianBlur(mirrored, mirrored, {}, 1.5);
  cv::Mat to = view_of(page);
  for (int y = 0; y < to.rows; ++y)
    for (int i = 0; i < to.cols * page.channels; ++i)
      to.ptr(y)[i] = cv::saturate_cast<std::uint8_t>(to.ptr(y)[i] * (1 - share * (255 - mirrored.ptr(y)[i]) / 255.0));
}

void dim(Image& page, double share) {
  for (std::uint8_t& level : page.pixels) level = cv::saturate_cast<std::uint8_t>(level * share);
}

// Shadows of two folds, as wide as a line of text, and of a staple in the upper left corner.
void add_folds(Image& page, double darkness) {
  const double wide = page.height / 11.0 * 0.12;
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x) {
      double light = 1;
      for (const double at : {page.height / 3.0, page.height * 2 / 3.0}) {
        const double away = (y - at) / wide;
        light *= 1 - darkness * std::exp(-away * away) * (away < 0 ? 1 : 0.5);  // one flank lies in the shadow
      }
      const double corner = std::hypot(x, y) / (2.5 * wide);
      light *= 1 - darkness * std::exp(-corner * corner);
      for (int c = 0; c < page.channels; ++c) {
        std::uint8_t& level = page.row(y)[x * page.channels + c];
        level = cv::saturate_cast<std::uint8_t>(level * light);
      }
    }
}

void add_noise(Image& page, double sigma, Random& random) {
  for (std::uint8_t& level : page.pixels) level = cv::saturate_cast<std::uint8_t>(level + sigma * random.normal());
}

void add_speckle(Image& page, double share, Random& random) {
  const auto spots = static_cast<int>(share * page.width * page.height);
  for (int i = 0; i < spots; ++i) {
    const int x = random.below(page.width), y = random.below(page.height);
    std::fill_n(page.row(y) + x * page.channels, page.channels, random.below(2) ? 255 : 0);
  }
}

Image faxed(const Image& page) {
  Image gray = imaging::to_gray(page);
  const double dpi_x = gray.dpi_x > 0 ? gray.dpi_x : 300, dpi_y = gray.dpi_y > 0 ? gray.dpi_y : 300;
  const cv::Size size(static_cast<int>(gray.width * kFaxAcross / dpi_x), static_cast<int>(gray.height * kFaxDown / dpi_y));
  Image out = like(gray, size);
  cv::Mat to = view_of(out);
  cv::resize(view_of(gray), to, size, 0, 0, cv::INTER_AREA);
  cv::threshold(to, to, kFaxThreshold, 255, cv::THRESH_BINARY);
  out.dpi_x = kFaxAcross;
  out.dpi_y = kFaxDown;
  return out;
}

}  // namespace

const std::vector<Fault>& page_faults() {
  static const std::vector<Fault> kFaults{
      {.name = "none"},
      {.name = "skew 1", .skew = Degrees{1}},
      {.name = "skew -3", .skew = Degrees{-3}},
      {.name = "skew 7", .skew = Degrees{7}},
      {.name = "skew -10", .skew = Degrees{-10}},
      {.name = "turned 90", .turned = 90},
      {.name = "turned 180", .turned = 180},
      {.name = "turned 270", .turned = 270},
      {.name = "noise 40", .noise = 40},
      {.name = "salt and pepper 1 %", .speckle = 0.01},
      {.name = "contrast 22 %", .noise = 6, .contrast = 0.22, .gradient = 25},
      {.name = "fax", .fax = true},
      {.name = "show-through 15 %", .noise = 4, .show_through = 0.15},
      {.name = "show-through 30 %", .noise = 4, .show_through = 0.3},
      {.name = "coloured paper", .noise = 6, .paper = 0.62},
      {.name = "folds", .noise = 4, .fold = 0.5},
  };
  return kFaults;
}

Image degraded(const Image& page, const Fault& fault, std::uint64_t seed) {
  Image out = page;
  Random random(seed ^ 0xDE62ADE);
  if (fault.skew.value != 0) out = skewed(std::move(out), fault.skew);
  if (fault.show_through > 0) show_through(out, fault.show_through);
  if (fault.paper < 1) dim(out, fault.paper);
  if (fault.fold > 0) add_folds(out, fault.fold);
  if (fault.contrast < 1 || fault.gradient != 0) fade(out, fault);
  if (fault.noise > 0) add_noise(out, fault.noise, random);
  if (fault.speckle > 0) add_speckle(out, fault.speckle, random);
  if (fault.fax) out = faxed(out);
  return turned_clockwise(out, fault.turned);
}

}  // namespace chartscan::testing
