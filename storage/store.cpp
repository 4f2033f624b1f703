#include "storage/store.h"

#include <iterator>
#include <utility>

namespace chartscan::storage {

// These names are the column families on disk: never change one.
const char* to_string(Family family) {
  switch (family) {
    case Family::Meta: return "meta";
    case Family::Batch: return "batch";
    case Family::Page: return "page";
    case Family::Text: return "text";
    case Family::Document: return "document";
    case Family::Chart: return "chart";
    case Family::Patient: return "patient";
    case Family::Blob: return "blob";
    case Family::Post: return "post";
    case Family::Dictionary: return "dictionary";
  }
  return "";
}

void WriteBatch::append(WriteBatch other) {
  if (entries_.empty()) {
    entries_ = std::move(other.entries_);
    return;
  }
  entries_.insert(entries_.end(), std::make_move_iterator(other.entries_.begin()), std::make_move_iterator(other.entries_.end()));
}

namespace {

constexpr std::size_t kPortion = 1 << 20;  // bytes

class LoadInPortions final : public Load {
 public:
  LoadInPortions(Store& store, Family family) : store_(store), family_(family) {}

  Status put(std::string_view key, std::string_view value) override {
    batch_.put(family_, std::string(key), std::string(value));
    bytes_ += key.size() + value.size();
    return bytes_ < kPortion ? Status() : finish();
  }
  Status finish() override {
    if (batch_.empty()) return {};
    bytes_ = 0;
    return store_.write_unsynced(std::exchange(batch_, {}));
  }

 private:
  Store& store_;
  const Family family_;
  WriteBatch batch_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<Load>> Store::load(Family family) { return std::unique_ptr<Load>(std::make_unique<LoadInPortions>(*this, family)); }

}  // namespace chartscan::storage
