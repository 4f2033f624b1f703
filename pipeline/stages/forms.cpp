// What the form asks for and how it was answered, by its ink; dates beside signatures are read here.
#include <algorithm>
#include <string>

#include "charts/dates.h"
#include "imaging/form_cues.h"
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr double kReadSurely = 0.75;  // of the least sure word of a date

// The date that the words in a place say, where every one of them was read surely.
std::string date_in(const Box& place, const PageText& text) {
  std::string said;
  for (const Word& word : text.words) {
    const int x = (word.box.x0 + word.box.x1) / 2, y = (word.box.y0 + word.box.y1) / 2;
    if (x < place.x0 || x >= place.x1 || y < place.y0 || y >= place.y1) continue;
    if (std::ranges::none_of(word.text, [](unsigned char c) { return std::isdigit(c); })) continue;
    if (word.confidence < kReadSurely) return {};
    said += (said.empty() ? "" : " ") + word.text;
  }
  const auto date = charts::parse_printed_date(said, charts::Century::Recent);
  return date ? to_string(*date) : std::string();
}

}  // namespace

Status forms(PageDraft& draft, Workbench&, const StageSettings&) {
  Page& page = draft.page;
  if (page.blank || page.separator != SeparatorKind::None) return {};
  page.cues = imaging::find_form_cues(draft.working, draft.text, page.barcodes);
  for (FormCue& cue : page.cues)
    if (cue.kind == CueKind::Date && cue.state == CueState::Present) cue.value = date_in(cue.box, draft.text);
  const auto is_place = [](const FormCue& cue) { return cue.kind == CueKind::Signature; };
  page.signature_line = std::ranges::any_of(page.cues, is_place);
  page.signature = std::ranges::any_of(page.cues, [&](const FormCue& cue) { return is_place(cue) && cue.state == CueState::Present; });
  return {};
}

}  // namespace chartscan::pipeline::stages
