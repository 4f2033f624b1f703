#include "charts/boundaries.h"

#include <catch2/catch.hpp>

#include "charts/chart_order.h"
#include "tests/charts/page_builder.h"

using namespace chartscan;
using namespace chartscan::charts;
using namespace chartscan::charts::testing;

namespace {

// A batch under construction: each call adds the next page.
struct Feed {
  std::vector<Page> pages;
  std::vector<PageText> texts;

  Page& add(const char* type = "unknown", double cue = 0.1, const std::string& text = "") {
    Page page;
    page.id = PageId{pages.size() + 1};
    page.batch = BatchId{1};
    page.state = PageState::Processed;
    page.sequence = static_cast<int>(pages.size()) + 1;
    page.types.push_back({type, std::string(type) == "unknown" ? 0.6 : 0.95});
    page.first_page_cue = cue;
    page.quality = {.text_confidence = 0.95, .words = 120};
    page.fingerprint = 0x9E3779B97F4A7C15ull * (pages.size() + 1);
    pages.push_back(page);
    texts.push_back(PageBuilder().prose(text.empty() ? "page with words of its own number " + std::to_string(pages.size() * 7919) : text));
    return pages.back();
  }
  Page& field(FieldKind kind, const char* value) {
    pages.back().fields.push_back({kind, value, {}, 0.95, "label"});
    return pages.back();
  }
  // "1,2|3": pages of the documents.
  std::string shape() {
    assembly = assemble(pages, [this](std::size_t i) { return texts[i]; }).value();
    std::string out;
    for (const Document& document : assembly.documents) {
      if (!out.empty()) out += '|';
      for (std::size_t i = 0; i < document.pages.size(); ++i) out += (i ? "," : "") + std::to_string(document.pages[i].value);
    }
    return out;
  }
  Assembly assembly;
};

}  // namespace

TEST_CASE("titles begin documents and continuation pages stay with them", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note", 0.8);
  feed.add();
  feed.add("lab_report", 0.8);
  feed.add("lab_report", 0.1);
  CHECK(feed.shape() == "1,2|3,4");
  CHECK(feed.assembly.documents[0].type == "progress_note");
  CHECK(feed.assembly.documents[1].type == "lab_report");
  CHECK(feed.assembly.documents[1].id == DocumentId{3});
}

TEST_CASE("separators part documents, belong to none, and keep titles inside from parting them", "[charts][boundaries]") {
  Feed feed;
  feed.add("consent_form", 0.8);
  feed.add("progress_note", 0.8);
  feed.add().separator = SeparatorKind::Document;
  feed.add();
  CHECK(feed.shape() == "1,2|4");
  CHECK(feed.pages[2].state == PageState::Separator);
  CHECK(feed.pages[0].state == PageState::Processed);
}

TEST_CASE("printed page numbers rule", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note", 0.95), feed.field(FieldKind::PageNumber, "1/2");
  feed.add("progress_note", 0.8), feed.field(FieldKind::PageNumber, "2/2");  // a running title
  feed.add("progress_note", 0.4), feed.field(FieldKind::PageNumber, "1/1");
  feed.add("progress_note", 0.8);
  CHECK(feed.shape() == "1,2|3|4");
}

TEST_CASE("another patient begins a document unless the page number goes on", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note", 0.8), feed.field(FieldKind::Mrn, "4410982");
  feed.add("progress_note", 0.1), feed.field(FieldKind::Mrn, "7777777");
  CHECK(feed.shape() == "1|2");
  Feed numbered;
  numbered.add("progress_note", 0.8), numbered.field(FieldKind::Mrn, "4410982"), numbered.field(FieldKind::PageNumber, "1/3");
  numbered.add("progress_note", 0.1), numbered.field(FieldKind::Mrn, "7777777"), numbered.field(FieldKind::PageNumber, "2/3");
  CHECK(numbered.shape() == "1,2");  // a foreign page: linking finds it
}

TEST_CASE("a misread MRN does not part a document", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note", 0.8), feed.field(FieldKind::Mrn, "4410982");
  feed.add("progress_note", 0.1), feed.field(FieldKind::Mrn, "44109B2");
  CHECK(feed.shape() == "1,2");
}

TEST_CASE("neighbouring numbers with other names are two patients", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note"), feed.field(FieldKind::Mrn, "4080214"), feed.field(FieldKind::PatientName, "VALE, DANA");
  feed.add("progress_note"), feed.field(FieldKind::Mrn, "4080215"), feed.field(FieldKind::PatientName, "VALE, DINA");
  CHECK(feed.shape() == "1|2");
  Feed coded;  // numbers that barcodes confirm are not misread
  coded.add("progress_note"), coded.field(FieldKind::Mrn, "4080214").barcodes.push_back({"4080214", "Code128", {}});
  coded.add("progress_note"), coded.field(FieldKind::Mrn, "4080215").barcodes.push_back({"4080215", "Code128", {}});
  CHECK(coded.shape() == "1|2");
}

TEST_CASE("another patient's sheet between the pages of a document becomes a document that waits", "[charts][boundaries]") {
  const auto add = [](Feed& feed, const char* mrn, const char* number, double cue) {
    feed.add("consult_note", cue), feed.field(FieldKind::Mrn, mrn);
    if (number) feed.field(FieldKind::PageNumber, number);
  };
  const auto foreign = [](const Feed& feed, std::size_t i) { return has_finding(feed.assembly.documents.at(i).findings, finding::kForeignPage); };
  Feed feed;
  add(feed, "4410982", "1/2", 0.95);
  add(feed, "7777777", "1/1", 0.95);
  add(feed, "4410982", "2/2", 0.02);
  add(feed, "8888888", "1/1", 0.95);
  CHECK(feed.shape() == "1,3|2|4");
  CHECK_FALSE(foreign(feed, 0));
  CHECK(foreign(feed, 1));
  CHECK_FALSE(foreign(feed, 2));
  Feed unnumbered;
  add(unnumbered, "4410982", nullptr, 0.8);
  add(unnumbered, "7777777", nullptr, 0.8);
  add(unnumbered, "4410982", nullptr, 0.1);
  CHECK(unnumbered.shape() == "1,3|2");
  Feed visits;  // three documents of two patients in turn are no mix-up
  add(visits, "4410982", "1/1", 0.95);
  add(visits, "7777777", "1/1", 0.95);
  add(visits, "4410982", "1/1", 0.95);
  CHECK(visits.shape() == "1|2|3");
  CHECK_FALSE(foreign(visits, 1));
}

TEST_CASE("a page that cannot be read stands alone unless a page is missing there", "[charts][boundaries]") {
  const auto add_garbage = [](Feed& feed) { feed.add().findings.push_back({finding::kLowTextConfidence, "", 0}); };
  Feed complete;
  complete.add("consult_note", 0.95), complete.field(FieldKind::PageNumber, "1/2");
  complete.add("consult_note", 0.02), complete.field(FieldKind::PageNumber, "2/2");
  add_garbage(complete);
  add_garbage(complete);
  CHECK(complete.shape() == "1,2|3|4");
  Feed missing;
  missing.add("consult_note", 0.95), missing.field(FieldKind::PageNumber, "1/3");
  add_garbage(missing);
  missing.add("consult_note", 0.02), missing.field(FieldKind::PageNumber, "3/3");
  add_garbage(missing);
  CHECK(missing.shape() == "1,2,3|4");
}

TEST_CASE("a few separators do not join the documents between them", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note", 0.95), feed.field(FieldKind::PageNumber, "1/1");
  feed.add().separator = SeparatorKind::Document;
  feed.add("progress_note", 0.95), feed.field(FieldKind::PageNumber, "1/1");
  feed.add("lab_report", 0.95), feed.field(FieldKind::PageNumber, "1/1");
  feed.add("radiology_report", 0.8);
  CHECK(feed.shape() == "1|3|4|5");
}

TEST_CASE("texts are asked for only where sheets look alike, and their loss is an error", "[charts][boundaries]") {
  Feed feed;
  for (int i = 0; i < 6; ++i) feed.add("progress_note", 0.8);
  int asked = 0;
  CHECK(assemble(feed.pages, [&](std::size_t i) { return ++asked, Result<PageText>(feed.texts[i]); }).ok());
  CHECK(asked == 0);
  feed.add("progress_note", 0.8).fingerprint = feed.pages[5].fingerprint;
  const auto lost = assemble(feed.pages, [](std::size_t) { return Result<PageText>(Error{ErrorCode::Storage, "torn", {}}); });
  REQUIRE_FALSE(lost.ok());
  CHECK(lost.error().code == ErrorCode::Storage);
}

TEST_CASE("blank backs are set aside and rejected sides belong to no document", "[charts][boundaries]") {
  Feed feed;
  feed.add("progress_note", 0.8);
  feed.add().blank = true;
  feed.add();
  feed.add().state = PageState::Rejected;
  feed.add();
  CHECK(feed.shape() == "1,3,5");
  CHECK(feed.pages[1].state == PageState::BlankAside);
  CHECK(feed.pages[3].state == PageState::Rejected);
}

TEST_CASE("a sheet fed twice is kept, listed and not filed twice", "[charts][boundaries]") {
  const std::string text = "Progress note of the day. Blood pressure 120 over 80, pulse 72, temperature 98.6, weight 180 pounds.";
  Feed feed;
  feed.add("progress_note", 0.8, text);
  feed.add("progress_note", 0.8, text).fingerprint = feed.pages[0].fingerprint ^ 0x21;
  CHECK(feed.shape() == "1");
  CHECK(feed.pages[1].state == PageState::Superseded);
  CHECK(feed.pages[1].duplicate_of == PageId{1});
  CHECK(has_finding(feed.pages[1].findings, finding::kDuplicateFeed));
}

TEST_CASE("pages that look alike but say other things are no duplicates", "[charts][boundaries]") {
  const auto note = [](const char* numbers) { return std::string("Progress note of the day. Blood pressure, pulse, temperature and weight: ") + numbers; };
  Feed feed;
  feed.add("progress_note", 0.8, note("120 80 72 986 180"));
  feed.add("progress_note", 0.8, note("135 91 64 991 176")).fingerprint = feed.pages[0].fingerprint;
  CHECK(feed.shape() == "1|2");
  Feed numbered;
  const std::string form = "Consent form with the same words on every page of it and nothing else to tell them apart by at all";
  numbered.add("consent_form", 0.8, form), numbered.field(FieldKind::PageNumber, "1/2");
  numbered.add("consent_form", 0.8, form).fingerprint = numbered.pages[0].fingerprint;
  numbered.field(FieldKind::PageNumber, "2/2");
  CHECK(numbered.shape() == "1,2");
  Feed far;
  far.add("progress_note", 0.8, note("1 2 3"));
  for (int i = 0; i < 5; ++i) far.add("progress_note", 0.8);
  far.add("progress_note", 0.8, note("1 2 3")).fingerprint = far.pages[0].fingerprint;
  far.shape();
  CHECK(far.pages.back().state == PageState::Processed);
}

TEST_CASE("a document takes type, date and author from its pages", "[charts][boundaries]") {
  Feed feed;
  feed.add("operative_report", 0.8), feed.field(FieldKind::ServiceDate, "2021-04-05");
  feed.add("unknown", 0.1), feed.field(FieldKind::Author, "Jane Roe, MD");
  feed.shape();
  const Document& document = feed.assembly.documents.at(0);
  CHECK(document.type == "operative_report");
  CHECK(document.service_date == Date{2021, 4, 5});
  CHECK(document.author == "Jane Roe, MD");
  CHECK(document.findings.empty());
  Feed silent;
  silent.add("unknown");
  silent.shape();
  CHECK(silent.assembly.documents.at(0).type == "unknown");
  CHECK(has_finding(silent.assembly.documents.at(0).findings, finding::kTypeUnsure));
}

TEST_CASE("a place to sign without ink is reported, unless the report is signed electronically", "[charts][boundaries]") {
  const auto is_unsigned = [](const char* type, bool line, bool ink, const char* text) {
    Feed feed;
    Page& page = feed.add(type, 0.8, text);
    page.signature_line = line;
    page.signature = ink;
    feed.shape();
    return has_finding(feed.assembly.documents.at(0).findings, finding::kUnsigned);
  };
  CHECK(is_unsigned("consent_form", true, false, "Signature of patient"));
  CHECK_FALSE(is_unsigned("consent_form", true, true, "Signature of patient"));
  CHECK_FALSE(is_unsigned("consent_form", false, false, "No place to sign"));
  CHECK_FALSE(is_unsigned("lab_report", true, false, "Signature"));
  CHECK_FALSE(is_unsigned("operative_report", true, false, "Electronically signed by Jane Roe"));
}

TEST_CASE("where something stands on a place to sign nobody is told that it is empty", "[charts][boundaries]") {
  Feed feed;
  Page& page = feed.add("consent_form", 0.8, "Signature of patient");
  page.signature_line = true;
  page.cues = {{CueKind::Signature, CueState::Absent, {}, 1, "", "", WrittenBy::Unknown}, {CueKind::Signature, CueState::Unsure, {}, 0.6, "", "", WrittenBy::Unknown}};
  feed.shape();
  CHECK(has_finding(feed.assembly.documents.at(0).findings, finding::kSignatureUnsure));
  CHECK_FALSE(has_finding(feed.assembly.documents.at(0).findings, finding::kUnsigned));
}

TEST_CASE("where sheets part the documents, a page that looks like a first one is reported", "[charts][boundaries]") {
  Feed feed;
  feed.add("consent_form", 0.8), feed.field(FieldKind::Title, "GENERAL CONSENT");
  feed.add("lab_report", 0.85), feed.field(FieldKind::Title, "LABORATORY REPORT");
  feed.add().separator = SeparatorKind::Document;
  feed.add("progress_note", 0.8);
  CHECK(feed.shape() == "1,2|4");
  CHECK(has_finding(feed.assembly.documents[0].findings, finding::kSeparatorMissed));
  CHECK_FALSE(has_finding(feed.assembly.documents[1].findings, finding::kSeparatorMissed));
  REQUIRE(feed.pages[1].start);
  CHECK(feed.pages[1].start->probability > 0.75);
  CHECK(feed.pages[1].start->because.find("another type") != std::string::npos);
}

TEST_CASE("an empty batch has no documents", "[charts][boundaries]") { CHECK(assemble({}, {}).value().documents.empty()); }

TEST_CASE("a chart is read by tabs, newest first, undated last", "[charts][order]") {
  const auto document = [](std::uint64_t id, const char* type, Date date) {
    Document d;
    d.id = DocumentId{id};
    d.type = type;
    d.service_date = date;
    return d;
  };
  const auto sections = chart_order({document(1, "lab_report", {2020, 1, 1}), document(2, "progress_note", {}), document(3, "progress_note", {2021, 1, 1}),
                                     document(4, "progress_note", {2022, 1, 1}), document(5, "unknown", {2022, 1, 1}), document(6, "consent_form", {})});
  REQUIRE(sections.size() == 4);
  CHECK(sections[0].name == "Administrative");
  CHECK(sections[1].name == "Progress notes");
  CHECK(sections[1].documents[0].id == DocumentId{4});
  CHECK(sections[1].documents[1].id == DocumentId{3});
  CHECK(sections[1].documents[2].id == DocumentId{2});
  CHECK(sections[2].name == "Laboratory");
  CHECK(sections[3].documents[0].type == "unknown");
  CHECK(chart_order({}).empty());
}

TEST_CASE("what may be of a class that is kept apart is kept apart, with little confidence", "[charts][boundaries]") {
  const auto of = [](std::vector<TypeGuess> guesses) {
    Feed feed;
    feed.add().types = std::move(guesses);
    feed.shape();
    return feed.assembly.documents.at(0);
  };
  const Document maybe = of({{"progress_note", 0.55}, {"psychiatric_evaluation", 0.2}, {"behavioral_health_note", 0.22}});
  CHECK(maybe.type == "behavioral_health_note");
  CHECK(maybe.type_confidence < 0.6);
  CHECK(has_finding(maybe.findings, finding::kTypeUnsure));
  CHECK(of({{"progress_note", 0.9}, {"behavioral_health_note", 0.08}}).type == "progress_note");
  CHECK(of({{"substance_use_record", 0.5}, {"progress_note", 0.4}}).type == "substance_use_record");
}
