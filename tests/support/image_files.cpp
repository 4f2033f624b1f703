#include "tests/support/image_files.h"

#include <cstdio>  // jpeglib.h needs it first
#include <cstdlib>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

#include <algorithm>
#include <fstream>
#include <memory>
#define POINTERHOLDER_TRANSITION 4
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>
#include <stdexcept>
#include <string>

namespace chartscan::testing {
namespace {

using imaging::Image;
using Bytes = std::vector<std::uint8_t>;
using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

void require(bool ok, const std::string& what) {
  if (!ok) throw std::runtime_error(what);
}

Bytes packed_bits(const Image& image) {  // 1 = black
  const std::size_t stride = (image.width + 7) / 8;
  Bytes bits(stride * image.height);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (image.row(y)[x] < 128) bits[y * stride + x / 8] |= static_cast<std::uint8_t>(0x80 >> (x % 8));
    }
  }
  return bits;
}

void write_file(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  require(out.good(), "cannot write " + path.string());
}

void write_tiff_page(TIFF* tiff, const EncodedPage& page) {
  const Image& image = page.image;
  const bool bitonal = page.encoding == Encoding::CcittG4;
  const bool jpeg = page.encoding == Encoding::Jpeg;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, image.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, image.height);
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  TIFFSetField(tiff, TIFFTAG_XRESOLUTION, static_cast<double>(image.dpi_x));
  TIFFSetField(tiff, TIFFTAG_YRESOLUTION, static_cast<double>(image.dpi_y));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bitonal ? 1 : 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, image.channels);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, bitonal ? COMPRESSION_CCITTFAX4 : jpeg ? COMPRESSION_JPEG : COMPRESSION_LZW);
  if (page.encoding == Encoding::Lzw) TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
  if (jpeg) {
    TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, page.quality);
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  const int colour = jpeg ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_RGB;
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               bitonal               ? PHOTOMETRIC_MINISWHITE
               : image.channels == 3 ? colour
                                     : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, bitonal ? image.height : (image.height + 15) / 16 * 16);

  Bytes rows = bitonal ? packed_bits(image) : image.pixels;
  const std::size_t stride = rows.size() / image.height;
  for (int y = 0; y < image.height; ++y)
    require(TIFFWriteScanline(tiff, rows.data() + y * stride, y) == 1, "TIFF row was refused");
  require(TIFFWriteDirectory(tiff) == 1, "TIFF page was refused");
}

// A TIFF in memory, as libtiff wants it described.
struct MemoryFile {
  Bytes bytes;
  std::size_t at = 0;
};

tmsize_t memory_read(thandle_t handle, void* out, tmsize_t size) {
  auto& file = *static_cast<MemoryFile*>(handle);
  const std::size_t count = std::min<std::size_t>(size, file.bytes.size() - std::min(file.at, file.bytes.size()));
  std::copy_n(file.bytes.data() + file.at, count, static_cast<std::uint8_t*>(out));
  file.at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t memory_write(thandle_t handle, void* in, tmsize_t size) {
  auto& file = *static_cast<MemoryFile*>(handle);
  if (file.bytes.size() < file.at + size) file.bytes.resize(file.at + size);
  std::copy_n(static_cast<const std::uint8_t*>(in), size, file.bytes.data() + file.at);
  file.at += size;
  return size;
}

toff_t memory_seek(thandle_t handle, toff_t offset, int whence) {
  auto& file = *static_cast<MemoryFile*>(handle);
  const std::size_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.at : file.bytes.size();
  return file.at = base + offset;
}

toff_t memory_size(thandle_t handle) { return static_cast<MemoryFile*>(handle)->bytes.size(); }
int memory_close(thandle_t) { return 0; }

QPDFObjectHandle image_object(QPDF& pdf, const EncodedPage& page) {
  const Image& image = page.image;
  const bool bitonal = page.encoding == Encoding::CcittG4;
  const Bytes data = bitonal                           ? ccitt_g4_bytes(image)
                     : page.encoding == Encoding::Jpeg ? jpeg_bytes(image, page.quality)
                                                       : image.pixels;
  auto stream = QPDFObjectHandle::newStream(&pdf, std::string(data.begin(), data.end()));
  auto dict = stream.getDict();
  dict.replaceKey("/Type", QPDFObjectHandle::newName("/XObject"));
  dict.replaceKey("/Subtype", QPDFObjectHandle::newName("/Image"));
  dict.replaceKey("/Width", QPDFObjectHandle::newInteger(image.width));
  dict.replaceKey("/Height", QPDFObjectHandle::newInteger(image.height));
  dict.replaceKey("/BitsPerComponent", QPDFObjectHandle::newInteger(bitonal ? 1 : 8));
  dict.replaceKey("/ColorSpace", QPDFObjectHandle::newName(image.channels == 3 ? "/DeviceRGB" : "/DeviceGray"));
  if (bitonal) {
    dict.replaceKey("/Filter", QPDFObjectHandle::newName("/CCITTFaxDecode"));
    dict.replaceKey("/DecodeParms", QPDFObjectHandle::parse("<< /K -1 /Columns " + std::to_string(image.width) + " /Rows " +
                                                            std::to_string(image.height) + " >>"));
  } else if (page.encoding == Encoding::Jpeg) {
    dict.replaceKey("/Filter", QPDFObjectHandle::newName("/DCTDecode"));
  }
  return pdf.makeIndirectObject(stream);
}

std::string points(int pixels, int dpi) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", pixels * 72.0 / dpi);
  return text;
}

void add_pdf_page(QPDF& pdf, const EncodedPage& page) {
  const std::string width = points(page.image.width, page.image.dpi_x), height = points(page.image.height, page.image.dpi_y);
  auto object =
      QPDFObjectHandle::parse("<< /Type /Page /MediaBox [0 0 " + width + " " + height + "] /Resources << /XObject << >> >> >>");
  object.getKey("/Resources").getKey("/XObject").replaceKey("/Im0", image_object(pdf, page));
  object.replaceKey("/Contents", QPDFObjectHandle::newStream(&pdf, "q " + width + " 0 0 " + height + " 0 0 cm /Im0 Do Q\n"));
  QPDFPageDocumentHelper(pdf).addPage(pdf.makeIndirectObject(object), false);
}

}  // namespace

void write_tiff(const std::filesystem::path& path, const std::vector<EncodedPage>& pages) {
  const Tiff tiff(TIFFOpen(path.c_str(), "w"), &TIFFClose);
  require(tiff != nullptr, "cannot write " + path.string());
  for (const auto& page : pages) write_tiff_page(tiff.get(), page);
}

Bytes ccitt_g4_bytes(const Image& image) {
  MemoryFile file;
  const auto open = [&](const char* mode) {
    file.at = 0;
    return Tiff(TIFFClientOpen("memory", mode, &file, memory_read, memory_write, memory_seek, memory_close, memory_size, nullptr,
                               nullptr),
                &TIFFClose);
  };
  write_tiff_page(open("w").get(), {image, Encoding::CcittG4});
  const Tiff tiff = open("r");
  require(tiff != nullptr, "cannot read back a CCITT strip");
  Bytes strip(TIFFRawStripSize(tiff.get(), 0));
  require(
      TIFFReadRawStrip(tiff.get(), 0, strip.data(), static_cast<tmsize_t>(strip.size())) == static_cast<tmsize_t>(strip.size()),
      "cannot read back a CCITT strip");
  return strip;
}

Bytes jpeg_bytes(const Image& image, int quality) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);  // ends the program on failure; our own images give it no reason to
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = image.width;
  jpeg.image_height = image.height;
  jpeg.input_components = image.channels;
  jpeg.in_color_space = image.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg.optimize_coding = TRUE;
  jpeg.density_unit = 1;
  jpeg.X_density = static_cast<UINT16>(image.dpi_x);
  jpeg.Y_density = static_cast<UINT16>(image.dpi_y);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<JSAMPROW>(image.row(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Bytes bytes(out, out + size);
  std::free(out);
  return bytes;
}

void write_jpeg(const std::filesystem::path& path, const Image& image, int quality) {
  write_file(path, jpeg_bytes(image, quality));
}

void write_png(const std::filesystem::path& path, const Image& image) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
  require(file != nullptr, "cannot write " + path.string());
  png_structp png = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, nullptr, [](png_structp, png_const_charp text) { throw std::runtime_error(text); }, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file.get());
  png_set_IHDR(png, info, image.width, image.height, 8, image.channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_pHYs(png, info, static_cast<png_uint_32>(image.dpi_x / 0.0254 + 0.5),
               static_cast<png_uint_32>(image.dpi_y / 0.0254 + 0.5), PNG_RESOLUTION_METER);
  png_set_compression_level(png, 9);
  png_write_info(png, info);
  for (int y = 0; y < image.height; ++y) png_write_row(png, image.row(y));
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
}

void write_pdf(const std::filesystem::path& path, const std::vector<EncodedPage>& pages) {
  QPDF pdf;
  pdf.emptyPDF();
  for (const auto& page : pages) add_pdf_page(pdf, page);
  QPDFWriter writer(pdf, path.c_str());
  writer.setDeterministicID(true);
  writer.write();
}

}  // namespace chartscan::testing
