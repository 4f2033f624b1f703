#include "indexer/list_cache.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kOfTerm = 200, kOfList = 64;  // bytes, beside those of the lists: near enough

}  // namespace

std::shared_ptr<const ListCache::Lists> ListCache::find(std::string_view term) const {
  const std::lock_guard lock(mutex_);
  const auto found = lists_.find(term);
  return found == lists_.end() ? nullptr : found->second;
}

void ListCache::keep(std::string_view term, Lists lists) {
  std::size_t bytes = kOfTerm + term.size();
  for (const StoredList& list : lists) bytes += kOfList + list.bytes.size();
  auto kept = std::make_shared<const Lists>(std::move(lists));
  const std::lock_guard lock(mutex_);
  if (bytes_ + bytes > kAll) lists_.clear(), bytes_ = 0;
  if (lists_.emplace(term, std::move(kept)).second) bytes_ += bytes;
}

}  // namespace chartscan::indexer
