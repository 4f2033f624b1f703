// The checksum of every file of the database, "FileChecksumCrc32c" as RocksDB calls its own: the same numbers, taken with the processor's
// instruction where it has one. Debian's build of RocksDB works with tables, at a tenth of the speed.
#pragma once

#include <memory>

namespace rocksdb {
class FileChecksumGenFactory;
}

namespace chartscan::storage {

std::shared_ptr<rocksdb::FileChecksumGenFactory> file_checksums();

}  // namespace chartscan::storage
