#include "charts/names.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "charts/fuzzy.h"
#include "charts/nicknames.h"

namespace chartscan::charts {
namespace {

constexpr double kCloseShare = 0.2;   // OCR distance that still is the same name, per letter
constexpr std::size_t kMaxWords = 6;  // of a name

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 7> kSuffixes{"JR", "SR", "II", "III", "IV", "JUNIOR", "SENIOR"};
constexpr std::array<std::string_view, 26> kCredentials{"MD", "DO",   "RN",  "NP",   "PA",  "PAC", "DPM", "DDS", "DMD",
                                                        "PHD", "FACS", "FACP", "ARNP", "APRN", "CRNA", "LPN", "BSN", "MSN",
                                                        "PHARMD", "OD", "PT", "OT", "LCSW", "MBBS", "FNP", "CNM"};
constexpr std::array<std::string_view, 8> kTitles{"MR", "MRS", "MS", "MISS", "DR", "MASTER", "PROF", "MX"};
constexpr std::array<std::string_view, 17> kParticles{"DE", "LA", "DEL", "LOS", "LAS", "VAN", "VON", "DER", "DEN",
                                                      "DI", "DA", "DOS", "ST",  "SAN", "BIN", "AL",  "LE"};
// Words of charts that stand near names and are none.
constexpr auto kNoNames = std::to_array<std::string_view>({
    "MRN", "DOB", "AGE", "SEX", "GENDER", "SSN", "PHONE", "DATE", "ADDRESS", "ACCOUNT", "ACCT", "FIN", "VISIT", "ROOM", "BED",
    "UNIT", "PATIENT", "NAME", "MALE", "FEMALE", "PAGE", "PHYSICIAN", "PROVIDER", "ATTENDING", "ADMIT", "ADMISSION", "DISCHARGE",
    "HOSPITAL", "CLINIC", "MEDICAL", "CENTER", "CENTRE", "HEALTH", "HEALTHCARE", "SYSTEM", "REPORT", "NOTE", "NOTES", "RECORD",
    "SUMMARY", "HISTORY", "PHYSICAL", "EXAMINATION", "EXAM", "LABORATORY", "LAB", "RADIOLOGY", "PATHOLOGY", "SURGERY", "SURGICAL",
    "OPERATIVE", "PROGRESS", "CONSULTATION", "CONSULT", "CONSENT", "FORM", "ORDERS", "ORDER", "MEDICATION", "MEDICATIONS", "LIST",
    "IMMUNIZATION", "INSURANCE", "CARD", "REFERRAL", "FAX", "ECG", "EKG", "DEPARTMENT", "DEPT", "SERVICE", "SERVICES", "LOCATION",
    "NUMBER", "NO", "ID", "NUM", "CHART", "BIRTH", "BORN", "YEARS", "YEAR", "YRS", "YO", "OLD", "AND", "THE", "OF", "FOR", "WITH", "TO",
    "FROM", "IS", "WAS", "ASSOCIATES", "GROUP", "STREET", "AVENUE", "ROAD", "REGIONAL", "GENERAL", "COMMUNITY", "MEMORIAL",
    "DIAGNOSIS", "IMPRESSION", "FINDINGS", "PLAN", "ASSESSMENT", "ALLERGIES", "DIRECTIVE", "ADVANCE", "CONFIDENTIAL", "INFORMATION",
    "SIGNATURE", "STATUS", "TYPE", "PCP", "NKDA", "RECORDS"});

std::string upper_name(std::string_view word) {
  std::string out;
  for (const char c : word)
    if (c != '.' && c != ',') out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// A piece of a name with the comma that may follow it.
struct Part {
  std::string word;
  bool comma = false;
};

std::string join(const std::vector<Part>& parts, std::size_t from, std::size_t to) {
  std::string out;
  for (std::size_t i = from; i < to; ++i) out += (out.empty() ? "" : " ") + parts[i].word;
  return out;
}

std::optional<PersonName> arrange(std::vector<Part> parts) {
  PersonName name;
  // Titles in front, credentials and suffix anywhere; a comma before a dropped word stays with the word before it.
  std::vector<Part> kept;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool title = kept.empty() && among(kTitles, parts[i].word);
    const bool credential = !kept.empty() && kept.size() >= 2 && is_credential(parts[i].word);
    const bool suffix = !kept.empty() && is_suffix(parts[i].word);
    if (suffix) name.suffix = normal_suffix(parts[i].word);
    if (suffix && parts[i].comma) kept.back().comma = true;                // DOE JR, JOHN
    if (suffix && i + 1 == parts.size() && kept.size() > 1) kept.back().comma = false;
    if ((suffix || credential) && kept.size() > 1 && i + 1 >= parts.size()) kept.back().comma = false;  // John Doe, Jr
    if (!title && !credential && !suffix) kept.push_back(parts[i]);
  }
  if (kept.size() < 2 || kept.size() > kMaxWords) return std::nullopt;
  const auto comma = std::find_if(kept.begin(), kept.end() - 1, [](const Part& part) { return part.comma; });
  const std::size_t n = kept.size();
  if (comma != kept.end() - 1) {
    const auto split = static_cast<std::size_t>(comma - kept.begin()) + 1;
    name.family = join(kept, 0, split);
    name.given = kept[split].word;
    name.middle = join(kept, split + 1, n);
  } else if (n >= 3 && letters(kept[n - 1].word).size() == 1 && letters(kept[0].word).size() > 1) {  // DOE ANN M
    name.family = kept[0].word;
    name.given = kept[1].word;
    name.middle = join(kept, 2, n);
  } else {
    std::size_t family = n - 1;
    while (family > 1 && among(kParticles, kept[family - 1].word)) --family;
    name.given = kept[0].word;
    name.middle = join(kept, 1, family);
    name.family = join(kept, family, n);
  }
  if (letters(name.family).size() < 2 || letters(name.given).empty()) return std::nullopt;
  return name;
}

bool could_be_name(const Token& token) {
  const std::string word = upper_name(token.text);
  std::size_t digits = 0;
  for (const char c : token.text) digits += std::isdigit(static_cast<unsigned char>(c)) != 0;
  // One digit inside a longer word is an OCR slip (D0E); more are a number.
  if (digits > 1 || (digits == 1 && token.text.size() < 3)) return false;
  if (!has_letter(token.text) || among(kNoNames, word)) return false;
  return std::isupper(static_cast<unsigned char>(token.text.front())) || static_cast<unsigned char>(token.text.front()) >= 0x80 ||
         std::isdigit(static_cast<unsigned char>(token.text.front())) || among(kParticles, word);
}

double token_distance(std::string_view a, std::string_view b) { return ocr_distance(letters_and_digits(a), letters_and_digits(b)); }

bool same_word(std::string_view a, std::string_view b) { return letters_and_digits(a) == letters_and_digits(b); }

bool close_word(std::string_view a, std::string_view b) {
  const std::string x = letters_and_digits(a), y = letters_and_digits(b);
  const auto longer = static_cast<double>(std::max(x.size(), y.size()));
  const double distance = ocr_distance(x, y);
  return longer >= 3 && (distance <= std::max(kCloseShare * longer, 0.45) || (longer >= 4 && std::min(x.size(), y.size()) >= 4 && distance <= 1));
}

// SMITH-JONES and SMITH, GARCIA LOPEZ and GARCIA: one is a whole word of the other.
bool part_of(std::string_view a, std::string_view b) {
  const auto words = [](std::string_view text) {
    std::vector<std::string> out(1);
    for (const char c : text) {
      if (c == ' ' || c == '-') out.emplace_back();
      else out.back() += c;
    }
    return out;
  };
  const auto x = words(a), y = words(b);
  if (x.size() == y.size()) return false;
  return std::any_of(x.begin(), x.end(), [&](const std::string& w) {
    return w.size() >= 3 && std::find(y.begin(), y.end(), w) != y.end();
  });
}

bool is_initial_of(std::string_view a, std::string_view b) {
  const std::string x = letters_and_digits(a), y = letters_and_digits(b);
  return !x.empty() && !y.empty() && (x.size() == 1 || y.size() == 1) && x.front() == y.front();
}

enum class WordMatch { Exact, Close, Nickname, Initial, No };
WordMatch match_given(std::string_view read, std::string_view known) {
  if (same_word(read, known)) return WordMatch::Exact;
  if (is_initial_of(read, known)) return WordMatch::Initial;
  if (are_nicknames(letters(read), letters(known))) return WordMatch::Nickname;
  return close_word(read, known) ? WordMatch::Close : WordMatch::No;
}
WordMatch match_family(std::string_view read, std::string_view known) {
  if (same_word(read, known)) return WordMatch::Exact;
  return close_word(read, known) || part_of(read, known) ? WordMatch::Close : WordMatch::No;
}

NameMatch combine(WordMatch family, WordMatch given) {
  if (family == WordMatch::No && (given == WordMatch::No || given == WordMatch::Initial)) return NameMatch::Different;
  if (family == WordMatch::No) return NameMatch::GivenOnly;
  if (given == WordMatch::No) return NameMatch::FamilyOnly;
  if (given == WordMatch::Initial) return NameMatch::Initial;
  if (given == WordMatch::Nickname) return NameMatch::Nickname;
  return family == WordMatch::Exact && given == WordMatch::Exact ? NameMatch::Exact : NameMatch::Close;
}

}  // namespace

bool is_suffix(std::string_view word) { return among(kSuffixes, upper_name(word)); }

std::string normal_suffix(std::string_view word) {
  const std::string upper = upper_name(word);
  return upper == "JUNIOR" ? "JR" : upper == "SENIOR" ? "SR" : upper;
}

bool is_credential(std::string_view word) { return among(kCredentials, letters(word)); }

bool has_credential_after(const Layout& layout, int at) {
  const auto n = static_cast<int>(layout.tokens.size());
  if (at >= n || at == 0) return false;
  const Token& token = layout.tokens[static_cast<std::size_t>(at)];
  if (token.cell != layout.tokens[static_cast<std::size_t>(at - 1)].cell) return false;
  if (is_upper(token.text) && is_credential(token.text)) return true;
  // "M.D." comes as two tokens
  if (at + 1 >= n || token.text.size() != 1) return false;
  const Token& next = layout.tokens[static_cast<std::size_t>(at + 1)];
  return next.joined && token.after.starts_with('.') && is_credential(token.text + next.text);
}

std::string to_field(const PersonName& name) {
  std::string out = name.family + ", " + name.given;
  if (!name.middle.empty()) out += " " + name.middle;
  if (!name.suffix.empty()) out += " " + name.suffix;
  return out;
}

PersonName from_field(std::string_view field) {
  PersonName name;
  const auto comma = field.find(", ");
  name.family = std::string(field.substr(0, comma));
  if (comma == std::string_view::npos) return name;
  std::string rest(field.substr(comma + 2));
  if (const auto blank = rest.rfind(' '); blank != std::string::npos && is_suffix(rest.substr(blank + 1))) {
    name.suffix = rest.substr(blank + 1);
    rest.resize(blank);
  }
  const auto blank = rest.find(' ');
  name.given = rest.substr(0, blank);
  if (blank != std::string::npos) name.middle = rest.substr(blank + 1);
  return name;
}

PersonName name_of(const Patient& patient) {
  PersonName name{upper_name(patient.family), upper_name(patient.given), upper_name(patient.middle), normal_suffix(patient.suffix)};
  if (const auto blank = name.given.find(' '); blank != std::string::npos) {  // MARY ANN: pages cannot tell it from a middle name
    name.middle = name.given.substr(blank + 1) + (name.middle.empty() ? "" : " " + name.middle);
    name.given.resize(blank);
  }
  return name;
}

std::optional<PersonName> parse_person(std::string_view text) {
  std::vector<Part> parts;
  std::string word;
  const auto flush = [&](bool comma) {
    if (!word.empty()) parts.push_back({upper_name(word), false});
    word.clear();
    if (comma && !parts.empty()) parts.back().comma = true;
  };
  bool carets = text.find('^') != std::string_view::npos;
  for (const char c : text) {
    if (c == ' ' || c == '\t') flush(false);
    else if (c == ',') flush(true);
    else if (c == '^') {
      flush(carets);  // only the first caret parts family and given; the rest are blanks
      carets = false;
    } else {
      word += c;
    }
  }
  flush(false);
  return arrange(std::move(parts));
}

std::optional<PersonName> person_at(const Layout& layout, int at, int last, int& tokens) {
  std::vector<Part> parts;
  int i = at;
  for (; i < last && parts.size() < kMaxWords + 2; ++i) {
    const Token& token = layout.tokens[static_cast<std::size_t>(i)];
    const bool hyphen = token.joined && token.before == "-" && !parts.empty();
    if (i > at && !hyphen && (token.before.find_first_of("([/") != std::string::npos)) break;
    if (i > at && has_credential_after(layout, i)) break;
    if (!could_be_name(token)) break;
    if (hyphen) parts.back().word += "-" + upper_name(token.text);
    else parts.push_back({upper_name(token.text), false});
    const std::string& marks = token.after;
    const bool next_joined = i + 1 < last && layout.tokens[static_cast<std::size_t>(i + 1)].joined;
    if (marks.find(',') != std::string::npos || marks.find('^') != std::string::npos) {
      const bool had_comma = std::any_of(parts.begin(), parts.end() - 1, [](const Part& part) { return part.comma; });
      if (!had_comma) parts.back().comma = true;
      else if (marks.find(',') != std::string::npos) { ++i; break; }
    }
    if (marks.find_first_of(":;|)/") != std::string::npos || (marks.find('-') != std::string::npos && !next_joined)) { ++i; break; }
    // The point after an initial goes on, after a word it ends a sentence.
    if (marks.find('.') != std::string::npos && token.text.size() > 3) { ++i; break; }
  }
  tokens = i - at;
  return arrange(std::move(parts));
}

bool agrees(NameMatch match) {
  return match == NameMatch::Exact || match == NameMatch::Close || match == NameMatch::Nickname || match == NameMatch::Swapped;
}

NameComparison compare_names(const PersonName& read, const PersonName& known) {
  NameComparison result;
  if (read.family.empty() || read.given.empty() || known.family.empty() || known.given.empty()) return result;
  result.match = combine(match_family(read.family, known.family), match_given(read.given, known.given));
  result.distance = token_distance(read.family, known.family) + token_distance(read.given, known.given);
  if (!agrees(result.match)) {
    const NameMatch swapped = combine(match_family(read.given, known.family), match_given(read.family, known.given));
    if (agrees(swapped) && swapped != NameMatch::Nickname) {
      result.match = NameMatch::Swapped;
      result.distance = token_distance(read.given, known.family) + token_distance(read.family, known.given);
    }
  }
  if (!read.middle.empty() && !known.middle.empty()) {
    const std::string x = letters_and_digits(read.middle), y = letters_and_digits(known.middle);
    const bool begins = x.starts_with(y) || y.starts_with(x);  // an initial, or the first of two
    result.middle_agrees = begins || same_word(read.middle, known.middle) || is_initial_of(read.middle, known.middle) ||
                           close_word(read.middle, known.middle);
    result.middle_differs = !result.middle_agrees;
  }
  if (!read.suffix.empty() && !known.suffix.empty()) {
    result.suffix_agrees = read.suffix == known.suffix;
    result.suffix_differs = !result.suffix_agrees;
  }
  result.suffix_missing = read.suffix.empty() != known.suffix.empty();
  return result;
}

const char* to_string(NameMatch match) {
  switch (match) {
    case NameMatch::Exact: return "the same";
    case NameMatch::Close: return "the same but for reading errors";
    case NameMatch::Nickname: return "a short form";
    case NameMatch::Swapped: return "family and given name exchanged";
    case NameMatch::Initial: return "family name and initial";
    case NameMatch::FamilyOnly: return "family name only";
    case NameMatch::GivenOnly: return "given name only";
    case NameMatch::Different: return "different";
    case NameMatch::Missing: return "not stated";
  }
  return "";
}

}  // namespace chartscan::charts
