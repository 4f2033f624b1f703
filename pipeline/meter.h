// Counts for the progress display; heard from the intake's, the committer's and the main thread.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "core/page.h"
#include "pipeline/ingest.h"

namespace chartscan::pipeline {

class Meter {
 public:
  explicit Meter(const ProgressSink& sink) : sink_(sink), start_(std::chrono::steady_clock::now()) {}

  void add(int fed, int processed, int waiting);
  void feeding(bool now);
  void found(const Page& page);  // its batch, and its newest finding if it has one
  int processed() const;

 private:
  using Clock = std::chrono::steady_clock;
  void tell();  // with mutex_ held

  const ProgressSink& sink_;
  const Clock::time_point start_;
  mutable std::mutex mutex_;
  Progress progress_;                // guarded by mutex_
  Clock::time_point feeding_since_;  // guarded by mutex_
};

}  // namespace chartscan::pipeline
