// Lines as Tesseract's layout analysis finds them, with the boxes that its own recogniser would cut out (5.3,
// src/ccmain/linerec.cpp, Tesseract::LSTMRecognizeWord).
#include <tesseract/baseapi.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <new>

#include "ocr/grid_lines.h"
#include "ocr/line_finder.h"
#include "ocr/tesseract_api.h"

namespace chartscan::ocr {
namespace {

constexpr int kPaper = 4;  // pixels around a line

int turn_of(const tesseract::PageIterator& it) {
  tesseract::Orientation up;
  tesseract::WritingDirection direction;
  tesseract::TextlineOrder order;
  float tilt = 0;
  it.Orientation(&up, &direction, &order, &tilt);
  switch (up) {
    case tesseract::ORIENTATION_PAGE_RIGHT: return 270;
    case tesseract::ORIENTATION_PAGE_DOWN: return 180;
    case tesseract::ORIENTATION_PAGE_LEFT: return 90;
    default: return 0;
  }
}

// As high as its tallest and deepest letters could be. Vertical lines keep the box of their ink: their baselines are known too
// roughly.
void make_room(const tesseract::PageIterator& it, Box& box) {
  int x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  if (!it.Baseline(tesseract::RIL_TEXTLINE, &x1, &y1, &x2, &y2)) return;
  float height = 0, descenders = 0, ascenders = 0;  // of the whole row; descenders below zero
  it.RowAttributes(&height, &descenders, &ascenders);
  const double share = x2 > x1 ? ((box.x0 + box.x1) / 2.0 - x1) / (x2 - x1) : 0;
  const double baseline = y1 + share * (y2 - y1);
  box.y0 = std::min(box.y0, static_cast<int>(std::floor(baseline - (height + descenders))));
  box.y1 = std::max(box.y1, static_cast<int>(std::ceil(baseline - descenders)));
}

class TesseractLayout final : public LineFinder {
 public:
  std::string name() const override { return std::string("tesseract ") + tesseract::TessBaseAPI::Version(); }

  Result<std::vector<FoundLine>> find(const imaging::Image& gray, int dpi) override {
    std::vector<FoundLine> lines;
    if (gray.empty()) return lines;
    const imaging::PrintPieces pieces = imaging::find_print_pieces(gray, known_dpi(dpi), imaging::PieceDetail::Counting);
    for (const Stretch& stretch : stretches_of(gray, pieces)) {
      append(stretch.cells, lines);
      if (!stretch.cells.empty()) continue;
      for (int top = stretch.top; const int bottom : bands_of(part_of(pieces, stretch), stretch.bottom)) {
        TRY_STATUS(find_in(gray, top, bottom, dpi, lines));
        top = bottom;
      }
    }
    return lines;
  }

 private:
  static void append(const std::vector<FoundLine>& cells, std::vector<FoundLine>& lines) {
    const int above = lines.empty() ? 0 : lines.back().number;
    for (FoundLine cell : cells) {
      cell.number += above;
      lines.push_back(cell);
    }
  }

  static imaging::PrintPieces part_of(imaging::PrintPieces pieces, const Stretch& stretch) {
    std::erase_if(pieces.boxes, [&](const Box& box) { return box.y0 < stretch.top || box.y1 > stretch.bottom; });
    return pieces;
  }

  Status find_in(const imaging::Image& gray, int top, int bottom, int dpi, std::vector<FoundLine>& lines) {
    try {
      api_->SetPageSegMode(tesseract::PSM_AUTO);
      set_image(*api_, gray, top, bottom, dpi);
      {
        const std::unique_ptr<tesseract::PageIterator> it(api_->AnalyseLayout(true));
        if (it) collect(*it, gray.size(), top, lines);
      }
      api_->Clear();
      return {};
    } catch (const std::bad_alloc&) {
      throw;  // the page's limit: page_worker.h
    } catch (const std::exception& fault) {
      api_->Clear();
      return Error{ErrorCode::EngineFailed, std::string("Tesseract's layout analysis failed on the page image: ") + fault.what(), {}};
    }
  }

  static void collect(tesseract::PageIterator& it, Size page, int top, std::vector<FoundLine>& lines) {
    int number = lines.empty() ? 0 : lines.back().number;
    do {
      if (it.IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++number;
      Box box;
      if (!tesseract::PTIsTextType(it.BlockType())) continue;  // rules and pictures come as lines too
      if (it.Empty(tesseract::RIL_WORD) || !it.BoundingBox(tesseract::RIL_WORD, &box.x0, &box.y0, &box.x1, &box.y1)) continue;
      const int turn = turn_of(it);
      if (turn == 0) make_room(it, box);
      box = {std::max(0, box.x0 - kPaper), std::max(0, top + box.y0 - kPaper), std::min(page.width, box.x1 + kPaper),
             std::min(page.height, top + box.y1 + kPaper)};
      if (box.x1 > box.x0 && box.y1 > box.y0) lines.push_back({box, turn, number});
    } while (it.Next(tesseract::RIL_WORD));
  }

  SharedApi api_ = layout_api();
};

}  // namespace

std::unique_ptr<LineFinder> make_tesseract_layout() { return std::make_unique<TesseractLayout>(); }

}  // namespace chartscan::ocr
