// Findings of the image held against drawn pages with and without the fault (tests/support/scan_faults.h).
//   bench_quality [--pages N] [--json FILE] [--verbose]
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "pipeline/stages/stages.h"
#include "tests/support/page_kinds.h"
#include "tests/support/pose_pages.h"
#include "tests/support/random.h"
#include "tests/support/scan_faults.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;
using imaging::Image;
using nlohmann::json;

constexpr int kPlainKinds = 10;  // the first kinds of pose_page() bear no harm of their own

// A fault in one degree: does something to the scan, and should or should not bring the finding.
struct Trial {
  const char* code;
  const char* degree;
  bool expected;
  std::function<void(PosePage&)> before;       // on its way through the scanner
  std::function<Image(Image, Random&)> after;  // on the image
  int kinds = kPlainKinds;                     // so many of the kinds of pages
};

Image same(Image image, Random&) { return image; }

std::vector<Trial> trials() {
  const auto nothing = [](PosePage&) {};
  const auto streak = [](int width, int levels) {
    return [=](Image image, Random& random) { return add_streak(image, random.between(0.08, 0.92), width, levels), image; };
  };
  const auto blur = [](double sigma) { return [=](Image image, Random&) { return blurred(image, sigma); }; };
  const auto crop = [](double left, double top) { return [=](Image image, Random&) { return cropped(image, left, top); }; };
  const auto ink = [](double share) { return [=](PosePage& page) { page.scan.ink = share; }; };
  const auto paper = [](int level) { return [=](PosePage& page) { page.scan.paper_level = level; }; };
  const auto noise = [](double sigma) { return [=](PosePage& page) { page.scan.noise = sigma; }; };
  return {
      {finding::kStreak, "none", false, nothing, same},
      {finding::kStreak, "2 px, 40 levels", true, nothing, streak(2, 40)},
      {finding::kStreak, "4 px, 25 levels", true, nothing, streak(4, 25)},
      {finding::kStreak, "3 px, 120 levels", true, nothing, streak(3, 120)},
      {finding::kBlurred, "in focus", false, nothing, same},
      {finding::kBlurred, "1 px at 300 dpi", false, nothing, blur(1)},
      {finding::kBlurred, "4 px", true, nothing, blur(4)},
      {finding::kBlurred, "6 px", true, nothing, blur(6)},
      {finding::kCutOff, "whole", false, nothing, same},
      {finding::kCutOff, "left 1.6 inches missing", true, nothing, crop(1.6, 0), 3},  // those with print there
      {finding::kCutOff, "left 0.3 inches missing", false, nothing, crop(0.3, 0)},
      {finding::kTooLight, "full ink", false, nothing, same},
      {finding::kTooLight, "ink 22 %", true, ink(0.22), same},
      {finding::kTooDark, "white paper", false, nothing, same},
      {finding::kTooDark, "paper at 95", true, paper(95), same},
      {finding::kNoisy, "noise 3", false, noise(3), same},
      {finding::kNoisy, "noise 40", true, noise(40), same},
      {finding::kSkewed, "straight", false, nothing, same},
      {finding::kSkewed, "9 degrees", true, [](PosePage& page) { page.scan.skew = {9}; }, same},
      {finding::kLowResolution, "300 dpi", false, nothing, same},
      {finding::kLowResolution, "100 dpi", true, [](PosePage& page) { page.scan.dpi = 100; }, same},
  };
}

struct Tally {
  int pages = 0, right = 0;
};

}  // namespace

int main(int argc, char** argv) {
  int pages = 20;
  bool verbose = false;
  std::string json_file;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc)
      json_file = argv[++i];
    else if (word == "--pages" && i + 1 < argc)
      pages = std::max(1, std::atoi(argv[++i]));
    else if (word == "--verbose")
      verbose = true;
  }
  pipeline::Workbench bench;  // clean needs no engine
  json figures;
  const auto judge = [&](const Image& delivered, const char* code) {
    pipeline::PageDraft draft;
    draft.delivered = delivered;
    return pipeline::stages::clean(draft, bench, {}).ok() && has_finding(draft.page.findings, code);
  };
  std::printf("%-16s %-26s %-9s %7s %7s\n", "finding", "degree", "expected", "pages", "right");
  for (const Trial& trial : trials()) {
    Tally tally;
    for (int n = 0; n < pages; ++n) {
      PosePage page = pose_page(n / trial.kinds * static_cast<int>(pose_kinds().size()) + n % trial.kinds,
                                n % 2 ? PoseSet::Held : PoseSet::Tune);
      Random random(page.scan.seed + 9);
      page.scan.skew = {random.between(-1.5, 1.5)};
      trial.before(page);
      const bool found = judge(trial.after(scanned(page.paper, page.scan), random), trial.code);
      ++tally.pages;
      tally.right += found == trial.expected;
      if (verbose && found != trial.expected) std::printf("  %s, %s: %s\n", trial.code, trial.degree, page.kind.c_str());
    }
    std::printf("%-16s %-26s %-9s %7d %7d\n", trial.code, trial.degree, trial.expected ? "yes" : "no", tally.pages, tally.right);
    std::fflush(stdout);
    figures[trial.code][trial.degree] = {{"expected", trial.expected}, {"pages", tally.pages}, {"right", tally.right}};
  }
  // Rules, bars and grids of every kind of page: none of them is a streak, and none is cut off.
  Tally streaks, cuts;
  for (int n = 0; n < pages * 4; ++n) {
    Random random(static_cast<std::uint64_t>(n) + 400);
    Paper paper;
    page_kind(n % kPageKinds).draw(paper, random);
    const Image image = scanned(paper, {.skew = {n % 3 ? 0 : 0.5}, .softness = 0.6, .noise = 2});
    const bool streak = judge(image, finding::kStreak), cut = judge(image, finding::kCutOff);
    ++streaks.pages, ++cuts.pages;
    streaks.right += !streak, cuts.right += !cut;
    if (verbose && (streak || cut)) std::printf("  %s: %s\n", streak ? "streak" : "cut-off", page_kind(n % kPageKinds).name);
  }
  std::printf("%-16s %-26s %-9s %7d %7d\n", finding::kStreak, "page kinds with rules", "no", streaks.pages, streaks.right);
  std::printf("%-16s %-26s %-9s %7d %7d\n", finding::kCutOff, "page kinds with rules", "no", cuts.pages, cuts.right);
  figures[finding::kStreak]["kinds"] = {{"expected", false}, {"pages", streaks.pages}, {"right", streaks.right}};
  figures[finding::kCutOff]["kinds"] = {{"expected", false}, {"pages", cuts.pages}, {"right", cuts.right}};
  if (!json_file.empty()) std::ofstream(json_file) << figures.dump(2) << "\n";
  return 0;
}
