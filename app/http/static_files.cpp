#include "app/http/static_files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "app/http/problem.h"
#include "storage/archive.h"

namespace chartscan::app::http {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<const char*, const char*>, 7> kMediaTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".map", "application/json"},
    {".txt", "text/plain; charset=utf-8"},
}};

const char* media_type_of(const fs::path& file) {
  const auto found =
      std::find_if(kMediaTypes.begin(), kMediaTypes.end(), [&](const auto& row) { return file.extension() == row.first; });
  return found == kMediaTypes.end() ? nullptr : found->second;
}

// Everything but a file is an address that the screens answer themselves; they know which there are.
bool is_screen(const std::vector<std::string>& path) { return path.empty() || (path.front() != "assets" && path.front() != "api" && path.back().find('.') == std::string::npos); }

Response no_screens() {
  return {200,
          "text/plain; charset=utf-8",
          "Chartscan is running and its API answers under /api/v1/ (described in /api/v1/openapi.json).\n"
          "The screens are not built: run scripts/web, or set web_root in the configuration, and start the server again.\n",
          {{"Cache-Control", "no-store"}}};
}

Response file_response(const fs::path& file, const char* media_type, const std::string& if_none_match) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) return problem({ErrorCode::NotFound, "a file of the screens cannot be read; run scripts/web again"});
  Response response{200, media_type, std::move(bytes).str(), {{"Cache-Control", "no-cache"}}};
  const std::string tag = '"' + storage::sha256(std::string_view(response.body)).substr(0, 32) + '"';
  response.headers.emplace_back("ETag", tag);
  if (if_none_match == tag) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

fs::path program_folder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace

fs::path find_web_root(const fs::path& configured) {
  if (!configured.empty()) return configured;
  const fs::path beside = program_folder();
  for (const fs::path& folder : {beside.parent_path() / "web", beside / "web"}) {
    std::error_code error;
    if (fs::is_regular_file(folder / "index.html", error)) return folder;
  }
  return {};
}

StaticFiles::StaticFiles(const fs::path& root) {
  std::error_code error;
  if (!root.empty() && fs::is_regular_file(root / "index.html", error)) root_ = fs::canonical(root, error);
}

std::optional<fs::path> StaticFiles::inside(const Request& request) const {
  fs::path file = root_;
  for (const std::string& segment : request.path) {
    if (segment.empty() || segment.front() == '.' || segment.find_first_of(std::string_view("/\\\0", 3)) != segment.npos)
      return std::nullopt;
    file /= segment;
  }
  std::error_code error;
  const fs::path real = fs::canonical(file, error);  // follows symbolic links: what they point at counts
  if (error || !fs::is_regular_file(real, error)) return std::nullopt;
  const fs::path relative = real.lexically_relative(root_);
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  return real;
}

Response StaticFiles::serve(const Request& request) const {
  if (is_screen(request.path)) {
    return root_.empty() ? no_screens() : file_response(root_ / "index.html", kMediaTypes[0].second, request.if_none_match);
  }
  if (!root_.empty()) {
    const std::optional<fs::path> file = inside(request);
    const char* const media_type = file ? media_type_of(*file) : nullptr;
    if (media_type) return file_response(*file, media_type, request.if_none_match);
  }
  return problem({ErrorCode::NotFound, "no such file or screen"});
}

}  // namespace chartscan::app::http
