// Words with boxes and confidences. A page judged blank is read only when the judgement was close. A page that makes no
// sense the way it lies is read the other ways up as well: text is the best witness of where its top is.
#include <algorithm>
#include <numeric>
#include <optional>

#include "imaging/print_pieces.h"
#include "imaging/view.h"
#include "ocr/reading_order.h"
#include "pipeline/stages/own_text.h"
#include "pipeline/stages/reread.h"
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {
namespace {

constexpr double kSureBlank = 0.9;      // blank with this confidence: not worth a recognition pass
constexpr double kBelievedWord = 0.6;   // a word on a "blank" page counts from this confidence
constexpr int kBlankWords = 3;          // that many such words and the page is not blank
constexpr double kSenseful = 0.75;      // mean confidence of text that lies the right way up
constexpr double kSenseless = 0.55;     // below it a sure orientation is doubted too; pages on their side had 0.35 to 0.50
constexpr int kTellingWords = 8;        // so many words settle an orientation nobody was sure of
constexpr int kManyPieces = 700;        // of print: reading such a page the other ways up as well costs more than many pages together
constexpr std::size_t kLongWord = 3;    // letters: its box is wider than high

double mean_confidence(const PageText& text) {
  if (text.words.empty()) return 0;
  const double sum = std::accumulate(text.words.begin(), text.words.end(), 0.0,
                                     [](double total, const Word& word) { return total + word.confidence; });
  return sum / static_cast<double>(text.words.size());
}

// Tesseract turns columns of letters by itself and reads a page on its side quite well, with the words standing on end.
bool stands_on_end(const Word& word) { return word.text.size() >= kLongWord && word.box.height() > word.box.width(); }

// Mean confidence of the words, those on end taken for noise.
double sense_of(const PageText& text) {
  if (text.words.empty()) return 0;
  double sum = 0;
  for (const Word& word : text.words)
    if (!stands_on_end(word)) sum += word.confidence;
  return sum / static_cast<double>(text.words.size());
}

// How much believable text there is: decides between two ways up.
double believed_letters(const PageText& text) {
  double sum = 0;
  for (const Word& word : text.words)
    if (word.confidence >= kBelievedWord && !stands_on_end(word)) sum += static_cast<double>(word.text.size()) * word.confidence;
  return sum;
}

Result<ocr::Reading> read_page(PageDraft& draft, Workbench& bench) {
  auto reading = bench.engine->read(draft.working, draft.working.dpi_x);
  if (!reading) {
    // One engine's failure on one image is the page's problem, not the batch's.
    draft.page.findings.push_back({finding::kOcrFailed, reading.error().message});
    return ocr::Reading{};
  }
  return reading;
}

void turn_page(PageDraft& draft, int turn) {
  Geometry& geometry = draft.page.geometry;
  for (Barcode& code : draft.page.barcodes) code.box = imaging::turned_box(code.box, turn, geometry.working);
  draft.working = imaging::turned(draft.working, turn);
  geometry.working = draft.working.size();
  geometry.rotation = (geometry.rotation + turn) % 360;
  draft.page.fingerprint = imaging::fingerprint(draft.working);
}

// Keeps the way up that gives the most believable text; one that was sure gives way only to twice as much.
void try_other_ways_up(PageDraft& draft, Workbench& bench, bool was_sure, ocr::Reading& reading) {
  int best_turn = 0;
  double best = believed_letters(reading.text) * (was_sure ? 2 : 1);
  for (const int turn : {180, 90, 270}) {
    auto other = bench.engine->read(imaging::turned(draft.working, turn), draft.working.dpi_x);
    if (!other || other->timed_out) continue;
    const double letters = believed_letters(other->text);
    if (letters <= best) continue;
    best = letters;
    best_turn = turn;
    reading = std::move(*other);
    if (sense_of(reading.text) >= kSenseful) break;
  }
  if (best_turn == 0) return;
  turn_page(draft, best_turn);
}

bool tells_its_top(const PageText& text) { return sense_of(text) >= kSenseful && static_cast<int>(text.words.size()) >= kTellingWords; }

void orientation_is_sure(PageDraft& draft) {
  std::erase_if(draft.page.findings, [](const Finding& found) { return found.code == finding::kOrientationUnsure; });
}

// Asks the engine whose trade it is, and turns the page where it says so. Its opinion counts only where it does not contradict
// the way the letters stand. True: it was sure.
Result<bool> ask_second_opinion(PageDraft& draft, Workbench& bench, ocr::Reading& reading) {
  if (!bench.orientation) return false;
  TRY(const ocr::OrientationEngine::Answer second, bench.orientation->orientation(draft.working, draft.working.dpi_x));
  const bool lies_along = draft.text_axis == imaging::TextAxis::Unknown || second.rotation % 180 == 0;
  if (!second.sure || !lies_along) return false;
  if (second.rotation == 0) return true;
  TRY(ocr::Reading other, bench.engine->read(imaging::turned(draft.working, second.rotation), draft.working.dpi_x));
  if (other.timed_out) return false;
  reading = std::move(other);
  turn_page(draft, second.rotation);
  return true;
}

// Settles which way up the page is, where that is open: by its text, which has been read anyway, else by asking.
Status settle_orientation(PageDraft& draft, Workbench& bench, ocr::Reading& reading) {
  if (draft.page.decisions.rotation) return {};  // a person turned it
  bool sure = !has_finding(draft.page.findings, finding::kOrientationUnsure);
  if (!sure && !tells_its_top(reading.text)) {
    TRY(sure, ask_second_opinion(draft, bench, reading));
  }
  const bool senseless = sense_of(reading.text) < (sure ? kSenseless : kSenseful);
  if (senseless && imaging::find_print_pieces(draft.working, draft.working.dpi_x, imaging::PieceDetail::Counting).size() <= kManyPieces)
    try_other_ways_up(draft, bench, sure, reading);
  if (sure || tells_its_top(reading.text)) orientation_is_sure(draft);
  return {};
}

Status read_text(PageDraft& draft, Workbench& bench, const StageSettings& settings) {
  if (draft.page.blank && draft.measures.blank_confidence >= kSureBlank) return {};
  std::optional<PageText> own = trusted_own_text(draft, bench);  // of a page that was never paper
  TRY(ocr::Reading reading, own ? Result<ocr::Reading>({std::move(*own), false, {}}) : read_page(draft, bench));
  if (own) {
    orientation_is_sure(draft);  // lines of it were read where it says they stand
  } else {
    if (!reading.timed_out && !draft.page.blank && !has_finding(draft.page.findings, finding::kOcrFailed))
      TRY_STATUS(settle_orientation(draft, bench, reading));
    if (!reading.timed_out) {
      reread_doubtful_lines(draft, bench, reading.text);
      read_unread_lines(draft, bench, reading.text);
    }
    reading.text = ocr::in_reading_order(std::move(reading.text));
  }

  if (!reading.instead.empty()) draft.page.findings.push_back({finding::kReadInstead, reading.instead});
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

}  // namespace

Status read(PageDraft& draft, Workbench& bench, const StageSettings& settings) {
  return read_text(draft, bench, settings);
}

}  // namespace chartscan::pipeline::stages
