// A TIFF being written to memory: libtiff itself writes files only. Shared by the writers of TIFF in this room and in
// scanner-drivers; libtiff's functions take handle().
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

struct tiff;

namespace chartscan::imaging {

class TiffMemory {
 public:
  TiffMemory();
  ~TiffMemory();
  TiffMemory(const TiffMemory&) = delete;
  TiffMemory& operator=(const TiffMemory&) = delete;

  tiff* handle() const { return handle_; }  // null: libtiff could not start, or close() was called
  void close();                             // what libtiff still holds goes into bytes()
  std::vector<std::uint8_t>& bytes();

  struct File;

 private:
  std::unique_ptr<File> file_;  // stays where it is: libtiff keeps its address
  tiff* handle_ = nullptr;
};

}  // namespace chartscan::imaging
