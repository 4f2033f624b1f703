#include "tests/support/scanned.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/paper_surface.h"
#include "tests/support/random.h"

namespace chartscan::testing {
namespace {

using imaging::Image;

constexpr double kPi = 3.14159265358979323846;

std::uint8_t clamped(double level) { return static_cast<std::uint8_t>(std::clamp(std::lround(level), 0L, 255L)); }

Size upright_size(PaperSize paper, const Scan& scan) {
  const double px = scan.dpi / 72.0, edge = 2 * scan.overscan * scan.dpi;
  return {static_cast<int>(std::lround(paper.width * px + edge)), static_cast<int>(std::lround(paper.height * px + edge))};
}

// Points on the paper -> pixels of the upright, skewed image: the paper turns about its middle on the glass.
cairo_matrix_t placement(PaperSize paper, const Scan& scan) {
  const Size size = upright_size(paper, scan);
  cairo_matrix_t matrix;
  cairo_matrix_init_translate(&matrix, size.width / 2.0, size.height / 2.0);
  cairo_matrix_rotate(&matrix, -scan.skew.value * kPi / 180);  // cairo's y points down: its positive turn is clockwise
  cairo_matrix_scale(&matrix, scan.dpi / 72.0, scan.dpi / 72.0);
  cairo_matrix_translate(&matrix, -paper.width / 2, -paper.height / 2);
  return matrix;
}

cairo_surface_t* rendered(const Paper& paper, const Scan& scan) {
  const Size size = upright_size(paper.size(), scan);
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height);
  cairo_t* pen = cairo_create(surface);
  const double lid = scan.lid == Lid::White ? 1.0 : 0.04;
  cairo_set_source_rgb(pen, lid, lid, lid);
  cairo_paint(pen);
  const cairo_matrix_t matrix = placement(paper.size(), scan);
  cairo_set_matrix(pen, &matrix);
  cairo_set_source_rgb(pen, 1, 1, 1);
  cairo_rectangle(pen, 0, 0, paper.size().width, paper.size().height);
  cairo_fill(pen);
  cairo_set_source_surface(pen, paper.surface().recording, 0, 0);
  cairo_paint(pen);
  cairo_destroy(pen);
  cairo_surface_flush(surface);
  return surface;
}

Image copied(cairo_surface_t* surface, Tone tone) {
  Image image;
  image.width = cairo_image_surface_get_width(surface);
  image.height = cairo_image_surface_get_height(surface);
  image.channels = tone == Tone::Color ? 3 : 1;
  image.pixels.resize(static_cast<std::size_t>(image.width) * image.height * image.channels);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    const auto* in = reinterpret_cast<const std::uint32_t*>(data + static_cast<std::size_t>(y) * stride);
    for (int x = 0; x < image.width; ++x) {
      const unsigned red = in[x] >> 16 & 255, green = in[x] >> 8 & 255, blue = in[x] & 255;
      if (tone == Tone::Color) {
        *out++ = static_cast<std::uint8_t>(red);
        *out++ = static_cast<std::uint8_t>(green);
        *out++ = static_cast<std::uint8_t>(blue);
      } else {
        *out++ = static_cast<std::uint8_t>((red * 77 + green * 150 + blue * 29) >> 8);
      }
    }
  }
  return image;
}

// A pass of (w, 1-2w, w) along one axis; two passes stand for a scanner's lens.
void soften(Image& image, double softness, int step, int line, int count, int lines) {
  const int side = static_cast<int>(softness * 64), middle = 256 - 2 * side;
  std::vector<std::uint8_t> old(count);
  for (int channel = 0; channel < image.channels; ++channel) {
    for (int l = 0; l < lines; ++l) {
      std::uint8_t* at = image.pixels.data() + static_cast<std::size_t>(l) * line + channel;
      for (int i = 0; i < count; ++i) old[i] = at[static_cast<std::size_t>(i) * step];
      for (int i = 1; i + 1 < count; ++i) {
        at[static_cast<std::size_t>(i) * step] =
            static_cast<std::uint8_t>((old[i - 1] * side + old[i] * middle + old[i + 1] * side) >> 8);
      }
    }
  }
}

void soften(Image& image, double softness) {
  if (softness <= 0) return;
  const int pixel = image.channels, row = image.width * image.channels;
  soften(image, softness, pixel, row, image.width, image.height);
  soften(image, softness, row, pixel, image.height, image.width);
}

void fade_and_shade(Image& image, const Scan& scan) {
  if (scan.ink >= 1 && scan.paper_level >= 255 && scan.shadow <= 0) return;
  for (int y = 0; y < image.height; ++y) {
    std::uint8_t* at = image.row(y);
    for (int x = 0; x < image.width; ++x) {
      const double depth = (static_cast<double>(x) / image.width + static_cast<double>(y) / image.height) / 2;
      const double light = scan.paper_level / 255.0 * (1 - scan.shadow * depth);
      for (int c = 0; c < image.channels; ++c, ++at) *at = clamped((255 - (255 - *at) * scan.ink) * light);
    }
  }
}

void add_noise(Image& image, const Scan& scan) {
  if (scan.noise <= 0) return;
  Random random(scan.seed);
  for (auto& level : image.pixels) level = clamped(level + scan.noise * random.normal());
}

// Dust and dead pixels: spots of one to three pixels across, half of them black.
void add_speckle(Image& image, const Scan& scan) {
  Random random(scan.seed ^ 0x5BEC41E);
  const auto spots = static_cast<int>(scan.speckle * image.width * image.height);
  for (int i = 0; i < spots; ++i) {
    const int size = random.below(8) == 0 ? 2 + random.below(2) : 1;
    const int left = random.below(image.width - size), top = random.below(image.height - size);
    const std::uint8_t level = random.below(2) == 0 ? 0 : 255;
    for (int y = top; y < top + size; ++y) std::fill_n(image.row(y) + left * image.channels, size * image.channels, level);
  }
}

}  // namespace

Image turned_clockwise(const Image& image, int degrees) {
  if (degrees == 0) return image;
  Image out = image;
  if (degrees != 180) {
    std::swap(out.width, out.height);
    std::swap(out.dpi_x, out.dpi_y);
  }
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      int to_x = 0, to_y = 0;
      switch (degrees) {
        case 90: to_x = image.height - 1 - y, to_y = x; break;
        case 180: to_x = image.width - 1 - x, to_y = image.height - 1 - y; break;
        case 270: to_x = y, to_y = image.width - 1 - x; break;
        default: throw std::invalid_argument("a page turns by 0, 90, 180 or 270 degrees");
      }
      std::copy_n(image.row(y) + x * image.channels, image.channels, out.row(to_y) + to_x * image.channels);
    }
  }
  return out;
}

Image scanned(const Paper& paper, const Scan& scan) {
  cairo_surface_t* surface = rendered(paper, scan);
  Image image = copied(surface, scan.tone);
  cairo_surface_destroy(surface);
  image.dpi_x = image.dpi_y = scan.dpi;
  soften(image, scan.softness);
  fade_and_shade(image, scan);
  add_noise(image, scan);
  if (scan.tone == Tone::Bitonal) {
    for (auto& level : image.pixels) level = level < scan.threshold ? 0 : 255;
  }
  add_speckle(image, scan);
  return turned_clockwise(image, (360 - scan.rotation) % 360);
}

Box scanned_box(const Rect& on_paper, PaperSize paper, const Scan& scan) {
  const cairo_matrix_t matrix = placement(paper, scan);
  const Size upright = upright_size(paper, scan);
  double x0 = 1e9, y0 = 1e9, x1 = -1e9, y1 = -1e9;
  for (int corner = 0; corner < 4; ++corner) {
    double x = on_paper.x + (corner & 1 ? on_paper.width : 0), y = on_paper.y + (corner & 2 ? on_paper.height : 0);
    cairo_matrix_transform_point(&matrix, &x, &y);
    double to_x = x, to_y = y;
    switch (scan.rotation) {  // the delivered image is the upright one turned back
      case 270: to_x = upright.height - y, to_y = x; break;
      case 180: to_x = upright.width - x, to_y = upright.height - y; break;
      case 90: to_x = y, to_y = upright.width - x; break;
      default: break;
    }
    x0 = std::min(x0, to_x), x1 = std::max(x1, to_x), y0 = std::min(y0, to_y), y1 = std::max(y1, to_y);
  }
  return {static_cast<int>(std::floor(x0)), static_cast<int>(std::floor(y0)), static_cast<int>(std::ceil(x1)),
          static_cast<int>(std::ceil(y1))};
}

}  // namespace chartscan::testing
