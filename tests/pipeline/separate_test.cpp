#include <catch2/catch.hpp>

#include "pipeline/stages/stages.h"

using namespace chartscan;
using namespace chartscan::pipeline;

namespace {

PageDraft draft_with(const std::string& format, const std::string& payload, int words) {
  PageDraft draft;
  draft.page.barcodes = {{payload, format, {0, 0, 10, 10}}};
  draft.page.quality.words = words;
  draft.page.findings = {{finding::kOrientationUnsure, "", 0}};
  Workbench bench;
  REQUIRE(stages::separate(draft, bench, {}).ok());
  return draft;
}

}  // namespace

TEST_CASE("patch T and 2 part documents, patch 3 parts batches, the others steer the scanner", "[pipeline][separate]") {
  CHECK(draft_with("PatchT", "PATCH T", 3).page.separator == SeparatorKind::Document);
  CHECK(draft_with("Patch2", "PATCH 2", 3).page.separator == SeparatorKind::Document);
  CHECK(draft_with("Patch3", "PATCH 3", 3).page.separator == SeparatorKind::Batch);
  for (const char* other : {"Patch1", "Patch4", "Patch6"}) CHECK(draft_with(other, "", 3).page.separator == SeparatorKind::None);
}

TEST_CASE("a barcode that says separator makes a separator, however it is written", "[pipeline][separate]") {
  for (const char* payload : {"PATCHT", "Patch-T", "SEPARATOR", "Doc Sep 12", "separator sheet"})
    CHECK(draft_with("Code128", payload, 8).page.separator == SeparatorKind::Document);
  CHECK(draft_with("Code39", "BATCH-SEP", 8).page.separator == SeparatorKind::Batch);
  for (const char* payload : {"4080214", "MRN=4080214;NAME=DOE^ANN", "DISPATCHT", ""})
    CHECK(draft_with("Code128", payload, 8).page.separator == SeparatorKind::None);
}

TEST_CASE("a page full of text with a patch code on it is kept and starts a document", "[pipeline][separate]") {
  const PageDraft draft = draft_with("PatchT", "PATCH T", 300);
  CHECK(draft.page.separator == SeparatorKind::None);
  CHECK(draft.page.first_page_cue == 1);
  CHECK(has_finding(draft.page.findings, finding::kOrientationUnsure));
}

TEST_CASE("what is odd about a separator's image is nobody's work", "[pipeline][separate]") {
  CHECK(draft_with("PatchT", "PATCH T", 3).page.findings.empty());
}
