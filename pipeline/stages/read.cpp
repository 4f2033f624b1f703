// Words with boxes and confidences. A page judged blank is read only when the judgement was close; a page whose
// orientation nobody was sure of is also read the other ways up when it makes no sense the way it lies.
#include <algorithm>
#include <numeric>

#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr double kSureBlank = 0.9;      // blank with this confidence: not worth a recognition pass
constexpr double kBelievedWord = 0.6;   // a word on a "blank" page counts from this confidence
constexpr int kBlankWords = 3;          // that many such words and the page is not blank
constexpr double kSenseful = 0.75;      // mean confidence of text that lies the right way up

double mean_confidence(const PageText& text) {
  if (text.words.empty()) return 0;
  const double sum = std::accumulate(text.words.begin(), text.words.end(), 0.0,
                                     [](double total, const Word& word) { return total + word.confidence; });
  return sum / static_cast<double>(text.words.size());
}

// How much believable text there is: decides between two ways up.
double believed_letters(const PageText& text) {
  double sum = 0;
  for (const Word& word : text.words)
    if (word.confidence >= kBelievedWord) sum += static_cast<double>(word.text.size()) * word.confidence;
  return sum;
}

Result<ocr::Reading> read_page(PageDraft& draft, Workbench& bench, int dpi) {
  auto reading = bench.engine->read(draft.working, dpi);
  if (!reading) {
    // One engine's failure on one image is the page's problem, not the batch's.
    draft.page.findings.push_back({finding::kOcrFailed, reading.error().message});
    return ocr::Reading{};
  }
  return reading;
}

Box turned_box(const Box& box, int turn, Size before) {
  switch (turn) {
    case 90: return {before.height - box.y1, box.x0, before.height - box.y0, box.x1};
    case 180: return {before.width - box.x1, before.height - box.y1, before.width - box.x0, before.height - box.y0};
    case 270: return {box.y0, before.width - box.x1, box.y1, before.width - box.x0};
    default: return box;
  }
}

void turn_page(PageDraft& draft, int turn) {
  Geometry& geometry = draft.page.geometry;
  for (Barcode& code : draft.page.barcodes) code.box = turned_box(code.box, turn, geometry.working);
  draft.working = imaging::turned(draft.working, turn);
  geometry.working = draft.working.size();
  geometry.rotation = (geometry.rotation + turn) % 360;
}

// Keeps the way up that gives by far the most believable text.
Status try_other_ways_up(PageDraft& draft, Workbench& bench, int dpi, ocr::Reading& reading) {
  int best_turn = 0;
  for (const int turn : {180, 90, 270}) {
    TRY(ocr::Reading other, bench.engine->read(imaging::turned(draft.working, turn), dpi));
    if (believed_letters(other.text) <= 2 * believed_letters(reading.text)) continue;
    reading = std::move(other);
    best_turn = turn;
    if (mean_confidence(reading.text) >= kSenseful) break;
  }
  turn_page(draft, best_turn);
  return {};
}

}  // namespace

Status read(PageDraft& draft, Workbench& bench, const StageSettings& settings) {
  if (draft.page.blank && draft.measures.blank_confidence >= kSureBlank) return {};
  const int dpi = static_cast<int>(draft.page.geometry.dpi_x * draft.page.geometry.scale_x + 0.5);
  TRY(ocr::Reading reading, read_page(draft, bench, dpi));
  if (has_finding(draft.page.findings, finding::kOrientationUnsure) && mean_confidence(reading.text) < kSenseful &&
      !reading.timed_out && !draft.page.blank)
    TRY_STATUS(try_other_ways_up(draft, bench, dpi, reading));

  if (reading.timed_out)
    draft.page.findings.push_back({finding::kOcrTimeout, "reading was stopped after " + std::to_string(settings.ocr_seconds_per_page) + " s"});
  const auto believed = std::ranges::count_if(reading.text.words, [](const Word& word) { return word.confidence >= kBelievedWord; });
  if (draft.page.blank && believed < kBlankWords) return {};
  draft.page.blank = false;
  draft.text = std::move(reading.text);

  PageQuality& quality = draft.page.quality;
  quality.words = static_cast<int>(draft.text.words.size());
  quality.text_confidence = mean_confidence(draft.text);
  if (draft.text.words.empty() && draft.page.barcodes.empty())
    draft.page.findings.push_back({finding::kNoText, "the page is not blank but nothing on it could be read"});
  else if (quality.words > 0 && quality.text_confidence < settings.low_text_confidence)
    draft.page.findings.push_back({finding::kLowTextConfidence, "much of the text may be misread", quality.text_confidence});
  return {};
}

}  // namespace chartscan::pipeline::stages
