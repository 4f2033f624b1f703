// The order people give names: "page-2" before "page-10", capitals beside small letters.
#pragma once

#include <string_view>

namespace chartscan::scan {

bool natural_less(std::string_view a, std::string_view b);

}  // namespace chartscan::scan
