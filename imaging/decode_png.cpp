#include <png.h>

#include <csetjmp>

#include <fmt/format.h>

#include "imaging/decode_formats.h"

namespace chartscan::imaging {

namespace {

// libpng reports errors by longjmp. Everything with a destructor therefore lives here, outside the functions it jumps over.
class PngReader {
 public:
  PngReader(const ByteReader& bytes, const DecodeLimits& limits) : input_(bytes), limits_(limits) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png_) info_ = png_create_info_struct(png_);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  Result<Decoded> decode() {
    if (!info_) return Error{ErrorCode::Internal, "no memory for a PNG reader"};
    if (!read_header()) return failed();
    TRY_STATUS(check_pixels(png_get_image_width(png_, info_), png_get_image_height(png_, info_), limits_));
    if (!prepare()) return failed();
    decoded_.image = blank_image(static_cast<int>(png_get_image_width(png_, info_)), static_cast<int>(png_get_image_height(png_, info_)),
                                 png_get_channels(png_, info_));
    if (png_get_rowbytes(png_, info_) != static_cast<std::size_t>(decoded_.image.width) * decoded_.image.channels)
      return damaged("PNG", "its rows have an unexpected form");
    rows_.resize(static_cast<std::size_t>(decoded_.image.height));
    for (int y = 0; y < decoded_.image.height; ++y) rows_[static_cast<std::size_t>(y)] = decoded_.image.row(y);
    if (!read_pixels()) return failed();
    if (complaints_.cut_short()) return damaged("PNG", complaints_.first());
    constexpr double kMetresPerInch = 0.0254;
    decoded_.image.dpi_x = plausible_dpi(png_get_x_pixels_per_meter(png_, info_) * kMetresPerInch);
    decoded_.image.dpi_y = plausible_dpi(png_get_y_pixels_per_meter(png_, info_) * kMetresPerInch);
    decoded_.findings = complaints_.findings();
    return std::move(decoded_);
  }

 private:
  bool read_header() {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_read_fn(png_, this, on_read);
    png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);  // our own limit speaks better
    png_set_chunk_malloc_max(png_, 16'000'000);
    png_read_info(png_, info_);
    return true;
  }

  // Whatever it was: 8 bits, gray or RGB, on white paper.
  bool prepare() {
    if (setjmp(png_jmpbuf(png_))) return false;
    const bool alpha = (png_get_color_type(png_, info_) & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    png_set_expand(png_);
    png_set_scale_16(png_);
    if (alpha) {
      png_color_16 white{0, 255, 255, 255, 255};
      if (png_get_bit_depth(png_, info_) == 16) white = {0, 65535, 65535, 65535, 65535};
      png_set_background(png_, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    }
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool read_pixels() {
    if (setjmp(png_jmpbuf(png_))) return false;
    png_read_image(png_, rows_.data());
    png_read_end(png_, info_);
    return true;
  }

  Error failed() const { return input_.error() ? *input_.error() : damaged("PNG", error_); }

  static void on_read(png_structp png, png_bytep out, png_size_t count) {
    auto& self = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (self.input_.read({out, count}) != count) png_error(png, "the file ends too early");
  }
  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    static_cast<PngReader*>(png_get_error_ptr(png))->error_ = text;
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp png, png_const_charp text) {
    static_cast<PngReader*>(png_get_error_ptr(png))->complaints_.add(text);
  }

  SequentialReader input_;
  const DecodeLimits& limits_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::vector<png_bytep> rows_;
  std::string error_;
  Complaints complaints_;
  Decoded decoded_;
};

}  // namespace

Result<Decoded> decode_png(const ByteReader& bytes, const DecodeLimits& limits) { return PngReader(bytes, limits).decode(); }

}  // namespace chartscan::imaging
