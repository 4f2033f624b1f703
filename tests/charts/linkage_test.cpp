#include "charts/linkage.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "charts/patient_index.h"
#include "charts/register_pairs.h"
#include "tests/support/register.h"

using namespace chartscan;
using namespace chartscan::charts;

TEST_CASE("values that OCR takes for each other are nearer than values that are merely alike", "[charts][linkage]") {
  CHECK(compare_mrns("4410982", "MRN-4410982") == level::kSame);
  CHECK(compare_mrns("44I0982", "4410982") == level::kMrnConfused);
  CHECK(compare_mrns("4410928", "4410982") == level::kMrnOneOff);
  CHECK(compare_mrns("4410", "99912345") == level::kMrnOther);
  CHECK(compare_families("WEXF0RD", "Wexford") == level::kFamilyConfused);
  CHECK(compare_families("GARCIA", "Garcia Lopez") == level::kFamilyPart);
  CHECK(compare_families("DOE", "Wexford", "Doe") == level::kFamilyPart);
  CHECK(compare_families("DOE", "Wexford") == level::kFamilyOther);
  CHECK(compare_givens("BILL", "William") == level::kGivenNickname);
  CHECK(compare_givens("W", "William") == level::kGivenInitial);
  CHECK(compare_dates({1961, 2, 3}, {1961, 2, 8}) == level::kDateConfused);
  CHECK(compare_dates({1961, 2, 3}, {1961, 3, 2}) == level::kDateExchanged);
  CHECK(compare_dates({1961, 2, 3}, {}) == kMissing);
  CHECK(compare_numbers("6789", "900-00-6789") == level::kSame);
  CHECK(address_parts("12 OAK ST APT 4, SALEM, OR, 97301").zip == "97301");
  Levels levels = missing_levels();
  compare_names({"ANN", "DOE", "", ""}, {"DOE", "ANN", "", ""}, "", levels);
  CHECK(levels[index_of(Part::Order)] == level::kExchanged);
  CHECK(levels[index_of(Part::Family)] == level::kSame);
}

TEST_CASE("the shipped weights are read, add up, and fall from level to level where it matters", "[charts][linkage]") {
  for (const Weights& weights : {page_weights(), register_weights()}) {
    for (const Part part : {Part::Family, Part::Given, Part::BirthDate, Part::Ssn}) {
      const auto& shares = weights.parts[index_of(part)];
      CHECK(std::accumulate(shares.m.begin(), shares.m.end(), 0.0) == Approx(1).margin(0.001));
      CHECK(weights.bits(part, level::kSame) > 5);
      CHECK(weights.bits(part, static_cast<int>(levels_of(part)) - 1) < -3);
      CHECK(weights.bits(part, kMissing) == 0);
    }
    CHECK(weights.name_bits(Part::Family, level::kSame, "SMITH") < weights.name_bits(Part::Family, level::kSame, "OOWETTI") - 1);
  }
  CHECK(page_weights().bits(Part::Mrn, level::kSame) > page_weights().bits(Part::Mrn, level::kMrnOneOff) + 10);
}

TEST_CASE("weights survive being written and read; damaged ones are named by line", "[charts][linkage]") {
  const std::string text = to_text(page_weights());
  const auto again = parse_weights(text);
  REQUIRE(again.ok());
  CHECK(to_text(*again) == text);
  const auto bad = parse_weights("# note\nprior,0.5\nfamily,same,1.5,0.1\n");
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().message.find("line 3") != std::string::npos);
}

TEST_CASE("expectation maximisation finds the shares that pairs were drawn with, unlabelled", "[charts][linkage]") {
  testing::Random random(5);
  Weights drawn = first_guess();
  const auto level_of = [&](const std::array<double, kMostLevels>& shares, std::size_t levels) {
    double u = random.uniform();
    for (std::size_t i = 0; i + 1 < levels; ++i)
      if ((u -= shares[i]) < 0) return static_cast<signed char>(i);
    return static_cast<signed char>(levels - 1);
  };
  for (const Part part : {Part::Family, Part::Given, Part::BirthDate}) {
    drawn.parts[index_of(part)].m = {0.9, 0.05, 0.03};
    drawn.parts[index_of(part)].u = {0.02, 0.01, 0.01};
  }
  Comparisons pairs, strangers;
  for (int i = 0; i < 40'000; ++i) {
    Levels levels = missing_levels();
    const bool one = random.uniform() < 0.1;
    for (const Part part : {Part::Family, Part::Given, Part::BirthDate}) {
      const LevelShares& shares = drawn.parts[index_of(part)];
      if (random.uniform() < 0.1) continue;  // missing
      levels[index_of(part)] = level_of(one ? shares.m : shares.u, 4);
    }
    pairs.add(levels);
    if (!one) strangers.add(levels);
  }
  Weights learnt = first_guess();
  learn_u(strangers.all(), learnt);
  learn_m(pairs.all(), {}, learnt);
  CHECK(learnt.prior == Approx(0.1).margin(0.01));
  for (const Part part : {Part::Family, Part::Given, Part::BirthDate}) CHECK(learnt.parts[index_of(part)].m[0] == Approx(0.9).margin(0.02));
}

TEST_CASE("a register's possible duplicates are found and grouped, and its namesakes left alone", "[charts][linkage]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  testing::Random random(9);
  constexpr int kPatients = 1200, kAgain = 80;
  for (int i = 0; i < kPatients; ++i) put_patient(change, testing::drawn_patient(31, i));
  for (int i = 0; i < kAgain; ++i)
    put_patient(change, testing::registered_again(testing::drawn_patient(31, i), "D" + testing::drawn_patient(31, i).mrn, random));
  for (int i = 100; i < 130; ++i)  // the same name, other people
    put_patient(change, testing::hard_case(testing::HardCase::Namesake, testing::drawn_patient(31, i), random));
  REQUIRE(archive->commit(change).ok());
  const storage::Records records = archive->read().value();
  const auto weights = learn_from_register(records);
  REQUIRE(weights.ok());
  const auto report = possible_duplicates(records, *weights);
  REQUIRE(report.ok());
  int right = 0, wrong = 0;
  for (const PatientPair& pair : report->pairs) (pair.other == "D" + pair.mrn ? right : wrong)++;
  INFO(right << " right, " << wrong << " wrong");
  CHECK(right >= kAgain * 95 / 100);
  CHECK(wrong <= 1);
  CHECK(report->groups.size() == report->pairs.size());
  for (const std::string& reason : report->pairs.front().reasons) CHECK(reason.find('(') != std::string::npos);
}
