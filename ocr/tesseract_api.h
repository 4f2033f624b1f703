// Inside this room: what all uses of the Tesseract library share. Not for other rooms.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "imaging/image.h"
#include "imaging/print_pieces.h"

namespace tesseract {
class TessBaseAPI;
}

namespace chartscan::ocr {

using SharedApi = std::shared_ptr<tesseract::TessBaseAPI>;

// With the models of "eng" or "eng+spa"; an error names the packages that are missing.
Result<SharedApi> loaded_api(const std::string& language);

// Without a model: for layout alone.
SharedApi layout_api();

// Tesseract's remarks go to stderr by default, in the middle of a progress bar.
void keep_quiet(tesseract::TessBaseAPI& api);

int known_dpi(int dpi);

// The rows from `top` to `bottom` of an image.
void set_image(tesseract::TessBaseAPI& api, const imaging::Image& image, int top, int bottom, int dpi);

// Rows where a page, or a stretch of one, is cut into bands, the last one `bottom`, its end. In one band, but where print falls into
// very many pieces: there Tesseract's time grows with their square and worse.
std::vector<int> bands_of(const imaging::PrintPieces& pieces, int bottom);

// Of this thread: a page must not fail because others keep the machine busy.
double processor_seconds();

}  // namespace chartscan::ocr
