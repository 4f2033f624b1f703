// The page as screens show it at once, upright and in its own colours: made here, where the image lies decoded before us, and not while
// somebody waits for it.
#include "imaging/view.h"
#include "pipeline/stages/stages.h"

namespace chartscan::pipeline::stages {

Status picture(PageDraft& draft, Workbench&, const StageSettings& settings) {
  const imaging::Image delivered = std::move(draft.delivered);  // nothing after this looks at it, and it is the largest thing there is
  draft.delivered = {};
  if (settings.picture_width <= 0 || draft.page.blank) return {};
  if (draft.in_colours) {
    // What cannot be decoded again is shown when it is asked for, with the reason.
    if (const Result<imaging::Image> coloured = draft.in_colours(); coloured.ok())
      draft.picture = imaging::screen_picture(*coloured, draft.page.geometry, settings.picture_width);
    return {};
  }
  draft.picture = imaging::screen_picture(delivered, draft.page.geometry, settings.picture_width);
  return {};
}

}  // namespace chartscan::pipeline::stages
