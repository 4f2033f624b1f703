#include "charts/document_types.h"

#include <catch2/catch.hpp>
#include <set>

using namespace chartscan;
using namespace chartscan::charts;

TEST_CASE("every document type file can be read", "[charts][types]") {
  REQUIRE(type_files().size() >= 17);
  std::set<std::string> codes;
  for (const TypeFile& file : type_files()) {
    INFO(file.name);
    const auto type = parse_document_type(file.name, file.text);
    if (!type) FAIL(to_string(type.error()));
    CHECK(codes.insert(type->code).second);
    CHECK(std::string(file.name) == type->code + ".toml");
  }
}

TEST_CASE("the types others rely on keep their codes", "[charts][types]") {
  const std::pair<const char*, const char*> contract[] = {
      {"progress_note", "11506-3"},      {"history_physical", "34117-2"}, {"discharge_summary", "18842-5"},
      {"operative_report", "11504-8"},   {"radiology_report", "18748-4"}, {"pathology_report", "11526-1"},
      {"lab_report", "11502-2"},         {"consult_note", "11488-4"},     {"consent_form", "59284-0"},
      {"medication_list", "56445-0"},    {"immunization_record", "11369-6"}, {"insurance_card", "64290-0"},
      {"referral_fax", "57133-1"},       {"ecg", "11524-6"},              {"physician_orders", "46209-3"},
      {"advance_directive", "42348-3"},  {"other", "51851-4"}};
  std::set<std::string> codes;
  for (const auto& [code, loinc] : contract) {
    codes.insert(code);
    REQUIRE(find_document_type(code));
    CHECK(find_document_type(code)->loinc == loinc);
    CHECK(find_document_type(loinc) == find_document_type(code));
    CHECK(export_code(code) == code);
  }
  for (const DocumentType& type : document_types()) {
    INFO(type.code);
    CHECK(codes.contains(type.exported_as));
  }
  CHECK(find_document_type("no_such_type") == nullptr);
  CHECK(export_code("unknown") == "unknown");
}

TEST_CASE("a broken document type file is refused by name", "[charts][types]") {
  const std::string head = "code = \"a\"\nloinc = \"1-1\"\nname = \"A\"\n";
  const auto refused = [](std::string_view text) {
    const auto type = parse_document_type("broken.toml", text);
    return !type.ok() && type.error().message.find("broken.toml") != std::string::npos;
  };
  CHECK(refused("code = "));
  CHECK(refused(head + "[titles]\n\"a title\" = 1.0\n"));                                    // no section
  CHECK(refused(head + "section = \"Nowhere\"\n[titles]\n\"a title\" = 1.0\n"));
  CHECK(refused(head + "section = \"Orders\"\n[titles]\n\"a title\" = \"heavy\"\n"));
  CHECK(refused(head + "section = \"Orders\"\n[titles]\n\"a title\" = -1.0\n"));
  CHECK(refused(head + "section = \"Orders\"\n"));                                            // nothing to know it by
  CHECK_FALSE(refused(head + "section = \"Orders\"\n[titles]\n\"a title\" = 1.0\n"));
}

TEST_CASE("papers that are sensitive by nature have a class", "[charts][types]") {
  for (const char* code : {"psychiatric_evaluation", "behavioral_health_note", "psychotherapy_note", "substance_use_record", "sexual_health_result", "genetic_report"}) {
    INFO(code);
    REQUIRE(find_document_type(code));
    CHECK_FALSE(find_document_type(code)->sensitivity.empty());
  }
  CHECK(find_document_type("progress_note")->sensitivity.empty());
  CHECK(find_document_type("release_authorization")->sensitivity.empty());
}
