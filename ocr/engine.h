// Recognition: a working image in, words with boxes and confidences out. Engines are kept alive and used by one thread
// at a time: each worker owns one. NullEngine reads nothing; ScriptedEngine says what a test tells it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/page.h"
#include "core/result.h"
#include "imaging/image.h"
#include "ocr/line_finder.h"
#include "ocr/line_recognizer.h"

namespace chartscan::ocr {

// Auto: our own recogniser; where it cannot read with a model, or fails on a page, Tesseract, which is said with every page.
enum class EngineChoice { Auto, Batched, Tesseract };

struct EngineOptions {
  std::string language = "eng";  // may name several models for Tesseract, "eng+spa"
  std::chrono::milliseconds page_limit{30'000};  // of processor: a page that explodes is stopped and flagged
  EngineChoice engine = EngineChoice::Auto;
};

struct Reading {
  PageText text;           // boxes in pixels of the image given
  bool timed_out = false;  // stopped at the limit: the text is what was read until then
  std::string instead;     // why another engine than the wanted one read it; empty: none did
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string name() const = 0;  // with version, for stage stamps
  virtual Result<Reading> read(const imaging::Image& gray, int dpi) = 0;
};

// The expensive second opinion on orientation, asked only when imaging::find_orientation is unsure and the text of the page
// does not tell.
class OrientationEngine {
 public:
  virtual ~OrientationEngine() = default;
  struct Answer {
    int rotation = 0;  // clockwise turn that makes the page upright
    bool sure = false;
  };
  virtual Result<Answer> orientation(const imaging::Image& gray, int dpi) = 0;
};

// Both read with one model, loaded once: for one thread together.
struct Readers {
  std::unique_ptr<Engine> page;
  std::shared_ptr<LineRecognizer> lines;  // may be what `page` reads with
};
Result<Readers> make_readers(const EngineOptions& options);    // as options.engine says
Result<Readers> make_tesseract(const EngineOptions& options);
Result<Readers> make_batched(const EngineOptions& options);

// A page's lines found by one and read by the other, all of them together.
std::unique_ptr<Engine> make_line_engine(std::unique_ptr<LineFinder> finder, std::shared_ptr<LineRecognizer> recognizer,
                                         std::chrono::milliseconds page_limit);
Result<std::unique_ptr<OrientationEngine>> make_tesseract_orientation_engine();

class NullEngine final : public Engine {
 public:
  std::string name() const override { return "null"; }
  Result<Reading> read(const imaging::Image&, int) override { return Reading{}; }
};

class ScriptedEngine final : public Engine {
 public:
  explicit ScriptedEngine(PageText text) : text_(std::move(text)) {}
  std::string name() const override { return "scripted"; }
  Result<Reading> read(const imaging::Image&, int) override { return Reading{text_, false}; }

 private:
  PageText text_;
};

}  // namespace chartscan::ocr
