// Pruned search against an exhaustive one on lists of many blocks, and words of similar spelling against looking at every word: stored,
// fresh and both, with pages that were read again or are hidden from the asker.
#include <numeric>
#include <random>
#include <set>

#include "indexer/index_reader.h"
#include "indexer/index_upkeep.h"
#include "indexer/spelling.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using testing::Corpus;

constexpr int kPages = 6000;
constexpr std::uint64_t kApart = 5;  // the numbers of pages, so that they fill several windows
constexpr std::array kTypes{"progress_note", "lab_report", "consent"};

// Word w is drawn about in proportion to 1/w, as words of a language are; pages are short and long.
std::string text_of(std::mt19937& random) {
  const int words = 5 + static_cast<int>(random() % 60);
  std::string text;
  for (int i = 0; i < words; ++i) text += "w" + std::to_string(static_cast<int>(std::exp(std::uniform_real_distribution(0.0, 6.0)(random)))) + " ";
  return text;
}

void index_pages(Corpus& corpus, std::mt19937& random) {
  storage::Change change;
  for (int number = 1; number <= kPages; ++number) {
    Page page;
    page.id = PageId{kApart * static_cast<std::uint64_t>(number)};
    page.batch = BatchId{1};
    page.types = {{kTypes[random() % 3], 0.9}};
    const PageText words = testing::page_text(text_of(random));
    change.put(page);
    change.put(page.id, words);
    index_page(change, page, words);
    if (number % 7 == 0) {
      Document document;
      document.id = DocumentId{static_cast<std::uint64_t>(number)};
      document.pages = {page.id};
      document.type = kTypes[random() % 3];
      document.service_date = {2010 + static_cast<int>(random() % 10), 1 + static_cast<int>(random() % 12), 1 + static_cast<int>(random() % 28)};
      change.put(document);
      index_document(change, nullptr, document);
    }
    if (number % 2000 == 0) {
      corpus.commit(change);
      change = {};
      for (bool more = number < kPages; more;) more = *flush(corpus.archive());  // the last third stays fresh
    }
  }
}

void read_again(Corpus& corpus, std::mt19937& random) {
  storage::Change change;
  for (int i = 0; i < 300; ++i) {
    Page page;
    page.id = PageId{kApart * (1 + random() % kPages)};
    page.batch = BatchId{1};
    const PageText words = testing::page_text(text_of(random));
    change.put(page);
    change.put(page.id, words);
    index_page(change, page, words);
  }
  corpus.commit(change);
}

int edits_between(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = std::exchange(row[0], static_cast<int>(i));
    for (std::size_t j = 1; j <= b.size(); ++j) diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
  }
  return row.back();
}

void check_alike(Corpus& corpus, const std::vector<std::string>& hidden) {
  for (const char* query : {"w1", "w2", "w9", "w1 w2", "w1 w3 w8", "w40 w2", "w1 OR w2", "w5 OR w30 OR w200", "w1 OR w2 OR w3", "w4 OR w7 OR w300 OR w1", "(w1 OR w7) w3", "(w1 OR w9 OR w2) (w4 OR w30)", "(w2 OR w40) -w1", "\"w1 w2\"", "\"w2 w1 w1\"", "w1 NEAR/3 w4", "w1*", "w12~", "w30~ w1",
                            "w1 date:2012..2014", "date:2013 (w1 OR w7)", "date:2013 date:2012..2015", "w1 type:lab", "w2 -w1", "w2 -w3 date:2011..", "(w1 w2) OR w90", "\"w1 w2*\"",
                            "w2* w9", "w12~ w1 -w3", "w1 w2 w3 w4", "w30* date:2014", "w1 NEAR/2 w2*"}) {
    for (const int limit : {1, 3, 21}) {
      SearchOptions options;
      options.limit = limit;
      options.hidden_types = hidden;
      options.spelling = Spelling::AsWritten;
      const Answer pruned = corpus.ask(query, options);
      options.exhaustive = true;
      const Answer whole = corpus.ask(query, options);
      INFO(query << ", the best " << limit << (hidden.empty() ? "" : ", types hidden"));
      REQUIRE(pruned.pages.size() == whole.pages.size());
      CHECK(pruned.total == whole.total);
      for (std::size_t i = 0; i < whole.pages.size(); ++i) {
        CHECK(pruned.pages[i].page == whole.pages[i].page);
        CHECK(pruned.pages[i].score == Approx(whole.pages[i].score));
      }
    }
  }
}

}  // namespace

TEST_CASE("the best pages are the same with and without pruning, on lists of many blocks", "[indexer][pruning]") {
  std::mt19937 random(4);
  Corpus corpus;
  index_pages(corpus, random);
  check_alike(corpus, {});
  read_again(corpus, random);
  check_alike(corpus, {});
  check_alike(corpus, {"lab_report"});
  REQUIRE(merge_all(corpus.archive(), {0, 0}).ok());  // with what the merged segment tells of neighbours
  check_alike(corpus, {});
  check_alike(corpus, {"lab_report"});
}

TEST_CASE("what a group can score is not told from the block behind the one at hand", "[indexer][pruning]") {
  std::string long_text;
  for (int i = 0; i < 400; ++i) long_text += "filler ";
  Corpus corpus;
  for (int page = 0; page < 3; ++page) corpus.add(long_text + "other");  // less than the best page scores, and more than those of the second block
  for (int page = 0; page < 256; ++page) corpus.add(page == 50 ? "often word word word word word" : long_text + "word often");
  for (int page = 0; page < 1700; ++page) corpus.add("often filler");
  for (bool more = true; more;) more = *flush(corpus.archive());
  for (const char* query : {"(often word) OR other", "(word OR nothing OR nowhere) OR other", "other OR (word (often OR other))"}) {
    SearchOptions options;
    options.limit = 1;
    options.spelling = Spelling::AsWritten;
    const Answer pruned = corpus.ask(query, options);
    options.exhaustive = true;
    const Answer whole = corpus.ask(query, options);
    INFO(query);
    REQUIRE(whole.pages.size() == 1);
    REQUIRE(pruned.pages.size() == 1);
    CHECK(whole.pages[0].page == PageId{54});
    CHECK(pruned.pages[0].page == whole.pages[0].page);
  }
}

TEST_CASE("words within some edits are those that looking at every word finds", "[indexer][pruning]") {
  std::mt19937 random(8);
  Corpus corpus;
  std::set<std::string> words;
  const auto word = [&] {
    std::string text;
    for (auto letters = 1 + random() % 9; letters > 0; --letters) text += "abelnoru"[random() % 8];
    return text;
  };
  for (int page = 0; page < 60; ++page) {
    std::string text;
    for (int i = 0; i < 50; ++i) text += *words.insert(word()).first + " ";
    corpus.add(text);
    if (page == 40)
      for (bool more = true; more;) more = *flush(corpus.archive());  // words of the others are fresh
  }
  const storage::Records records = corpus.records();
  const auto reader = IndexReader::open(records.view());
  REQUIRE(reader.ok());
  for (int i = 0; i < 100; ++i) {
    const std::string wanted = word();
    for (const int edits : {1, 2}) {
      std::vector<std::string> near;
      std::copy_if(words.begin(), words.end(), std::back_inserter(near), [&](const std::string& other) { return edits_between(wanted, other) <= edits; });
      INFO(wanted << ", " << edits);
      CHECK(*near_terms(**reader, "", wanted, edits) == near);
    }
  }
}

}  // namespace chartscan::indexer
