#include "pipeline/drift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace chartscan::pipeline {
namespace {

constexpr double kSameColumn = 0.006;      // of the image's width: dirt does not move, paper does
constexpr std::size_t kFewestStreaks = 3;  // sheets: two may be chance
constexpr std::size_t kFewestSheets = 9;   // a trend needs three parts with three sheets each
constexpr double kLightShift = 0.08;       // of white, of paper or of print, from the first third to the last
constexpr double kSkewShift = 1.0;         // degrees
constexpr double kSteady = 0.25;           // of the shift: the middle third lies at least that far from either end

constexpr double kOverScatter = 3;         // times what pages of one third differ by

using Side = std::vector<const Page*>;

// Pages seen by one side of the scanner. Files have no sides: what is in one image has one eye.
std::array<Side, 2> sides_of(std::span<const Page> pages) {
  std::array<Side, 2> sides;
  for (const Page& page : pages) {
    if (is_out(page) || page.state == PageState::Rejected) continue;
    sides[page.capture && page.capture->side == 1 ? 1 : 0].push_back(&page);
  }
  return sides;
}

std::string name_of(const Page& page) {
  return page.capture ? "sheet " + std::to_string(page.capture->sheet) + (page.capture->side == 1 ? " (back)" : "")
                      : "page " + std::to_string(page.sequence);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The column that most pages of this side have a streak in.
void note_streaks(const Side& side, std::vector<Finding>& findings) {
  Side with, most;
  for (const Page* page : side)
    if (page->quality.streak > 0) with.push_back(page);
  std::ranges::sort(with, {}, [](const Page* page) { return page->quality.streak_at; });
  for (std::size_t begin = 0, end = 0; begin < with.size(); ++begin) {
    while (end < with.size() && with[end]->quality.streak_at - with[begin]->quality.streak_at <= kSameColumn) ++end;
    if (end - begin > most.size())
      most.assign(with.begin() + static_cast<std::ptrdiff_t>(begin), with.begin() + static_cast<std::ptrdiff_t>(end));
  }
  if (most.size() < kFewestStreaks) return;
  const Page& first = **std::ranges::min_element(most, {}, &Page::sequence);
  findings.push_back({finding::kStreakDrift,
                      "the same line runs down " + std::to_string(most.size()) + " images, the first is " + name_of(first) +
                          "; clean the glass and rescan what it hides",
                      static_cast<double>(most.size()) / static_cast<double>(side.size())});
}

// How far half of the values lie from their median, at most.
double scatter(std::vector<double> values) {
  const double middle = median(values);
  for (double& value : values) value = std::abs(value - middle);
  return median(std::move(values));
}

// How much a score has moved from the first third of the pages to the last; 0 where the middle third does not lie between, or
// pages beside each other differ nearly as much.
double shift_of(const Side& side, const std::function<double(const Page&)>& score) {
  std::array<std::vector<double>, 3> thirds;
  for (std::size_t i = 0; i < side.size(); ++i) thirds[i * 3 / side.size()].push_back(score(*side[i]));
  const double first = median(thirds[0]), middle = median(thirds[1]), last = median(thirds[2]), shift = last - first;
  const bool steady = (middle - first) * shift >= kSteady * shift * shift && (last - middle) * shift >= kSteady * shift * shift;
  const double usual = std::max({scatter(thirds[0]), scatter(thirds[1]), scatter(thirds[2])});
  return steady && std::abs(shift) >= kOverScatter * usual ? shift : 0;
}

// The first page of the last two thirds: there it may still have been good, later it was not.
std::string since(const Side& side) { return "since about " + name_of(*side[side.size() / 3]); }

void note_trends(const Side& side, std::vector<Finding>& findings) {
  Side printed;
  for (const Page* page : side)
    if (!page->blank && page->separator == SeparatorKind::None) printed.push_back(page);
  if (printed.size() < kFewestSheets) return;
  const double paper = shift_of(printed, [](const Page& page) { return page.quality.paper; });
  const double ink = shift_of(printed, [](const Page& page) { return page.quality.ink_level; });
  const double light = std::abs(paper) > std::abs(ink) ? paper : ink;
  if (std::abs(light) >= kLightShift)
    findings.push_back({finding::kLightDrift,
                        std::string("the images become ever ") + (light > 0 ? "lighter, " : "darker, ") + since(printed) +
                            "; calibrate the scanner or look after its lamp",
                        std::abs(light)});
  const double skew = shift_of(printed, [](const Page& page) { return page.geometry.skew.value; });
  if (std::abs(skew) >= kSkewShift)
    findings.push_back(
        {finding::kSkewDrift,
         "the sheets come in ever more tilted, " + since(printed) + "; set the feeder's guides and clean its rollers",
         std::min(1.0, std::abs(skew) / 15)});
}

}  // namespace

void note_drift(Batch& batch, std::span<const Page> pages) {
  std::erase_if(batch.findings, [](const Finding& found) {
    return found.code == finding::kStreakDrift || found.code == finding::kLightDrift || found.code == finding::kSkewDrift;
  });
  for (const Side& side : sides_of(pages)) {
    note_streaks(side, batch.findings);
    note_trends(side, batch.findings);
  }
}

}  // namespace chartscan::pipeline
