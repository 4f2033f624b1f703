// What is written, what is taken out again, and what verify says of it.
#include "indexer/index.h"

#include <map>

#include "indexer/index_reader.h"
#include "indexer/index_upkeep.h"
#include "indexer/rows.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using storage::Change;
using storage::Family;
using testing::Corpus;
using testing::Ids;

// Every key and value of the index.
std::map<std::string, std::string> dump(Corpus& corpus) {
  std::map<std::string, std::string> rows;
  for (const Family family : {Family::Post, Family::Dictionary}) {
    const auto status = corpus.records().view().scan(family, "", [&](std::string_view key, std::string_view value) {
      rows[to_string(family) + (":" + std::string(key))] = value;
      return true;
    });
    REQUIRE(status.ok());
  }
  return rows;
}

void erase(Corpus& corpus, Family family, const std::string& key) {
  Change change;
  change.raw().erase(family, key);
  corpus.commit(change);
}

TEST_CASE("indexing a page again writes the same keys", "[indexer]") {
  Corpus corpus;
  const PageId id = corpus.add("chest pain pain");
  const auto before = dump(corpus);
  Change change;
  index_page(change, *corpus.records().page(id).value(), *corpus.records().text(id).value());
  corpus.commit(change);
  CHECK(dump(corpus) == before);
}

TEST_CASE("what was misread in handwriting is not found, what was read well there is", "[indexer]") {
  Corpus corpus;
  const PageId id = corpus.add("other words");
  Page page = **corpus.records().page(id);
  PageText after;
  after.words = {{"printed", {0, 0, 50, 20}, 0.4, 0}, {"garbage", {100, 0, 150, 20}, 0.4, 0}, {"received", {160, 0, 200, 20}, 0.9, 0}};
  page.cues = {{CueKind::Handwriting, CueState::Present, {90, 0, 210, 25}, 0.9, "", "", WrittenBy::Pen}};
  Change change;
  change.put(page);
  change.put(id, after);
  index_page(change, page, after);
  corpus.commit(change);
  CHECK(corpus.pages("garbage").empty());
  CHECK(corpus.pages("received") == Ids{1});
  CHECK(corpus.pages("printed") == Ids{1});
  CHECK(corpus.pages("\"printed received\"").empty());  // the word between them still has its place
}

TEST_CASE("a page read anew is found by its new words only", "[indexer]") {
  Corpus corpus;
  corpus.add("other page");
  const PageId id = corpus.add("chest pain");
  const Page page = **corpus.records().page(id);
  const PageText after = testing::page_text("chest clear");
  Change change;
  change.put(id, after);
  index_page(change, page, after);
  corpus.commit(change);
  CHECK(corpus.pages("pain").empty());
  CHECK(corpus.pages("clear") == Ids{2});
  CHECK(corpus.pages("chest") == Ids{2});
  CHECK(corpus.faults().empty());

  Change gone;
  unindex_page(gone, page.id);
  corpus.commit(gone);
  CHECK(corpus.pages("chest").empty());
}

TEST_CASE("a view taken before a commit does not see it", "[indexer]") {
  Corpus corpus;
  corpus.add("chest");
  const storage::Records before = corpus.records();
  corpus.add("chest");
  CHECK((*(*IndexReader::open(before.view()))->word("chest"))->count_rest() == 1);
  CHECK(corpus.pages("chest") == Ids{1, 2});
}

TEST_CASE("a changed document takes its old fields with it", "[indexer]") {
  Corpus corpus;
  corpus.add("one");
  corpus.add("two");
  Document document;
  document.id = DocumentId{1};
  document.pages = {PageId{1}, PageId{2}};
  document.type = "lab_report";
  document.author = "Smith";
  document.link = {LinkStatus::Review, "A", 0.5, {}, {}};
  corpus.add(document);
  CHECK(corpus.pages("is:review") == Ids{1, 2});

  Document corrected = document;
  corrected.pages = {PageId{1}};
  corrected.type = "ecg";
  corrected.author = "Smith Jones";
  corrected.link.status = LinkStatus::Person;
  corrected.filed = true;
  Change change;
  change.put(corrected);
  index_document(change, &document, corrected);
  corpus.commit(change);
  CHECK(corpus.pages("type:lab_report").empty());
  CHECK(corpus.pages("type:ecg") == Ids{1});
  CHECK(corpus.pages("author:smith") == Ids{1});
  CHECK(corpus.pages("is:review").empty());
  CHECK(corpus.pages("mrn:a") == Ids{1});
  CHECK(corpus.faults().empty());

  Change gone;
  gone.erase(corrected.id);
  unindex_document(gone, corrected);
  corpus.commit(gone);
  CHECK(corpus.pages("type:ecg").empty());
  CHECK(corpus.faults().empty());
}

TEST_CASE("what a page and its document both say comes and goes apart", "[indexer]") {
  Corpus corpus;
  Page page;
  page.findings.push_back({finding::kUnsigned, ""});
  const PageId id = corpus.add(page, "text");
  Document document;
  document.id = DocumentId{1};
  document.pages = {id};
  document.findings = page.findings;
  corpus.add(document);
  CHECK(corpus.pages("is:unsigned") == Ids{1});

  Document signed_now = document;
  signed_now.findings.clear();
  Change change;
  change.put(signed_now);
  index_document(change, &document, signed_now);
  corpus.commit(change);
  CHECK(corpus.pages("is:unsigned") == Ids{1});  // the page still says so

  const Page before = **corpus.records().page(id);
  Page after = before;
  after.findings.clear();
  Change second;
  second.put(after);
  index_page_fields(second, after);
  corpus.commit(second);
  CHECK(corpus.pages("is:unsigned").empty());
  CHECK(corpus.faults().empty());
}

TEST_CASE("a page whose state changed is found by its new state", "[indexer]") {
  Corpus corpus;
  const PageId id = corpus.add("twice fed");
  const Page before = **corpus.records().page(id);
  Page after = before;
  after.state = PageState::Superseded;
  after.duplicate_of = PageId{9};
  Change change;
  change.put(after);
  index_page_fields(change, after);
  corpus.commit(change);
  CHECK(corpus.pages("status:superseded") == Ids{1});
  CHECK(corpus.pages("is:duplicate") == Ids{1});
  CHECK(corpus.faults().empty());
}

TEST_CASE("verify names what is missing, stray or altered in fresh pages and in segments, and no word of it", "[indexer][verify]") {
  Corpus corpus;
  corpus.add("chest secretword");
  corpus.add("chest pain");
  Document document;
  document.id = DocumentId{1};
  document.pages = {PageId{1}, PageId{2}};
  document.type = "lab_report";
  corpus.add(document);
  REQUIRE(corpus.faults().empty());
  const auto one_fault_says = [&](const std::string& what) {
    const auto faults = corpus.faults();
    CHECK(std::any_of(faults.begin(), faults.end(), [&](const std::string& line) { return line.find(what) != std::string::npos; }));
    for (const std::string& line : faults) CHECK_THAT(line, !Catch::Contains("secretword"));
  };
  const auto put = [&](Family family, const std::string& key, const std::string& value) {
    Change change;
    change.raw().put(family, key, value);
    corpus.commit(change);
  };

  SECTION("fresh words missing") {
    erase(corpus, Family::Dictionary, rows::fresh(Layer::Words, 1));
    one_fault_says("P00000001: words missing");
  }
  SECTION("fresh words altered") {
    put(Family::Dictionary, rows::fresh(Layer::Words, 2), rows::encode_fresh_words({1}, 7));
    one_fault_says("P00000002: words 1 of 2");
  }
  SECTION("fresh fields missing") {
    erase(corpus, Family::Dictionary, rows::fresh(Layer::Page, 1));
    one_fault_says("P00000001: fields of the page missing");
  }
  SECTION("a page that does not exist") {
    put(Family::Dictionary, rows::fresh(Layer::Words, 77), "");
    one_fault_says("P00000077: words");
  }
  SECTION("in segments") {
    REQUIRE(flush(corpus.archive()).value());
    REQUIRE(corpus.faults().empty());
    SECTION("a list missing") {
      erase(corpus, Family::Post, rows::list(1, "secretword"));
      one_fault_says("its dictionary does not agree");
      one_fault_says("P00000001: words 1 of 2");
    }
    SECTION("a list of other pages") {
      const auto list = corpus.records().view().get(Family::Post, rows::list(1, "chest"));
      put(Family::Post, rows::list(1, "pain"), **list);
      one_fault_says("P00000001: words 3 of 2");
    }
    SECTION("a list that cannot be read") {
      put(Family::Post, rows::list(1, "pain"), std::string("\x00\x01\x05", 3));
      one_fault_says("1 lists cannot be read");
    }
    SECTION("a dictionary missing") {
      erase(corpus, Family::Dictionary, rows::terms(1, 0));
      one_fault_says("its dictionary does not agree");
    }
    SECTION("a segment's pages missing") {
      erase(corpus, Family::Dictionary, rows::pages(3));
      one_fault_says("segment 3: its pages");
    }
  }
}

TEST_CASE("a page that is stored but not yet read is no fault", "[indexer][verify]") {
  Corpus corpus;
  corpus.add("chest");
  Page waiting;
  waiting.id = PageId{2};
  waiting.batch = BatchId{1};
  Change change;
  change.put(waiting);
  corpus.commit(change);
  std::vector<std::string> faults;
  const auto checked = verify_index(corpus.records(), [&](const std::string& line) { faults.push_back(line); });
  REQUIRE(checked.ok());
  CHECK(*checked == 2);
  CHECK(faults.empty());
}

TEST_CASE("a damaged list is an error that says what to do, not a wrong answer", "[indexer]") {
  Corpus corpus;
  corpus.add("chest");
  REQUIRE(flush(corpus.archive()).value());
  Change change;
  change.raw().put(Family::Post, rows::list(1, "chest"), "\x02\xFF");
  corpus.commit(change);
  const auto answer = search(corpus.records(), "chest", {});
  REQUIRE(!answer.ok());
  CHECK(answer.error().code == ErrorCode::Integrity);
  CHECK_THAT(answer.error().message, Catch::Contains("index rebuild"));
}

TEST_CASE("walking the terms visits each once, in order, with its pages, and jumps where it is told", "[indexer][dictionary]") {
  Corpus corpus;
  for (int page = 0; page < 30; ++page) corpus.add("alpha beta");
  REQUIRE(flush(corpus.archive()).value());
  for (int page = 0; page < 20; ++page) corpus.add("alpha beta");
  corpus.add("gamma alphabet");
  const storage::Records records = corpus.records();
  const auto index = IndexReader::open(records.view());
  REQUIRE(index.ok());
  using Seen = std::vector<std::pair<std::string, std::uint64_t>>;
  const auto walk = [&](std::string_view prefix, const std::string& jump) {
    Seen seen;
    const Status walked = (*index)->walk(prefix, [&](std::string_view term, std::uint64_t pages) -> std::optional<std::string> {
      if (!layout::is_field_term(term)) seen.emplace_back(term, pages);
      return seen.size() == 1 ? jump : "";
    });
    REQUIRE(walked.ok());
    return seen;
  };
  CHECK(walk("", "") == Seen{{"alpha", 50}, {"alphabet", 1}, {"beta", 50}, {"gamma", 1}});
  CHECK(walk("al", "") == Seen{{"alpha", 50}, {"alphabet", 1}});
  CHECK(walk("", "b") == Seen{{"alpha", 50}, {"beta", 50}, {"gamma", 1}});
  CHECK(walk("x", "").empty());
}

}  // namespace
}  // namespace chartscan::indexer
