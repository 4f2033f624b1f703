#include "charts/start_score.h"

#include <algorithm>
#include <cmath>

#include "charts/continuity.h"
#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

constexpr double kSaid = 0.3;      // a cue that adds less than so many nats is not named as a reason
constexpr double kShortPage = 0.6; // of the words of the fullest page of its document: the text ended there
constexpr double kMostNats = 8;    // what one gap can be sure of

// By name in kStartCueNames; the last is the bias.
#include "charts/start_weights.inc"

double likely_same_type(const Page& a, const Page& b) {
  double same = 0;
  for (const TypeGuess& x : a.types)
    for (const TypeGuess& y : b.types)
      if (x.type == y.type && x.type != "unknown") same += x.confidence * y.confidence;
  return same;
}

double known_type(const Page& page) {
  double unknown = 0, named = 0;
  for (const TypeGuess& guess : page.types) (guess.type == "unknown" ? unknown : named) += guess.confidence;
  return std::clamp(page.types.empty() || page.types.front().type == "unknown" ? 0.3 * named : named, 0.0, 1.0);
}

const std::string* value_of(const Page& page, FieldKind kind) {
  const Field* field = first_field(page, kind);
  return field ? &field->value : nullptr;
}

// 1: both say the same, -1: they say different things, 0: one is silent.
double agreement(const Page& a, const Page& b, FieldKind kind) {
  const std::string* x = value_of(a, kind);
  const std::string* y = value_of(b, kind);
  if (!x || !y) return 0;
  return fold(*x) == fold(*y) ? 1 : -1;
}

// The last page that says what it is speaks for those after it.
const Page& typed(std::span<const Page* const> open) {
  for (std::size_t i = open.size(); i-- > 0;)
    if (sure_type(*open[i], 0)) return *open[i];
  return *open.back();
}

bool says_it_ends(const Page& page) {
  const bool ink = std::any_of(page.cues.begin(), page.cues.end(), [](const FormCue& cue) {
    return cue.kind == CueKind::Signature || cue.kind == CueKind::ElectronicSignature;
  });
  return ink || value_of(page, FieldKind::SignatureDate);
}

}  // namespace

const std::array<const char*, kStartCues> kStartCueNames{
    "first-page cue", "a title",          "the same title again", "another type", "the same type",      "a patient block where there was none",
    "no patient block where there was one", "another letterhead", "another date of service", "the page before was signed", "the page before ended short", "the page numbers",
    "the words it opens with"};

StartCues start_cues(std::span<const Page* const> open, const Page& page) {
  const Page& before = *open.back();
  const Page& type = typed(open);
  const double known = known_type(type) * known_type(page), same = likely_same_type(type, page);
  const bool named = names_patient(identifiers(page)), named_before = names_patient(identifiers(before));
  const bool title = first_field(page, FieldKind::Title) || page.first_page_cue >= kClearTitle;
  const bool again = title && std::any_of(open.begin(), open.end(), [&](const Page* one) { return agreement(*one, page, FieldKind::Title) > 0; });
  int fullest = 0;
  for (const Page* one : open) fullest = std::max(fullest, one->quality.words);
  fullest = std::max({fullest, page.quality.words, 1});
  const PageNumber last = page_number(before), now = page_number(page);
  const double numbers = last.completes_run() ? 1 : now.number > 1 ? -1 : last.total > last.number ? -1 : last.number > 0 && now.number == 0 ? 0.5 : 0;
  return {page.first_page_cue,
          title ? 1.0 : 0.0,
          again ? 1.0 : 0.0,
          std::max(0.0, known - same),
          same,
          named && !named_before ? 1.0 : 0.0,
          !named && named_before ? 1.0 : 0.0,
          agreement(before, page, FieldKind::Facility) < 0 ? 1.0 : 0.0,
          agreement(before, page, FieldKind::ServiceDate) < 0 ? 1.0 : 0.0,
          says_it_ends(before) ? 1.0 : 0.0,
          before.quality.words < kShortPage * fullest ? 1.0 : 0.0,
          numbers,
          std::min(page.first_page_cue / kSomeCue, 1.0)};
}

StartGuess weigh_start(const StartCues& cues) {
  double nats = kStartBias;
  std::vector<std::pair<double, std::size_t>> parts;
  for (std::size_t i = 0; i < kStartCues; ++i) {
    const double part = kStartWeights[i] * cues[i];
    nats += part;
    if (std::abs(part) >= kSaid) parts.emplace_back(part, i);
  }
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
  StartGuess guess;
  guess.probability = 1 / (1 + std::exp(-std::clamp(nats, -kMostNats, kMostNats)));
  for (std::size_t i = 0; i < std::min<std::size_t>(parts.size(), 3); ++i)
    guess.because += (i ? "; " : "") + std::string(parts[i].first > 0 ? "for: " : "against: ") + kStartCueNames[parts[i].second];
  return guess;
}

}  // namespace chartscan::charts
