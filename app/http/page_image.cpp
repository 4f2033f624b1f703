// The page image: made once, kept a while, served whole or in part, and not at all when the screen has it already.
#include <cstdio>

#include "app/http/byte_range.h"
#include "app/http/handlers.h"
#include "storage/archive.h"

namespace chartscan::app::http {

namespace {

class Turn {
 public:
  explicit Turn(std::counting_semaphore<>& semaphore) : semaphore_(semaphore) { semaphore_.acquire(); }
  ~Turn() { semaphore_.release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::counting_semaphore<>& semaphore_;
};

// Changes whenever the pixels could: other bytes, other geometry, other size asked for.
std::string fingerprint_of(const Page& page, ImageKind kind, int width, const std::string& box) {
  std::string made_of = page.original.blob + ' ' + std::to_string(page.original.index) + ' ' + std::to_string(width) + ' ' + box;
  if (kind == ImageKind::Upright) {
    made_of += " upright " + std::to_string(page.geometry.rotation) + ' ' + std::to_string(page.geometry.skew.value);
    for (const StageStamp& stamp : page.stamps) made_of += ' ' + stamp.name + std::to_string(stamp.version) + stamp.settings;
  }
  return storage::sha256(std::string_view(made_of)).substr(0, 32);
}

Result<std::shared_ptr<const std::string>> image_bytes(Api& api, PageId id, ImageKind kind, int width, const Box& part, const std::string& key) {
  if (auto kept = api.images.find(key)) return kept;
  const Turn turn(api.decoders);
  if (auto kept = api.images.find(key)) return kept;  // made while we waited
  TRY(const std::vector<std::uint8_t> jpeg, api.service.page_image(id, kind, width, part));
  return api.images.insert(key, std::string(jpeg.begin(), jpeg.end()));
}

// If-None-Match holds one or more tags, or a star.
bool names(const std::string& if_none_match, const std::string& tag) {
  return if_none_match == "*" || if_none_match.find(tag) != std::string::npos;
}

// "120,80,640,200"; empty = the whole image.
Result<Box> box_of(const std::string& text) {
  if (text.empty()) return Box{};
  Box box;
  int read = 0;
  const int found = std::sscanf(text.c_str(), "%6d,%6d,%6d,%6d%n", &box.x0, &box.y0, &box.x1, &box.y1, &read);
  if (found != 4 || static_cast<std::size_t>(read) != text.size() || box.empty())
    return Error{ErrorCode::Usage, "the box is not x0,y0,x1,y1 with x0 < x1 and y0 < y1", {}};
  return box;
}

}  // namespace

Result<Response> get_page_image(Api& api, const Call& call) {
  const std::optional<PageId> id = parse_id<PageId>(call.text("id"));
  if (!id) return Error{ErrorCode::NotFound, "no such id; ids look like " + to_string(PageId{1})};
  const ImageKind kind = call.text("kind") == "delivered" ? ImageKind::Delivered : ImageKind::Upright;
  const int width = call.number("width");

  TRY(const Box part, box_of(call.text("box")));

  // Print on a thumbnail is too small to read; parts are cut from a page that is being looked at.
  constexpr int kThumbnailWidth = 320;
  const bool is_thumbnail = width > 0 && width <= kThumbnailWidth && part.empty();
  TRY(const Page page, call.at(api).page_to_show(*id, is_thumbnail ? Workplace::Look::Thumbnail : Workplace::Look::Read));
  const std::string key = fingerprint_of(page, kind, width, call.text("box"));
  const std::string tag = '"' + key + '"';
  // no-cache: a browser may keep the image but asks each time, so that a right withdrawn is felt at once.
  Response response{200, "image/jpeg", "", {{"ETag", tag}, {"Cache-Control", "private, no-cache"}, {"Accept-Ranges", "bytes"}}, {}};
  if (names(call.request().if_none_match, tag)) {
    response.status = 304;
    return response;
  }
  if (kind == ImageKind::Upright && part.empty()) {
    if (const auto ready = api.service.kept_picture(page, width)) {
      apply_range(response, std::string(ready->begin(), ready->end()), call.request().range);
      return response;
    }
  }
  TRY(const auto bytes, image_bytes(api, *id, kind, width, part, key));
  apply_range(response, *bytes, call.request().range);
  return response;
}

}  // namespace chartscan::app::http
