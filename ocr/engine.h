// Recognition: a working image in, words with boxes and confidences out. Engines are kept alive and used by one thread
// at a time: each worker owns one. NullEngine reads nothing; ScriptedEngine says what a test tells it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/page.h"
#include "core/result.h"
#include "imaging/image.h"
#include "ocr/line_recognizer.h"

namespace chartscan::ocr {

struct EngineOptions {
  std::string language = "eng";
  std::chrono::milliseconds page_limit{30'000};  // of processor: a page that explodes is stopped and flagged
};

struct Reading {
  PageText text;           // boxes in pixels of the image given
  bool timed_out = false;  // stopped at the limit: the text is what was read until then
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

// Both read with one model, loaded once: for one thread together. `language` may name several models, "eng+spa".
struct TesseractPair {
  std::unique_ptr<Engine> page;
  std::unique_ptr<LineRecognizer> lines;
};
Result<TesseractPair> make_tesseract(const EngineOptions& options);
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
