// Clean pages as an office prints them, with every word known: prose, letters, two columns, tables of results, forms, lists and small
// print. What reading is measured on. Two parts: one to tune on, and one with other fonts, sizes and words that is only measured.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/paper.h"
#include "tests/support/scanned.h"

namespace chartscan::testing {

enum class Part { Tune, Held };

// What the pages say: notes, a paragraph each. Every second one belongs to either part.
class Notes {
 public:
  Notes();                                              // a few invented ones
  explicit Notes(const std::filesystem::path& a_line);  // a text file, a note a line; throws std::runtime_error when there is none

  const std::string& at(std::size_t number, Part part) const;

 private:
  std::vector<std::string> notes_;
};

inline constexpr int kOfficeKinds = 7;
const char* office_kind(int number);  // of page `number`: the kinds take turns

// The same number and part are the same page. Its text() is in reading order, a printed line a line.
Paper office_page(int number, Part part, const Notes& notes);

// The scan of it that counts as clean: 300 dpi gray, a lens's softness, a feeder's tilt of at most 0.6 degrees, faint grain.
Scan office_scan(int number, Part part);

}  // namespace chartscan::testing
