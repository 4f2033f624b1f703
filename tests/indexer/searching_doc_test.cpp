// docs/searching.md is what people are told: every question of its tables finds what it says, on a small archive.
#include <fstream>
#include <map>

#include "indexer/unfound.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using testing::Corpus;
using testing::Ids;

// The first cell of each row of tables whose heading begins with "ask".
std::vector<std::string> questions() {
  std::ifstream in(CHARTSCAN_SOURCE_DIR "/docs/searching.md");
  REQUIRE(in.good());
  std::vector<std::string> found;
  bool asking = false;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| ")) asking = false;
    if (line.starts_with("| ask |")) asking = true;
    if (!asking || !line.starts_with("| `")) continue;
    found.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  return found;
}

void fill(Corpus& corpus) {
  Batch batch;
  batch.id = BatchId{7};
  batch.name = "Ward 3 east";
  Patient ann;
  ann.mrn = "MR-1", ann.family = "Doe", ann.given = "Ann", ann.dob = {1961, 2, 3};
  storage::Change change;
  change.put(batch);
  change.put(ann);
  corpus.commit(change);

  Page page;  // 1: all that is asked for
  page.batch = BatchId{7};
  page.state = PageState::Filed;
  page.original.file = "inbox/scan_0042.tif";
  page.barcodes.push_back({"MR-00123", "Code128", {}});
  page.fields.push_back({FieldKind::Facility, "St. Mary Hospital", {}, 1, "header"});
  page.quality.words = 20, page.quality.text_confidence = 0.95;
  corpus.add(page, "Chest pain after aspirin, allergy. Asthma and severe hyper-\ntension E11.9 given 0.5 mg and 10 mg on 10/15/2019 for MR-00123");
  Document document;
  document.id = DocumentId{1};
  document.batch = BatchId{7};
  document.pages = {PageId{1}};
  document.type = "radiology_report";
  document.service_date = {2019, 3, 5};
  document.author = "Dr. Ann Müller";
  document.link.mrn = "MR-1";
  document.link.status = LinkStatus::Auto;
  document.filed = true;
  document.findings.push_back({finding::kUnsigned, ""});
  corpus.add(document);

  Page other;  // 2: chest, not filed
  other.state = PageState::Processed;
  other.quality.words = 3, other.quality.text_confidence = 0.9;
  corpus.add(other, "chest x-ray penicillin allergy");
  Page unreadable;  // 3: nothing was read of it
  unreadable.state = PageState::Processed;
  unreadable.findings.push_back({finding::kNoText, ""});
  corpus.add(unreadable, "");
}

TEST_CASE("every question of the search guide finds what it says", "[indexer][guide]") {
  Corpus corpus;
  fill(corpus);
  const std::map<std::string, Ids> others{{"chest -is:filed", {2}}, {"is:unread", {3}}, {"is:unfound", {3}}, {"*", {1, 2, 3}}, {"chest sort:date", {1, 2}}};
  const std::vector<std::string> asked = questions();
  CHECK(asked.size() >= 40);
  for (const std::string& question : asked) {
    INFO(question);
    const auto other = others.find(question);
    CHECK(corpus.pages(question) == (other == others.end() ? Ids{1} : other->second));
  }
}

TEST_CASE("other ways to say a date mean the same", "[indexer][guide]") {
  Corpus corpus;
  fill(corpus);
  for (const char* query : {"year:2019", "date:3/2019", "date:\"March 2019\"", "date:2019-03-05", "date:20190305", "date:\"5 Mar 2019\"", "date:\"Mar 5, 2019\"",
                            "date:2019-2021", "date:\"2019 to 2021\"", "date:..2019", "date:<2020", "date:>=2019-03-05", "date:<=3/5/2019", "date:2019/03/05",
                            "date:>2019-03-04", "date:<2019-03-06", "born:1961", "dob:2/3/1961", "date:5.3.2019 OR date:05-03-2019 OR date:03-05-2019"}) {
    INFO(query);
    CHECK(corpus.pages(query) == Ids{1});
  }
  for (const char* query : {"date:>2019", "date:<2019", "date:>2019-03-05", "date:<2019-03-05", "date:2019-04", "date:2020.."}) {
    INFO(query);
    CHECK(corpus.pages(query).empty());
  }
}

TEST_CASE("doses are found whether or not a blank parts number and unit", "[indexer][guide]") {
  Corpus corpus;
  corpus.add("take 10mg daily");
  corpus.add("take 10 mg daily");
  corpus.add("take 10 tablets, 5 mg each");
  for (const char* query : {"10mg", "\"10 mg\"", "\"take 10mg daily\"", "\"take 10 mg daily\""}) {
    INFO(query);
    CHECK(corpus.pages(query) == Ids{1, 2});
  }
}

TEST_CASE("words near each other are found in either order, and no further", "[indexer][guide]") {
  Corpus corpus;
  corpus.add("chest one two three pain");
  corpus.add("pain one chest");
  corpus.add("chest one two three four five six pain");
  CHECK(corpus.pages("chest NEAR/4 pain") == Ids{1, 2});
  CHECK(corpus.pages("\"chest pain\"~2") == Ids{2});
  CHECK(corpus.pages("chest NEAR pain") == Ids{1, 2, 3});
  for (const char* query : {"NEAR pain", "chest NEAR", "chest NEAR/0 pain", "chest NEAR/x pain", "chest NEAR (pain OR one)", "chest NEAR type:ecg"}) {
    INFO(query);
    const auto answer = search(corpus.records(), query, {});
    REQUIRE(!answer.ok());
    CHECK(fault_place(answer.error()).has_value());
  }
}

TEST_CASE("pages are grouped by document and by chart, and counted by what they are", "[indexer][guide]") {
  Corpus corpus;
  for (int i = 0; i < 7; ++i) corpus.add("pain");
  for (std::uint64_t first : {1, 3, 5}) {
    Document document;
    document.id = DocumentId{first};
    document.batch = BatchId{1};
    document.pages = {PageId{first}, PageId{first + 1}};
    document.type = first == 5 ? "lab_report" : "progress_note";
    document.service_date = {2018 + static_cast<int>(first), 1, 1};
    document.link = {LinkStatus::Auto, first == 3 ? "B" : "A", 1, {}, {}};
    document.filed = true;
    for (const PageId id : document.pages) {
      Page page;
      page.id = id, page.batch = BatchId{1}, page.document = document.id;
      storage::Change change;
      change.put(page);
      index_page_fields(change, page);
      corpus.commit(change);
    }
    corpus.add(document);
  }
  SearchOptions options;
  options.group = GroupBy::Chart;
  options.facets = true;
  const Answer charts = corpus.ask("pain", options);
  std::map<std::string, std::uint64_t> pages;
  for (const Group& group : charts.groups) pages[group.mrn] = group.total;
  CHECK(pages == std::map<std::string, std::uint64_t>{{"A", 4}, {"B", 2}, {"", 1}});
  CHECK(charts.total_groups == 3);
  options.group = GroupBy::Document;
  CHECK(corpus.ask("pain", options).groups.size() == 4);  // three and the page without

  REQUIRE(charts.facets.has_value());
  const Facets& facets = *charts.facets;
  REQUIRE(facets.types.size() == 3);
  CHECK(facets.types[0].value == "progress_note");
  CHECK(facets.types[0].pages == 4);
  REQUIRE(facets.years.size() == 4);  // newest first, unknown last
  CHECK(facets.years[0].value == "2023");
  CHECK(facets.years[3].value.empty());
  const auto filed = std::ranges::find_if(facets.statuses, [](const FacetValue& value) { return value.value == "filed"; });
  REQUIRE(filed != facets.statuses.end());
  CHECK(filed->pages == 6);
}

TEST_CASE("what was taken in and cannot be found is told with its reason", "[indexer][unfound]") {
  const auto reason = [](auto change) {
    Page page;
    page.state = PageState::Filed;
    page.quality.words = 200, page.quality.text_confidence = 0.9, page.quality.ink = 0.05;
    change(page);
    const auto found = unfound_reason(page);
    return found ? std::string(to_string(*found)) : "";
  };
  CHECK(reason([](Page&) {}).empty());
  CHECK(reason([](Page& page) { page.state = PageState::Received; }) == "not-read");
  CHECK(reason([](Page& page) { page.state = PageState::Rejected; }) == "rejected");
  CHECK(reason([](Page& page) { page.quality.words = 0; }) == "no-text");
  CHECK(reason([](Page& page) { page.quality.words = 10; }) == "few-words");
  CHECK(reason([](Page& page) { page.quality.text_confidence = 0.4; }) == "low-confidence");
  CHECK(reason([](Page& page) { page.quality.words = 0, page.blank = true; }).empty());
  CHECK(reason([](Page& page) { page.quality.words = 0, page.separator = SeparatorKind::Batch; }).empty());
  CHECK(reason([](Page& page) { page.quality.words = 0, page.state = PageState::Superseded; }).empty());
}

}  // namespace
}  // namespace chartscan::indexer
