#include "pipeline/stages/reread.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include "imaging/line_cut.h"
#include "imaging/unread.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr double kDoubtful = 0.80;     // confidence of a line, by letters: above it few words change
constexpr double kHopeless = 0.25;     // below it there is no print: drawings, handwriting
constexpr double kGain = 0.05;         // of confidence, before another reading takes the place of the first
constexpr double kLettersKept = 0.85;  // share of the first reading's letters that the second must have
constexpr double kFiner = 1.2;         // delivered pixels for a reading pixel, or nothing new can be seen
constexpr int kFewestLetters = 4;
constexpr double kLargestShare = 0.12;  // of a page's letters that may be read again: it bounds the time as well
constexpr int kAlwaysLetters = 60;      // but so many at any rate
constexpr double kBelieved = 0.60;      // confidence of a line that was found only now
constexpr int kFewestUnread = 3;        // letters of it

int letters_of(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(text, [](unsigned char c) { return std::isalnum(c) || c >= 0x80; }));
}

struct Line {
  std::size_t from = 0, to = 0;  // words
  Box box;
  int letters = 0, signs = 0;
  double confidence = 0;  // mean by letters
  double doubt() const { return letters * (1 - confidence); }
};

std::vector<Line> lines_of(const PageText& text) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < text.words.size(); ++i) {
    const Word& word = text.words[i];
    if (i == 0 || word.line != text.words[i - 1].line) lines.push_back({i, i, {}, 0, 0, 0});
    Line& line = lines.back();
    const int letters = letters_of(word.text);
    line.to = i + 1;
    line.box = united(line.box, word.box);
    line.letters += letters;
    line.signs += static_cast<int>(word.text.size()) - letters;
    line.confidence += word.confidence * letters;
  }
  for (Line& line : lines) line.confidence = line.letters > 0 ? line.confidence / line.letters : 0;
  return lines;
}

bool worth_it(const Line& line) {
  return line.letters >= kFewestLetters && line.confidence < kDoubtful && line.confidence >= kHopeless && line.signs <= line.letters &&
         line.box.width() > line.box.height();
}

// The most doubtful first, as many as the page can afford.
std::vector<Line> chosen(const std::vector<Line>& lines) {
  std::vector<Line> doubtful;
  int all = 0;
  for (const Line& line : lines) {
    all += line.letters;
    if (worth_it(line)) doubtful.push_back(line);
  }
  std::ranges::sort(doubtful, std::greater<>(), &Line::doubt);
  int left = std::max(kAlwaysLetters, static_cast<int>(kLargestShare * all));
  std::erase_if(doubtful, [&](const Line& line) { return (left -= line.letters) < 0; });
  return doubtful;
}

// A line that was cut out and read, in words of the page.
struct Reading {
  std::vector<Word> words;
  int letters = 0;
  double confidence = 0;  // mean by letters
};

Reading on_page(const ocr::ReadLine& line, const imaging::LineCut& cut, int number) {
  Reading reading;
  for (const ocr::ReadWord& word : line.words) {
    reading.words.push_back({word.text(), cut.on_working(word.box), word.confidence, number});
    const int count = letters_of(reading.words.back().text);
    reading.letters += count;
    reading.confidence += word.confidence * count;
  }
  if (reading.letters > 0) reading.confidence /= reading.letters;
  return reading;
}

bool is_better(const Reading& again, const Line& first) {
  return again.letters >= kLettersKept * first.letters && again.letters > 0 && again.confidence >= first.confidence + kGain;
}

// Cuts the boxes out and reads them; as many readings as boxes, or none. The number of the line is that of `numbers`.
std::vector<Reading> read_lines(const PageDraft& draft, Workbench& bench, const std::vector<Box>& boxes, const std::vector<int>& numbers) {
  std::vector<imaging::LineCut> cuts;
  std::vector<ocr::LineImage> images;
  for (const Box& box : boxes) {
    cuts.push_back(imaging::cut_line(draft.delivered, draft.page.geometry, box));
    images.push_back({cuts.back().gray, cuts.back().gray.dpi_x});
  }
  const auto read = bench.lines->read(images);
  if (!read || read->size() != boxes.size()) return {};  // what was read before stands
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < boxes.size(); ++i) readings.push_back(on_page((*read)[i], cuts[i], numbers[i]));
  return readings;
}

}  // namespace

void reread_doubtful_lines(const PageDraft& draft, Workbench& bench, PageText& text) {
  const Geometry& geometry = draft.page.geometry;
  if (!bench.lines || draft.delivered.empty() || std::max(geometry.scale_x, geometry.scale_y) * kFiner > 1) return;
  const std::vector<Line> doubtful = chosen(lines_of(text));
  if (doubtful.empty()) return;
  std::vector<Box> boxes;
  std::vector<int> numbers;
  for (const Line& line : doubtful) {
    boxes.push_back(line.box);
    numbers.push_back(text.words[line.from].line);
  }
  std::vector<Reading> again = read_lines(draft, bench, boxes, numbers);
  std::map<std::size_t, std::pair<std::size_t, std::vector<Word>>> changed;  // from -> to, words
  for (std::size_t i = 0; i < again.size(); ++i)
    if (is_better(again[i], doubtful[i])) changed[doubtful[i].from] = {doubtful[i].to, std::move(again[i].words)};
  PageText mended;
  for (std::size_t i = 0; i < text.words.size();) {
    const auto found = changed.find(i);
    if (found == changed.end()) {
      mended.words.push_back(std::move(text.words[i++]));
      continue;
    }
    for (Word& word : found->second.second) mended.words.push_back(std::move(word));
    i = found->second.first;
  }
  text = std::move(mended);
}

void read_unread_lines(const PageDraft& draft, Workbench& bench, PageText& text) {
  if (!bench.lines || draft.delivered.empty()) return;
  const std::vector<imaging::Letter> letters = imaging::letters_on_working(draft.letters, draft.letters_of, draft.page.geometry);
  const std::vector<Box> boxes = imaging::unread_lines(letters, text);
  if (boxes.empty()) return;
  int last = 0;
  for (const Word& word : text.words) last = std::max(last, word.line);
  std::vector<int> numbers(boxes.size());
  std::iota(numbers.begin(), numbers.end(), last + 1);
  for (Reading& line : read_lines(draft, bench, boxes, numbers))
    if (line.letters >= kFewestUnread && line.confidence >= kBelieved) std::ranges::move(line.words, std::back_inserter(text.words));
}

}  // namespace chartscan::pipeline::stages
