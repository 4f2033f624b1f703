// A question as a tree. parse_query turns what a person types into it and says where it cannot; what the words stand for
// in this archive is found out later (indexer/plan.h). docs/searching.md is the prose twin. Pure; any thread.
//
//   query  = all { "OR" all }
//   all    = near { ["AND"] near }
//   near   = one { "NEAR" [ "/" number ] one }                  words and phrases only
//   one    = { "NOT" | "-" } ( "(" query ")" | "*" | [ field ":" ] value | "sort:" order )
//   value  = word | word"*" | word"~" [ "1" | "2" ] | '"' words '"' [ "~" number ]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::indexer {

inline constexpr std::size_t kMaxQueryBytes = 8192;
inline constexpr int kMaxQueryDepth = 64;  // parentheses and NOTs inside each other
inline constexpr std::uint32_t kNear = 10;      // words between, where NEAR does not say
inline constexpr std::uint32_t kMaxNear = 1000;

enum class Match { Exact, Prefix, Fuzzy };
enum class Order { Relevance, Newest, Oldest };  // by service date; undated last

struct QueryWord {
  std::string term;  // folded
  Match match = Match::Exact;
  int edits = 0;  // of Fuzzy
  bool operator==(const QueryWord&) const = default;
};

enum class FieldName { None, Type, Mrn, Patient, Dob, Date, Batch, Document, Author, Facility, Finding, Status, Barcode, File, Unread };

struct QueryNode {
  enum class Kind { And, Or, Not, Words, Near, Range, All };
  Kind kind = Kind::And;
  std::vector<QueryNode> children;  // And, Or, Near: two or more; Not: one
  FieldName field = FieldName::None;
  std::string value;             // Words with a field: as typed, without quotes, star and tilde
  bool quoted = false;           // in quotes: exactly this
  Match match = Match::Exact;    // how `value` is meant
  std::vector<QueryWord> words;  // Words: in a row, as a phrase; a field's may be empty when its value is a code
  std::uint32_t within = 0;      // Near: so many positions from the first to the last; Words: 0 = in a row
  std::string from, to;          // Range (dates, yyyymmdd): first and last, inclusive; "" = open
};

struct Query {
  QueryNode node;
  std::optional<Order> order;  // as the question says itself
};

// QuerySyntax errors say at which character and what was expected; they do not repeat the query, which may name a patient.
Result<Query> parse_query(std::string_view query);

// The character, from 1, at which such an error says the fault is.
std::optional<std::size_t> fault_place(const Error& error);

}  // namespace chartscan::indexer
