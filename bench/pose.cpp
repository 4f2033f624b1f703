// Tilt and turn held against pages whose truth is known (tests/support/pose_pages.h): error, how often it was unsure, processor
// time. bench/pose.py builds and runs it.   bench_pose [--only skew|orientation] [--pages N] [--json FILE] [--verbose] [SCAN...]
// SCANs are straight, upright image files: each is turned by known angles.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "imaging/clean.h"
#include "imaging/decode.h"
#include "pipeline/page_work.h"
#include "pipeline/stages/stages.h"
#include "tests/support/degrade.h"
#include "tests/support/pose_pages.h"
#include "tests/support/random.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;
using imaging::Image;
using nlohmann::json;

constexpr int kMeasuringDpi = 200;
constexpr double kRange = 15;   // degrees
constexpr double kTilted = 10;  // beyond what feeders do

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

struct SkewTally {
  std::vector<double> errors, milliseconds;  // of the pages it was sure of; of all
  int pages = 0, unsure = 0;
};

class SkewBench {
 public:
  explicit SkewBench(bool verbose) : verbose_(verbose) {}

  void add(const std::string& set, const std::string& kind, const Image& delivered, double truth) {
    const Image gray = imaging::gray_at_most(delivered, kMeasuringDpi);
    const double noise = imaging::measure(gray).noise;
    const double start = cpu_milliseconds();
    const imaging::Skew found = imaging::find_skew(imaging::find_lettering(gray, noise));
    const double spent = cpu_milliseconds() - start;
    const double error = std::abs(found.angle.value - truth);
    const bool sure = found.confidence >= imaging::kMinSkewConfidence;
    for (SkewTally* tally :
         {&tallies_[set]["all"], &tallies_[set][kind], &tallies_[set][std::abs(truth) > kTilted ? "beyond 10" : "within 10"]}) {
      ++tally->pages;
      tally->milliseconds.push_back(spent);
      if (sure)
        tally->errors.push_back(error);
      else
        ++tally->unsure;
    }
    if (verbose_ && (error > 0.1 || !sure))
      std::printf("  %s, %s: truth %.3f found %.3f confidence %.1f\n", set.c_str(), kind.c_str(), truth, found.angle.value,
                  found.confidence);
  }

  json print() const {
    json figures;
    std::printf("\n%-38s %6s %7s %7s %7s %7s %9s %7s %7s\n", "deskew, degrees", "pages", "mean", "top80", "p95", "max", "in 0.1",
                "unsure", "ms");
    for (const auto& [set, kinds] : tallies_)
      for (const auto& [kind, tally] : kinds) {
        const auto within = std::ranges::count_if(tally.errors, [](double error) { return error <= 0.1; });
        std::vector<double> best = tally.errors;
        std::ranges::sort(best);
        best.resize(best.size() * 4 / 5);
        const json row{{"pages", tally.pages},
                       {"mean", mean_of(tally.errors)},
                       {"top80", mean_of(best)},
                       {"p95", quantile(tally.errors, 0.95)},
                       {"max", quantile(tally.errors, 1)},
                       {"within", static_cast<double>(within) / std::max<double>(1, static_cast<double>(tally.errors.size()))},
                       {"unsure", static_cast<double>(tally.unsure) / tally.pages},
                       {"ms", mean_of(tally.milliseconds)}};
        std::printf("%-38s %6d %7.3f %7.3f %7.3f %7.3f %8.1f%% %6.1f%% %7.1f\n", (set + ": " + kind).c_str(), tally.pages,
                    row["mean"].get<double>(), row["top80"].get<double>(), row["p95"].get<double>(), row["max"].get<double>(),
                    100 * row["within"].get<double>(), 100 * row["unsure"].get<double>(), row["ms"].get<double>());
        figures[set][kind] = row;
      }
    return figures;
  }

 private:
  bool verbose_;
  std::map<std::string, std::map<std::string, SkewTally>> tallies_;
};

// Half of the pages within a feeder's tilt, half anywhere.
double some_tilt(Random& random) { return random.below(2) ? random.between(-kRange, kRange) : random.between(-4, 4); }

std::vector<Image> scans_of(const std::vector<std::string>& files) {
  std::vector<Image> images;
  for (const std::string& file : files) {
    const auto bytes = imaging::file_reader(file);
    std::vector<std::uint8_t> head(16);
    if (!bytes || !bytes->read(0, head)) continue;
    auto decoded = imaging::decode_page(*bytes, imaging::sniff(head), 0, {});
    if (decoded) images.push_back(imaging::to_gray(decoded->image));
  }
  return images;
}

const char* name_of(PoseSet set) { return set == PoseSet::Tune ? "drawn, tune" : "drawn, held"; }

void bench_skew(int pages, const std::vector<Image>& scans, SkewBench& bench) {
  for (const PoseSet set : {PoseSet::Tune, PoseSet::Held})
    for (int number = 0; number < pages; ++number) {
      PosePage page = pose_page(number, set);
      Random random(page.scan.seed + 5);
      page.scan.skew = {some_tilt(random)};
      bench.add(name_of(set), page.kind, scanned(page.paper, page.scan), page.scan.skew.value);
    }
  // A scan has a tilt of its own: the median of what is found once the known part is taken off.
  for (std::size_t i = 0; i < scans.size(); ++i) {
    Random random(i + 99);
    struct Turned {
      Image image;
      double by;
    };
    std::vector<Turned> turned;
    std::vector<double> own;
    for (int k = 0; k < 12; ++k) {
      const double by = k == 0 ? 0 : random.between(-kRange + 1, kRange - 1);
      turned.push_back({degraded(scans[i], {.name = "skew", .skew = {by}}, 1), by});
      own.push_back(
          imaging::find_skew(imaging::find_lettering(imaging::gray_at_most(turned.back().image, kMeasuringDpi))).angle.value -
          by);
    }
    for (const Turned& one : turned) bench.add("real", "page " + std::to_string(i + 1), one.image, one.by + quantile(own, 0.5));
  }
}

struct TurnTally {
  int pages = 0, right = 0, unsure = 0, wrong = 0, asked = 0;
  std::vector<double> cheap, all;  // milliseconds: finding it on the image; everything beyond reading the page once
};

// Times what the engines are asked for: the first reading is done anyway, whichever way the page lies.
class CountingEngine final : public ocr::Engine {
 public:
  CountingEngine(std::unique_ptr<ocr::Engine> engine, double& beyond_first)
      : engine_(std::move(engine)), beyond_first_(beyond_first) {}
  std::string name() const override { return engine_->name(); }
  Result<ocr::Reading> read(const Image& gray, int dpi) override {
    const double start = cpu_milliseconds();
    auto reading = engine_->read(gray, dpi);
    if (!first_) beyond_first_ += cpu_milliseconds() - start;
    first_ = false;
    return reading;
  }
  void next_page() { first_ = true; }

 private:
  std::unique_ptr<ocr::Engine> engine_;
  double& beyond_first_;
  bool first_ = true;
};

class CountingOrientation final : public ocr::OrientationEngine {
 public:
  CountingOrientation(std::unique_ptr<ocr::OrientationEngine> engine, double& spent, int& asked)
      : engine_(std::move(engine)), spent_(spent), asked_(asked) {}
  Result<Answer> orientation(const Image& gray, int dpi) override {
    const double start = cpu_milliseconds();
    auto answer = engine_->orientation(gray, dpi);
    spent_ += cpu_milliseconds() - start;
    ++asked_;
    return answer;
  }

 private:
  std::unique_ptr<ocr::OrientationEngine> engine_;
  double& spent_;
  int& asked_;
};

class TurnBench {
 public:
  explicit TurnBench(bool verbose) : verbose_(verbose) {
    auto made = pipeline::make_workbench({});
    if (!made) {
      std::fprintf(stderr, "%s\n", made.error().message.c_str());
      std::exit(1);
    }
    bench_ = std::move(made).value();
    auto counting = std::make_unique<CountingEngine>(std::move(bench_.engine), beyond_);
    counting_ = counting.get();
    bench_.engine = std::move(counting);
    bench_.orientation = std::make_unique<CountingOrientation>(std::move(bench_.orientation), beyond_, asked_);
  }

  void add(const std::string& set, const std::string& kind, const Image& delivered, int truth) {
    pipeline::PageDraft draft;
    draft.delivered = delivered;
    beyond_ = 0, asked_ = 0;
    counting_->next_page();
    const double cheap = cost_of_finding(delivered);
    const bool done = pipeline::stages::clean(draft, bench_, {}).ok() && pipeline::stages::read(draft, bench_, {}).ok();
    const bool sure = done && !has_finding(draft.page.findings, finding::kOrientationUnsure);
    const bool right = draft.page.geometry.rotation == truth;
    for (TurnTally* tally : {&tallies_[set]["all"], &tallies_[set][kind]}) {
      ++tally->pages;
      ++(!sure ? tally->unsure : right ? tally->right : tally->wrong);
      tally->asked += asked_;
      tally->cheap.push_back(cheap);
      tally->all.push_back(cheap + beyond_);
    }
    if (verbose_ && (!sure || !right || beyond_ > 0))
      std::printf("  %s, %s: to be turned by %d, found %d%s; %.0f ms beyond\n", set.c_str(), kind.c_str(), truth,
                  draft.page.geometry.rotation, sure ? "" : " (unsure)", beyond_);
    std::fflush(stdout);
  }

  json print() const {
    json figures;
    std::printf("\n%-38s %6s %6s %7s %6s %6s %11s %9s\n", "orientation", "pages", "right", "unsure", "wrong", "asked", "image ms",
                "all ms");
    for (const auto& [set, kinds] : tallies_)
      for (const auto& [kind, tally] : kinds) {
        std::printf("%-38s %6d %6d %7d %6d %6d %11.1f %9.1f\n", (set + ": " + kind).c_str(), tally.pages, tally.right,
                    tally.unsure, tally.wrong, tally.asked, mean_of(tally.cheap), mean_of(tally.all));
        figures[set][kind] = {{"pages", tally.pages},        {"right", tally.right}, {"unsure", tally.unsure},
                              {"wrong", tally.wrong},        {"asked", tally.asked}, {"ms_image", mean_of(tally.cheap)},
                              {"ms_all", mean_of(tally.all)}};
      }
    return figures;
  }

 private:
  static double cost_of_finding(const Image& delivered) {
    const Image gray = imaging::gray_at_most(delivered, kMeasuringDpi);
    const imaging::Lettering print = imaging::find_lettering(gray, imaging::measure(gray).noise);
    const imaging::Skew skew = imaging::find_skew(print);
    const double start = cpu_milliseconds();
    (void)imaging::find_orientation(print, skew.angle);
    return cpu_milliseconds() - start;
  }

  bool verbose_;
  pipeline::Workbench bench_;
  CountingEngine* counting_ = nullptr;
  double beyond_ = 0;
  int asked_ = 0;
  std::map<std::string, std::map<std::string, TurnTally>> tallies_;
};

void bench_turns(int pages, const std::vector<Image>& scans, TurnBench& bench) {
  constexpr int kTurns[] = {0, 90, 180, 270};
  for (const PoseSet set : {PoseSet::Tune, PoseSet::Held})
    for (int number = 0; number < pages; ++number) {
      PosePage page = pose_page(number, set);
      Random random(page.scan.seed + 6);
      page.scan.skew = {number % 2 ? random.between(-10, 10) : random.between(-1, 1)};
      const Image upright = scanned(page.paper, page.scan);
      for (const int turn : kTurns) bench.add(name_of(set), page.kind, turned_clockwise(upright, (360 - turn) % 360), turn);
    }
  for (std::size_t i = 0; i < scans.size(); ++i)
    for (const int turn : kTurns)
      bench.add("real", "page " + std::to_string(i + 1), turned_clockwise(scans[i], (360 - turn) % 360), turn);
}

}  // namespace

int main(int argc, char** argv) {
  std::string json_file, only;
  bool verbose = false;
  int pages = 100;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc)
      json_file = argv[++i];
    else if (word == "--only" && i + 1 < argc)
      only = argv[++i];
    else if (word == "--pages" && i + 1 < argc)
      pages = std::max(1, std::atoi(argv[++i]));
    else if (word == "--verbose")
      verbose = true;
    else
      files.push_back(word);
  }
  const std::vector<Image> scans = scans_of(files);
  json figures;
  if (only.empty() || only == "skew") {
    SkewBench bench(verbose);
    bench_skew(2 * pages, scans, bench);
    figures["deskew"] = bench.print();
  }
  if (only.empty() || only == "orientation") {
    TurnBench bench(verbose);
    bench_turns(pages, scans, bench);
    figures["orientation"] = bench.print();
  }
  if (!json_file.empty()) std::ofstream(json_file) << figures.dump(2) << "\n";
  return 0;
}
