// Types of real dictated notes, from their bodies alone and with a title. The notes stand beside the project and are
// never part of it; without them the test says so and passes.
#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <set>

#include "charts/classify.h"
#include "charts/document_types.h"
#include "tests/charts/csv_rows.h"
#include "tests/charts/page_builder.h"

using namespace chartscan;
using namespace chartscan::charts;
using namespace chartscan::charts::testing;

namespace {

struct Note {
  std::set<std::string> types;  // any of them is right: the source files many notes under two headings
  std::string text;
};

std::vector<Note> read_notes() {
  const std::map<std::string, std::vector<std::string>> types{
      {"Surgery", {"operative_report"}},
      {"Radiology", {"radiology_report"}},
      {"Consult - History and Phy.", {"consult_note", "history_physical"}},
      {"Discharge Summary", {"discharge_summary"}},
      {"SOAP / Chart / Progress Notes", {"progress_note"}},
      {"Lab Medicine - Pathology", {"pathology_report"}},
      {"Psychiatry / Psychology", {"psychiatric_evaluation", "behavioral_health_note"}},
      {"Letters", {"letter", "referral_fax"}}};
  std::vector<Note> notes;
  for (const auto& row : csv_rows(shared_data("mtsamples_dev.csv"))) {
    Note note;
    for (const auto& [specialty, codes] : types)
      if (row.at("medical_specialty").find(specialty) != std::string::npos) note.types.insert(codes.begin(), codes.end());
    if (note.types.empty() || row.at("transcription").size() < 300) continue;
    note.text = row.at("transcription");
    notes.push_back(std::move(note));
  }
  return notes;
}

// The source writes "," where the note broke a line.
PageText first_page(const std::string& note, const std::string& title) {
  PageBuilder page;
  if (!title.empty()) page.centred(title);
  std::string line;
  const auto flush = [&] {
    if (page.text().words.empty() || page.text().words.back().box.y1 < kLetter.height - 160) page.prose(line);
    line.clear();
  };
  for (std::size_t i = 0; i < note.size(); ++i) {
    const bool broken = note[i] == ',' && i > 0 && i + 1 < note.size() &&
                        (note[i - 1] == '.' || note[i - 1] == ',' || (note[i - 1] == ' ' && std::isupper(note[i + 1])));
    if (broken) flush();
    else if (!(note[i] == ',' && i > 0 && note[i - 1] == ':')) line += note[i];
  }
  flush();
  PageText text = page;
  std::erase_if(text.words, [](const Word& word) { return word.box.y1 > kLetter.height - 100; });
  return text;
}

struct Tally {
  int pages = 0, right = 0, unknown = 0, sure = 0, sure_wrong = 0;
  void add(const TypeGuess& guess, const std::set<std::string>& types) {
    ++pages;
    right += types.contains(guess.type);
    unknown += guess.type == "unknown";
    if (guess.type != "unknown" && guess.confidence >= 0.9) {
      ++sure;
      sure_wrong += !types.contains(guess.type);
    }
  }
};

void print(const char* what, const std::map<std::string, Tally>& tallies) {
  std::cout << what << "\n";
  for (const auto& [name, t] : tallies)
    std::cout << "  " << name << ": " << t.right << " of " << t.pages << " right, " << t.unknown << " unknown, "
              << t.pages - t.right - t.unknown << " wrong; at confidence 0.9 or more: " << t.sure_wrong << " of " << t.sure << " wrong\n";
}

}  // namespace

TEST_CASE("real notes are recognised by their bodies, and by their titles", "[charts][classify][data][.slow]") {
  const std::vector<Note> notes = read_notes();
  if (notes.empty()) {
    WARN("skipped: ../shared/data/mtsamples_dev.csv is not there");
    return;
  }
  std::map<std::string, Tally> plain, titled;
  std::map<std::string, std::map<std::string, int>> confusion;
  int bins[10] = {}, hits[10] = {};
  for (const Note& note : notes) {
    const TypeGuess guess = classify(first_page(note.text, ""), {kLetter}).types.front();
    const std::string truth = *note.types.begin();
    plain[truth].add(guess, note.types);
    plain["(all)"].add(guess, note.types);
    ++confusion[truth][note.types.contains(guess.type) ? "(right)" : guess.type];
    const int bin = std::min(9, static_cast<int>(guess.confidence * 10));
    if (guess.type != "unknown") {
      ++bins[bin];
      hits[bin] += note.types.contains(guess.type);
    }
    if (note.types.size() != 1) continue;
    std::string title = find_document_type(truth)->name;
    const TypeGuess with = classify(first_page(note.text, title), {kLetter}).types.front();
    titled[truth].add(with, note.types);
    titled["(all)"].add(with, note.types);
  }
  print("bodies without a title", plain);
  print("the same with a title", titled);
  for (const auto& [truth, row] : confusion) {
    std::cout << "  " << truth << " ->";
    for (const auto& [guess, count] : row) std::cout << " " << guess << "=" << count;
    std::cout << "\n";
  }
  for (int i = 0; i < 10; ++i)
    if (bins[i]) std::cout << "  stated " << i * 10 << "%+: " << hits[i] << " of " << bins[i] << "\n";
  const Tally& all = plain["(all)"];
  CHECK(all.right > all.pages * 0.74);
  CHECK(all.sure_wrong < all.sure * 0.06);
  CHECK(titled["(all)"].right > titled["(all)"].pages * 0.97);
}
