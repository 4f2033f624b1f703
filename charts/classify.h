// What kind of document a page is, from its words, where they stand and how the page is laid out; and why. One calibrated
// model decides (charts/type_model.h). Abstains ("unknown") rather than guess. Pure; any thread.
#pragma once

#include <vector>

#include "core/page.h"

namespace chartscan::charts {

class TypeModel;

// What is known of a page besides its words.
struct PageLook {
  Size working;
  int check_boxes = 0, places_to_sign = 0;
};
PageLook look_of(const Page& page);

struct PageClass {
  std::vector<TypeGuess> types;  // best first, at most five; front() is "unknown" when the page does not say
  std::vector<TypeReason> reasons;  // of the best type that is not "unknown", strongest first
  double first_page_cue = 0;     // 0..1: a title or "page 1 of n" at the top; below 0.3 without: how much its words open a document
  Field title;                   // the words taken as title, empty value when none
};

PageClass classify(const PageText& text, const PageLook& look);  // by the model that is compiled in
PageClass classify(const PageText& text, const PageLook& look, const TypeModel& model);

}  // namespace chartscan::charts
