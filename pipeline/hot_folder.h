// What lies in a hot folder, what of it has come to rest, and how it leaves. Knows nothing of batches. One thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"

namespace chartscan::pipeline {

class HotFolder {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Makes done/ and refused/ where they are missing. `quiet`: how long a source must stand still.
  static Result<HotFolder> open(const std::filesystem::path& folder, std::chrono::milliseconds quiet);
  ~HotFolder();
  HotFolder(HotFolder&& other) noexcept;
  HotFolder& operator=(HotFolder&&) = delete;

  // Sources at rest, in order of names. What was seen for the first time, or changed, waits.
  Result<std::vector<std::filesystem::path>> at_rest(Time now);
  bool unchanged(const std::filesystem::path& source) const;   // since it was said to be at rest
  bool waits_for_something() const { return !seen_.empty(); }  // a source lies there that is not at rest yet

  // Sleeps until something may have changed, `most` at most.
  void wait(std::chrono::milliseconds most);

  // Out of the way, never over anything: "a.tif", "a-2.tif", ... Returns where it lies now.
  Result<std::filesystem::path> move_to_done(const std::filesystem::path& source);
  Result<std::filesystem::path> move_to_refused(const std::filesystem::path& source, const std::string& reason);

 private:
  struct Seen {
    std::string signature;
    Time since;
  };
  HotFolder(std::filesystem::path folder, std::chrono::milliseconds quiet) : folder_(std::move(folder)), quiet_(quiet) {}
  void read_events();

  std::filesystem::path folder_;
  std::chrono::milliseconds quiet_;
  std::map<std::filesystem::path, Seen> seen_;
  std::set<std::string> moved_in_;  // names that were renamed into the folder
  int events_ = -1;                 // inotify; -1 where the system has none to give: then we look now and then
};

}  // namespace chartscan::pipeline
