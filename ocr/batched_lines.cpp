// Lines read by our own forward pass and decoder, with Tesseract's model (ocr/lstm/).
#include <algorithm>
#include <numeric>

#include "imaging/view.h"
#include "ocr/engine.h"
#include "ocr/lstm/container.h"
#include "ocr/lstm/decoder.h"
#include "ocr/lstm/line_input.h"
#include "ocr/lstm/network.h"

namespace chartscan::ocr {
namespace {

using lstm::Print;

constexpr int kDarkGround = 128;  // mean gray level of a line's image: below it the print may be white

struct Model {
  std::shared_ptr<const lstm::Network> network;
  std::shared_ptr<const lstm::Decoder> decoder;
};

Result<Model> load(const std::string& language) {
  if (language.find('+') != std::string::npos)
    return Error{ErrorCode::Configuration, "the batched recogniser reads with one model, not with '" + language + "'; name one, or set ocr.engine to auto", {}};
  TRY(const lstm::ModelParts parts, lstm::load_model(language));
  Model model;
  TRY(model.network, lstm::Network::read(parts.at(lstm::Part::Network)));
  TRY(model.decoder, lstm::Decoder::make(parts));
  if (model.network->classes() != model.decoder->classes() || model.network->null_code() != model.decoder->null_code())
    return Error{ErrorCode::InputRefused, "the model of '" + language + "' cannot be used: its network and its characters do not fit each other", {}};
  return model;
}

bool is_dark(const imaging::Image& gray) {
  const std::uint64_t sum = std::accumulate(gray.pixels.begin(), gray.pixels.end(), std::uint64_t{0});
  return sum < std::uint64_t{kDarkGround} * gray.pixels.size();
}

// A line as it is given to the network.
struct Try {
  std::size_t line = 0;
  imaging::Image gray;
  int left = 0;  // columns of the line's image before it
  Print print = Print::DarkOnLight;
  double scale = 0;
};

// Without wide stretches of bare paper at the ends: the network sees letters there, and reads those beside them differently. Lines
// cut to their ink, as layout analysis gives them, stay as they are.
Try cut_to_ink(const imaging::Image& gray, std::size_t line) {
  const auto [darkest, lightest] = std::ranges::minmax(gray.pixels);
  const int ink = (darkest + lightest) / 2;
  int first = gray.width, last = -1;
  for (int y = 0; y < gray.height; ++y) {
    const std::uint8_t* row = gray.row(y);
    for (int x = 0; x < first; ++x)
      if (row[x] < ink) first = x;
    for (int x = gray.width - 1; x > last; --x)
      if (row[x] < ink) last = x;
  }
  const int bare = gray.height / 5, kept = gray.height / 8;
  const int from = first > bare ? first - kept : 0, to = gray.width - 1 - last > bare ? last + 1 + kept : gray.width;
  const bool whole = last < first || (from == 0 && to == gray.width);
  return {line, whole ? gray : imaging::cropped(gray, {from, 0, to, gray.height}), whole ? 0 : from};
}

// A dark line is tried both ways.
std::vector<Try> tries_of(std::span<const LineImage> lines) {
  std::vector<Try> tries;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    if (lines[index].gray.empty()) continue;
    tries.push_back(cut_to_ink(lines[index].gray, index));
    if (!is_dark(tries.back().gray)) continue;
    tries.push_back(tries.back());
    tries.back().print = Print::LightOnDark;
  }
  return tries;
}

void move_right(ReadLine& line, int pixels) {
  for (ReadWord& word : line.words) {
    word.box.x0 += pixels, word.box.x1 += pixels;
    for (ReadCharacter& character : word.characters) character.box.x0 += pixels, character.box.x1 += pixels;
  }
}

double sense_of(const ReadLine& line) {
  if (line.words.empty()) return 0;
  double sum = 0;
  for (const ReadWord& word : line.words) sum += word.confidence;
  return sum / static_cast<double>(line.words.size());
}

class BatchedLines final : public LineRecognizer {
 public:
  BatchedLines(Model model, std::string language) : model_(std::move(model)), language_(std::move(language)) {}

  // No kernel in it: all give the same.
  std::string name() const override { return "batched 1 " + language_; }

  // Of two tries the one that makes more sense counts.
  Result<std::vector<ReadLine>> read(std::span<const LineImage> lines) override {
    std::vector<Try> tries = tries_of(lines);
    std::vector<lstm::LineInput> inputs;
    for (Try& one : tries) inputs.push_back(lstm::line_input(one.gray, &one.scale, one.print));
    const std::vector<lstm::LineScores> scores = model_.network->forward(inputs, workspace_);
    std::vector<ReadLine> read(lines.size());
    for (std::size_t i = 0; i < tries.size(); ++i) {
      ReadLine line = model_.decoder->decode(scores[i], tries[i].gray, tries[i].scale);
      move_right(line, tries[i].left);
      ReadLine& best = read[tries[i].line];
      if (best.words.empty() || sense_of(line) > sense_of(best)) best = std::move(line);
    }
    return read;
  }

 private:
  Model model_;
  std::string language_;
  lstm::Workspace workspace_;
};

}  // namespace

Result<Readers> make_batched(const EngineOptions& options) {
  TRY(Model model, load(options.language));
  const auto lines = std::make_shared<BatchedLines>(std::move(model), options.language);
  return Readers{make_line_engine(make_tesseract_layout(), lines, options.page_limit), lines};
}

}  // namespace chartscan::ocr
