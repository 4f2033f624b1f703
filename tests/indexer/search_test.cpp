#include "indexer/search.h"

#include "indexer/index_upkeep.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using testing::Corpus;
using testing::Ids;

Document document(std::uint64_t id, std::vector<std::uint64_t> pages) {
  Document document;
  document.id = DocumentId{id};
  document.batch = BatchId{1};
  for (const std::uint64_t page : pages) document.pages.push_back(PageId{page});
  return document;
}

Document linked(std::uint64_t id, std::vector<std::uint64_t> pages, const std::string& mrn,
                LinkStatus status = LinkStatus::Auto) {
  Document made = document(id, std::move(pages));
  made.link.mrn = mrn;
  made.link.status = status;
  made.filed = status == LinkStatus::Auto || status == LinkStatus::Person;
  return made;
}

Patient patient(const std::string& mrn, const std::string& family, const std::string& given, Date dob) {
  Patient patient;
  patient.mrn = mrn;
  patient.family = family;
  patient.given = given;
  patient.dob = dob;
  return patient;
}

TEST_CASE("numbers, dates, doses and codes are found as written", "[indexer][search]") {
  Corpus corpus;
  corpus.add("Mass 3.6cm seen on 10/15/2019, E11.9, MRN MR-00123, 5 µg");
  corpus.add("Mass 6cm 3 seen on 15/10/2019, E11 and 9, MR 0123");
  for (const char* query : {"3.6cm", "10/15/2019", "E11.9", "e11.*", "MR-00123", "\"5 ug\"", "10-15-2019"}) {
    INFO(query);
    CHECK(corpus.pages(query).front() == 1);
    if (std::string(query) != "e11.*") CHECK(corpus.pages(query).size() == 1);
  }
}

TEST_CASE("a word broken at the end of a line is found whole, in halves and inside phrases", "[indexer][search]") {
  Corpus corpus;
  corpus.add("severe hyper-\ntension treated with follow-\nup visits");
  for (const char* query : {"hypertension", "\"severe hypertension\"", "\"hypertension treated\"",
                            "\"severe hypertension treated\"", "follow-up", "\"with follow-up visits\"", "tension"}) {
    INFO(query);
    CHECK(corpus.pages(query) == Ids{1});
  }
  const Answer answer = corpus.ask("\"severe hypertension treated\"");
  REQUIRE(answer.hits.size() == 1);
  CHECK(answer.hits[0].boxes.size() == 4);  // both halves are marked
}

TEST_CASE("a word no page has is tried with OCR confusions and near spellings, and the answer says so", "[indexer][search]") {
  Corpus corpus;
  corpus.add("long standing hypertension");
  corpus.add("rnodem times at the clinic");  // "modern" as OCR may read it
  corpus.add("fever with asthma");
  const Answer near = corpus.ask("hypertenson");
  REQUIRE(near.hits.size() == 1);
  CHECK(near.hits[0].page == PageId{1});
  REQUIRE(near.notes.size() == 1);
  CHECK(near.notes[0] == "no page has 'hypertenson'; searched for 'hypertension'");
  CHECK_THAT(near.hits[0].snippet, Catch::Contains("\x02hypertension\x03"));

  CHECK(corpus.similar("modern") == Ids{2});  // two confusions at once
  CHECK(corpus.similar("dinic") == Ids{2});   // cl/d
  CHECK(corpus.similar("hypertensi0n") == Ids{1});
  CHECK(corpus.similar("asthmo") == Ids{3});
  corpus.add("accession $24-01877");
  CHECK(corpus.similar("S24-01877") == Ids{4});  // S read as a dollar sign
  CHECK(corpus.similar("asthmatics").empty());  // three letters away
  CHECK(corpus.ask("fever").notes.empty());
  CHECK(corpus.similar("\"longg standing\"") == Ids{1});
}

TEST_CASE("a number is never taken for another number, and NOT never widens", "[indexer][search]") {
  Corpus corpus;
  corpus.add("mrn 00124 asthma");
  corpus.add("account l2345");
  CHECK(corpus.similar("00123").empty());
  CHECK(corpus.similar("12345") == Ids{2});  // a digit read as a letter
  CHECK(corpus.pages("mrn -asthmo") == Ids{1});
  CHECK(corpus.ask("mrn -asthmo").notes.empty());
}

TEST_CASE("fuzzy words match within their edits only", "[indexer][search]") {
  Corpus corpus;
  corpus.add("asthma");
  corpus.add("asthna");
  corpus.add("astma");
  corpus.add("athmas");
  CHECK(corpus.pages("asthma") == Ids{1});
  CHECK(corpus.pages("asthma~") == Ids{1, 2, 3});
  CHECK(corpus.pages("asthma~2") == Ids{1, 2, 3, 4});
}

TEST_CASE("near spellings are found in a vocabulary of many words", "[indexer][search]") {
  Corpus corpus;
  std::string text;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) text += std::string("w") + a + b + "rd ";
  }
  corpus.add(text);
  for (int page = 0; page < 40; ++page) corpus.add("waard filler");  // more postings than one step reads
  const Answer answer = corpus.ask("wxyrd~1");
  REQUIRE(answer.hits.size() == 1);
  CHECK(answer.hits[0].boxes.size() == 26 + 25);  // one letter of two exchanged; dropped and inserted ones are not there
}

TEST_CASE("fields of the document restrict the pages", "[indexer][search]") {
  Corpus corpus;
  for (int page = 0; page < 4; ++page) corpus.add("chest pain");
  Document radiology = linked(1, {1, 2}, "MR-1");
  radiology.type = "radiology_report";
  radiology.service_date = {2019, 3, 5};
  radiology.author = "Dr. Ann Müller";
  corpus.add(radiology);
  Document note = linked(3, {3}, "MR-2", LinkStatus::Review);
  note.type = "progress_note";
  note.service_date = {2021, 1, 31};
  note.findings.push_back({finding::kUnsigned, ""});
  corpus.add(note);

  CHECK(corpus.pages("type:radiology_report") == Ids{1, 2});
  CHECK(corpus.pages("type:radiology chest") == Ids{1, 2});
  CHECK(corpus.pages("type:\"progress note\"") == Ids{3});
  CHECK(corpus.pages("date:2019") == Ids{1, 2});
  CHECK(corpus.pages("date:2019-03-05") == Ids{1, 2});
  CHECK(corpus.pages("date:2019-03-06").empty());
  CHECK(corpus.pages("date:2019..2021") == Ids{1, 2, 3});
  CHECK(corpus.pages("date:2019-04..") == Ids{3});
  CHECK(corpus.pages("date:..2020") == Ids{1, 2});
  CHECK(corpus.pages("author:muller") == Ids{1, 2});
  CHECK(corpus.pages("author:\"ann muller\"") == Ids{1, 2});
  CHECK(corpus.pages("author:\"muller ann\"").empty());
  CHECK(corpus.pages("mrn:mr-1") == Ids{1, 2});
  CHECK(corpus.pages("mrn:MR-2").empty());  // proposed, not linked
  CHECK(corpus.pages("is:filed") == Ids{1, 2});
  CHECK(corpus.pages("is:review") == Ids{3});
  CHECK(corpus.pages("is:unsigned") == Ids{3});
  CHECK(corpus.pages("status:auto") == Ids{1, 2});
  CHECK(corpus.pages("chest -is:filed") == Ids{3, 4});
  CHECK(corpus.pages("NOT date:2019") == Ids{3, 4});
  CHECK(corpus.faults().empty());
}

TEST_CASE("LOINC codes and sections of the chart stand for their types", "[indexer][search]") {
  Corpus corpus;
  for (int page = 0; page < 3; ++page) corpus.add("text");
  const char* types[] = {"progress_note", "lab_report", "consult_note"};
  for (std::uint64_t page = 1; page <= 3; ++page) {
    Document made = document(page, {page});
    made.type = types[page - 1];
    corpus.add(made);
  }
  const std::vector<TypeName> names{
      {"progress_note", "11506-3", "Notes"}, {"lab_report", "11502-2", "Results"}, {"consult_note", "11488-4", "Notes"}};
  SearchOptions options;
  options.types = names;
  CHECK(corpus.pages("type:11502-2", options) == Ids{2});
  CHECK(corpus.pages("type:notes", options) == Ids{1, 3});
  CHECK(corpus.pages("type:lab", options) == Ids{2});
  CHECK(corpus.pages("type:11502-2").empty());
}

TEST_CASE("fields of the page restrict the pages", "[indexer][search]") {
  Corpus corpus;
  Batch batch;
  batch.id = BatchId{7};
  batch.name = "Ward 3 east";
  storage::Change change;
  change.put(batch);
  corpus.commit(change);

  Page page;
  page.batch = BatchId{7};
  page.original.file = "inbox/scan_0042.tif";
  page.barcodes.push_back({"MR-00123", "Code128", {}});
  page.barcodes.push_back({"ENC-9", "QRCode", {}});
  page.fields.push_back({FieldKind::Facility, "St. Mary Hospital", {}, 1, "header"});
  page.findings.push_back({finding::kTooLight, ""});
  corpus.add(page, "faint text");
  Page blank;
  blank.blank = true;
  corpus.add(blank, "");
  Page separator;
  separator.separator = SeparatorKind::Document;
  corpus.add(separator, "PATCH T");

  CHECK(corpus.pages("batch:7") == Ids{1});
  CHECK(corpus.pages("batch:b00000007") == Ids{1});
  CHECK(corpus.pages("batch:\"ward 3\"") == Ids{1});
  CHECK(corpus.pages("file:scan_0042.tif") == Ids{1});
  CHECK(corpus.pages("barcode:MR-00123") == Ids{1});
  CHECK(corpus.pages("barcode:\"00123 enc\"").empty());  // not across two barcodes
  CHECK(corpus.pages("facility:\"mary hospital\"") == Ids{1});
  CHECK(corpus.pages("facility:hosp*") == Ids{1});
  CHECK(corpus.pages("finding:too-light") == Ids{1});
  CHECK(corpus.pages("is:blank") == Ids{2});
  CHECK(corpus.pages("is:separator") == Ids{3});
  CHECK(corpus.pages("-is:blank -is:separator") == Ids{1});
  CHECK(corpus.faults().empty());
}

TEST_CASE("patients are found by name and birth date through their charts", "[indexer][search]") {
  Corpus corpus;
  for (int page = 0; page < 3; ++page) corpus.add("same text");
  corpus.add(patient("1", "Doe", "Ann Marie", {1961, 2, 3}));
  corpus.add(patient("2", "Doe", "John", {1990, 1, 1}));
  corpus.add(patient("3", "Roe", "Ann", {}));
  corpus.add(linked(1, {1}, "1"));
  corpus.add(linked(2, {2}, "2", LinkStatus::Person));
  corpus.add(linked(3, {3}, "3", LinkStatus::Review));

  CHECK(corpus.pages("patient:doe") == Ids{1, 2});
  CHECK(corpus.pages("patient:\"doe, ann\"") == Ids{1});
  CHECK(corpus.pages("patient:do*") == Ids{1, 2});
  CHECK(corpus.pages("patient:roe").empty());  // only proposed
  CHECK(corpus.pages("dob:1961") == Ids{1});
  CHECK(corpus.pages("dob:1961-02-03 same") == Ids{1});
  CHECK(corpus.pages("dob:..1980") == Ids{1});
  CHECK(corpus.pages("patient:nobody").empty());
}

TEST_CASE("the patient filter shows linked pages of exactly this MRN and nothing of other charts", "[indexer][search]") {
  Corpus corpus;
  corpus.add("hypertension");
  corpus.add("hypertension");
  corpus.add("hypertension asthma");
  corpus.add("asthma");
  corpus.add(linked(1, {1}, "MR-1"));
  corpus.add(linked(2, {2}, "MR-1", LinkStatus::Review));
  corpus.add(linked(3, {3}, "mr-1", LinkStatus::Person));
  corpus.add(linked(4, {4}, "MR-12"));
  const auto ask = [&](const std::string& mrn, const std::string& query) {
    SearchOptions options;
    options.mrn = mrn;
    return corpus.pages(query, options);
  };
  CHECK(ask("MR-1", "hypertension") == Ids{1});
  CHECK(ask("mr-1", "hypertension") == Ids{3});
  CHECK(ask("MR-1", "asthma OR hypertension OR NOT fever") == Ids{1});
  CHECK(ask("MR-1", "NOT fever") == Ids{1});
  CHECK(ask("MR-", "hypertension").empty());
  CHECK(ask(std::string("MR-1\0", 5), "hypertension").empty());

  SearchOptions options;
  options.mrn = "MR-1";
  CHECK(corpus.ask("asthmo", options).notes == std::vector<std::string>{"no page has 'asthmo'"});  // no word of other charts
  CHECK(corpus.ask("hypertenson", options).hits.size() == 1);
}

TEST_CASE("MRNs with any bytes stay apart", "[indexer][search]") {
  Corpus corpus;
  const std::vector<std::string> mrns{std::string("A\0B", 3),
                                      "A\x01"
                                      "B",
                                      "A\x02"
                                      "B",
                                      "A",
                                      "AB",
                                      std::string("A\x02\x10"
                                                  "B"),
                                      std::string(300, 'A')};
  for (std::size_t i = 0; i < mrns.size(); ++i) {
    corpus.add("text");
    corpus.add(linked(i + 1, {i + 1}, mrns[i]));
  }
  for (std::size_t i = 0; i < mrns.size(); ++i) {
    SearchOptions options;
    options.mrn = mrns[i];
    CHECK(corpus.pages("text", options) == Ids{i + 1});
  }
  CHECK(corpus.faults().empty());
}

TEST_CASE("snippets show the densest hits with the words between marks", "[indexer][search]") {
  Corpus corpus;
  std::string text = "pain ";
  for (int i = 0; i < 60; ++i) text += "filler ";
  text += "acute chest pain, radiating";
  for (int i = 0; i < 60; ++i) text += " filler";
  corpus.add(text);
  const Answer answer = corpus.ask("chest pain");
  REQUIRE(answer.hits.size() == 1);
  const std::string& snippet = answer.hits[0].snippet;
  CHECK_THAT(snippet, Catch::Contains("acute \x02"
                                      "chest\x03 \x02pain,\x03 radiating"));
  CHECK_THAT(snippet, Catch::StartsWith("… ") && Catch::EndsWith(" …"));
  CHECK(answer.hits[0].boxes.size() == 3);
}

TEST_CASE("only the words of the phrase are marked, and filters mark nothing", "[indexer][search]") {
  Corpus corpus;
  corpus.add("pain chest pain chest");
  CHECK(corpus.ask("\"chest pain\"").hits.at(0).snippet ==
        "pain \x02"
        "chest\x03 \x02pain\x03 chest");
  CHECK(corpus.ask("pain -fever").hits.at(0).snippet == "\x02pain\x03 chest \x02pain\x03 chest");
  CHECK(corpus.ask("batch:1").hits.at(0).snippet == "pain chest pain chest");
  CHECK(corpus.ask("batch:1").hits.at(0).boxes.empty());
}

TEST_CASE("marks cannot be forged by the text of a page", "[indexer][search]") {
  Corpus corpus;
  corpus.add("ev\x02il pain");
  CHECK(corpus.ask("pain").hits.at(0).snippet == "ev il \x02pain\x03");
}

TEST_CASE("hit boxes stand on the delivered and on the upright image", "[indexer][search]") {
  Corpus corpus;
  Page page;
  page.geometry.delivered = {1000, 600};
  page.geometry.rotation = 90;
  page.geometry.working = {300, 500};  // half the size
  page.geometry.scale_x = page.geometry.scale_y = 0.5;
  corpus.add(page, "chest pain");
  const Answer answer = corpus.ask("pain");
  REQUIRE(answer.hits.at(0).boxes.size() == 1);
  const HitBox& box = answer.hits[0].boxes[0];
  CHECK(box.word == "pain");
  CHECK(box.upright == Box{100, 0, 180, 30});
  // Turned back: upright x runs up the delivered page, upright y to the right.
  CHECK(box.delivered == Box{0, 600 - 360, 60, 600 - 200});
}

TEST_CASE("an answer holds at most what was asked for and counts the rest", "[indexer][search]") {
  Corpus corpus;
  for (int page = 0; page < 30; ++page) corpus.add("chest pain");
  SearchOptions options;
  options.limit = 5;
  CHECK(corpus.ask("pain", options).hits.size() == 5);
  CHECK(corpus.ask("pain", options).total == 30);
  options.limit = 0;
  CHECK(corpus.ask("pain", options).hits.empty());
  CHECK(corpus.ask("pain", options).total == 30);
  options.limit = -3;
  CHECK(corpus.ask("pain", options).hits.empty());
}

TEST_CASE("an empty archive answers that nothing is there", "[indexer][search]") {
  Corpus corpus;
  CHECK(corpus.pages("pain").empty());
  CHECK(corpus.pages("NOT pain").empty());
  CHECK(corpus.ask("pain").notes == std::vector<std::string>{"no page has 'pain'"});
}

TEST_CASE("hostile questions run to their end", "[indexer][search]") {
  Corpus corpus;
  std::string text;
  for (int i = 0; i < 300; ++i) text += "aa-\n";
  corpus.add(text);
  std::string phrase = "\"";
  for (int i = 0; i < 2000; ++i) phrase += "aa* ";
  CHECK(corpus.ask(phrase + "\"").total == 0);
  std::string shorter = "\"";
  for (int i = 0; i < 200; ++i) shorter += "aa* ";
  CHECK(corpus.ask(shorter + "\"").total == 1);
  CHECK(corpus.ask("\xFF\xFE aa").total == 1);
  CHECK(corpus.ask(std::string(4000, 'l')).total == 0);  // confusable at every letter
}

TEST_CASE("pages stand by date in whatever order their dates came in", "[indexer][search]") {
  Corpus corpus;
  const std::vector<int> years{2017, 2020, 2015, 2019, 2016, 2018};
  for (std::size_t i = 0; i < years.size(); ++i) {
    const PageId page = corpus.add("chest");
    Document document;
    document.id = DocumentId{i + 1};
    document.service_date = {years[i], 1, 2};
    document.pages = {page};
    corpus.add(document);
    if (i % 2) REQUIRE(flush(corpus.archive()).ok());
  }
  corpus.add("chest");  // undated
  std::vector<std::uint64_t> newest, oldest;
  for (const Hit& hit : corpus.ask("chest sort:date").hits) newest.push_back(hit.page.value);
  for (const Hit& hit : corpus.ask("chest sort:oldest").hits) oldest.push_back(hit.page.value);
  CHECK(newest == std::vector<std::uint64_t>{2, 4, 6, 1, 5, 3, 7});
  CHECK(oldest == std::vector<std::uint64_t>{3, 5, 1, 6, 4, 2, 7});
}

}  // namespace
}  // namespace chartscan::indexer
