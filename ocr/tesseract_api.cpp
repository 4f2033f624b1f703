#include "ocr/tesseract_api.h"

#include <tesseract/baseapi.h>
#include <time.h>

#include <algorithm>
#include <sstream>
#include <vector>

namespace chartscan::ocr {
namespace {

constexpr int kFallbackDpi = 200;
constexpr int kMostPieces = 700;  // of print, laid out at once: a full page of 7 pt prose has 500, a table of results 300

// Of several languages Tesseract passes over those it has no model for, and says so on stderr only.
std::string missing_models(const tesseract::TessBaseAPI& api, const std::string& language, bool failed) {
  std::vector<std::string> there;
  if (!failed) api.GetLoadedLanguagesAsVector(&there);
  std::string missing;
  std::istringstream wanted(language);
  for (std::string one; std::getline(wanted, one, '+');)
    if (std::ranges::find(there, one) == there.end()) missing += " the package tesseract-ocr-" + one;
  return missing;
}

// Looking for tables takes time with the square of the cells (3,000 small ones: 34 s, 1 s without) and changes nothing we use:
// what stands in a row is put in order by its place.
void look_for_no_tables(tesseract::TessBaseAPI& api) { api.SetVariable("textord_tabfind_find_tables", "0"); }

}  // namespace

Result<SharedApi> loaded_api(const std::string& language) {
  auto api = std::make_shared<tesseract::TessBaseAPI>();
  const bool failed = api->Init(nullptr, language.c_str(), tesseract::OEM_LSTM_ONLY) != 0;
  if (const std::string missing = missing_models(*api, language, failed); failed || !missing.empty())
    return Error{ErrorCode::EngineFailed,
                 "Tesseract has no usable model for language '" + language + "'; install" + missing + " or change ocr.language",
                 {}};
  keep_quiet(*api);
  look_for_no_tables(*api);
  return api;
}

SharedApi layout_api() {
  auto api = std::make_shared<tesseract::TessBaseAPI>();
  api->InitForAnalysePage();
  keep_quiet(*api);
  look_for_no_tables(*api);
  return api;
}

void keep_quiet(tesseract::TessBaseAPI& api) { api.SetVariable("debug_file", "/dev/null"); }

int known_dpi(int dpi) { return dpi > 0 ? dpi : kFallbackDpi; }

void set_image(tesseract::TessBaseAPI& api, const imaging::Image& image, int top, int bottom, int dpi) {
  const int known = known_dpi(dpi);
  // Both ways: orientation asks the variable, recognition the image.
  api.SetVariable("user_defined_dpi", std::to_string(known).c_str());
  api.SetImage(image.row(top), image.width, bottom - top, image.channels, image.width * image.channels);
  api.SetSourceResolution(known);
}

std::vector<int> bands_of(const imaging::PrintPieces& pieces, int bottom) {
  std::vector<int> ends = imaging::cuts_between(pieces, kMostPieces);
  ends.push_back(bottom);
  return ends;
}

double processor_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace chartscan::ocr
