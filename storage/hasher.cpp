#include "storage/hasher.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/log.h"
#include "storage/archive.h"

namespace chartscan::storage {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Without SHA-256 nothing can be named or checked; going on would store originals under wrong names.
void must(int done) {
  if (done == 1) return;
  log::error("SHA-256 is not available from this OpenSSL; repair the installation of libssl3");
  std::abort();
}

}  // namespace

Hasher::Hasher() : context_(EVP_MD_CTX_new()) { must(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0); }

void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

void Hasher::update(std::span<const std::uint8_t> bytes) { must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size())); }

std::string Hasher::digest() {
  std::string out(kDigestSize, '\0');
  must(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr));
  return out;
}

std::optional<std::string> digest_of(std::string_view hash) {
  if (hash.size() != 2 * kDigestSize) return std::nullopt;
  std::string digest;
  for (std::size_t i = 0; i < hash.size(); i += 2) {
    const std::size_t high = kHexDigits.find(hash[i]), low = kHexDigits.find(hash[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    digest.push_back(static_cast<char>(high << 4 | low));
  }
  return digest;
}

std::optional<Hash> hash_of_digest(std::string_view digest) {
  if (digest.size() != kDigestSize) return std::nullopt;
  Hash hash;
  for (const char c : digest) {
    const auto byte = static_cast<std::uint8_t>(c);
    hash.push_back(kHexDigits[byte >> 4]);
    hash.push_back(kHexDigits[byte & 15]);
  }
  return hash;
}

std::uint64_t beginning_of(std::string_view digest) {
  std::uint64_t beginning = 0;
  std::memcpy(&beginning, digest.data(), std::min(digest.size(), sizeof beginning));
  return beginning;
}

Hash sha256(std::span<const std::uint8_t> bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return *hash_of_digest(hasher.digest());
}

Hash sha256(std::string_view bytes) { return sha256({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}); }

}  // namespace chartscan::storage
