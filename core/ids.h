// Ids are types: a PageId never fits where a DocumentId belongs. Numbers are given out at intake, in feeding order,
// so an interrupted and continued run ends with the same ids as an undisturbed one.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace chartscan {

template <char Prefix>
struct Id {
  std::uint64_t value = 0;  // 0 = none

  explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
};

using BatchId = Id<'B'>;
using PageId = Id<'P'>;
// A document is named after the first page it had when it was made; it keeps the name if that page later leaves it.
using DocumentId = Id<'D'>;

// "P00000042"
template <char Prefix>
std::string to_string(Id<Prefix> id) {
  char text[24];
  std::snprintf(text, sizeof text, "%c%08llu", Prefix, static_cast<unsigned long long>(id.value));
  return text;
}

// Accepts what to_string writes, with or without the letter and the zeros.
template <typename IdType>
std::optional<IdType> parse_id(std::string_view text) {
  if (!text.empty() && text.front() == to_string(IdType{}).front()) text.remove_prefix(1);
  IdType id;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (error != std::errc{} || end != text.data() + text.size() || !id) return std::nullopt;
  return id;
}

}  // namespace chartscan

template <char Prefix>
struct std::hash<chartscan::Id<Prefix>> {
  std::size_t operator()(chartscan::Id<Prefix> id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};
