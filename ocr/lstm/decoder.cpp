#include "ocr/lstm/decoder.h"

#include <algorithm>
#include <cmath>

#include "ocr/lstm/beam.h"
#include "ocr/lstm/line_ink.h"

namespace chartscan::ocr::lstm {
namespace {

constexpr double kCharacterScale = 0.05, kWordScale = 7 * kCharacterScale;  // confidence lost for each unit of certainty
constexpr double kOutsideDictionary = 2.25, kCertaintyOffset = -0.085;      // what an alternative would pay: beam.cpp
constexpr float kDoubtful = 0.995f;                                         // a step surer than this has no alternatives
constexpr float kWorthNaming = 0.01f;                                       // probability of an alternative at its best step
constexpr std::size_t kMostOthers = 4;

// A character on the best path.
struct Found {
  int character = kNoChar;
  int begin = 0, end = 0;  // steps with its code
  int border = 0;          // step between it and the character before; 0 for the first
  double certainty = 0;    // of its worst step, and of the nulls before it; those after the last count for that
  Support support = Support::None;
  bool begins_word = false;
};

// Certainties of the nulls before a space belong to the character before them, unless the space is one that opens the
// dictionary: then they have paid the ratio of the path outside, and are forgotten.
void read_characters(const std::vector<PathStep>& path, std::vector<Found>& found) {
  found.clear();
  const int steps = static_cast<int>(path.size());
  for (int t = 0; t < steps;) {
    double certainty = 0;
    for (; t < steps && path[static_cast<std::size_t>(t)].character == kNoChar; ++t)
      certainty = std::min<double>(certainty, path[static_cast<std::size_t>(t)].certainty);
    if (t == steps) {
      if (!found.empty()) found.back().certainty = std::min(found.back().certainty, certainty);
      break;
    }
    const PathStep& first = path[static_cast<std::size_t>(t)];
    const bool space = first.character == kSpaceChar;
    if (space && !found.empty() && first.support != Support::None) {
      found.back().certainty = std::min(found.back().certainty, certainty);
      certainty = 0;
    }
    Found one{first.character, t, t, 0, certainty, first.support, first.begins_word};
    do {
      const PathStep& step = path[static_cast<std::size_t>(t++)];
      if (step.certainty < one.certainty || (space && step.support == Support::None)) one.certainty = step.certainty;
    } while (t < steps && path[static_cast<std::size_t>(t)].again);
    one.end = t;
    if (!found.empty()) one.border = found.back().end + (one.begin - found.back().end) / 2;
    found.push_back(one);
  }
}

// A word ends before a space, before a character with which the dictionary begins one, and outside the dictionary around every
// character of a script without spaces.
std::size_t end_of_word(const std::vector<Found>& found, std::size_t begin, const Charset& charset) {
  std::size_t end = begin + 1;
  for (; end < found.size(); ++end) {
    const Found& one = found[end];
    if (one.character == kSpaceChar || one.begins_word) break;
    if (one.support == Support::TopChoice && !(charset[one.character].spaced && charset[found[end - 1].character].spaced)) break;
  }
  return end;
}

double confidence(double certainty, double scale) { return std::clamp(1 + scale * certainty, 0.0, 1.0); }

// What else the steps of a character could have been, best first.
std::vector<ReadCharacter::Alternative> others_of(const Found& one, int begin, int end, const LineScores& scores,
                                                  const BeamSearch& search, const Charset& charset) {
  struct Other {
    float probability;
    int character;
  };
  std::vector<Other> others;
  for (int t = begin; t < end; ++t) {
    if (search.surest(t) >= kDoubtful) continue;
    const std::span<const float> step = scores.at(t);
    for (int code = 0; code < scores.classes; ++code) {
      const float probability = step[static_cast<std::size_t>(code)];
      if (probability < kWorthNaming) continue;
      const int character = charset.character_of(code);
      if (character == kNoChar || character == kSpaceChar || character == one.character) continue;
      const auto known = std::ranges::find(others, character, &Other::character);
      if (known == others.end())
        others.push_back({probability, character});
      else
        known->probability = std::max(known->probability, probability);
    }
  }
  std::ranges::stable_sort(others, std::ranges::greater(), &Other::probability);
  if (others.size() > kMostOthers) others.resize(kMostOthers);
  std::vector<ReadCharacter::Alternative> named;
  for (const Other& other : others) {
    const double certainty = kOutsideDictionary * (std::log(other.probability) + kCertaintyOffset);
    named.push_back({charset[other.character].text, confidence(certainty, kCharacterScale)});
  }
  return named;
}

// One thread's memory.
struct Scratch {
  BeamSearch search;
  std::vector<Found> found;
  LineInk ink;
};

// The words of one line, once its characters are known.
class Words {
 public:
  Words(Scratch& scratch, const LineScores& scores, const Charset& charset, double pixels_per_step, int width)
      : found_(scratch.found),
        search_(scratch.search),
        ink_(scratch.ink),
        scores_(scores),
        charset_(charset),
        pixels_per_step_(pixels_per_step),
        width_(width) {}

  ReadLine line() const {
    ReadLine line;
    double space_before = 0;
    int left = 0;  // where the ink of the word may begin
    for (std::size_t begin = 0; begin < found_.size();) {
      const std::size_t end = end_of_word(found_, begin, charset_);
      const bool space_follows = end < found_.size() && found_[end].character == kSpaceChar;
      const double space_after = space_follows ? found_[end].certainty : 0;
      const std::size_t next = end + (space_follows ? 1 : 0);
      LineInk::Gap gap{width_, width_};
      if (next < found_.size()) gap = between(end - 1, next);
      ReadWord word = one(begin, end, left, gap.begin);
      double certainty = std::min(space_before, space_after);
      for (std::size_t i = begin; i < end; ++i) certainty = std::min(certainty, found_[i].certainty);
      word.confidence = confidence(certainty, kWordScale);
      if (!word.characters.empty()) line.words.push_back(std::move(word));
      space_before = space_after;
      left = gap.end;
      begin = next;
    }
    return line;
  }

 private:
  int pixel(double step) const { return std::clamp(static_cast<int>(std::lround(step * pixels_per_step_)), 0, width_); }
  int middle(std::size_t i) const { return pixel((found_[i].begin + found_[i].end) / 2.0); }

  LineInk::Gap between(std::size_t last, std::size_t first) const {
    const int from = middle(last), to = middle(first);
    if (first == last + 1) {  // no space between
      const int cut = ink_.cut(from, to, pixel(found_[first].border));
      return {cut, cut};
    }
    return ink_.widest_gap(from, to, (from + to) / 2);
  }

  ReadWord one(std::size_t begin, std::size_t end, int left, int right) const {
    ReadWord word;
    word.box = ink_.tight(left, right, ink_.all());
    left = word.box.x0, right = word.box.x1;
    for (std::size_t i = begin; i < end; ++i) {
      const int until =
          i + 1 < end ? ink_.cut(std::max(left, middle(i)), std::min(right, middle(i + 1)), pixel(found_[i + 1].border)) : right;
      if (found_[i].character != kSpaceChar) word.characters.push_back(character(i, left, until, word.box));
      left = std::max(left, until);
    }
    return word;
  }

  ReadCharacter character(std::size_t i, int left, int right, const Box& word) const {
    const Found& found = found_[i];
    const int after = i + 1 < found_.size() ? found_[i + 1].border : scores_.steps;
    return {charset_[found.character].text, ink_.tight(left, right, word), confidence(found.certainty, kCharacterScale),
            others_of(found, found.border, after, scores_, search_, charset_)};
  }

  const std::vector<Found>& found_;
  const BeamSearch& search_;
  LineInk& ink_;
  const LineScores& scores_;
  const Charset& charset_;
  double pixels_per_step_;
  int width_;
};

}  // namespace

Result<std::shared_ptr<const Decoder>> Decoder::make(const ModelParts& parts) {
  TRY(Charset charset, Charset::read(parts.at(Part::Unicharset), parts.at(Part::Recoder)));
  if (charset.right_to_left())
    return Error{
        ErrorCode::InputRefused, "the model reads from right to left, which only Tesseract can; set ocr.engine = tesseract", {}};
  std::shared_ptr<Decoder> decoder(new Decoder(std::move(charset)));
  TRY(decoder->dictionary_, Dictionary::read(parts, decoder->charset_));
  return std::shared_ptr<const Decoder>(std::move(decoder));
}

ReadLine Decoder::decode(const LineScores& scores, const imaging::Image& line, double scale) const {
  if (scores.steps == 0 || scores.classes != classes() || line.empty() || line.channels != 1 || !(scale > 0)) return {};
  thread_local Scratch scratch;
  read_characters(scratch.search.run(scores, charset_, dictionary_ ? &*dictionary_ : nullptr), scratch.found);
  if (scratch.found.empty()) return {};
  scratch.ink.measure(line);
  return Words(scratch, scores, charset_, scores.pixels_per_step / scale, line.width).line();
}

}  // namespace chartscan::ocr::lstm
