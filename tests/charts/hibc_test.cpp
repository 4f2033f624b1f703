#include "charts/hibc.h"

#include <catch2/catch.hpp>

#include "charts/identify.h"

using namespace chartscan;
using namespace chartscan::charts;

namespace {

std::vector<Field> fields_in(const std::string& payload) { return identify({}, {{payload, "Code128", {0, 0, 10, 10}}}, {1700, 2200}, 200); }

}  // namespace

TEST_CASE("a provider label gives its flags and data, and nothing with a wrong sign in it", "[charts][hibc]") {
  const std::string text = provider_label('E', 'M', "4410982");
  const auto label = parse_hibc(text);
  REQUIRE(label);
  CHECK(label->kind == Hibc::Kind::Provider);
  CHECK(label->where == "E");
  CHECK(label->what == "M");
  CHECK(label->data == "4410982");
  CHECK(parse_hibc("*" + text + "*"));
  for (std::size_t i = 0; i < text.size(); ++i) {  // every misread sign shows
    std::string wrong = text;
    wrong[i] = wrong[i] == '7' ? '1' : '7';
    INFO(wrong);
    CHECK_FALSE(parse_hibc(wrong));
  }
}

TEST_CASE("the standard's own supplier label is a product, and no record number", "[charts][hibc]") {
  const auto label = parse_hibc("+A123BJC5D6E71G");
  REQUIRE(label);
  CHECK(label->kind == Hibc::Kind::Supplier);
  CHECK(label->lic == "A123");
  CHECK(label->data == "BJC5D6E71");
  CHECK(fields_in("+A123BJC5D6E71G").empty());
  CHECK_FALSE(parse_hibc("+A123BJC5D6E71H"));
  CHECK_FALSE(parse_hibc("+1123BJC5D6E71G"));
}

TEST_CASE("what is no HIBC label is left to the other readers", "[charts][hibc]") {
  for (const char* text : {"", "+", "+/", "+/E", "4410982", "A123BJC5D6E71G", "**", "+/abc"}) CHECK_FALSE(parse_hibc(text));
  CHECK(provider_label('E', 'M', "").empty());
  CHECK(provider_label('E', 'M', "1234567890123456").empty());
  CHECK(provider_label('E', 'M', "44#1").empty());
}

TEST_CASE("the record number of a provider label counts, that of a damaged one does not", "[charts][hibc]") {
  const auto fields = fields_in(provider_label('A', 'A', "4410982"));
  REQUIRE(fields.size() == 1);
  CHECK(fields.front().kind == FieldKind::Mrn);
  CHECK(fields.front().value == "4410982");
  CHECK(fields_in("+/AA4410982!").empty());
  CHECK(fields_in("+15551234567").empty());  // a telephone number
}
