// Lists of terms asked for lately, as they stand in the stored segments: finding a short list in the store costs more than walking through
// it, and questions come in series (the next page of answers, a word more, the same type or patient). It belongs to one set of
// segments, which never change. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chartscan::indexer {

class ListCache {
 public:
  struct StoredList {
    std::uint32_t segment;
    std::string bytes;
  };
  // Of all segments that have the term. A word whose lists are long is not kept: finding them is the lesser part of its work.
  using Lists = std::vector<StoredList>;
  static constexpr std::size_t kLongest = 64 << 10;  // bytes of one term
  static constexpr std::size_t kAll = 32 << 20;      // bytes, with some for each term; all is forgotten when they are reached

  std::shared_ptr<const Lists> find(std::string_view term) const;  // null: not kept
  void keep(std::string_view term, Lists lists);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Lists>, Hash, std::equal_to<>> lists_;  // guarded by mutex_
  std::size_t bytes_ = 0;                                                                       // of them
};

}  // namespace chartscan::indexer
