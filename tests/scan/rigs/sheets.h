// Sheets for trays whose sides can be told from each other: by a number in large squares, which survives JPEG, and by noise
// that makes every byte count where nothing was lost.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "imaging/image.h"
#include "scanner-drivers/feeder.h"

namespace chartscan::testing {

struct SideNumber {
  int sheet = 0;
  int side = 0;
  auto operator<=>(const SideNumber&) const = default;
};

inline constexpr int kSheetDpi = 100;  // quarter pages at this: quick to draw, feed and compare

imaging::Image numbered_side(SideNumber number);                   // gray
std::optional<SideNumber> number_on(const imaging::Image& image);  // gray or colour, also after JPEG

void write_pgm(const std::filesystem::path& path, const imaging::Image& gray, int dpi);
void write_pbm(const std::filesystem::path& path, const imaging::Image& gray, int dpi);  // black below 128

std::string sheet_name(int sheet);  // "0007"

// Sheets first..last of the tray, both sides.
void put_sheets(const std::filesystem::path& tray, int first, int last);
void plan_fault(const std::filesystem::path& tray, SideNumber side, const std::string& fault);
// What the operator does: this sheet and all after it from the output bin go back on the stack.
void put_back_from(const std::filesystem::path& tray, int sheet);
std::vector<int> sheets_in(const std::filesystem::path& folder);

imaging::Image image_of(const scan::Delivery& delivery);  // decoded as the pipeline would; throws when it cannot be

}  // namespace chartscan::testing
