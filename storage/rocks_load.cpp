#include "storage/rocks_load.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/sst_file_writer.h>

#include <atomic>
#include <mutex>
#include <set>

namespace chartscan::storage {

class JoiningFiles final : public rocksdb::FileSystemWrapper {
 public:
  using rocksdb::FileSystemWrapper::FileSystemWrapper;
  const char* Name() const override { return "JoiningFiles"; }

  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* context) override {
    const rocksdb::IOStatus linked = target()->LinkFile(from, to, options, context);
    const std::lock_guard lock(mutex_);
    if (linked.ok()) joining_.insert(to);
    return linked;
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    {
      const std::lock_guard lock(mutex_);
      if (joining_.contains(name)) return rocksdb::IOStatus::OK();
    }
    return target()->DeleteFile(name, options, context);
  }
  void have_joined() {
    const std::lock_guard lock(mutex_);
    joining_.clear();
  }

 private:
  std::mutex mutex_;
  std::set<std::string> joining_;  // guarded by mutex_
};

namespace {

constexpr std::size_t kFile = 64 << 20;           // bytes, as large as RocksDB makes its own
constexpr std::string_view kBeginning = "load-";  // of files' names; RocksDB has none like it

class RocksLoad final : public Load {
 public:
  RocksLoad(Store& store, const RocksDatabase& database, Family family, std::size_t file_bytes)
      : store_(store), database_(database), family_(family), file_bytes_(file_bytes), options_(database.db->GetOptions(database.family(family))) {}

  ~RocksLoad() override {
    if (writer_) (void)close();
    for (const std::string& file : files_) options_.env->DeleteFile(file).PermitUncheckedError();
  }

  Status put(std::string_view key, std::string_view value) override {
    if (files_.empty()) {
      few_.put(family_, std::string(key), std::string(value));
      few_bytes_ += key.size() + value.size();
      return few_bytes_ < file_bytes_ ? Status() : put_few();
    }
    if (writer_ && writer_->FileSize() >= kFile) TRY_STATUS(close());
    if (!writer_) TRY_STATUS(open());
    return check(writer_->Put(slice(key), slice(value)));
  }

  Status finish() override {
    if (files_.empty()) return few_.empty() ? Status() : store_.write_unsynced(few_);
    if (writer_) TRY_STATUS(close());
    rocksdb::IngestExternalFileArg files;
    files.column_family = database_.family(family_);
    files.external_files = files_;
    files.files_checksums = checksums_;
    files.files_checksum_func_names = checksum_names_;
    files.options.move_files = true;
    files.options.snapshot_consistency = false;  // nothing that an older view sees names these rows
    files.options.write_global_seqno = false;
    files.options.verify_file_checksum = false;  // it was made while writing
    TRY_STATUS(check(database_.db->IngestExternalFiles({files})));
    database_.files->have_joined();
    files_.clear();
    return {};
  }

 private:
  static rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

  Status check(const rocksdb::Status& status) const {
    if (!status.ok()) return rocks_error("cannot write", database_.folder, status);
    return {};
  }

  Status put_few() {
    TRY_STATUS(open());
    for (const WriteBatch::Entry& entry : few_.entries()) TRY_STATUS(check(writer_->Put(entry.key, *entry.value)));
    few_ = {};
    return {};
  }

  Status open() {
    static std::atomic<unsigned> number = 0;
    constexpr bool kForgetPages = false;  // the file is read soon
    files_.push_back(database_.folder / (std::string(kBeginning) + std::to_string(number++)));
    writer_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(options_), options_, database_.family(family_), kForgetPages);
    return check(writer_->Open(files_.back()));
  }

  Status close() {
    rocksdb::ExternalSstFileInfo info;
    const rocksdb::Status finished = writer_->Finish(&info);
    writer_.reset();
    checksums_.push_back(info.file_checksum);
    checksum_names_.push_back(info.file_checksum_func_name);
    return check(finished);
  }

  Store& store_;
  const RocksDatabase& database_;
  const Family family_;
  const std::size_t file_bytes_;
  const rocksdb::Options options_;
  WriteBatch few_;  // until they are many
  std::size_t few_bytes_ = 0;
  std::unique_ptr<rocksdb::SstFileWriter> writer_;
  std::vector<std::string> files_, checksums_, checksum_names_;
};

}  // namespace

std::unique_ptr<rocksdb::Env> joining_env(rocksdb::Env& base, std::shared_ptr<JoiningFiles>& files) {
  files = std::make_shared<JoiningFiles>(base.GetFileSystem());
  return rocksdb::NewCompositeEnv(files);
}

std::unique_ptr<Load> rocks_load(Store& store, const RocksDatabase& database, Family family, std::size_t file_bytes) {
  return std::make_unique<RocksLoad>(store, database, family, file_bytes);
}

void remove_unfinished_loads(const std::filesystem::path& folder, rocksdb::Env& env) {
  std::vector<std::string> names;
  env.GetChildren(folder, &names).PermitUncheckedError();
  for (const std::string& name : names)
    if (name.starts_with(kBeginning)) env.DeleteFile(folder / name).PermitUncheckedError();
}

}  // namespace chartscan::storage
