// Many simulated documents against an index with hard cases: twins, Jr/Sr, namesakes, MRNs one digit off, pages of others
// in a document. Each page goes through identify with OCR noise in its words. The one figure that must be 0 is the number
// of documents filed into a wrong chart.
#include <catch2/catch.hpp>
#include <cctype>
#include <iostream>
#include <map>
#include <random>

#include "charts/classify.h"
#include "charts/identify.h"
#include "charts/link.h"
#include "tests/charts/csv_rows.h"
#include "tests/charts/page_builder.h"

using namespace chartscan;
using namespace chartscan::charts;
using namespace chartscan::charts::testing;

namespace {

using Random = std::mt19937;

int pick(Random& random, int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
bool chance(Random& random, double p) { return std::uniform_real_distribution<>(0, 1)(random) < p; }

std::string without_digits(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isdigit(c); });
  return text;
}

std::vector<Patient> patients_from_data(Random& random) {
  std::vector<Patient> patients;
  for (const auto& row : csv_rows(shared_data("synthea_patients_dev.csv"))) {
    Patient p;
    p.mrn = std::to_string(1000000 + pick(random, 9000000));
    p.family = without_digits(row.at("LAST"));
    p.given = without_digits(row.at("FIRST"));
    p.dob = parse_iso_date(row.at("BIRTHDATE")).value_or(Date{});
    p.sex = row.at("GENDER");
    p.ssn = row.at("SSN");
    patients.push_back(std::move(p));
  }
  return patients;
}

std::vector<Patient> invented_patients(Random& random) {
  static const char* kFamilies[] = {"Abbott", "Brandt", "Castillo", "Dupree", "Eklund", "Fairchild", "Gomez", "Hughes", "Ibarra", "Jensen", "Kowalski",
                                    "Larkin", "Moreau", "Nguyen", "O'Brien", "Petrov", "Quigley", "Ramirez", "Smith-Jones", "Tanaka"};
  static const char* kGivens[] = {"Alice", "Bernard", "Clara", "David", "Edith", "Frank", "Grace", "Henry", "Irene", "James"};
  std::vector<Patient> patients;
  for (int i = 0; i < 120; ++i) {
    Patient p;
    p.mrn = std::to_string(1000000 + pick(random, 9000000));
    p.family = kFamilies[pick(random, 20)];
    const int given = pick(random, 10);
    p.given = kGivens[given];
    p.middle = std::string(1, static_cast<char>('A' + pick(random, 26)));
    p.sex = given % 2 ? "M" : "F";
    p.dob = {1925 + pick(random, 95), 1 + pick(random, 12), 1 + pick(random, 28)};
    p.ssn = "900-00-" + std::to_string(1000 + pick(random, 9000));
    patients.push_back(std::move(p));
  }
  return patients;
}

std::string one_digit_off(std::string mrn, Random& random) {
  const auto at = static_cast<std::size_t>(pick(random, static_cast<int>(mrn.size())));
  if (chance(random, 0.4) && at + 1 < mrn.size() && mrn[at] != mrn[at + 1]) std::swap(mrn[at], mrn[at + 1]);
  else mrn[at] = static_cast<char>('0' + (mrn[at] - '0' + 1 + pick(random, 9)) % 10);
  return mrn;
}

void add_hard_cases(std::vector<Patient>& patients, Random& random) {
  const std::size_t n = patients.size();
  for (std::size_t i = 0; i < n; i += 3) {
    Patient other = patients[i];
    other.ssn.clear();
    switch (pick(random, 7)) {
      case 0:  // a twin
        other.given = other.given.front() == 'M' ? "Maria" : "Miles";
        other.mrn = one_digit_off(other.mrn, random);
        break;
      case 1:  // father and son
        patients[i].suffix = "JR";
        other.suffix = "SR";
        other.dob.year -= 25;
        other.mrn = one_digit_off(other.mrn, random);
        break;
      case 2:  // the same name, another person
        other.dob = {1930 + pick(random, 80), 1 + pick(random, 12), 1 + pick(random, 28)};
        other.mrn = std::to_string(1000000 + pick(random, 9000000));
        break;
      case 3:  // the same name and birth date
        other.mrn = std::to_string(1000000 + pick(random, 9000000));
        break;
      case 4:  // somebody else one digit away
        other = patients[static_cast<std::size_t>(pick(random, static_cast<int>(n)))];
        other.mrn = one_digit_off(patients[i].mrn, random);
        other.dob.day = 1 + other.dob.day % 28;
        break;
      case 5:  // a twin whose name differs in one letter
        other.given.back() = other.given.back() == 'a' ? 'e' : 'a';
        other.mrn = one_digit_off(other.mrn, random);
        break;
      default:  // the same name, a birth date one digit off
        other.dob.day = other.dob.day > 9 ? other.dob.day - 10 : other.dob.day + 10;
        other.mrn = std::to_string(1000000 + pick(random, 9000000));
        if (!other.dob.day) other.dob.day = 1;
        break;
    }
    patients.push_back(std::move(other));
  }
  std::map<std::string, Patient> unique;
  for (Patient& p : patients) unique.try_emplace(p.mrn, std::move(p));
  patients.clear();
  for (auto& [mrn, p] : unique) patients.push_back(std::move(p));
}

std::string date_text(const Date& date, Random& random) {
  static const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[40];
  switch (pick(random, 3)) {
    case 0: std::snprintf(text, sizeof text, "%02d/%02d/%04d", date.month, date.day, date.year); break;
    case 1: std::snprintf(text, sizeof text, "%02d %s %04d", date.day, kMonths[date.month - 1], date.year); break;
    default: return to_string(date);
  }
  return text;
}

std::string name_text(const Patient& p, Random& random) {
  std::string suffix = p.suffix.empty() || chance(random, 0.3) ? "" : " " + p.suffix;
  const std::string middle = p.middle.empty() || chance(random, 0.3) ? "" : " " + p.middle;
  return chance(random, 0.6) ? p.family + ", " + p.given + middle + suffix : p.given + middle + " " + p.family + suffix;
}

void add_noise(PageText& text, double rate, Random& random) {
  static const std::string kFrom = "0O1lI5S8B6G2Zocnuce3794", kTo = "O0lI1S5B8G6Z2ceounec8147";
  for (Word& word : text.words) {
    for (char& c : word.text)
      if (chance(random, rate)) {
        const auto at = kFrom.find(c);
        if (at != std::string::npos && chance(random, 0.7)) c = kTo[at];
        else if (std::isdigit(static_cast<unsigned char>(c))) c = static_cast<char>('0' + pick(random, 10));
        else if (std::isalpha(static_cast<unsigned char>(c))) c = static_cast<char>((std::isupper(static_cast<unsigned char>(c)) ? 'A' : 'a') + pick(random, 26));
      }
    // Noise and confidence go together only loosely.
    word.confidence = std::clamp(0.93 - rate * 3 + 0.06 * std::uniform_real_distribution<>(-1, 1)(random), 0.3, 0.99);
  }
}

PageText draw_page(const Patient& p, const Patient& doctor, double noise, Random& random) {
  PageBuilder page;
  page.centred("RIVERSIDE GENERAL HOSPITAL").centred("PROGRESS NOTE");
  const bool with_mrn = chance(random, 0.85), with_dob = chance(random, 0.9), with_name = chance(random, 0.97);
  const std::string mrn = with_mrn ? "MRN: " + p.mrn : "", dob = with_dob && p.dob ? "DOB: " + date_text(p.dob, random) : "";
  const std::string name = with_name ? "Patient: " + name_text(p, random) : "";
  const std::string sex = chance(random, 0.5) ? "Sex: " + p.sex : "";
  if (chance(random, 0.5)) page.line(name + "\t\t" + mrn).line(dob + "\t\t" + sex);
  else page.line(name).line(mrn).line(dob + "  " + sex);
  page.line("Referring Physician: " + doctor.given + " " + doctor.family + ", MD").line("Date of Service: 04/05/2021");
  page.prose("The patient feels better today and walks without help. Continue the same treatment.");
  PageText text = page;
  add_noise(text, noise, random);
  return text;
}

double mean_confidence(const PageText& text) {
  double sum = 0;
  for (const Word& word : text.words) sum += word.confidence;
  return text.words.empty() ? 0 : sum / static_cast<double>(text.words.size());
}

struct Tally {
  int documents = 0, linked = 0, wrong = 0, held_foreign = 0, foreign = 0, top3 = 0;
};

Tally simulate(const std::vector<Patient>& patients, const PatientIndex& index, int documents, double noise, Random& random) {
  Tally tally;
  const auto somebody = [&]() -> const Patient& { return patients[static_cast<std::size_t>(pick(random, static_cast<int>(patients.size())))]; };
  for (int d = 0; d < documents; ++d) {
    const Patient& truth = somebody();
    const Patient& stranger = somebody();
    const bool foreign = chance(random, 0.05) && stranger.mrn != truth.mrn;
    const int count = foreign ? 3 : 1 + pick(random, 2);
    std::vector<Page> pages;
    for (int i = 0; i < count; ++i) {
      Page page;
      page.id = PageId{static_cast<std::uint64_t>(i + 1)};
      const PageText text = draw_page(foreign && i == 1 ? stranger : truth, somebody(), noise, random);
      page.fields = identify(text, {}, kLetter, kDpi);
      PageClass found = classify(text, {kLetter});
      page.types = std::move(found.types);
      page.first_page_cue = found.first_page_cue;
      page.quality = {.text_confidence = mean_confidence(text), .words = static_cast<int>(text.words.size())};
      pages.push_back(std::move(page));
    }
    const auto decision = link_document(pages, index);
    REQUIRE(decision.ok());
    const bool automatic = decision->link.status == LinkStatus::Auto;
    ++tally.documents;
    if (foreign) {
      ++tally.foreign;
      tally.held_foreign += !automatic;
      tally.wrong += automatic;
      continue;
    }
    tally.linked += automatic;
    const bool wrong = automatic && decision->link.mrn != truth.mrn;
    tally.wrong += wrong;
    for (std::size_t i = 0; i < decision->link.candidates.size() && i < 3; ++i) tally.top3 += decision->link.candidates[i].mrn == truth.mrn;
    if (wrong)
      for (const LinkReason& reason : decision->link.reasons) WARN("wrong link: " << reason.field << " " << reason.detail);
  }
  return tally;
}

void run(std::vector<Patient> patients, int documents, Random& random) {
  add_hard_cases(patients, random);
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  for (const Patient& p : patients) put_patient(change, p);
  REQUIRE(archive->commit(change).ok());
  const PatientIndex index(archive->read().value());
  for (const double noise : {0.0, 0.01, 0.03, 0.08}) {
    const Tally t = simulate(patients, index, documents, noise, random);
    const int own = t.documents - t.foreign;
    std::cout << "links, " << patients.size() << " patients, noise " << noise * 100 << " %: " << t.documents << " documents, " << t.wrong << " wrong, "
              << 100.0 * t.linked / own << " % automatic, right among the first three " << 100.0 * t.top3 / own << " %, foreign held " << t.held_foreign
              << " of " << t.foreign << "\n";
    CHECK(t.wrong == 0);
    CHECK(t.linked > own * (noise == 0 ? 0.75 : noise < 0.02 ? 0.6 : noise < 0.05 ? 0.35 : 0.15));
    CHECK(t.top3 > own * (noise < 0.05 ? 0.93 : 0.88));
    CHECK(t.held_foreign == t.foreign);
  }
}

}  // namespace

TEST_CASE("no simulated document of an invented hospital lands in a wrong chart", "[charts][link][simulation]") {
  Random random(20240517);
  run(invented_patients(random), 400, random);
}

TEST_CASE("no simulated document of a synthetic population lands in a wrong chart", "[charts][link][simulation][data][.slow]") {
  Random random(4711);
  auto patients = patients_from_data(random);
  if (patients.empty()) {
    WARN("skipped: ../shared/data/synthea_patients_dev.csv is not there");
    return;
  }
  run(std::move(patients), 1500, random);
}
