#include "scanner-drivers/natural_order.h"

namespace chartscan::scan {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
unsigned char lower(char c) { return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

// The run of digits at `at`, which moves behind it; leading zeros are left out.
std::string_view take_number(std::string_view text, std::size_t& at) {
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t start = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return text.substr(start, at - start);
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view m = take_number(a, i), n = take_number(b, j);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
    } else {
      if (lower(a[i]) != lower(b[j])) return lower(a[i]) < lower(b[j]);
      ++i, ++j;
    }
  }
  if ((i < a.size()) != (j < b.size())) return i >= a.size();
  return a < b;  // "Page-01" and "page-1": any order, but always the same
}

}  // namespace chartscan::scan
