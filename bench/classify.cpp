// scripts/bench classify: document types, identifiers and boundaries on pages that training and tuning have not seen; every page is
// judged as text with simulated noise, and a part of them drawn, damaged, read and judged.
//   bench_classify --families DIR [--notes JSONL] [--texts N] [--drawn N] [--model FILE] [--json FILE] [--gaps FILE] [--verbose]
// --gaps writes what bench/fit_starts.py learns from: for each gap that rules leave open whether a document begins there, and its cues.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/classify_pages.h"
#include "charts/boundaries.h"
#include "charts/classify.h"
#include "charts/document_types.h"
#include "charts/continuity.h"
#include "charts/identify.h"
#include "charts/start_score.h"
#include "charts/training/trainer.h"
#include "charts/type_model.h"
#include "pipeline/page_work.h"
#include "tests/support/degrade.h"
#include "tests/support/scanned.h"

using namespace chartscan;
using namespace chartscan::bench;
using nlohmann::json;
namespace fs = std::filesystem;
namespace training = chartscan::charts::training;

namespace {

constexpr std::size_t kLinesOfNote = 36;
constexpr int kCommonType = 10;  // documents

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Options {
  fs::path families, notes, model, json_file, gaps;
  int texts = 8, drawn = 2;
  bool verbose = false;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (word == "--families") options.families = value();
    else if (word == "--notes") options.notes = value();
    else if (word == "--texts") options.texts = std::stoi(value());
    else if (word == "--drawn") options.drawn = std::stoi(value());
    else if (word == "--model") options.model = value();
    else if (word == "--json") options.json_file = value();
    else if (word == "--gaps") options.gaps = value();
    else if (word == "--verbose") options.verbose = true;
  }
  return options;
}

std::string whole_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The one that is compiled in where no other was named.
const charts::TypeModel& model_of(const fs::path& file) {
  static const charts::TypeModel chosen = [&] {
    if (file.empty()) return charts::TypeModel::shipped();
    auto read = charts::TypeModel::parse(whole_file(file));
    if (!read) std::cerr << to_string(read.error()) << "\n", std::exit(2);
    return std::move(read).value();
  }();
  return chosen;
}
const charts::TypeModel& model() { return model_of({}); }

// --- documents -----------------------------------------------------------------------------------------------------------------

using Documents = std::vector<std::vector<BenchPage>>;

std::string without_titles(const std::string& text) {
  std::string out;
  for (const std::string& line : bench::lines_of(text))
    if (!line.starts_with("# ")) out += line + "\n";
  return out;
}

std::string title_of(const std::string& text) { return text.starts_with("# ") ? text.substr(0, text.find('\n') + 1) : std::string(); }

// Later pages go on where a page of the same form leaves off.
std::string second_half(const std::string& text) {
  const std::vector<std::string> lines = bench::lines_of(text);
  std::string out;
  for (std::size_t i = lines.size() / 2; i < lines.size(); ++i) out += lines[i] + "\n";
  return out;
}

// Documents of one to three pages; the next one is often the same person's, as in a chart.
Documents of_families(const training::TemplateSet& set, int copies, bool titled, std::uint64_t seed) {
  Documents documents;
  Random random(seed);
  Person who = person(random);
  std::vector<const training::Template*> order;
  for (int copy = 0; copy < copies; ++copy)
    for (const training::Template& one : set.templates())
      if (one.type != "header" && one.type != "footer") order.push_back(&one);
  random.shuffle(order);
  const training::Template* previous = nullptr;
  for (const training::Template* one : order) {
    if (previous && random.chance(0.25)) one = previous;  // note follows note
    previous = one;
    if (random.chance(0.4)) who = person(random);
    const bool running_title = random.chance(0.2);
    std::vector<std::string> bodies;
    const std::size_t pages = random.chance(0.7) ? 1 : 2 + random.below(2);
    for (std::size_t i = 0; i < pages; ++i) {
      const std::string body = set.expand(*one, random), plain = without_titles(body);
      if (i == 0) bodies.push_back(titled ? body : plain);
      else bodies.push_back((titled && running_title ? title_of(body) : "") + second_half(plain));
    }
    documents.push_back(dressed(bodies, {one->type}, who, random));
  }
  return documents;
}

Documents of_notes(const fs::path& file, std::uint64_t seed) {
  Documents documents;
  Random random(seed);
  Person who = person(random);
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const json note = json::parse(line);
    if (random.chance(0.4)) who = person(random);
    std::vector<std::string> bodies;
    const std::vector<std::string> lines = bench::lines_of(note.at("text"));
    std::size_t letters = 0;
    bodies.emplace_back();
    for (const std::string& one : lines) {
      if (letters + one.size() + 80 > kLinesOfNote * 95) bodies.emplace_back(), letters = 0;
      bodies.back() += one + "\n";
      letters += (one.size() / 95 + 1) * 95;
    }
    documents.push_back(dressed(bodies, note.at("types").get<std::vector<std::string>>(), who, random));
  }
  return documents;
}

// --- judging -------------------------------------------------------------------------------------------------------------------

// A page as the pipeline leaves it before its batch is closed.
struct Judged {
  Page page;
  PageText text;
  const BenchPage* truth = nullptr;
  std::vector<double> probability;
};

void judge(Judged& one, const charts::PageLook& look, double& cpu) {
  const double began = cpu_seconds();
  charts::PageClass found = charts::classify(one.text, look, model());
  std::vector<Field> fields = charts::identify(one.text, one.page.barcodes, look.working, 200);
  cpu += cpu_seconds() - began;
  one.page.types = std::move(found.types);
  one.page.first_page_cue = found.first_page_cue;
  one.page.type_reasons = std::move(found.reasons);
  one.page.fields = std::move(fields);
  if (!found.title.value.empty()) one.page.fields.push_back(found.title);
  one.probability = model().probabilities(charts::evidence_of(one.text, look));
}

std::vector<Judged> as_text(const Documents& documents, double noise, double& cpu) {
  std::vector<Judged> judged;
  Random random(77);
  for (const auto& document : documents)
    for (const BenchPage& page : document) {
      training::TextPage laid = training::lay_out_text(page.text);
      add_noise(laid.text, noise, random);
      Judged one;
      one.text = std::move(laid.text);
      one.truth = &page;
      one.page.geometry.working = laid.look.working;
      one.page.quality.words = static_cast<int>(one.text.words.size());
      one.page.quality.text_confidence = 0.95;
      judge(one, laid.look, cpu);
      judged.push_back(std::move(one));
    }
  return judged;
}

std::vector<Judged> as_scans(const Documents& documents, double& cpu, double& drawing) {
  std::vector<Judged> judged;
  pipeline::Workbench bench;
  const pipeline::StageSettings settings;
  auto made = pipeline::make_workbench(settings);
  if (!made) {
    std::cerr << to_string(made.error()) << "\n";
    return judged;
  }
  bench = std::move(*made);
  Random random(99);
  const auto& faults = testing::page_faults();
  std::uint64_t seed = 1;
  for (const auto& document : documents) {
    const testing::Fault& fault = faults[random.below(faults.size())];
    for (const BenchPage& page : document) {
      const double began = cpu_seconds();
      testing::Scan scan;
      scan.softness = 0.6;
      scan.seed = ++seed;
      scan.skew = Degrees{2 * random.uniform() - 1};
      pipeline::PageDraft draft;
      draft.delivered = testing::degraded(testing::scanned(drawn(page, random), scan), fault, seed);
      drawing += cpu_seconds() - began;
      for (const pipeline::Stage& stage : pipeline::stage_list()) {
        if (std::string(stage.name) == "classify") break;
        if (!stage.run(draft, bench, settings).ok()) std::cerr << "stage " << stage.name << " failed\n";
      }
      Judged one;
      one.page = std::move(draft.page);
      one.text = std::move(draft.text);
      one.truth = &page;
      judge(one, charts::look_of(one.page), cpu);
      judged.push_back(std::move(one));
    }
  }
  return judged;
}

// --- figures -------------------------------------------------------------------------------------------------------------------

std::size_t class_of(const std::string& code) {
  const auto& types = charts::document_types();
  return static_cast<std::size_t>(std::find_if(types.begin(), types.end(), [&](const auto& type) { return type.code == code; }) - types.begin());
}

struct Score {
  int found = 0, right = 0, truth = 0;
  double precision() const { return found ? static_cast<double>(right) / found : 1; }
  double recall() const { return truth ? static_cast<double>(right) / truth : 1; }
  double f1() const { return precision() + recall() > 0 ? 2 * precision() * recall() / (precision() + recall()) : 0; }
};

json types_of(const std::vector<Judged>& judged, bool verbose) {
  std::vector<training::Example> examples;
  std::vector<std::vector<double>> probability;
  int export_right = 0, shown_right = 0, shown = 0;
  double stated = 0;
  for (const Judged& one : judged) {
    training::Example example;
    for (const std::string& type : one.truth->types) example.types.push_back(class_of(type));
    examples.push_back(std::move(example));
    probability.push_back(one.probability);
    stated += *std::max_element(one.probability.begin(), one.probability.end());
    const std::string& said = one.page.types.front().type;
    const auto same = [&](auto code) { return std::any_of(one.truth->types.begin(), one.truth->types.end(), [&](const std::string& t) { return code(t) == code(said); }); };
    export_right += same([](const std::string& t) { return charts::export_code(t); });
    shown += said != "unknown";
    shown_right += said != "unknown" && same([](const std::string& t) { return t; });
  }
  const training::TestReport report = training::report_of(examples, probability);
  std::printf("  types: %d pages, right %.3f, macro-F1 %.3f, coverage at 95 %% precision %.3f, calibration error %.3f (stated %.3f); named %.3f of them rightly %.3f; right by the export's codes %.3f\n",
              report.pages, static_cast<double>(report.right) / report.pages, report.macro_f1, report.coverage, report.calibration_error, stated / report.pages,
              static_cast<double>(shown) / report.pages, shown ? static_cast<double>(shown_right) / shown : 1, static_cast<double>(export_right) / report.pages);
  if (verbose)
    for (const auto& [pair, count] : report.confusions) std::printf("    %3d %s taken for %s\n", count, pair.first.c_str(), pair.second.c_str());
  return {{"pages", report.pages}, {"accuracy", static_cast<double>(report.right) / report.pages}, {"macro_f1", report.macro_f1},
          {"coverage_at_95", report.coverage}, {"calibration_error", report.calibration_error}, {"export_accuracy", static_cast<double>(export_right) / report.pages}};
}

json fields_of(const std::vector<Judged>& judged, bool verbose) {
  std::map<FieldKind, Score> scores;
  for (const Judged& one : judged) {
    for (const auto& [kind, value] : one.truth->fields) ++scores[kind].truth;
    for (const FieldKind kind : {FieldKind::Mrn, FieldKind::Account, FieldKind::PatientName, FieldKind::BirthDate, FieldKind::Sex, FieldKind::SsnLast4,
                                 FieldKind::Phone, FieldKind::Address, FieldKind::AdmitDate, FieldKind::PageNumber, FieldKind::ServiceDate,
                                 FieldKind::SignatureDate, FieldKind::Author, FieldKind::Facility}) {
      const Field* field = first_field(one.page, kind);
      const auto truth = one.truth->fields.find(kind);
      if (!field && truth != one.truth->fields.end() && verbose) std::printf("    %s '%s' not found\n", to_string(kind), truth->second.c_str());
      if (!field) continue;
      // Bodies of the families and notes hold dates, authors and places of their own: only printed truth is asked for.
      const bool bodies_too = kind == FieldKind::ServiceDate || kind == FieldKind::SignatureDate || kind == FieldKind::Author || kind == FieldKind::Facility;
      if (bodies_too && truth == one.truth->fields.end()) continue;
      ++scores[kind].found;
      const bool right = truth != one.truth->fields.end() &&
                         (kind == FieldKind::Author ? upper(field->value).find(upper(truth->second)) != std::string::npos
                          : kind == FieldKind::Facility ? upper(field->value) == upper(truth->second) : truth->second == field->value);
      scores[kind].right += right;
      if (!right && verbose)
        std::printf("    %s read as '%s', is '%s'\n", to_string(kind), field->value.c_str(), truth == one.truth->fields.end() ? "" : truth->second.c_str());
    }
  }
  json out;
  std::printf("  fields, precision / recall:");
  for (const auto& [kind, score] : scores) {
    if (!score.truth && !score.found) continue;
    std::printf(" %s %.3f / %.3f;", to_string(kind), score.precision(), score.recall());
    out[to_string(kind)] = {{"precision", score.precision()}, {"recall", score.recall()}, {"printed", score.truth}};
  }
  std::printf("\n");
  return out;
}

// The same by the coarser codes of the page export.
void by_export_codes(const charts::Assembly& assembly, const std::vector<Judged>& judged) {
  std::map<std::string, Score> codes;
  int pages = 0, right_pages = 0;
  for (const Document& document : assembly.documents)
    for (const PageId page : document.pages) {
      const std::string said = charts::export_code(document.type);
      std::vector<std::string> truth;
      for (const std::string& type : judged[page.value - 1].truth->types) truth.push_back(charts::export_code(type));
      const bool right = std::ranges::find(truth, said) != truth.end();
      ++codes[said].found;
      ++codes[right ? said : truth.front()].truth;
      codes[said].right += right;
      right_pages += right;
      ++pages;
    }
  double f1 = 0;
  int of_codes = 0;
  for (const auto& [code, score] : codes)
    if (score.truth) f1 += score.f1(), ++of_codes;
  std::printf("  the same by the %d codes of the export that occur: right %.3f, macro-F1 %.3f\n", of_codes, static_cast<double>(right_pages) / pages, f1 / std::max(1, of_codes));
}

std::string sensitivity_of(const std::string& type) {
  const charts::DocumentType* found = charts::find_document_type(type);
  return found ? found->sensitivity : std::string();
}

// Papers that are kept apart, by their class: one that is missed may be seen by wrong eyes.
void of_sensitive(const charts::Assembly& assembly, const std::vector<Judged>& judged) {
  std::map<std::string, Score> classes;
  for (const Document& document : assembly.documents)
    for (const PageId page : document.pages) {
      const std::string truth = sensitivity_of(judged[page.value - 1].truth->types.front()), said = sensitivity_of(document.type);
      if (!said.empty()) ++classes[said].found;
      if (truth.empty()) continue;
      ++classes[truth].truth;
      classes[truth].right += said == truth;
    }
  for (const auto& [name, score] : classes)
    std::printf("  kept apart as %s: %d pages, recall %.3f, precision %.3f\n", name.c_str(), score.truth, score.recall(), score.precision());
}

// A type with two or three documents has a figure that says nothing: how the others do, and how many documents each type has.
void of_common_types(const training::TestReport& report, const std::vector<Judged>& judged) {
  std::map<std::string, int> documents;
  for (const Judged& one : judged)
    if (one.truth->starts) ++documents[one.truth->types.front()];
  double f1 = 0;
  int types = 0;
  std::printf("  documents of each type:");
  for (const auto& [name, count] : documents) {
    std::printf(" %s %d;", name.c_str(), count);
    const auto row = report.types.find(name);
    if (count < kCommonType || row == report.types.end()) continue;
    f1 += 2.0 * row->second.right / (row->second.pages + row->second.named);
    ++types;
  }
  std::printf("\n");
  if (types) std::printf("  macro-F1 of the %d types with at least %d documents: %.3f\n", types, kCommonType, f1 / types);
}

// Every page has its document's type. Right only where page, boundary and document are.
void by_document(const charts::Assembly& assembly, const std::vector<Judged>& judged, bool verbose) {
  std::vector<training::Example> examples;
  std::vector<std::vector<double>> probability;
  int held = 0;
  for (const Document& document : assembly.documents)
    for (const PageId page : document.pages) {
      training::Example example;
      for (const std::string& type : judged[page.value - 1].truth->types) example.types.push_back(class_of(type));
      examples.push_back(std::move(example));
      std::vector<double> row(charts::TypeModel::classes());
      const std::size_t type = class_of(document.type);
      const TypeGuess& own = judged[page.value - 1].page.types.front();
      const bool abstains = type == charts::TypeModel::unknown() && own.type == "unknown";  // then each page says how surely, as in the export
      row[type] = std::max(1e-6, abstains ? own.confidence : document.type_confidence);
      probability.push_back(std::move(row));
      held += has_finding(document.findings, finding::kTypeUnsure);
    }
  const training::TestReport report = training::report_of(examples, probability);
  std::printf("  types by their documents: right %.3f, macro-F1 %.3f, coverage at 95 %% precision %.3f, calibration error %.3f; of pages held as unsure %.3f\n",
              static_cast<double>(report.right) / report.pages, report.macro_f1, report.coverage, report.calibration_error, static_cast<double>(held) / report.pages);
  if (verbose)
    for (const auto& [pair, count] : report.confusions) std::printf("    %3d %s taken for %s, by document\n", count, pair.first.c_str(), pair.second.c_str());
  of_common_types(report, judged);
  by_export_codes(assembly, judged);
  of_sensitive(assembly, judged);
}

// The batch as fed, without separator sheets. The first page begins a document in any case and does not count.
json boundaries_of(std::vector<Judged>& judged, bool verbose) {
  std::vector<Page> pages;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    judged[i].page.id = PageId{i + 1};
    judged[i].page.batch = BatchId{1};
    judged[i].page.state = PageState::Processed;
    judged[i].page.fingerprint = i * 0x9E3779B97F4A7C15u;  // no sheet was fed twice
    pages.push_back(judged[i].page);
  }
  const auto assembly = charts::assemble(pages, [&](std::size_t i) { return Result<PageText>(judged[i].text); });
  if (!assembly) return nullptr;
  by_document(*assembly, judged, verbose);
  std::vector<bool> starts(pages.size());
  for (const Document& document : assembly->documents) starts[document.pages.front().value - 1] = true;
  Score score;
  for (std::size_t i = 1; i < pages.size(); ++i) {
    score.found += starts[i];
    score.truth += judged[i].truth->starts;
    score.right += starts[i] && judged[i].truth->starts;
    if (verbose && starts[i] != judged[i].truth->starts)
      std::printf("    page %zu (%s, cue %.2f) %s; %s\n", i + 1, judged[i].page.types.front().type.c_str(), judged[i].page.first_page_cue,
                  starts[i] ? "begins a document and should not" : "goes on and should begin one", pages[i].start ? pages[i].start->because.c_str() : "");
  }
  std::printf("  boundaries without separator sheets: F1 %.3f (precision %.3f, recall %.3f, %d documents)\n", score.f1(), score.precision(), score.recall(), score.truth + 1);
  return {{"f1", score.f1()}, {"precision", score.precision()}, {"recall", score.recall()}};
}

void write_gaps(const std::vector<Judged>& judged, std::ostream& out) {
  std::vector<const Page*> open;
  for (const Judged& one : judged) {
    const Page& page = one.page;
    if (!open.empty()) {
      const charts::PageNumber last = charts::page_number(*open.back()), now = charts::page_number(page);
      const bool ruled = now.number == 1 || (now.number > 1 && last.number > 0) || charts::is_another_person(*open.back(), page);
      if (!ruled) {
        out << one.truth->starts;
        for (const double cue : charts::start_cues(open, page)) out << ' ' << cue;
        out << '\n';
      }
    }
    if (one.truth->starts) open.clear();
    open.push_back(&page);
  }
}

json report(const std::string& name, std::vector<Judged> judged, double cpu, bool verbose) {
  if (judged.empty()) return nullptr;
  std::printf("%s\n", name.c_str());
  json out{{"types", types_of(judged, verbose)}, {"fields", fields_of(judged, verbose)}, {"boundaries", boundaries_of(judged, verbose)}};
  out["ms_per_page"] = 1000 * cpu / static_cast<double>(judged.size());
  std::printf("  types and identifiers: %.2f ms CPU a page\n", 1000 * cpu / static_cast<double>(judged.size()));
  std::fflush(stdout);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = options_of(argc, argv);
  training::TemplateSet set;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(options.families)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files)
    if (const auto added = set.add(file.filename().string(), whole_file(file)); !added) {
      std::cerr << to_string(added.error()) << "\n";
      return 2;
    }
  model_of(options.model);  // read before anything is timed
  if (!options.gaps.empty()) {
    std::ofstream out(options.gaps);
    double cpu = 0;
    for (const double noise : {0.0, 0.02, 0.05}) {
      write_gaps(as_text(of_families(set, options.texts, true, 11), noise, cpu), out);
      write_gaps(as_text(of_families(set, options.texts, false, 12), noise, cpu), out);
      if (!options.notes.empty()) write_gaps(as_text(of_notes(options.notes, 13), noise, cpu), out);
    }
    return 0;
  }
  json all;
  const Documents titled = of_families(set, options.texts, true, 1), bare = of_families(set, options.texts, false, 2);
  const auto text_set = [&](const std::string& name, const Documents& documents, double noise) {
    double cpu = 0;
    std::vector<Judged> judged = as_text(documents, noise, cpu);
    all[name] = report(name, std::move(judged), cpu, options.verbose);
  };
  text_set("families, text", titled, 0);
  text_set("families, text, 3 % noise", titled, 0.03);
  text_set("families, text, 8 % noise", titled, 0.08);
  text_set("families without titles, text", bare, 0);
  Documents notes;
  if (!options.notes.empty()) {
    notes = of_notes(options.notes, 3);
    text_set("notes without titles, text", notes, 0);
    text_set("notes without titles, text, 3 % noise", notes, 0.03);
  }
  if (options.drawn > 0) {
    double cpu = 0, drawing = 0;
    const Documents few = of_families(set, options.drawn, true, 5);
    std::vector<Judged> judged = as_scans(few, cpu, drawing);
    all["families, drawn and read"] = report("families, drawn, damaged and read", std::move(judged), cpu, options.verbose);
    if (!notes.empty()) {
      notes.resize(std::min<std::size_t>(notes.size(), 20 * static_cast<std::size_t>(options.drawn)));
      cpu = 0;
      judged = as_scans(notes, cpu, drawing);
      all["notes, drawn and read"] = report("notes without titles, drawn, damaged and read", std::move(judged), cpu, options.verbose);
    }
  }
  if (!options.json_file.empty()) std::ofstream(options.json_file) << all.dump(1) << "\n";
  return 0;
}
