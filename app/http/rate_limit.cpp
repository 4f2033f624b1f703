#include "app/http/rate_limit.h"

#include <algorithm>

namespace chartscan::app::http {

bool RateLimit::take(const std::string& name, Clock::time_point now) {
  constexpr std::size_t kMostNames = 10'000;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMostNames) {
    std::erase_if(buckets_, [&](const auto& one) { return std::chrono::duration<double>(now - one.second.at).count() * per_second_ >= burst_; });
    if (buckets_.size() >= kMostNames) return false;
  }
  Bucket& bucket = buckets_.try_emplace(name, Bucket{burst_, now}).first->second;
  bucket.left = std::min(burst_, bucket.left + std::chrono::duration<double>(now - bucket.at).count() * per_second_);
  bucket.at = now;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

}  // namespace chartscan::app::http
