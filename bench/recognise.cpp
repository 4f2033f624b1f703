// Our line recogniser against Tesseract's own, both with the same model on the same images of lines. bench/recognise.py builds
// and runs it.   bench_recognise [--lines N] [--words FILE] [--json FILE] [SCAN...] Lines are drawn in twelve fonts, clean and
// damaged, with what they say known, and cut from the SCANs.
#include <dlfcn.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "imaging/decode.h"
#include "imaging/view.h"
#include "ocr/line_finder.h"
#include "ocr/lstm/container.h"
#include "ocr/lstm/decoder.h"
#include "ocr/lstm/network.h"
#include "tests/support/office_pages.h"
#include "tests/support/random.h"

namespace {

using namespace chartscan;
using namespace chartscan::ocr;
using namespace chartscan::testing;
using imaging::Image;
using nlohmann::json;

constexpr std::size_t kBatch = 40;      // lines: a page
constexpr std::size_t kPlainTurn = 10;  // the plain kernel, slower than Tesseract, reads every tenth batch

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "bench_recognise: %s\n", why.c_str());
  std::exit(1);
}

struct ForwardClock {
  int depth = 0;
  double seconds = 0;
} forward_clock;

}  // namespace

// Tesseract's forward pass is the outermost call of tesseract::Series::Forward. It is virtual and exported, and the library's own
// table of virtual functions looks it up by this name; so the program's definition comes first, measures, and calls the
// library's.
extern "C" __attribute__((visibility("default"))) void measured_forward(
    void* self, bool debug, const void* input, const void* transposed, void* scratch,
    void* output) asm("_ZN9tesseract6Series7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_");
void measured_forward(void* self, bool debug, const void* input, const void* transposed, void* scratch, void* output) {
  using Forward = void (*)(void*, bool, const void*, const void*, void*, void*);
  static const auto original = reinterpret_cast<Forward>(
      dlsym(RTLD_NEXT, "_ZN9tesseract6Series7ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_"));
  const double began = forward_clock.depth++ == 0 ? cpu_seconds() : 0;
  original(self, debug, input, transposed, scratch, output);
  if (--forward_clock.depth == 0) forward_clock.seconds += cpu_seconds() - began;
}

namespace {

struct TextLine {
  const char* set;
  Image gray;
  std::string truth;  // empty where nobody knows
};

// ---- lines --------------------------------------------------------------------------------------------------------------------

constexpr std::array kFonts{"Liberation Serif", "Liberation Sans", "Liberation Mono", "DejaVu Sans", "DejaVu Serif",
                            "DejaVu Sans Mono", "Nimbus Roman",    "Nimbus Sans",     "P052",        "C059",
                            "URW Bookman",      "Nimbus Mono PS"};

// Some words of a note, from anywhere in it.
std::string some_words(const std::string& note, Random& random) {
  std::istringstream in(note);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  if (words.empty()) return "Patient seen and examined today.";
  std::string text;
  const std::size_t wanted = 20 + static_cast<std::size_t>(random.below(65));
  for (std::size_t at = static_cast<std::size_t>(random.below(static_cast<int>(words.size()))); at < words.size(); ++at) {
    if (text.size() + words[at].size() > wanted && !text.empty()) break;
    text += (text.empty() ? "" : " ") + words[at];
  }
  return text;
}

// Where the ink stands, and a little paper: as layout analysis would cut the line.
Box ink_box(const Image& clean) {
  Box box{clean.width, clean.height, 0, 0};
  for (int y = 0; y < clean.height; ++y)
    for (int x = 0; x < clean.width; ++x)
      if (clean.row(y)[x] < 128)
        box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x + 1), std::max(box.y1, y + 1)};
  constexpr int kPaper = 4;
  return {std::max(box.x0 - kPaper, 0), std::max(box.y0 - kPaper, 0), std::min(box.x1 + kPaper, clean.width),
          std::min(box.y1 + kPaper, clean.height)};
}

TextLine drawn_line(int number, const Notes& notes) {
  Random random(static_cast<std::uint64_t>(number) * 7919 + 17);
  const Type type{.family = kFonts[static_cast<std::size_t>(number) % kFonts.size()],
                  .size = random.between(8, 13),
                  .bold = random.below(8) == 0,
                  .italic = random.below(10) == 0};
  const std::string text = some_words(notes.at(static_cast<std::size_t>(number), number % 2 ? Part::Tune : Part::Held), random);
  Paper measure;
  Paper paper({measure.text_width(text, type) + 12, type.size * 1.8});
  paper.text({6, type.size * 0.2}, text, type);
  Scan scan{.dpi = random.below(2) ? 200 : 300, .softness = 0.6, .noise = 3, .seed = static_cast<std::uint64_t>(number)};
  const char* set = "drawn, clean";
  switch (number / static_cast<int>(kFonts.size()) % 8) {
    case 3: set = "drawn, noise", scan.noise = 28; break;
    case 4: set = "drawn, speckle", scan.speckle = 0.008; break;
    case 5: set = "drawn, faint", scan.ink = 0.3, scan.noise = 6; break;
    case 6: set = "drawn, fax", scan.tone = Tone::Bitonal, scan.dpi = 200; break;
    case 7: set = "drawn, blurred", scan.softness = 1.6; break;
    default: break;
  }
  const Box box = ink_box(imaging::to_gray(scanned(paper, {.dpi = scan.dpi})));
  return {set, imaging::cropped(imaging::to_gray(scanned(paper, scan)), box), text};
}

std::vector<TextLine> cut_lines(const std::string& file, LineFinder& finder) {
  const Result<imaging::ByteReader> bytes = imaging::file_reader(file);
  if (!bytes) fail(to_string(bytes.error()));
  std::vector<std::uint8_t> head(std::min<std::uint64_t>(bytes->size, 64));
  (void)bytes->read(0, head);
  const MediaType media = imaging::sniff(head);
  const Result<int> pages = imaging::count_pages(*bytes, media, {});
  std::vector<TextLine> lines;
  for (int page = 0; page < (pages.ok() ? *pages : 0); ++page) {
    const auto decoded = imaging::decode_page(*bytes, media, page, {});
    if (!decoded) continue;
    const Image gray = imaging::to_gray(decoded->image);
    const auto found = finder.find(gray, gray.dpi_x > 0 ? gray.dpi_x : 200);
    if (!found) continue;
    for (const FoundLine& line : *found)
      if (line.turn == 0 && line.box.x1 - line.box.x0 > 10 && line.box.y1 - line.box.y0 > 7)
        lines.push_back({"cut from scans", imaging::cropped(gray, line.box), ""});
  }
  return lines;
}

// ---- readers ------------------------------------------------------------------------------------------------------------------

struct Word {
  std::string text;
  double confidence = 0;
};
using Words = std::vector<Word>;

std::string joined(const Words& words) {
  std::string text;
  for (const Word& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

class TesseractReader {
 public:
  TesseractReader() {
    if (api_.Init(nullptr, "eng") != 0) fail("Tesseract's model eng is not installed");
    api_.SetVariable("debug_file", "/dev/null");
    api_.SetVariable("invert_threshold", "0");
  }

  Words read(const Image& gray) {
    const double began = cpu_seconds();
    api_.SetPageSegMode(tesseract::PSM_RAW_LINE);
    api_.SetImage(gray.pixels.data(), gray.width, gray.height, 1, gray.width);
    api_.SetSourceResolution(200);
    Words words;
    if (api_.Recognize(nullptr) == 0) {
      const std::unique_ptr<tesseract::ResultIterator> at(api_.GetIterator());
      if (at && !at->Empty(tesseract::RIL_WORD)) do {
          const std::unique_ptr<char[]> text(at->GetUTF8Text(tesseract::RIL_WORD));
          if (text && *text.get() && std::strcmp(text.get(), " ") != 0)
            words.push_back({text.get(), at->Confidence(tesseract::RIL_WORD) / 100.0});
        } while (at->Next(tesseract::RIL_WORD));
    }
    seconds += cpu_seconds() - began;
    return words;
  }

  double seconds = 0;

 private:
  tesseract::TessBaseAPI api_;
};

struct KernelRun {
  std::shared_ptr<const lstm::Network> network;
  lstm::Workspace workspace;
  double seconds = 0, tesseract_seconds = 0;  // over the same lines
  std::size_t lines = 0, batches = 0, differing = 0;
};

// ---- figures ------------------------------------------------------------------------------------------------------------------

std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1])});
      corner = above;
    }
  }
  return row[b.size()];
}

// For each word read, whether it is one of the truth in its place: the longest common run of words in order.
std::vector<bool> right_words(const Words& words, const std::string& truth) {
  std::istringstream in(truth);
  std::vector<std::string> wanted;
  for (std::string word; in >> word;) wanted.push_back(word);
  std::vector<std::vector<int>> best(words.size() + 1, std::vector<int>(wanted.size() + 1));
  for (std::size_t i = words.size(); i-- > 0;)
    for (std::size_t j = wanted.size(); j-- > 0;)
      best[i][j] = words[i].text == wanted[j] ? best[i + 1][j + 1] + 1 : std::max(best[i + 1][j], best[i][j + 1]);
  std::vector<bool> right(words.size());
  for (std::size_t i = 0, j = 0; i < words.size() && j < wanted.size();) {
    if (words[i].text == wanted[j])
      right[i++] = true, ++j;
    else if (best[i + 1][j] >= best[i][j + 1])
      ++i;
    else
      ++j;
  }
  return right;
}

struct Judged {
  double confidence;
  bool right;
};

// How likely a right word has more confidence than a wrong one.
double area_under_curve(std::vector<Judged> words) {
  std::ranges::sort(words, {}, &Judged::confidence);
  double ranks = 0, right = 0, wrong = 0;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t end = i;
    while (end < words.size() && words[end].confidence == words[i].confidence) ++end;
    for (std::size_t k = i; k < end; ++k)
      if (words[k].right)
        ranks += (static_cast<double>(i + end) + 1) / 2, ++right;
      else
        ++wrong;
    i = end;
  }
  return right * wrong > 0 ? (ranks - right * (right + 1) / 2) / (right * wrong) : 1;
}

// Mean difference, over ten ranges of confidence, between what was said and what was right.
double calibration_error(const std::vector<Judged>& words) {
  std::array<double, 10> said{}, right{};
  for (const Judged& word : words) {
    const auto bin = static_cast<std::size_t>(std::clamp(word.confidence * 10, 0.0, 9.0));
    said[bin] += word.confidence;
    right[bin] += word.right;
  }
  double error = 0;
  for (std::size_t bin = 0; bin < said.size(); ++bin) error += std::abs(said[bin] - right[bin]);
  return words.empty() ? 0 : error / static_cast<double>(words.size());
}

struct Tally {
  std::size_t lines = 0, same = 0, characters = 0, different = 0;  // against each other
  std::size_t known = 0, our_edits = 0, their_edits = 0;           // against the truth: its characters
  std::vector<Judged> ours, theirs;

  void add(const TextLine& line, const Words& our, const Words& their) {
    const std::string our_text = joined(our), their_text = joined(their);
    ++lines;
    same += our_text == their_text;
    characters += their_text.size();
    different += our_text == their_text ? 0 : edits(our_text, their_text);
    if (line.truth.empty()) return;
    known += line.truth.size();
    our_edits += edits(our_text, line.truth);
    their_edits += edits(their_text, line.truth);
    judge(our, line.truth, ours);
    judge(their, line.truth, theirs);
  }

  json figures() const {
    const auto share = [](std::size_t part, std::size_t whole) {
      return whole ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
    };
    json row{{"lines", lines}, {"identical", share(same, lines)}, {"character_difference", share(different, characters)}};
    if (known > 0)
      row.update({{"error_ours", share(our_edits, known)},
                  {"error_tesseract", share(their_edits, known)},
                  {"auc_ours", area_under_curve(ours)},
                  {"auc_tesseract", area_under_curve(theirs)},
                  {"calibration_ours", calibration_error(ours)},
                  {"calibration_tesseract", calibration_error(theirs)}});
    return row;
  }

 private:
  static void judge(const Words& words, const std::string& truth, std::vector<Judged>& into) {
    const std::vector<bool> right = right_words(words, truth);
    for (std::size_t i = 0; i < words.size(); ++i) into.push_back({words[i].confidence, right[i]});
  }
};

class Bench {
 public:
  Bench() {
    const auto parts = lstm::load_model("eng");
    if (!parts) fail(to_string(parts.error()));
    auto decoder = lstm::Decoder::make(*parts);
    if (!decoder) fail(to_string(decoder.error()));
    decoder_ = *decoder;
    for (const lstm::Kernel kernel : lstm::available_kernels()) {
      auto network = lstm::Network::read(parts->at(lstm::Part::Network), kernel);
      if (!network) fail(to_string(network.error()));
      runs_.push_back({*network, lstm::Workspace()});
    }
  }

  void run(std::span<const TextLine> batch) {
    std::vector<lstm::LineInput> inputs;
    std::vector<double> scales(batch.size());
    double began = cpu_seconds();
    for (std::size_t i = 0; i < batch.size(); ++i) inputs.push_back(lstm::line_input(batch[i].gray, &scales[i]));
    prepare_seconds_ += cpu_seconds() - began;

    const double forward_before = forward_clock.seconds;
    std::vector<Words> theirs;
    for (const TextLine& line : batch) theirs.push_back(tesseract_.read(line.gray));
    const double their_seconds = forward_clock.seconds - forward_before;

    std::vector<lstm::LineScores> reference;  // of the best kernel, which comes last
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
      if (run->network->kernel() == lstm::Kernel::Plain && batches_ % kPlainTurn != 0) continue;
      began = cpu_seconds();
      std::vector<lstm::LineScores> scores = run->network->forward(inputs, run->workspace);
      run->seconds += cpu_seconds() - began;
      run->tesseract_seconds += their_seconds;
      run->lines += batch.size();
      ++run->batches;
      if (reference.empty())
        reference = std::move(scores);
      else
        run->differing += !std::ranges::equal(scores, reference, {}, &lstm::LineScores::values, &lstm::LineScores::values);
    }

    began = cpu_seconds();
    std::vector<Words> ours;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      ours.emplace_back();
      for (const ReadWord& word : decoder_->decode(reference[i], batch[i].gray, scales[i]).words)
        ours.back().push_back({word.text(), word.confidence});
    }
    decode_seconds_ += cpu_seconds() - began;
    for (std::size_t i = 0; i < batch.size(); ++i)
      for (const char* set : {batch[i].set, "all"}) tallies_[set].add(batch[i], ours[i], theirs[i]);
    ++batches_;
  }

  json figures() {
    json kernels = json::object(), sets = json::object();
    for (const KernelRun& run : runs_)
      kernels[lstm::name(run.network->kernel())] = {
          {"ms_per_line", 1e3 * run.seconds / static_cast<double>(run.lines)},
          {"tesseract_ms_per_line", 1e3 * run.tesseract_seconds / static_cast<double>(run.lines)},
          {"ratio", run.tesseract_seconds / run.seconds},
          {"lines", run.lines},
          {"batches", run.batches},
          {"differing_batches", run.differing},
          {"workspace_mb", static_cast<double>(run.workspace.bytes()) / 1e6}};
    for (const auto& [set, tally] : tallies_) sets[set] = tally.figures();
    const auto lines = static_cast<double>(tallies_["all"].lines);
    return {{"kernels", kernels},
            {"sets", sets},
            {"prepare_ms_per_line", 1e3 * prepare_seconds_ / lines},
            {"decode_ms_per_line", 1e3 * decode_seconds_ / lines},
            {"tesseract_all_ms_per_line", 1e3 * tesseract_.seconds / lines}};
  }

 private:
  TesseractReader tesseract_;
  std::shared_ptr<const lstm::Decoder> decoder_;
  std::vector<KernelRun> runs_;
  std::map<std::string, Tally> tallies_;
  double prepare_seconds_ = 0, decode_seconds_ = 0;
  std::size_t batches_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  int drawn = 0;
  std::string words, out;
  std::vector<std::string> scans;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto next = [&] { return i + 1 < argc ? std::string(argv[++i]) : (fail(word + " needs a value"), std::string()); };
    if (word == "--lines")
      drawn = std::atoi(next().c_str());
    else if (word == "--words")
      words = next();
    else if (word == "--json")
      out = next();
    else
      scans.push_back(word);
  }

  Bench bench;
  std::vector<TextLine> batch;
  const auto flush = [&](std::size_t least) {
    while (batch.size() >= least && !batch.empty()) {
      const std::size_t count = std::min(kBatch, batch.size());
      bench.run(std::span(batch).first(count));
      batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
    }
  };
  const std::unique_ptr<LineFinder> finder = make_tesseract_layout();
  for (const std::string& scan : scans) {
    for (TextLine& line : cut_lines(scan, *finder)) batch.push_back(std::move(line));
    flush(kBatch);
  }
  flush(1);
  const Notes notes = words.empty() ? Notes() : Notes(words);
  for (int number = 0; number < drawn; ++number) {
    batch.push_back(drawn_line(number, notes));
    flush(kBatch);
  }
  flush(1);
  const json figures = bench.figures();
  if (!out.empty()) std::ofstream(out) << figures.dump(1) << '\n';
  std::puts(figures.dump(1).c_str());
  return 0;
}
