// The page is looked at in tiles of a twentieth of an inch, at about 100 dpi. Of a window of three by three tiles is asked: is
// there contrast, is about half of it dark, and how often does it change? Noise is measured first and does not count.
#include "imaging/code_spots.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstdint>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "imaging/pixels.h"

namespace chartscan::imaging {

namespace {

constexpr double kLookingDpi = 100;
constexpr int kTile = 5;                  // pixels at that resolution
constexpr int kAround = 1;                // tiles on each side that make a window of 3 x 3: 0.15 inch, the smallest DataMatrix
constexpr double kLeastContrast = 40;     // gray levels between dark and light of a window
constexpr double kContrastOverNoise = 9;  // times the mean step between neighbours on bare paper; noise alone reaches 6
constexpr double kDarkLeast = 0.27, kDarkMost = 0.75;  // share of the way from light to dark
constexpr double kDarkSure = 0.37;        // at the heart of a code; bold print hardly ever reaches it
constexpr int kSureTiles = 2;             // so many tiles at least are its heart
constexpr double kChangeLeast = 0.09;     // steps a pixel, both ways added, as share of the contrast; 1.5 mm modules reach 0.1
constexpr int kJoin = 3;                  // tiles: parts of one code are never further apart
constexpr double kFewestSteps = 4.5;      // over the longer side of the heart: ten modules at least, or it is no code
constexpr double kMargin = 0.08;          // inch added around a spot: quiet zone, and bars that the tiles cut

struct Tiles {
  cv::Mat darkest, lightest;  // 8 bit
  cv::Mat mean, change;       // float: gray level; steps to the right and down, a pixel
};

Tiles tiles_of(const cv::Mat& page) {
  const cv::Size size(page.cols / kTile, page.rows / kTile);
  Tiles tiles{cv::Mat(size, CV_8U), cv::Mat(size, CV_8U), cv::Mat(size, CV_32F), cv::Mat(size, CV_32F)};
  constexpr float kArea = kTile * kTile;
  for (int ty = 0; ty < size.height; ++ty) {
    std::uint8_t* darkest = tiles.darkest.ptr(ty);
    std::uint8_t* lightest = tiles.lightest.ptr(ty);
    float* mean = tiles.mean.ptr<float>(ty);
    float* change = tiles.change.ptr<float>(ty);
    for (int tx = 0; tx < size.width; ++tx) {
      int low = 255, high = 0, sum = 0, steps = 0;
      for (int y = ty * kTile; y < (ty + 1) * kTile; ++y) {
        const std::uint8_t* row = page.ptr(y) + tx * kTile;
        const std::uint8_t* below = page.ptr(std::min(y + 1, page.rows - 1)) + tx * kTile;
        const int last = tx * kTile + kTile < page.cols ? kTile : kTile - 1;
        for (int x = 0; x < kTile; ++x) {
          const int level = row[x];
          low = std::min(low, level), high = std::max(high, level);
          sum += level;
          steps += std::abs(level - below[x]) + std::abs(level - row[std::min(x + 1, last)]);
        }
      }
      darkest[tx] = static_cast<std::uint8_t>(low), lightest[tx] = static_cast<std::uint8_t>(high);
      mean[tx] = static_cast<float>(sum) / kArea, change[tx] = static_cast<float>(steps) / kArea;
    }
  }
  return tiles;
}

// Steps between neighbours where nothing is printed: those of the quieter tiles.
double noise_of(const cv::Mat& change) {
  std::vector<float> all(change.begin<float>(), change.end<float>());
  const auto quiet = all.begin() + static_cast<std::ptrdiff_t>(all.size() * 4 / 10);
  std::nth_element(all.begin(), quiet, all.end());
  return *quiet;
}

constexpr std::uint8_t kMaybe = 1, kSure = 255;

struct Texture {
  cv::Mat kind;  // 0, kMaybe or kSure where the window around a tile has the texture of a code
  cv::Mat busy;  // float: steps a pixel as share of the contrast; set where kind is
};

Texture texture_of(const Tiles& tiles) {
  const double noise = noise_of(tiles.change);
  const double least = std::max(kLeastContrast, kContrastOverNoise * noise / 2);  // two steps a pixel were added
  const cv::Mat window = cv::getStructuringElement(cv::MORPH_RECT, {2 * kAround + 1, 2 * kAround + 1});
  cv::Mat darkest, lightest, mean, change;
  cv::erode(tiles.darkest, darkest, window);
  cv::dilate(tiles.lightest, lightest, window);
  cv::blur(tiles.mean, mean, window.size(), {-1, -1}, cv::BORDER_REPLICATE);
  cv::blur(tiles.change, change, window.size(), {-1, -1}, cv::BORDER_REPLICATE);
  Texture texture{cv::Mat(mean.size(), CV_8U, cv::Scalar(0)), cv::Mat(mean.size(), CV_32F, cv::Scalar(0))};
  for (int y = 0; y < mean.rows; ++y) {
    for (int x = 0; x < mean.cols; ++x) {
      const double contrast = lightest.at<std::uint8_t>(y, x) - darkest.at<std::uint8_t>(y, x);
      if (contrast < least) continue;
      const double dark = (lightest.at<std::uint8_t>(y, x) - mean.at<float>(y, x)) / contrast;
      if (dark < kDarkLeast || dark > kDarkMost) continue;
      const double busy = (change.at<float>(y, x) - noise) / contrast;
      if (busy < kChangeLeast) continue;
      texture.kind.at<std::uint8_t>(y, x) = dark >= kDarkSure ? kSure : kMaybe;
      texture.busy.at<float>(y, x) = static_cast<float>(busy);
    }
  }
  return texture;
}

}  // namespace

std::vector<CodeSpot> find_code_spots(const cv::Mat& gray, double dpi) {
  const int shrink = std::max(1, static_cast<int>(std::lround(dpi / kLookingDpi)));
  if (gray.cols / shrink < 2 * kTile || gray.rows / shrink < 2 * kTile) return {};
  cv::Mat page = gray;
  if (shrink > 1) {
    const cv::Size small(gray.cols / shrink, gray.rows / shrink);
    const cv::Mat whole = gray(cv::Rect(0, 0, small.width * shrink, small.height * shrink));  // whole steps are much faster
    page = cv::Mat();
    cv::resize(whole, page, small, 0, 0, cv::INTER_AREA);
  }
  const Texture texture = texture_of(tiles_of(page));
  if (cv::countNonZero(texture.kind) == 0) return {};

  cv::Mat joined, labels, stats, centres;
  cv::dilate(texture.kind, joined, cv::getStructuringElement(cv::MORPH_RECT, {kJoin, kJoin}));
  const int count = cv::connectedComponentsWithStats(joined, labels, stats, centres, 8, CV_32S);
  struct Heart {
    int tiles = 0;
    double busy = 0;
  };
  std::vector<Heart> hearts(static_cast<std::size_t>(count));
  for (int y = 0; y < labels.rows; ++y) {
    for (int x = 0; x < labels.cols; ++x) {
      if (texture.kind.at<std::uint8_t>(y, x) != kSure) continue;
      Heart& heart = hearts[static_cast<std::size_t>(labels.at<int>(y, x))];
      ++heart.tiles;
      heart.busy += texture.busy.at<float>(y, x);
    }
  }
  const double tile_px = kTile * shrink;
  const int margin = static_cast<int>(kMargin * dpi);
  std::vector<CodeSpot> spots;
  for (int label = 1; label < count; ++label) {
    const Heart& heart = hearts[static_cast<std::size_t>(label)];
    if (heart.tiles < kSureTiles) continue;
    const int* row = stats.ptr<int>(label);
    const auto px = [&](int tiles) { return static_cast<int>(tiles * tile_px); };
    const int x0 = px(row[cv::CC_STAT_LEFT]), y0 = px(row[cv::CC_STAT_TOP]);
    const int x1 = x0 + px(row[cv::CC_STAT_WIDTH]), y1 = y0 + px(row[cv::CC_STAT_HEIGHT]);
    const Box box{std::max(0, x0 - margin), std::max(0, y0 - margin), std::min(gray.cols, x1 + margin), std::min(gray.rows, y1 + margin)};
    const double busy = heart.busy / heart.tiles * dpi / shrink;
    const double longer = std::max(x1 - x0, y1 - y0) / dpi - kJoin / 2 * 2 * tile_px / dpi;
    if (busy * longer >= kFewestSteps) spots.push_back({box, busy});
  }
  std::ranges::sort(spots, [](const CodeSpot& a, const CodeSpot& b) { return a.box.width() * a.box.height() > b.box.width() * b.box.height(); });
  return spots;
}

}  // namespace chartscan::imaging
