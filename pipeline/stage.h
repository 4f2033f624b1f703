// One named, versioned step over a page. Pure: no storage, threads or clock; same input and settings, same output.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/page.h"
#include "core/result.h"
#include "imaging/clean.h"
#include "imaging/image.h"
#include "ocr/engine.h"
#include "pipeline/separators.h"

namespace chartscan::charts {
class TypeModel;
}

namespace chartscan::pipeline {

struct StageSettings {
  std::string language = "eng";
  ocr::EngineChoice engine = ocr::EngineChoice::Auto;
  int working_dpi = 200;
  int ocr_seconds_per_page = 30;
  double low_text_confidence = 0.60;  // below, the page gets a finding
  std::shared_ptr<const charts::TypeModel> types;  // null: the model that is compiled in
  std::string types_name;             // of that model, different for different ones; "" where it is null
  SeparatorSettings separators;
  int picture_width = 0;  // pixels; 0 = no picture is made. Changes nothing of what is read
};

// The page on its way through the stages.
struct PageDraft {
  Page page;
  PageText text;
  imaging::Image delivered;  // as decoded, gray; released once the page's picture is made
  std::function<Result<imaging::Image>()> in_colours;  // decodes it anew; empty where the original has no colours
  imaging::Image gray;       // gray twin of delivered, at most about 200 dpi: measurements are made on it
  imaging::Image working;    // upright, straight, evenly lit
  imaging::PageMeasures measures;
  imaging::TextAxis text_axis = imaging::TextAxis::Unknown;  // of the page as delivered
  std::vector<imaging::Letter> letters;  // of the page as delivered, in pixels of an image of `letters_of` size
  Size letters_of;
  PageText born_digital;     // as imaging::Decoded: the words a PDF says are there, boxes in delivered pixels
  std::vector<std::uint8_t> picture;  // JPEG of the page upright, StageSettings::picture_width across, for screens
};

// What one worker owns and keeps alive between pages.
struct Workbench {
  std::unique_ptr<ocr::Engine> engine;
  std::shared_ptr<ocr::LineRecognizer> lines;  // none: doubtful lines are not read again
  std::unique_ptr<ocr::OrientationEngine> orientation;
};

struct Stage {
  const char* name;
  int version;
  Status (*run)(PageDraft& draft, Workbench& bench, const StageSettings& settings);
  bool can_be_left_out = true;  // of a page that it cannot cope with: what it would have found is missing, the page is kept
};

// In order: one visible list (pipeline/stage_list.cpp).
const std::vector<Stage>& stage_list();

}  // namespace chartscan::pipeline
