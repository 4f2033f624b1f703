// Files and folders as a source of sides. open_paths walks and sorts once, looking at the first bytes of each file and at
// the number of pages of each TIFF; a file is opened again, and only then held, when its turn comes.
#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "scanner-drivers/feeder.h"
#include "scanner-drivers/natural_order.h"

namespace chartscan::scan {

namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 32;            // folders inside folders: deeper is a mistake or an attack
constexpr std::size_t kSniffed = 1024;  // bytes

struct Item {
  fs::path path;
  std::string label;
  std::string refusal;  // set: cannot be taken, and why
};

// What a file turned out to be.
enum class Kind { SinglePage, OwnBatch, Refused, NoImage };

struct Look {
  Kind kind = Kind::NoImage;
  std::string refusal;
};

bool named_like_an_image(const fs::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  static constexpr std::array kExtensions{".tif", ".tiff", ".pdf", ".png", ".jpg", ".jpeg", ".jpe"};
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

Result<MediaType> media_of(const imaging::ByteReader& bytes) {
  std::array<std::uint8_t, kSniffed> first{};
  TRY(const std::size_t count, bytes.read(0, first));
  return imaging::sniff({first.data(), count});
}

Look refused(std::string why) { return {Kind::Refused, std::move(why)}; }

Look look_at(const fs::path& path, const imaging::DecodeLimits& limits) {
  Result<imaging::ByteReader> bytes = imaging::file_reader(path);
  if (!bytes.ok()) return refused(bytes.error().message);
  if (bytes->size == 0 && named_like_an_image(path)) return refused("the file is empty (0 bytes); copy or scan it again");
  const Result<MediaType> media = media_of(*bytes);
  if (!media.ok()) return refused(media.error().message);
  switch (*media) {
    case MediaType::Unknown:
      if (!named_like_an_image(path)) return {Kind::NoImage};
      return refused("its name says image, its content is none; open it in the program that made it and export it as TIFF, PDF, PNG or JPEG");
    case MediaType::Pdf: return {Kind::OwnBatch};
    case MediaType::Png:
    case MediaType::Jpeg: return {Kind::SinglePage};
    case MediaType::Tiff: break;
  }
  const Result<int> pages = imaging::count_pages(*bytes, MediaType::Tiff, limits);
  if (!pages.ok()) return refused(pages.error().message);
  return {*pages > 1 ? Kind::OwnBatch : Kind::SinglePage};
}

class FolderFeeder : public Feeder {
 public:
  FolderFeeder(std::string name, std::string source, std::vector<Item> items, const imaging::DecodeLimits& limits)
      : name_(std::move(name)), source_(std::move(source)), items_(std::move(items)), limits_(limits) {}

  std::string name() const override { return name_; }
  std::string source() const override { return source_; }

  Result<Fed> next() override {
    if (turn_ == items_.size()) return Fed(End{});
    const Item& item = items_[turn_++];
    if (!item.refusal.empty()) return Fed(RefusedItem{item.label, 0, item.refusal});
    Result<Delivery> delivery = open(item);
    if (!delivery.ok()) return Fed(RefusedItem{item.label, 0, delivery.error().message});
    return Fed(std::move(*delivery));
  }

 private:
  Result<Delivery> open(const Item& item) const {
    TRY(imaging::ByteReader bytes, imaging::file_reader(item.path));
    TRY(const MediaType media, media_of(bytes));
    TRY(const int pages, imaging::count_pages(bytes, media, limits_));
    return Delivery{item.label, media, std::move(bytes), pages};
  }

  std::string name_, source_;
  std::vector<Item> items_;
  imaging::DecodeLimits limits_;
  std::size_t turn_ = 0;
};

// One batch in the making. Labels inside a given folder are settled when it is known how many batches it holds.
struct Found {
  std::string name;
  fs::path source;
  std::vector<Item> items;
  bool images_of_given_folder = false;
};

class Walker {
 public:
  Walker(fs::path root, const imaging::DecodeLimits& limits) : root_(std::move(root)), limits_(limits) {
    std::error_code none;
    real_root_ = fs::canonical(root_, none);
  }

  void walk() { walk_folder(root_, 0); }

  std::vector<Found> found;
  std::vector<std::string> ignored;

 private:
  void walk_folder(const fs::path& folder, int depth) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) entries.push_back(*at);
    if (error || depth > kDeepest) {
      const std::string why = error ? fmt::format("the folder cannot be read: {}; check its permissions", error.message())
                                    : fmt::format("folders are nested more than {} deep; give the inner folder itself", kDeepest);
      found.push_back({name_of(folder), folder, {{folder, label_of(folder), why}}});
      return;
    }
    std::ranges::sort(entries, [](const auto& a, const auto& b) {
      return natural_less(a.path().filename().string(), b.path().filename().string());
    });

    Found images{name_of(folder), folder, {}, folder == root_};
    const std::size_t place = found.size();
    for (const fs::directory_entry& entry : entries) take(entry, depth, images.items);
    settle(std::move(images), place);
  }

  // Sub-folders and files of many pages become batches of their own; single images and what was refused go to `images`.
  void take(const fs::directory_entry& entry, int depth, std::vector<Item>& images) {
    const fs::path& path = entry.path();
    std::error_code none;
    if (path.filename().string().starts_with('.')) return ignore(path);  // thumbnails and notes of file managers
    if (entry.is_symlink(none)) return take_link(path, images);
    if (entry.is_directory(none)) return walk_folder(path, depth + 1);
    if (!entry.is_regular_file(none)) return ignore(path);
    Look look = look_at(path, limits_);
    switch (look.kind) {
      case Kind::NoImage: return ignore(path);
      case Kind::OwnBatch: found.push_back({path.stem().string(), path, {{path, label_of(path), ""}}}); return;
      case Kind::SinglePage:
      case Kind::Refused: images.push_back({path, label_of(path), std::move(look.refusal)}); return;
    }
  }

  // What a link inside the folder points at is fed where it is. A link out of it could lead anywhere, so it is not
  // followed, but a page behind it must not be missed in silence.
  void take_link(const fs::path& path, std::vector<Item>& images) {
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    const fs::path inside = target.lexically_relative(real_root_);
    if (!error && !inside.empty() && *inside.begin() != "..") return ignore(path);
    images.push_back({path, label_of(path), "a link that leads out of the folder is not followed; copy the file here or give it itself"});
  }

  // Where a folder has no image that can be taken, each refused file stands for a batch of its own.
  void settle(Found images, std::size_t place) {
    if (images.items.empty()) return;
    const bool any_image = std::ranges::any_of(images.items, [](const Item& item) { return item.refusal.empty(); });
    if (any_image) {
      found.insert(found.begin() + static_cast<std::ptrdiff_t>(place), std::move(images));
      return;
    }
    for (Item& item : images.items) {
      const fs::path path = item.path;
      found.push_back({path.stem().string(), path, {std::move(item)}});
    }
    std::stable_sort(found.begin() + static_cast<std::ptrdiff_t>(place), found.end(), [](const Found& a, const Found& b) {
      return natural_less(a.source.string(), b.source.string());
    });
  }

  void ignore(const fs::path& path) { ignored.push_back(path.string()); }

  std::string label_of(const fs::path& path) const {
    const fs::path inside = path.lexically_relative(root_);
    return inside == "." ? path.string() : inside.string();
  }
  static std::string name_of(const fs::path& folder) {
    std::error_code none;
    const std::string name = fs::weakly_canonical(folder, none).filename().string();
    return name.empty() ? folder.string() : name;
  }

  fs::path root_, real_root_;
  const imaging::DecodeLimits& limits_;
};

void label_as_given(Found& batch, const fs::path& given) {
  for (Item& item : batch.items) item.label = (given / item.path.filename()).lexically_normal().string();
}

void call(std::vector<Found>& found, const fs::path& folder, const std::string& called) {
  for (Found& batch : found) {
    if (batch.images_of_given_folder)
      for (Item& item : batch.items) item.label = item.path.filename().string();
    const fs::path inside = batch.source.lexically_relative(folder);
    batch.source = inside == "." ? fs::path(called) : called / inside;
  }
}

fs::path without_slash(const std::string& given) {
  const fs::path path(given);
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

std::vector<Found> found_in_folder(const fs::path& folder, const imaging::DecodeLimits& limits, std::vector<std::string>& ignored) {
  Walker walker(folder, limits);
  walker.walk();
  ignored.insert(ignored.end(), walker.ignored.begin(), walker.ignored.end());
  if (walker.found.size() == 1 && walker.found.front().images_of_given_folder) label_as_given(walker.found.front(), folder);
  return std::move(walker.found);
}

}  // namespace

Result<FolderFeeders> open_paths(const std::vector<std::string>& paths, const imaging::DecodeLimits& limits, const std::string& called) {
  FolderFeeders all;
  for (const std::string& given : paths) {
    const fs::path path = without_slash(given);
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (given.empty() || status.type() == fs::file_type::not_found)
      return Error{ErrorCode::NotFound, fmt::format("{} does not exist; check the name", given.empty() ? "(an empty path)" : given)};

    std::vector<Found> found;
    if (fs::is_directory(status)) {
      found = found_in_folder(path, limits, all.ignored);
      if (!called.empty()) call(found, path, called);
    } else {
      Look look = look_at(path, limits);
      if (look.kind == Kind::NoImage)
        look.refusal = "not a TIFF, PDF, PNG or JPEG by its content; open it in the program that made it and export it as one of these";
      found.push_back({path.stem().string(), path, {{path, given, std::move(look.refusal)}}});
    }
    for (Found& batch : found)
      all.feeders.push_back(std::make_unique<FolderFeeder>(std::move(batch.name), batch.source.string(), std::move(batch.items), limits));
  }
  return all;
}

}  // namespace chartscan::scan
