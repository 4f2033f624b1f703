// The built screens, served from one folder and nowhere else. Any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/http/message.h"

namespace chartscan::app::http {

// Where the built screens are: `configured` when set, else web/ beside the program's folder (build/web for
// build/release/chartscan), else web/ in it. Empty when none holds an index.html.
std::filesystem::path find_web_root(const std::filesystem::path& configured);

class StaticFiles {
 public:
  explicit StaticFiles(const std::filesystem::path& root);  // empty: no screens, `/` says what to run

  // A file, or the first page of the screens for an address that is one of theirs.
  Response serve(const Request& request) const;

 private:
  std::optional<std::filesystem::path> inside(const Request& request) const;  // nothing when it would leave the root
  std::filesystem::path root_;                                                // canonical
};

}  // namespace chartscan::app::http
