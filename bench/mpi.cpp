// The C++ side of scripts/bench mpi: a drawn register of any size, written as CSV or looked into.
//   bench_mpi draw PATIENTS FILE          writes the CSV
//   bench_mpi import FILE ARCHIVE
//   bench_mpi look ARCHIVE PATIENTS N     times look-ups and links of N simulated documents in an archive that holds the CSV
#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/link_documents.h"
#include "charts/link.h"
#include "charts/patient_search.h"
#include "storage/archive.h"

using namespace chartscan;

namespace {

constexpr std::uint64_t kSeed = 515;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

double wall_ms() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

class Times {
 public:
  template <typename Work>
  void measure(Work work) {
    const double cpu = cpu_ms(), wall = wall_ms();
    work();
    cpu_.push_back(cpu_ms() - cpu);
    wall_.push_back(wall_ms() - wall);
  }
  nlohmann::json json() const {
    return {{"cpu_ms_mean", mean(cpu_)}, {"cpu_ms_p50", at(cpu_, 0.5)}, {"cpu_ms_p99", at(cpu_, 0.99)}, {"wall_ms_p50", at(wall_, 0.5)}, {"wall_ms_p99", at(wall_, 0.99)}};
  }

 private:
  static double at(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  }
  static double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
  }
  std::vector<double> cpu_, wall_;
};

int draw(int patients, const char* file) {
  std::ofstream out(file);
  out << "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip,maiden\n";
  for (int i = 0; i < patients; ++i) {
    const Patient p = testing::drawn_patient(kSeed, i);
    out << p.mrn << ',' << p.family << (p.suffix.empty() ? "" : " ") << p.suffix << ',' << p.given << ',' << p.middle << ',' << to_string(p.dob) << ',' << p.sex << ','
        << p.ssn << ',' << p.phone << ',' << p.address << ',' << p.city << ',' << p.state << ',' << p.zip << ',' << p.maiden << '\n';
  }
  return out.good() ? 0 : 1;
}

int import(const char* file, const char* folder) {
  auto archive = storage::Archive::open(folder, storage::Access::Write);
  if (!archive) return std::cerr << to_string(archive.error()) << "\n", 1;
  const double cpu = cpu_ms(), wall = wall_ms();
  const auto report = charts::import_patients_csv(file, **archive);
  if (!report) return std::cerr << to_string(report.error()) << "\n", 1;
  std::cout << nlohmann::json{{"added", report->added}, {"refused", report->refused.size()}, {"cpu_s", (cpu_ms() - cpu) / 1e3}, {"wall_s", (wall_ms() - wall) / 1e3}}.dump(1) << "\n";
  return 0;
}

int look(const char* folder, int patients, int documents) {
  auto archive = storage::Archive::open(folder, storage::Access::Read);
  if (!archive) return std::cerr << to_string(archive.error()) << "\n", 1;
  auto records = (*archive)->read();
  if (!records) return std::cerr << to_string(records.error()) << "\n", 1;
  const charts::PatientIndex index(*records);
  testing::Random random(kSeed + 1);
  Times by_mrn, near, by_date, family, begun, misspelt, candidates, link;
  int wrong = 0, automatic = 0;
  std::size_t compared = 0;
  bench::DocumentWriter writer(0.01, testing::Misreading::Measuring, kSeed + 2);
  for (int i = 0; i < documents; ++i) {
    const Patient truth = testing::drawn_patient(kSeed, random.below(patients)), other = testing::drawn_patient(kSeed, random.below(patients));
    by_mrn.measure([&] { if (!index.by_mrn(truth.mrn).ok()) std::exit(1); });
    near.measure([&] { if (!index.near_mrn(truth.mrn).ok()) std::exit(1); });
    by_date.measure([&] { if (!index.by_birth_date(truth.dob).ok()) std::exit(1); });
    const auto find = [&](const std::string& asked) {
      if (!charts::find_patients(*records, asked, 20).ok()) std::exit(1);
    };
    family.measure([&] { find(truth.family); });
    begun.measure([&] { find(truth.family.substr(0, 3) + " " + truth.given.substr(0, 2)); });
    misspelt.measure([&] { find("X" + truth.family.substr(1)); });
    const std::vector<Page> pages{writer.page(1, truth, other, bench::PageHabits{}, nullptr)};
    candidates.measure([&] {
      const auto found = index.candidates(pages[0].fields);
      if (found) compared += found->patients.size();
    });
    link.measure([&] {
      const auto decision = charts::link_document(pages, index);
      automatic += decision && decision->link.status == LinkStatus::Auto;
      wrong += decision && decision->link.status == LinkStatus::Auto && decision->link.mrn != truth.mrn;
    });
  }
  std::cout << nlohmann::json{{"documents", documents}, {"by_mrn", by_mrn.json()}, {"near_mrn", near.json()}, {"by_birth_date", by_date.json()}, {"family_name", family.json()}, {"names_begun", begun.json()}, {"name_misspelt", misspelt.json()},
                              {"candidates", candidates.json()},
                              {"candidates_per_document", static_cast<double>(compared) / documents}, {"link", link.json()}, {"automatic", automatic}, {"wrong", wrong}}
                   .dump(1)
            << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "draw") == 0) return draw(std::atoi(argv[2]), argv[3]);
  if (argc == 4 && std::strcmp(argv[1], "import") == 0) return import(argv[2], argv[3]);
  if (argc == 5 && std::strcmp(argv[1], "look") == 0) return look(argv[2], std::atoi(argv[3]), std::atoi(argv[4]));
  return std::cerr << "bench_mpi draw PATIENTS FILE | bench_mpi import FILE ARCHIVE | bench_mpi look ARCHIVE PATIENTS DOCUMENTS\n", 2;
}
