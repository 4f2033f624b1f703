// A batch as it is fed: documents, separators and blank sides, each with the scan it gets; out come the file and its truth.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "samples/document.h"
#include "tests/support/image_files.h"
#include "tests/support/marks.h"
#include "tests/support/scanned.h"
#include "tests/support/truth.h"

namespace chartscan::samples {

constexpr double kNatural = 1000;  // "some small skew": the feeder's, drawn per page within half a degree

// How one side is scanned and kept.
struct Look {
  testing::Scan scan;
  testing::Encoding encoding = testing::Encoding::CcittG4;
  int quality = 55;  // of a JPEG
  std::string note;

  Look turned(int rotation) const;  // clockwise turn that will make it upright
  Look at_dpi(int dpi) const;
  Look faint() const;
  Look noisy(double sigma) const;
  Look speckled(double share) const;
  Look shadowed(double share) const;
  Look on_black(double inches) const;  // black scanner lid, seen beside the paper
  Look noted(const std::string& note) const;
};
Look g4(double skew = kNatural);          // 300 dpi black and white
Look lzw_gray(double skew = kNatural);    // 200 dpi gray, lossless
Look jpeg_gray(double skew = kNatural);   // 200 dpi
Look jpeg_color(double skew = kNatural);  // 200 dpi

enum class Container { Tiff, Pdf, ImageFolder };

class Batch {
 public:
  Batch(std::string name, Container container) : name_(std::move(name)), container_(container) {}

  // Every sheet of the document, with one look for all or one each.
  void add(const SampleDocument& document, const std::vector<Look>& looks,
           testing::ExpectedLink link = testing::ExpectedLink::AutoOk);
  // The same sheet by sheet, for documents that are interrupted.
  std::string begin(const SampleDocument& document);  // its key
  void sheet(const SampleDocument& document, const std::string& key, std::size_t index, const Look& look,
             testing::ExpectedLink link);
  void mark_foreign() { sides_.back().truth.foreign = true; }

  void patch_sheet(testing::Patch patch, const Look& look);
  void barcode_sheet(const std::string& payload, const Look& look);
  void blank(const Look& look, int dust);
  // The side fed `back` sides ago, scanned a second time.
  void again(int back, const Look& look);

  // Writes <folder>/<name>.tif, .pdf or <name>/page-0001.png and appends the truth. Throws when a file cannot be written.
  void write(const std::filesystem::path& folder, std::vector<testing::TruthPage>& truth) const;

 private:
  struct Side {
    std::shared_ptr<const Sheet> sheet;
    Look look;
    testing::TruthPage truth;
  };
  void feed(std::shared_ptr<const Sheet> sheet, Look look, testing::TruthPage truth);

  std::string name_;
  Container container_;
  std::vector<Side> sides_;
  int documents_ = 0;
};

}  // namespace chartscan::samples
