#include "charts/fed_twice.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <map>
#include <string>

#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

constexpr int kSamePicture = 8;           // bits of 64 in which two scans of one sheet differ at most; other pages of a form differ by more
constexpr int kSameWordlessPicture = 3;   // without words the picture alone must do
constexpr double kSameText = 0.85;        // shared words of two readings of one sheet; also asked of the numbers alone
constexpr std::size_t kFewWords = 6;

int differing_bits(const Page& a, const Page& b) { return std::popcount(a.fingerprint ^ b.fingerprint); }

std::map<std::string, int> words_of(const PageText& text, bool numbers_only) {
  std::map<std::string, int> words;
  for (const Word& word : text.words) {
    const std::string plain = letters_and_digits(word.text);
    const bool number = std::any_of(plain.begin(), plain.end(), [](unsigned char c) { return std::isdigit(c); });
    if (!plain.empty() && (number || !numbers_only)) ++words[plain];
  }
  return words;
}

// Share of words that two pages have in common, 0..1 (Dice).
double shared(const std::map<std::string, int>& a, const std::map<std::string, int>& b) {
  int common = 0, all = 0;
  for (const auto& [word, count] : a) {
    all += count;
    if (const auto other = b.find(word); other != b.end()) common += std::min(count, other->second);
  }
  for (const auto& [word, count] : b) all += count;
  return all == 0 ? 1.0 : 2.0 * common / all;
}

bool fields_differ(const Page& a, const Page& b, FieldKind kind) {
  const Field* x = first_field(a, kind);
  const Field* y = first_field(b, kind);
  return x && y && x->value != y->value;
}

}  // namespace

bool looks_like(const Page& page, const Page& earlier) {
  if (page.fingerprint == 0 || earlier.fingerprint == 0 || differing_bits(page, earlier) > kSamePicture) return false;
  for (const FieldKind kind : {FieldKind::PageNumber, FieldKind::ServiceDate, FieldKind::Account})
    if (fields_differ(page, earlier, kind)) return false;
  return true;
}

bool says_the_same(const Page& page, const PageText& text, const Page& earlier, const PageText& earlier_text) {
  const double words = shared(words_of(text, false), words_of(earlier_text, false));
  if (std::min(text.words.size(), earlier_text.words.size()) < kFewWords)
    return differing_bits(page, earlier) <= kSameWordlessPicture && words >= kSameText;
  return words >= kSameText && shared(words_of(text, true), words_of(earlier_text, true)) >= kSameText;
}

}  // namespace chartscan::charts
