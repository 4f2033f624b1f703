#include "tests/support/register.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <set>
#include <string_view>
#include <utility>

namespace chartscan::testing {
namespace {

constexpr auto kFamilies = std::to_array<const char*>(
    {"Smith",    "Johnson",  "Williams", "Brown",    "Jones",   "Garcia",    "Miller",   "Davis",     "Rodriguez", "Martinez", "Hernandez", "Lopez",   "Gonzalez", "Wilson",
     "Anderson", "Thomas",   "Taylor",   "Moore",    "Jackson", "Martin",    "Lee",      "Perez",     "Thompson",  "White",    "Harris",    "Sanchez", "Clark",    "Ramirez",
     "Lewis",    "Robinson", "Walker",   "Young",    "Allen",   "King",      "Wright",   "Scott",     "Torres",    "Nguyen",   "Hill",      "Flores",  "Green",    "Adams",
     "Nelson",   "Baker",    "Hall",     "Rivera",   "Campbell", "Mitchell", "Carter",   "Roberts",   "Gomez",     "Phillips", "Evans",     "Turner",  "Diaz",     "Parker",
     "Cruz",     "Edwards",  "Collins",  "Reyes",    "Stewart", "Morris",    "Morales",  "Murphy",    "Cook",      "Rogers",   "Gutierrez", "Ortiz",   "Morgan",   "Cooper",
     "Peterson", "Bailey",   "Reed",     "Kelly",    "Howard",  "Ramos",     "Kim",      "Cox",       "Ward",      "Richardson", "Watson",  "Brooks",  "Chavez",   "Wood",
     "Bennett",  "Gray",     "Mendoza",  "Ruiz",     "Hughes",  "Price",     "Alvarez",  "Castillo",  "Sanders",   "Patel",    "Myers",     "Long",    "Ross",     "Foster"});
constexpr auto kWomen = std::to_array<const char*>(
    {"Mary",   "Patricia", "Jennifer", "Linda",  "Elizabeth", "Barbara", "Susan",  "Jessica", "Sarah",   "Karen",    "Lisa",   "Nancy",  "Betty",     "Margaret", "Sandra", "Ashley", "Kimberly", "Emily",  "Donna",
     "Michelle", "Carol",  "Amanda",   "Dorothy", "Melissa",  "Deborah", "Stephanie", "Rebecca", "Sharon", "Laura",   "Cynthia", "Kathleen", "Amy",   "Angela",   "Shirley", "Anna",  "Brenda",  "Pamela", "Emma",
     "Nicole", "Helen",   "Samantha", "Katherine", "Christine", "Debra", "Rachel", "Carolyn", "Janet",   "Catherine", "Maria", "Heather", "Diane",    "Ruth",     "Julie",  "Olivia", "Joyce",   "Virginia", "Victoria", "Kelly"});
constexpr auto kMen = std::to_array<const char*>(
    {"James",  "Robert", "John",    "Michael", "David",  "William", "Richard", "Joseph", "Thomas", "Charles", "Christopher", "Daniel", "Matthew", "Anthony", "Mark",  "Donald", "Steven", "Paul",   "Andrew",
     "Joshua", "Kenneth", "Kevin",  "Brian",   "George", "Timothy", "Ronald",  "Edward", "Jason",  "Jeffrey", "Ryan",        "Jacob",  "Gary",    "Nicholas", "Eric", "Jonathan", "Stephen", "Larry", "Justin",
     "Scott",  "Brandon", "Benjamin", "Samuel", "Gregory", "Alexander", "Frank", "Patrick", "Raymond", "Jack",  "Dennis",     "Jerry",  "Tyler",   "Aaron",   "Jose",  "Adam",   "Nathan", "Henry",  "Douglas", "Zachary"});
constexpr auto kOnsets = std::to_array<const char*>({"B", "Br", "C", "Ch", "D", "Dr", "F", "G", "Gr", "H", "J", "K", "Kl", "L", "M", "N", "P", "R", "S", "Sch", "St", "T", "Tr", "V", "W", "Z", "A", "E", "O", "Mc", "Sl", "Kr"});
constexpr auto kMiddles = std::to_array<const char*>({"a", "e", "i", "o", "u", "ar", "er", "il", "on", "un", "ay", "ow", "ell", "ick", "ant", "end", "inn", "orr", "ull", "ash", "ei", "oo"});
constexpr auto kJoints = std::to_array<const char*>({"b", "d", "g", "k", "l", "m", "n", "r", "s", "t", "v", "w", "ck", "ss", "tt", "nd", "ng", "rb", "lm", "st", "th", "sk"});
constexpr auto kEnds = std::to_array<const char*>({"son", "man", "er", "ski", "ez", "ley", "ton", "ford", "berg", "stein", "wood", "field", "ino", "aux", "ano", "ich", "ov", "ek", "as", "well", "sen", "ham", "ak", "etti"});
constexpr auto kRareGiven = std::to_array<const char*>({"Aisha", "Bjorn", "Carmen", "Dmitri", "Esperanza", "Fatima", "Giovanni", "Hiroshi", "Ingrid", "Jamal", "Keisha", "Leticia", "Mohammed", "Nadia", "Octavio", "Priya",
                                                        "Quentin", "Rosalind", "Siobhan", "Tamika", "Ulysses", "Valentina", "Wendell", "Xavier", "Yolanda", "Zora", "Alonzo", "Beatriz", "Cedric", "Delphine"});
constexpr auto kStreets = std::to_array<const char*>({"Oak St", "Maple Ave", "Cedar Ln", "Park Rd", "Main St", "Hill Dr", "Lake View Blvd", "Mill Rd", "Church St", "Elm St", "Sunset Ct", "River Rd", "2nd St", "Walnut Ave", "Ridge Way"});
constexpr auto kTowns = std::to_array<const char*>({"Salem", "Fairview", "Riverton", "Milford", "Ashland", "Clayton", "Dover", "Kingston", "Newport", "Oxford", "Georgetown", "Burlington"});

template <std::size_t N>
const char* any(const std::array<const char*, N>& list, Random& random) { return list[static_cast<std::size_t>(random.below(static_cast<int>(N)))]; }

// The first of a list are the most frequent, as with names.
template <std::size_t N>
const char* common(const std::array<const char*, N>& list, Random& random) {
  const double u = random.uniform();
  return list[static_cast<std::size_t>(u * u * static_cast<double>(N))];
}

bool chance(Random& random, double p) { return random.uniform() < p; }

std::string family_name(Random& random) {
  if (chance(random, 0.35)) return common(kFamilies, random);
  std::string name = any(kOnsets, random);
  name += any(kMiddles, random);
  if (chance(random, 0.5)) {
    name += any(kJoints, random);
    name += any(kMiddles, random);
  }
  name += any(kEnds, random);
  if (chance(random, 0.03)) name += std::string("-") + common(kFamilies, random);
  return name;
}

std::string given_name(bool woman, Random& random) {
  if (chance(random, 0.12)) return any(kRareGiven, random);
  return woman ? common(kWomen, random) : common(kMen, random);
}

std::string digits(int n, Random& random) {
  std::string out;
  for (int i = 0; i < n; ++i) out += static_cast<char>('0' + random.below(10));
  return out;
}

Date birth_date(Random& random) { return {1925 + random.below(95), 1 + random.below(12), 1 + random.below(28)}; }

std::string mrn_of(std::uint64_t number) { return std::to_string(1'000'000 + number * 7'368'787 % 9'000'000); }

constexpr std::pair<std::string_view, std::string_view> kLearningTable{"0O1lI5S8B6G2Zonuce3794ahmrvy", "O0lI1S5B8G6Z2cunec8147onnnuv"};
constexpr std::pair<std::string_view, std::string_view> kMeasuringTable{"0Q1i|5s8B6b2zDPRFEHNMKXT3479gqUV", "QO7l1S538b6z2OFPEFNHNXKY891gq9VU"};

}  // namespace

Patient drawn_patient(std::uint64_t seed, int i) {
  Random random(seed * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(i) + 1);
  Patient patient;
  patient.mrn = mrn_of(static_cast<std::uint64_t>(i) + seed % 1000 * 9001);
  const bool woman = chance(random, 0.52);
  patient.sex = woman ? "F" : "M";
  patient.family = family_name(random);
  patient.given = given_name(woman, random);
  if (chance(random, 0.7)) patient.middle = chance(random, 0.5) ? std::string(1, static_cast<char>('A' + random.below(26))) : given_name(woman, random);
  if (!woman && chance(random, 0.02)) patient.suffix = chance(random, 0.7) ? "JR" : "III";
  patient.dob = birth_date(random);
  if (woman && patient.dob.year < 1998 && chance(random, 0.25)) patient.maiden = family_name(random);
  if (chance(random, 0.9)) patient.ssn = "9" + digits(2, random) + "-" + digits(2, random) + "-" + digits(4, random);
  if (chance(random, 0.9)) patient.phone = "555-" + digits(3, random) + "-" + digits(4, random);
  patient.address = std::to_string(1 + random.below(9900)) + " " + any(kStreets, random);
  patient.city = any(kTowns, random);
  patient.state = "OR";
  patient.zip = "97" + digits(3, random);
  return patient;
}

std::string with_one_digit_wrong(std::string number, Random& random) {
  const auto at = static_cast<std::size_t>(random.below(static_cast<int>(number.size())));
  if (chance(random, 0.4) && at + 1 < number.size() && number[at] != number[at + 1]) std::swap(number[at], number[at + 1]);
  else if (std::isdigit(static_cast<unsigned char>(number[at]))) number[at] = static_cast<char>('0' + (number[at] - '0' + 1 + random.below(9)) % 10);
  return number;
}

Patient hard_case(HardCase kind, const Patient& patient, Random& random) {
  Patient other = patient;
  other.mrn = with_one_digit_wrong(patient.mrn, random);
  other.ssn = "9" + digits(2, random) + "-" + digits(2, random) + "-" + digits(4, random);
  switch (kind) {
    case HardCase::Twin:
      other.sex = chance(random, 0.5) ? "F" : "M";
      do other.given = given_name(other.sex == "F", random);
      while (other.given == patient.given);
      other.middle.clear();
      break;
    case HardCase::TwinOneLetter:
      other.given.back() = other.given.back() == 'a' ? 'e' : 'a';
      break;
    case HardCase::JuniorAndSenior:
      other.suffix = patient.suffix == "JR" ? "SR" : "JR";
      other.dob.year += patient.dob.year < 1990 ? 25 : -25;
      break;
    case HardCase::Namesake:
      other = drawn_patient(random.next(), random.below(1'000'000));  // lives elsewhere
      other.family = patient.family;
      other.given = patient.given;
      other.middle = patient.middle;
      other.sex = patient.sex;
      other.mrn = "8" + digits(6, random);
      break;
    case HardCase::SameNameAndBirthDate: other.mrn = "8" + digits(6, random); break;
    case HardCase::NeighbouringMrn: {
      const std::string mrn = other.mrn;
      other = drawn_patient(random.next(), random.below(1'000'000));
      other.mrn = mrn;
      break;
    }
    case HardCase::BirthDateOneOff:
      other.dob.day = other.dob.day > 10 ? other.dob.day - 10 : other.dob.day + 10;
      other.mrn = "8" + digits(6, random);
      break;
    case HardCase::Mother:  // a newborn under the family name, at the same address
      other.given = "Baby Girl";
      other.middle.clear();
      other.dob = {patient.dob.year + 27, 1 + random.below(12), 1 + random.below(28)};
      other.ssn.clear();
      break;
  }
  return other;
}

std::vector<Patient> with_hard_cases(std::vector<Patient> patients, double share, std::uint64_t seed) {
  Random random(seed);
  std::set<std::string> numbers;
  for (const Patient& patient : patients) numbers.insert(patient.mrn);
  const std::size_t n = patients.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (!chance(random, share)) continue;
    const auto kind = static_cast<HardCase>(random.below(kHardCases));
    if (kind == HardCase::JuniorAndSenior && patients[i].suffix.empty()) patients[i].suffix = "SR";
    Patient other = hard_case(kind, patients[i], random);
    if (numbers.insert(other.mrn).second) patients.push_back(std::move(other));
  }
  return patients;
}

Patient registered_again(const Patient& patient, const std::string& mrn, Random& random) {
  Patient again = patient;
  again.mrn = mrn;
  const auto slip = [&](std::string& text) {
    if (!text.empty()) text = with_one_digit_wrong(misread(text, 1.0 / static_cast<double>(text.size()), Misreading::Learning, random), random);
  };
  if (chance(random, 0.25)) slip(again.given);
  if (chance(random, 0.1)) again.given = short_form(again.given);
  if (chance(random, 0.2)) slip(again.family);
  if (chance(random, 0.05) && again.sex == "F") again.maiden = std::exchange(again.family, family_name(random));
  if (chance(random, 0.03)) std::swap(again.family, again.given);
  if (chance(random, 0.5)) again.middle = again.middle.substr(0, chance(random, 0.5) ? 1 : 0);
  if (chance(random, 0.06)) again.dob.day = 1 + (again.dob.day + 9) % 28;
  if (chance(random, 0.04) && again.dob.day <= 12) std::swap(again.dob.day, again.dob.month);
  if (chance(random, 0.15)) slip(again.ssn);
  if (chance(random, 0.2)) again.ssn.clear();
  if (chance(random, 0.3)) again.phone = "555-" + digits(3, random) + "-" + digits(4, random);
  if (chance(random, 0.3)) again.address = std::to_string(1 + random.below(9900)) + " " + any(kStreets, random);
  else if (chance(random, 0.2)) slip(again.address);
  return again;
}

std::string misread(std::string text, double rate, Misreading table, Random& random) {
  const auto& [from, to] = table == Misreading::Learning ? kLearningTable : kMeasuringTable;
  const double known = table == Misreading::Learning ? 0.7 : 0.55;  // the rest are taken for anything
  for (char& c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c)) || !chance(random, rate)) continue;
    const auto at = from.find(c);
    if (at != std::string_view::npos && chance(random, known)) c = to[at];
    else if (std::isdigit(static_cast<unsigned char>(c))) c = static_cast<char>('0' + random.below(10));
    else c = static_cast<char>((std::isupper(static_cast<unsigned char>(c)) ? 'A' : 'a') + random.below(26));
  }
  return text;
}

std::string short_form(const std::string& given) {
  static constexpr std::array<std::pair<const char*, const char*>, 16> kShort{{{"William", "Bill"}, {"Robert", "Bob"}, {"Richard", "Rick"}, {"James", "Jim"}, {"Elizabeth", "Liz"},
      {"Margaret", "Peggy"}, {"Patricia", "Pat"}, {"Jennifer", "Jen"}, {"Michael", "Mike"}, {"Thomas", "Tom"}, {"Deborah", "Debbie"}, {"Katherine", "Kate"}, {"Christopher", "Chris"},
      {"Joseph", "Joe"}, {"Rebecca", "Becky"}, {"Charles", "Chuck"}}};
  for (const auto& [full, everyday] : kShort)
    if (given == full) return everyday;
  return given;
}

}  // namespace chartscan::testing
