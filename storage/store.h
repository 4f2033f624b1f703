// Ordered keys and values in families, with atomic writes and views that do not move: all that the archive asks of a
// database. RocksStore keeps it on disk, MemoryStore in memory for tests. storage/keys.h alone knows key layouts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::storage {

// One column family each. Order is the on-disk creation order: append only.
enum class Family { Meta, Batch, Page, Text, Document, Chart, Patient, Blob, Post, Dictionary };
inline constexpr int kFamilies = 10;
const char* to_string(Family family);

// Puts and erases that become visible and durable together or not at all. Later entries win.
class WriteBatch {
 public:
  struct Entry {
    Family family;
    std::string key;
    std::optional<std::string> value;  // nothing = erase
    std::optional<std::string> end;    // with it: erase every key from `key` up to, without, `end`
  };
  void put(Family family, std::string key, std::string value) { entries_.push_back({family, std::move(key), std::move(value), {}}); }
  void erase(Family family, std::string key) { entries_.push_back({family, std::move(key), {}, {}}); }
  // Only keys of earlier writes: not what this batch puts.
  void erase_range(Family family, std::string begin, std::string end) {
    entries_.push_back({family, std::move(begin), {}, std::move(end)});
  }
  void append(WriteBatch other);
  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<Entry> entries_;
};

// What another room keeps in memory about a store, as long as the store is open (the index: indexer/index_state.h).
struct Attachment {
  std::mutex mutex;
  std::shared_ptr<void> value;  // guarded by mutex
  std::mutex work;              // held through work that must not be done twice at a time
};

// The bytes of a value without a copy, held in memory by `keeper`.
struct Pinned {
  std::shared_ptr<const void> keeper;
  std::string_view bytes;
};

// Keys with a prefix, one after the other. One thread; the view must outlive it.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual bool at_end() const = 0;  // also after a fault: then status() says so
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void next() = 0;
  virtual Status status() const = 0;
};

// A view of one moment. Many threads may read one view.
class View {
 public:
  virtual ~View() = default;
  virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;
  virtual Result<std::optional<Pinned>> pin(Family family, std::string_view key) const = 0;
  // Visits keys with `prefix` at or after `from` in byte order until `visit` returns false.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual Status scan(Family family, std::string_view prefix, std::string_view from, const Visit& visit) const = 0;
  Status scan(Family family, std::string_view prefix, const Visit& visit) const { return scan(family, prefix, {}, visit); }
  virtual std::unique_ptr<Rows> rows(Family family, std::string_view prefix) const = 0;
  // The highest key with `prefix`; nothing when there is none.
  virtual Result<std::optional<std::string>> last(Family family, std::string_view prefix) const = 0;
  // Equal numbers of one store's views: equal contents. Rises with every write.
  virtual std::uint64_t moment() const = 0;
  virtual Attachment& attachment() const = 0;  // of the store
};

// Many rows on their way into a family, see Store::load(). One thread. What was not finished may be there in part.
class Load {
 public:
  virtual ~Load() = default;
  virtual Status put(std::string_view key, std::string_view value) = 0;  // rising
  virtual Status finish() = 0;                                           // then they are visible
};

class Store {
 public:
  virtual ~Store() = default;
  // The newest state. In a reading process this also catches up with what the writing process has made durable.
  virtual Result<std::shared_ptr<const View>> view() = 0;
  // Returns when the batch is on disk (synced). Any thread; concurrent calls are grouped into one sync.
  virtual Status write(const WriteBatch& batch) = 0;
  // Atomic and visible at once, but on disk only with the next write() or at the end: for rows that nothing names yet.
  virtual Status write_unsynced(const WriteBatch& batch) = 0;
  // For many rows with new keys that nothing names yet; on disk with the next write() after finish(). Here: in portions, unsynced.
  virtual Result<std::unique_ptr<Load>> load(Family family);
  // Gives back the room of keys erased from `begin` up to `end`; "" = to the last.
  virtual Status compact(Family family, std::string_view begin, std::string_view end) = 0;
  // Re-reads every stored block against its checksum; names the file of the first fault.
  virtual Status verify() = 0;
};

}  // namespace chartscan::storage
