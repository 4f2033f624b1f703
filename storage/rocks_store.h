// The store on disk: RocksDB, a column family for each Family. One process writes; any number read beside it.
//
// A writing store's views are snapshots. A reading store follows the writer's files (a RocksDB secondary): its view moves
// only when it is asked for a new one, and never under someone who still holds the last one - then a second follower
// takes over, and while both are held, the newer of them is handed out again. So a view in a reading process is always of
// one moment, and of the newest unless two older moments are still being read.
#pragma once

#include <filesystem>
#include <memory>

#include "storage/store.h"

namespace rocksdb {
class Env;
}

namespace chartscan::storage {

// Loads (Store::load) of so many bytes become files of their own; a file for less is not worth its place.
inline constexpr std::size_t kLoadFileBytes = 1 << 20;

// Makes the database when it is missing. `env` is where its files are: the system's when null; tests pass one that fails.
Result<std::unique_ptr<Store>> open_rocks_writer(const std::filesystem::path& folder, rocksdb::Env* env = nullptr,
                                                 std::size_t load_file_bytes = kLoadFileBytes);

// The database must exist. Writes nothing into `folder`.
Result<std::unique_ptr<Store>> open_rocks_reader(const std::filesystem::path& folder);

}  // namespace chartscan::storage
