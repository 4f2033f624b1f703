#include "exchange/page_export.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <streambuf>

using namespace chartscan;
using namespace chartscan::exchange;
using Json = nlohmann::ordered_json;

namespace {

// Upright at 200 dpi, delivered at 300.
Page processed_page(std::uint64_t id) {
  Page page;
  page.id = PageId{id};
  page.batch = BatchId{1};
  page.sequence = static_cast<int>(id);
  page.original = {Hash(64, 'a'), MediaType::Tiff, static_cast<int>(id) - 1, "batch-0001.tif"};
  page.state = PageState::Review;
  page.geometry.delivered = {2550, 3300};
  page.geometry.working = {1700, 2200};
  page.geometry.scale_x = page.geometry.scale_y = 2.0 / 3;
  page.types = {{"progress_note", 0.7}};
  return page;
}

Document some_document(const Page& page) {
  Document document;
  document.id = DocumentId{page.id.value};
  document.batch = page.batch;
  document.pages = {page.id};
  document.type = "lab_report";
  document.type_confidence = 0.91234567;
  document.service_date = {2021, 3, 5};
  document.link.status = LinkStatus::Auto;
  document.link.mrn = "MRN00017";
  document.link.confidence = 0.999;
  document.link.reasons = {{"mrn", Agreement::Agrees, 12.5, "equal"}, {"dob", Agreement::Close, -1.25, "one digit"}};
  return document;
}

Json parsed(const std::string& line) {
  CHECK(line.find('\n') == std::string::npos);
  return Json::parse(line);
}

Json exported(const Page& page, const PageText* text = nullptr, const Document* document = nullptr) {
  return parsed(export_line(page, text, document));
}

std::vector<Json> lines_of(storage::Archive& archive) {
  std::ostringstream out;
  const auto records = archive.read();
  REQUIRE(records.ok());
  REQUIRE(export_pages(*records, out).ok());
  std::istringstream in(out.str());
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(parsed(line));
  return lines;
}

}  // namespace

TEST_CASE("a page in a document is exported with every promised field, in order", "[exchange][export]") {
  Page page = processed_page(3);
  page.document = DocumentId{3};
  page.signature = true;
  page.cues = {{CueKind::Date, CueState::Unsure, {10, 10, 60, 30}, 0.5, "Date", "", WrittenBy::Pen}};
  page.geometry.skew = Degrees{-1.23456};
  page.barcodes = {{"MRN00017", "Code128", {}}, {"PATCH T", "PatchT", {}}};
  page.findings = {{finding::kNoisy}, {finding::kUnsigned}};
  Document document = some_document(page);
  document.findings = {{finding::kUnsigned}, {finding::kTypeUnsure}};
  const PageText text{{{"Glucose", {100, 200, 180, 220}, 0.97, 0},
                       {"high", {190, 200, 230, 220}, 0.5, 0},
                       {"Signed", {100, 240, 160, 260}, 1, 1}}};
  const Json line = exported(page, &text, &document);

  std::vector<std::string> names;
  for (const auto& [name, value] : line.items()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"file",
                                          "page_index",
                                          "text",
                                          "words",
                                          "skew_deg",
                                          "rotation",
                                          "blank",
                                          "separator",
                                          "duplicate_of",
                                          "document_id",
                                          "doc_type",
                                          "doc_type_confidence",
                                          "mrn",
                                          "link_status",
                                          "link_confidence",
                                          "link_reasons",
                                          "link_by",
                                          "signature",
                                          "service_date",
                                          "barcodes",
                                          "findings",
                                          "doc_type_detail",
                                          "form_cues",
                                          "page_id",
                                          "batch_id",
                                          "state"});
  CHECK(line["file"] == "batch-0001.tif");
  CHECK(line["page_index"] == 2);
  CHECK(line["text"] == "Glucose high\nSigned");
  CHECK(line["skew_deg"] == -1.2346);
  CHECK(line["rotation"] == 0);
  CHECK(line["blank"] == false);
  CHECK(line["separator"] == false);
  CHECK(line["duplicate_of"] == nullptr);
  CHECK(line["document_id"] == "D00000003");
  CHECK(line["doc_type"] == "lab_report");
  CHECK(line["doc_type_confidence"] == 0.9123);
  CHECK(line["mrn"] == "MRN00017");
  CHECK(line["link_status"] == "auto");
  CHECK(line["link_by"] == "rules");
  CHECK(line["link_reasons"][1] == Json({{"field", "dob"}, {"agreement", "close"}, {"weight", -1.25}, {"detail", "one digit"}}));
  CHECK(line["signature"] == true);
  REQUIRE(line["form_cues"].size() == 1);
  CHECK(line["form_cues"][0]["kind"] == "date");
  CHECK(line["form_cues"][0]["state"] == "unsure");
  CHECK(line["form_cues"][0]["value"] == nullptr);
  CHECK(line["form_cues"][0]["label"] == "Date");
  CHECK(line["form_cues"][0]["b"].size() == 4);
  CHECK(line["service_date"] == "2021-03-05");
  CHECK(line["barcodes"] == Json::array({"MRN00017"}));
  CHECK(line["findings"] == Json::array({"noisy", "unsigned", "type-unsure"}));
}

TEST_CASE("word boxes are exported in pixels of the image as it was delivered", "[exchange][export]") {
  Page page = processed_page(1);
  const PageText text{{{"word", {20, 40, 120, 60}, 0.5, 0}}};
  CHECK(exported(page, &text)["words"][0] == Json({{"t", "word"}, {"b", {30, 60, 180, 90}}, {"c", 0.5}}));

  // Delivered lying on its side: it was turned clockwise to be upright, so the upper left corner came from the lower left.
  page.geometry.rotation = 90;
  page.geometry.working = {2200, 1700};
  CHECK(exported(page, &text)["words"][0]["b"] == Json({60, 3300 - 180, 90, 3300 - 30}));

  // What straightening left outside the delivered image is cut to it.
  page.geometry.rotation = 0;
  page.geometry.working = {1700, 2200};
  const PageText outside{{{"edge", {-30, 2190, 40, 2230}, 0.5, 0}}};
  CHECK(exported(page, &outside)["words"][0]["b"] == Json({0, 3285, 60, 3300}));
}

TEST_CASE("what is not known is null: a page still unread, a rejected page, a page without document", "[exchange][export]") {
  Page waiting = processed_page(1);
  waiting.state = PageState::Received;
  waiting.types.clear();
  const Json unread = exported(waiting);
  for (const char* field : {"text", "words", "skew_deg", "rotation", "blank", "separator", "duplicate_of", "document_id", "mrn",
                            "signature", "service_date", "link_by"}) {
    CAPTURE(field);
    CHECK(unread.at(field) == nullptr);
  }
  CHECK(unread["doc_type"] == "unknown");
  CHECK(unread["link_status"] == "none");

  Page rejected = waiting;
  rejected.state = PageState::Rejected;
  const Json refused = exported(rejected);
  CHECK(refused["text"] == "");
  CHECK(refused["words"] == Json::array());
  CHECK(refused["rotation"] == nullptr);
  CHECK(refused["findings"] == Json::array({"undecodable"}));

  Page separator = processed_page(2);
  separator.separator = SeparatorKind::Document;
  separator.state = PageState::Separator;
  separator.duplicate_of = PageId{1};
  separator.fields = {{FieldKind::ServiceDate, "2020-02-29", {}, 0.8, "label"}};
  const Json alone = exported(separator);
  CHECK(alone["separator"] == true);
  CHECK(alone["duplicate_of"] == "P00000001");
  CHECK(alone["doc_type"] == "progress_note");
  CHECK(alone["service_date"] == "2020-02-29");
}

TEST_CASE("a type that the export's list does not know leaves as its nearest, with its own name beside it",
          "[exchange][export]") {
  const Page page = processed_page(1);
  Document document = some_document(page);
  document.type = "nursing_note";
  CHECK(exported(page, nullptr, &document)["doc_type"] == "other");
  CHECK(exported(page, nullptr, &document)["doc_type_detail"] == "nursing_note");
}

TEST_CASE("a link that a person confirmed counts as linked, and says who did it", "[exchange][export]") {
  const Page page = processed_page(1);
  Document document = some_document(page);
  document.link.status = LinkStatus::Person;
  CHECK(exported(page, nullptr, &document)["link_status"] == "auto");
  CHECK(exported(page, nullptr, &document)["link_by"] == "person");
  document.link.status = LinkStatus::Review;
  CHECK(exported(page, nullptr, &document)["link_status"] == "review");
  CHECK(exported(page, nullptr, &document)["mrn"] == "MRN00017");
  CHECK(exported(page, nullptr, &document)["link_by"] == nullptr);
}

TEST_CASE("bytes that are not UTF-8 never leave", "[exchange][export]") {
  Page page = processed_page(1);
  page.original.file = "caf\xE9.tif";
  page.barcodes = {{std::string("A\xFF\0B", 4), "QRCode", {}}};
  const PageText text{{{"broken\xC3", {0, 0, 9, 9}, std::nan(""), 0}}};
  const Json line = exported(page, &text);
  CHECK(line["file"] == "caf\xEF\xBF\xBD.tif");
  CHECK(line["words"][0]["t"] == "broken\xEF\xBF\xBD");
  CHECK(line["words"][0]["c"] == nullptr);
  CHECK(line["barcodes"][0] == std::string("A\xEF\xBF\xBD\0B", 6));
}

TEST_CASE("the export has a line for every page, batch by batch in feeding order", "[exchange][export]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  for (const std::uint64_t number : {1, 2}) {
    Batch batch;
    batch.id = BatchId{number};
    change.put(batch);
  }
  // Two feeders at once: the second batch began before the first had ended.
  const std::vector<std::array<int, 3>> pages{{1, 1, 1}, {2, 2, 1}, {3, 1, 2}, {4, 2, 2}};  // id, batch, sequence
  for (const auto& [id, batch, sequence] : pages) {
    Page page = processed_page(static_cast<std::uint64_t>(id));
    page.batch = BatchId{static_cast<std::uint64_t>(batch)};
    page.sequence = sequence;
    if (id == 1) page.document = DocumentId{1};
    if (id == 2) page.state = PageState::Rejected;
    change.put(page);
    if (id == 1) change.put(some_document(page));
    if (id == 1) change.put(page.id, PageText{{{"here", {0, 0, 9, 9}, 1, 0}}});
  }
  REQUIRE(archive->commit(change).ok());

  const std::vector<Json> lines = lines_of(*archive);
  std::vector<std::string> order;
  for (const Json& line : lines) order.push_back(line["page_id"]);
  CHECK(order == std::vector<std::string>{"P00000001", "P00000003", "P00000002", "P00000004"});
  CHECK(lines[0]["text"] == "here");
  CHECK(lines[0]["doc_type"] == "lab_report");
  CHECK(lines[2]["findings"] == Json::array({"undecodable"}));
}

TEST_CASE("an output that takes no more stops the export with an error", "[exchange][export]") {
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  Batch batch;
  batch.id = BatchId{1};
  change.put(batch);
  change.put(processed_page(1));
  REQUIRE(archive->commit(change).ok());
  const auto records = archive->read();
  REQUIRE(records.ok());

  struct Full final : std::streambuf {
  } full;
  std::ostream out(&full);
  const Status status = export_pages(*records, out);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == ErrorCode::Storage);
}
