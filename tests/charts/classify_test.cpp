#include "charts/classify.h"

#include <catch2/catch.hpp>

#include "tests/charts/page_builder.h"

using namespace chartscan;
using namespace chartscan::charts;
using namespace chartscan::charts::testing;

namespace {
std::string type_of(const PageText& text) { return classify(text, {kLetter}).types.front().type; }
}  // namespace

TEST_CASE("a title decides, in any dress", "[charts][classify]") {
  CHECK(type_of(PageBuilder().centred("DISCHARGE SUMMARY").line("The patient did well.")) == "discharge_summary");
  CHECK(type_of(PageBuilder().line("Operative Report", 30).line("Dictated note follows.")) == "operative_report");
  CHECK(type_of(PageBuilder().line("RIVERSIDE CLINIC\tPROGRESS NOTE").line("Seen today.")) == "progress_note");
  CHECK(type_of(PageBuilder().centred("HISTORY & PHYSICAL").line("Seen today.")) == "history_physical");
  CHECK(type_of(PageBuilder().centred("H&P").line("Seen today.")) == "history_physical");
  CHECK(type_of(PageBuilder().centred("PHYSICIAN'S ORDERS").line("Tylenol 650 mg q6h.")) == "physician_orders");
  CHECK(type_of(PageBuilder().centred("PHYSICIAN ORDERS FOR LIFE-SUSTAINING TREATMENT").line("CPR")) == "advance_directive");
  CHECK(type_of(PageBuilder().centred("CONSENT FOR ANESTHESIA").line("I agree.")) == "anesthesia_consent");
  CHECK(classify(PageBuilder().centred("RIVERSIDE GENERAL HOSPITAL").centred("PROGRESS NOTE").line("Seen."), {kLetter}).first_page_cue > 0.6);
  // Two titles in one line, and a part of the form that is named like another form.
  CHECK(type_of(PageBuilder().centred("GENERAL CONSENT TO TREATMENT AND CONDITIONS OF ADMISSION", 26).line("I consent to nursing care.").line("PATIENT RIGHTS")
                    .line("I was offered the notice of privacy practices.")) == "consent_form");
  CHECK(type_of(PageBuilder().centred("FAX COVER SHEET").line("To: Records").line("From: Clinic")) == "referral_fax");
}

TEST_CASE("a title survives OCR errors", "[charts][classify]") {
  CHECK(type_of(PageBuilder().centred("D1SCHARGE SUMRNARY").line("The patient did well.")) == "discharge_summary");
  CHECK(type_of(PageBuilder().centred("OPERATVE REP0RT").line("Dictated note follows.")) == "operative_report");
  CHECK(type_of(PageBuilder().centred("IMMUNIZATI0N REC0RD").line("Given in clinic.")) == "immunization_record");
}

TEST_CASE("a title inside a sentence does not decide", "[charts][classify]") {
  const PageText page = PageBuilder().prose(
      "Please see the discharge summary of last year for details, and the operative report in the old chart, which was not "
      "at hand when these lines were written down for the record of the day.");
  const PageClass found = classify(page, {kLetter});
  CHECK(found.title.value.empty());
  CHECK(found.types.front().type == "unknown");
}

TEST_CASE("a page that does not say stays unknown", "[charts][classify]") {
  CHECK(type_of({}) == "unknown");
  CHECK(type_of(PageBuilder().line("Thank you.")) == "unknown");
  CHECK(type_of(PageBuilder().line("lorem ipsum dolor sit amet").line("17 42 99")) == "unknown");
}

TEST_CASE("headings of the body decide where there is no title", "[charts][classify]") {
  CHECK(type_of(PageBuilder()
                    .line("PREOPERATIVE DIAGNOSIS: Cholelithiasis.")
                    .line("POSTOPERATIVE DIAGNOSIS: Same.")
                    .line("ESTIMATED BLOOD LOSS: 20 mL.")) == "operative_report");
  CHECK(type_of(PageBuilder().line("SPECIMEN: Skin.").line("GROSS DESCRIPTION: Received in formalin.").line(
            "MICROSCOPIC DESCRIPTION: Sections show.")) == "pathology_report");
  CHECK(type_of(PageBuilder().line("EXAM: CT of the abdomen").line("TECHNIQUE: Axial images.").line("FINDINGS: Normal.").line(
            "IMPRESSION: Normal.")) == "radiology_report");
  CHECK(type_of(PageBuilder().line("S: Better.").line("O: Afebrile.").line("A: Improving.").line("P: Continue.").line(
            "SUBJECTIVE: as above").line("OBJECTIVE: as above")) == "progress_note");
}

TEST_CASE("headings of parts do not outweigh the title", "[charts][classify]") {
  const PageText page = PageBuilder()
                            .centred("DISCHARGE SUMMARY")
                            .gap(80)
                            .line("CURRENT MEDICATIONS", 24)
                            .line("Aspirin 81 mg by mouth daily")
                            .line("DISCHARGE INSTRUCTIONS", 24)
                            .line("Call your doctor if you feel unwell.");
  CHECK(type_of(page) == "discharge_summary");
}

TEST_CASE("page numbers and titles tell first pages from later ones", "[charts][classify]") {
  CHECK(classify(PageBuilder().centred("PROGRESS NOTE").line("Page 1 of 2"), {kLetter}).first_page_cue > 0.9);
  CHECK(classify(PageBuilder().centred("PROGRESS NOTE").line("Seen."), {kLetter}).first_page_cue > 0.6);
  CHECK(classify(PageBuilder().centred("PROGRESS NOTE").line("Page 2 of 2"), {kLetter}).first_page_cue < 0.1);
  CHECK(classify(PageBuilder().prose("and was then taken home by the family."), {kLetter}).first_page_cue < 0.3);
}

TEST_CASE("the words taken as title are shown with their place", "[charts][classify]") {
  const PageClass page = classify(PageBuilder().centred("LABORATORY REPORT").line("Sodium 140 mmol/L"), {kLetter});
  CHECK(page.title.value == "LABORATORY REPORT");
  CHECK(page.title.box.y0 == 120);
  CHECK(page.types.front().confidence > 0.9);
}

TEST_CASE("misread words count as what they were", "[charts][classify]") {
  CHECK(type_of(PageBuilder()
                    .line("PREOPERATIVE DIAGN0SIS: Cholelithiasis, preoperatlve x-ray reviewd.")
                    .line("The patlent was taken to the operatng room, induced, prepped and drapped. An incison was made; the fascla was closed with Vlcryl.")
                    .line("Spone and neddle counts were corect. Estimated blood loss 20 mL.")) == "operative_report");
}

TEST_CASE("without a title a page's words say whether a document begins with it", "[charts][classify]") {
  const auto cue = [](const PageText& page) { return classify(page, {}).first_page_cue; };
  const double opens = cue(PageBuilder().line("PREOPERATIVE DIAGNOSIS: Cholelithiasis.").line("POSTOPERATIVE DIAGNOSIS: Same.").line("ANESTHESIA: General."));
  const double goes_on = cue(PageBuilder()
                                 .line("closed in layers with Vicryl and the skin with staples. A sterile dressing was applied.")
                                 .line("The patient tolerated the procedure well and was taken to the recovery room in stable condition."));
  CHECK(opens > goes_on + 0.05);
  CHECK(opens < 0.3);  // a title says more
}
