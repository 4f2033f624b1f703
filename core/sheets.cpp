#include "core/sheets.h"

#include <algorithm>

namespace chartscan {

void Sheets::add(const Page& page) {
  if (!page.capture) return;
  const Capture& side = *page.capture;
  Sheet& sheet = sheets_[side.sheet];
  sheet.number = side.sheet;
  sheet.last_attempt = std::max(sheet.last_attempt, side.attempt);
  if (is_out(page)) return;
  // A later attempt counts only once it is whole: its last side is the one that replaces the earlier attempt.
  const bool counts = side.attempt == sheet.attempt || sheet.sides == 0 || (!sheet.whole && side.attempt > sheet.attempt) ||
                      (side.last_of_sheet && side.attempt > sheet.attempt);
  if (!counts) return;
  if (side.attempt != sheet.attempt) {
    sheet.attempt = side.attempt;
    sheet.sides = 0;
    sheet.whole = false;
    sheet.front = page.id;
  }
  ++sheet.sides;
  sheet.whole = sheet.whole || side.last_of_sheet;
}

int Sheets::last_whole() const {
  for (auto it = sheets_.rbegin(); it != sheets_.rend(); ++it)
    if (it->second.whole) return it->first;
  return 0;
}

int Sheets::highest() const { return sheets_.empty() ? 0 : sheets_.rbegin()->first; }

int Sheets::counted() const {
  return static_cast<int>(std::ranges::count_if(sheets_, [](const auto& entry) { return entry.second.whole; }));
}

std::vector<int> Sheets::incomplete() const {
  std::vector<int> numbers;
  for (const auto& [number, sheet] : sheets_)
    if (sheet.sides > 0 && !sheet.whole) numbers.push_back(number);
  return numbers;
}

std::vector<int> Sheets::missing() const {
  std::vector<int> numbers;
  for (int number = 1; number < highest(); ++number) {
    const Sheet* sheet = find(number);
    if (!sheet || sheet->sides == 0) numbers.push_back(number);
  }
  return numbers;
}

const Sheet* Sheets::find(int number) const {
  const auto found = sheets_.find(number);
  return found == sheets_.end() ? nullptr : &found->second;
}

Sheets sheets_of(std::span<const Page> pages) {
  Sheets sheets;
  for (const Page& page : pages) sheets.add(page);
  return sheets;
}

ResumePoint resume_point(const Batch& batch, const Sheets& sheets) {
  ResumePoint point;
  point.sheet = sheets.last_whole() + 1;
  for (const int suspect : batch.suspects) point.sheet = std::min(point.sheet, suspect);
  for (const int gap : sheets.incomplete()) point.sheet = std::min(point.sheet, gap);
  if (const Sheet* sheet = sheets.find(point.sheet)) point.attempt = sheet->last_attempt + 1;
  if (const Sheet* before = sheets.find(point.sheet - 1); before && before->sides > 0) point.last_good = before->front;
  return point;
}

std::string put_back_words(const Batch& batch, const ResumePoint& point) {
  const std::string resume = "then `chartscan scan --resume " + to_string(batch.id) + "`";
  if (point.sheet == 1) return "No sheet of this batch is good yet: put all of them back, the first one on top, " + resume + ".";
  const std::string last = std::to_string(point.sheet - 1), next = std::to_string(point.sheet);
  const std::string look = point.last_good ? " (page " + to_string(point.last_good) + ")" : "";
  return "The last good sheet is " + last + look + ". Put back sheet " + next +
         " and everything after it, also what has come out already, sheet " + next + " on top, " + resume + ".";
}

}  // namespace chartscan
