// Untouched originals: append-only pack files, named by SHA-256 of their bytes, found through locators in the store.
// Order of durability: bytes into the pack, pack synced, then the locator (with whatever else belongs to it) in one
// synced write. A locator never points at unsynced bytes; what a crash leaves behind the last locator is cut off at start.
// docs/formats.md describes the record. Any thread may read; one thread writes at a time (a lock inside).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "core/byte_reader.h"
#include "core/page.h"
#include "core/result.h"
#include "storage/store.h"

namespace chartscan::storage {

// Bytes of one blob, read at any offset. Holds its pack open; safe to use from one thread at a time.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset`; fewer bytes only at the end. Not checked against the hash (verify does that).
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) const = 0;
};

// Where incoming bytes come from: called until it returns 0. Fills the span it is given; bounded memory for any size.
using ByteSource = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;

struct StoredBlob {
  Hash hash;
  std::uint64_t size = 0;
  bool already_there = false;  // the same bytes were stored before; nothing was written twice
};

// What repack() did.
struct Repacked {
  std::uint64_t packs = 0;           // written anew and removed
  std::uint64_t moved = 0;           // blobs that were in them and are still named
  std::uint64_t dropped = 0;         // blobs that nothing named any more
  std::uint64_t bytes_given_back = 0;
};
// May say yes of a blob that nothing names: it is kept then. Any thread.
using IsNamed = std::function<bool(const Hash&)>;

class Blobs {
 public:
  virtual ~Blobs() = default;
  // Appends and syncs the bytes and adds the locator to `change`; the blob exists once `change` is written.
  virtual Result<StoredBlob> put(const ByteSource& source, WriteBatch& change) = 0;
  virtual Result<std::unique_ptr<BlobReader>> open(const Hash& hash) = 0;
  // A file holding the bytes, for programs that need a path (read-only; kept in the archive's work folder, removed by
  // clear_work and at the next writing start).
  virtual Result<std::filesystem::path> materialise(const Hash& hash) = 0;
  virtual Status clear_work() = 0;
  // Re-reads every stored byte against its hash. `report` gets one line per fault. Returns the number of blobs read.
  virtual Result<std::uint64_t> verify(const std::function<void(const std::string&)>& report) = 0;
  // Gives back the room of blobs that nothing names, wherever they and what no change ever named take more than `most_dead` of a pack. What
  // this process has put is never among them: its change may still be on its way. Others go on reading and putting.
  virtual Result<Repacked> repack(const IsNamed& is_named, double most_dead) = 0;
};

// The bytes of a blob as every reader of files takes them. `blobs` must outlive the reader; each thread opens its own.
Result<ByteReader> open_blob(Blobs& blobs, const Hash& hash);

}  // namespace chartscan::storage
