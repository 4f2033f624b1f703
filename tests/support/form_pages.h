// Forms with known answers, drawn with chance: places to sign of many layouts, signed and not, check boxes, dates, stamps and
// handwriting, with what must not be taken for them beside. The same number and set give the same page on every machine.
// HeldOut has other fonts, seeds, hands, layouts and marks than Tuning; nothing is tuned on it.
#pragma once

#include <string>
#include <vector>

#include "core/page.h"
#include "tests/support/paper.h"
#include "tests/support/scanned.h"

namespace chartscan::testing {

enum class FormSet { Tuning, HeldOut };

// One thing that is on the form.
struct FormTruth {
  CueKind kind = CueKind::CheckBox;
  CueState state = CueState::Absent;
  Rect place;         // points on the paper
  std::string label;  // printed words it belongs to
  std::string value;  // of a date: YYYY-MM-DD
  WrittenBy written = WrittenBy::Unknown;
  std::string how;    // layout and marks, for a person who looks for what failed
};

struct FormPage {
  Paper paper;
  Scan scan;
  std::vector<FormTruth> truth;
  std::string conditions;
};
FormPage form_page(int number, FormSet set);

}  // namespace chartscan::testing
