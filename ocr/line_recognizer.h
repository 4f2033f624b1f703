// The seam between the lines of a page and the text of lines: upright images of single lines in, characters with confidences and
// boxes out, many lines at once, so that a recogniser may batch them. One thread at a time; each worker owns one.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/geometry.h"
#include "core/result.h"
#include "imaging/image.h"

namespace chartscan::ocr {

// One line of print, dark on light, cut to the height of its letters with a little paper around and nothing of its neighbours.
struct LineImage {
  imaging::Image gray;
  int dpi = 0;
};

struct ReadCharacter {
  std::string text;       // UTF-8
  Box box;                // pixels of the line's image
  double confidence = 0;  // 0..1
  struct Alternative {
    std::string text;
    double confidence = 0;
  };
  std::vector<Alternative> others;  // best first; empty where the recogniser keeps none
};

struct ReadWord {
  std::vector<ReadCharacter> characters;
  Box box;
  double confidence = 0;  // 0..1, calibrated as the words of Engine are
  std::string text() const;
};

struct ReadLine {
  std::vector<ReadWord> words;  // left to right; empty where nothing was read
};

class LineRecognizer {
 public:
  virtual ~LineRecognizer() = default;
  virtual std::string name() const = 0;  // with version
  virtual Result<std::vector<ReadLine>> read(std::span<const LineImage> lines) = 0;  // as many as were given, in their order
};

class ScriptedLineRecognizer final : public LineRecognizer {
 public:
  explicit ScriptedLineRecognizer(ReadLine line) : line_(std::move(line)) {}
  std::string name() const override { return "scripted"; }
  Result<std::vector<ReadLine>> read(std::span<const LineImage> lines) override { return std::vector<ReadLine>(lines.size(), line_); }

 private:
  ReadLine line_;
};

}  // namespace chartscan::ocr
