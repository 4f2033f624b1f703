#include "imaging/form_cues.h"

#include <algorithm>
#include <cstdlib>

#include "imaging/form_answers.h"
#include "imaging/form_boxes.h"
#include "imaging/form_ink.h"
#include "imaging/form_places.h"
#include "imaging/form_stamps.h"
#include "imaging/form_writing.h"

namespace chartscan::imaging {
namespace {

constexpr double kSureWithoutLabel = 0.97;  // of a signature where nothing that was read asks for one

bool lies_under(const std::vector<FormCue>& stamps, const FormCue& box) {
  return std::ranges::any_of(stamps, [&](const FormCue& stamp) { return overlap(stamp.box, box.box); });
}

// A box in the row or column of one that no stamp lies on; letters of stamps have none.
bool has_fellow(const FormInk& form, const std::vector<FormCue>& boxes, const FormCue& box, const std::vector<FormCue>& stamps) {
  return std::ranges::any_of(boxes, [&](const FormCue& other) {
    const bool lined_up =
        std::abs(other.box.x0 - box.box.x0) <= form.px(0.03) || std::abs(other.box.y0 - box.box.y0) <= form.px(0.02);
    return lined_up && 10 * std::abs(other.box.width() - box.box.width()) <= box.box.width() && !lies_under(stamps, other);
  });
}

}  // namespace

std::vector<FormCue> find_form_cues(const Image& working, const PageText& text, const std::vector<Barcode>& barcodes) {
  std::vector<FormCue> cues;
  if (working.empty() || working.channels != 1) return cues;
  FormInk form = form_ink_of(working, text);
  const auto add = [&](std::vector<FormCue> more) { cues.insert(cues.end(), more.begin(), more.end()); };

  add(find_check_boxes(form, text));
  std::erase_if(cues, [&](const FormCue& box) {  // modules of a square code
    return std::ranges::any_of(barcodes, [&](const Barcode& code) { return overlap(grown(code.box, form.px(0.05)), box.box); });
  });
  const std::vector<FormCue> stamps = find_stamps(form, text, barcodes);
  std::vector<Box> not_pen;
  for (const FormCue& stamp : stamps) not_pen.push_back(stamp.box);
  const std::vector<FormCue> boxes = cues;
  std::erase_if(cues, [&](const FormCue& box) { return lies_under(stamps, box) && !has_fellow(form, boxes, box, stamps); });
  add(stamps);

  const FormPlaces places = find_places(form, text);
  for (const FormPlace& place : places.electronic) not_pen.push_back(grown(place.area, form.px(0.03)));
  for (const FormPlace& place : places.to_sign) cues.push_back(signature_at(form, place, text, not_pen));
  for (const FormPlace& place : places.unnamed)
    if (FormCue cue = signature_at(form, place, text, not_pen);
        cue.state == CueState::Present && cue.confidence >= kSureWithoutLabel)
      cues.push_back(std::move(cue));
  for (const FormPlace& place : places.dates) cues.push_back(date_at(form, place, text, not_pen));
  for (const FormPlace& place : places.electronic)
    cues.push_back({CueKind::ElectronicSignature, CueState::Present, place.area, kSurePrint, place.label, {}, WrittenBy::Print});

  add(find_handwriting(form, text, barcodes, cues));
  return cues;
}

}  // namespace chartscan::imaging
