// The programs that `scripts/bench index_crash` kills and asks:
//   bench_index_crash work FOLDER SEED    commits pages and makes segments without end; "N T" on stdout: page N now has text T
//   bench_index_crash check FOLDER        "N T" on stdin: what was acknowledged last, and "? N T": what may be there as well
#include <atomic>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <map>
#include <random>
#include <thread>

#include "indexer/index.h"
#include "indexer/index_reader.h"
#include "indexer/index_upkeep.h"
#include "storage/archive.h"
#include "storage/record_check.h"

using namespace chartscan;

namespace {

[[noreturn]] void fail(const Error& error) {
  std::fprintf(stderr, "%s\n", to_string(error).c_str());
  std::exit(2);
}
template <typename T>
T must(Result<T> result) {
  if (!result.ok()) fail(result.error());
  return std::move(*result);
}
void must(const Status& status) {
  if (!status.ok()) fail(status.error());
}

std::string original_of(unsigned text) { return "original " + std::to_string(text) + std::string(text % 3000, 'x'); }

PageText text_of(unsigned number) {
  PageText text;
  for (const std::string& word : {std::string("chest"), "w" + std::to_string(number), "pain" + std::to_string(number % 7)})
    text.words.push_back({word, {0, 0, 10, 10}, 0.9, 0});
  return text;
}

void commit(storage::Archive& archive, std::uint64_t id, unsigned number) {
  storage::Change change;
  std::string bytes = original_of(number);
  std::size_t at = 0;
  const auto source = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
    const std::size_t count = std::min(out.size(), bytes.size() - at);
    std::memcpy(out.data(), bytes.data() + at, count);
    at += count;
    return count;
  };
  const storage::StoredBlob blob = must(archive.blobs().put(source, change.raw()));
  Page page;
  page.id = PageId{id};
  page.batch = BatchId{1};
  page.original.blob = blob.hash;
  page.original.index = static_cast<int>(number);
  change.put(page);
  change.put(page.id, text_of(number));
  indexer::index_page(change, page, text_of(number));
  must(archive.commit(change));
}

// Two threads: one commits, one makes segments as fast as it can.
void work(const std::string& folder, unsigned seed) {
  const auto archive = must(storage::Archive::open(folder, storage::Access::Write, "crash bench"));
  must(indexer::sweep(*archive));
  const PageId next = must(must(archive->read()).next_page());
  std::thread upkeep([&] {
    for (;;) {
      must(indexer::flush(*archive));
      must(indexer::merge(*archive, {0, 0}));
    }
  });
  std::mt19937 random(seed);
  for (std::uint64_t pages = next.value - 1;;) {
    const std::uint64_t id = pages == 0 || random() % 4 ? ++pages : 1 + random() % pages;
    const unsigned number = random() % 1'000'000'000;
    std::printf("? %llu %u\n", static_cast<unsigned long long>(id), number);  // about to
    std::fflush(stdout);
    commit(*archive, id, number);
    std::printf("%llu %u\n", static_cast<unsigned long long>(id), number);
    std::fflush(stdout);
  }
}

int check(const std::string& folder) {
  std::map<std::uint64_t, unsigned> wanted;
  std::map<std::uint64_t, unsigned> maybe;
  for (std::string first; std::cin >> first;) {
    std::uint64_t page = 0;
    unsigned text = 0;
    if (first == "?") {
      std::cin >> page >> text;
      maybe[page] = text;
    } else {
      std::cin >> text;
      wanted[std::stoull(first)] = text;
    }
  }
  const auto archive = must(storage::Archive::open(folder, storage::Access::Write, "crash bench"));
  must(indexer::sweep(*archive));
  const storage::Records records = must(archive->read());
  int faults = 0;
  const auto fault = [&](const std::string& line) {
    ++faults;
    std::fprintf(stderr, "%s\n", line.c_str());
  };
  for (const auto& [page, text] : maybe) {
    const auto record = must(records.page(PageId{page}));
    if (record && record->original.index == static_cast<int>(text)) wanted[page] = text;
  }
  must(indexer::verify_index(records, fault));
  must(archive->blobs().verify(fault));
  const auto index = must(indexer::IndexReader::open(records.view()));
  if (index->all_pages()->count_rest() != wanted.size()) fault("the number of pages differs");
  for (const auto& [page, text] : wanted) {
    const auto cursor = must(index->word("w" + std::to_string(text)));
    cursor->seek(static_cast<indexer::PageNo>(page));
    if (cursor->page() != page) fault("page " + std::to_string(page) + " is not found");
    const auto record = must(records.page(PageId{page}));
    if (!record || !archive->blobs().open(record->original.blob).ok()) fault("page " + std::to_string(page) + " has no original");
  }
  for (const auto& [page, text] : wanted) std::printf("%llu %u\n", static_cast<unsigned long long>(page), text);
  return faults == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[1] : "";
  if (verb == "work" && argc == 4) work(argv[2], static_cast<unsigned>(std::atoi(argv[3])));
  if (verb == "check") return check(argv[2]);
  std::fprintf(stderr, "bench_index_crash work FOLDER SEED | check FOLDER\n");
  return 2;
}
