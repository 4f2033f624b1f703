// Where a form wants a signature or the date of one: ruled, dotted and underscored lines, and cells, that printed words call so.
// Inside this room. Whether somebody wrote there is form_answers.h's question.
#pragma once

#include <string>
#include <vector>

#include "imaging/form_ink.h"

namespace chartscan::imaging {

struct FormPlace {
  Box area;                // where the pen may write, working pixels
  Box rule;                // the line it stands on; empty in a cell
  std::string label;       // the words that call it so
  std::vector<Box> words;  // where they stand: print, however surely it was read
};

struct FormPlaces {
  std::vector<FormPlace> to_sign;
  std::vector<FormPlace> unnamed;     // lines as people sign on, whose label was not read: pens go over labels
  std::vector<FormPlace> dates;       // beside places to sign
  std::vector<FormPlace> electronic;  // "Electronically signed by", "/s/ name": `area` is what the words cover
};

FormPlaces find_places(const FormInk& form, const PageText& text);

}  // namespace chartscan::imaging
