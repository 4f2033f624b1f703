// What confidences are worth: drawn lines, clean and harmed, read by both recognisers; every word held against what was printed.
//   bench_confidence [--lines N] [--notes FILE] [--fit] [--json FILE]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "imaging/view.h"
#include "ocr/engine.h"
#include "ocr/word_confidence.h"
#include "tests/support/office_pages.h"
#include "tests/support/paper.h"
#include "tests/support/random.h"
#include "tests/support/scanned.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;
using nlohmann::json;

struct Line {
  std::vector<std::string> words;
  ocr::LineImage image;
};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    if (std::ranges::all_of(word, [](char c) { return c > ' ' && c < 127; })) words.push_back(word);
  return words;
}

// The rows and columns of the same print without harm, with a little paper: as lines of a page are cut.
Box around_ink(const Paper& paper, const Scan& scan) {
  constexpr int kPaper = 3;  // pixels
  const imaging::Image clean = scanned(paper, {.dpi = scan.dpi});
  Box ink;
  for (int y = 0; y < clean.height; ++y)
    for (int x = 0; x < clean.width; ++x)
      if (clean.row(y)[x] < 128) ink = united(ink, {x, y, x + 1, y + 1});
  return {std::max(0, ink.x0 - kPaper), std::max(0, ink.y0 - kPaper), std::min(clean.width, ink.x1 + kPaper),
          std::min(clean.height, ink.y1 + kPaper)};
}

// A third is clean, a third a poor scan, a third hardly legible. The parts have other fonts and other words.
Line drawn_line(int number, Part part, const Notes& notes) {
  static const std::vector<const char*> kTune{"Liberation Sans", "Liberation Serif", "DejaVu Sans", "Nimbus Roman", "C059",
                                              "Nimbus Mono PS"};
  static const std::vector<const char*> kHeld{"Liberation Mono", "DejaVu Serif", "P052",
                                              "Nimbus Sans",     "URW Bookman",  "URW Gothic"};
  Random random(static_cast<std::uint64_t>(number) * 2 + (part == Part::Held ? 1 : 0));
  const auto& fonts = part == Part::Held ? kHeld : kTune;
  Type type{.family = fonts[static_cast<std::size_t>(random.below(static_cast<int>(fonts.size())))],
            .size = random.between(7, 14)};
  type.bold = random.below(8) == 0, type.italic = random.below(8) == 0;

  Line line;
  const std::vector<std::string> all = words_of(notes.at(number, part));
  if (all.empty()) return line;
  const std::size_t begin = static_cast<std::size_t>(random.below(static_cast<int>(all.size())));
  const std::size_t end = std::min(all.size(), begin + 1 + static_cast<std::size_t>(random.below(12)));
  line.words.assign(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
  std::string text;
  for (const std::string& word : line.words) text += (text.empty() ? "" : " ") + word;

  Paper paper({Paper().text_width(text, type) + 2 * type.size, 2 * type.size});
  paper.text({type.size / 2, type.size / 4}, text, type);
  const double harm = std::max(0.0, (number % 3 - 1 + random.uniform()) / 2);  // 0..1.5
  Scan scan{.dpi = 100 + 50 * (1 + random.below(4)),
            .ink = std::max(0.25, 1 - 0.6 * harm * random.uniform()),
            .softness = random.uniform(),
            .noise = 30 * harm * random.uniform(),
            .speckle = 0.02 * harm * random.uniform(),
            .seed = random.next()};
  if (random.below(5) == 0) scan.tone = Tone::Bitonal;
  line.image = {scanned(paper, scan), scan.dpi};
  line.image.gray = imaging::cropped(line.image.gray, around_ink(paper, scan));
  return line;
}

struct Judged {
  double confidence = 0;
  bool right = false;
};

// Words of the longest common subsequence are right.
void judge(const ocr::ReadLine& read, const std::vector<std::string>& printed, std::vector<Judged>& judged) {
  const std::size_t rows = read.words.size(), columns = printed.size();
  std::vector<std::vector<int>> common(rows + 1, std::vector<int>(columns + 1, 0));
  std::vector<std::string> texts;
  for (const ocr::ReadWord& word : read.words) texts.push_back(word.text());
  for (std::size_t i = rows; i-- > 0;)
    for (std::size_t j = columns; j-- > 0;)
      common[i][j] = texts[i] == printed[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  for (std::size_t i = 0, j = 0; i < rows; ++i) {
    while (j < columns && texts[i] != printed[j] && common[i][j + 1] >= common[i + 1][j] && common[i][j + 1] > 0) ++j;
    const bool right = j < columns && texts[i] == printed[j];
    judged.push_back({read.words[i].confidence, right});
    if (right) ++j;
  }
}

// The chance that a right word is more confident than a wrong one.
double area_under_curve(std::vector<Judged> words) {
  std::ranges::sort(words, {}, &Judged::confidence);
  double rights = 0, wrongs = 0, won = 0;
  for (std::size_t i = 0; i < words.size();) {
    double equal_right = 0, equal_wrong = 0;
    const double confidence = words[i].confidence;
    for (; i < words.size() && words[i].confidence == confidence; ++i) (words[i].right ? equal_right : equal_wrong) += 1;
    won += equal_right * (wrongs + equal_wrong / 2);
    rights += equal_right, wrongs += equal_wrong;
  }
  return rights == 0 || wrongs == 0 ? 1 : won / (rights * wrongs);
}

// The mean distance, over ten equal steps of the figure and weighted by words, between the figure and the share that is right.
template <typename Figure>
double calibration_error(const std::vector<Judged>& words, Figure figure) {
  struct Bin {
    double said = 0, right = 0;
  };
  std::vector<Bin> bins(10);
  for (const Judged& word : words) {
    const double said = figure(word.confidence);
    Bin& bin = bins[static_cast<std::size_t>(std::min(9.0, said * 10))];
    bin.said += said, bin.right += word.right ? 1 : 0;
  }
  double error = 0;
  for (const Bin& bin : bins) error += std::abs(bin.said - bin.right);
  return words.empty() ? 0 : error / static_cast<double>(words.size());
}

// The a and b of probability_right() that make these words most likely, by Newton's method.
std::pair<double, double> fitted(const std::vector<Judged>& words) {
  double a = 4, b = 5;
  for (int round = 0; round < 25; ++round) {
    double ga = 0, gb = 0, haa = 1e-9, hab = 0, hbb = 1e-9;
    for (const Judged& word : words) {
      const double x = std::log1p((1 - word.confidence) / 0.35), p = 1 / (1 + std::exp(b * x - a));
      const double miss = p - (word.right ? 1 : 0), weight = p * (1 - p);
      ga += miss, gb -= miss * x;
      haa += weight, hab -= weight * x, hbb += weight * x * x;
    }
    const double determinant = haa * hbb - hab * hab;
    a -= (hbb * ga - hab * gb) / determinant;
    b -= (haa * gb - hab * ga) / determinant;
  }
  return {a, b};
}

struct Options {
  int lines = 1500;
  std::string notes, json;
  bool fit = false;
};

Options parsed(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--fit")
      options.fit = true;
    else if (word == "--lines" && i + 1 < argc)
      options.lines = std::atoi(argv[++i]);
    else if (word == "--notes" && i + 1 < argc)
      options.notes = argv[++i];
    else if (word == "--json" && i + 1 < argc)
      options.json = argv[++i];
  }
  return options;
}

std::vector<Judged> read_by(ocr::LineRecognizer& recognizer, const std::vector<Line>& lines) {
  std::vector<Judged> judged;
  constexpr std::size_t kAtOnce = 64;
  for (std::size_t begin = 0; begin < lines.size(); begin += kAtOnce) {
    std::vector<ocr::LineImage> images;
    const std::size_t end = std::min(lines.size(), begin + kAtOnce);
    for (std::size_t i = begin; i < end; ++i) images.push_back(lines[i].image);
    const auto read = recognizer.read(images);
    if (!read) {
      std::fprintf(stderr, "%s\n", to_string(read.error()).c_str());
      std::exit(1);
    }
    for (std::size_t i = begin; i < end; ++i) judge((*read)[i - begin], lines[i].words, judged);
  }
  return judged;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parsed(argc, argv);
  const Notes notes = options.notes.empty() ? Notes() : Notes(options.notes);
  auto ours = ocr::make_batched({}), theirs = ocr::make_tesseract({});
  if (!ours || !theirs) {
    std::fprintf(stderr, "%s\n", to_string(ours ? theirs.error() : ours.error()).c_str());
    return 1;
  }
  json figures = json::array();
  std::printf("%-10s %-6s %7s %8s %8s %12s %12s\n", "read by", "part", "words", "right", "area", "error, raw", "calibrated");
  for (const Part part : {Part::Tune, Part::Held}) {
    std::vector<Line> lines;
    for (int number = 0; static_cast<int>(lines.size()) < options.lines && number < 3 * options.lines; ++number)
      if (Line line = drawn_line(number, part, notes); !line.words.empty()) lines.push_back(std::move(line));
    for (const auto& [name, recognizer] : {std::pair{"batched", ours->lines}, {"tesseract", theirs->lines}}) {
      const std::vector<Judged> words = read_by(*recognizer, lines);
      const double right = static_cast<double>(std::ranges::count(words, true, &Judged::right)) /
                           static_cast<double>(std::max<std::size_t>(1, words.size()));
      const double raw = calibration_error(words, [](double confidence) { return confidence; });
      const double calibrated = calibration_error(words, ocr::probability_right);
      const char* where = part == Part::Tune ? "tune" : "held";
      std::printf("%-10s %-6s %7zu %7.2f%% %8.4f %12.4f %12.4f\n", name, where, words.size(), 100 * right,
                  area_under_curve(words), raw, calibrated);
      figures.push_back({{"read_by", name},
                         {"part", where},
                         {"words", words.size()},
                         {"right", right},
                         {"area", area_under_curve(words)},
                         {"error_raw", raw},
                         {"error_calibrated", calibrated}});
      if (options.fit && part == Part::Tune) {
        const auto [a, b] = fitted(words);
        std::printf("%-10s best fit: a = %.2f, b = %.2f\n", name, a, b);
      }
    }
  }
  if (!options.json.empty()) std::ofstream(options.json) << figures.dump(2) << '\n';
  return 0;
}
