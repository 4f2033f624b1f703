#include "charts/hibc.h"

#include <algorithm>
#include <cctype>

namespace chartscan::charts {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
constexpr std::size_t kMostData = 15;
constexpr std::size_t kLic = 4, kMostProduct = 18;

// The sign whose value is the sum of the others', or nothing where a sign is not of the alphabet.
std::optional<char> check_of(std::string_view text) {
  std::size_t sum = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    sum += value;
  }
  return kAlphabet[sum % kAlphabet.size()];
}

std::string take_flag(std::string_view& text) {
  const std::size_t signs = text.starts_with('Z') ? 3 : 1;
  const std::string flag(text.substr(0, signs));
  text.remove_prefix(std::min(text.size(), signs));
  return flag;
}

std::optional<Hibc> provider(std::string_view body) {
  Hibc label;
  label.where = take_flag(body);
  label.what = take_flag(body);
  label.data = std::string(body);
  if (body.empty() || body.size() > kMostData) return std::nullopt;
  return label;
}

std::optional<Hibc> supplier(std::string_view body) {
  // LIC, at least one sign of product number, the unit of measure, which is a digit. What follows a slash is lot and date.
  const std::string_view primary = body.substr(0, body.find('/'));
  const auto alphanumeric = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (primary.size() < kLic + 2 || primary.size() > kLic + kMostProduct + 1) return std::nullopt;
  if (!std::isalpha(static_cast<unsigned char>(primary.front())) || !std::all_of(primary.begin(), primary.end(), alphanumeric)) return std::nullopt;
  if (!std::isdigit(static_cast<unsigned char>(primary.back()))) return std::nullopt;
  return Hibc{Hibc::Kind::Supplier, "", "", std::string(primary.substr(0, kLic)), std::string(primary.substr(kLic))};
}

}  // namespace

std::optional<Hibc> parse_hibc(std::string_view text) {
  while (text.starts_with('*') && text.ends_with('*') && text.size() > 2) text = text.substr(1, text.size() - 2);  // as printed under Code 39
  if (text.size() < 5 || !text.starts_with('+')) return std::nullopt;
  const auto check = check_of(text.substr(0, text.size() - 1));
  if (!check || *check != text.back()) return std::nullopt;
  const std::string_view body = text.substr(1, text.size() - 2);
  return body.starts_with('/') ? provider(body.substr(1)) : supplier(body);
}

std::string provider_label(char where, char what, std::string_view data) {
  if (data.empty() || data.size() > kMostData || where == 'Z' || what == 'Z') return "";
  const std::string text = std::string("+/") + where + what + std::string(data);
  const auto check = check_of(text);
  return check ? text + *check : "";
}

}  // namespace chartscan::charts
