// So many a second for each name, with a reserve for bursts. Any thread. Memory is bounded: names that rest are forgotten.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace chartscan::app::http {

class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst) {}
  bool take(const std::string& name, Clock::time_point now = Clock::now());  // false: too many

 private:
  struct Bucket {
    double left = 0;
    Clock::time_point at;
  };
  const double per_second_, burst_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;  // guarded by mutex_
};

}  // namespace chartscan::app::http
