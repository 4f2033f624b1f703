#include "imaging/tiff_memory.h"

#include <tiffio.h>

#include <algorithm>
#include <cstring>

namespace chartscan::imaging {

struct TiffMemory::File {
  std::vector<std::uint8_t> bytes;
  std::uint64_t at = 0;
};

namespace {

TiffMemory::File& file_of(thandle_t handle) { return *static_cast<TiffMemory::File*>(handle); }

tmsize_t read_bytes(thandle_t handle, void* out, tmsize_t count) {
  TiffMemory::File& file = file_of(handle);
  const std::uint64_t left = file.at < file.bytes.size() ? file.bytes.size() - file.at : 0;
  const auto taken = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(count));
  if (taken > 0) std::memcpy(out, file.bytes.data() + file.at, taken);
  file.at += taken;
  return static_cast<tmsize_t>(taken);
}

// What lies behind the end is appended, not cleared first and then written over.
tmsize_t write_bytes(thandle_t handle, void* data, tmsize_t count) {
  TiffMemory::File& file = file_of(handle);
  const auto* from = static_cast<const std::uint8_t*>(data);
  if (file.at > file.bytes.size()) file.bytes.resize(file.at);
  const std::uint64_t over = std::min<std::uint64_t>(file.bytes.size() - file.at, static_cast<std::uint64_t>(count));
  std::copy_n(from, over, file.bytes.begin() + static_cast<std::ptrdiff_t>(file.at));
  file.bytes.insert(file.bytes.end(), from + over, from + count);
  file.at += static_cast<std::uint64_t>(count);
  return count;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  TiffMemory::File& file = file_of(handle);
  const std::uint64_t base = whence == SEEK_CUR ? file.at : whence == SEEK_END ? file.bytes.size() : 0;
  return file.at = base + offset;
}

int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return file_of(handle).bytes.size(); }

}  // namespace

TiffMemory::TiffMemory()
    : file_(std::make_unique<File>()),
      handle_(TIFFClientOpen("memory", "wm", file_.get(), read_bytes, write_bytes, seek, close_nothing, size_of, nullptr, nullptr)) {}

TiffMemory::~TiffMemory() { close(); }

void TiffMemory::close() {
  if (handle_) TIFFClose(handle_);
  handle_ = nullptr;
}

std::vector<std::uint8_t>& TiffMemory::bytes() { return file_->bytes; }

}  // namespace chartscan::imaging
