// SHA-256 of bytes that arrive in pieces, and the two ways to write it: 64 hex digits for people, 32 bytes for keys.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/page.h"

struct evp_md_ctx_st;

namespace chartscan::storage {

inline constexpr std::size_t kDigestSize = 32;

class Hasher {
 public:
  Hasher();
  void update(std::span<const std::uint8_t> bytes);
  std::string digest();  // 32 bytes; ends this hasher

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::optional<std::string> digest_of(std::string_view hash);     // 64 lower-case hex digits -> 32 bytes
std::optional<Hash> hash_of_digest(std::string_view digest);     // and back
std::uint64_t beginning_of(std::string_view digest);             // its first 8 bytes: enough to say that two are not the same

}  // namespace chartscan::storage
