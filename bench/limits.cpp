// Bad pages beside ordinary ones: processor time and peak memory of the whole work on each, stage by stage.
//   bench_limits [--only NAME] [--json FILE]
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/page_worker.h"
#include "tests/support/image_files.h"
#include "tests/support/office_pages.h"
#include "tests/support/random.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;

struct Sheet {
  std::string name;
  bool ordinary = false;
  std::function<imaging::Image()> draw;
  std::vector<std::string> printed;  // words, where reading them all is asked for
};

Scan at_300(Tone tone = Tone::Gray) {
  Scan scan;
  scan.tone = tone;
  scan.softness = 0.5;
  return scan;
}

// --- the pages ---------------------------------------------------------------------------------------------------------

imaging::Image specks(int count, bool with_text) {
  imaging::Image page = with_text ? scanned(office_page(0, Part::Held, Notes()), at_300()) : imaging::blank_image(2550, 3300);
  page.dpi_x = page.dpi_y = 300;
  Random chance(11);
  for (int i = 0; i < count; ++i) {
    const int side = (2 + chance.below(3)), x = chance.below(page.width - side), y = chance.below(page.height - side);
    for (int dy = 0; dy < side; ++dy) std::memset(page.row(y + dy) + x, 20, static_cast<std::size_t>(side));
  }
  return page;
}

imaging::Image colour_a3() {
  Paper paper({841.89, 1190.55});
  const Notes notes;
  double y = 60;
  for (std::size_t i = 0; y < 1080; ++i) y = paper.paragraph({60, y}, 720, notes.at(i, Part::Held), {.size = 15}) + 12;
  Scan scan = at_300(Tone::Color);
  scan.dpi = 600;
  return scanned(paper, scan);
}

Paper endless_table() {
  Paper paper;
  Random chance(5);
  const int rows = 110, columns = 28;
  const double x0 = 20, y0 = 20, wide = 572.0 / columns, high = 752.0 / rows;
  for (int row = 0; row <= rows; ++row) paper.line({x0, y0 + row * high}, {x0 + columns * wide, y0 + row * high}, 0.4);
  for (int column = 0; column <= columns; ++column) paper.line({x0 + column * wide, y0}, {x0 + column * wide, y0 + rows * high}, 0.4);
  for (int row = 0; row < rows; ++row) {
    std::vector<Cell> cells;
    for (int column = 0; column < columns; ++column) cells.push_back({x0 + column * wide + 1.5, 0, std::to_string((10 + chance.below(9990)))});
    paper.row(y0 + row * high + 0.6, cells, {.family = "Liberation Sans", .size = 5});
  }
  return paper;
}

imaging::Image tiny_letters() {
  Paper paper;
  Random chance(6);
  for (int i = 0; i < 10'000; ++i)
    paper.text({chance.between(15, 590), chance.between(15, 770)}, std::string(1, static_cast<char>('a' + chance.below(26))), {.size = 5});
  return scanned(paper, at_300());
}

Paper dense_prose() {
  Paper paper;
  const Notes notes;
  double y = 24;
  for (std::size_t i = 0; y < 745; ++i) y = paper.paragraph({28, y}, 556, notes.at(i, Part::Held), {.size = 7}) + 2;
  return paper;
}

imaging::Image photo() {
  imaging::Image page = imaging::blank_image(4960, 7016, 3);
  page.dpi_x = page.dpi_y = 600;
  Random chance(7);
  double walk = 0;
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x) {
      walk = 0.98 * walk + chance.between(-4, 4);
      const double wave = 110 + 60 * std::sin(x / 211.0 + std::sin(y / 173.0) * 3) + 40 * std::sin(y / 37.0 + x / 91.0) + walk;
      for (int c = 0; c < 3; ++c) page.row(y)[3 * x + c] = static_cast<std::uint8_t>(std::clamp(wave + 12.0 * c, 0.0, 255.0));
    }
  return page;
}

imaging::Image halftone(int pitch, bool checkerboard) {
  imaging::Image page = imaging::blank_image(2550, 3300);
  page.dpi_x = page.dpi_y = 300;
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x) {
      const double dx = x % pitch - pitch / 2.0, dy = y % pitch - pitch / 2.0, r = pitch * (0.2 + 0.25 * x / page.width);
      const bool dark = checkerboard ? ((x / pitch + y / pitch) & 1) : dx * dx + dy * dy < r * r;
      if (dark) page.row(y)[x] = 10;
    }
  return page;
}

std::vector<std::string> words_of(const Paper& paper) {
  std::vector<std::string> words;
  for (const PrintedWord& word : paper.words()) words.push_back(word.text);
  return words;
}

std::vector<Sheet> sheets() {
  std::vector<Sheet> all;
  for (int i = 0; i < kOfficeKinds; ++i)
    all.push_back({std::string("ordinary: ") + office_kind(i), true, [i] { return scanned(office_page(i, Part::Held, Notes()), office_scan(i, Part::Held)); }});
  all.push_back({"100,000 specks over print", false, [] { return specks(100'000, true); }});
  all.push_back({"100,000 specks alone", false, [] { return specks(100'000, false); }});
  all.push_back({"A3 colour at 600 dpi", false, colour_a3});
  all.push_back({"table of 3,080 small cells", false, [] { return scanned(endless_table(), at_300()); }, words_of(endless_table())});
  all.push_back({"10,000 scattered tiny letters", false, tiny_letters});
  all.push_back({"full page of 7 pt prose", false, [] { return scanned(dense_prose(), at_300()); }, words_of(dense_prose())});
  all.push_back({"A4 photo at 600 dpi", false, photo});
  all.push_back({"checkerboard", false, [] { return halftone(12, true); }});
  all.push_back({"halftone", false, [] { return halftone(10, false); }});
  return all;
}

// --- the measurement -----------------------------------------------------------------------------------------------------

double processor_s() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

// Of the printed words those that were read as they are, each as often as it stands there.
std::size_t read_right(const std::vector<std::string>& printed, const PageText& text) {
  std::multiset<std::string> open(printed.begin(), printed.end());
  std::size_t right = 0;
  for (const Word& word : text.words)
    if (const auto found = open.find(word.text); found != open.end()) open.erase(found), ++right;
  return right;
}

nlohmann::json measure_here(const std::vector<std::uint8_t>& jpeg, const std::vector<std::string>& printed, pipeline::Workbench& bench) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak from here on
  Page page;
  page.id = PageId{1};
  page.original = {std::string(64, 'a'), MediaType::Jpeg, 0, "bad.jpg"};
  const double began = processor_s();
  double before = began;
  std::string at = "decode";
  std::map<std::string, double> stages;
  const auto next = [&](const char* stage) {
    stages[at] += processor_s() - before;
    before = processor_s();
    at = stage;
  };
  const auto work = pipeline::work_page(page, imaging::memory_reader(jpeg), bench, {}, {}, {{}, next});
  next("");
  if (!work) return {};
  std::string findings;
  for (const Finding& found : work->page.findings) findings += (findings.empty() ? "" : " ") + found.code;
  return {{"cpu_s", processor_s() - began}, {"memory_mb", peak_mb()}, {"words", work->text.words.size()},
          {"right", read_right(printed, work->text)}, {"findings", findings}, {"stages", stages}};
}

// What `work` makes, in a process of its own: whatever it takes goes with it.
std::string apart(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) std::exit(1);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string made = work();
    for (std::size_t at = 0; at < made.size();) {
      const ssize_t sent = ::write(ends[1], made.data() + at, made.size() - at);
      if (sent < 0) ::_exit(1);
      at += static_cast<std::size_t>(sent);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string made;
  char piece[65536];
  for (ssize_t got; (got = ::read(ends[0], piece, sizeof piece)) > 0;) made.append(piece, static_cast<std::size_t>(got));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  std::string only, json_file;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--only") only = argv[i + 1];
    if (std::string(argv[i]) == "--json") json_file = argv[i + 1];
  }
  auto bench = pipeline::make_workbench({});
  if (!bench) return std::fprintf(stderr, "bench_limits: %s\n", bench.error().message.c_str()), 1;
  const auto jpeg_of = [](const std::function<imaging::Image()>& draw) {
    const std::string made = apart([&] {
      const std::vector<std::uint8_t> jpeg = imaging::encode_jpeg(draw(), 92);
      return std::string(jpeg.begin(), jpeg.end());
    });
    return std::vector<std::uint8_t>(made.begin(), made.end());
  };
  const auto first = [] { return scanned(office_page(0, Part::Tune, Notes()), at_300()); };
  (void)measure_here(jpeg_of(first), {}, *bench);  // what engines make at first use

  std::vector<double> cpu, memory;
  nlohmann::json rows = nlohmann::json::array();
  for (const Sheet& sheet : sheets()) {
    if (!only.empty() && !sheet.ordinary && sheet.name.find(only) == std::string::npos) continue;
    const std::vector<std::uint8_t> jpeg = jpeg_of(sheet.draw);
    nlohmann::json row = nlohmann::json::parse(apart([&] { return measure_here(jpeg, sheet.printed, *bench).dump(); }));
    row["name"] = sheet.name;
    row["ordinary"] = sheet.ordinary;
    row["printed"] = sheet.printed.size();
    if (sheet.ordinary) cpu.push_back(row["cpu_s"]), memory.push_back(row["memory_mb"]);
    rows.push_back(row);
  }
  const auto median = [](std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  };
  const double cpu_median = median(cpu), memory_median = median(memory);
  std::printf("median ordinary page: %.2f CPU-s, %.0f MB\n\n%-32s %8s %7s %8s %7s %20s  %s\n", cpu_median, memory_median, "page", "CPU-s", "ratio", "MB", "ratio",
              "words right/printed", "decode clean marks read rest (ms); findings");
  for (nlohmann::json& row : rows) {
    row["cpu_ratio"] = row["cpu_s"].get<double>() / cpu_median;
    row["memory_ratio"] = row["memory_mb"].get<double>() / memory_median;
    const auto ms = [&](const char* stage) { return 1000 * row["stages"].value(stage, 0.0); };
    const double rest = 1000 * row["cpu_s"].get<double>() - ms("decode") - ms("clean") - ms("marks") - ms("read");
    const int read = row["words"], printed = row["printed"];
    const std::string words = printed > 0 ? fmt::format("{} {}/{}", read, row["right"].get<int>(), printed) : fmt::format("{}", read);
    std::printf("%-32s %8.2f %7.2f %8.0f %7.2f %20s  %.0f %.0f %.0f %.0f %.0f; %s\n", row["name"].get<std::string>().c_str(), row["cpu_s"].get<double>(),
                row["cpu_ratio"].get<double>(), row["memory_mb"].get<double>(), row["memory_ratio"].get<double>(), words.c_str(), ms("decode"), ms("clean"),
                ms("marks"), ms("read"), rest, row["findings"].get<std::string>().c_str());
  }
  if (!json_file.empty()) std::ofstream(json_file) << nlohmann::json{{"cpu_s_median", cpu_median}, {"memory_mb_median", memory_median}, {"pages", rows}}.dump(1) << '\n';
  return 0;
}
