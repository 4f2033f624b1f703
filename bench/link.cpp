// The C++ side of scripts/bench link: simulated documents against a register with hard cases, and the learning of the shipped
// weights. Rendered documents and FEBRL go through the program itself (bench/link.py).
#include <cmath>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench/link_documents.h"
#include "charts/link.h"
#include "storage/archive.h"
#include "tests/charts/csv_rows.h"

using namespace chartscan;
using bench::DocumentWriter;
using bench::Misreading;
using bench::PageHabits;
using bench::Random;
using nlohmann::json;

namespace {

struct Options {
  int documents = 20000;
  int drawn = 2000;           // patients of the register that are invented
  double hard = 0.3;          // share of patients with a hard case beside them
  double unregistered = 0.02; // share of documents whose patient the register does not know
  double foreign = 0.02;      // share with a page of somebody else in them
  std::vector<double> noise{0, 0.01, 0.03, 0.08};
  std::uint64_t seed = 20261;
  std::string registered;     // CSV of Synthea patients
  std::string json_file;
  bool verbose = false;
  mutable int show = 0;       // so many documents that were held are printed
  bool show_foreign = false;  // documents are printed that were held for a page that is not foreign, or whose foreign page was not found
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string without_digits(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isdigit(c); });
  return text;
}

std::vector<Patient> synthea(const std::string& file, std::uint64_t seed) {
  std::vector<Patient> patients;
  int i = 5'000'000;
  for (const auto& row : charts::testing::csv_rows(file)) {
    Patient p = testing::drawn_patient(seed, i++);  // number and telephone, which the rows lack
    p.family = without_digits(row.at("LAST"));
    p.given = without_digits(row.at("FIRST"));
    p.maiden = without_digits(row.at("MAIDEN"));
    p.middle.clear();
    p.suffix.clear();
    p.dob = parse_iso_date(row.at("BIRTHDATE")).value_or(Date{});
    p.sex = row.at("GENDER");
    p.ssn = row.at("SSN");
    p.address = row.at("ADDRESS");
    p.city = row.at("CITY");
    p.zip = row.at("ZIP");
    patients.push_back(std::move(p));
  }
  return patients;
}

std::vector<Patient> the_register(const Options& options) {
  std::vector<Patient> patients;
  if (!options.registered.empty()) patients = synthea(options.registered, options.seed);
  for (int i = 0; i < options.drawn; ++i) patients.push_back(testing::drawn_patient(options.seed, i));
  return testing::with_hard_cases(std::move(patients), options.hard, options.seed);
}

// How well the confidence shown matches how often the first candidate is right, in ten bins.
class Calibration {
 public:
  void add(double confidence, bool right) {
    Bin& bin = bins_[std::min<std::size_t>(9, static_cast<std::size_t>(confidence * 10))];
    bin.confidence += confidence;
    bin.right += right;
    ++bin.n;
  }
  double error() const {
    double sum = 0, n = 0;
    for (const Bin& bin : bins_) sum += std::abs(bin.confidence - bin.right), n += bin.n;
    return n > 0 ? sum / n : 0;
  }
  void print() const {
    for (const Bin& bin : bins_)
      if (bin.n > 0) std::printf("    said %.3f  right %.3f  of %.0f\n", bin.confidence / bin.n, bin.right / bin.n, bin.n);
  }

 private:
  struct Bin {
    double confidence = 0, right = 0, n = 0;
  };
  std::array<Bin, 10> bins_;
};

struct Tally {
  int documents = 0, identified = 0, automatic = 0, wrong = 0, first3 = 0, known = 0;
  int unregistered = 0, unregistered_linked = 0;
  int same_in_print = 0;  // of unregistered namesakes born the same day, without a number on any page: in no other figure
  int foreign = 0, foreign_found = 0, foreign_linked = 0, false_foreign = 0, pages = 0;
  double seconds = 0;
  std::map<std::string, int> held;  // findings of identified documents that were not linked
  Calibration calibration;
};

class Simulation {
 public:
  Simulation(const Options& options, const std::vector<Patient>& patients, const charts::PatientIndex& index)
      : options_(options), patients_(patients), index_(index) {}

  Tally run(double noise, int documents) {
    Tally tally;
    DocumentWriter writer(noise, Misreading::Measuring, options_.seed + static_cast<std::uint64_t>(noise * 1000));
    for (int d = 0; d < documents; ++d) one(writer, noise, tally);
    return tally;
  }

 private:
  const Patient& somebody(Random& random) const { return patients_[static_cast<std::size_t>(random.below(static_cast<int>(patients_.size())))]; }

  void one(DocumentWriter& writer, double noise, Tally& tally) {
    Random& random = writer.random();
    const bool registered = random.uniform() >= options_.unregistered, foreign = random.uniform() < options_.foreign;
    bool same_in_print = false;
    const Patient truth = registered ? somebody(random) : stranger(random, same_in_print);
    const Patient& other = somebody(random);
    const int count = foreign ? 3 : 1 + random.below(3);
    const int foreign_page = foreign ? 1 + random.below(2) : 0;
    std::vector<Page> pages;
    bool identified = false;
    for (int i = 0; i < count; ++i) {
      const bool strange = foreign && i == foreign_page && other.mrn != truth.mrn;
      pages.push_back(writer.page(static_cast<std::uint64_t>(i + 1), strange ? other : truth, somebody(random), PageHabits{}, strange ? nullptr : &identified));
      same_in_print = same_in_print && !writer.printed_number();
    }
    const double began = cpu_seconds();
    const auto decision = charts::link_document(pages, index_);
    tally.seconds += cpu_seconds() - began;
    if (!decision) {
      std::cerr << to_string(decision.error()) << "\n";
      std::exit(1);
    }
    if (same_in_print) {  // whoever is shown nothing but these pages must take them for the registered person's
      ++tally.same_in_print;
      return;
    }
    count_in(*decision, truth, registered, foreign && other.mrn != truth.mrn, identified, pages, noise, tally);
  }

  // A patient the register does not know; every second one is a hard case of somebody it knows. `namesake`: but for MRN and SSN all
  // that is ever printed is that person's.
  Patient stranger(Random& random, bool& namesake) const {
    if (random.below(2)) return testing::drawn_patient(options_.seed, 7'000'000 + random.below(100'000));
    const auto kind = static_cast<testing::HardCase>(random.below(testing::kHardCases));
    namesake = kind == testing::HardCase::SameNameAndBirthDate;
    Patient patient = testing::hard_case(kind, somebody(random), random);
    patient.mrn = testing::drawn_patient(options_.seed, 7'000'000 + random.below(100'000)).mrn;
    return patient;
  }

  void count_in(const charts::LinkDecision& decision, const Patient& truth, bool registered, bool foreign, bool identified,
                const std::vector<Page>& pages, double noise, Tally& tally) {
    const Link& link = decision.link;
    const bool automatic = link.status == LinkStatus::Auto;
    ++tally.documents;
    if (foreign) {
      ++tally.foreign;
      tally.foreign_found += !automatic && has_finding(decision.findings, finding::kForeignPage);
      tally.foreign_linked += automatic;
      if (!has_finding(decision.findings, finding::kForeignPage) && options_.show_foreign) show(link, truth, pages, noise, "a foreign page was not found");
      if (automatic) show(link, truth, pages, noise, "a foreign page was filed along");
      return;
    }
    tally.pages += static_cast<int>(pages.size());
    tally.false_foreign += static_cast<int>(decision.foreign.size());
    if (!decision.foreign.empty() && options_.show_foreign) show(link, truth, pages, noise, ("held for a page not foreign: " + to_string(decision.foreign.front())).c_str());
    if (!registered) {
      ++tally.unregistered;
      tally.unregistered_linked += automatic;
      if (automatic) show(link, truth, pages, noise, "an unregistered patient's document was filed");
      return;
    }
    ++tally.known;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, link.candidates.size()); ++i) tally.first3 += link.candidates[i].mrn == truth.mrn;
    if (!link.candidates.empty()) tally.calibration.add(link.confidence, link.mrn == truth.mrn);
    const bool wrong = automatic && link.mrn != truth.mrn;
    tally.wrong += wrong;
    if (wrong) show(link, truth, pages, noise, "wrong");
    tally.identified += identified;
    tally.automatic += identified && automatic;
    if (identified && !automatic && options_.show-- > 0) {
      for (const Finding& finding : decision.findings) std::printf("  %s\n", finding.detail.c_str());
      show(link, truth, pages, noise, "held");
    }
    if (identified && !automatic)
      for (const Finding& finding : decision.findings) ++tally.held[finding.code + ": " + finding.detail.substr(0, 60)];
  }

  static void show(const Link& link, const Patient& truth, const std::vector<Page>& pages, double noise, const char* what) {
    std::printf("  %s at %.0f %%: linked %s, is %s %s %s %s\n", what, noise * 100, link.mrn.c_str(), truth.mrn.c_str(), truth.family.c_str(),
                truth.given.c_str(), to_string(truth.dob).c_str());
    for (const LinkReason& reason : link.reasons) std::printf("    %s %s %.1f %s\n", reason.field.c_str(), to_string(reason.agreement), reason.weight, reason.detail.c_str());
    for (const Page& page : pages)
      for (const Field& field : page.fields) std::printf("    %s: %s = %s (%.2f)\n", to_string(page.id).c_str(), to_string(field.kind), field.value.c_str(), field.confidence);
  }

  const Options& options_;
  const std::vector<Patient>& patients_;
  const charts::PatientIndex& index_;
};

double share(double part, double all) { return all > 0 ? part / all : 0; }

json report(double noise, const Tally& t) {
  std::printf("noise %.0f %%: %d documents; wrong %d, of unregistered patients filed %d of %d, with a foreign page filed %d of %d\n", noise * 100, t.documents, t.wrong,
              t.unregistered_linked, t.unregistered, t.foreign_linked, t.foreign);
  if (t.same_in_print > 0) std::printf("  left out: %d of unregistered namesakes whose pages differ in nothing from the registered person's\n", t.same_in_print);
  std::printf("  automatic %.2f %% of %d identified; right among the first three %.2f %% of %d\n", 100 * share(t.automatic, t.identified), t.identified,
              100 * share(t.first3, t.known), t.known);
  std::printf("  foreign pages found %.2f %%, false holds %.2f per 1,000 pages; calibration error %.4f; %.3f ms CPU a document\n",
              100 * share(t.foreign_found, t.foreign), 1000 * share(t.false_foreign, t.pages), t.calibration.error(), 1000 * share(t.seconds, t.documents));
  return {{"noise", noise}, {"documents", t.documents}, {"same_in_print", t.same_in_print}, {"wrong", t.wrong}, {"unregistered_filed", t.unregistered_linked}, {"foreign_filed", t.foreign_linked},
          {"automatic_rate", share(t.automatic, t.identified)}, {"first_three", share(t.first3, t.known)}, {"foreign_found", share(t.foreign_found, t.foreign)},
          {"false_foreign_per_1000_pages", 1000 * share(t.false_foreign, t.pages)}, {"calibration_error", t.calibration.error()},
          {"ms_per_document", 1000 * share(t.seconds, t.documents)}};
}

void why_held(const Tally& t) {
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [why, n] : t.held) order.emplace_back(n, why);
  std::sort(order.rbegin(), order.rend());
  for (const auto& [n, why] : order) std::printf("    %5d  %s\n", n, why.c_str());
}

int simulate(const Options& options) {
  const std::vector<Patient> patients = the_register(options);
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  for (const Patient& patient : patients) charts::put_patient(change, patient);
  if (!archive->commit(change)) return 1;
  const charts::PatientIndex index(archive->read().value());
  std::printf("register of %zu patients, hard cases beside %.0f %% of them\n", patients.size(), options.hard * 100);
  json all = json::array();
  int failures = 0;
  Simulation simulation(options, patients, index);
  for (const double noise : options.noise) {
    const Tally tally = simulation.run(noise, options.documents / static_cast<int>(options.noise.size()));
    all.push_back(report(noise, tally));
    if (options.verbose) why_held(tally), tally.calibration.print();
    failures += tally.wrong + tally.unregistered_linked + tally.foreign_linked;
  }
  if (!options.json_file.empty()) std::ofstream(options.json_file) << json{{"simulated", all}}.dump(1) << "\n";
  return failures ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return i + 1 < argc ? argv[++i] : ""; };
    if (word == "--documents") options.documents = std::atoi(value());
    else if (word == "--drawn") options.drawn = std::atoi(value());
    else if (word == "--hard") options.hard = std::atof(value());
    else if (word == "--seed") options.seed = std::strtoull(value(), nullptr, 10);
    else if (word == "--register") options.registered = value();
    else if (word == "--noise") options.noise = {std::atof(value()) / 100};
    else if (word == "--foreign") options.foreign = std::atof(value());
    else if (word == "--json") options.json_file = value();
    else if (word == "--show") options.show = std::atoi(value());
    else if (word == "--show-foreign") options.show_foreign = true;
    else if (word == "--verbose") options.verbose = true;
    else return std::cerr << "bench_link: unknown option " << word << "\n", 2;
  }
  return simulate(options);
}
