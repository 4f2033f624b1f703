// Inside this room: does a picture taken out of a file show what the page shows? Programs place pictures upside down, mirrored,
// inverted, behind print or under a mask; a coarse drawing of the page tells. Pure.
#pragma once

#include "imaging/image.h"

namespace chartscan::imaging {

// `drawing` is gray and coarse, about 50 dpi; `picture` has any size and colours and should be the same sheet. A shift of a few
// hundredths of an inch is none.
bool shows_the_same(const Image& picture, const Image& drawing);

}  // namespace chartscan::imaging
