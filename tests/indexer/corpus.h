// Small archives in memory whose pages are given as text, for the tests of the index.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/index.h"
#include "indexer/search.h"
#include "storage/archive.h"

namespace chartscan::indexer::testing {

// Words parted by blanks, lines by '\n'; word i of a line stands at x = 100 * i, line n at y = 50 * n.
inline PageText page_text(const std::string& text) {
  PageText page;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    int column = 0;
    for (std::string word; words >> word; ++column) {
      page.words.push_back({word, {100 * column, 50 * number, 100 * column + 80, 50 * number + 30}, 0.9, number});
    }
  }
  return page;
}

class Corpus {
 public:
  Corpus() : archive_(storage::Archive::in_memory()) {}

  // Stores and indexes the page under the next number.
  PageId add(const std::string& text) { return add(Page{}, text); }
  PageId add(Page page, const std::string& text) {
    page.id = PageId{++last_};
    if (!page.batch) page.batch = BatchId{1};
    storage::Change change;
    const PageText words = page_text(text);
    change.put(page);
    change.put(page.id, words);
    index_page(change, page, words);
    commit(change);
    return page.id;
  }

  void add(const Document& document) {
    storage::Change change;
    change.put(document);
    index_document(change, nullptr, document);
    commit(change);
  }

  void add(const Patient& patient) {
    storage::Change change;
    change.put(patient);
    commit(change);
  }

  void commit(const storage::Change& change) {
    const Status status = archive_->commit(change);
    REQUIRE(status.ok());
  }

  storage::Records records() {
    auto records = archive_->read();
    REQUIRE(records.ok());
    return *records;
  }

  Answer ask(const std::string& query, SearchOptions options = {}) {
    if (options.limit == 20) options.limit = 10000;
    auto answer = search(records(), query, options);
    INFO("query " << query << ": " << (answer.ok() ? "" : to_string(answer.error())));
    REQUIRE(answer.ok());
    return std::move(*answer);
  }

  // Ids of all pages that have it as written, rising.
  std::vector<std::uint64_t> pages(const std::string& query, SearchOptions options = {}) {
    options.spelling = Spelling::AsWritten;
    return similar(query, options);
  }

  // The same with those that have it in a similar spelling only.
  std::vector<std::uint64_t> similar(const std::string& query, const SearchOptions& options = {}) {
    const Answer answer = ask(query, options);
    std::vector<std::uint64_t> ids;
    for (const Hit& hit : answer.hits) ids.push_back(hit.page.value);
    std::sort(ids.begin(), ids.end());
    CHECK(answer.as_written + answer.similar.value_or(0) == ids.size());
    return ids;
  }

  std::vector<std::string> faults() {
    std::vector<std::string> lines;
    const auto checked = verify_index(records(), [&](const std::string& line) { lines.push_back(line); });
    REQUIRE(checked.ok());
    CHECK(*checked == last_);
    return lines;
  }

  storage::Archive& archive() { return *archive_; }

 private:
  std::unique_ptr<storage::Archive> archive_;
  std::uint64_t last_ = 0;
};

using Ids = std::vector<std::uint64_t>;

}  // namespace chartscan::indexer::testing
