// Originals in packs and in memory: what holds for both, then what the packs promise about crashes and damage.
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "storage/archive.h"
#include "storage/memory_store.h"
#include "storage/pack.h"
#include "storage/pack_blobs.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/faulty_disk.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;
namespace fs = std::filesystem;

namespace {

StoredBlob put(Blobs& blobs, Store& store, const std::string& bytes) {
  WriteBatch change;
  const Result<StoredBlob> stored = blobs.put(source_of(bytes), change);
  REQUIRE(stored.ok());
  REQUIRE(store.write(change).ok());
  return *stored;
}

std::vector<std::string> faults(Blobs& blobs, std::uint64_t* count = nullptr) {
  std::vector<std::string> lines;
  const Result<std::uint64_t> read = blobs.verify([&](const std::string& line) { lines.push_back(line); });
  REQUIRE(read.ok());
  if (count) *count = *read;
  return lines;
}

// Packs over a store in memory, so that a crash is: drop the blobs, keep the store and the files.
struct Packs {
  TemporaryFolder folder;
  FaultyDisk disk;
  MemoryStore store;
  std::unique_ptr<PackBlobs> blobs;

  Packs() {
    fs::create_directory(folder.path() / "work");
    reopen();
  }
  fs::path pack(std::uint32_t number = 1) const { return pack_path(folder.path(), number); }
  Result<std::unique_ptr<PackBlobs>> open(std::uint64_t pack_size = kPackSize) {
    blobs.reset();
    return PackBlobs::open_for_writing({folder.path(), folder.path() / "work"}, store, disk, pack_size);
  }
  void reopen(std::uint64_t pack_size = kPackSize) {
    auto opened = open(pack_size);
    REQUIRE(opened.ok());
    blobs = std::move(opened).value();
  }
};

void overwrite(const fs::path& path, std::uint64_t offset, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << bytes;
  REQUIRE(file.flush());
}

void flip(const fs::path& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get() ^ 0x10);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(byte);
  REQUIRE(file.flush());
}

}  // namespace

TEST_CASE("what was put comes back, whole and in parts", "[storage][blobs]") {
  for (auto& room : archives()) {
    Blobs& blobs = room.archive->blobs();
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{5000}, std::size_t{3'000'000}}) {
      const std::string bytes = blob_bytes(static_cast<std::uint32_t>(size), size);
      const StoredBlob stored = put(blobs, room.archive->store(), bytes);
      CHECK(stored.hash == sha256(bytes));
      CHECK(stored.size == size);
      CHECK_FALSE(stored.already_there);
      CHECK(*read_all(blobs, stored.hash) == bytes);
    }
    const auto reader = blobs.open(sha256(blob_bytes(5000, 5000)));
    std::string part(100, '\0');
    const std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(part.data()), part.size());
    CHECK(*(*reader)->read(4950, out) == 50);
    CHECK(part.substr(0, 50) == blob_bytes(5000, 5000).substr(4950));
    CHECK(*(*reader)->read(5000, out) == 0);
    CHECK(*(*reader)->read(~std::uint64_t{0}, out) == 0);
    std::uint64_t count = 0;
    CHECK(faults(blobs, &count).empty());
    CHECK(count == 4);
  }
}

TEST_CASE("a blob exists once its change is written, and not before", "[storage][blobs]") {
  for (auto& room : archives()) {
    Blobs& blobs = room.archive->blobs();
    const std::string bytes = blob_bytes(1, 1000);
    WriteBatch dropped, change;
    REQUIRE(blobs.put(source_of(bytes), dropped).ok());
    CHECK(blobs.open(sha256(bytes)).error().code == ErrorCode::NotFound);
    // The first change was dropped, so the second must carry the blob by itself.
    const auto stored = blobs.put(source_of(bytes), change);
    CHECK_FALSE(stored->already_there);
    REQUIRE(room.archive->store().write(change).ok());
    CHECK(*read_all(blobs, stored->hash) == bytes);
  }
}

TEST_CASE("the same bytes are stored once", "[storage][blobs]") {
  for (auto& room : archives()) {
    const std::string bytes = blob_bytes(3, 200'000);
    put(room.archive->blobs(), room.archive->store(), bytes);
    put(room.archive->blobs(), room.archive->store(), blob_bytes(4, 10));
    WriteBatch change;
    const auto again = room.archive->blobs().put(source_of(bytes), change);
    CHECK(again->already_there);
    CHECK(change.empty());
    if (room.folder)
      CHECK(fs::file_size(pack_path(room.folder->path() / "archive/packs", 1)) == 200'000 + 10 + 2 * kRecordHeaderSize);
  }
}

TEST_CASE("a source that fails leaves nothing behind", "[storage][blobs]") {
  for (auto& room : archives()) {
    int calls = 0;
    const ByteSource failing = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
      if (++calls > 3) return Error{ErrorCode::InputUnreadable, "the feeder went away"};
      return out.size();
    };
    WriteBatch change;
    const auto stored = room.archive->blobs().put(failing, change);
    REQUIRE_FALSE(stored.ok());
    CHECK(stored.error().code == ErrorCode::InputUnreadable);
    CHECK(change.empty());
    put(room.archive->blobs(), room.archive->store(), blob_bytes(5, 100));
    CHECK(faults(room.archive->blobs()).empty());
  }
}

TEST_CASE("a materialised original is a file with its bytes, also for many who ask at once", "[storage][blobs]") {
  for (auto& room : archives()) {
    Blobs& blobs = room.archive->blobs();
    const std::string bytes = blob_bytes(6, 2'500'000);
    const Hash hash = put(blobs, room.archive->store(), bytes).hash;
    std::vector<std::string> seen(4);
    std::vector<std::thread> threads;
    for (std::string& text : seen)
      threads.emplace_back([&] {
        const auto path = blobs.materialise(hash);
        if (!path.ok()) return;
        std::ifstream file(*path, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(file), {});
      });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& text : seen) CHECK(text == bytes);
    const fs::path path = *blobs.materialise(hash);
    REQUIRE(blobs.clear_work().ok());
    CHECK_FALSE(fs::exists(path));
    CHECK(fs::exists(*blobs.materialise(hash)));
    CHECK(blobs.materialise(sha256(std::string_view("?"))).error().code == ErrorCode::NotFound);
  }
}

TEST_CASE("a copy that nobody asked for in hours makes room when the next is made, one in use stays", "[storage][blobs]") {
  Packs packs;
  const std::string first = blob_bytes(1, 5000), second = blob_bytes(2, 5000), third = blob_bytes(3, 5000);
  for (const std::string* bytes : {&first, &second, &third}) put(*packs.blobs, packs.store, *bytes);
  const fs::path old = *packs.blobs->materialise(sha256(first)), used = *packs.blobs->materialise(sha256(second));
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(3);
  fs::last_write_time(old, long_ago);
  fs::last_write_time(used, long_ago);
  CHECK(*packs.blobs->materialise(sha256(second)) == used);
  REQUIRE(packs.blobs->materialise(sha256(third)).ok());
  CHECK_FALSE(fs::exists(old));
  CHECK(fs::exists(used));
  CHECK(*packs.blobs->materialise(sha256(first)) == old);
  CHECK(fs::file_size(old) == first.size());
}

TEST_CASE("a record header survives its bytes and no flipped bit", "[storage][packs]") {
  const RecordHeader header{std::string(32, 'x'), 123456789};
  const std::string bytes = encode(header);
  REQUIRE(bytes.size() == kRecordHeaderSize);
  REQUIRE(decode_record_header(bytes).has_value());
  CHECK(decode_record_header(bytes)->length == header.length);
  CHECK(decode_record_header(bytes)->digest == header.digest);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(decode_record_header(damaged).has_value());
  }
  CHECK(crc32c("123456789") == 0xe3069283u);  // the check value of CRC-32C
}

TEST_CASE("a full pack is followed by the next", "[storage][packs]") {
  Packs packs;
  packs.reopen(1000);
  for (std::uint32_t i = 0; i < 10; ++i) put(*packs.blobs, packs.store, blob_bytes(i, 400));
  CHECK(*packs_in(packs.folder.path()) == std::vector<std::uint32_t>{1, 2, 3, 4});
  packs.reopen(1000);
  for (std::uint32_t i = 0; i < 10; ++i) CHECK(*read_all(*packs.blobs, sha256(blob_bytes(i, 400))) == blob_bytes(i, 400));
  put(*packs.blobs, packs.store, blob_bytes(10, 400));
  CHECK(packs_in(packs.folder.path())->size() == 4);
  std::uint64_t count = 0;
  CHECK(faults(*packs.blobs, &count).empty());
  CHECK(count == 11);
}

TEST_CASE("a torn tail is cut off at the next writing start, wherever it was torn", "[storage][packs][faults]") {
  Packs packs;
  put(*packs.blobs, packs.store, blob_bytes(1, 500));
  const std::uint64_t good = fs::file_size(packs.pack());
  WriteBatch never_written;
  REQUIRE(packs.blobs->put(source_of(blob_bytes(2, 300)), never_written).ok());
  const std::uint64_t whole = fs::file_size(packs.pack());
  for (std::uint64_t size = whole - 1; size > good; size -= size - good > 20 ? 13 : 1) {
    packs.blobs.reset();
    fs::resize_file(packs.pack(), size);
    packs.reopen();
    CHECK(fs::file_size(packs.pack()) == good);
    CHECK(*read_all(*packs.blobs, sha256(blob_bytes(1, 500))) == blob_bytes(1, 500));
    REQUIRE(packs.blobs->put(source_of(blob_bytes(2, 300)), never_written).ok());
    REQUIRE(fs::file_size(packs.pack()) == whole);
  }
}

TEST_CASE("a whole record that no change names is kept and used when its bytes come again", "[storage][packs][faults]") {
  Packs packs;
  put(*packs.blobs, packs.store, blob_bytes(1, 500));
  WriteBatch lost;
  REQUIRE(packs.blobs->put(source_of(blob_bytes(2, 300)), lost).ok());
  const std::uint64_t size = fs::file_size(packs.pack());
  packs.reopen();
  CHECK(packs.blobs->open(sha256(blob_bytes(2, 300))).error().code == ErrorCode::NotFound);
  put(*packs.blobs, packs.store, blob_bytes(3, 100));  // the orphan now stands between two records
  CHECK(faults(*packs.blobs).empty());
  const StoredBlob stored = put(*packs.blobs, packs.store, blob_bytes(2, 300));
  CHECK_FALSE(stored.already_there);
  CHECK(fs::file_size(packs.pack()) == size + 100 + kRecordHeaderSize);
  CHECK(*read_all(*packs.blobs, stored.hash) == blob_bytes(2, 300));
  CHECK(faults(*packs.blobs).empty());
}

TEST_CASE("an orphan whose payload never reached the disk is not used", "[storage][packs][faults]") {
  Packs packs;
  WriteBatch lost;
  REQUIRE(packs.blobs->put(source_of(blob_bytes(2, 300)), lost).ok());
  packs.blobs.reset();
  overwrite(packs.pack(), kRecordHeaderSize + 100, std::string(50, '\0'));
  packs.reopen();
  CHECK(fs::file_size(packs.pack()) == 0);
  CHECK(*read_all(*packs.blobs, put(*packs.blobs, packs.store, blob_bytes(2, 300)).hash) == blob_bytes(2, 300));
}

TEST_CASE("verify names the pack and the original of every flipped byte", "[storage][packs][faults]") {
  Packs packs;
  const std::string bytes = blob_bytes(1, 300);
  put(*packs.blobs, packs.store, bytes);
  put(*packs.blobs, packs.store, blob_bytes(2, 300));
  for (std::uint64_t offset = 0; offset < kRecordHeaderSize + bytes.size(); offset += 7) {
    flip(packs.pack(), offset);
    const std::vector<std::string> lines = faults(*packs.blobs);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("packs/00000001.pack") != std::string::npos);
    CHECK(lines[0].find(sha256(bytes)) != std::string::npos);
    flip(packs.pack(), offset);
  }
  CHECK(faults(*packs.blobs).empty());
  flip(packs.pack(), kRecordHeaderSize + 5);
  CHECK(packs.blobs->materialise(sha256(bytes)).error().code == ErrorCode::Integrity);
}

TEST_CASE("verify finds bytes between records that are no record", "[storage][packs][faults]") {
  Packs packs;
  put(*packs.blobs, packs.store, blob_bytes(1, 300));
  const std::uint64_t orphan = fs::file_size(packs.pack());
  WriteBatch lost;
  REQUIRE(packs.blobs->put(source_of(blob_bytes(2, 300)), lost).ok());
  put(*packs.blobs, packs.store, blob_bytes(3, 300));
  CHECK(faults(*packs.blobs).empty());
  flip(packs.pack(), orphan + 3);
  const std::vector<std::string> lines = faults(*packs.blobs);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("at " + std::to_string(orphan)) != std::string::npos);
}

TEST_CASE("lost packs are reported, and nothing is added to what is left", "[storage][packs][faults]") {
  Packs packs;
  packs.reopen(1000);
  for (std::uint32_t i = 0; i < 6; ++i) put(*packs.blobs, packs.store, blob_bytes(i, 600));
  REQUIRE(packs_in(packs.folder.path())->size() == 3);
  fs::resize_file(packs.pack(3), 700);
  CHECK_FALSE(faults(*packs.blobs).empty());
  CHECK(packs.open().error().code == ErrorCode::Integrity);
  CHECK(fs::file_size(packs.pack(3)) == 700);
  fs::remove(packs.pack(3));
  CHECK(packs.open().error().code == ErrorCode::Integrity);
  CHECK_FALSE(fs::exists(packs.pack(3)));
}

namespace {

// A short sequence of puts over a disk that fails somewhere; returns what was acknowledged.
std::vector<std::uint32_t> put_some(Packs& packs) {
  std::vector<std::uint32_t> acknowledged;
  for (std::uint32_t i = 0; i < 5; ++i) {
    WriteBatch change;
    const auto stored = packs.blobs->put(source_of(blob_bytes(i % 4, 900 + 100'000 * (i % 2))), change);  // the fifth repeats the first
    if (!stored.ok()) {
      CHECK_FALSE(stored.error().message.empty());
      CHECK(change.empty());
      continue;
    }
    REQUIRE(packs.store.write(change).ok());
    acknowledged.push_back(i % 4);
  }
  return acknowledged;
}

}  // namespace

TEST_CASE("whichever call to the disk fails, what was acknowledged is there and the packs verify", "[storage][packs][faults]") {
  const auto after = GENERATE(FaultyDisk::After::Recover, FaultyDisk::After::StayBroken);
  const int error_number = GENERATE(ENOSPC, EIO);
  bool failed = true;
  int n = 0;
  while (failed) {
    Packs packs;
    packs.reopen(1500);
    packs.disk.fail_at(++n, error_number, after);
    const std::vector<std::uint32_t> acknowledged = put_some(packs);
    failed = packs.disk.has_failed();
    packs.disk.repair();
    packs.reopen(1500);
    CHECK(faults(*packs.blobs).empty());
    for (const std::uint32_t seed : acknowledged) {
      const std::string bytes = blob_bytes(seed, 900 + 100'000 * (seed % 2));
      CHECK(*read_all(*packs.blobs, sha256(bytes)) == bytes);
    }
    put_some(packs);  // the same again: it continues
    std::uint64_t count = 0;
    CHECK(faults(*packs.blobs, &count).empty());
    CHECK(count == 4);
  }
  CHECK(n > 15);  // every call had its turn, and the last round ran undisturbed
}

namespace {

constexpr std::uint64_t kSmallPack = 1500;

IsNamed only(std::vector<std::uint32_t> seeds) {
  return [seeds](const Hash& hash) {
    return std::ranges::any_of(seeds, [&](std::uint32_t seed) { return sha256(blob_bytes(seed, 400)) == hash; });
  };
}

// Blobs 0 to 9 of 400 bytes in packs of four, by an earlier process: what this one put it would never drop.
void fill(Packs& packs) {
  packs.reopen(kSmallPack);
  for (std::uint32_t i = 0; i < 10; ++i) put(*packs.blobs, packs.store, blob_bytes(i, 400));
  packs.reopen(kSmallPack);
}

std::uint64_t bytes_of(const Packs& packs) {
  std::uint64_t sum = 0;
  const auto numbers = packs_in(packs.folder.path());
  for (const std::uint32_t pack : *numbers) sum += fs::file_size(packs.pack(pack));
  return sum;
}

bool holds(Packs& packs, std::uint32_t seed) {
  const auto bytes = read_all(*packs.blobs, sha256(blob_bytes(seed, 400)));
  return bytes.ok() && *bytes == blob_bytes(seed, 400);
}

}  // namespace

TEST_CASE("repacking gives back the room of what nothing names, and nothing else", "[storage][packs][repack]") {
  Packs packs;
  fill(packs);
  const std::uint64_t before = bytes_of(packs);
  const auto done = packs.blobs->repack(only({1, 5, 6, 7, 8, 9}), 0.3);
  REQUIRE(done.ok());
  CHECK(done->packs == 1);  // of the second, a quarter is dead: left alone
  CHECK(done->moved == 1);
  CHECK(done->dropped == 3);
  CHECK(done->bytes_given_back == 3 * (400 + kRecordHeaderSize));
  CHECK(bytes_of(packs) == before - done->bytes_given_back);
  CHECK_FALSE(fs::exists(packs.pack(1)));
  for (std::uint32_t i = 0; i < 10; ++i) CHECK(holds(packs, i) == !(i == 0 || i == 2 || i == 3));
  CHECK(faults(*packs.blobs).empty());
  CHECK(packs.blobs->repack(only({1, 5, 6, 7, 8, 9}), 0.3)->packs == 0);
  put(*packs.blobs, packs.store, blob_bytes(2, 400));  // comes again: stored anew
  packs.reopen(kSmallPack);
  CHECK(holds(packs, 2));
  CHECK(faults(*packs.blobs).empty());
}

TEST_CASE("repacking keeps what was just put, whatever its change does", "[storage][packs][repack]") {
  Packs packs;
  fill(packs);
  WriteBatch on_its_way;
  REQUIRE(packs.blobs->put(source_of(blob_bytes(20, 400)), on_its_way).ok());   // new, in the newest pack
  REQUIRE(packs.blobs->put(source_of(blob_bytes(3, 400)), on_its_way)->already_there);  // known, in the first
  REQUIRE(packs.blobs->repack(only({}), 0).ok());
  REQUIRE(packs.store.write(on_its_way).ok());
  CHECK(holds(packs, 20));
  CHECK(holds(packs, 3));
  CHECK_FALSE(holds(packs, 4));
  CHECK(faults(*packs.blobs).empty());
  packs.reopen(kSmallPack);
  REQUIRE(packs.blobs->repack(only({20}), 0).ok());
  CHECK(holds(packs, 20));
  CHECK_FALSE(holds(packs, 3));
  CHECK(faults(*packs.blobs).empty());
}

TEST_CASE("repacking removes records that no change ever named", "[storage][packs][repack]") {
  Packs packs;
  fill(packs);
  WriteBatch lost;
  REQUIRE(packs.blobs->put(source_of(blob_bytes(30, 5000)), lost).ok());
  packs.reopen(kSmallPack);
  const auto done = packs.blobs->repack([](const Hash&) { return true; }, 0.5);
  CHECK(done->bytes_given_back == 5000 + kRecordHeaderSize);
  CHECK(done->dropped == 0);
  for (std::uint32_t i = 0; i < 10; ++i) CHECK(holds(packs, i));
  CHECK(faults(*packs.blobs).empty());
}

TEST_CASE("who looks up an original while its pack is emptied finds it in its new place", "[storage][packs][repack]") {
  Packs packs;
  fill(packs);
  const auto reader = packs.blobs->open(sha256(blob_bytes(1, 400)));
  REQUIRE(reader.ok());
  std::atomic<bool> over = false;
  int wrong = 0;
  std::thread looking([&] {
    while (!over)
      for (std::uint32_t i = 1; i < 10; i += 2) wrong += !holds(packs, i);
  });
  std::vector<std::uint32_t> odd{1, 3, 5, 7, 9};
  for (int round = 0; round < 5; ++round) {
    REQUIRE(packs.blobs->repack(only(odd), 0).ok());
    for (std::uint32_t i = 0; i < 10; i += 2) put(*packs.blobs, packs.store, blob_bytes(i + 100 * static_cast<std::uint32_t>(round + 1), 400));
  }
  over = true;
  looking.join();
  CHECK(wrong == 0);
  std::string bytes(400, '\0');
  CHECK(*(*reader)->read(0, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}) == 400);
  CHECK(bytes == blob_bytes(1, 400));  // its file is gone, not what it holds open
}

TEST_CASE("a damaged original is never dropped with its pack", "[storage][packs][repack][faults]") {
  Packs packs;
  fill(packs);
  flip(packs.pack(1), kRecordHeaderSize + 5);
  const auto done = packs.blobs->repack(only({0, 1}), 0);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == ErrorCode::Integrity);
  CHECK(done.error().message.find("packs/00000001.pack") != std::string::npos);
  CHECK(fs::exists(packs.pack(1)));
  CHECK(holds(packs, 1));
  CHECK(faults(*packs.blobs).size() == 1);
}

TEST_CASE("wherever repacking is cut off, what is named is there and the packs verify", "[storage][packs][repack][faults]") {
  const int error_number = GENERATE(ENOSPC, EIO);
  bool failed = true;
  int n = 0;
  while (failed) {
    Packs packs;
    fill(packs);
    packs.disk.fail_at(++n, error_number, FaultyDisk::After::StayBroken);
    const auto cut_off = packs.blobs->repack(only({1, 4, 9}), 0.1);
    failed = packs.disk.has_failed();
    CHECK(cut_off.ok() != failed);
    packs.disk.repair();
    packs.reopen(kSmallPack);
    for (const std::uint32_t seed : {1u, 4u, 9u}) CHECK(holds(packs, seed));
    CHECK(faults(*packs.blobs).empty());
    REQUIRE(packs.blobs->repack(only({1, 4, 9}), 0.1).ok());
    for (const std::uint32_t seed : {1u, 4u, 9u}) CHECK(holds(packs, seed));
    CHECK(faults(*packs.blobs).empty());
    CHECK(bytes_of(packs) == 3 * (400 + kRecordHeaderSize));
  }
  CHECK(n > 15);
}

TEST_CASE("a full disk is called one", "[storage][packs][faults]") {
  Packs packs;
  put(*packs.blobs, packs.store, blob_bytes(1, 10));
  packs.disk.fail_at(1, ENOSPC, FaultyDisk::After::Recover);
  WriteBatch change;
  const auto stored = packs.blobs->put(source_of(blob_bytes(2, 1000)), change);
  CHECK(stored.error().code == ErrorCode::StorageFull);
  CHECK(stored.error().message.find("make room") != std::string::npos);
  put(*packs.blobs, packs.store, blob_bytes(2, 1000));  // there is room again
  CHECK(faults(*packs.blobs).empty());
}

TEST_CASE("after a failed sync nothing more is written until the packs are opened again", "[storage][packs][faults]") {
  Packs packs;
  put(*packs.blobs, packs.store, blob_bytes(1, 10));
  packs.disk.fail_at(3, EIO, FaultyDisk::After::Recover);  // payload, header, sync
  WriteBatch change;
  REQUIRE_FALSE(packs.blobs->put(source_of(blob_bytes(2, 1000)), change).ok());
  CHECK_FALSE(packs.blobs->put(source_of(blob_bytes(3, 1000)), change).ok());
  packs.reopen();
  put(*packs.blobs, packs.store, blob_bytes(3, 1000));
  CHECK(faults(*packs.blobs).empty());
}
