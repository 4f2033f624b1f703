#include "pipeline/reconcile.h"

#include <algorithm>

namespace chartscan::pipeline {
namespace {

std::string disagreement(int expected, int found, const std::string& what) {
  const int off = expected > found ? expected - found : found - expected;
  return "expected " + std::to_string(expected) + " " + what + ", " + std::to_string(found) +
         " are stored: " + std::to_string(off) + (expected > found ? " missing" : " too many");
}

std::string listed(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

}  // namespace

Counted count(const Batch& batch, std::span<const Page> pages) {
  Counted counted;
  counted.sides = static_cast<int>(batch.refused.size());
  for (const Page& page : pages) {
    counted.sheets.add(page);
    if (is_out(page)) continue;
    ++counted.sides;
    if (page.duplicate_of) ++counted.duplicates;
  }
  return counted;
}

std::string pages_disagreement(const Batch& batch, const Counted& counted) {
  const int expected = batch.expected_pages;
  if (expected == 0 || expected == counted.sides || expected == counted.sides - counted.duplicates) return {};
  return disagreement(expected, counted.sides, "pages");
}

std::string sheets_disagreement(const Batch& batch, const Counted& counted) {
  const int expected = batch.expected_sheets;
  if (expected == 0 || expected == counted.sheets.counted()) return {};
  return disagreement(expected, counted.sheets.counted(), "sheets");
}

void note_counts(Batch& batch, const Counted& counted) {
  std::erase_if(batch.findings, [](const Finding& finding) { return finding.code == finding::kCountMismatch; });
  for (const std::string& words : {pages_disagreement(batch, counted), sheets_disagreement(batch, counted)})
    if (!words.empty()) batch.findings.push_back({finding::kCountMismatch, words, 1});
}

std::vector<std::string> gaps(const Batch& batch, const Sheets& sheets) {
  std::vector<std::string> words;
  for (const int number : sheets.missing())
    words.push_back("sheet " + std::to_string(number) + ": nothing of it that counts is stored");
  for (const int number : sheets.incomplete())
    words.push_back("sheet " + std::to_string(number) + ": a side of it is stored, its last side never came");
  for (const int number : batch.suspects) {
    const Sheet* sheet = sheets.find(number);
    if (sheet && sheet->sides > 0 && !sheet->whole) continue;  // named above
    words.push_back(
        "sheet " + std::to_string(number) +
        (sheet && sheet->whole ? ": stored, but in doubt since a fault" : ": it was taken in, and no side of it came") +
        "; feed it again");
  }
  return words;
}

std::vector<std::string> reasons_against_release(const Batch& batch, const Ledger& ledger, const Counted& counted) {
  std::vector<std::string> reasons;
  const std::string id = to_string(batch.id);
  if (batch.state == BatchState::Open)
    reasons.push_back("its feeding is not finished; go on with it, or see `chartscan batch show " + id + "`");
  if (batch.state == BatchState::Stopped && batch.stop) reasons.push_back("its feeding stands still: " + batch.stop->message);
  if (ledger.waiting > 0)
    reasons.push_back(std::to_string(ledger.waiting) + " pages wait to be read or filed; `chartscan read` does that");
  else if (batch.state == BatchState::Fed)
    reasons.push_back("its documents are not made yet; `chartscan read` does that");
  if (ledger.fed != ledger.accounted() + ledger.waiting)
    reasons.push_back("its ledger does not balance: " + std::to_string(ledger.fed) + " sides fed, " +
                      std::to_string(ledger.accounted() + ledger.waiting) + " accounted for; run `chartscan verify`");
  if (!batch.suspects.empty())
    reasons.push_back("sheets in doubt were not fed again: " + listed(batch.suspects) + "; `chartscan batch rescan " + id +
                      " --sheet N` feeds one");
  if (const auto gap = counted.sheets.missing(); !gap.empty()) reasons.push_back("nothing is stored of sheets " + listed(gap));
  if (const auto gap = counted.sheets.incomplete(); !gap.empty()) reasons.push_back("a side is missing of sheets " + listed(gap));
  for (const std::string& words : {pages_disagreement(batch, counted), sheets_disagreement(batch, counted)})
    if (!words.empty())
      reasons.push_back(words + "; feed what is missing, or correct the count with `chartscan batch recount " + id + "`");
  return reasons;
}

}  // namespace chartscan::pipeline
