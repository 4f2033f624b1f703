#include "charts/fuzzy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <vector>

namespace chartscan::charts {
namespace {

constexpr double kConfusion = 0.4;  // three confusions weigh like one and a bit plain errors

constexpr std::array<std::string_view, 21> kConfused{"O0", "I1", "L1", "S5", "B8", "Z2", "G6", "Q0", "D0", "OQ",
                                                     "17", "38", "56", "08", "69", "49", "UV", "CG", "EF", "HN", "IL"};

// The plain letter of a two-byte Latin letter (U+00C0 to U+017F), 0 when it has none.
char plain_letter(unsigned char lead, unsigned char next) {
  static constexpr std::string_view kLatin1 = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo*ouuuuyty";
  if (lead == 0xC3 && next >= 0x80 && next <= 0xBF) return kLatin1[next - 0x80];
  return 0;
}

template <typename Keep>
std::string plain(std::string_view text, Keep keep) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      const char letter = i + 1 < text.size() ? plain_letter(c, static_cast<unsigned char>(text[i + 1])) : '\0';
      if (!letter) continue;
      c = static_cast<unsigned char>(letter);
      ++i;
    }
    if (keep(c)) out += static_cast<char>(std::toupper(c));
  }
  return out;
}

// Restricted Damerau-Levenshtein with a cost per substituted pair.
template <typename Cost>
double distance(std::string_view a, std::string_view b, bool merges, Cost cost) {
  const std::size_t n = a.size(), m = b.size();
  std::vector<double> table((n + 1) * (m + 1));
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return table[i * (m + 1) + j]; };
  const auto merged = [](std::string_view two, char one) {
    return (two == "RN" && one == 'M') || (two == "VV" && one == 'W') || (two == "CL" && one == 'D') || (two == "LI" && one == 'U');
  };
  for (std::size_t i = 0; i <= n; ++i) at(i, 0) = static_cast<double>(i);
  for (std::size_t j = 0; j <= m; ++j) at(0, j) = static_cast<double>(j);
  for (std::size_t i = 1; i <= n; ++i)
    for (std::size_t j = 1; j <= m; ++j) {
      double best = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, at(i - 2, j - 2) + 1);
      if (merges && i > 1 && merged(a.substr(i - 2, 2), b[j - 1])) best = std::min(best, at(i - 2, j - 1) + kConfusion);
      if (merges && j > 1 && merged(b.substr(j - 2, 2), a[i - 1])) best = std::min(best, at(i - 1, j - 2) + kConfusion);
      at(i, j) = best;
    }
  return at(n, m);
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  for (const char c : letters_and_digits(text)) {
    char folded = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    switch (folded) {
      case '0': folded = 'o'; break;
      case '1':
      case 'i': folded = 'l'; break;
      case '5': folded = 's'; break;
      case '8': folded = 'b'; break;
      default: break;
    }
    if (!out.empty() && out.back() == 'r' && folded == 'n') out.back() = 'm';
    else if (!out.empty() && out.back() == 'v' && folded == 'v') out.back() = 'w';
    else out += folded;
  }
  return out;
}

std::string letters_and_digits(std::string_view text) {
  return plain(text, [](unsigned char c) { return std::isalnum(c) != 0; });
}
std::string letters(std::string_view text) {
  return plain(text, [](unsigned char c) { return std::isalpha(c) != 0; });
}

bool confusable(char a, char b) {
  return std::any_of(kConfused.begin(), kConfused.end(), [&](std::string_view pair) {
    return (pair.front() == a && pair.back() == b) || (pair.front() == b && pair.back() == a);
  });
}

double ocr_distance(std::string_view a, std::string_view b) {
  return distance(a, b, true, [](char x, char y) { return x == y ? 0.0 : confusable(x, y) ? kConfusion : 1.0; });
}

int edit_distance(std::string_view a, std::string_view b) {
  return static_cast<int>(distance(a, b, false, [](char x, char y) { return x == y ? 0.0 : 1.0; }));
}

std::string soundex(std::string_view name) {
  static constexpr std::string_view kCodes = "01230120022455012623010202";  // A to Z; 0 = vowel, H and W bridge equal codes
  const std::string plain_name = letters(name);
  std::string code;
  char last = '0';
  for (const char c : plain_name) {
    const char digit = kCodes[static_cast<std::size_t>(c - 'A')];
    if (code.empty()) code += c;
    else if (digit != '0' && digit != last) code += digit;
    if (c != 'H' && c != 'W') last = digit;
    if (code.size() == 4) break;
  }
  if (!code.empty()) code.resize(4, '0');
  return code;
}

}  // namespace chartscan::charts
