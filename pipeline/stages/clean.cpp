// Makes the page upright and straight, and says what a records department should know about the image. Measurements are
// made on a gray twin at working resolution; the delivered pixels are resampled once, at the end.
#include <algorithm>
#include <cmath>

#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr int kLowDpi = 150;            // below this, 10 pt print has too few pixels to read reliably
constexpr Degrees kNotableSkew{5};      // more than a feeder's ordinary tilt: worth a look
constexpr Degrees kMinSkew{0.1};        // below this, resampling blurs text more than it straightens it
constexpr double kLightInk = 0.55;      // ink this close to white is faint (0 black, 1 white)
constexpr double kDarkPaper = 0.45;     // paper this dark
constexpr double kLowContrast = 0.35;
constexpr double kNoisyLevel = 9;       // grey levels on the gray twin, where they are a third of what a 300 dpi sensor added
constexpr double kSpeckled = 0.004;     // share of pixels
constexpr double kBlurredEdges = 0.27;  // steepest step of an edge over the whole of it; in focus 0.45 and more
constexpr double kJudgedNoise = 8;      // grey levels: noisier edges say nothing of the focus
constexpr double kCutEdge = 0.5;        // inches of edge with print in it

using imaging::Image;

void add(PageDraft& draft, const char* code, std::string detail, double score = 0) {
  draft.page.findings.push_back({code, std::move(detail), score});
}

void report_quality(PageDraft& draft) {
  const imaging::PageMeasures& m = draft.measures;
  if (draft.page.geometry.dpi_x < kLowDpi)
    add(draft, finding::kLowResolution, std::to_string(draft.page.geometry.dpi_x) + " dpi; rescan at 200 dpi or more");
  if (draft.page.blank) return;
  if (m.paper_level < kDarkPaper) add(draft, finding::kTooDark, "the paper is dark", 1 - m.paper_level);
  else if (m.ink_level > kLightInk) add(draft, finding::kTooLight, "the ink is faint", m.ink_level);
  else if (m.contrast < kLowContrast) add(draft, finding::kLowContrast, "ink and paper are close", 1 - m.contrast);
  if (m.noise > kNoisyLevel) add(draft, finding::kNoisy, "strong noise was filtered for reading", m.noise / 255);
  else if (m.speckle > kSpeckled) add(draft, finding::kNoisy, "specks were filtered for reading", std::min(1.0, m.speckle * 50));
  if (m.sharpness > 0 && m.sharpness < kBlurredEdges && m.noise < kJudgedNoise)
    add(draft, finding::kBlurred, "out of focus or moved; clean the lens or rescan", 1 - m.sharpness);
}

// Faults of the scanner, which blank sides show as well.
void report_edge_faults(PageDraft& draft) {
  const imaging::EdgeFaults faults = imaging::find_edge_faults(draft.gray, draft.measures);
  PageQuality& quality = draft.page.quality;
  quality.streak = faults.streak;
  quality.streak_at = faults.streak_at;
  quality.cut_off = faults.cut_off;
  if (faults.streak > 0)
    add(draft, finding::kStreak, "a line runs down the whole image at " + std::to_string(std::lround(100 * faults.streak_at)) + " % of its width; clean the glass",
        faults.streak);
  if (faults.cut_off >= kCutEdge && !draft.page.blank)
    add(draft, finding::kCutOff, "print runs into the edge of the image; rescan with a larger area or straighter", std::min(1.0, faults.cut_off / 5));
}

// The delivered resolution: the file's word where it is believable, and never two axes that tell different stories.
void set_dpi(Geometry& geometry, Image& delivered) {
  const int dpi = imaging::believable_dpi(delivered);
  const auto believable = [&](int said) { return said >= dpi / 4 && said <= dpi * 4; };
  const bool both = believable(delivered.dpi_x) && believable(delivered.dpi_y);
  geometry.dpi_x = both ? delivered.dpi_x : dpi;
  geometry.dpi_y = both ? delivered.dpi_y : dpi;
  delivered.dpi_x = geometry.dpi_x;
  delivered.dpi_y = geometry.dpi_y;
}

// Sets rotation and skew of the geometry from the gray twin, and says where it was not sure.
void find_pose(PageDraft& draft) {
  Geometry& geometry = draft.page.geometry;
  imaging::Lettering print = imaging::find_lettering(draft.gray, draft.measures.noise);
  draft.text_axis = print.axis;
  const imaging::Skew tilt = imaging::find_skew(print);
  const bool sure = tilt.confidence >= imaging::kMinSkewConfidence;
  if (sure && std::abs(tilt.angle.value) >= kMinSkew.value) geometry.skew = tilt.angle;
  const auto decided = draft.page.decisions.rotation;  // a person turned it
  const imaging::Orientation turn = decided ? imaging::Orientation{*decided, true} : imaging::find_orientation(print, geometry.skew);
  geometry.rotation = turn.rotation;  // unsure: the likelier one, until the text speaks
  draft.page.quality.skew_confidence = tilt.confidence;
  draft.letters_of = print.ink.size();
  draft.letters = std::move(print.letters);
  if (!turn.sure) add(draft, finding::kOrientationUnsure, "check that the page is the right way up");
  if (!sure) add(draft, finding::kSkewUnsure, "no text lines to straighten by, or they are tilted by more than 15 degrees");
  if (std::abs(geometry.skew.value) > kNotableSkew.value)
    add(draft, finding::kSkewed, "straightened from a strong tilt", std::abs(geometry.skew.value) / 15);
}

}  // namespace

Status clean(PageDraft& draft, Workbench&, const StageSettings& settings) {
  Page& page = draft.page;
  page.geometry.delivered = draft.delivered.size();
  set_dpi(page.geometry, draft.delivered);
  draft.gray = imaging::gray_at_most(draft.delivered, settings.working_dpi);
  draft.measures = imaging::measure(draft.gray);
  page.blank = page.decisions.blank.value_or(draft.measures.blank);  // a person's word outweighs ours
  if (!page.blank) find_pose(draft);

  draft.working = imaging::make_working_image(draft.delivered, page.geometry, draft.measures, {.working_dpi = settings.working_dpi});
  report_edge_faults(draft);
  draft.gray = {};
  page.fingerprint = imaging::fingerprint(draft.working);
  page.quality.ink = draft.measures.ink;
  page.quality.contrast = draft.measures.contrast;
  page.quality.noise = draft.measures.noise;
  page.quality.paper = draft.measures.paper_level;
  page.quality.ink_level = draft.measures.ink_level;
  page.quality.sharpness = draft.measures.sharpness;
  report_quality(draft);
  return {};
}

}  // namespace chartscan::pipeline::stages
