// What a word's confidence is worth: how often a word read with it is right. Confidences of both recognisers are on Tesseract's
// scale, on which the thresholds of the pipeline were measured; where a figure is to mean a share (so many of a hundred such words
// are wrong), ask here. Never falls as the confidence rises, so that it puts words in no other order.
#pragma once

namespace chartscan::ocr {

// `confidence` of ReadWord or Word, 0..1. With c = (1 - confidence) / 0.35, the certainty lost by the word's worst character
// (lstm/decoder.h), it is 1 / (1 + exp(b ln(1 + c) - a)). a and b are fitted by `scripts/bench confidence --fit`, whose held part
// says what they are worth.
double probability_right(double confidence);

}  // namespace chartscan::ocr
