// What is written, what is taken out again, and what verify says of it.
#include "indexer/index.h"

#include <map>

#include "indexer/layout.h"
#include "indexer/postings.h"
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
  const PageText before = **corpus.records().text(id);
  PageText after;
  after.words = {{"printed", {0, 0, 50, 20}, 0.4, 0}, {"garbage", {100, 0, 150, 20}, 0.4, 0}, {"received", {160, 0, 200, 20}, 0.9, 0}};
  page.cues = {{CueKind::Handwriting, CueState::Present, {90, 0, 210, 25}, 0.9, "", "", WrittenBy::Pen}};
  Change change;
  unindex_page(change, **corpus.records().page(id), before);
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
  const auto empty = dump(corpus);
  const PageId id = corpus.add("chest pain");
  const Page page = **corpus.records().page(id);
  const PageText before = **corpus.records().text(id), after = testing::page_text("chest clear");
  Change change;
  unindex_page(change, page, before);
  change.put(id, after);
  index_page(change, page, after);
  corpus.commit(change);
  CHECK(corpus.pages("pain").empty());
  CHECK(corpus.pages("clear") == Ids{2});
  CHECK(corpus.pages("chest") == Ids{2});
  CHECK(corpus.faults().empty());

  Change gone;
  unindex_page(gone, page, after);
  corpus.commit(gone);
  CHECK(dump(corpus) == empty);
}

TEST_CASE("a view taken before a commit does not see it", "[indexer]") {
  Corpus corpus;
  corpus.add("chest");
  const storage::Records before = corpus.records();
  corpus.add("chest");
  CHECK(search(before, "chest", {})->total == 1);
  CHECK(corpus.ask("chest").total == 2);
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
  index_page_fields(second, &before, after);
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
  index_page_fields(change, &before, after);
  corpus.commit(change);
  CHECK(corpus.pages("status:superseded") == Ids{1});
  CHECK(corpus.pages("is:duplicate") == Ids{1});
  CHECK(corpus.faults().empty());
}

TEST_CASE("verify names the page of a missing, stray or altered posting, and no word of it", "[indexer][verify]") {
  Corpus corpus;
  corpus.add("chest secretword");
  corpus.add("chest pain");
  Document document;
  document.id = DocumentId{1};
  document.pages = {PageId{1}, PageId{2}};
  document.type = "lab_report";
  corpus.add(document);
  REQUIRE(corpus.faults().empty());
  const auto only_fault = [&](const std::string& page, const std::string& what) {
    const auto faults = corpus.faults();
    REQUIRE(faults.size() == 1);
    CHECK_THAT(faults[0], Catch::Contains(page) && Catch::Contains(what) && !Catch::Contains("secretword"));
  };
  const auto put = [&](Family family, const std::string& key, const std::string& value) {
    Change change;
    change.raw().put(family, key, value);
    corpus.commit(change);
  };

  SECTION("missing word") {
    erase(corpus, Family::Post, layout::post_key("secretword", PageId{1}, Source::Words));
    only_fault("P00000001", "words 2 of 3");
  }
  SECTION("stray word") {
    put(Family::Post, layout::post_key("fever", PageId{2}, Source::Words), layout::post_value(2, {0}));
    only_fault("P00000002", "words 4 of 3");
  }
  SECTION("altered position") {
    put(Family::Post, layout::post_key("pain", PageId{2}, Source::Words), layout::post_value(2, {4}));
    only_fault("P00000002", "not the same");
  }
  SECTION("missing length") {
    erase(corpus, Family::Dictionary, layout::length_key(PageId{2}));
    only_fault("P00000002", "words 2 of 3");
  }
  SECTION("missing field of the page") {
    erase(corpus, Family::Post, layout::post_key(layout::field_term("batch", "b00000001"), PageId{1}, Source::Page));
    only_fault("P00000001", "fields of the page");
  }
  SECTION("missing field of the document") {
    erase(corpus, Family::Post, layout::post_key(layout::field_term("type", "lab_report"), PageId{2}, Source::Document));
    only_fault("P00000002", "fields of the document");
  }
  SECTION("posting of a page that does not exist") {
    put(Family::Post, layout::post_key("fever", PageId{77}, Source::Words), layout::post_value(2, {0}));
    only_fault("P00000077", "words 1 of 0");
  }
  SECTION("key that is none") {
    put(Family::Post, "zzz", "");
    only_fault("index", "1 keys cannot be read");
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

TEST_CASE("a damaged posting is an error that says what to do, not a wrong answer", "[indexer]") {
  Corpus corpus;
  corpus.add("chest");
  Change change;
  change.raw().put(Family::Post, layout::post_key("chest", PageId{1}, Source::Words), "\x02\xFF");
  corpus.commit(change);
  const auto answer = search(corpus.records(), "chest", {});
  REQUIRE(!answer.ok());
  CHECK(answer.error().code == ErrorCode::Integrity);
  CHECK_THAT(answer.error().message, Catch::Contains("run verify"));
}

TEST_CASE("keys and values of the layout come back as they went in", "[indexer][layout]") {
  const std::string term = layout::field_term("mrn", std::string("a\0b\x01\x02", 5));
  const std::string key = layout::post_key(term, PageId{0x0102030405060708}, Source::Document);
  const auto parsed = layout::parse_post_key(key);
  REQUIRE(parsed);
  CHECK(parsed->term == term);
  CHECK(parsed->page == PageId{0x0102030405060708});
  CHECK(parsed->source == Source::Document);
  CHECK(!layout::parse_post_key(key.substr(0, 9)));
  CHECK(!layout::parse_post_key(""));

  const std::vector<Place> places{0, 1, 130, 70000, 0xFFFFFFFF};
  std::uint32_t length = 0;
  std::vector<Place> read;
  const std::string value = layout::post_value(300, places);
  REQUIRE(layout::parse_post_value(value, length, read));
  CHECK(length == 300);
  CHECK(read == places);
  for (std::size_t cut = 0; cut < value.size(); ++cut) {
    read.clear();
    CHECK(!layout::parse_post_value(std::string_view(value).substr(0, cut), length, read));
  }
  CHECK(!layout::parse_post_value(value + "x", length, read));
}

TEST_CASE("walking the terms visits each once, in order, and jumps where it is told", "[indexer][postings]") {
  Corpus corpus;
  for (int page = 0; page < 50; ++page) corpus.add("alpha beta");
  corpus.add("gamma alphabet");
  const storage::Records records = corpus.records();
  std::vector<std::string> seen;
  REQUIRE(walk_terms(records.view(), "", [&](std::string_view term) -> std::optional<std::string> {
            if (!layout::is_field_term(term)) seen.emplace_back(term);
            return "";
          }).ok());
  CHECK(seen == std::vector<std::string>{"alpha", "alphabet", "beta", "gamma"});
  seen.clear();
  REQUIRE(walk_terms(records.view(), "al", [&](std::string_view term) -> std::optional<std::string> {
            seen.emplace_back(term);
            return "";
          }).ok());
  CHECK(seen == std::vector<std::string>{"alpha", "alphabet"});
  seen.clear();
  REQUIRE(walk_terms(records.view(), "", [&](std::string_view term) -> std::optional<std::string> {
            seen.emplace_back(term);
            return seen.size() == 1 ? std::optional<std::string>("b") : std::nullopt;
          }).ok());
  REQUIRE(seen.size() == 2);
  CHECK(seen[1] == "beta");
}

TEST_CASE("the size of a large collection is estimated closely from few reads", "[indexer][postings]") {
  Corpus corpus;
  Change change;
  constexpr std::uint64_t kPages = 20000;
  for (std::uint64_t page = 1; page <= kPages; ++page) {
    change.raw().put(Family::Dictionary, layout::length_key(PageId{page}), layout::length_value(100 + page % 7));
  }
  corpus.commit(change);
  const auto measured = measure_collection(corpus.records().view(), kPages);
  REQUIRE(measured.ok());
  CHECK(measured->pages == Approx(kPages).epsilon(0.01));
  CHECK(measured->mean_length == Approx(103).epsilon(0.02));
  // Twice as many pages were fed as are read.
  CHECK(measure_collection(corpus.records().view(), 2 * kPages)->pages == Approx(kPages).epsilon(0.05));
}

}  // namespace
}  // namespace chartscan::indexer
