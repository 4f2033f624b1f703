#include "app/access/secrets.h"

#include <sodium.h>

#include <array>
#include <cstdlib>
#include <semaphore>

#include "core/log.h"

namespace chartscan::app {
namespace {

constexpr int kHashesAtOnce = 2;  // 64 MB each
constexpr std::size_t kTokenBytes = 32;

// Without a source of randomness nothing here is safe.
void ready() {
  static const bool kReady = [] {
    if (sodium_init() < 0) {
      log::error("libsodium does not start; repair the installation of libsodium23");
      std::abort();
    }
    return true;
  }();
  (void)kReady;
}

class Turn {
 public:
  Turn() { turns().acquire(); }
  ~Turn() { turns().release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  static std::counting_semaphore<>& turns() {
    static std::counting_semaphore<> kTurns{kHashesAtOnce};
    return kTurns;
  }
};

std::string base64url(const unsigned char* bytes, std::size_t size) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(size, kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, kVariant);
  text.pop_back();  // the zero that ends it
  return text;
}

std::array<unsigned char, crypto_hash_sha256_BYTES> sha256_of(std::initializer_list<std::string_view> pieces) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const std::string_view piece : pieces) crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256_final(&state, digest.data());
  return digest;
}

std::string hex_of(const unsigned char* bytes, std::size_t size) {
  std::string text(2 * size + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes, size);
  text.pop_back();
  return text;
}

}  // namespace

Result<std::string> hash_password(const std::string& password) {
  ready();
  const Turn turn;
  std::string hash(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return Error{ErrorCode::Internal, "there is no memory to hash a password (64 MB); try again", {}};
  hash.resize(hash.find('\0'));
  return hash;
}

bool password_is(const std::string& hash, const std::string& password) {
  ready();
  const Turn turn;
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  std::array<char, crypto_pwhash_STRBYTES> text{};
  hash.copy(text.data(), hash.size());
  return crypto_pwhash_str_verify(text.data(), password.data(), password.size()) == 0;
}

bool password_of_nobody(const std::string& password) {
  static const std::string kHash = hash_password(random_token()).value_or("");
  (void)password_is(kHash, password);
  return false;
}

std::string random_token() {
  ready();
  std::array<unsigned char, kTokenBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return base64url(bytes.data(), bytes.size());
}

std::string random_hex(std::size_t digits) {
  ready();
  std::string bytes((digits + 1) / 2, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return hex_of(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()).substr(0, digits);
}

std::string random_code(std::size_t groups) {
  ready();
  constexpr std::string_view kSigns = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";  // none that is taken for another
  constexpr std::size_t kOfGroup = 4;
  std::string code;
  for (std::size_t group = 0; group < groups; ++group) {
    if (group > 0) code += '-';
    for (std::size_t i = 0; i < kOfGroup; ++i) code += kSigns[randombytes_uniform(static_cast<std::uint32_t>(kSigns.size()))];
  }
  return code;
}

std::string secret_hash(std::string_view secret) {
  const auto digest = sha256_of({secret});
  return hex_of(digest.data(), digest.size());
}

std::string derived(std::string_view purpose, std::string_view secret) {
  const auto digest = sha256_of({"chartscan ", purpose, " ", secret});
  return base64url(digest.data(), digest.size());
}

bool equal_secrets(std::string_view a, std::string_view b) { return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace chartscan::app
