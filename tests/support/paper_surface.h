// What a Paper is drawn on. Included by paper.cpp and scanned.cpp only, so that Cairo stays there.
#pragma once

#include <cairo.h>

#include "tests/support/paper.h"

namespace chartscan::testing {

struct Paper::Surface {
  cairo_surface_t* recording = nullptr;
  cairo_t* pen = nullptr;

  explicit Surface(PaperSize size) {
    const cairo_rectangle_t extents{0, 0, size.width, size.height};
    recording = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents);
    pen = cairo_create(recording);
  }
  ~Surface() {
    cairo_destroy(pen);
    cairo_surface_destroy(recording);
  }
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;
};

}  // namespace chartscan::testing
