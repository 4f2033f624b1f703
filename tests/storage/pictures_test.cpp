#include "storage/pictures.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/storage/faulty_disk.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;

namespace {

Page page_of(std::uint64_t id) {
  Page page;
  page.id = PageId{id};
  page.original.blob = std::string(64, 'a');
  page.geometry.delivered = page.geometry.working = {2550, 3300};
  return page;
}

std::vector<std::uint8_t> drawn(std::size_t size, std::uint8_t level) { return std::vector<std::uint8_t>(size, level); }

void keep(Pictures& pictures, const Page& page, const std::vector<std::uint8_t>& picture) { pictures.keep(page.id, picture_key(page, 1400), picture); }
std::optional<std::vector<std::uint8_t>> found(const Pictures& pictures, const Page& page) { return pictures.find(page.id, picture_key(page, 1400)); }

}  // namespace

TEST_CASE("a picture is found as it was kept, by the page it was made of and no other", "[storage]") {
  const TemporaryFolder folder;
  const Page page = page_of(5), neighbour = page_of(6), far = page_of(1'000'005);
  {
    Pictures pictures(folder.path() / "pictures");
    CHECK_FALSE(found(pictures, page));
    keep(pictures, page, drawn(1000, 1));
    keep(pictures, far, drawn(2000, 2));
  }
  const Pictures pictures(folder.path() / "pictures");
  CHECK(found(pictures, page) == drawn(1000, 1));
  CHECK(found(pictures, far) == drawn(2000, 2));
  CHECK_FALSE(found(pictures, neighbour));
  Page turned = page;
  turned.geometry.rotation = 180;
  CHECK_FALSE(found(pictures, turned));
  Page other_bytes = page;
  other_bytes.original.blob = std::string(64, 'b');
  CHECK_FALSE(found(pictures, other_bytes));
  CHECK_FALSE(pictures.find(page.id, picture_key(page, 700)));
}

TEST_CASE("of a page read anew the new picture is found", "[storage]") {
  const TemporaryFolder folder;
  Pictures pictures(folder.path() / "pictures");
  Page page = page_of(5);
  keep(pictures, page, drawn(1000, 1));
  const Page before = page;
  page.geometry.skew.value = 0.5;
  keep(pictures, page, drawn(1200, 2));
  CHECK(found(pictures, page) == drawn(1200, 2));
  CHECK_FALSE(found(pictures, before));
}

TEST_CASE("no damaged file of pictures ever gives a picture that was not kept", "[storage]") {
  const TemporaryFolder folder;
  const Page page = page_of(1024), other = page_of(1025);
  Pictures pictures(folder.path() / "pictures");
  keep(pictures, page, drawn(300, 1));
  keep(pictures, other, drawn(300, 2));
  const auto file = folder.path() / "pictures" / "00000001.pictures";
  const std::uint64_t size = std::filesystem::file_size(file);
  const std::uint64_t first_slots_and_pictures[][2] = {{8, 8 + 64}, {size - 600, size}};
  int lost = 0;
  for (const auto& [from, to] : first_slots_and_pictures) {
    for (std::uint64_t at = from; at < to; ++at) {
      std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
      bytes.seekg(static_cast<std::streamoff>(at));
      const char good = static_cast<char>(bytes.get());
      const auto write = [&](char c) {
        bytes.seekp(static_cast<std::streamoff>(at));
        bytes.put(c).flush();
      };
      write(static_cast<char>(good ^ 0x40));
      const auto one = found(pictures, page), two = found(pictures, other);
      CHECK((!one || *one == drawn(300, 1)));
      CHECK((!two || *two == drawn(300, 2)));
      CHECK((!one || !two));
      lost += !one + !two;
      write(good);
    }
  }
  CHECK(lost >= 664);
  std::filesystem::resize_file(file, size - 1);
  CHECK(found(pictures, page));
  CHECK_FALSE(found(pictures, other));
  std::filesystem::resize_file(file, 20);
  CHECK_FALSE(found(pictures, page));
  keep(pictures, other, drawn(300, 3));
  CHECK(found(pictures, other) == drawn(300, 3));
}

TEST_CASE("when there are too many pictures those of the oldest pages go", "[storage]") {
  const TemporaryFolder folder;
  Pictures pictures(folder.path() / "pictures");
  pictures.limit({.most_bytes = 300'000, .leave_free = 0});
  for (std::uint64_t file = 0; file < 8; ++file) keep(pictures, page_of(file * 1024 + 1), drawn(60'000, 7));
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "pictures")) bytes += entry.file_size();
  CHECK(bytes <= 300'000 + 100'000);
  CHECK_FALSE(found(pictures, page_of(1)));
  CHECK(found(pictures, page_of(7 * 1024 + 1)));

  Pictures none(folder.path() / "none");
  none.limit({.most_bytes = 0, .leave_free = 0});
  keep(none, page_of(1), drawn(10, 1));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "none"));
}

TEST_CASE("a disk that fails while a picture is kept costs that picture only", "[storage]") {
  const TemporaryFolder folder;
  FaultyDisk disk;
  Pictures pictures(folder.path() / "pictures", disk);
  const Page first = page_of(1), page = page_of(2), last = page_of(3);
  keep(pictures, first, drawn(500, 1));
  for (int call = 1; call <= 3; ++call) {
    disk.fail_at(call, ENOSPC, FaultyDisk::After::Recover);
    keep(pictures, page, drawn(500, 2));
    CHECK_FALSE(found(pictures, page));
    CHECK(found(pictures, first) == drawn(500, 1));
  }
  disk.repair();
  keep(pictures, last, drawn(500, 3));
  CHECK(found(pictures, last) == drawn(500, 3));
  CHECK(found(pictures, first) == drawn(500, 1));
}
