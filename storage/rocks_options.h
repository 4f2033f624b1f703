// How RocksDB is set up: what it checks, how much memory it takes, how each family lies on disk. Wrapped here so that
// rocks_store.cpp and rocks_reader.cpp share it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class Snapshot;
class Status;
struct ColumnFamilyDescriptor;
struct DBOptions;
}  // namespace rocksdb

namespace chartscan::storage {

rocksdb::DBOptions rocks_options(rocksdb::Env* env);
std::vector<rocksdb::ColumnFamilyDescriptor> rocks_families();  // "default" first, then by Family

// RocksDB 7.8 remembers where it put the last key of a kind, and takes the place for one in its list of erased ranges when a range begins
// with that kind: then it writes into the wrong list. So ranges of a family with kinds begin with less than a kind.
bool may_erase_range_from(Family family, std::string_view begin);

Error rocks_error(const std::string& what, const std::filesystem::path& folder, const rocksdb::Status& status);

class JoiningFiles;

// An open database. Debian's RocksDB asserts that handles go before the database does.
struct RocksDatabase {
  RocksDatabase() = default;
  ~RocksDatabase();
  RocksDatabase(const RocksDatabase&) = delete;
  RocksDatabase& operator=(const RocksDatabase&) = delete;

  rocksdb::ColumnFamilyHandle* family(Family family) const { return families[static_cast<std::size_t>(family) + 1]; }

  std::filesystem::path folder;
  std::shared_ptr<JoiningFiles> files;  // of a writer
  std::unique_ptr<rocksdb::Env> env;    // of it
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  mutable Attachment attachment;
};

// Reads through the database as it is, or as of `snapshot`, which the view gives back.
std::shared_ptr<const View> rocks_view(std::shared_ptr<RocksDatabase> database, const rocksdb::Snapshot* snapshot);

// Every stored block and file against its checksum.
Status rocks_verify(const RocksDatabase& database);

}  // namespace chartscan::storage
