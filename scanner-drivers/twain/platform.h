// The seam to the operating system: where the source manager is found, how memory is handled without it, how messages are
// pumped. platform_linux.cpp and platform_windows.cpp implement it; nothing else in this folder knows the system.
// One thread, the one that talks to the source manager.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "scanner-drivers/twain/bytes.h"
#include "scanner-drivers/twain/wire.h"

namespace chartscan::scan::twain {

class Platform {
 public:
  virtual ~Platform() = default;  // unloads the source manager

  // Loads the source manager: the file `path`, or the usual places where that is empty. NotFound where the system has none.
  virtual Result<wire::DsmEntry> load_manager(const std::string& path) = 0;

  // Memory functions for a manager that gives none of its own.
  virtual wire::EntryPoint system_memory() const = 0;

  // The window that OPENDSM and ENABLEDS want as parent; null where there are no windows.
  virtual wire::Handle parent_window() = 0;

  // Waits at most `longest`, offering what happens; where nothing does, an event that means nothing (null where the system
  // has none to offer), for sources that answer only when asked. Returns at once when `offer` returns true.
  enum class Occasion { Message, Idle };
  using Offer = std::function<bool(void* native_event, Occasion occasion)>;
  virtual void pump(std::chrono::milliseconds longest, const Offer& offer) = 0;

  // Memory of a source, from `start` on. Reading what is not there fails instead of ending the process, where the system
  // can tell.
  virtual std::unique_ptr<ByteSource> foreign_memory(const void* start) const = 0;

  // A fresh folder that only this user can look into, for file transfer. The caller removes it.
  virtual Result<std::string> private_folder() = 0;
};

std::unique_ptr<Platform> make_platform();

}  // namespace chartscan::scan::twain
