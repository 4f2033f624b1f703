#include "imaging/form_labels.h"

#include <algorithm>
#include <array>
#include <utility>

namespace chartscan::imaging {
namespace {

template <std::size_t N>
bool is_one_of(const std::string& letters, const std::array<const char*, N>& words) {
  return std::ranges::any_of(words, [&](const char* word) { return letters == word; });
}

constexpr std::array kSignWords = {"signature", "signatures", "signatory", "signed", "sign", "signer", "signatureof"};
constexpr std::array kCredentials = {"md", "do", "np", "pa", "rn", "lpn", "dpm", "dds", "phd", "pharmd", "crna", "aprn", "cnm"};
constexpr std::array kOffices = {"physician", "surgeon",        "doctor",    "provider",  "clinician",  "practitioner",
                                 "nurse",     "pharmacist",     "therapist", "attending", "prescriber", "notary",
                                 "guardian",  "representative", "principal", "declarant"};
constexpr std::array kEntries = {"date",         "time",    "print",  "printed",   "name", "phone",   "telephone",
                                 "relationship", "dob",     "birth",  "address",   "city", "state",   "zip",
                                 "mrn",          "account", "number", "insurance", "ssn",  "license", "initials"};

}  // namespace

std::string letters_of(const std::string& word) {
  std::string letters;
  for (const char c : word)
    if (c >= 'a' && c <= 'z')
      letters += c;
    else if (c >= 'A' && c <= 'Z')
      letters += static_cast<char>(c - 'A' + 'a');
  return letters;
}

namespace {

// Letters to change, add or leave out to make one word the other, as far as `most`.
std::size_t letters_apart(const std::string& a, const std::string& b, std::size_t most) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i);
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const std::size_t changed = corner + (a[i - 1] != b[k - 1]);
      corner = row[k];
      row[k] = std::min({changed, row[k] + 1, row[k - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

// "signature" is what pens go over most; no other word is two letters away from it.
bool is_sign_word(const std::string& letters) {
  return is_one_of(letters, kSignWords) || letters_apart(letters, "signature", 2) <= 2;
}
bool is_date_word(const std::string& letters) { return letters == "date" || letters.starts_with("datetime"); }

void read_into(Label& label, const Word& word) {
  const std::string letters = letters_of(word.text);
  if (letters.empty()) return;
  label.start = label.words == 0 ? word.box.x0 : std::min(label.start, word.box.x0);
  label.text += (label.words++ ? " " : "") + word.text;
  label.boxes.push_back(word.box);
  label.sign |= is_sign_word(letters);
  label.witness |= letters.starts_with("witness");
  label.cross |= letters == "x" || letters == "xx";                           // small and capital look alike
  const bool capital = word.text.front() >= 'A' && word.text.front() <= 'Z';  // "do" is a word, "DO" a doctor
  label.signer |= is_one_of(letters, kOffices) || (capital && is_one_of(letters, kCredentials));
  label.entry |= is_one_of(letters, kEntries);
  label.date |= is_date_word(letters);
  label.electronic |= letters.starts_with("electronic") || letters.starts_with("digital");
}

}  // namespace chartscan::imaging
