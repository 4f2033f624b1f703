// The way of a page through the stages, in order. Adding one: a file in pipeline/stages/, a line here, a test.
// Raise a version whenever the stage's results change for equal input: stored pages name the version that read them.
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline {

const std::vector<Stage>& stage_list() {
  static const std::vector<Stage> kStages{
      {"clean", 4, stages::clean, false},  // upright, straight, evenly lit; blank and quality findings
      {"marks", 2, stages::marks},        // barcodes and patch codes
      {"read", 4, stages::read},          // words with boxes and confidences
      {"picture", 1, stages::picture},    // what screens show of it at once
      {"separate", 2, stages::separate},  // is it a separator sheet?
      {"forms", 2, stages::forms},        // check boxes, signatures, stamps, handwriting
      {"classify", 5, stages::classify},  // document type and why, title, first-page cue
      {"identify", 5, stages::identify},  // identifiers, dates
  };
  return kStages;
}

}  // namespace chartscan::pipeline
