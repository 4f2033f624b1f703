#include "pipeline/page_work.h"

#include <algorithm>
#include <sstream>

#include "storage/archive.h"

namespace chartscan::pipeline {
namespace {

constexpr int kSettingsHashDigits = 12;
constexpr int kMinSide = 64;  // pixels: less than the smallest label at fax resolution

// A short name for the settings a page was read with; equal settings, equal name.
std::string settings_hash(const StageSettings& settings, const Workbench& bench) {
  std::ostringstream text;
  text << settings.language << '|' << settings.working_dpi << '|' << settings.ocr_seconds_per_page << '|'
       << settings.low_text_confidence << '|' << bench.engine->name() << '|' << words_of(settings.separators);
  if (settings.types) text << '|' << settings.types_name;
  return storage::sha256(text.str()).substr(0, kSettingsHashDigits);
}

Status run_stages(PageDraft& draft, Workbench& bench, const StageSettings& settings, const WorkPlan& plan) {
  const std::string hash = settings_hash(settings, bench);
  for (const Stage& stage : stage_list()) {
    if (std::ranges::find(plan.leave_out, stage.name) != plan.leave_out.end()) continue;
    if (plan.begins) plan.begins(stage.name);
    TRY_STATUS(stage.run(draft, bench, settings), std::string("stage ") + stage.name);
    draft.page.stamps.push_back({stage.name, stage.version, hash});
  }
  return {};
}

}  // namespace

PageWork rejected(Page page, const std::string& why) {
  const std::string message = page.original.file + ", page " + std::to_string(page.original.index + 1) + ": " + why;
  page.state = PageState::Rejected;
  page.rejected_because = message;
  page.findings.push_back({finding::kUndecodable, message});
  return {std::move(page), {}};
}

Result<Workbench> make_workbench(const StageSettings& settings) {
  Workbench bench;
  const ocr::EngineOptions options{settings.language, std::chrono::seconds(settings.ocr_seconds_per_page), settings.engine};
  TRY(ocr::Readers readers, ocr::make_readers(options));
  bench.engine = std::move(readers.page);
  bench.lines = std::move(readers.lines);
  TRY(bench.orientation, ocr::make_tesseract_orientation_engine());
  return bench;
}

Result<PageWork> work_page(Page page, const imaging::ByteReader& bytes, Workbench& bench, const StageSettings& settings,
                           const imaging::DecodeLimits& limits, const WorkPlan& plan) {
  page = as_delivered(page);  // it may have been read before
  auto decoded = imaging::decode_page(bytes, page.original.media, page.original.index, limits, imaging::Tones::Gray);  // no stage looks at colours
  if (!decoded) {
    // A fault of our own storage or machine stops the batch; a fault of the page is the page's.
    const int exit_code = traits(decoded.error().code).exit_code;
    if (exit_code == 5 || exit_code == 6) return std::move(decoded).error();
    return rejected(std::move(page), decoded.error().message);
  }
  const Size size = decoded->image.size();
  if (size.width < kMinSide || size.height < kMinSide)
    return rejected(std::move(page), "the image is only " + std::to_string(size.width) + " x " + std::to_string(size.height) +
                                         " pixels, too small to be a page; scan it again");
  PageDraft draft;
  draft.page = std::move(page);
  for (Finding& finding : decoded->findings) draft.page.findings.push_back(std::move(finding));
  draft.delivered = std::move(decoded->image);
  if (decoded->coloured)
    draft.in_colours = [&bytes, &limits, original = draft.page.original]() -> Result<imaging::Image> {
      TRY(imaging::Decoded again, imaging::decode_page(bytes, original.media, original.index, limits));
      return std::move(again.image);
    };
  draft.born_digital = std::move(decoded->born_digital);
  TRY_STATUS(run_stages(draft, bench, settings, plan));
  draft.page.state = PageState::Processed;
  return PageWork{std::move(draft.page), std::move(draft.text), std::move(draft.picture)};
}

}  // namespace chartscan::pipeline
