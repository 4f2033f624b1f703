#include "indexer/query.h"

#include <catch2/catch.hpp>
#include <random>

namespace chartscan::indexer {
namespace {

// The tree in one line: (and a (not b)), [a b*] for a phrase, field=value, date 20190101..20191231.
std::string shown(const QueryNode& node) {
  using Kind = QueryNode::Kind;
  if (node.kind == Kind::Range) return node.from + ".." + node.to;
  if (node.kind == Kind::Words && node.field != FieldName::None) {
    return std::to_string(static_cast<int>(node.field)) + "=" + node.value + (node.match == Match::Prefix ? "*" : "");
  }
  std::string text;
  if (node.kind == Kind::Words) {
    for (const QueryWord& word : node.words) {
      text += (text.empty() ? "" : " ") + word.term;
      if (word.match == Match::Prefix) text += '*';
      if (word.match == Match::Fuzzy) text += "~" + std::to_string(word.edits);
    }
    return node.words.size() == 1 ? text : "[" + text + "]";
  }
  text = node.kind == Kind::And ? "(and" : node.kind == Kind::Or ? "(or" : "(not";
  for (const QueryNode& child : node.children) text += " " + shown(child);
  return text + ")";
}

std::string parsed(const std::string& query) {
  const auto node = parse_query(query);
  return node.ok() ? shown(node->node) : "error " + node.error().message;
}

std::string field(FieldName name, const std::string& value) { return std::to_string(static_cast<int>(name)) + "=" + value; }

TEST_CASE("words are joined by AND, and AND binds closer than OR", "[indexer][query]") {
  CHECK(parsed("chest pain") == "(and chest pain)");
  CHECK(parsed("chest AND pain") == "(and chest pain)");
  CHECK(parsed("a1 b1 OR c1 d1") == "(or (and a1 b1) (and c1 d1))");
  CHECK(parsed("a1 (b1 OR c1)") == "(and a1 (or b1 c1))");
  CHECK(parsed("((a1))") == "a1");
}

TEST_CASE("NOT and a leading dash take pages away; a dash inside a word is punctuation", "[indexer][query]") {
  CHECK(parsed("chest NOT pain") == "(and chest (not pain))");
  CHECK(parsed("chest -pain") == "(and chest (not pain))");
  CHECK(parsed("chest -(a1 OR b1)") == "(and chest (not (or a1 b1)))");
  CHECK(parsed("MR-00123") == "[mr 00123]");
  CHECK(parsed("chest - pain") == "(and chest pain)");
}

TEST_CASE("operators count only in capitals", "[indexer][query]") {
  CHECK(parsed("salt and pepper or not") == "(and salt and pepper or not)");
  CHECK(parsed("\"AND\" \"OR\"") == "(and and or)");
}

TEST_CASE("a word with punctuation is a phrase of its parts", "[indexer][query]") {
  CHECK(parsed("10/15/2019") == "[10 15 2019]");
  CHECK(parsed("3.6cm") == "(or [3 6cm] [3 6 cm])");
  CHECK(parsed("\"Chest pain, acute\"") == "[chest pain acute]");
  CHECK(parsed("H & P") == "(and h p)");
  CHECK(parsed("12:30") == "[12 30]");
  CHECK(parsed("Name: Ann") == "(and name ann)");
}

TEST_CASE("star and tilde belong to the last part of their word", "[indexer][query]") {
  CHECK(parsed("hyper*") == "hyper*");
  CHECK(parsed("E11.9*") == "[e11 9*]");
  CHECK(parsed("E11.*") == "e11");
  CHECK(parsed("\"chest pai*\"") == "[chest pai*]");
  CHECK(parsed("asthma~") == "asthma~1");
  CHECK(parsed("hypertension~") == "hypertension~2");
  CHECK(parsed("hypertension~1") == "hypertension~1");
}

TEST_CASE("fields take a word or a quoted value", "[indexer][query]") {
  CHECK(parsed("type:radiology") == field(FieldName::Type, "radiology"));
  CHECK(parsed("TYPE:11506-3") == field(FieldName::Type, "11506-3"));
  CHECK(parsed("mrn:MR-00123 pain") == "(and " + field(FieldName::Mrn, "MR-00123") + " pain)");
  CHECK(parsed("mrn:MR-0*") == field(FieldName::Mrn, "MR-0*"));
  CHECK(parsed("patient:\"doe, ann\"") == field(FieldName::Patient, "doe, ann"));
  CHECK(parsed("-status:filed") == "(not " + field(FieldName::Status, "filed") + ")");
  CHECK(parsed("is:blank") == field(FieldName::Status, "blank"));
  CHECK(parsed("is:unsigned") == field(FieldName::Finding, "unsigned"));
  CHECK(parsed("\"see: this\"") == "[see this]");
}

TEST_CASE("dates are years, months, days and ranges of them", "[indexer][query]") {
  CHECK(parsed("date:2019") == "20190000..20199999");
  CHECK(parsed("date:2019-03") == "20190300..20190399");
  CHECK(parsed("date:2019-03-05") == "20190305..20190305");
  CHECK(parsed("date:2019..2021-06") == "20190000..20210699");
  CHECK(parsed("dob:..1960") == "..19609999");
  CHECK(parsed("date:2019..") == "20190000..");
}

TEST_CASE("an error names the character and what was expected", "[indexer][query]") {
  const auto fails_at = [](const std::string& query, int character, const std::string& expected) {
    const auto node = parse_query(query);
    INFO(query);
    REQUIRE(!node.ok());
    CHECK(node.error().code == ErrorCode::QuerySyntax);
    CHECK_THAT(node.error().message, Catch::StartsWith("at character " + std::to_string(character) + ":"));
    CHECK_THAT(node.error().message, Catch::Contains(expected));
  };
  fails_at("", 1, "expected a word");
  fails_at("   ", 4, "expected a word");
  fails_at("& /", 1, "only punctuation");
  fails_at("chest AND", 10, "expected a word after AND");
  fails_at("OR chest", 1, "expected a word before OR");
  fails_at("chest OR OR pain", 10, "expected a word after OR");
  fails_at("chest NOT", 10, "expected a word after NOT");
  fails_at("(chest pain", 1, "expected ')'");
  fails_at("chest (a1 (b1)", 7, "expected ')'");
  fails_at("chest) pain", 6, "expected '('");
  fails_at("chest ()", 8, "expected a word between");
  fails_at("say \"chest pain", 5, "quote is never closed");
  fails_at("é \"chest", 3, "quote is never closed");  // characters, not bytes
  fails_at("typ:radiology", 1, "no such field");
  fails_at("type:", 6, "expected a value");
  fails_at("type: radiology", 6, "expected a value");
  fails_at("author:\"\"", 8, "expected a value");
  fails_at("author:!!", 8, "expected letters or digits");
  fails_at("date:13/25/2019", 6, "expected a date such as");
  fails_at("date:2019-13", 6, "expected a date such as");
  fails_at("date:2019-02-30", 6, "expected a date such as");
  fails_at("date:..", 6, "expected a date such as");
  fails_at("date:2021..2019", 6, "backwards");
  fails_at("pain is:lost", 9, "expected unsigned, unread");
  fails_at("status:gone", 8, "expected filed");
  fails_at("a*", 1, "at least 2");
  fails_at("!*", 1, "expected letters or digits");
  fails_at("hy*tension", 3, "only at the end");
  fails_at("\"chest pain\"*", 13, "inside the quotes");
  fails_at("\"chest pain\"~x", 14, "expected a number of words");
}

TEST_CASE("an error does not repeat what was typed", "[indexer][query]") {
  for (const char* query : {"jonathan:smith", "(jonathan", "date:jonathan", "jo*nathan", "\"jonathan", "status:jonathan"}) {
    const auto node = parse_query(query);
    REQUIRE(!node.ok());
    CHECK_THAT(node.error().message, !Catch::Contains("jonathan") && !Catch::Contains("nathan"));
  }
}

TEST_CASE("hostile questions are refused, not suffered", "[indexer][query]") {
  CHECK(!parse_query(std::string(kMaxQueryBytes + 1, 'a')).ok());
  CHECK(parse_query(std::string(kMaxQueryBytes, 'a')).ok());
  CHECK(!parse_query(std::string(4000, '(')).ok());
  CHECK(!parse_query(std::string(4000, '(') + "a1" + std::string(4000, ')')).ok());
  CHECK(parse_query(std::string(kMaxQueryDepth - 1, '(') + "a1" + std::string(kMaxQueryDepth - 1, ')')).ok());
  CHECK(!parse_query(std::string(4000, '-') + "a1").ok());
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "NOT ";
  CHECK(!parse_query(nots + "a1").ok());
  CHECK(parsed("caf\xFF\xC3 pain") == "(and caf pain)");
}

TEST_CASE("any bytes give a tree or an error", "[indexer][query]") {
  std::mt19937 random(7);
  const std::string pieces = "ab1 \t()\"*~-:.é\xFF\xC3ORANDNOTtypedateis:2019..";
  for (int round = 0; round < 20000; ++round) {
    std::string query;
    for (auto length = random() % 24; length > 0; --length) query += pieces[random() % pieces.size()];
    const auto node = parse_query(query);
    if (!node.ok()) CHECK(node.error().code == ErrorCode::QuerySyntax);
  }
}

}  // namespace
}  // namespace chartscan::indexer
