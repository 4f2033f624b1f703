// A hot folder: what appears in it and comes to rest is taken in, one batch for each file or folder, and read beside that. A
// source is moved to done/ when everything of it is durable, to refused/ with NAME.reason.txt when something of it could not be
// taken; nothing is ever deleted or written over. Stopped at any moment and started again it goes on: what is durable is
// recognised by its content.
//
// At rest: size and time of change (of every file, for a folder) stood still for the quiet time; or the file was moved in, which
// is how writers say that it is whole. Names that begin with '.' or end in .part, .tmp or .crdownload are somebody's work.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/ingest.h"
#include "pipeline/scan.h"

namespace chartscan::pipeline {

struct WatchOrder {
  std::filesystem::path folder;
  std::chrono::milliseconds quiet{5000};
  std::chrono::milliseconds pause{500};  // between two looks, where the system does not wake us
  bool once = false;                     // end when nothing is left to take
  bool read = true;
  // Where another reads (pipeline/resident.h): what is told of everything that is durable.
  std::function<void(const Page&)> stored;
  std::function<Status(BatchId)> fed;
};

struct WatchEvent {
  enum class Kind { Taken, KnownBefore, Refused, Changed, Progress } kind = Kind::Taken;
  std::string name;  // of the source
  std::vector<BatchId> batches;
  std::string words;  // for a person
  Progress progress;
};
using WatchSink = std::function<void(const WatchEvent&)>;

// Until `control` stops it. An error is the archive's or the folder's own; a source that cannot be taken is an event.
Status watch(storage::Archive& archive, const WatchOrder& order, const IngestOptions& options, const WatchSink& sink,
             ScanControl& control);

}  // namespace chartscan::pipeline
