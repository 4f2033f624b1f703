// A writing process is killed at random moments, again and again, while another reads beside it. The oracle: what the
// child acknowledged on its pipe is there, what was not is there whole or not at all.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "storage/archive.h"
#include "storage/record_check.h"
#include "tests/storage/blob_bytes.h"
#include "tests/storage/examples.h"
#include "tests/storage/on_disk.h"

using namespace chartscan;
using namespace chartscan::storage;
namespace fs = std::filesystem;

namespace {

constexpr const char* kArchiveVariable = "CHARTSCAN_TEST_ARCHIVE";
constexpr const char* kChildTest = "writes pages until it is killed";
constexpr int kAcknowledged = 3;  // the pipe's number in the child

std::string original_of(std::uint64_t page) { return blob_bytes(static_cast<std::uint32_t>(page), 1000 + page % 7 * 9000); }

// One page as intake and the committer write it: original, page, text and batch in one change.
Status write_page(Archive& archive, std::uint64_t id) {
  Page page = examples::page(id, 1);
  page.document.reset();
  Change change;
  TRY(const StoredBlob stored, archive.blobs().put(source_of(original_of(id)), change.raw()));
  page.original.blob = stored.hash;
  change.put(page);
  change.put(page.id, examples::text());
  Batch batch = examples::batch(1);
  batch.refused.clear();
  batch.sides_fed = static_cast<int>(id);
  change.put(batch);
  return archive.commit(change);
}

class WritingChild {
 public:
  explicit WritingChild(const fs::path& archive) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    child_ = fork();
    if (child_ == 0) {
      setenv(kArchiveVariable, archive.c_str(), 1);
      dup2(ends[1], kAcknowledged);
      execl("/proc/self/exe", "test_storage", kChildTest, static_cast<char*>(nullptr));
      _exit(127);
    }
    close(ends[1]);
    pipe_ = ends[0];
  }
  ~WritingChild() { close(pipe_); }

  // The next page that is committed; 0 at the end.
  std::uint64_t acknowledged() {
    std::uint64_t page = 0;
    return read(pipe_, &page, sizeof page) == sizeof page ? page : 0;
  }
  void kill_it() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_ = 0;
  int pipe_ = -1;
};

// Pages 1 to n stand there whole, and nothing else; returns n.
std::uint64_t check_whole(Archive& archive, std::uint64_t from) {
  const auto records = archive.read();
  REQUIRE(records.ok());
  const std::uint64_t count = records->next_page()->value - 1;
  for (std::uint64_t id = from; id <= count; ++id) {
    const auto page = records->page({id});
    REQUIRE((page.ok() && page->has_value()));
    CHECK((*records->text({id}))->words.size() == examples::text().words.size());
    CHECK(*read_all(archive.blobs(), (*page)->original.blob) == original_of(id));
  }
  if (count > 0) CHECK((*records->batch({1}))->sides_fed == static_cast<int>(count));
  return count;
}

}  // namespace

TEST_CASE(kChildTest, "[.child]") {
  const char* path = std::getenv(kArchiveVariable);
  REQUIRE(path);
  const auto archive = Archive::open(path, Access::Write, "child");
  REQUIRE(archive.ok());
  for (std::uint64_t id = (*archive)->read()->next_page()->value;; ++id) {
    REQUIRE(write_page(**archive, id).ok());
    if (write(kAcknowledged, &id, sizeof id) != sizeof id) return;
  }
}

TEST_CASE("twenty kills lose nothing that was acknowledged, and reading goes on beside and after", "[storage][faults][kill]") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a";
  std::mt19937 random(20);
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 20; ++round) {
    WritingChild child(path);
    std::uint64_t last = child.acknowledged();
    REQUIRE(last > acknowledged);
    {
      const auto reader = Archive::open(path, Access::Read);
      if (!reader.ok()) FAIL(to_string(reader.error()));
      CHECK(check_whole(**reader, last) >= last);
      for (unsigned more = random() % 8; more > 0; --more) last = child.acknowledged();
      CHECK((*reader)->read()->next_page()->value > last);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    child.kill_it();
    while (const std::uint64_t page = child.acknowledged()) last = page;
    const auto after = Archive::open(path, Access::Read);
    REQUIRE(after.ok());
    const std::uint64_t count = check_whole(**after, acknowledged + 1);
    CHECK(count >= last);
    CHECK(count <= last + 1);  // committed, killed before it could say so
    acknowledged = count;
  }
  const auto archive = Archive::open(path, Access::Write);
  REQUIRE(archive.ok());
  CHECK(check_whole(**archive, 1) == acknowledged);
  CHECK(*verify_records(*(*archive)->read(), [](const std::string& line) { FAIL_CHECK(line); }) == acknowledged);
  CHECK((*archive)->store().verify().ok());
  CHECK(*(*archive)->blobs().verify([](const std::string& line) { FAIL_CHECK(line); }) == acknowledged);
}
