// Which page was being read when a library brought the whole program down. Without this, one poisonous page would stop its
// batch for ever: every restart would meet it again. Notes are one line a crash in the file `crashes` of the archive.
// A kill from outside (SIGKILL, power) leaves no note: it says nothing about the page.
#pragma once

#include <filesystem>
#include <map>

#include "core/ids.h"
#include "core/result.h"

namespace chartscan::pipeline {

class CrashNotes {
 public:
  // From here on a fatal signal in a thread that works on a page leaves a note in `folder`. Once a process.
  static void install(const std::filesystem::path& folder);

  // Marks the page this thread works on, while it lives.
  class Working {
   public:
    explicit Working(PageId page);
    ~Working();
    Working(const Working&) = delete;
    Working& operator=(const Working&) = delete;
  };

  // How often each page brought the program down. A damaged line is passed over.
  static std::map<PageId, int> load(const std::filesystem::path& folder);
};

}  // namespace chartscan::pipeline
