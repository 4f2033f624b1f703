// Tesseract kept resident: one engine per worker, one recognition pass per page. Library-internal threads are off (the
// program starts with OMP_THREAD_LIMIT=1); parallelism is over pages.
#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>

#include "ocr/engine.h"
#include "ocr/tesseract_api.h"

namespace chartscan::ocr {
namespace {

constexpr float kMinOrientationConfidence = 3.0f;  // of Tesseract's OSD; 300 turns of scans: wrong up to 1.9, right from 3.1

Error engine_error(const std::string& what) { return {ErrorCode::EngineFailed, what, {}}; }

bool is_blank(const char* text) { return !text || std::string_view(text).find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool reads_right_to_left(const std::string& language) {
  for (const char* one : {"ara", "fas", "heb", "urd", "pus", "snd", "syr", "uig", "yid", "div"})
    if (language.find(one) != std::string::npos) return true;
  return false;
}

PageText words_of(tesseract::LTRResultIterator& it) {
  PageText text;
  int line = 0;
  do {
    if (it.IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++line;
    if (it.Empty(tesseract::RIL_WORD)) continue;
    const std::unique_ptr<char[]> word(it.GetUTF8Text(tesseract::RIL_WORD));
    Box box;
    if (is_blank(word.get()) || !it.BoundingBox(tesseract::RIL_WORD, &box.x0, &box.y0, &box.x1, &box.y1)) continue;
    const double confidence = std::clamp(it.Confidence(tesseract::RIL_WORD) / 100.0, 0.0, 1.0);
    text.words.push_back({word.get(), box, confidence, line});
  } while (it.Next(tesseract::RIL_WORD));
  return text;
}

// Where all print runs from left to right the plain iterator says the same; the other asks for the direction of the whole
// paragraph at every word, which takes time with the square of its words.
PageText words_of(tesseract::TessBaseAPI& api, bool right_to_left) {
  const std::unique_ptr<tesseract::ResultIterator> it(api.GetIterator());
  if (!it) return {};
  if (right_to_left) return words_of(*it);
  tesseract::LTRResultIterator plain(*it);
  return words_of(plain);
}

// Tries a line again with black and white changed where it was not sure of it. Costs a second pass over every doubtful line, and
// gains only where print is white on black.
void expect_inverted_print(tesseract::TessBaseAPI& api, bool expected) { api.SetVariable("invert_threshold", expected ? "0.7" : "0"); }

// Is any spot as large as a word mostly dark? Bold headings reach half.
bool has_dark_ground(const imaging::Image& gray, int dpi) {
  constexpr double kWide = 0.25, kHigh = 0.08;  // inch
  constexpr int kDark = 100;                    // mean gray level of a spot
  const int wide = std::max(4, static_cast<int>(kWide * dpi)), high = std::max(4, static_cast<int>(kHigh * dpi));
  for (int y = 0; y + high <= gray.height; y += high)
    for (int x = 0; x + wide <= gray.width; x += wide) {
      int sum = 0;
      for (int dy = 0; dy < high; dy += 2) {
        const std::uint8_t* row = gray.row(y + dy) + x;
        for (int dx = 0; dx < wide; dx += 2) sum += row[dx];
      }
      if (sum < kDark * ((high + 1) / 2) * ((wide + 1) / 2)) return true;
    }
  return false;
}

class TesseractEngine final : public Engine {
 public:
  TesseractEngine(SharedApi api, EngineOptions options) : api_(std::move(api)), options_(std::move(options)) {}

  std::string name() const override { return std::string("tesseract ") + tesseract::TessBaseAPI::Version() + " " + options_.language; }

  Result<Reading> read(const imaging::Image& gray, int dpi) override {
    if (gray.empty()) return Reading{};
    const int known = known_dpi(dpi);
    const double deadline = processor_seconds() + std::chrono::duration<double>(options_.page_limit).count();
    Reading reading;
    for (int top = 0, line = 0; const int bottom : bands_of(imaging::find_print_pieces(gray, known, imaging::PieceDetail::Counting), gray.height)) {
      TRY(Reading band, read_band(gray, top, bottom, known, deadline));
      for (Word& word : band.text.words) {
        word.box.y0 += top, word.box.y1 += top, word.line += line;
        reading.text.words.push_back(std::move(word));
      }
      if (!reading.text.words.empty()) line = reading.text.words.back().line;
      reading.timed_out = band.timed_out;
      if (reading.timed_out) break;
      top = bottom;
    }
    return reading;
  }

 private:
  Result<Reading> read_band(const imaging::Image& gray, int top, int bottom, int dpi, double deadline) {
    try {
      api_->SetPageSegMode(tesseract::PSM_AUTO);
      expect_inverted_print(*api_, has_dark_ground(gray, dpi));
      set_image(*api_, gray, top, bottom, dpi);
      tesseract::ETEXT_DESC monitor;
      monitor.cancel_this = &deadline;
      monitor.cancel = [](void* end, int) { return processor_seconds() >= *static_cast<const double*>(end); };
      const int failed = api_->Recognize(&monitor);
      Reading reading;
      reading.timed_out = processor_seconds() >= deadline;
      if (failed != 0 && !reading.timed_out) {
        api_->Clear();
        return engine_error("Tesseract could not read the page image");
      }
      reading.text = words_of(*api_, reads_right_to_left(options_.language));
      api_->Clear();  // the engine stays, the page's memory goes
      return reading;
    } catch (const std::bad_alloc&) {
      throw;  // the page's limit: page_worker.h
    } catch (const std::exception& fault) {
      api_->Clear();
      return engine_error(std::string("Tesseract failed on the page image: ") + fault.what());
    }
  }

  SharedApi api_;
  EngineOptions options_;
};

class TesseractLines final : public LineRecognizer {
 public:
  TesseractLines(SharedApi api, std::string language) : api_(std::move(api)), language_(std::move(language)) {}

  std::string name() const override { return std::string("tesseract ") + tesseract::TessBaseAPI::Version() + " " + language_; }

  Result<std::vector<ReadLine>> read(std::span<const LineImage> lines) override {
    std::vector<ReadLine> read;
    for (const LineImage& line : lines) {
      TRY(ReadLine one, read_one(line));
      read.push_back(std::move(one));
    }
    return read;
  }

 private:
  Result<ReadLine> read_one(const LineImage& line) {
    if (line.gray.empty()) return ReadLine{};
    try {
      api_->SetPageSegMode(tesseract::PSM_SINGLE_LINE);
      expect_inverted_print(*api_, false);
      set_image(*api_, line.gray, 0, line.gray.height, line.dpi);
      ReadLine read;
      if (api_->Recognize(nullptr) == 0) read = characters();
      api_->Clear();
      return read;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& fault) {
      api_->Clear();
      return engine_error(std::string("Tesseract failed on the image of a line: ") + fault.what());
    }
  }

  ReadLine characters() const {
    ReadLine line;
    const std::unique_ptr<tesseract::ResultIterator> it(api_->GetIterator());
    if (!it) return line;
    do {
      if (it->Empty(tesseract::RIL_SYMBOL)) continue;
      if (it->IsAtBeginningOf(tesseract::RIL_WORD) || line.words.empty()) line.words.push_back(word_at(*it));
      const std::unique_ptr<char[]> text(it->GetUTF8Text(tesseract::RIL_SYMBOL));
      if (is_blank(text.get())) continue;
      ReadCharacter character{text.get(), {}, std::clamp(it->Confidence(tesseract::RIL_SYMBOL) / 100.0, 0.0, 1.0), {}};
      it->BoundingBox(tesseract::RIL_SYMBOL, &character.box.x0, &character.box.y0, &character.box.x1, &character.box.y1);
      line.words.back().characters.push_back(std::move(character));
    } while (it->Next(tesseract::RIL_SYMBOL));
    std::erase_if(line.words, [](const ReadWord& word) { return word.characters.empty(); });
    return line;
  }

  static ReadWord word_at(const tesseract::ResultIterator& it) {
    ReadWord word;
    it.BoundingBox(tesseract::RIL_WORD, &word.box.x0, &word.box.y0, &word.box.x1, &word.box.y1);
    word.confidence = std::clamp(it.Confidence(tesseract::RIL_WORD) / 100.0, 0.0, 1.0);
    return word;
  }

  SharedApi api_;
  std::string language_;
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
      set_image(api_, gray, 0, gray.height, dpi);
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

Result<Readers> make_tesseract(const EngineOptions& options) {
  TRY(const SharedApi api, loaded_api(options.language));
  return Readers{std::make_unique<TesseractEngine>(api, options), std::make_unique<TesseractLines>(api, options.language)};
}

Result<std::unique_ptr<OrientationEngine>> make_tesseract_orientation_engine() { return TesseractOrientation::make(); }

}  // namespace chartscan::ocr
