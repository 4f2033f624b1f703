// The two kinds of HIBC labels, told apart by their first signs and held to their check character (modulo 43).
// Provider labels (ANSI/HIBC 1.3) name a patient, a place or a form: "+/", a "where" flag, a "what" flag, data, check.
// Supplier labels (ANSI/HIBC 2.x) name a product: "+", LIC of a letter and three signs, product number, unit of measure,
// check. A product is nobody's record number, however much it looks like one. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chartscan::charts {

struct Hibc {
  enum class Kind { Provider, Supplier };
  Kind kind = Kind::Provider;
  std::string where, what;  // flags of a provider label: one sign each, three where the first is Z
  std::string lic;          // labeler of a supplier label
  std::string data;         // provider data, or product number with unit of measure
};

// Empty where the text is no HIBC label or its check character is wrong.
std::optional<Hibc> parse_hibc(std::string_view text);

// A provider label, check character included; empty where `data` holds signs that HIBC does not have, or more than 15.
std::string provider_label(char where, char what, std::string_view data);

}  // namespace chartscan::charts
