// From a network's scores to words: what Tesseract's recogniser makes of the same scores, with the places and the doubts of each
// character. One model's; Tesseract's reading with several models at once ("eng+spa") is not done here, nor print from right to
// left: make() refuses such models, and the caller leaves them to Tesseract.
//
// Constant and shared by all threads. A thread's memory for the search (0.3 MB for a long line of a Latin model) stays with it.
#pragma once

#include <memory>
#include <optional>

#include "core/result.h"
#include "imaging/image.h"
#include "ocr/line_recognizer.h"
#include "ocr/lstm/charset.h"
#include "ocr/lstm/container.h"
#include "ocr/lstm/dictionary.h"
#include "ocr/lstm/network.h"

namespace chartscan::ocr::lstm {

class Decoder {
 public:
  static Result<std::shared_ptr<const Decoder>> make(const ModelParts& parts);

  // `line` is the image the scores were made from and `scale` what line_input() said of it: the boxes are pixels of `line`,
  // tight around its ink. Confidences are as Tesseract's, LTRResultIterator::Confidence / 100: with c the certainty of a character
  // (natural logarithm of the least probable of its steps, less 0.085, times 2.25 outside the dictionary), a character has
  // 1 + 0.05 c, and a word 1 + 0.35 c of its worst character or of the spaces beside it. `others` have what they would have
  // outside the dictionary.
  ReadLine decode(const LineScores& scores, const imaging::Image& line, double scale) const;

  int classes() const { return charset_.classes(); }      // the network must have as many
  int null_code() const { return charset_.null_code(); }  // and mean the same by it
  const Charset& charset() const { return charset_; }

 private:
  explicit Decoder(Charset charset) : charset_(std::move(charset)) {}

  Charset charset_;
  std::optional<Dictionary> dictionary_;
};

}  // namespace chartscan::ocr::lstm
