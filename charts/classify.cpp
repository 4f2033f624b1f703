#include "charts/classify.h"

#include <algorithm>

#include "charts/document_types.h"
#include "charts/fuzzy.h"
#include "charts/layout.h"
#include "charts/type_model.h"
#include "charts/values.h"

namespace chartscan::charts {
namespace {

constexpr double kMinConfidence = 0.15;  // below, the page does not say what it is; documents below 0.6 wait for a person anyway
constexpr int kFewWords = 8;             // with fewer words, and neither title nor cue, a page says nothing
constexpr double kTopOfPage = 0.35;      // where the title of a first page stands, of the page's height
constexpr double kOpening = 0.29;        // first-page cue of a page whose words alone open a document: below kSomeCue of continuity.h
constexpr double kWeakTitle = 0.4;
constexpr std::size_t kGuesses = 5;
constexpr std::size_t kReasons = 8;

// Thanks and a date: what stands there could be on any page.
bool says_little(const TypeEvidence& evidence) {
  const auto words = std::ranges::count_if(evidence.features, [](const PageFeature& feature) { return feature.key.front() == 'w'; });
  return words < kFewWords && evidence.cues.titles.empty() && evidence.cues.cues.empty();
}

std::vector<TypeGuess> ranked(const std::vector<double>& probability, bool says_little) {
  std::vector<TypeGuess> guesses;
  for (std::size_t i = 0; i < probability.size(); ++i)
    guesses.push_back({i == TypeModel::unknown() ? "unknown" : document_types()[i].code, probability[i]});
  std::stable_sort(guesses.begin(), guesses.end(), [](const TypeGuess& a, const TypeGuess& b) { return a.confidence > b.confidence; });
  if (guesses.front().type != "unknown" && (says_little || guesses.front().confidence < kMinConfidence)) {
    std::erase_if(guesses, [](const TypeGuess& g) { return g.type == "unknown"; });
    guesses.insert(guesses.begin(), {"unknown", 1 - guesses.front().confidence});
  }
  guesses.resize(std::min(guesses.size(), kGuesses));
  return guesses;
}

std::vector<TypeReason> reasons_for(const TypeModel& model, const TypeEvidence& evidence, const std::vector<TypeGuess>& guesses) {
  const auto best = std::find_if(guesses.begin(), guesses.end(), [](const TypeGuess& guess) { return guess.type != "unknown"; });
  if (best == guesses.end() || evidence.layout.tokens.empty()) return {};
  const auto& types = document_types();
  const auto type = std::find_if(types.begin(), types.end(), [&](const DocumentType& one) { return one.code == best->type; });
  return model.reasons(evidence, static_cast<std::size_t>(type - types.begin()), kReasons);
}

// "Page 1 of n" speaks for a first page, "Page 2 of n" and "continued" against; 0 when nothing is said.
int printed_page(const Layout& layout) {
  for (int i = 0; i + 1 < static_cast<int>(layout.tokens.size()); ++i) {
    const Token& word = layout.tokens[static_cast<std::size_t>(i)];
    if (word.folded != "page" && word.folded != "pg") continue;
    const auto page = read_page_number(layout, i + 1);
    if (page && layout.tokens[static_cast<std::size_t>(i) + 1].cell == word.cell) return page->number;
  }
  return 0;
}

bool says_continued(const Layout& layout) {
  return std::any_of(layout.tokens.begin(), layout.tokens.end(), [&](const Token& token) {
    return (token.folded == "contlnued" || token.folded == "contd") &&
           token.box.y0 < layout.content.y0 + layout.content.height() / 5;
  });
}

// `opens`: how likely its words open a document. They never say as much as a title: without one the cue stays below kSomeCue.
double first_page_cue(const Layout& layout, const std::vector<FoundTitle>& titles, Size working, double opens) {
  const int number = printed_page(layout);
  if (number == 1) return 0.95;
  if (number > 1) return 0.02;
  double best = 0;
  for (const FoundTitle& title : titles)
    if (box_of(layout, title.first, title.last).y0 < std::max(working.height, layout.content.y1) * kTopOfPage)
      best = std::max(best, title.strength * std::min(1.0, title.weight));
  double cue = std::max(kOpening * opens, best > 0 ? 0.1 + 0.75 * best : 0);
  if (says_continued(layout)) cue *= 0.2;
  return std::clamp(cue, 0.0, 1.0);
}

Field title_field(const Layout& layout, const std::vector<FoundTitle>& titles, const std::string& type) {
  Field field;
  field.kind = FieldKind::Title;
  const FoundTitle* best = nullptr;
  for (const FoundTitle& title : titles)
    if (document_types()[title.type].code == type && (!best || title.strength > best->strength)) best = &title;
  if (!best || best->strength < kWeakTitle) return field;
  field.value = printed(layout, best->first, best->last);
  field.box = box_of(layout, best->first, best->last);
  field.confidence = best->strength * confidence_of(layout, best->first, best->last);
  field.source = "text";
  return field;
}

}  // namespace

PageLook look_of(const Page& page) {
  PageLook look;
  look.working = page.geometry.working;
  for (const FormCue& cue : page.cues) {
    look.check_boxes += cue.kind == CueKind::CheckBox;
    look.places_to_sign += cue.kind == CueKind::Signature;
  }
  return look;
}

PageClass classify(const PageText& text, const PageLook& look) { return classify(text, look, TypeModel::shipped()); }

PageClass classify(const PageText& text, const PageLook& look, const TypeModel& model) {
  PageClass result;
  const TypeEvidence evidence = evidence_of(text, look);
  result.types = ranked(model.probabilities(evidence), says_little(evidence));
  result.reasons = reasons_for(model, evidence, result.types);
  result.first_page_cue = first_page_cue(evidence.layout, evidence.cues.titles, look.working, model.opens(evidence));
  result.title = title_field(evidence.layout, evidence.cues.titles, result.types.front().type);
  return result;
}

}  // namespace chartscan::charts
