// A source of sides: a scanner, a file, a folder. The next side is asked for only when the last one is durable.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/batch.h"
#include "core/page.h"
#include "core/result.h"
#include "imaging/decode.h"

namespace chartscan::scan {

// The bytes of one delivered file or image; several sides may come from one delivery.
struct Delivery {
  std::string file;        // label for people and for the export
  MediaType media = MediaType::Unknown;
  imaging::ByteReader bytes;
  int pages = 0;           // sides inside, counted by the feeder
};

struct End {};

// nothing but the feeder's word: a delivery to store, an item that cannot be taken, or the end of the paper.
using Fed = std::variant<Delivery, RefusedItem, End>;

class Feeder {
 public:
  virtual ~Feeder() = default;
  virtual std::string name() const = 0;    // of the batch, where the operator gave none
  virtual std::string source() const = 0;  // what is fed: path as given, or the device
  virtual Result<Fed> next() = 0;
};

// One feeder a batch, in natural order of names: each multi-page file (TIFF, PDF) is one batch, the single images of a
// folder are one batch. Sub-folders are walked. `ignored` gets files that are no images (README.md, truth.json).
// File labels: a file given itself is called as it was given; what is found below a folder that holds several batches is
// called by its path inside that folder ("batch-0001.tif", "batch-0007/page-0003.png"); the images of a folder that was
// given itself are "as given/name".
struct FolderFeeders {
  std::vector<std::unique_ptr<Feeder>> feeders;
  std::vector<std::string> ignored;
};
Result<FolderFeeders> open_paths(const std::vector<std::string>& paths, const imaging::DecodeLimits& limits);

}  // namespace chartscan::scan
