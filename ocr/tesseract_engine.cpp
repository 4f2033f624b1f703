// Tesseract kept resident: one engine per worker, one recognition pass per page. Library-internal threads are off (the
// program starts with OMP_THREAD_LIMIT=1); parallelism is over pages.
#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "ocr/engine.h"

namespace chartscan::ocr {
namespace {

constexpr float kMinOrientationConfidence = 3.0f;  // of Tesseract's OSD; 300 turns of scans: wrong up to 1.9, right from 3.1
constexpr int kFallbackDpi = 200;

Error engine_error(const std::string& what) { return {ErrorCode::EngineFailed, what, {}}; }

bool is_blank(const char* text) { return !text || std::string_view(text).find_first_not_of(" \t\r\n") == std::string_view::npos; }

// Tesseract's remarks go to stderr by default, in the middle of a progress bar.
void keep_quiet(tesseract::TessBaseAPI& api) { api.SetVariable("debug_file", "/dev/null"); }

void set_image(tesseract::TessBaseAPI& api, const imaging::Image& image, int dpi) {
  const int known = dpi > 0 ? dpi : kFallbackDpi;
  // Both ways: orientation asks the variable, recognition the image.
  api.SetVariable("user_defined_dpi", std::to_string(known).c_str());
  api.SetImage(image.pixels.data(), image.width, image.height, image.channels, image.width * image.channels);
  api.SetSourceResolution(known);
}

PageText words_of(tesseract::TessBaseAPI& api) {
  PageText text;
  const std::unique_ptr<tesseract::ResultIterator> it(api.GetIterator());
  if (!it) return text;
  int line = 0;
  do {
    if (it->IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++line;
    if (it->Empty(tesseract::RIL_WORD)) continue;
    const std::unique_ptr<char[]> word(it->GetUTF8Text(tesseract::RIL_WORD));
    Box box;
    if (is_blank(word.get()) || !it->BoundingBox(tesseract::RIL_WORD, &box.x0, &box.y0, &box.x1, &box.y1)) continue;
    const double confidence = std::clamp(it->Confidence(tesseract::RIL_WORD) / 100.0, 0.0, 1.0);
    text.words.push_back({word.get(), box, confidence, line});
  } while (it->Next(tesseract::RIL_WORD));
  return text;
}

class TesseractEngine final : public Engine {
 public:
  static Result<std::unique_ptr<Engine>> make(const EngineOptions& options) {
    auto engine = std::unique_ptr<TesseractEngine>(new TesseractEngine(options));
    if (engine->api_.Init(nullptr, options.language.c_str(), tesseract::OEM_LSTM_ONLY) != 0)
      return engine_error("Tesseract has no usable model for language '" + options.language +
                          "'; install the package tesseract-ocr-" + options.language + " or change ocr.language");
    engine->api_.SetPageSegMode(tesseract::PSM_AUTO);
    keep_quiet(engine->api_);
    return std::unique_ptr<Engine>(std::move(engine));
  }

  std::string name() const override { return std::string("tesseract ") + tesseract::TessBaseAPI::Version() + " " + options_.language; }

  Result<Reading> read(const imaging::Image& gray, int dpi) override {
    if (gray.empty()) return Reading{};
    try {
      set_image(api_, gray, dpi);
      tesseract::ETEXT_DESC monitor;
      monitor.set_deadline_msecs(static_cast<std::int32_t>(options_.page_limit.count()));
      const auto start = std::chrono::steady_clock::now();
      const int failed = api_.Recognize(&monitor);
      Reading reading;
      reading.timed_out = std::chrono::steady_clock::now() - start >= options_.page_limit;
      if (failed != 0 && !reading.timed_out) {
        api_.Clear();
        return engine_error("Tesseract could not read the page image");
      }
      reading.text = words_of(api_);
      api_.Clear();  // the engine stays, the page's memory goes
      return reading;
    } catch (const std::exception& fault) {
      api_.Clear();
      return engine_error(std::string("Tesseract failed on the page image: ") + fault.what());
    }
  }

 private:
  explicit TesseractEngine(EngineOptions options) : options_(std::move(options)) {}

  EngineOptions options_;
  tesseract::TessBaseAPI api_;
};

class TesseractOrientation final : public OrientationEngine {
 public:
  static Result<std::unique_ptr<OrientationEngine>> make() {
    auto engine = std::make_unique<TesseractOrientation>();
    if (engine->api_.Init(nullptr, "osd", tesseract::OEM_DEFAULT) != 0)
      return engine_error("Tesseract has no orientation model; install the package tesseract-ocr-osd");
    engine->api_.SetPageSegMode(tesseract::PSM_OSD_ONLY);
    keep_quiet(engine->api_);
    return std::unique_ptr<OrientationEngine>(std::move(engine));
  }

  Result<Answer> orientation(const imaging::Image& gray, int dpi) override {
    if (gray.empty()) return Answer{};
    try {
      set_image(api_, gray, dpi);
      int orientation = 0;
      float confidence = 0, script_confidence = 0;
      const char* script = nullptr;
      const bool found = api_.DetectOrientationScript(&orientation, &confidence, &script, &script_confidence);
      api_.Clear();
      if (!found) return Answer{};
      // Tesseract says how far the page is turned counter-clockwise from upright; turning it back is clockwise.
      return Answer{(360 - orientation) % 360, confidence >= kMinOrientationConfidence};
    } catch (const std::exception&) {
      api_.Clear();
      return Answer{};  // no opinion: the page keeps its orientation and gets a finding
    }
  }

 private:
  tesseract::TessBaseAPI api_;
};

}  // namespace

Result<std::unique_ptr<Engine>> make_tesseract_engine(const EngineOptions& options) { return TesseractEngine::make(options); }
Result<std::unique_ptr<OrientationEngine>> make_tesseract_orientation_engine() { return TesseractOrientation::make(); }

}  // namespace chartscan::ocr
