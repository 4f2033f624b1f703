// Makes the page upright and straight, and says what a records department should know about the image. Measurements are
// made on a gray twin at working resolution; the delivered pixels are resampled once, at the end.
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr int kLowDpi = 150;            // below this, 10 pt print has too few pixels to read reliably
constexpr Degrees kNotableSkew{5};      // more than a feeder's ordinary tilt: worth a look
constexpr Degrees kMinSkew{0.1};        // below this, resampling blurs text more than it straightens it
constexpr double kLightInk = 0.55;      // ink this close to white is faint (0 black, 1 white)
constexpr double kDarkPaper = 0.45;     // paper this dark
constexpr double kLowContrast = 0.35;
constexpr double kNoisyLevel = 18;      // grey levels, as imaging::measure estimates them

using imaging::Image;

// `image` after a clockwise right-angle turn and with `skew` undone, without any filtering.
Image turned(const Image& image, int rotation, Degrees skew, int dpi) {
  if (rotation == 0 && skew.value == 0) return image;
  Geometry geometry;
  geometry.delivered = image.size();
  geometry.dpi_x = geometry.dpi_y = dpi;
  geometry.rotation = rotation;
  geometry.skew = skew;
  return imaging::make_working_image(image, geometry, {}, {.working_dpi = dpi});
}

struct Tilt {
  bool upright_lines = true;  // false: text runs along the long way, the page lies on its side
  imaging::Skew skew;
};

// A page on its side shows no skew the ordinary way: look both ways and believe the surer.
Tilt find_tilt(const Image& gray, int dpi) {
  Tilt tilt{true, imaging::find_skew(gray)};
  const imaging::Skew sideways = imaging::find_skew(turned(gray, 90, {}, dpi));
  if (sideways.confidence > tilt.skew.confidence) tilt = {false, sideways};
  return tilt;
}

Result<imaging::Orientation> find_turn(const Image& straight, int dpi, Workbench& bench) {
  const imaging::Orientation cheap = imaging::find_orientation(straight);
  if (cheap.sure || !bench.orientation) return cheap;
  TRY(const ocr::OrientationEngine::Answer second, bench.orientation->orientation(straight, dpi));
  return imaging::Orientation{second.rotation, second.sure};
}

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
}

}  // namespace

Status clean(PageDraft& draft, Workbench& bench, const StageSettings& settings) {
  Geometry& geometry = draft.page.geometry;
  geometry.delivered = draft.delivered.size();
  const int dpi = imaging::believable_dpi(draft.delivered);
  geometry.dpi_x = draft.delivered.dpi_x > 0 ? draft.delivered.dpi_x : dpi;
  geometry.dpi_y = draft.delivered.dpi_y > 0 ? draft.delivered.dpi_y : dpi;
  if (geometry.dpi_x < dpi / 4 || geometry.dpi_x > dpi * 4 || geometry.dpi_y < dpi / 4 || geometry.dpi_y > dpi * 4)
    geometry.dpi_x = geometry.dpi_y = dpi;  // the file's word is not believable

  Geometry flat = geometry;
  draft.gray = imaging::make_working_image(draft.delivered, flat, {}, {.working_dpi = settings.working_dpi});
  draft.measures = imaging::measure(draft.gray);
  draft.page.blank = draft.measures.blank;

  const int gray_dpi = static_cast<int>(dpi * flat.scale_x + 0.5);
  if (!draft.page.blank) {
    const Tilt tilt = find_tilt(draft.gray, gray_dpi);
    const bool sure = tilt.skew.confidence >= imaging::kMinSkewConfidence;
    const Degrees skew = sure && std::abs(tilt.skew.angle.value) >= kMinSkew.value ? tilt.skew.angle : Degrees{0};
    const int side_turn = sure && !tilt.upright_lines ? 90 : 0;
    const Image straight = turned(draft.gray, side_turn, skew, gray_dpi);
    TRY(const imaging::Orientation turn, find_turn(straight, gray_dpi, bench));
    geometry.rotation = turn.sure ? (side_turn + turn.rotation) % 360 : side_turn;
    geometry.skew = skew;
    draft.page.quality.skew_confidence = tilt.skew.confidence;
    if (!turn.sure) add(draft, finding::kOrientationUnsure, "check that the page is the right way up");
    if (!sure) add(draft, finding::kSkewUnsure, "no text lines to straighten by", 0);
    if (std::abs(skew.value) > kNotableSkew.value) add(draft, finding::kSkewed, "straightened from a strong tilt", std::abs(skew.value) / 15);
  }

  draft.working = imaging::make_working_image(draft.delivered, geometry, draft.measures, {.working_dpi = settings.working_dpi});
  draft.delivered = {};
  draft.gray = {};
  draft.page.fingerprint = imaging::fingerprint(draft.working);
  draft.page.quality.ink = draft.measures.ink;
  draft.page.quality.contrast = draft.measures.contrast;
  draft.page.quality.noise = draft.measures.noise;
  report_quality(draft);
  return {};
}

}  // namespace chartscan::pipeline::stages
