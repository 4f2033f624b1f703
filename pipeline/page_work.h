// The whole work on one page: bytes and settings in, a page record and its text out. Pure, so that a thread can run it
// here today and another machine tomorrow.
#pragma once

#include "imaging/decode.h"
#include "pipeline/stage.h"

namespace chartscan::pipeline {

struct PageWork {
  Page page;
  PageText text;
};

// Engines for one worker; kept alive over pages.
Result<Workbench> make_workbench(const StageSettings& settings);

// Never fails for what is on the page: an undecodable page comes back as Rejected with the reason.
Result<PageWork> work_page(Page page, const imaging::ByteReader& bytes, Workbench& bench, const StageSettings& settings,
                           const imaging::DecodeLimits& limits);

// The page as it is kept when it cannot be read: `why` says what is wrong and what to do, without the page's name.
PageWork rejected(Page page, const std::string& why);

}  // namespace chartscan::pipeline
