// Store::load() on disk: many rows become sorted files of their own, which join the database when all are written; they are written once,
// without log, memory table or later sorting. Few rows go the way of every write. Several may be open; one finishes at a time.
#pragma once

#include <memory>

#include "storage/rocks_options.h"

namespace chartscan::storage {

// RocksDB 7.8 removes a file that could not join even when only the sync of its journal failed, and the journal may name it: then the
// database would not open again. Over this environment a file that joins cannot be removed before it is said to have joined; what did
// not is swept by the next start.
std::unique_ptr<rocksdb::Env> joining_env(rocksdb::Env& base, std::shared_ptr<JoiningFiles>& files);

// `store` writes what is less than `file_bytes`; both must outlive the load.
std::unique_ptr<Load> rocks_load(Store& store, const RocksDatabase& database, Family family, std::size_t file_bytes);

// Files of loads that a crash cut short.
void remove_unfinished_loads(const std::filesystem::path& folder, rocksdb::Env& env);

}  // namespace chartscan::storage
