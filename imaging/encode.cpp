#include <cstdio>

#include <jpeglib.h>

#include <png.h>

#include <csetjmp>
#include <cstdlib>

#include "imaging/decode.h"

namespace chartscan::imaging {

namespace {

struct JpegError {
  jpeg_error_mgr manager;  // first, so that the one is the other
  std::jmp_buf jump;
};

// Trivial locals only: longjmp passes through here. `bytes` is malloc'ed by libjpeg; the caller frees it.
bool write_jpeg(const Image& image, int quality, JpegEffort effort, unsigned char** bytes, unsigned long* size) {
  JpegError error;
  jpeg_compress_struct jpeg;
  jpeg.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = [](j_common_ptr common) { std::longjmp(reinterpret_cast<JpegError*>(common->err)->jump, 1); };
  error.manager.output_message = [](j_common_ptr) {};
  if (setjmp(error.jump)) {
    jpeg_destroy_compress(&jpeg);
    return false;
  }
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, bytes, size);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = image.channels;
  jpeg.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.optimize_coding = effort == JpegEffort::Smallest ? TRUE : FALSE;
  if (image.dpi_x > 0 && image.dpi_y > 0) {
    jpeg.density_unit = 1;
    jpeg.X_density = static_cast<UINT16>(image.dpi_x);
    jpeg.Y_density = static_cast<UINT16>(image.dpi_y);
  }
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(image.row(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  return true;
}

bool write_png(const Image& image, std::vector<std::uint8_t>* bytes) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, [](png_structp, png_const_charp) {});
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return false;
  }
  const auto append = [](png_structp writer, png_bytep from, png_size_t count) {
    auto* to = static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(writer));
    to->insert(to->end(), from, from + count);
  };
  png_set_write_fn(png, bytes, append, [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
               image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 3);  // for screens: a third of the time of the default, a few per cent larger
  if (image.dpi_x > 0 && image.dpi_y > 0) {
    const auto per_metre = [](int dpi) { return static_cast<png_uint_32>(dpi / 0.0254 + 0.5); };
    png_set_pHYs(png, info, per_metre(image.dpi_x), per_metre(image.dpi_y), PNG_RESOLUTION_METER);
  }
  png_write_info(png, info);
  for (int y = 0; y < image.height; ++y) png_write_row(png, const_cast<png_bytep>(image.row(y)));
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return true;
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality, JpegEffort effort) {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool written = !image.empty() && write_jpeg(image, quality, effort, &bytes, &size);
  std::vector<std::uint8_t> out;
  if (written) out.assign(bytes, bytes + size);
  std::free(bytes);
  return out;
}

std::vector<std::uint8_t> encode_png(const Image& image) {
  std::vector<std::uint8_t> out;
  if (image.empty() || !write_png(image, &out)) out.clear();
  return out;
}

}  // namespace chartscan::imaging
