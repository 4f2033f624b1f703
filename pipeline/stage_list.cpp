// The way of a page through the stages, in order. Adding one: a file in pipeline/stages/, a line here, a test.
// Raise a version whenever the stage's results change for equal input: stored pages name the version that read them.
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline {

const std::vector<Stage>& stage_list() {
  static const std::vector<Stage> kStages{
      {"clean", 1, stages::clean},        // upright, straight, evenly lit; blank and quality findings
      {"marks", 1, stages::marks},        // barcodes and patch codes
      {"read", 1, stages::read},          // words with boxes and confidences
      {"separate", 1, stages::separate},  // is it a separator sheet?
      {"classify", 1, stages::classify},  // document type, title, first-page cue
      {"identify", 1, stages::identify},  // identifiers, dates, signature
  };
  return kStages;
}

}  // namespace chartscan::pipeline
