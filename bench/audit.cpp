// What the audit trail costs and finds. One part a call, one line of JSON to stdout; bench/audit.py puts them together.
//   bench_audit disk FOLDER                       what one small synced write costs here, without us
//   bench_audit append FOLDER SECONDS THREADS     each thread appends, one record after the other
//   bench_audit fill FOLDER RECORDS CHARTS
//   bench_audit who-saw FOLDER QUESTIONS CHARTS   questions one after the other, the trail just opened
//   bench_audit verify FOLDER
//   bench_audit tamper FOLDER TIMES SEED          copies FOLDER, tampers, verifies
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>

#include "storage/disk.h"
#include "tests/support/audit_trails.h"

namespace {

namespace fs = std::filesystem;
using namespace chartscan;
using namespace chartscan::storage;
using nlohmann::json;
using Time = std::chrono::steady_clock;

double ms_since(Time::time_point begin) { return std::chrono::duration<double, std::milli>(Time::now() - begin).count(); }

double at_share(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

std::unique_ptr<AuditTrail> opened(const fs::path& folder) {
  fs::create_directories(folder);
  auto trail = AuditTrail::open(folder);
  if (!trail) {
    std::fprintf(stderr, "%s\n", to_string(trail.error()).c_str());
    std::exit(1);
  }
  return *std::move(trail);
}

json disk(const fs::path& folder) {
  fs::create_directories(folder);
  const auto file = Disk::real().open(folder / "plain", Disk::Mode::Write);
  if (!file) std::exit(1);
  const std::vector<std::uint8_t> bytes(150, 'x');
  std::vector<double> took;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto before = Time::now();
    if (!(*file)->write_at(i * bytes.size(), bytes) || !(*file)->sync()) std::exit(1);
    took.push_back(ms_since(before));
  }
  return {{"p50_ms", at_share(took, 0.5)}, {"p95_ms", at_share(took, 0.95)}};
}

json append(const fs::path& folder, double seconds, int threads) {
  const auto trail = opened(folder);
  std::vector<std::vector<double>> took(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  const auto begin = Time::now();
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      for (std::uint64_t i = 0; ms_since(begin) < 1000 * seconds; ++i) {
        const auto before = Time::now();
        if (!trail->append(testing::invented_look(i * static_cast<std::uint64_t>(threads) + static_cast<std::uint64_t>(t) + 1))) std::exit(1);
        took[static_cast<std::size_t>(t)].push_back(ms_since(before));
      }
    });
  for (std::thread& thread : all) thread.join();
  const double whole = ms_since(begin) / 1000;
  std::vector<double> every;
  for (const auto& one : took) every.insert(every.end(), one.begin(), one.end());
  return {{"threads", threads}, {"records_per_s", static_cast<double>(every.size()) / whole}, {"p50_ms", at_share(every, 0.5)}, {"p95_ms", at_share(every, 0.95)},
          {"p99_ms", at_share(every, 0.99)}, {"worst_ms", at_share(every, 1)}};
}

json fill(const fs::path& folder, std::uint64_t records, int charts) {
  const auto begin = Time::now();
  {
    const auto trail = opened(folder);
    testing::fill_trail(*trail, records, charts);
  }
  std::uint64_t bytes = 0, index = 0;
  for (const auto& entry : fs::directory_iterator(folder / "audit")) (entry.path().extension() == ".idx" ? index : bytes) += entry.file_size();
  return {{"records", records}, {"seconds", ms_since(begin) / 1000}, {"bytes_per_record", static_cast<double>(bytes) / static_cast<double>(records)},
          {"index_bytes_per_record", static_cast<double>(index) / static_cast<double>(records)}};
}

json who_saw(const fs::path& folder, int questions, int charts) {
  const auto trail = opened(folder);
  std::mt19937_64 random(5);
  std::vector<double> took;
  std::size_t looks = 0;
  for (int i = 0; i < questions; ++i) {
    AuditQuery query;
    query.mrns = {"MRN" + std::to_string(100'000 + static_cast<int>(random() % static_cast<std::uint64_t>(charts)))};
    const auto before = Time::now();
    const auto answer = trail->query(query);
    took.push_back(ms_since(before));
    if (!answer) std::exit(1);
    looks += answer->records.size();
  }
  return {{"first_ms", took.front()}, {"p50_ms", at_share(took, 0.5)}, {"p95_ms", at_share(took, 0.95)}, {"worst_ms", at_share({took.begin() + 1, took.end()}, 1)},
          {"looks_per_question", static_cast<double>(looks) / questions}};
}

json verify(const fs::path& folder) {
  const auto begin = Time::now();
  const auto verdict = verify_audit_trail(folder);
  if (!verdict) std::exit(1);
  return {{"records", verdict->records}, {"seconds", ms_since(begin) / 1000}, {"fault", verdict->fault ? verdict->fault->message : ""}};
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

json tamper(const fs::path& folder, int times, std::uint64_t seed) {
  const std::string old_head = content(folder / "audit" / "head");
  testing::fill_trail(*opened(folder), 10);  // so that the head just read is an older one
  std::mt19937_64 random(seed);
  const fs::path copy = folder.string() + "-tampered";
  int found = 0, named = 0, nameable = 0;
  std::map<std::string, int> kinds;
  json missed = json::array();
  for (int i = 0; i < times; ++i) {
    fs::remove_all(copy);
    fs::copy(folder, copy, fs::copy_options::recursive);
    const testing::Tampering done = testing::tamper(copy, random, old_head);
    const auto verdict = verify_audit_trail(copy);
    const bool seen = verdict && verdict->fault;
    found += seen;
    nameable += done.first != 0;
    named += seen && done.first != 0 && verdict->fault->number == done.first;
    if (seen) ++kinds[to_string(verdict->fault->kind)];
    if (!seen || (done.first != 0 && verdict->fault->number != done.first)) missed.push_back(done.what + (seen ? ": " + verdict->fault->message : ""));
  }
  fs::remove_all(copy);
  return {{"times", times}, {"found", found}, {"of_a_record", nameable}, {"named", named}, {"kinds", kinds}, {"missed", missed}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto number = [&](std::size_t i) { return std::stod(words.at(i)); };
  json out;
  if (words.size() == 2 && words[0] == "disk") out = disk(words[1]);
  else if (words.size() == 4 && words[0] == "append") out = append(words[1], number(2), static_cast<int>(number(3)));
  else if (words.size() == 4 && words[0] == "fill") out = fill(words[1], static_cast<std::uint64_t>(number(2)), static_cast<int>(number(3)));
  else if (words.size() == 4 && words[0] == "who-saw") out = who_saw(words[1], static_cast<int>(number(2)), static_cast<int>(number(3)));
  else if (words.size() == 2 && words[0] == "verify") out = verify(words[1]);
  else if (words.size() == 4 && words[0] == "tamper") out = tamper(words[1], static_cast<int>(number(2)), static_cast<std::uint64_t>(number(3)));
  else return std::fprintf(stderr, "bench_audit disk|append|fill|who-saw|verify|tamper ...: see bench/audit.cpp\n"), 2;
  std::printf("%s\n", out.dump().c_str());
  return 0;
}
