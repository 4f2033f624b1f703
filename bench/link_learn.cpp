// Learns the weights that are shipped (charts/linkage/*.csv) from invented patients and invented misreadings; see there. The same
// program gives the same files. Learning uses seeds and a table of misreadings that no measurement uses.
//   bench_link_learn FOLDER
#include <fstream>
#include <iostream>

#include "charts/register_pairs.h"
#include "charts/patient_index.h"
#include "tests/support/register.h"

using namespace chartscan;
using testing::Misreading;
using testing::Random;

namespace {

constexpr std::uint64_t kSeed = 11;
constexpr int kPatients = 20'000;
constexpr int kReadings = 60'000;
constexpr int kStrangersPerReading = 4;
constexpr int kNumberPairs = 4'000'000;
constexpr int kAgain = 1'500;  // patients who were registered twice

// Character error rates of pages: most are clean. Share, rate.
constexpr std::pair<double, double> kNoise[] = {{0.45, 0}, {0.2, 0.005}, {0.15, 0.01}, {0.12, 0.03}, {0.08, 0.08}};

double noise_of_a_page(Random& random) {
  double u = random.uniform();
  for (const auto& [share, rate] : kNoise)
    if ((u -= share) < 0) return rate;
  return 0;
}

// What a page would say of the patient, misread.
Patient reading_of(const Patient& patient, Random& random) {
  const double noise = noise_of_a_page(random);
  const auto chance = [&](double p) { return random.uniform() < p; };
  const auto read = [&](const std::string& text) { return testing::misread(text, noise, Misreading::Learning, random); };
  Patient page;
  if (chance(0.85)) page.mrn = read(patient.mrn);
  if (chance(0.003) && !page.mrn.empty()) page.mrn = testing::with_one_digit_wrong(page.mrn, random);
  if (chance(0.97)) {
    page.family = read(chance(0.01) && !patient.maiden.empty() ? patient.maiden : patient.family);
    page.given = read(chance(0.02) ? testing::short_form(patient.given) : patient.given);
    if (chance(0.005)) std::swap(page.family, page.given);
    if (chance(0.02)) page.given.resize(1);
    if (chance(0.6)) page.middle = read(chance(0.5) ? patient.middle : patient.middle.substr(0, 1));
    if (chance(0.7)) page.suffix = patient.suffix;
  }
  if (chance(0.9)) {
    std::string day = to_string(patient.dob);
    page.dob = parse_iso_date(read(day)).value_or(Date{});
    if (chance(0.003) && page.dob && page.dob.day <= 12) std::swap(page.dob.day, page.dob.month);
  }
  if (chance(0.5)) page.sex = chance(0.998) ? patient.sex : "U";
  if (chance(0.002) && !page.sex.empty()) page.sex = page.sex == "F" ? "M" : "F";
  if (chance(0.15) && patient.ssn.size() > 4) page.ssn = read(patient.ssn.substr(patient.ssn.size() - 4));
  if (chance(0.3)) page.phone = read(chance(0.85) ? patient.phone : testing::drawn_patient(kSeed + 1, random.below(kPatients)).phone);
  if (chance(0.3)) {
    const Patient& lives = chance(0.85) ? patient : testing::drawn_patient(kSeed + 1, random.below(kPatients));
    page.address = read(lives.address);
    page.city = read(lives.city);
    page.zip = read(lives.zip);
  }
  return page;
}

charts::Weights learn_pages(const std::vector<Patient>& patients) {
  Random random(kSeed);
  charts::Comparisons mixed, strangers;
  const auto anybody = [&]() -> const Patient& { return patients[static_cast<std::size_t>(random.below(static_cast<int>(patients.size())))]; };
  for (int i = 0; i < kReadings; ++i) {
    const Patient& patient = anybody();
    const Patient page = reading_of(patient, random);
    mixed.add(charts::compare_reading(page, patient));
    for (int k = 0; k < kStrangersPerReading; ++k) {
      const Patient& other = anybody();
      if (other.mrn == patient.mrn) continue;
      const charts::Levels levels = charts::compare_reading(page, other);
      mixed.add(levels);
      strangers.add(levels);
    }
  }
  // Numbers of strangers that are nearly the same are rare, and matter: many more pairs of them.
  for (int i = 0; i < kNumberPairs; ++i) {
    charts::Levels levels = charts::missing_levels();
    const int a = 1'000'000 + random.below(9'000'000), b = 1'000'000 + random.below(9'000'000);
    levels[charts::index_of(charts::Part::Mrn)] = charts::compare_mrns(std::to_string(a), std::to_string(b));
    strangers.add(levels);
  }
  charts::Weights weights = charts::first_guess();
  charts::learn_u(strangers.all(), weights);
  charts::learn_m(mixed.all(), {}, weights);
  return weights;
}

Result<charts::Weights> learn_register(const std::vector<Patient>& patients) {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  Random random(kSeed + 2);
  for (const Patient& patient : patients) charts::put_patient(change, patient);
  for (int i = 0; i < kAgain; ++i)
    charts::put_patient(change, testing::registered_again(patients[static_cast<std::size_t>(i) * 7], "7" + std::to_string(1'000'000 + i), random));
  TRY_STATUS(archive->commit(change));
  TRY(const storage::Records records, archive->read());
  return charts::learn_from_register(records);
}

bool write(const std::string& file, const char* what, const charts::Weights& weights) {
  std::ofstream out(file);
  out << "# " << what << "\n# Made by scripts/bench link --learn (bench/link_learn.cpp) from invented patients; docs/linking.md says how. Do not edit.\n"
      << charts::to_text(weights);
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "bench_link_learn FOLDER: writes page.csv and register.csv there\n", 2;
  std::vector<Patient> patients;
  for (int i = 0; i < kPatients; ++i) patients.push_back(testing::drawn_patient(kSeed, i));
  const std::string folder = argv[1];
  auto of_register = learn_register(patients);
  if (!of_register) return std::cerr << to_string(of_register.error()) << "\n", 1;
  charts::Weights of_pages = learn_pages(patients);
  of_pages.family_share = of_register->family_share;
  of_pages.given_share = of_register->given_share;
  return write(folder + "/page.csv", "A page against the register.", of_pages) &&
                 write(folder + "/register.csv", "Two patients of a register.", *of_register)
             ? 0
             : 1;
}
