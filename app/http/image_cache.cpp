#include "app/http/image_cache.h"

namespace chartscan::app::http {

std::shared_ptr<const std::string> ImageCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->bytes;
}

std::shared_ptr<const std::string> ImageCache::insert(const std::string& key, std::string bytes) {
  auto shared = std::make_shared<const std::string>(std::move(bytes));
  const std::lock_guard lock(mutex_);
  if (shared->size() > max_bytes_ || by_key_.contains(key)) return shared;  // two threads made the same image: keep the first
  entries_.push_front({key, shared});
  by_key_[key] = entries_.begin();
  bytes_ += shared->size();
  while (bytes_ > max_bytes_) drop_oldest();
  return shared;
}

void ImageCache::drop_oldest() {
  bytes_ -= entries_.back().bytes->size();
  by_key_.erase(entries_.back().key);
  entries_.pop_back();
}

}  // namespace chartscan::app::http
