#include "storage/store.h"

#include <iterator>

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

}  // namespace chartscan::storage
