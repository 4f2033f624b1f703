#include "charts/patient_search.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <unordered_set>

#include "charts/dates.h"
#include "charts/fuzzy.h"
#include "charts/nicknames.h"

namespace chartscan::charts {
namespace {

constexpr std::size_t kMostLooked = 2000;  // patients found before an MRN's beginning, or an index without keys, is no further gone through
constexpr std::size_t kMostRead = 400;     // patients read for one name
constexpr std::size_t kMostKeys = 20'000;  // of a name beside another: their MRNs are compared before anybody is read
constexpr std::size_t kLongName = 4;       // letters from which one may be wrong

// What was typed, taken apart.
struct Asked {
  std::vector<std::string> names;  // upper case letters
  std::vector<std::string> numbers;  // with a digit in them, and no date
  std::optional<Date> dob;
};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) || c == ',' || c == ';') words.emplace_back();
    else words.back() += c;
  }
  std::erase(words, "");
  return words;
}

bool has_digit(const std::string& word) { return std::ranges::any_of(word, [](unsigned char c) { return std::isdigit(c); }); }

// A date is one word, or three: "3 Feb 1961".
Asked parse(const std::string& text) {
  Asked asked;
  const std::vector<std::string> words = words_of(text);
  for (std::size_t i = 0; i < words.size();) {
    const bool three = i + 2 < words.size() && (has_digit(words[i]) || has_digit(words[i + 1]));
    const auto long_date = three ? parse_printed_date(words[i] + ' ' + words[i + 1] + ' ' + words[i + 2], Century::Birth) : std::nullopt;
    const auto date = long_date ? long_date : has_digit(words[i]) ? parse_printed_date(words[i], Century::Birth) : std::nullopt;
    if (date) asked.dob = date;
    else if (has_digit(words[i])) asked.numbers.push_back(words[i]);
    else if (!letters(words[i]).empty()) asked.names.push_back(letters(words[i]));
    i += long_date ? 3 : 1;
  }
  return asked;
}

// How well one word names somebody, and how.
double fit(const std::string& word, const Patient& patient, std::string& how) {
  double best = 0;
  const auto take = [&](double score, const char* why) {
    if (score > best) best = score, how = why;
  };
  std::vector<std::string> parts;
  for (const std::string* name : {&patient.family, &patient.given, &patient.middle, &patient.maiden}) {
    parts.push_back(letters(*name));
    std::string split = *name;  // a double name is known by either half
    std::ranges::replace(split, '-', ' ');
    for (const std::string& part : words_of(split)) parts.push_back(letters(part));
  }
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (part == word) take(1, "name");
    else if (part.starts_with(word)) take(0.9, "name begins so");
    else if (word.size() >= 4 && edit_distance(word, part) == 1) take(0.7, "name nearly so");
    else if (word.size() >= 3 && soundex(word) == soundex(part)) take(0.5, "name sounds alike");
  }
  const std::string given = letters(patient.given);
  for (const std::string_view full : full_forms(word))
    if (full != word && full == given) take(0.8, "short name");
  return best;
}

double fit(const Date& asked, const Date& dob) {
  if (!dob) return 0;
  if (asked == dob) return 1;
  if (asked.year == dob.year && asked.month == dob.day && asked.day == dob.month) return 0.6;
  const int same = (asked.year == dob.year) + (asked.month == dob.month) + (asked.day == dob.day);
  return same == 2 ? 0.5 : 0;
}

// An MRN or the beginning of one; a year alone is that of birth.
double fit_number(const std::string& number, const Patient& patient, std::string& how) {
  const auto fits = [&how](double score, const char* why) { return how = why, score; };
  const std::string asked = canonical_mrn(number), known = canonical_mrn(patient.mrn);
  if (without_zeros(asked) == without_zeros(known)) return fits(1, "MRN");
  if (patient.dob && number == std::to_string(patient.dob.year)) return fits(0.8, "year of birth");
  if (known.starts_with(asked)) return fits(0.8, "MRN begins so");
  return asked.size() >= 4 && ocr_distance(asked, known) <= 1 ? fits(0.6, "MRN nearly so") : 0;
}

PatientMatch matched(const Asked& asked, Patient patient) {
  PatientMatch match;
  double sum = 0;
  std::set<std::string> why;
  for (const std::string& word : asked.names) {
    std::string how;
    const double one = fit(word, patient, how);
    if (one == 0) return {};  // every name that was typed must be his
    sum += one;
    why.insert(how);
  }
  for (const std::string& number : asked.numbers) {
    std::string how;
    const double one = fit_number(number, patient, how);
    if (one == 0) return {};
    sum += one;
    why.insert(how);
  }
  if (asked.dob) {
    const double one = fit(*asked.dob, patient.dob);
    if (one == 0 && asked.names.empty() && asked.numbers.empty()) return {};
    sum += one;
    if (one > 0) why.insert(one == 1 ? "birth date" : "birth date nearly so");
  }
  match.score = sum / static_cast<double>(asked.names.size() + asked.numbers.size() + (asked.dob ? 1 : 0));
  for (const std::string& one : why) match.why += (match.why.empty() ? "" : ", ") + one;
  match.patient = std::move(patient);
  return match;
}

class Search {
 public:
  Search(const storage::Records& records, const Asked& asked) : records_(records), index_(records), asked_(asked) {}

  Result<std::vector<PatientMatch>> run() {
    for (const std::string& number : asked_.numbers) TRY_STATUS(by_number(number));
    if (asked_.dob) {
      TRY(std::vector<Patient> born, index_.by_birth_date(*asked_.dob));
      add(std::move(born));
    }
    for (std::size_t a = 0; a < asked_.names.size(); ++a)
      for (std::size_t b = a + 1; b < asked_.names.size(); ++b) {
        TRY(std::vector<Patient> named, index_.by_name(asked_.names[a], asked_.names[b]));
        add(std::move(named));
      }
    if (found_.empty() && !asked_.names.empty()) TRY_STATUS(by_names_alone());
    std::vector<PatientMatch> all;
    for (auto& [mrn, match] : found_) all.push_back(std::move(match));
    return all;
  }

 private:
  void add(std::vector<Patient> patients) {
    for (Patient& patient : patients) add(std::move(patient));
  }
  void add(Patient patient) {
    const std::string mrn = patient.mrn;
    if (found_.contains(mrn)) return;
    PatientMatch match = matched(asked_, std::move(patient));
    if (match.score > 0) found_.emplace(mrn, std::move(match));
  }

  Status by_number(const std::string& number) {
    TRY(std::optional<Patient> exact, index_.by_mrn(number));
    if (exact) {
      Patient patient = std::move(*exact);
      found_[patient.mrn] = {patient, 1, "MRN"};  // a merged-away number leads here, too
    }
    const auto begins_so = [&](Patient patient) {
      add(std::move(patient));
      return found_.size() < kMostLooked;
    };
    TRY_STATUS(records_.patients(begins_so, number));
    if (!found_.empty()) return {};
    TRY(std::vector<Patient> near, index_.near_mrn(number));
    add(std::move(near));
    return {};
  }

  // Names that are only begun, misspelt or short, or one name alone.
  Status by_names_alone() {
    TRY(const bool keys, index_.has_name_keys());
    if (!keys) return through_all();
    TRY_STATUS(by_words([](const std::string& word) { return beginnings(word); }));
    if (!found_.empty()) return {};
    for (const std::string& word : asked_.names) {
      TRY(std::vector<std::string> alike, index_.mrns_by_sound(word, kMostRead));
      TRY_STATUS(read(alike));
    }
    return found_.empty() ? by_words([](const std::string& word) { return neighbours(word); }) : Status();
  }

  // Everybody who has a name for each word that was asked.
  Status by_words(const std::function<std::vector<std::string>(const std::string&)>& spellings) {
    std::vector<std::string> common;
    for (std::size_t i = 0; i < asked_.names.size(); ++i) {
      const std::size_t limit = asked_.names.size() == 1 ? kMostRead : kMostKeys;
      std::vector<std::string> having;
      for (const std::string& spelling : spellings(asked_.names[i])) {
        TRY(std::vector<std::string> some, index_.mrns_by_name(spelling, limit - having.size()));
        std::ranges::move(some, std::back_inserter(having));
        if (having.size() >= limit) break;
      }
      if (i == 0) {
        common = std::move(having);
        continue;
      }
      const std::unordered_set<std::string> known(having.begin(), having.end());
      std::erase_if(common, [&](const std::string& mrn) { return !known.contains(mrn); });
    }
    return read(common);
  }

  Status read(std::span<const std::string> mrns) {
    for (const std::string& mrn : mrns.first(std::min(mrns.size(), kMostRead))) {
      TRY(std::optional<Patient> patient, records_.patient(mrn));
      if (patient) add(std::move(*patient));
    }
    return {};
  }

  static std::vector<std::string> beginnings(const std::string& word) {
    std::vector<std::string> all{word};
    for (const std::string_view full : full_forms(word))
      if (full != word) all.emplace_back(full);
    return all;
  }

  // Whole names one letter away; a blank ends a name in its key.
  static std::vector<std::string> neighbours(const std::string& word) {
    std::set<std::string> all;
    if (word.size() < kLongName) return {};
    for (std::size_t i = 0; i <= word.size(); ++i) {
      if (i < word.size()) all.insert(word.substr(0, i) + word.substr(i + 1) + ' ');
      for (char c = 'A'; c <= 'Z'; ++c) {
        all.insert(word.substr(0, i) + c + word.substr(i) + ' ');
        if (i < word.size()) all.insert(word.substr(0, i) + c + word.substr(i + 1) + ' ');
      }
      if (i + 1 < word.size()) all.insert(word.substr(0, i) + word[i + 1] + word[i] + word.substr(i + 2) + ' ');
    }
    return {all.begin(), all.end()};
  }

  // Of an archive that has no keys of names: the whole index, until enough are found.
  Status through_all() {
    return records_.patients([&](Patient patient) {
      add(std::move(patient));
      return found_.size() < kMostLooked;
    });
  }

  const storage::Records& records_;
  const PatientIndex index_;
  const Asked& asked_;
  std::map<std::string, PatientMatch> found_;  // by MRN
};

}  // namespace

Result<std::vector<PatientMatch>> find_patients(const storage::Records& records, const std::string& text, int limit) {
  const Asked asked = parse(text);
  if (asked.names.empty() && asked.numbers.empty() && !asked.dob) return std::vector<PatientMatch>{};
  TRY(std::vector<PatientMatch> found, Search(records, asked).run());
  std::ranges::stable_sort(found, [](const PatientMatch& a, const PatientMatch& b) {
    return a.score != b.score ? a.score > b.score : display_name(a.patient) < display_name(b.patient);
  });
  if (found.size() > static_cast<std::size_t>(limit)) found.resize(static_cast<std::size_t>(limit));
  return found;
}

}  // namespace chartscan::charts
