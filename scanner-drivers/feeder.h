// A source of sides: a scanner, a file, a folder. The next side is asked for only when the last one is durable.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/batch.h"
#include "core/page.h"
#include "core/result.h"
#include "imaging/decode.h"
#include "scanner-drivers/fault.h"

namespace chartscan::scan {

// Where a scanned side comes from. Numbers go on from the archive's journal, never from the device.
struct SideOrigin {
  int sheet = 0;    // 1-based within the batch
  int side = 0;     // 0 front, 1 back
  int attempt = 1;  // rises each time this sheet is fed again
  bool last_of_sheet = true;
  int dpi = 0;
  std::string mode;                // "gray"
  std::vector<std::string> notes;  // what the driver saw about this side, for findings
};

// The bytes of one delivered file or image; several sides may come from one delivery.
struct Delivery {
  std::string file;        // label for people and for the export
  MediaType media = MediaType::Unknown;
  imaging::ByteReader bytes;
  int pages = 0;           // sides inside, counted by the feeder
  std::optional<SideOrigin> origin;  // of a scanner's side; then pages == 1
};

struct End {
  EndReason reason = EndReason::FeederEmpty;
};

// nothing but the feeder's word: a delivery to store, an item that cannot be taken, a fault of the device (the batch stands
// and waits to be resumed with a feeder opened afresh), or the end of the paper.
using Fed = std::variant<Delivery, RefusedItem, Fault, End>;

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
// given itself are "as given/name". `called`: the one folder given is called so, wherever it lies: in sources; its own images by
// their names alone.
struct FolderFeeders {
  std::vector<std::unique_ptr<Feeder>> feeders;
  std::vector<std::string> ignored;
};
Result<FolderFeeders> open_paths(const std::vector<std::string>& paths, const imaging::DecodeLimits& limits, const std::string& called = {});

}  // namespace chartscan::scan
