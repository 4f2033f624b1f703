#include "core/log.h"

#include <atomic>
#include <cstdio>
#include <string>

namespace chartscan::log {
namespace {
std::atomic<Level> threshold{Level::Warning};
constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
}  // namespace

void set_level(Level level) { threshold = level; }

void write(Level level, std::string_view message) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  // One call, so lines of several threads do not mix.
  std::string line = std::string("chartscan: ") + kNames[static_cast<int>(level)] + ": ";
  line.append(message).push_back('\n');
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace chartscan::log
