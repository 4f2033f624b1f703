// Draws the pages that reading is measured on and writes them with their truth: FOLDER/NNNN.{jpg,tif}, FOLDER/truth.jsonl.
//   bench_pages --out FOLDER [--part tune|held] [--count N] [--faults none|some|NAME] [--notes FILE] [SCAN...]
// Each of N drawn pages and each SCAN (an image with its words in a .txt or .gold.txt beside it) is written once for each fault; `some` is all of them but none.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "imaging/decode.h"
#include "tests/support/degrade.h"
#include "tests/support/image_files.h"
#include "tests/support/office_pages.h"

namespace {

using namespace chartscan;
using namespace chartscan::testing;
namespace fs = std::filesystem;

constexpr int kJpegQuality = 92;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "bench_pages: %s\n", what.c_str());
  std::exit(2);
}

struct Options {
  fs::path out;
  Part part = Part::Tune;
  int count = 14;
  std::string faults = "none";
  Notes notes;
  std::vector<fs::path> scans;
};

Options parsed(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : (fail(word + " needs a value"), std::string()); };
    if (word == "--out") options.out = value();
    else if (word == "--part") options.part = value() == "held" ? Part::Held : Part::Tune;
    else if (word == "--count") options.count = std::atoi(value().c_str());
    else if (word == "--faults") options.faults = value();
    else if (word == "--notes") options.notes = Notes(fs::path(value()));
    else options.scans.emplace_back(word);
  }
  if (options.out.empty()) fail("--out FOLDER says where the pages go");
  return options;
}

struct Source {
  std::string kind, text;
  imaging::Image image;
  nlohmann::json words = nlohmann::json::array();  // [text, x, y, width, height], points on the paper
  PaperSize paper{};
};

std::string whole(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

Source real_page(const fs::path& scan) {
  const Result<imaging::ByteReader> bytes = imaging::file_reader(scan);
  if (!bytes) fail(scan.string() + ": " + bytes.error().message);
  Result<imaging::Decoded> page = imaging::decode_page(*bytes, MediaType::Tiff, 0, {});
  if (!page) fail(scan.string() + ": " + page.error().message);
  fs::path text = fs::path(scan).replace_extension(".txt");
  if (!fs::exists(text)) text = fs::path(scan).replace_extension(".gold.txt");
  return {"real", whole(text), std::move(page->image)};
}

nlohmann::json words_of(const Paper& paper) {
  nlohmann::json words = nlohmann::json::array();
  for (const PrintedWord& word : paper.words()) words.push_back({word.text, word.box.x, word.box.y, word.box.width, word.box.height});
  return words;
}

class Writer {
 public:
  explicit Writer(const fs::path& folder) : folder_(folder), truth_(folder / "truth.jsonl") {}

  void write(const Source& page, const Fault& fault) {
    const imaging::Image image = degraded(page.image, fault, static_cast<std::uint64_t>(number_));
    char name[16];
    std::snprintf(name, sizeof name, "%04d", ++number_);
    const bool bitonal = image.channels == 1 && std::ranges::all_of(image.pixels, [](std::uint8_t at) { return at == 0 || at == 255; });
    const fs::path file = folder_ / (std::string(name) + (bitonal ? ".tif" : ".jpg"));
    if (bitonal) write_tiff(file, {{image, Encoding::CcittG4}});
    else write_jpeg(file, image, kJpegQuality);
    truth_ << nlohmann::json{{"file", file.filename().string()}, {"page_index", 0}, {"kind", page.kind}, {"fault", fault.name}, {"text", page.text},
                             {"words", page.words}, {"paper", {page.paper.width, page.paper.height}}}.dump() << '\n';
  }

 private:
  fs::path folder_;
  std::ofstream truth_;
  int number_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const Options options = parsed(argc, argv);
    fs::create_directories(options.out);
    Writer writer(options.out);
    const auto each_fault = [&](const Source& page) {
      for (const Fault& fault : page_faults())
        if (options.faults == fault.name || (options.faults == "some" && std::string("none") != fault.name)) writer.write(page, fault);
    };
    for (int number = 0; number < options.count; ++number) {
      const Paper paper = office_page(number, options.part, options.notes);
      each_fault({office_kind(number), paper.text(), scanned(paper, office_scan(number, options.part)), words_of(paper), paper.size()});
    }
    for (const fs::path& scan : options.scans) each_fault(real_page(scan));
    return 0;
  } catch (const std::exception& fault) {
    fail(fault.what());
  }
}
