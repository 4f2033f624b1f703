// What finds marks and blank sides, held against drawn sheets whose truth is known: found, false, misread, milliseconds of
// processor time a page. bench/marks.py builds and runs it.   bench_marks [--only patch|barcodes|blanks] [--share N] [--json FILE] [--verbose] [SCAN...]
// SCANs are image files that hold no mark; they are added to the pages without.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "imaging/clean.h"
#include "imaging/decode.h"
#include "imaging/marks.h"
#include "tests/support/mark_sheets.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;
using nlohmann::json;

constexpr int kPatchSheets = 600, kUnmarked = 2000, kLabels = 1000, kBlanks = 1000, kPrinted = 2000;
constexpr int kWorkingDpi = 200;
constexpr int kStride = 7919;  // prime

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

struct Tally {
  int pages = 0, found = 0, missed = 0, wrong = 0;  // wrong: read as something else, or seen where nothing is
  std::vector<double> milliseconds;

  double mean() const {
    double sum = 0;
    for (const double one : milliseconds) sum += one;
    return milliseconds.empty() ? 0 : sum / static_cast<double>(milliseconds.size());
  }
  double p95() {
    if (milliseconds.empty()) return 0;
    std::ranges::sort(milliseconds);
    return milliseconds[milliseconds.size() * 95 / 100];
  }
};

using Tallies = std::map<std::string, Tally>;  // by row of the table

class Bench {
 public:
  explicit Bench(bool verbose) : verbose_(verbose) {}

  // `judge` looks at one sheet and counts; rows come out in the order of their names.
  void run(const std::string& title, int count, const std::function<MarkSheet(int)>& make,
           const std::function<std::string(const MarkSheet&, Tally&)>& judge, const std::function<std::string(const MarkSheet&)>& row) {
    Tallies rows;
    for (int number = 0; number < count; ++number) {
      const MarkSheet sheet = make(number);
      Tally& tally = rows[row(sheet)];
      ++tally.pages;
      const std::string complaint = judge(sheet, tally);
      if (verbose_ && !complaint.empty())
        std::printf("  %s %d (%s; %s): %s\n", title.c_str(), number, sheet.kind.c_str(), sheet.conditions.c_str(), complaint.c_str());
    }
    print(title, rows);
  }

  const json& figures() const { return figures_; }

 private:
  void print(const std::string& title, Tallies& rows) {
    std::printf("\n%-34s %7s %7s %7s %7s %9s %9s\n", title.c_str(), "sheets", "found", "missed", "wrong", "ms mean", "ms p95");
    Tally all;
    for (auto& [name, tally] : rows) {
      line(name, tally);
      figures_[title]["rows"][name] = as_json(tally);
      all.pages += tally.pages, all.found += tally.found, all.missed += tally.missed, all.wrong += tally.wrong;
      all.milliseconds.insert(all.milliseconds.end(), tally.milliseconds.begin(), tally.milliseconds.end());
    }
    line("all", all);
    figures_[title]["all"] = as_json(all);
    std::fflush(stdout);
  }

  static void line(const std::string& name, Tally& tally) {
    std::printf("  %-32s %7d %7d %7d %7d %9.2f %9.2f\n", name.c_str(), tally.pages, tally.found, tally.missed, tally.wrong, tally.mean(), tally.p95());
  }
  static json as_json(Tally& tally) {
    return {{"sheets", tally.pages}, {"found", tally.found}, {"missed", tally.missed}, {"wrong", tally.wrong}, {"ms_mean", tally.mean()}, {"ms_p95", tally.p95()}};
  }

  bool verbose_;
  json figures_;
};

template <typename Find>
auto timed(Tally& tally, Find find) {
  const double start = cpu_milliseconds();
  auto found = find();
  tally.milliseconds.push_back(cpu_milliseconds() - start);
  return found;
}

std::string judge_patch(const MarkSheet& sheet, Tally& tally) {
  const auto found = timed(tally, [&] { return imaging::find_patch_code(sheet.image); });
  if (found.empty() && sheet.format.empty()) return "";
  if (found.empty()) return ++tally.missed, "missed";
  if (found.front().format == sheet.format) return ++tally.found, "";
  return ++tally.wrong, "read " + found.front().format;
}

std::string judge_barcodes(const MarkSheet& sheet, Tally& tally) {
  const imaging::Image gray = imaging::gray_at_most(sheet.image, kWorkingDpi);
  const auto found = timed(tally, [&] { return imaging::find_barcodes(gray); });
  bool read = false;
  std::string wrong;
  for (const Barcode& code : found) {
    if (!sheet.format.empty() && code.payload == sheet.payload && code.format == sheet.format) read = true;
    else wrong += code.format + " \"" + code.payload + "\" ";
  }
  tally.found += read;
  tally.missed += !read && !sheet.format.empty();
  tally.wrong += !wrong.empty();
  if (!wrong.empty()) return "read " + wrong;
  return read || sheet.format.empty() ? "" : "missed " + sheet.payload;
}

std::string judge_blank(const MarkSheet& sheet, Tally& tally, bool truth) {
  const imaging::Image gray = imaging::gray_at_most(sheet.image, kWorkingDpi);
  const auto found = timed(tally, [&] { return imaging::measure(gray); });
  if (found.blank == truth) return ++tally.found, "";
  ++(truth ? tally.missed : tally.wrong);
  return truth ? "not called blank" : "called blank, confidence " + std::to_string(found.blank_confidence);
}

// Pages given by the caller, every page of every file.
std::vector<MarkSheet> scans_of(const std::vector<std::string>& files) {
  std::vector<MarkSheet> sheets;
  for (const std::string& file : files) {
    const auto bytes = imaging::file_reader(file);
    if (!bytes) continue;
    std::vector<std::uint8_t> head(16);
    if (!bytes->read(0, head)) continue;
    const MediaType media = imaging::sniff(head);
    const auto pages = imaging::count_pages(*bytes, media, {});
    for (int page = 0; pages && page < *pages; ++page) {
      auto decoded = imaging::decode_page(*bytes, media, page, {});
      if (decoded) sheets.push_back({"real scan", "", "", file, imaging::to_gray(decoded->image), decoded->image.dpi_x});
    }
  }
  return sheets;
}

std::string kind_row(const MarkSheet& sheet) { return sheet.kind; }
std::string dpi_row(const MarkSheet& sheet) { return sheet.kind + " " + std::to_string(sheet.dpi) + " dpi"; }

}  // namespace

int main(int argc, char** argv) {
  std::string json_file, only;
  bool verbose = false;
  int share = 1;  // one sheet in so many
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json" && i + 1 < argc) json_file = argv[++i];
    else if (word == "--only" && i + 1 < argc) only = argv[++i];
    else if (word == "--share" && i + 1 < argc) share = std::max(1, std::atoi(argv[++i]));
    else if (word == "--verbose") verbose = true;
    else files.push_back(word);
  }
  const auto wanted = [&](const char* part) { return only.empty() || only == part; };
  // A share of the sheets is taken from all over, so that it holds every kind.
  const auto every = [&](auto make) { return [=](int number) { return make(share == 1 ? number : number * kStride % 10'000); }; };
  const std::vector<MarkSheet> scans = scans_of(files);
  const auto with_scans = [&](int drawn, auto make) { return [&scans, drawn, make](int number) { return number < drawn ? make(number) : scans[static_cast<std::size_t>(number - drawn)]; }; };
  const int more = static_cast<int>(scans.size());

  Bench bench(verbose);
  if (wanted("patch")) {
    bench.run("patch codes", kPatchSheets / share, every(patch_sheet), judge_patch, dpi_row);
    bench.run("pages without patch code", kUnmarked / share + more, with_scans(kUnmarked / share, every([](int n) { return unmarked_page(n, Barcodes::With); })), judge_patch,
              kind_row);
  }
  if (wanted("barcodes")) {
    bench.run("barcode labels, 200 dpi", kLabels / share, every(barcode_label), judge_barcodes, kind_row);
    bench.run("pages without barcode", kUnmarked / share + more, with_scans(kUnmarked / share, every([](int n) { return unmarked_page(n, Barcodes::Without); })), judge_barcodes,
              kind_row);
  }
  if (wanted("blanks")) {
    bench.run("blank sides", kBlanks / share, every(blank_side), [](const MarkSheet& s, Tally& t) { return judge_blank(s, t, true); }, kind_row);
    bench.run("printed sides", kPrinted / share + more, with_scans(kPrinted / share, every(printed_side)), [](const MarkSheet& s, Tally& t) { return judge_blank(s, t, false); }, kind_row);
  }
  if (!json_file.empty()) std::ofstream(json_file) << bench.figures().dump(2) << "\n";
  return 0;
}
