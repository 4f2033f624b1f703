#include "scanner-drivers/side_tiff.h"

#include <libdeflate.h>
#include <tiffio.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "core/queue.h"
#include "imaging/tiff_memory.h"

namespace chartscan::scan {

namespace {

// The fastest level: on noisy paper higher ones take three times as long for a tenth less. No predictor: on paper at rest
// it makes files larger, not smaller.
constexpr int kDeflateLevel = 1;
constexpr std::size_t kStripBytes = 1 << 19;  // of raw pixels: enough strips to share out, few enough to cost nothing
constexpr int kFaxStripRows = 512;
constexpr std::size_t kStripsInWait = 8;
constexpr unsigned kMostThreads = 4;

Error not_encoded(const char* step) {
  return {ErrorCode::Internal, std::string("a scanned side cannot be encoded as TIFF: libtiff failed to ") + step};
}

// The file around the strips.
class Container {
 public:
  Container(const SideFormat& format, int rows_per_strip)
      : format_(format), rows_per_strip_(rows_per_strip), tiff_(file_.handle()) {}

  // Before the first strip.
  Status describe(int height, int compression) {
    if (!tiff_) return not_encoded("start");
    const auto set = [&](std::uint32_t tag, auto value) { return TIFFSetField(tiff_, tag, value) == 1; };
    bool ok = set(TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(format_.width)) &&
              set(TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(height)) && set(TIFFTAG_BITSPERSAMPLE, format_.depth) &&
              set(TIFFTAG_SAMPLESPERPIXEL, format_.channels) &&
              set(TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(rows_per_strip_)) && set(TIFFTAG_COMPRESSION, compression) &&
              set(TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) && set(TIFFTAG_PHOTOMETRIC, photometric()) &&
              set(TIFFTAG_SOFTWARE, "chartscan");
    if (format_.dpi_x > 0 && format_.dpi_y > 0)
      ok = ok && set(TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH) && set(TIFFTAG_XRESOLUTION, static_cast<double>(format_.dpi_x)) &&
           set(TIFFTAG_YRESOLUTION, static_cast<double>(format_.dpi_y));
    return ok ? Status{} : Status(not_encoded("take the size"));
  }

  // The one thing that may still change behind the last strip.
  Status correct_height(int height) {
    return TIFFSetField(tiff_, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(height)) == 1
               ? Status{}
               : Status(not_encoded("take the height"));
  }

  Status add_rows(std::uint32_t strip, std::span<const std::uint8_t> rows) {
    // libtiff wants them without const and does not change them.
    auto* data = const_cast<std::uint8_t*>(rows.data());
    return TIFFWriteEncodedStrip(tiff_, strip, data, static_cast<tmsize_t>(rows.size())) < 0 ? Status(not_encoded("take rows"))
                                                                                             : Status{};
  }
  Status add_code(std::uint32_t strip, std::vector<std::uint8_t>& code) {
    return TIFFWriteRawStrip(tiff_, strip, code.data(), static_cast<tmsize_t>(code.size())) < 0
               ? Status(not_encoded("take a strip"))
               : Status{};
  }
  void reserve(std::size_t bytes) { file_.bytes().reserve(bytes); }

  Result<std::vector<std::uint8_t>> take() {
    const bool written = TIFFWriteDirectory(tiff_) == 1;
    file_.close();
    if (!written) return not_encoded("finish");
    return std::move(file_.bytes());
  }

 private:
  int photometric() const {
    return format_.channels == 3 ? PHOTOMETRIC_RGB : format_.depth == 1 ? PHOTOMETRIC_MINISWHITE : PHOTOMETRIC_MINISBLACK;
  }

  SideFormat format_;
  int rows_per_strip_;
  imaging::TiffMemory file_;
  TIFF* const tiff_;
};

// Cuts what arrives into strips of equal height.
class Strips {
 public:
  Strips(std::size_t row_bytes, int rows) : size_(row_bytes * static_cast<std::size_t>(rows)), row_bytes_(row_bytes) {
    strip_.reserve(size_);
  }

  // Calls full(strip) for each that is complete; it may take the memory.
  template <typename Full>
  Status add(std::span<const std::uint8_t> rows, Full full) {
    while (!rows.empty()) {
      const std::size_t part = std::min(rows.size(), size_ - strip_.size());
      strip_.insert(strip_.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(part));
      rows = rows.subspan(part);
      bytes_ += part;
      if (strip_.size() < size_) continue;
      TRY_STATUS(full(strip_));
      strip_.clear();
      strip_.reserve(size_);
    }
    return {};
  }
  std::vector<std::uint8_t>& rest() { return strip_; }
  int height() const { return static_cast<int>(bytes_ / row_bytes_); }

 private:
  std::size_t size_, row_bytes_;
  std::uint64_t bytes_ = 0;
  std::vector<std::uint8_t> strip_;
};

class FaxTiff : public SideTiff {
 public:
  explicit FaxTiff(const SideFormat& format) : container_(format, kFaxStripRows), strips_(format.row_bytes(), kFaxStripRows) {}

  Status rows(std::span<const std::uint8_t> rows) override {
    return strips_.add(rows, [&](std::vector<std::uint8_t>& strip) { return add(strip); });
  }
  Result<std::vector<std::uint8_t>> finish() override {
    if (!strips_.rest().empty()) TRY_STATUS(add(strips_.rest()));
    TRY_STATUS(container_.correct_height(strips_.height()));
    return container_.take();
  }

 private:
  Status add(std::span<const std::uint8_t> strip) {
    if (count_ == 0) TRY_STATUS(container_.describe(kFaxStripRows, COMPRESSION_CCITTFAX4));  // grows as strips come
    return container_.add_rows(count_++, strip);
  }

  Container container_;
  Strips strips_;
  std::uint32_t count_ = 0;
};

class DeflateTiff : public SideTiff {
 public:
  explicit DeflateTiff(const SideFormat& format)
      : rows_per_strip_(static_cast<int>(std::max<std::size_t>(1, kStripBytes / format.row_bytes()))),
        container_(format, rows_per_strip_),
        strips_(format.row_bytes(), rows_per_strip_),
        waiting_(kStripsInWait) {
    const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads);
    for (unsigned i = 0; i < threads; ++i) workers_.emplace_back([this] { compress(); });
  }
  ~DeflateTiff() override { waiting_.close(); }

  Status rows(std::span<const std::uint8_t> rows) override {
    return strips_.add(rows, [&](std::vector<std::uint8_t>& strip) { return hand_over(strip); });
  }

  Result<std::vector<std::uint8_t>> finish() override {
    if (!strips_.rest().empty()) TRY_STATUS(hand_over(strips_.rest()));
    waiting_.close();
    workers_.clear();  // joins
    TRY_STATUS(container_.describe(strips_.height(), COMPRESSION_ADOBE_DEFLATE));
    std::size_t total = 4096;
    for (const auto& code : codes_) total += code.size();
    container_.reserve(total);
    for (std::uint32_t i = 0; i < count_; ++i) {
      if (codes_[i].empty()) return not_encoded("compress a strip");
      TRY_STATUS(container_.add_code(i, codes_[i]));
    }
    return container_.take();
  }

 private:
  struct Job {
    std::uint32_t index = 0;
    std::vector<std::uint8_t> raw;
  };

  Status hand_over(std::vector<std::uint8_t>& strip) {
    waiting_.push({count_++, std::move(strip)});
    return {};
  }

  void compress() {
    const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
        libdeflate_alloc_compressor(kDeflateLevel), libdeflate_free_compressor);
    while (std::optional<Job> job = waiting_.pop()) {
      std::vector<std::uint8_t> code(compressor ? libdeflate_zlib_compress_bound(compressor.get(), job->raw.size()) : 0);
      code.resize(compressor
                      ? libdeflate_zlib_compress(compressor.get(), job->raw.data(), job->raw.size(), code.data(), code.size())
                      : 0);
      const std::lock_guard lock(mutex_);
      if (codes_.size() <= job->index) codes_.resize(job->index + 1);
      codes_[job->index] = std::move(code);
    }
  }

  int rows_per_strip_;
  Container container_;
  Strips strips_;
  std::uint32_t count_ = 0;
  std::mutex mutex_;
  std::vector<std::vector<std::uint8_t>> codes_;  // guarded by mutex_ until the threads are joined
  BoundedQueue<Job> waiting_;
  std::vector<std::jthread> workers_;  // last: joined before what they use goes
};

}  // namespace

std::unique_ptr<SideTiff> make_side_tiff(const SideFormat& format) {
  if (format.depth == 1) return std::make_unique<FaxTiff>(format);
  return std::make_unique<DeflateTiff>(format);
}

}  // namespace chartscan::scan
