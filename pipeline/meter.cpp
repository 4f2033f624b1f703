#include "pipeline/meter.h"

namespace chartscan::pipeline {

void Meter::add(int fed, int processed, int waiting) {
  const std::lock_guard lock(mutex_);
  progress_.fed += fed;
  progress_.processed += processed;
  progress_.waiting += waiting;
  tell();
}

void Meter::feeding(bool now) {
  const std::lock_guard lock(mutex_);
  if (now)
    feeding_since_ = Clock::now();
  else if (progress_.feeding)
    progress_.feeding_seconds = std::chrono::duration<double>(Clock::now() - feeding_since_).count();
  progress_.feeding = now;
  tell();
}

void Meter::found(const Page& page) {
  const std::lock_guard lock(mutex_);
  progress_.batch = page.batch;
  if (page.findings.empty()) return;
  const Finding& finding = page.findings.back();
  progress_.last_finding = "page " + to_string(page.id) + ": " + finding.code;
  tell();
}

int Meter::processed() const {
  const std::lock_guard lock(mutex_);
  return progress_.processed;
}

void Meter::tell() {
  const auto now = Clock::now();
  progress_.seconds = std::chrono::duration<double>(now - start_).count();
  if (progress_.feeding) progress_.feeding_seconds = std::chrono::duration<double>(now - feeding_since_).count();
  if (sink_) sink_(progress_);
}

}  // namespace chartscan::pipeline
