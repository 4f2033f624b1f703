#include "pipeline/separators.h"

#include <catch2/catch.hpp>

using namespace chartscan;
using namespace chartscan::pipeline;

namespace {

SeparatorAction said(const std::string& payload, const SeparatorSettings& settings = {}) { return action_of({payload, "Code128", {}}, settings); }
SeparatorAction patch(const std::string& sign, const SeparatorSettings& settings = {}) { return action_of({"PATCH " + sign, "Patch" + sign, {}}, settings); }

}  // namespace

TEST_CASE("patch codes have the meanings of the standard until the configuration says otherwise", "[pipeline][separate]") {
  CHECK(patch("T") == SeparatorAction::Document);
  CHECK(patch("2") == SeparatorAction::Document);
  CHECK(patch("3") == SeparatorAction::Batch);
  for (const char* steering : {"1", "4", "6", "9"}) CHECK(patch(steering) == SeparatorAction::Ignore);

  SeparatorSettings changed;
  for (auto& rule : changed.patches) rule.action = rule.sign == "T" ? SeparatorAction::Batch : SeparatorAction::Patient;
  CHECK(patch("T", changed) == SeparatorAction::Batch);
  CHECK(patch("1", changed) == SeparatorAction::Patient);
}

TEST_CASE("payload patterns compare letters and digits, whole or from the start", "[pipeline][separate]") {
  CHECK(matches("PATIENTSEP*", "Patient-Sep 12"));
  CHECK(matches("NEW DOC", "new-doc"));
  CHECK_FALSE(matches("NEWDOC", "NEWDOC2"));
  CHECK_FALSE(matches("NEWDOC*", "XNEWDOC"));
  CHECK_FALSE(matches("*", "anything"));  // or every label of a patient would be a separator
  CHECK_FALSE(matches("", ""));
}

TEST_CASE("what is to be ignored is ignored, and of two kinds the stronger one counts", "[pipeline][separate]") {
  CHECK(said("PATIENTSEP") == SeparatorAction::Patient);
  CHECK(said("MRN1234567") == SeparatorAction::Ignore);
  SeparatorSettings settings;
  settings.document = {"FORM*"};
  settings.ignore = {"FORM 77*"};
  CHECK(said("form-76", settings) == SeparatorAction::Document);
  CHECK(said("form-77", settings) == SeparatorAction::Ignore);
  CHECK(said("SEPARATOR", settings) == SeparatorAction::Ignore);
}

TEST_CASE("other meanings of codes are other settings to the stamp of a page", "[pipeline][separate]") {
  SeparatorSettings changed;
  changed.patches.back().action = SeparatorAction::Batch;
  CHECK(words_of(changed) != words_of({}));
}
