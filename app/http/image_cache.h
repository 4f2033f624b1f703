// Page images that were made lately, so that a list scrolled back or a page opened again costs no decoding. Bounded in
// bytes, the least recently used go first. Any thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace chartscan::app::http {

class ImageCache {
 public:
  explicit ImageCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::shared_ptr<const std::string> find(const std::string& key);  // null when absent
  std::shared_ptr<const std::string> insert(const std::string& key, std::string bytes);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const std::string> bytes;
  };
  void drop_oldest();

  const std::size_t max_bytes_;
  std::mutex mutex_;
  std::list<Entry> entries_;                                            // guarded by mutex_; newest first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;  // guarded by mutex_
  std::size_t bytes_ = 0;                                               // guarded by mutex_
};

}  // namespace chartscan::app::http
