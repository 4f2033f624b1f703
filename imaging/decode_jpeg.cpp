#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

#include <csetjmp>
#include <cstring>

#include <fmt/format.h>

#include "imaging/decode_formats.h"

namespace chartscan::imaging {

namespace {

// A progressive file may name thousands of passes over the whole picture; real ones have about ten.
constexpr int kMaxPasses = 200;

// What we want from EXIF: which way is up and, for want of JFIF, the resolution.
struct Exif {
  int orientation = 1;
  double dpi_x = 0, dpi_y = 0;
};

// A TIFF directory inside the marker. Reads the first directory only; anything odd leaves the defaults.
class ExifParser {
 public:
  explicit ExifParser(std::span<const std::uint8_t> tiff) : tiff_(tiff) {}

  Exif parse() {
    Exif exif;
    if (tiff_.size() < 8) return exif;
    big_endian_ = tiff_[0] == 'M';
    const std::uint32_t start = number(4, 4);
    const std::uint32_t entries = number(start, 2);
    double unit = 1;
    for (std::uint32_t i = 0; i < entries && i < 200; ++i) {
      const std::uint64_t at = std::uint64_t{start} + 2 + 12ull * i;
      switch (number(at, 2)) {
        case 0x0112: exif.orientation = static_cast<int>(number(at + 8, 2)); break;
        case 0x011a: exif.dpi_x = ratio(number(at + 8, 4)); break;
        case 0x011b: exif.dpi_y = ratio(number(at + 8, 4)); break;
        case 0x0128: unit = number(at + 8, 2) == 3 ? 2.54 : 1; break;
        default: break;
      }
    }
    exif.dpi_x *= unit;
    exif.dpi_y *= unit;
    return exif;
  }

 private:
  std::uint32_t number(std::uint64_t at, int count) const {
    if (at + static_cast<std::uint64_t>(count) > tiff_.size()) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | tiff_[at + static_cast<std::uint64_t>(big_endian_ ? i : count - 1 - i)];
    return value;
  }
  double ratio(std::uint64_t at) const {
    const std::uint32_t below = number(at + 4, 4);
    return below == 0 ? 0 : static_cast<double>(number(at, 4)) / below;
  }

  std::span<const std::uint8_t> tiff_;
  bool big_endian_ = false;
};

// libjpeg reports errors by longjmp. Everything with a destructor lives here, outside the functions it jumps over.
class JpegReader {
 public:
  JpegReader(const ByteReader& bytes, const DecodeLimits& limits, Tones tones)
      : input_(bytes), limits_(limits), tones_(tones), buffer_(1 << 16) {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    errors_.output_message = [](j_common_ptr) {};
    jpeg_.client_data = this;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  Result<Decoded> decode() {
    if (!read_header()) return failed();
    TRY_STATUS(check_pixels(jpeg_.image_width, jpeg_.image_height, limits_));
    const bool cmyk = jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
    // What the file keeps apart is the brightness already: the colours need not be decoded.
    const bool gray = jpeg_.jpeg_color_space == JCS_GRAYSCALE || (tones_ == Tones::Gray && jpeg_.jpeg_color_space == JCS_YCbCr);
    jpeg_.out_color_space = cmyk ? JCS_CMYK : gray ? JCS_GRAYSCALE : JCS_RGB;
    decoded_.image = blank_image(static_cast<int>(jpeg_.image_width), static_cast<int>(jpeg_.image_height), gray ? 1 : 3);
    if (cmyk) row_.resize(static_cast<std::size_t>(decoded_.image.width) * 4);
    const Exif exif = find_exif();  // finishing forgets the markers
    if (!read_pixels()) return failed();
    if (complaints_.cut_short()) return damaged("JPEG", complaints_.first());
    set_dpi(exif);
    apply_orientation(decoded_.image, exif.orientation);
    decoded_.findings = complaints_.findings();
    decoded_.coloured = gray && jpeg_.jpeg_color_space != JCS_GRAYSCALE;
    return std::move(decoded_);
  }

 private:
  bool read_header() {
    if (setjmp(jump_)) return false;
    jpeg_create_decompress(&jpeg_);
    source_.init_source = [](j_decompress_ptr) {};
    source_.term_source = [](j_decompress_ptr) {};
    source_.resync_to_restart = jpeg_resync_to_restart;
    source_.fill_input_buffer = on_fill;
    source_.skip_input_data = on_skip;
    jpeg_.src = &source_;
    progress_.progress_monitor = on_progress;
    jpeg_.progress = &progress_;
    jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&jpeg_, TRUE);
    return true;
  }

  bool read_pixels() {
    if (setjmp(jump_)) return false;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      std::uint8_t* to = decoded_.image.row(static_cast<int>(jpeg_.output_scanline));
      JSAMPROW row = row_.empty() ? to : row_.data();
      if (jpeg_read_scanlines(&jpeg_, &row, 1) != 1) return false;
      if (!row_.empty()) put_cmyk(to);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  // Adobe stores inks inverted (255 = no ink); so do all that imitate it.
  void put_cmyk(std::uint8_t* to) const {
    const unsigned flip = jpeg_.saw_Adobe_marker ? 0 : 255;
    for (std::size_t x = 0; x < row_.size(); x += 4, to += 3)
      for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>((row_[x + c] ^ flip) * (row_[x + 3] ^ flip) / 255);
  }

  Exif find_exif() const {
    for (jpeg_saved_marker_ptr marker = jpeg_.marker_list; marker; marker = marker->next)
      if (marker->data_length > 6 && std::memcmp(marker->data, "Exif\0", 6) == 0)
        return ExifParser({marker->data + 6, marker->data_length - 6}).parse();
    return {};
  }

  void set_dpi(const Exif& exif) {
    const double per_inch = jpeg_.density_unit == 2 ? 2.54 : 1;
    const bool jfif = jpeg_.saw_JFIF_marker && jpeg_.density_unit != 0;
    decoded_.image.dpi_x = plausible_dpi(jfif ? jpeg_.X_density * per_inch : exif.dpi_x);
    decoded_.image.dpi_y = plausible_dpi(jfif ? jpeg_.Y_density * per_inch : exif.dpi_y);
  }

  Error failed() const { return input_.error() ? *input_.error() : damaged("JPEG", error_); }

  static JpegReader& self(j_common_ptr jpeg) { return *static_cast<JpegReader*>(jpeg->client_data); }

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    self(jpeg).error_ = text;
    std::longjmp(self(jpeg).jump_, 1);
  }
  static void on_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;  // traces; warnings are -1
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    self(jpeg).complaints_.add(text);
  }
  // libjpeg's own sources pretend an end of image here and paint the rest gray. We stop.
  static boolean on_fill(j_decompress_ptr jpeg) {
    JpegReader& reader = self(reinterpret_cast<j_common_ptr>(jpeg));
    const std::size_t got = reader.input_.read(reader.buffer_);
    if (got == 0) ERREXIT(jpeg, JERR_INPUT_EOF);
    reader.source_.next_input_byte = reader.buffer_.data();
    reader.source_.bytes_in_buffer = got;
    return TRUE;
  }
  static void on_skip(j_decompress_ptr jpeg, long count) {
    jpeg_source_mgr& source = *jpeg->src;
    while (count > 0 && static_cast<std::size_t>(count) > source.bytes_in_buffer) {
      count -= static_cast<long>(source.bytes_in_buffer);
      on_fill(jpeg);
    }
    if (count <= 0) return;
    source.next_input_byte += count;
    source.bytes_in_buffer -= static_cast<std::size_t>(count);
  }
  static void on_progress(j_common_ptr jpeg) {
    if (!jpeg->is_decompressor) return;
    JpegReader& reader = self(jpeg);
    if (reader.jpeg_.input_scan_number <= kMaxPasses) return;
    reader.error_ = fmt::format("it asks for more than {} passes over the picture", kMaxPasses);
    std::longjmp(reader.jump_, 1);
  }

  SequentialReader input_;
  const DecodeLimits& limits_;
  Tones tones_;
  std::vector<std::uint8_t> buffer_, row_;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_;
  std::string error_;
  Complaints complaints_;
  Decoded decoded_;
};

}  // namespace

Result<Decoded> decode_jpeg(const ByteReader& bytes, const DecodeLimits& limits, Tones tones) {
  return JpegReader(bytes, limits, tones).decode();
}

}  // namespace chartscan::imaging
