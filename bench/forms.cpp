// scripts/bench forms: form cues on drawn forms whose answers are known (tests/support/form_pages.h), and false alarms on pages
// without any. Every page goes through the stages of the program, recognition included.
//   bench_forms [--set tuning|held-out|both] [--pages N] [--first N] [--plain N] [--keep DIR] [--show DIR] [--json FILE] [--verbose] [SCAN...]
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "imaging/decode.h"
#include "imaging/form_cues.h"
#include "pipeline/page_work.h"
#include "pipeline/stages/stages.h"
#include "tests/support/draw.h"
#include "tests/support/form_pages.h"
#include "tests/support/office_pages.h"
#include "tests/support/page_kinds.h"

using namespace chartscan;
using namespace chartscan::testing;
using chartscan::imaging::Image;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr double kPlace = 0.3;  // of the smaller of two boxes must lie in the other for them to be one place

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Options {
  std::vector<FormSet> sets{FormSet::HeldOut};
  int pages = 120, first = 0, plain = 64;
  bool verbose = false;
  std::string keep, show, json_file;
  std::vector<std::string> scans;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (word == "--set") {
      const std::string set = value();
      if (set == "tuning")
        options.sets = {FormSet::Tuning};
      else if (set == "both")
        options.sets = {FormSet::Tuning, FormSet::HeldOut};
    } else if (word == "--pages")
      options.pages = std::stoi(value());
    else if (word == "--first")
      options.first = std::stoi(value());
    else if (word == "--plain")
      options.plain = std::stoi(value());
    else if (word == "--keep")
      options.keep = value();
    else if (word == "--show")
      options.show = value();
    else if (word == "--json")
      options.json_file = value();
    else if (word == "--verbose")
      options.verbose = true;
    else
      options.scans.push_back(word);
  }
  return options;
}

// --- pages as the stages leave them; kept in a folder, recognition is done once -------------------------------------------------

struct Reader {
  pipeline::Workbench bench;
  pipeline::StageSettings settings;
};

void keep(const fs::path& at, const pipeline::PageDraft& draft) {
  std::ofstream(at.string() + ".pgm", std::ios::binary) << "P5\n"
                                                        << draft.working.width << ' ' << draft.working.height << "\n255\n"
                                                        << std::string(draft.working.pixels.begin(), draft.working.pixels.end());
  json words = json::array(), codes = json::array();
  for (const Word& word : draft.text.words)
    words.push_back({word.text, word.box.x0, word.box.y0, word.box.x1, word.box.y1, word.confidence, word.line});
  for (const Barcode& code : draft.page.barcodes) codes.push_back({code.box.x0, code.box.y0, code.box.x1, code.box.y1});
  const Geometry& g = draft.page.geometry;
  const json all{{"dpi", draft.working.dpi_x},
                 {"words", words},
                 {"codes", codes},
                 {"geometry",
                  {g.delivered.width, g.delivered.height, g.dpi_x, g.dpi_y, g.rotation, g.skew.value, g.working.width,
                   g.working.height, g.scale_x, g.scale_y}}};
  std::ofstream(at.string() + ".json") << all.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool taken_back(const fs::path& at, pipeline::PageDraft& draft) {
  std::ifstream facts(at.string() + ".json"), pixels(at.string() + ".pgm", std::ios::binary);
  if (!facts || !pixels) return false;
  const json all = json::parse(facts);
  std::string kind;
  int width = 0, height = 0, white = 0;
  pixels >> kind >> width >> height >> white;
  pixels.get();
  draft.working = imaging::blank_image(width, height);
  pixels.read(reinterpret_cast<char*>(draft.working.pixels.data()), static_cast<std::streamsize>(draft.working.pixels.size()));
  draft.working.dpi_x = draft.working.dpi_y = all["dpi"];
  for (const json& w : all["words"]) draft.text.words.push_back({w[0], {w[1], w[2], w[3], w[4]}, w[5], w[6]});
  for (const json& c : all["codes"]) draft.page.barcodes.push_back({"", "", {c[0], c[1], c[2], c[3]}});
  const json& g = all["geometry"];
  draft.page.geometry = {{g[0], g[1]}, g[2], g[3], g[4], {g[5]}, {g[6], g[7]}, g[8], g[9]};
  return true;
}

// Through every stage up to the one that is measured. `image` is not called where the page was kept.
pipeline::PageDraft read_page(const std::function<Image()>& image, Reader& reader, const std::string& folder,
                              const std::string& name) {
  pipeline::PageDraft draft;
  const fs::path kept = fs::path(folder) / name;
  if (!folder.empty() && taken_back(kept, draft)) return draft;
  draft.delivered = image();
  for (const pipeline::Stage& stage : pipeline::stage_list()) {
    if (std::string(stage.name) == "forms") break;
    if (!stage.run(draft, reader.bench, reader.settings).ok()) std::cerr << name << ": stage " << stage.name << " failed\n";
  }
  if (!folder.empty()) keep(kept, draft);
  return draft;
}

// --- scoring -----------------------------------------------------------------------------------------------------------------

double shared(const Box& a, const Box& b) {
  const Box both{std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
  if (both.empty()) return 0;
  const auto size = [](const Box& box) { return static_cast<double>(box.width()) * box.height(); };
  return size(both) / std::max(1.0, std::min(size(a), size(b)));
}

struct Score {
  int truth = 0, found = 0, places = 0;                   // places: found where there is one
  int right = 0, unsure = 0, wrong = 0;                   // of the places, by state
  int present = 0, present_found = 0, present_right = 0;  // those that are there: signed, filled
  int valued = 0, values_read = 0, values_wrong = 0;
  int labelled = 0, labels_right = 0;

  static double f1(int right, int found, int there) { return found + there ? 2.0 * right / (found + there) : 1; }
  static double share(int part, int whole) { return whole ? static_cast<double>(part) / whole : 1; }
};

struct Seen {
  const FormTruth* truth = nullptr;
  Box box;
  const FormCue* cue = nullptr;
};

std::string letters(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c))) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Each truth with the cue of its kind that shares most with it. A cue belongs to one truth; but lines of writing that touch may be
// found as one region, and one line in parts.
std::vector<Seen> matched(const std::vector<FormTruth>& truths, const FormPage& form, const pipeline::PageDraft& draft,
                          CueKind kind, std::vector<const FormCue*>& over) {
  std::vector<Seen> seen;
  for (const FormTruth& truth : truths)
    if (truth.kind == kind)
      seen.push_back(
          {&truth, draft.page.geometry.to_working().bounds_of(scanned_box(truth.place, form.paper.size(), form.scan)), nullptr});
  const bool region = kind == CueKind::Handwriting;
  for (const FormCue& cue : draft.page.cues) {
    if (cue.kind != kind) continue;
    Seen* best = nullptr;
    double most = kPlace;
    bool any = false;
    for (Seen& one : seen) {
      const double share = shared(one.box, cue.box);
      any |= share > kPlace;
      if (region && share > kPlace) one.cue = &cue;
      if (!one.cue && share > most) most = share, best = &one;
    }
    if (best)
      best->cue = &cue;
    else if (!any || !region)
      over.push_back(&cue);
  }
  return seen;
}

const char* const kKinds[] = {"check boxes", "signatures", "electronic", "dates", "stamps", "handwriting"};

class Tally {
 public:
  void add(const std::string& page, const FormPage& form, const pipeline::PageDraft& draft, bool verbose) {
    for (int k = 0; k < 6; ++k) {
      const auto kind = static_cast<CueKind>(k);
      Score& score = scores_[k];
      std::vector<const FormCue*> over;
      for (const Seen& one : matched(form.truth, form, draft, kind, over)) judge(score, one, page, form, verbose);
      for (const FormCue* cue : over) {
        if (kind == CueKind::Handwriting && on_a_pen(form, draft, cue->box))
          continue;  // a signature or a mark is handwriting as well
        ++score.found;
        score.present_found += cue->state == CueState::Present;
        if (verbose) tell(page, form, k, "false", cue->box, nullptr, cue);
      }
    }
    const bool truth = std::ranges::any_of(
        form.truth, [](const FormTruth& t) { return t.kind == CueKind::Signature && t.state == CueState::Present; });
    ++pages_signed_[truth][draft.page.signature];
  }

  void print(const char* set) const {
    std::printf(
        "\n%s\n%-12s %6s %6s | places P      R     F1 | with state F1  unsure | there: P      R     F1 | labels values(wrong)\n",
        set, "", "truth", "found");
    for (int k = 0; k < 6; ++k) {
      const Score& s = scores_[k];
      std::printf("%-12s %6d %6d |    %.3f  %.3f  %.3f |         %.3f   %.3f |     %.3f  %.3f  %.3f |  %.2f  %d of %d (%d)\n",
                  kKinds[k], s.truth, s.found, Score::share(s.places, s.found), Score::share(s.places, s.truth),
                  Score::f1(s.places, s.found, s.truth), Score::f1(s.right, s.found, s.truth),
                  Score::share(s.unsure, std::max(1, s.places)), Score::share(s.present_right, s.present_found),
                  Score::share(s.present_right, s.present), Score::f1(s.present_right, s.present_found, s.present),
                  Score::share(s.labels_right, s.labelled), s.values_read, s.valued, s.values_wrong);
    }
    std::printf(
        "pages signed: F1 %.3f (%d right, %d missed, %d false of %d)\n",
        Score::f1(pages_signed_[1][1], pages_signed_[1][1] + pages_signed_[0][1], pages_signed_[1][1] + pages_signed_[1][0]),
        pages_signed_[1][1], pages_signed_[1][0], pages_signed_[0][1],
        pages_signed_[0][0] + pages_signed_[0][1] + pages_signed_[1][0] + pages_signed_[1][1]);
  }

  json figures() const {
    json all;
    for (int k = 0; k < 6; ++k) {
      const Score& s = scores_[k];
      all[kKinds[k]] = {{"truth", s.truth},
                        {"found", s.found},
                        {"places_f1", Score::f1(s.places, s.found, s.truth)},
                        {"state_f1", Score::f1(s.right, s.found, s.truth)},
                        {"unsure", Score::share(s.unsure, std::max(1, s.places))},
                        {"there_f1", Score::f1(s.present_right, s.present_found, s.present)},
                        {"values_read", s.values_read},
                        {"values_wrong", s.values_wrong},
                        {"labels", Score::share(s.labels_right, s.labelled)}};
    }
    all["pages_signed_f1"] =
        Score::f1(pages_signed_[1][1], pages_signed_[1][1] + pages_signed_[0][1], pages_signed_[1][1] + pages_signed_[1][0]);
    return all;
  }

 private:
  static bool on_a_pen(const FormPage& form, const pipeline::PageDraft& draft, const Box& box) {
    return std::ranges::any_of(form.truth, [&](const FormTruth& truth) {
      const bool pen = (truth.kind == CueKind::Signature || truth.kind == CueKind::CheckBox) && truth.state != CueState::Absent;
      return pen && shared(draft.page.geometry.to_working().bounds_of(scanned_box(truth.place, form.paper.size(), form.scan)),
                           box) > kPlace;
    });
  }

  static void tell(const std::string& page, const FormPage& form, int kind, const char* what, const Box& box,
                   const FormTruth* truth, const FormCue* cue) {
    std::printf("%s %s %s at %d,%d-%d,%d", page.c_str(), kKinds[kind], what, box.x0, box.y0, box.x1, box.y1);
    if (truth) std::printf(" truth %s (%s)", to_string(truth->state), truth->how.c_str());
    if (cue) std::printf(" found %s %.2f '%s'", to_string(cue->state), cue->confidence, cue->label.c_str());
    std::printf(" [%s]\n", form.conditions.c_str());
  }

  static void judge(Score& score, const Seen& one, const std::string& page, const FormPage& form, bool verbose) {
    const FormTruth& truth = *one.truth;
    const int kind = static_cast<int>(truth.kind);
    ++score.truth;
    score.present += truth.state == CueState::Present;
    if (!one.cue) {
      if (verbose) tell(page, form, kind, "missed", one.box, &truth, nullptr);
      return;
    }
    ++score.found, ++score.places;
    const bool right = one.cue->state == truth.state || (truth.kind >= CueKind::Stamp && one.cue->state != CueState::Absent);
    const bool unsure = one.cue->state == CueState::Unsure;
    score.right += right;
    score.unsure += unsure;
    score.wrong += !right && !unsure;
    score.present_found += one.cue->state == CueState::Present;
    score.present_right += truth.state == CueState::Present && one.cue->state == CueState::Present;
    if (verbose && !right) tell(page, form, kind, unsure ? "unsure" : "WRONG", one.box, &truth, one.cue);
    if (truth.kind == CueKind::CheckBox) ++score.labelled, score.labels_right += letters(truth.label) == letters(one.cue->label);
    if (!truth.value.empty()) {
      ++score.valued;
      score.values_read += one.cue->value == truth.value;
      score.values_wrong += !one.cue->value.empty() && one.cue->value != truth.value;
      if (verbose && !one.cue->value.empty() && one.cue->value != truth.value)
        tell(page, form, kind, "WRONG VALUE", one.box, &truth, one.cue);
    }
  }

  Score scores_[6];
  int pages_signed_[2][2] = {};
};

// Draws the cues over the page for a person to look at: grey frames, black where something is present.
void show(const fs::path& file, const pipeline::PageDraft& draft) {
  Image page = imaging::blank_image(draft.working.width, draft.working.height, 3);
  for (std::size_t i = 0; i < draft.working.pixels.size(); ++i)
    page.pixels[3 * i] = page.pixels[3 * i + 1] = page.pixels[3 * i + 2] = draft.working.pixels[i];
  constexpr std::uint8_t kColors[6][3] = {{0, 140, 0}, {220, 0, 0}, {200, 0, 200}, {230, 140, 0}, {0, 60, 255}, {120, 120, 0}};
  for (const FormCue& cue : draft.page.cues) {
    const int thick = cue.state == CueState::Present ? 4 : cue.state == CueState::Unsure ? 2 : 1;
    const auto dot = [&](int x, int y) {
      if (x >= 0 && y >= 0 && x < page.width && y < page.height)
        std::copy_n(kColors[static_cast<int>(cue.kind)], 3, page.row(y) + 3 * x);
    };
    for (int d = 0; d < thick; ++d) {
      for (int x = cue.box.x0 - d; x < cue.box.x1 + d; ++x) dot(x, cue.box.y0 - d), dot(x, cue.box.y1 + d);
      for (int y = cue.box.y0 - d; y < cue.box.y1 + d; ++y) dot(cue.box.x0 - d, y), dot(cue.box.x1 + d, y);
    }
  }
  const auto png = imaging::encode_png(page);
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
}

// The stage on a page that has been read; its processor time is added.
void run_stage(pipeline::PageDraft& draft, Reader& reader, double& seconds) {
  const double began = cpu_seconds();
  (void)pipeline::stages::forms(draft, reader.bench, reader.settings);
  seconds += cpu_seconds() - began;
}

json run_set(FormSet set, const Options& options, Reader& reader) {
  const std::string name = set == FormSet::Tuning ? "tuning" : "held-out";
  Tally tally;
  double seconds = 0;
  for (int number = options.first; number < options.first + options.pages; ++number) {
    const FormPage form = form_page(number, set);
    const std::string page = name + "-" + std::to_string(number);
    pipeline::PageDraft draft = read_page([&] { return scanned(form.paper, form.scan); }, reader, options.keep, page);
    run_stage(draft, reader, seconds);
    tally.add(page, form, draft, options.verbose);
    if (!options.show.empty()) show(fs::path(options.show) / (page + ".png"), draft);
  }
  tally.print((name + ", " + std::to_string(options.pages) + " forms").c_str());
  std::printf("stage: %.1f ms a page\n", 1000 * seconds / std::max(1, options.pages));
  json out = tally.figures();
  out["ms_per_page"] = 1000 * seconds / std::max(1, options.pages);
  return out;
}

// Pages whose every cue is a false alarm, but for what their kind has: ticks and check boxes, writing, an empty place to sign.
class PlainPages {
 public:
  void look_at(const std::string& kind, pipeline::PageDraft& draft, Reader& reader, bool verbose, const std::string& name) {
    run_stage(draft, reader, seconds_);
    Row& row = rows_[kind];
    ++row.pages;
    std::array<bool, 6> alarmed{};
    for (const FormCue& cue : draft.page.cues) {
      if (is_there(kind, cue)) continue;
      alarmed[static_cast<std::size_t>(cue.kind)] = true;
      if (verbose)
        std::printf("plain %s (%s): %s %s %.2f at %d,%d-%d,%d '%s'\n", name.c_str(), kind.c_str(), to_string(cue.kind),
                    to_string(cue.state), cue.confidence, cue.box.x0, cue.box.y0, cue.box.x1, cue.box.y1, cue.label.c_str());
    }
    for (std::size_t k = 0; k < alarmed.size(); ++k) row.alarmed[k] += alarmed[k];
    row.any += std::ranges::any_of(alarmed, [](bool any) { return any; });
  }
  json print() const {
    std::printf(
        "\nfalse cues on pages without any: pages that have some\n%-24s %5s  any  boxes  signs electr  dates stamps handwr\n", "",
        "pages");
    json all;
    int count = 0;
    for (const auto& [kind, row] : rows_) {
      const auto& n = row.alarmed;
      std::printf("%-24s %5d %4d %6d %6d %6d %6d %6d %6d\n", kind.c_str(), row.pages, row.any, n[0], n[1], n[2], n[3], n[4],
                  n[5]);
      all[kind] = {{"pages", row.pages}, {"alarmed", row.any}, {"alarmed_by_kind", n}};
      count += row.pages;
    }
    std::printf("stage: %.1f ms a page\n", 1000 * seconds_ / std::max(1, count));
    all["ms_per_page"] = 1000 * seconds_ / std::max(1, count);
    return all;
  }

 private:
  struct Row {
    int pages = 0, any = 0;  // any: with a false cue
    std::array<int, 6> alarmed{};
  };

  static bool is_there(const std::string& kind, const FormCue& cue) {
    const bool asked = cue.kind == CueKind::Signature || cue.kind == CueKind::Date;
    if (kind == "lined paper" || kind == "form") return cue.kind == CueKind::Handwriting;
    if (kind == "check boxes") return cue.kind == CueKind::CheckBox;
    return kind == "office form" && asked && cue.state == CueState::Absent;
  }

  std::map<std::string, Row> rows_;
  double seconds_ = 0;
};

// A plain page of each kind in turn; the first ones are those that forms were tuned with.
pipeline::PageDraft read_kind(int number, const std::string& name, const Options& options, Reader& reader) {
  Random random(static_cast<std::uint64_t>(number) * 977 + 5);
  Paper paper;
  page_kind(number % kPageKinds).draw(paper, random);
  const Scan scan{
      .dpi = number % 3 ? 200 : 300, .skew = Degrees{random.between(-1, 1)}, .softness = 0.6, .noise = 3, .seed = random.next()};
  return read_page([&] { return scanned(paper, scan); }, reader, options.keep, name);
}

json run_plain(const Options& options, Reader& reader) {
  PlainPages plain;
  const auto look = [&](const std::string& kind, const std::string& name, pipeline::PageDraft draft) {
    plain.look_at(kind, draft, reader, options.verbose, name);
    if (!options.show.empty()) show(fs::path(options.show) / (name + ".png"), draft);
  };
  for (int number = options.first; number < options.first + options.plain; ++number) {
    const std::string name = "plain-" + std::to_string(number);
    look(page_kind(number % kPageKinds).name, name, read_kind(number, name, options, reader));
  }
  const Notes notes;
  for (int number = options.first; number < options.first + options.plain / 2; ++number) {
    const Part part = options.sets.front() == FormSet::Tuning ? Part::Tune : Part::Held;
    const std::string name = (part == Part::Tune ? "office-tune-" : "office-") + std::to_string(number);
    const auto page = [&] { return scanned(office_page(number, part, notes), office_scan(number, part)); };
    look(std::string("office ") + office_kind(number), name, read_page(page, reader, options.keep, name));
  }
  for (const std::string& file : options.scans) {
    const auto bytes = imaging::file_reader(file);
    std::vector<std::uint8_t> head(16);
    if (!bytes || !bytes->read(0, head)) continue;
    const MediaType media = imaging::sniff(head);
    const auto pages = imaging::count_pages(*bytes, media, {});
    for (int page = 0; pages && page < *pages; ++page) {
      auto decoded = imaging::decode_page(*bytes, media, page, {});
      if (!decoded) continue;
      const std::string name = fs::path(file).stem().string() + "-" + std::to_string(page);
      look("scans given", name, read_page([&] { return std::move(decoded->image); }, reader, options.keep, name));
    }
  }
  return plain.print();
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  for (const std::string& folder : {options.keep, options.show})
    if (!folder.empty()) fs::create_directories(folder);
  Reader reader;
  auto bench = pipeline::make_workbench(reader.settings);
  if (!bench) {
    std::cerr << bench.error().message << "\n";
    return 5;
  }
  reader.bench = std::move(*bench);
  json all;
  for (const FormSet set : options.sets) all[set == FormSet::Tuning ? "tuning" : "held_out"] = run_set(set, options, reader);
  if (options.plain > 0 || !options.scans.empty()) all["plain"] = run_plain(options, reader);
  if (!options.json_file.empty()) std::ofstream(options.json_file) << all.dump(2) << "\n";
  return 0;
}
