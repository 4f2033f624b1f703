#include "charts/comparison.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include "charts/blocking.h"
#include "charts/fuzzy.h"
#include "charts/nicknames.h"

namespace chartscan::charts {
namespace {

constexpr double kOneConfusion = 0.45, kTwoConfusions = 0.85;  // ocr_distance of so many characters that OCR takes for each other
constexpr double kCloseShare = 0.2;                            // OCR distance that still is the same name, per letter
constexpr double kNearlyShare = 0.25;                          // the same for streets and towns
constexpr std::size_t kShortNumber = 5;                        // digits up to which only one may be wrong
constexpr std::size_t kMaxText = 64;                           // characters compared; longer is no name or number

struct PartLevels {
  const char* name;
  std::vector<const char*> levels;
};

const std::array<PartLevels, kParts>& part_levels() {
  static const std::array<PartLevels, kParts> kAll{{
      {"mrn", {"same", "confused", "one off", "two off", "other"}},
      {"family", {"same", "confused", "close", "part", "sounds alike", "other"}},
      {"given", {"same", "confused", "close", "nickname", "initial", "sounds alike", "other"}},
      {"order", {"same", "exchanged"}},
      {"middle", {"same", "initial", "other"}},
      {"suffix", {"same", "one-sided", "other"}},
      {"birth date", {"same", "confused", "one off", "exchanged", "part", "other"}},
      {"sex", {"same", "other"}},
      {"ssn", {"same", "nearly", "other"}},
      {"phone", {"same", "nearly", "other"}},
      {"street", {"same", "nearly", "other"}},
      {"town", {"same", "nearly", "other"}},
      {"zip", {"same", "nearly", "other"}},
  }};
  return kAll;
}

std::string plain(std::string_view text) { return letters_and_digits(text.substr(0, kMaxText)); }

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text.substr(0, kMaxText))
    if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
  return digits;
}

bool only_confused(const std::string& a, const std::string& b) {
  const double allowed = a.size() >= 5 ? kTwoConfusions : kOneConfusion;
  return ocr_distance(a, b) <= allowed;
}

// One edit in a short word, a fifth of a long one.
bool is_close(const std::string& a, const std::string& b) {
  const auto longer = static_cast<double>(std::max(a.size(), b.size()));
  if (longer < 3) return false;
  const double distance = ocr_distance(a, b);
  return distance <= std::max(kCloseShare * longer, kOneConfusion) || (longer >= 4 && distance <= 1);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ' || c == '-') words.emplace_back();
    else words.back() += c;
  }
  for (std::string& word : words) word = plain(word);
  std::erase_if(words, [](const std::string& word) { return word.size() < 3; });
  return words;
}

// SMITH-JONES and SMITH, GARCIA LOPEZ and GARCIA.
bool share_word(std::string_view a, std::string_view b) {
  const auto x = words_of(a), y = words_of(b);
  if (x.size() == 1 && y.size() == 1) return false;
  return std::ranges::any_of(x, [&](const std::string& word) { return std::ranges::find(y, word) != y.end(); });
}

bool exchanged_digits(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  const auto [x, y] = std::ranges::mismatch(a, b);
  if (x == a.end() || x + 1 == a.end()) return false;
  return *x == *(y + 1) && *(x + 1) == *y && std::equal(x + 2, a.end(), y + 2);
}

int differing(const std::string& a, const std::string& b) {
  int n = static_cast<int>(std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) n += a[i] != b[i];
  return n;
}

int parts_alike(const Date& a, const Date& b) { return (a.year == b.year) + (a.month == b.month) + (a.day == b.day); }

// How far from the same two names are, for choosing which way round they were written.
int rank(signed char family, signed char given) { return family + given; }

bool is_good(signed char family, signed char given) { return family <= level::kFamilyPart && given <= level::kGivenInitial; }

}  // namespace

const char* to_string(Part part) { return part_levels()[index_of(part)].name; }
std::size_t levels_of(Part part) { return part_levels()[index_of(part)].levels.size(); }
const char* level_name(Part part, int level) {
  const auto& names = part_levels()[index_of(part)].levels;
  return level >= 0 && static_cast<std::size_t>(level) < names.size() ? names[static_cast<std::size_t>(level)] : "missing";
}

signed char compare_mrns(std::string_view a, std::string_view b) {
  const std::string x = canonical_mrn(a.substr(0, kMaxText)), y = canonical_mrn(b.substr(0, kMaxText));
  if (x.empty() || y.empty()) return kMissing;
  if (x == y) return level::kSame;
  if (std::min(x.size(), y.size()) < 4) return level::kMrnOther;
  if (only_confused(x, y) || without_zeros(x) == without_zeros(y)) return level::kMrnConfused;
  const int edits = edit_distance(x, y);
  return edits <= 1 ? level::kMrnOneOff : edits == 2 && x.size() >= 6 ? level::kMrnTwoOff : level::kMrnOther;
}

signed char compare_families(std::string_view a, std::string_view b, std::string_view maiden_of_b) {
  const std::string x = plain(a), y = plain(b);
  if (x.empty() || y.empty()) return kMissing;
  if (x == y) return level::kSame;
  if (only_confused(x, y)) return level::kFamilyConfused;
  if (is_close(x, y)) return level::kFamilyClose;
  if (share_word(a, b)) return level::kFamilyPart;
  if (!maiden_of_b.empty() && (x == plain(maiden_of_b) || share_word(a, maiden_of_b))) return level::kFamilyPart;
  return soundex(x) == soundex(y) ? level::kFamilySounds : level::kFamilyOther;
}

signed char compare_givens(std::string_view a, std::string_view b) {
  const std::string x = plain(a), y = plain(b);
  if (x.empty() || y.empty()) return kMissing;
  if (x == y) return level::kSame;
  if (x.size() == 1 || y.size() == 1) return x.front() == y.front() ? level::kGivenInitial : level::kGivenOther;
  if (are_nicknames(x, y)) return level::kGivenNickname;
  if (only_confused(x, y)) return level::kGivenConfused;
  if (is_close(x, y)) return level::kGivenClose;
  return soundex(x) == soundex(y) ? level::kGivenSounds : level::kGivenOther;
}

signed char compare_middles(std::string_view a, std::string_view b) {
  const std::string x = plain(a), y = plain(b);
  if (x.empty() || y.empty()) return kMissing;
  const bool begins = std::min(x.size(), y.size()) >= 3 && (x.starts_with(y) || y.starts_with(x));  // the first of two
  if (x == y || begins || is_close(x, y)) return level::kSame;
  return x.front() == y.front() && (x.size() == 1 || y.size() == 1) ? level::kMiddleInitial : level::kMiddleOther;
}

signed char compare_suffixes(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return kMissing;
  if (a.empty() || b.empty()) return level::kSuffixOneSided;
  return a == b ? level::kSame : level::kSuffixOther;
}

signed char compare_dates(const Date& a, const Date& b) {
  if (!a || !b) return kMissing;
  if (a == b) return level::kSame;
  const std::string x = to_string(a), y = to_string(b);
  const int digits = differing(x, y);
  if (digits <= 2 && only_confused(x, y)) return level::kDateConfused;
  if (digits == 1) return level::kDateOneOff;
  const bool turned = a.year == b.year && a.month == b.day && a.day == b.month;
  if (turned || exchanged_digits(digits_of(x), digits_of(y))) return level::kDateExchanged;
  return parts_alike(a, b) == 2 ? level::kDatePart : level::kDateOther;
}

signed char compare_sexes(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty() || a == "U" || b == "U") return kMissing;
  return a == b ? level::kSame : level::kSexOther;
}

signed char compare_numbers(std::string_view a, std::string_view b) {
  std::string x = digits_of(a), y = digits_of(b);
  const std::size_t both = std::min(x.size(), y.size());
  if (both < 4) return kMissing;
  x = x.substr(x.size() - both);
  y = y.substr(y.size() - both);
  if (x == y) return level::kSame;
  return edit_distance(x, y) <= (both <= kShortNumber ? 1 : 2) ? level::kNearly : level::kOther;
}

signed char compare_phrases(std::string_view a, std::string_view b) {
  const std::string x = plain(a), y = plain(b);
  if (x.empty() || y.empty()) return kMissing;
  if (x == y) return level::kSame;
  const auto longer = static_cast<double>(std::max(x.size(), y.size()));
  const bool begins = std::min(x.size(), y.size()) >= 8 && (x.starts_with(y) || y.starts_with(x));  // an apartment more
  return begins || ocr_distance(x, y) <= kNearlyShare * longer ? level::kNearly : level::kOther;
}

void compare_names(const PersonName& a, const PersonName& b, std::string_view maiden_of_b, Levels& levels) {
  signed char family = compare_families(a.family, b.family, maiden_of_b), given = compare_givens(a.given, b.given);
  // Which way round they stand tells something only where both agree.
  const bool both = family != kMissing && given != kMissing;
  signed char order = both && is_good(family, given) ? level::kSame : kMissing;
  if (both && order == kMissing) {
    const signed char turned_family = compare_families(a.given, b.family, maiden_of_b), turned_given = compare_givens(a.family, b.given);
    if (is_good(turned_family, turned_given) && turned_given != level::kGivenInitial && rank(turned_family, turned_given) < rank(family, given)) {
      family = turned_family;
      given = turned_given;
      order = level::kExchanged;
    }
  }
  levels[index_of(Part::Family)] = family;
  levels[index_of(Part::Given)] = given;
  levels[index_of(Part::Order)] = order;
  levels[index_of(Part::Middle)] = compare_middles(a.middle, b.middle);
  levels[index_of(Part::Suffix)] = compare_suffixes(a.suffix, b.suffix);
}

Levels missing_levels() {
  Levels levels{};
  levels.fill(kMissing);
  return levels;
}

Levels compare_patients(const Patient& a, const Patient& b) {
  Levels levels = missing_levels();
  compare_names(name_of(a), name_of(b), b.maiden, levels);
  const auto set = [&](Part part, signed char value) { levels[index_of(part)] = value; };
  if (levels[index_of(Part::Family)] >= level::kFamilySounds && !a.maiden.empty() &&
      compare_families(a.maiden, b.family) <= level::kFamilyConfused)
    set(Part::Family, level::kFamilyPart);
  set(Part::BirthDate, compare_dates(a.dob, b.dob));
  set(Part::Sex, compare_sexes(a.sex, b.sex));
  set(Part::Ssn, compare_numbers(a.ssn, b.ssn));
  set(Part::Phone, compare_numbers(a.phone, b.phone));
  set(Part::Street, compare_phrases(a.address, b.address));
  set(Part::Town, compare_phrases(a.city, b.city));
  set(Part::Zip, compare_numbers(a.zip, b.zip));
  return levels;
}

Levels compare_reading(const Patient& read, const Patient& known) {
  Levels levels = compare_patients(read, known);
  levels[index_of(Part::Mrn)] = compare_mrns(read.mrn, known.mrn);
  return levels;
}

AddressParts address_parts(std::string_view field) {
  AddressParts parts;
  std::vector<std::string> pieces(1);
  for (const char c : field) {
    if (c == ',') pieces.emplace_back();
    else if (c != ' ' || !pieces.back().empty()) pieces.back() += c;
  }
  parts.street = pieces.front();
  if (pieces.size() > 1 && digits_of(pieces[1]).size() < 5) parts.town = pieces[1];
  if (pieces.size() > 1)
    if (const std::string zip = digits_of(pieces.back()); zip.size() >= 5) parts.zip = zip.substr(0, 5);
  return parts;
}

}  // namespace chartscan::charts
