// A question as a tree. parse_query turns what a person types into it and says where it cannot; what the words stand for
// in this archive is found out later (indexer/plan.h). Pure; any thread.
//
//   query  = all { "OR" all }
//   all    = one { ["AND"] one }
//   one    = { "NOT" | "-" } ( "(" query ")" | [ field ":" ] value )
//   value  = word | word"*" | word"~" [ "1" | "2" ] | '"' words '"'
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::indexer {

inline constexpr std::size_t kMaxQueryBytes = 8192;
inline constexpr int kMaxQueryDepth = 64;  // parentheses and NOTs inside each other

enum class Match { Exact, Prefix, Fuzzy };

struct QueryWord {
  std::string term;  // folded
  Match match = Match::Exact;
  int edits = 0;  // of Fuzzy
  bool operator==(const QueryWord&) const = default;
};

enum class FieldName { None, Type, Mrn, Patient, Dob, Date, Batch, Author, Facility, Finding, Status, Barcode, File };

struct QueryNode {
  enum class Kind { And, Or, Not, Words, Range };
  Kind kind = Kind::And;
  std::vector<QueryNode> children;  // And, Or: two or more; Not: one
  FieldName field = FieldName::None;
  std::string value;             // Words with a field: as typed, without quotes, star and tilde
  Match match = Match::Exact;    // how `value` is meant
  std::vector<QueryWord> words;  // Words: in a row, as a phrase; a field's may be empty when its value is a code
  std::string from, to;          // Range (dates, yyyymmdd): first and last, inclusive; "" = open
};

// QuerySyntax errors say at which character and what was expected; they do not repeat the query, which may name a patient.
Result<QueryNode> parse_query(std::string_view query);

}  // namespace chartscan::indexer
