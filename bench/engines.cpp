// Reading of whole pages, layout included, by both engines on the same working images, page by page in turn.
//   bench_engines (both|batched|tesseract|none) FILE...   prints a line of JSON a page, then one of the whole
// One engine alone tells how much memory it takes; "none" is what the images take.
#include <sys/resource.h>
#include <time.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "imaging/decode.h"
#include "ocr/engine.h"
#include "pipeline/stages/stages.h"

namespace {

using namespace chartscan;

double processor_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return 1e3 * static_cast<double>(used.tv_sec) + 1e-6 * static_cast<double>(used.tv_nsec);
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "bench_engines: %s\n", why.c_str());
  std::exit(1);
}

imaging::Image working_image(const std::string& file) {
  const auto bytes = imaging::file_reader(file);
  if (!bytes) give_up(bytes.error().message);
  const MediaType media = file.ends_with(".jpg") ? MediaType::Jpeg : MediaType::Tiff;
  auto decoded = imaging::decode_page(*bytes, media, 0, {}, imaging::Tones::Gray);
  if (!decoded) give_up(file + ": " + decoded.error().message);
  pipeline::PageDraft draft;
  draft.delivered = std::move(decoded->image);
  pipeline::Workbench bench;
  if (const Status cleaned = pipeline::stages::clean(draft, bench, {}); !cleaned.ok()) give_up(file + ": " + cleaned.error().message);
  return std::move(draft.working);
}

std::unique_ptr<ocr::Engine> engine(ocr::EngineChoice choice) {
  auto readers = ocr::make_readers({.engine = choice});
  if (!readers) give_up(readers.error().message);
  return std::move(readers->page);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("engine and files are missing");
  const std::string which = argv[1];
  std::map<std::string, std::unique_ptr<ocr::Engine>> engines;
  if (which == "both" || which == "batched") engines["batched"] = engine(ocr::EngineChoice::Batched);
  if (which == "both" || which == "tesseract") engines["tesseract"] = engine(ocr::EngineChoice::Tesseract);
  for (int i = 2; i < argc; ++i) {
    const imaging::Image page = working_image(argv[i]);
    nlohmann::json row{{"file", argv[i]}};
    for (const auto& [name, one] : engines) {
      const double start = processor_ms();
      const auto reading = one->read(page, page.dpi_x);
      if (!reading) give_up(std::string(argv[i]) + ": " + reading.error().message);
      row[name] = {{"ms", processor_ms() - start}, {"text", reading->text.text()}};
    }
    std::printf("%s\n", row.dump().c_str());
  }
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("%s\n", nlohmann::json{{"peak_mb", static_cast<double>(used.ru_maxrss) / 1024}}.dump().c_str());
}
