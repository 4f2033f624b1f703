// Passwords, tokens and codes: made, kept as hashes, compared in constant time. libsodium stays in secrets.cpp. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace chartscan::app {

// argon2id with 64 MB and two passes (libsodium's "interactive"), with its salt and costs in the text. Takes a tenth of a second; a few at a
// time, the others wait: memory stays bounded whoever knocks.
Result<std::string> hash_password(const std::string& password);
bool password_is(const std::string& hash, const std::string& password);
// The same work for a name that nobody has; always false.
bool password_of_nobody(const std::string& password);

std::string random_token();                   // 256 bits, base64url without padding: 43 characters
std::string random_hex(std::size_t digits);
std::string random_code(std::size_t groups);  // "K7QM-3FVA-...": to be read and typed by people, 20 bits a group
std::string secret_hash(std::string_view secret);                   // SHA-256, hex
std::string derived(std::string_view purpose, std::string_view secret);  // tells nothing about `secret`; base64url
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace chartscan::app
