// Which engine reads, and what happens when the wanted one cannot.
#include <utility>

#include "ocr/engine.h"

namespace chartscan::ocr {
namespace {

// Reads for another engine and says so with every page.
class Instead final : public Engine {
 public:
  Instead(std::unique_ptr<Engine> engine, std::string why) : engine_(std::move(engine)), why_(std::move(why)) {}

  std::string name() const override { return engine_->name(); }

  Result<Reading> read(const imaging::Image& gray, int dpi) override {
    TRY(Reading reading, engine_->read(gray, dpi));
    reading.instead = why_;
    return reading;
  }

 private:
  std::unique_ptr<Engine> engine_;
  std::string why_;
};

// A page that the first engine fails on is Tesseract's, which is loaded then and stays.
class WithFallback final : public Engine {
 public:
  WithFallback(std::unique_ptr<Engine> first, EngineOptions options) : first_(std::move(first)), options_(std::move(options)) {}

  std::string name() const override { return first_->name(); }

  Result<Reading> read(const imaging::Image& gray, int dpi) override {
    Result<Reading> reading = first_->read(gray, dpi);
    if (reading) return reading;
    if (!second_) {
      TRY(Readers tesseract, make_tesseract(options_));
      second_ = std::move(tesseract.page);
    }
    Result<Reading> again = second_->read(gray, dpi);
    if (again) again->instead = reading.error().message;
    return again;
  }

 private:
  std::unique_ptr<Engine> first_, second_;
  EngineOptions options_;
};

}  // namespace

Result<Readers> make_readers(const EngineOptions& options) {
  if (options.engine == EngineChoice::Tesseract) return make_tesseract(options);
  Result<Readers> batched = make_batched(options);
  if (options.engine == EngineChoice::Batched) return batched;
  if (batched) {
    batched->page = std::make_unique<WithFallback>(std::move(batched->page), options);
    return batched;
  }
  TRY(Readers tesseract, make_tesseract(options));
  tesseract.page = std::make_unique<Instead>(std::move(tesseract.page), batched.error().message);
  return tesseract;
}

}  // namespace chartscan::ocr
