// Given names and their everyday forms: an own compilation of common knowledge, English and some Spanish. Private to this room; pure.
#pragma once

#include <string_view>
#include <vector>

namespace chartscan::charts {

// BILL and WILLIAM, BILL and WILLY; not a name and itself. Upper case letters.
bool are_nicknames(std::string_view a, std::string_view b);

// The full names that a given name may stand for, itself last: CHRIS -> CHRISTOPHER, CHRISTINE, CHRIS.
std::vector<std::string_view> full_forms(std::string_view given);

}  // namespace chartscan::charts
