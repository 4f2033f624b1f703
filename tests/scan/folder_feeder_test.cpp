#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "scanner-drivers/feeder.h"
#include "scanner-drivers/natural_order.h"
#include "scanner-drivers/scripted_feeder.h"
#include "tests/support/image_files.h"

using namespace chartscan;
using namespace chartscan::scan;
namespace fs = std::filesystem;

namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "chartscan-scan-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  const fs::path& path() const { return path_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

imaging::Image small_page() { return imaging::blank_image(64, 80); }

void put_tiff(const fs::path& path, int pages) {
  fs::create_directories(path.parent_path());
  testing::write_tiff(path, std::vector<testing::EncodedPage>(static_cast<std::size_t>(pages), {small_page(), testing::Encoding::Lzw}));
}
void put_png(const fs::path& path) {
  fs::create_directories(path.parent_path());
  testing::write_png(path, small_page());
}
void put_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

struct Fedding {
  std::vector<std::string> labels;  // "!" before refused ones
  int pages = 0;
};

Fedding feed(Feeder& feeder) {
  Fedding all;
  for (;;) {
    Result<Fed> fed = feeder.next();
    REQUIRE(fed.ok());
    if (std::holds_alternative<End>(*fed)) return all;
    if (const auto* item = std::get_if<RefusedItem>(&*fed)) {
      CHECK_FALSE(item->message.empty());
      all.labels.push_back("!" + item->file);
    } else {
      all.labels.push_back(std::get<Delivery>(*fed).file);
      all.pages += std::get<Delivery>(*fed).pages;
    }
  }
}

FolderFeeders opened(const std::vector<std::string>& paths) {
  Result<FolderFeeders> feeders = open_paths(paths, {});
  if (!feeders.ok()) FAIL(feeders.error().message);
  return std::move(*feeders);
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("names are put in the order people give them", "[scan][order]") {
  Labels names{"page-10.png", "page-2.png", "Page-1.png", "page-02.png", "a", "page-1a.png", "page-"};
  std::ranges::sort(names, natural_less);
  CHECK(names == Labels{"a", "page-", "Page-1.png", "page-1a.png", "page-02.png", "page-2.png", "page-10.png"});
  CHECK_FALSE(natural_less("same", "same"));
}

TEST_CASE("a folder of several batches gives one feeder a batch, labelled by the path inside it", "[scan][folder]") {
  const TemporaryFolder folder;
  put_tiff(folder / "batch-0010.tif", 2);
  put_tiff(folder / "batch-0002.tif", 3);
  for (const char* page : {"page-0010.png", "page-0001.png", "page-0002.png"}) put_png(folder / "batch-0007" / page);
  put_text(folder / "README.md", "about");
  put_text(folder / "truth.json", "{}");
  FolderFeeders all = opened({folder.path().string()});
  REQUIRE(all.feeders.size() == 3);
  CHECK(all.feeders[0]->name() == "batch-0002");
  Fedding first = feed(*all.feeders[0]), second = feed(*all.feeders[1]), third = feed(*all.feeders[2]);
  CHECK(first.labels == Labels{"batch-0002.tif"});
  CHECK(first.pages == 3);
  CHECK(second.labels == Labels{"batch-0007/page-0001.png", "batch-0007/page-0002.png", "batch-0007/page-0010.png"});
  CHECK(second.pages == 3);
  CHECK(third.labels == Labels{"batch-0010.tif"});
  CHECK(all.ignored.size() == 2);
  CHECK(std::holds_alternative<End>(*all.feeders[0]->next()));
}

TEST_CASE("what is given itself is called as it was given", "[scan][folder]") {
  const TemporaryFolder folder;
  put_png(folder / "batch-0007/page-1.png");
  put_tiff(folder / "batch-0007/page-2.tif", 1);
  put_tiff(folder / "one.tif", 2);
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  FolderFeeders all = opened({"batch-0007/", "one.tif", "batch-0007/page-1.png"});
  fs::current_path(before);
  REQUIRE(all.feeders.size() == 3);
  fs::current_path(folder.path());
  CHECK(feed(*all.feeders[0]).labels == Labels{"batch-0007/page-1.png", "batch-0007/page-2.tif"});
  CHECK(feed(*all.feeders[1]).labels == Labels{"one.tif"});
  CHECK(feed(*all.feeders[2]).labels == Labels{"batch-0007/page-1.png"});
  fs::current_path(before);
  CHECK(all.feeders[0]->name() == "batch-0007");
  CHECK(all.feeders[1]->source() == "one.tif");
}

TEST_CASE("bad files come through the stream as refused, and the others are fed", "[scan][folder]") {
  const TemporaryFolder folder;
  put_png(folder / "a.png");
  put_text(folder / "b.tif", "this is text");
  put_text(folder / "c.png", "");
  put_text(folder / "d.tif", std::string("II*\0\xff\xff\xff\x7f", 8));
  put_png(folder / "e.dat");  // by content, never by name
  put_text(folder / ".hidden.tif", "x");
  FolderFeeders all = opened({folder.path().string()});
  REQUIRE(all.feeders.size() == 1);
  const std::string given = folder.path().string() + "/";
  CHECK(feed(*all.feeders[0]).labels == Labels{given + "a.png", "!" + given + "b.tif", "!" + given + "c.png", "!" + given + "d.tif", given + "e.dat"});
  CHECK(all.ignored.size() == 1);
}

TEST_CASE("a refused file without images beside it is a batch of its own", "[scan][folder]") {
  const TemporaryFolder folder;
  put_tiff(folder / "1.tif", 2);
  put_text(folder / "2.tif", "");
  put_tiff(folder / "3.tif", 2);
  FolderFeeders all = opened({folder.path().string()});
  REQUIRE(all.feeders.size() == 3);
  CHECK(feed(*all.feeders[1]).labels == Labels{"!2.tif"});
  FolderFeeders given = opened({(folder / "2.tif").string()});
  REQUIRE(given.feeders.size() == 1);
  CHECK(feed(*given.feeders[0]).labels == Labels{"!" + (folder / "2.tif").string()});
}

TEST_CASE("links out of the folder are refused, links inside it are not fed twice", "[scan][folder]") {
  const TemporaryFolder folder, elsewhere;
  put_png(folder / "a.png");
  put_png(elsewhere / "secret.png");
  fs::create_symlink(elsewhere / "secret.png", folder / "b.png");
  fs::create_directory_symlink(elsewhere.path(), folder / "c");
  fs::create_symlink(folder / "a.png", folder / "d.png");
  fs::create_directory_symlink(folder.path(), folder / "e");
  fs::create_symlink(folder / "nowhere", folder / "f.png");
  FolderFeeders all = opened({folder.path().string()});
  REQUIRE(all.feeders.size() == 1);
  const std::string given = folder.path().string() + "/";
  CHECK(feed(*all.feeders[0]).labels == Labels{given + "a.png", "!" + given + "b.png", "!" + given + "c", "!" + given + "f.png"});
  CHECK(all.ignored.size() == 2);
}

TEST_CASE("a file that vanishes or changes before its turn is refused, not lost", "[scan][folder]") {
  const TemporaryFolder folder;
  put_png(folder / "a.png");
  put_png(folder / "b.png");
  put_png(folder / "c.png");
  FolderFeeders all = opened({folder.path().string()});
  fs::remove(folder / "b.png");
  put_text(folder / "c.png", "");
  const std::string given = folder.path().string() + "/";
  CHECK(feed(*all.feeders[0]).labels == Labels{given + "a.png", "!" + given + "b.png", "!" + given + "c.png"});
}

TEST_CASE("an unreadable folder is refused and its neighbours are fed", "[scan][folder]") {
  if (geteuid() == 0) {
    WARN("skipped: root reads everything");
    return;
  }
  const TemporaryFolder folder;
  put_tiff(folder / "1.tif", 2);
  put_png(folder / "locked/a.png");
  fs::permissions(folder / "locked", fs::perms::none);
  FolderFeeders all = opened({folder.path().string()});
  fs::permissions(folder / "locked", fs::perms::owner_all);
  REQUIRE(all.feeders.size() == 2);
  CHECK(feed(*all.feeders[1]).labels == Labels{"!locked"});
}

TEST_CASE("a path that does not exist is an error before anything is fed", "[scan][folder]") {
  const Result<FolderFeeders> none = open_paths({"/does/not/exist"}, {});
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::NotFound);
  CHECK(none.error().message.find("/does/not/exist") != std::string::npos);
}

TEST_CASE("a scripted feeder delivers its script and then the end", "[scan][scripted]") {
  std::vector<Result<Fed>> script;
  script.push_back(Fed(Delivery{.file = "a.png", .media = MediaType::Png, .pages = 1}));
  script.push_back(Error{ErrorCode::DeviceFault, "jam"});
  ScriptedFeeder feeder("test", std::move(script));
  CHECK(std::holds_alternative<Delivery>(*feeder.next()));
  CHECK(feeder.next().error().code == ErrorCode::DeviceFault);
  CHECK(std::holds_alternative<End>(*feeder.next()));
  CHECK(std::holds_alternative<End>(*feeder.next()));
  CHECK(feeder.asked() == 4);
}

TEST_CASE("a folder that is called otherwise is called so in sources and labels, wherever it lies", "[scan][folder]") {
  const TemporaryFolder folder;
  put_tiff(folder / "many.tif", 2);
  put_png(folder / "one.png");
  Result<FolderFeeders> all = open_paths({folder.path().string()}, {}, "what came at noon");
  REQUIRE(all.ok());
  REQUIRE(all->feeders.size() == 2);
  CHECK(all->feeders[0]->source() == "what came at noon");
  CHECK(feed(*all->feeders[0]).labels == Labels{"one.png"});
  CHECK(all->feeders[1]->source() == "what came at noon/many.tif");
  CHECK(feed(*all->feeders[1]).labels == Labels{"many.tif"});
}
