// Labelled texts and templates as examples to learn from: dressed as pages come (letterheads, patient blocks, with and without a title,
// first and later pages, read cleanly and badly). Pure: the same input gives the same examples.
#pragma once

#include <string>
#include <vector>

#include "charts/training/page_text.h"
#include "charts/training/templates.h"
#include "charts/training/trainer.h"
#include "core/result.h"

namespace chartscan::charts::training {

// A text or page of known type. Where there are several types any of them is right.
struct Labelled {
  std::string text;                // lines; "# " sets a title
  PageText words;                  // the page itself, where it is at hand; then `text` is not looked at
  PageLook look;                   // of that page
  std::vector<std::string> types;  // codes of charts/types, or "unknown"
  std::string source;              // of one source are the pages of one document, or of one form
};

struct Dressing {
  int copies = 1;      // pages made of each template, and of each page's worth of a text
  double noise = 0.06;        // the worst of them is read with so many characters wrong
  double weight = 1;
};

// The error names the template whose type nobody knows.
Result<std::vector<Example>> examples_of(const TemplateSet& set, const Dressing& dressing);
// Pages stand as they are; texts are dressed with headers of `set`. Fails where a type is not known.
Result<std::vector<Example>> examples_of(const std::vector<Labelled>& texts, const TemplateSet& set, const Dressing& dressing);

// One page of a text, as training sees it. For those who test with what training learns from.
TextPage dressed(const std::string& body, const TemplateSet& set, double noise, Random& random);

}  // namespace chartscan::charts::training
