// Length is what makes a password hard to guess; composition rules only make it hard to remember (NIST SP 800-63B, 5.1.1.2).
#include <algorithm>
#include <cctype>
#include <string_view>

#include "app/access/access_desk.h"
#include "app/access/secrets.h"

namespace chartscan::app {
namespace {

constexpr std::size_t kShortest = 12, kLongest = 128;  // characters

// Long enough and still among the first that anybody tries; compared in lower case, letters and digits only.
constexpr std::string_view kCommon[] = {
    "123456789012",  "1234567890123", "12345678901234", "123456123456",   "1234567891011", "012345678910", "password1234",  "password12345",  "passwordpassword",
    "password123456", "qwertyuiop12",  "qwertyuiop123", "qwertyuiopasdf", "qwertyqwerty", "qwerty123456",  "qwerty1234567", "1q2w3e4r5t6y",   "1q2w3e4r5t6y7u",
    "q1w2e3r4t5y6",   "1qaz2wsx3edc",  "qazwsxedcrfv",  "zaq12wsxcde3",   "asdfghjkl123", "abcdefghijkl", "abcdefghijklm", "abcdefg12345",  "abc123abc123",
    "administrator",  "administrator1", "adminadminadmin", "letmeinletmein", "welcome12345", "welcome123456", "iloveyou1234", "iloveyou12345",  "changemechangeme",
    "changeme1234",   "trustno1trustno1", "hospital1234", "hospital12345", "medicalrecords", "medicalrecord1", "chartscan1234", "chartscanchartscan",
    "correcthorsebatterystaple", "summer202020",   "winter202020",   "spring202020",   "monkeymonkey",   "dragondragon",  "sunshine1234",  "princess1234",
};

std::string letters_and_digits(const std::string& text) {
  std::string kept;
  for (const unsigned char c : text)
    if (std::isalnum(c) || c >= 0x80) kept += static_cast<char>(std::tolower(c));
  return kept;
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

bool one_sign_only(const std::string& text) { return text.find_first_not_of(text.front()) == std::string::npos; }

Error refused(const std::string& why) { return {ErrorCode::InputRefused, "the password is not taken: " + why, {}}; }

}  // namespace

Status check_password(const std::string& password, const std::string& user) {
  const std::size_t length = characters(password);
  if (length < kShortest) return refused("it has fewer than 12 characters; several words in a row are long and easy to remember");
  if (length > kLongest) return refused("it has more than 128 characters");
  const std::string plain = letters_and_digits(password), name = letters_and_digits(user);
  if (name.size() >= 3 && plain.find(name) != std::string::npos) return refused("it contains the user's name");
  if (one_sign_only(password) || std::ranges::find(kCommon, plain) != std::end(kCommon)) return refused("it is one of the commonest; choose one that nobody else has");
  return {};
}

std::string suggested_password() { return random_code(4); }

}  // namespace chartscan::app
