// The four containers in which a capability's values travel, taken apart and put together. They come without a length;
// counts are bounded here and every read may fail.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scanner-drivers/twain/bytes.h"
#include "scanner-drivers/twain/wire.h"

namespace chartscan::scan::twain {

struct Values {
  Container container = Container::OneValue;
  ItemType type = ItemType::Uint16;
  std::vector<double> numbers;     // of OneValue (one), Enumeration, Array; all number types fit a double exactly
  std::vector<std::string> texts;  // the same where the items are strings
  std::size_t current_index = 0;   // of OneValue and Enumeration
  double low = 0, high = 0, step = 0, range_current = 0;  // of Range

  std::optional<double> current() const;  // none for an array or texts
  bool offers(double value) const;        // an array offers what it lists
  std::optional<double> nearest(double wanted) const;
};

// Nothing where the container makes no sense: unknown kind or type, more than 4096 items, an index outside, an empty range.
std::optional<Values> parse_container(Container container, const ByteSource& bytes);

std::vector<std::uint8_t> one_value(ItemType type, double value);
std::vector<std::uint8_t> array_of(ItemType type, std::span<const double> values);

}  // namespace chartscan::scan::twain
