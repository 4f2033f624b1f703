#include "pipeline/stages/own_text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <vector>

namespace chartscan::pipeline::stages {
namespace {

using imaging::Image;

constexpr int kDark = 128;                // of 255: ink on the working image, which is black on white
constexpr double kInkedWords = 0.95;      // share of words that must have ink in their boxes
constexpr double kLeastInkInBox = 0.02;   // of a box's pixels
constexpr double kUncoveredInk = 0.10;    // share of the page's ink that may lie outside all boxes (rules left out)
constexpr int kMargin = 3;                // pixels around a box: italics and accents reach out of it
constexpr double kRuleShare = 0.08;       // of the page's width or height: a dark run so long is a rule or a shaded cell, not a letter
constexpr std::size_t kSampleWords = 40;  // words of the lines that are recognised to compare
constexpr std::size_t kFewestCompared = 6;
constexpr double kSureWord = 0.8;         // recognised words below this confidence prove nothing
constexpr double kAgreeing = 0.75;        // share of the surely recognised words that the layer must have there too

// Letters and digits, small; what is beyond ASCII stays as it is.
std::string folded(const std::string& word) {
  std::string out;
  for (const unsigned char c : word)
    if (c >= 0x80 || std::isalnum(c)) out += static_cast<char>(c < 0x80 ? std::tolower(c) : c);
  return out;
}

Box widened(const Box& box, Size page) {
  return {std::max(0, box.x0 - kMargin), std::max(0, box.y0 - kMargin), std::min(page.width, box.x1 + kMargin), std::min(page.height, box.y1 + kMargin)};
}

PageText on_working(const PageText& delivered, const Geometry& geometry) {
  PageText text = delivered;
  const Affine to_working = geometry.to_working();
  const Box page{0, 0, geometry.working.width, geometry.working.height};
  for (Word& word : text.words) {
    const Box box = to_working.bounds_of(word.box);
    word.box = {std::clamp(box.x0, 0, page.x1), std::clamp(box.y0, 0, page.y1), std::clamp(box.x1, 0, page.x1), std::clamp(box.y1, 0, page.y1)};
  }
  std::erase_if(text.words, [](const Word& word) { return word.box.empty(); });
  return text;
}

// 1 where there is ink that may belong to a letter.
std::vector<std::uint8_t> letter_ink(const Image& page) {
  std::vector<std::uint8_t> ink(static_cast<std::size_t>(page.width) * static_cast<std::size_t>(page.height));
  const auto at = [&](int x, int y) -> std::uint8_t& { return ink[static_cast<std::size_t>(y) * static_cast<std::size_t>(page.width) + static_cast<std::size_t>(x)]; };
  for (int y = 0; y < page.height; ++y)
    for (int x = 0; x < page.width; ++x) at(x, y) = page.row(y)[x] < kDark;
  // Rules go: any dark run longer than a letter can be.
  std::vector<Box> rules;
  const auto find_runs = [&](int lines, int length, int longest, auto dark, auto box_of) {
    for (int line = 0; line < lines; ++line)
      for (int from = 0; from < length;) {
        int to = from;
        while (to < length && dark(line, to)) ++to;
        if (to - from >= longest) rules.push_back(box_of(line, from, to));
        from = to + 1;
      }
  };
  find_runs(page.height, page.width, static_cast<int>(kRuleShare * page.width), [&](int y, int x) { return at(x, y) != 0; },
            [](int y, int from, int to) { return Box{from, y, to, y + 1}; });
  find_runs(page.width, page.height, static_cast<int>(kRuleShare * page.height), [&](int x, int y) { return at(x, y) != 0; },
            [](int x, int from, int to) { return Box{x, from, x + 1, to}; });
  for (const Box& rule : rules)
    for (int y = rule.y0; y < rule.y1; ++y)
      for (int x = rule.x0; x < rule.x1; ++x) at(x, y) = 0;
  return ink;
}

// Is there ink where the words are said to be, and hardly any elsewhere?
bool lies_on_ink(const PageText& text, const Image& page) {
  std::vector<std::uint8_t> ink = letter_ink(page);
  const auto count = [&](const Box& box, bool clear) {
    int sum = 0;
    for (int y = box.y0; y < box.y1; ++y)
      for (int x = box.x0; x < box.x1; ++x) {
        std::uint8_t& pixel = ink[static_cast<std::size_t>(y) * static_cast<std::size_t>(page.width) + static_cast<std::size_t>(x)];
        sum += pixel;
        if (clear) pixel = 0;
      }
    return sum;
  };
  const double all = count({0, 0, page.width, page.height}, false);
  std::size_t inked = 0;
  for (const Word& word : text.words)
    inked += count(word.box, false) >= std::max(2.0, kLeastInkInBox * word.box.width() * word.box.height());
  for (const Word& word : text.words) count(widened(word.box, page.size()), true);
  const double left = count({0, 0, page.width, page.height}, false);
  return static_cast<double>(inked) >= kInkedWords * static_cast<double>(text.words.size()) && left <= kUncoveredInk * all;
}

// A band of neighbouring lines around the middle of the text, enough words to compare.
Box sample_band(const PageText& text, Size page) {
  const std::size_t from = text.words.size() > kSampleWords ? (text.words.size() - kSampleWords) / 2 : 0;
  const std::size_t to = std::min(text.words.size(), from + kSampleWords);
  Box band;
  for (std::size_t i = from; i < to; ++i) band = united(band, text.words[i].box);
  constexpr int kAir = 12;  // engines want paper around print
  return {0, std::max(0, band.y0 - kAir), page.width, std::min(page.height, band.y1 + kAir)};
}

Image cut_out(const Image& page, const Box& box) {
  Image out = imaging::blank_image(box.width(), box.height());
  out.dpi_x = page.dpi_x, out.dpi_y = page.dpi_y;
  for (int y = box.y0; y < box.y1; ++y) std::copy(page.row(y) + box.x0, page.row(y) + box.x1, out.row(y - box.y0));
  return out;
}

// Does recognition find the same words in a band of the page?
bool says_what_is_seen(const PageText& text, const Image& page, int dpi, ocr::Engine& engine) {
  const Box band = sample_band(text, page.size());
  if (band.empty()) return false;
  const auto reading = engine.read(cut_out(page, band), dpi);
  if (!reading || reading->timed_out) return false;
  std::map<std::string, int> said;
  for (const Word& word : text.words)
    if (word.box.y1 > band.y0 && word.box.y0 < band.y1) ++said[folded(word.text)];
  std::size_t compared = 0, agreeing = 0;
  for (const Word& word : reading->text.words) {
    const std::string seen = folded(word.text);
    if (word.confidence < kSureWord || seen.size() < 3) continue;
    ++compared;
    const auto found = said.find(seen);
    if (found == said.end() || found->second == 0) continue;
    --found->second;
    ++agreeing;
  }
  return compared >= kFewestCompared && static_cast<double>(agreeing) >= kAgreeing * static_cast<double>(compared);
}

}  // namespace

std::optional<PageText> trusted_own_text(const PageDraft& draft, Workbench& bench) {
  if (draft.born_digital.words.empty() || draft.page.blank || draft.working.empty()) return std::nullopt;
  PageText text = on_working(draft.born_digital, draft.page.geometry);
  const int dpi = static_cast<int>(draft.page.geometry.dpi_x * draft.page.geometry.scale_x + 0.5);
  if (text.words.empty() || !lies_on_ink(text, draft.working) || !says_what_is_seen(text, draft.working, dpi, *bench.engine)) return std::nullopt;
  return text;
}

}  // namespace chartscan::pipeline::stages
