// The whole work on one page: bytes and settings in, a page record and its text out. Pure, so that a process beside us runs it
// today and another machine can tomorrow.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "imaging/decode.h"
#include "pipeline/stage.h"

namespace chartscan::pipeline {

// What one page may take; more, and what takes it is left out.
struct PageLimits {
  int seconds = 60;       // of processor
  int megabytes = 2'000;  // of memory, the engines' included
};

struct WorkPlan {
  std::vector<std::string> leave_out;               // stages that failed on this page before
  std::function<void(const char* stage)> begins{};  // told before each stage
};

struct PageWork {
  Page page;
  PageText text;
  std::vector<std::uint8_t> picture{};  // PageDraft::picture
};

// Engines for one worker; kept alive over pages.
Result<Workbench> make_workbench(const StageSettings& settings);

// Never fails for what is on the page: an undecodable page comes back as Rejected with the reason. What libraries throw comes
// through, std::bad_alloc among it: page_worker.h says what becomes of the page then.
Result<PageWork> work_page(Page page, const imaging::ByteReader& bytes, Workbench& bench, const StageSettings& settings,
                           const imaging::DecodeLimits& limits, const WorkPlan& plan = {});

// The page as it is kept when it cannot be read: `why` says what is wrong and what to do, without the page's name.
PageWork rejected(Page page, const std::string& why);

}  // namespace chartscan::pipeline
