// Records in which every member differs from its default. The people are invented.
#pragma once

#include "core/batch.h"
#include "core/document.h"
#include "core/journal.h"
#include "core/page.h"
#include "core/patient.h"

namespace chartscan::examples {

inline Page page(std::uint64_t id, std::uint64_t batch) {
  Page page;
  page.id = {id};
  page.batch = {batch};
  page.sequence = static_cast<int>(id);
  page.original = {std::string(64, 'a'), MediaType::Tiff, 3, "batch-0001.tif"};
  page.state = PageState::Review;
  page.rejected_because = "page 3 cannot be decoded";
  page.geometry = {{2550, 3300}, 300, 299, 90, {-1.75}, {3300, 2550}, 0.5, 0.502};
  page.quality = {0.06, 0.8, 2.5, 4.25, 0.91, 318};
  page.blank = true;
  page.separator = SeparatorKind::Batch;
  page.barcodes = {{"MRN0012345", "Code128", {10, 20, 310, 80}}};
  page.types = {{"lab_report", 0.875}, {"unknown", 0.125}};
  page.first_page_cue = 0.7;
  page.fields = {{FieldKind::BirthDate, "1961-02-03", {1, 2, 3, 4}, 0.99, "label"}};
  page.signature_line = true;
  page.signature = true;
  page.fingerprint = 0xfedcba9876543210u;
  page.findings = {{finding::kTooLight, "mean ink level 0.31", 0.69}};
  page.stamps = {{"read", 2, "9f86d081"}};
  page.document = DocumentId{id};
  page.duplicate_of = PageId{id + 1};
  return page;
}

// What a scanner adds, and what people do. Format 1 knew nothing of it.
inline Page scanned_page(std::uint64_t id, std::uint64_t batch) {
  Page scanned = page(id, batch);
  scanned.capture = Capture{17, 1, 2, true, 300, "gray"};
  scanned.decisions = {0, false, false, true};  // zero and false are decisions, too
  scanned.superseded_by = PageId{id + 2};
  return scanned;
}

// With what its form was answered and all that is measured. Archives of the samples in compat/ know nothing of it.
inline Page form_page(std::uint64_t id, std::uint64_t batch) {
  Page form = scanned_page(id, batch);
  form.quality = {0.06, 0.8, 2.5, 4.25, 0.91, 318, 0.97, 0.2, 0.85, 0.99, 0.41, 0.3};
  form.type_reasons = {{"title: laboratory report", 4.5, {10, 20, 300, 60}}, {"i hereby", -0.75, {}}};
  form.start = StartGuess{0.97, "page 1 of 2"};
  form.cues = {{CueKind::Date, CueState::Unsure, {5, 6, 7, 8}, 0.75, "Date", "2024-03-12", WrittenBy::Pen},
               {CueKind::CheckBox, CueState::Absent, {1, 1, 9, 9}, 0.5, "", "", WrittenBy::Unknown}};
  return form;
}

inline Batch batch(std::uint64_t id) {
  Batch batch;
  batch.id = {id};
  batch.name = "box 12";
  batch.source = "scans/box-12";
  batch.content = std::string(64, 'c');
  batch.device = "folder";
  batch.operator_name = "desk 3";
  batch.state = BatchState::Fed;
  batch.sides_fed = 120;
  batch.expected_pages = 121;
  batch.refused = {{"broken.tif", 4, "the file ends early; scan the sheet again"}};
  batch.findings = {{finding::kCountMismatch, "expected 121, fed 120", 1}};
  batch.opened_at = 1'767'225'600;
  batch.closed_at = 1'767'229'200;
  return batch;
}

inline Batch scanned_batch(std::uint64_t id) {
  Batch scanned = batch(id);
  scanned.state = BatchState::Stopped;
  scanned.expected_sheets = 60;
  scanned.profile = "charts";
  scanned.scan = {"adf-duplex", 300, "gray", 215.9, 279.4};
  scanned.stop = Stop{"jam", "read", "SANE_STATUS_JAMMED", 17, 1, "paper is jammed", "put back sheet 17", 1'767'225'700};
  scanned.suspects = {16, 17};
  scanned.interruptions = 3;
  scanned.journal = {42, std::string(64, 'e')};
  return scanned;
}

inline JournalLine journal_line() {
  JournalLine line;
  line.batch = {1};
  line.number = 42;
  line.event = JournalEvent::Rescanned;
  line.at = 1'767'225'800;
  line.who = "desk 3";
  line.detail = "sheet 17 fed again";
  line.page = {99};
  line.sequence = 33;
  line.sheet = 17;
  line.side = 1;
  line.attempt = 2;
  line.hash = std::string(64, 'a');
  line.size = 81'920;
  line.before = {{{33}, 33, {90, true, true, false}, PageId{35}}};
  line.suspects = {17};
  line.undoes = 12;
  line.previous = std::string(64, 'f');
  return line;
}

inline Document document(std::uint64_t id, std::uint64_t batch) {
  const std::vector<LinkReason> reasons{{"mrn", Agreement::Agrees, 12.5, "page P00000042 reads the same"},
                                        {"dob", Agreement::Disagrees, -4.25, "page P00000042 reads 1961-02-03, index has 1961-02-13"}};
  Document document;
  document.id = {id};
  document.batch = {batch};
  document.pages = {{id}, {id + 1}, {id + 2}};
  document.type = "";  // not the default
  document.type_confidence = 0.77;
  document.service_date = {2019, 11, 30};
  document.author = "Q. EXAMPLE MD";
  document.link = {LinkStatus::Person, "MRN-1", 0.93, reasons, {{"MRN-2", 0.4, reasons}}};
  document.filed = true;
  document.findings = {{finding::kUnsigned, "page 2", 0.5}};
  document.decided_by = "desk 3";
  return document;
}

inline Patient patient(const std::string& mrn) {
  return {mrn,  "TESTCASE",  "ADA",      "LOU",     "JR",         "",   {1961, 2, 3}, "F",
          "999-00-1234", "555-0100", "1 MAIN ST", "SPRINGFIELD", "MA",         "01101"};
}

inline PageText text() {
  PageText text;
  for (int i = 0; i < 60; ++i) {
    const int line = i / 6, x = 100 + i % 6 * 150, y = 200 + line * 45;
    text.words.push_back({"w\xc3\xb6rd" + std::to_string(i), {x, y - i % 3, x + 90 + i % 7, y + 30}, i / 60.0, line});
  }
  return text;
}

}  // namespace chartscan::examples
