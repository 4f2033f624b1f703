// The page is looked at in tiles of a twentieth of an inch, at about 100 dpi, and once more twice as coarse for codes with large
// modules. Of a window of three by three tiles is asked: is
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
constexpr double kBusiestCoarse = 16;     // steps an inch: more of them were seen by the finer look
constexpr double kMargin = 0.08;          // inch at least that is added around a spot: quiet zone, and bars that the tiles cut
constexpr double kQuietSteps = 2.5;       // the same in steps: five modules of a linear code

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
  cv::Mat busy;  // float: steps an inch, set where kind is
};

Texture texture_of(const cv::Mat& page, double dpi) {
  const Tiles tiles = tiles_of(page);
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
      texture.busy.at<float>(y, x) = static_cast<float>(busy * dpi);
    }
  }
  return texture;
}

// A whole step at a time: much faster than any other size.
cv::Mat shrunk(const cv::Mat& page, int steps) {
  if (steps == 1) return page;
  const cv::Size size(page.cols / steps, page.rows / steps);
  cv::Mat small;
  cv::resize(page(cv::Rect(0, 0, size.width * steps, size.height * steps)), small, size, 0, 0, cv::INTER_AREA);
  return small;
}

struct Heart {
  int tiles = 0;
  double busy = 0;
};

// The hearts of the joined parts, by label.
std::vector<Heart> hearts_of(const Texture& texture, const cv::Mat& labels, int count) {
  std::vector<Heart> hearts(static_cast<std::size_t>(count));
  for (int y = 0; y < labels.rows; ++y) {
    for (int x = 0; x < labels.cols; ++x) {
      if (texture.kind.at<std::uint8_t>(y, x) != kSure) continue;
      Heart& heart = hearts[static_cast<std::size_t>(labels.at<int>(y, x))];
      ++heart.tiles;
      heart.busy += texture.busy.at<float>(y, x);
    }
  }
  return hearts;
}

// Spots on `page`, which is `steps` times coarser than the image of `dpi` and `size` they are given for.
void add_spots(const cv::Mat& page, int steps, double dpi, cv::Size size, std::vector<CodeSpot>& spots) {
  const Texture texture = texture_of(page, dpi / steps);
  if (cv::countNonZero(texture.kind) == 0) return;
  cv::Mat joined, labels, stats, centres;
  cv::dilate(texture.kind, joined, cv::getStructuringElement(cv::MORPH_RECT, {kJoin, kJoin}));
  const int count = cv::connectedComponentsWithStats(joined, labels, stats, centres, 8, CV_32S);
  const std::vector<Heart> hearts = hearts_of(texture, labels, count);
  const int tile = kTile * steps;
  for (int label = 1; label < count; ++label) {
    const Heart& heart = hearts[static_cast<std::size_t>(label)];
    if (heart.tiles < kSureTiles) continue;
    const int* row = stats.ptr<int>(label);
    const int x0 = row[cv::CC_STAT_LEFT] * tile, y0 = row[cv::CC_STAT_TOP] * tile;
    const int x1 = x0 + row[cv::CC_STAT_WIDTH] * tile, y1 = y0 + row[cv::CC_STAT_HEIGHT] * tile;
    const double busy = heart.busy / heart.tiles;
    const double longer = (std::max(x1 - x0, y1 - y0) - (kJoin - 1) * tile) / dpi;
    if (busy * longer < kFewestSteps) continue;
    const int margin = static_cast<int>(std::max(kMargin, kQuietSteps / busy) * dpi);
    spots.push_back({{std::max(0, x0 - margin), std::max(0, y0 - margin), std::min(size.width, x1 + margin), std::min(size.height, y1 + margin)}, busy});
  }
}

}  // namespace

std::vector<CodeSpot> find_code_spots(const cv::Mat& gray, double dpi) {
  const int steps = std::max(1, static_cast<int>(std::lround(dpi / kLookingDpi)));
  if (gray.cols / steps < 4 * kTile || gray.rows / steps < 4 * kTile) return {};
  const cv::Mat page = shrunk(gray, steps);
  std::vector<CodeSpot> spots, coarse;
  add_spots(page, steps, dpi, gray.size(), spots);
  add_spots(shrunk(page, 2), 2 * steps, dpi, gray.size(), coarse);
  std::erase_if(coarse, [](const CodeSpot& spot) { return spot.busy > kBusiestCoarse; });
  const auto larger = [](const CodeSpot& a, const CodeSpot& b) { return a.box.width() * a.box.height() > b.box.width() * b.box.height(); };
  std::ranges::sort(spots, larger);
  std::ranges::sort(coarse, larger);
  spots.insert(spots.end(), coarse.begin(), coarse.end());
  return spots;
}

}  // namespace chartscan::imaging
