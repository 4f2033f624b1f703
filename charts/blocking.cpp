#include "charts/blocking.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "charts/fuzzy.h"
#include "charts/nicknames.h"

namespace chartscan::charts {
namespace {

constexpr std::size_t kMinPart = 3;  // letters of a word of a family name that is a key by itself

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
  return digits;
}

// A family name of two words is found by either and by the whole.
std::vector<std::string> sounds(std::string_view family) {
  std::vector<std::string> all{soundex(family)};
  std::string part;
  const auto flush = [&] {
    if (letters(part).size() >= kMinPart) all.push_back(soundex(part));
    part.clear();
  };
  for (const char c : family) {
    if (c == ' ' || c == '-') flush();
    else part += c;
  }
  if (all.size() > 1) flush();
  return all;
}

void add_name_keys(const std::string& family, const std::string& given, const Date& dob, std::vector<BlockKey>& keys) {
  const std::string plain_given = letters(given);
  if (plain_given.empty() || letters(family).empty()) return;
  char year[8] = "", day[8] = "";
  std::snprintf(year, sizeof year, "%04d", dob.year % 10000);
  std::snprintf(day, sizeof day, "%02d%02d", dob.month % 100, dob.day % 100);
  for (const std::string_view full : full_forms(plain_given))
    for (const std::string& sound : sounds(family)) {
      const std::string by_initial = sound + full.front();
      if (dob) keys.push_back({Block::NameAndYear, by_initial + year});
      if (dob) keys.push_back({Block::NameAndDay, by_initial + day});
      keys.push_back(full_name_key(sound, soundex(full)));
    }
}

void sort_once(std::vector<BlockKey>& keys) {
  std::ranges::sort(keys);
  const auto rest = std::ranges::unique(keys);
  keys.erase(rest.begin(), rest.end());
}

}  // namespace

std::string canonical_mrn(std::string_view mrn) {
  std::string plain = letters_and_digits(mrn);
  if (plain.size() > 3 && plain.starts_with("MRN")) plain.erase(0, 3);
  return plain;
}

std::string without_zeros(std::string_view mrn) {
  const auto first = mrn.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? mrn.substr(0, 1) : mrn.substr(first));
}

BlockKey mrn_key(Block block, std::string_view mrn) { return {block, without_zeros(canonical_mrn(mrn))}; }

BlockKey birth_date_key(const Date& dob) {
  std::string value = to_string(dob);
  std::erase(value, '-');
  return {Block::BirthDate, value};
}

std::vector<BlockKey> name_keys(const PersonName& name, const Date& dob) {
  std::vector<BlockKey> keys;
  add_name_keys(name.family, name.given, dob, keys);
  add_name_keys(name.given, name.family, dob, keys);
  sort_once(keys);
  return keys;
}

std::vector<BlockKey> ssn_keys(std::string_view ssn, const PersonName& name) {
  const std::string digits = digits_of(ssn), family = letters(name.family);
  if (digits.size() < 4 || family.empty()) return {};
  return {{Block::Ssn, digits.substr(digits.size() - 4) + family.front()}};
}

BlockKey full_name_key(std::string_view family_sound, std::string_view given_sound) {
  const auto& [first, second] = std::minmax(family_sound, given_sound);
  return {Block::FullName, std::string(first).append(second)};
}

std::vector<BlockKey> phone_keys(std::string_view phone) {
  const std::string digits = digits_of(phone);
  if (digits.size() < 7) return {};
  return {{Block::Phone, digits.substr(digits.size() - 7)}};
}

std::vector<BlockKey> search_keys(const Patient& patient) {
  std::vector<BlockKey> keys;
  for (const std::string* name : {&patient.family, &patient.maiden, &patient.given}) {
    std::string word;
    const auto flush = [&] {
      if (std::string plain = letters(word); !plain.empty()) keys.push_back({Block::NameWord, std::move(plain)});
      word.clear();
    };
    for (const char c : *name) {
      if (c == ' ' || c == '-') flush();
      else word += c;
    }
    flush();
  }
  if (std::string sound = soundex(patient.family); !sound.empty()) keys.push_back({Block::FamilySound, std::move(sound)});
  sort_once(keys);
  return keys;
}

std::vector<BlockKey> block_keys(const Patient& patient) {
  std::vector<BlockKey> keys;
  const auto add = [&](std::vector<BlockKey> more) { std::ranges::move(more, std::back_inserter(keys)); };
  const PersonName name = name_of(patient);
  if (const BlockKey mrn = mrn_key(Block::Mrn, patient.mrn); !mrn.value.empty()) keys.push_back(mrn);
  if (patient.dob) keys.push_back(birth_date_key(patient.dob));
  add_name_keys(name.family, name.given, patient.dob, keys);
  if (!patient.maiden.empty()) add_name_keys(patient.maiden, name.given, patient.dob, keys);
  add(ssn_keys(patient.ssn, name));
  add(phone_keys(patient.phone));
  sort_once(keys);
  return keys;
}

}  // namespace chartscan::charts
