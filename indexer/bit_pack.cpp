#include "indexer/bit_pack.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "storage/bytes.h"

namespace chartscan::indexer {
namespace {

static_assert(std::endian::native == std::endian::little, "groups are read as the machine's own numbers");

using Lanes [[gnu::vector_size(16)]] = std::uint32_t;
constexpr int kRows = kGroup / 4;

template <int Bits>
void unpack_bits(const char* in, std::uint32_t* out) {
  constexpr std::uint32_t kMask = Bits == 32 ? ~0u : (1u << Bits) - 1;
  Lanes words[Bits == 0 ? 1 : Bits];
  std::memcpy(words, in, Bits * sizeof(Lanes));
#pragma GCC unroll 32
  for (int row = 0; row < kRows; ++row) {
    Lanes value{};
    if constexpr (Bits > 0) {
      const int word = row * Bits / 32, shift = row * Bits % 32;
      value = words[word] >> shift;
      if (shift + Bits > 32) value |= words[word + 1] << (32 - shift);
      value &= kMask;
    }
    std::memcpy(out + 4 * row, &value, sizeof value);
  }
}

using Unpack = void (*)(const char*, std::uint32_t*);
template <int... Bits>
constexpr std::array<Unpack, sizeof...(Bits)> unpackers(std::integer_sequence<int, Bits...>) {
  return {unpack_bits<Bits>...};
}
constexpr auto kUnpack = unpackers(std::make_integer_sequence<int, 33>());

template <int Bits>
void pack_bits(const std::uint32_t* in, char* out) {
  constexpr std::uint32_t kMask = Bits == 32 ? ~0u : (1u << Bits) - 1;
  Lanes words[Bits == 0 ? 1 : Bits]{};
#pragma GCC unroll 32
  for (int row = 0; row < kRows; ++row) {
    if constexpr (Bits > 0) {
      Lanes value;
      std::memcpy(&value, in + 4 * row, sizeof value);
      value &= kMask;
      const int word = row * Bits / 32, shift = row * Bits % 32;
      words[word] |= value << shift;
      if (shift + Bits > 32) words[word + 1] |= value >> (32 - shift);
    }
  }
  std::memcpy(out, words, Bits * sizeof(Lanes));
}

using Pack = void (*)(const std::uint32_t*, char*);
template <int... Bits>
constexpr std::array<Pack, sizeof...(Bits)> packers(std::integer_sequence<int, Bits...>) {
  return {pack_bits<Bits>...};
}
constexpr auto kPack = packers(std::make_integer_sequence<int, 33>());

// The width with the fewest bytes; an exception costs its index and what is above the width.
struct Width {
  int bits = 0, widest = 0;
};
Width best_width(const NumberGroup& numbers) {
  std::array<int, 33> with_width{};
  for (const std::uint32_t number : numbers) ++with_width[static_cast<std::size_t>(std::bit_width(number))];
  int widest = 32;
  while (widest > 0 && with_width[static_cast<std::size_t>(widest)] == 0) --widest;
  int best = widest, best_cost = 16 * widest;
  for (int bits = widest - 1; bits >= 0; --bits) {
    int cost_of_exceptions = 0;
    for (int width = bits + 1; width <= widest; ++width)
      cost_of_exceptions += with_width[static_cast<std::size_t>(width)] * (1 + (width - bits + 6) / 7);
    const int cost = 16 * bits + cost_of_exceptions;
    if (cost_of_exceptions > 255) break;  // they only grow
    if (cost < best_cost) best = bits, best_cost = cost;
  }
  return {best, widest};
}

}  // namespace

GroupHead pack_body(const NumberGroup& numbers, std::string& out) {
  const auto [bits, widest] = best_width(numbers);
  const std::size_t at = out.size(), begin = at + 16 * static_cast<std::size_t>(bits);
  out.resize(begin);
  kPack[static_cast<std::size_t>(bits)](numbers.data(), out.data() + at);
  for (std::size_t i = 0; bits < widest && i < kGroup; ++i) {
    if (numbers[i] >> bits == 0) continue;
    out += static_cast<char>(i);
    storage::put_varint(out, numbers[i] >> bits);
  }
  return {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(out.size() - begin)};
}

void pack(const NumberGroup& numbers, std::string& out) {
  const std::size_t at = out.size();
  out.resize(at + kGroupHead);
  const GroupHead head = pack_body(numbers, out);
  out[at] = static_cast<char>(head.bits);
  out[at + 1] = static_cast<char>(head.exceptions);
}

bool unpack_body(GroupHead head, std::string_view body, NumberGroup& numbers) {
  if (head.bits > 32 || body.size() < head.body()) return false;
  kUnpack[head.bits](body.data(), numbers.data());
  std::string_view exceptions = body.substr(16u * head.bits, head.exceptions);
  while (!exceptions.empty()) {
    std::uint64_t high = 0;
    const auto at = static_cast<std::uint8_t>(exceptions.front());
    exceptions.remove_prefix(1);
    if (at >= kGroup || head.bits >= 32 || !storage::take_varint(exceptions, high)) return false;
    numbers[at] |= static_cast<std::uint32_t>(high << head.bits);
  }
  return true;
}

bool unpack(std::string_view& in, NumberGroup& numbers) {
  if (in.size() < kGroupHead) return false;
  const GroupHead head = head_at(in.data());
  if (!unpack_body(head, in.substr(kGroupHead), numbers)) return false;
  in.remove_prefix(kGroupHead + head.body());
  return true;
}

void pack_few(std::span<const std::uint32_t> numbers, std::string& out) {
  std::uint32_t all = 0;
  for (const std::uint32_t number : numbers) all |= number;
  const int bits = std::bit_width(all);
  out += static_cast<char>(bits);
  std::uint64_t waiting = 0;
  int have = 0;
  for (const std::uint32_t number : numbers) {
    waiting |= static_cast<std::uint64_t>(number) << have;
    for (have += bits; have >= 8; have -= 8, waiting >>= 8) out += static_cast<char>(waiting);
  }
  if (have > 0) out += static_cast<char>(waiting);
}

bool unpack_few(std::string_view& in, std::size_t count, NumberGroup& numbers) {
  if (in.empty() || count > kGroup) return false;
  const auto bits = static_cast<std::uint8_t>(in.front());
  const std::size_t size = (count * bits + 7) / 8;
  if (bits > 32 || in.size() < 1 + size) return false;
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  std::uint64_t waiting = 0;
  int have = 0;
  std::size_t at = 1;
  for (std::size_t i = 0; i < count; ++i) {
    for (; have < bits; have += 8) waiting |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(in[at++])) << have;
    numbers[i] = static_cast<std::uint32_t>(waiting & mask);
    waiting >>= bits;
    have -= bits;
  }
  in.remove_prefix(1 + size);
  return true;
}

}  // namespace chartscan::indexer
