// A page read line by line: found by a LineFinder, cut out, and read in batches by a LineRecognizer.
#include <algorithm>
#include <utility>

#include "imaging/view.h"
#include "ocr/engine.h"
#include "ocr/tesseract_api.h"

namespace chartscan::ocr {
namespace {

constexpr std::size_t kLinesAtOnce = 128;  // more than most pages have: after so many the clock is looked at

LineImage cut(const imaging::Image& gray, const FoundLine& line, int dpi) {
  const imaging::Image piece = imaging::cropped(gray, line.box);
  return {line.turn == 0 ? piece : imaging::turned(piece, line.turn), dpi};
}

// From the image of a line to the page.
Box on_page(const Box& box, const FoundLine& line) {
  Size cut{line.box.width(), line.box.height()};
  if (line.turn % 180 != 0) std::swap(cut.width, cut.height);
  Box back = imaging::turned_box(box, (360 - line.turn) % 360, cut);
  back.x0 += line.box.x0, back.x1 += line.box.x0, back.y0 += line.box.y0, back.y1 += line.box.y0;
  return back;
}

class LineEngine final : public Engine {
 public:
  LineEngine(std::unique_ptr<LineFinder> finder, std::shared_ptr<LineRecognizer> recognizer, std::chrono::milliseconds limit)
      : finder_(std::move(finder)), recognizer_(std::move(recognizer)), limit_(limit) {}

  std::string name() const override { return recognizer_->name() + ", lines by " + finder_->name(); }

  Result<Reading> read(const imaging::Image& gray, int dpi) override {
    Reading reading;
    if (gray.empty()) return reading;
    const double deadline = processor_seconds() + std::chrono::duration<double>(limit_).count();
    TRY(const std::vector<FoundLine> lines, finder_->find(gray, dpi));
    for (std::size_t from = 0; from < lines.size(); from += kLinesAtOnce) {
      if (processor_seconds() >= deadline) {
        reading.timed_out = true;
        break;
      }
      const auto batch = std::span(lines).subspan(from, std::min(kLinesAtOnce, lines.size() - from));
      TRY_STATUS(read_batch(gray, dpi, batch, reading.text));
    }
    return reading;
  }

 private:
  Status read_batch(const imaging::Image& gray, int dpi, std::span<const FoundLine> lines, PageText& text) {
    std::vector<LineImage> images;
    for (const FoundLine& line : lines) images.push_back(cut(gray, line, dpi));
    TRY(const std::vector<ReadLine> read, recognizer_->read(images));
    for (std::size_t i = 0; i < lines.size(); ++i)
      for (const ReadWord& word : read[i].words)
        text.words.push_back({word.text(), on_page(word.box, lines[i]), word.confidence, lines[i].number});
    return {};
  }

  std::unique_ptr<LineFinder> finder_;
  std::shared_ptr<LineRecognizer> recognizer_;
  std::chrono::milliseconds limit_;
};

}  // namespace

std::unique_ptr<Engine> make_line_engine(std::unique_ptr<LineFinder> finder, std::shared_ptr<LineRecognizer> recognizer,
                                         std::chrono::milliseconds page_limit) {
  return std::make_unique<LineEngine>(std::move(finder), std::move(recognizer), page_limit);
}

}  // namespace chartscan::ocr
