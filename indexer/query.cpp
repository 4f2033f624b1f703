#include "indexer/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "indexer/date_range.h"
#include "indexer/fields.h"
#include "indexer/fold.h"
#include "indexer/tokenizer.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kMinPrefix = 2;  // letters before a star: fewer would mean most of the archive
constexpr std::size_t kMinFuzzy = 3;   // letters before a tilde: fewer are near everything
constexpr std::size_t kTwoEdits = 8;   // words of this length may differ by two letters

struct FieldEntry {
  std::string_view text;
  FieldName name;
};
constexpr std::array kFields{
    FieldEntry{"type", FieldName::Type},       FieldEntry{"mrn", FieldName::Mrn},
    FieldEntry{"patient", FieldName::Patient}, FieldEntry{"dob", FieldName::Dob},
    FieldEntry{"date", FieldName::Date},       FieldEntry{"batch", FieldName::Batch},
    FieldEntry{"author", FieldName::Author},   FieldEntry{"facility", FieldName::Facility},
    FieldEntry{"finding", FieldName::Finding}, FieldEntry{"status", FieldName::Status},
    FieldEntry{"barcode", FieldName::Barcode}, FieldEntry{"file", FieldName::File},
    FieldEntry{"document", FieldName::Document},
    // what people guess
    FieldEntry{"born", FieldName::Dob},        FieldEntry{"year", FieldName::Date},
};
constexpr std::string_view kIs = "is", kSort = "sort";
constexpr const char* kFieldList =
    "type: mrn: patient: dob: date: batch: document: author: facility: finding: status: barcode: file: is: sort:";

constexpr std::array<std::string_view, 11> kStatuses{"filed",    "review",    "separator", "blank",  "superseded", "rejected",
                                                     "duplicate", "auto",     "person",    "none",   "unfound"};
constexpr const char* kStatusList = "filed, review, separator, blank, superseded, rejected, duplicate, auto, person, none or unfound";
// What may stand behind is: beside these: "unsigned", a finding, and "unread".
constexpr std::array<std::string_view, 8> kStates{"blank", "separator", "duplicate", "filed", "review", "superseded", "rejected", "unfound"};
constexpr const char* kStateList = "unsigned, unread, unfound, blank, separator, duplicate, superseded, rejected, filed or review";

struct OrderEntry {
  std::string_view text;
  Order order;
};
constexpr std::array kOrders{OrderEntry{"relevance", Order::Relevance}, OrderEntry{"date", Order::Newest},
                             OrderEntry{"-date", Order::Newest},        OrderEntry{"newest", Order::Newest},
                             OrderEntry{"oldest", Order::Oldest},       OrderEntry{"+date", Order::Oldest}};
constexpr std::string_view kNearWord = "NEAR";
constexpr std::string_view kPlace = "at character ";

// A dose is written "10mg" or "10 mg": asked for either way, both are found.
constexpr std::array<std::string_view, 26> kUnits{"bpm", "cc", "cm",  "fl",   "g",    "gm", "hr",  "hrs", "in",  "iu",  "kg",   "l",   "lb",
                                                  "lbs", "m",  "mcg", "meq",  "mg",   "min", "ml",  "mm",  "mmhg", "mmol", "ng",  "oz",  "units"};

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool ends_word(char c) { return is_blank(c) || c == '(' || c == ')' || c == '"'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A word without its trailing star or tilde.
struct Suffixed {
  std::string_view text;
  Match match = Match::Exact;
  int edits = 0;  // 0 = by length
};
Suffixed split_suffix(std::string_view raw) {
  if (raw.ends_with('*')) return {raw.substr(0, raw.size() - 1), Match::Prefix};
  if (raw.ends_with('~')) return {raw.substr(0, raw.size() - 1), Match::Fuzzy};
  if (raw.ends_with("~1")) return {raw.substr(0, raw.size() - 2), Match::Fuzzy, 1};
  if (raw.ends_with("~2")) return {raw.substr(0, raw.size() - 2), Match::Fuzzy, 2};
  return {raw};
}

bool ends_in_word(std::string_view text) {
  std::string folded;
  Folding last = Folding::Separates;
  for (std::size_t at = 0; at < text.size();) last = fold(next_code_point(text, at), folded);
  return last != Folding::Separates;
}

bool is_number(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }
bool is_unit(std::string_view text) { return std::binary_search(kUnits.begin(), kUnits.end(), text); }

// The other way to write the doses of a phrase; the phrase itself where it has none.
std::vector<QueryWord> respaced(const std::vector<QueryWord>& words) {
  std::vector<QueryWord> other;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& term = words[i].term;
    const std::size_t digits = std::min(term.find_first_not_of("0123456789"), term.size());
    const bool exact = words[i].match == Match::Exact;
    if (exact && is_number(term) && i + 1 < words.size() && words[i + 1].match == Match::Exact && is_unit(words[i + 1].term)) {
      other.push_back({term + words[++i].term});
    } else if (exact && digits > 0 && is_unit(std::string_view(term).substr(digits))) {
      other.push_back({term.substr(0, digits)});
      other.push_back({term.substr(digits)});
    } else {
      other.push_back(words[i]);
    }
  }
  return other;
}

QueryNode with_doses(QueryNode node) {
  std::vector<QueryWord> other = respaced(node.words);
  if (other == node.words || node.within > 0) return node;
  QueryNode both;
  both.kind = QueryNode::Kind::Or;
  both.children.assign(2, std::move(node));
  both.children[1].words = std::move(other);
  return both;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Query> parse() {
    if (text_.size() > kMaxQueryBytes) {
      return Error{ErrorCode::QuerySyntax,
                   "the query is longer than " + std::to_string(kMaxQueryBytes) + " bytes; ask for less at once", ""};
    }
    skip_blanks();
    if (done()) return fault(at_, "expected a word; the query is empty");
    TRY(std::optional<QueryNode> node, any());
    skip_blanks();
    if (!done()) return fault(at_, "expected '(' somewhere before this ')'");
    if (node) return Query{std::move(*node), order_};
    if (!order_) return fault(0, "expected a word; only punctuation stands here");
    Query all{{}, order_};  // an order and nothing else: everything in it
    all.node.kind = QueryNode::Kind::All;
    return all;
  }

 private:
  // Nothing = only punctuation, which is left out.
  using Node = Result<std::optional<QueryNode>>;

  bool done() const { return at_ >= text_.size(); }
  void skip_blanks() {
    while (!done() && is_blank(text_[at_])) ++at_;
  }
  std::string_view word_here() const {
    std::size_t end = at_;
    while (end < text_.size() && !ends_word(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool is_here(std::string_view keyword) const { return word_here() == keyword; }
  bool near_is_here() const {
    const std::string_view word = word_here();
    return word.starts_with(kNearWord) && (word.size() == kNearWord.size() || word[kNearWord.size()] == '/');
  }

  Error fault(std::size_t at, const std::string& expected) const {
    std::size_t characters = 1;
    for (std::size_t i = 0; i < at && i < text_.size(); ++characters) next_code_point(text_, i);
    return {ErrorCode::QuerySyntax, std::string(kPlace) + std::to_string(characters) + ": " + expected, ""};
  }

  // Something must follow an operator.
  Status require_operand(const char* keyword) {
    skip_blanks();
    if (done() || text_[at_] == ')' || is_here("OR") || is_here("AND") || near_is_here()) {
      return fault(
          at_, std::string("expected a word after ") + keyword + "; to search for the word itself, write it in small letters");
    }
    return {};
  }

  static std::optional<QueryNode> join(QueryNode::Kind kind, std::vector<QueryNode> nodes) {
    if (nodes.empty()) return std::nullopt;
    if (nodes.size() == 1) return std::move(nodes.front());
    QueryNode node;
    node.kind = kind;
    node.children = std::move(nodes);
    return node;
  }

  Node any() {
    std::vector<QueryNode> nodes;
    for (;;) {
      skip_blanks();
      if (is_here("OR")) return fault(at_, "expected a word before OR; to search for the word itself, write it in small letters");
      TRY(std::optional<QueryNode> node, all());
      if (node) nodes.push_back(std::move(*node));
      skip_blanks();
      if (done() || !is_here("OR")) return join(QueryNode::Kind::Or, std::move(nodes));
      at_ += 2;
      TRY_STATUS(require_operand("OR"));
    }
  }

  Node all() {
    std::vector<QueryNode> nodes;
    for (bool first = true;; first = false) {
      skip_blanks();
      if (done() || text_[at_] == ')' || is_here("OR")) return join(QueryNode::Kind::And, std::move(nodes));
      if (is_here("AND")) {
        if (first) return fault(at_, "expected a word before AND; to search for the word itself, write it in small letters");
        at_ += 3;
        TRY_STATUS(require_operand("AND"));
      }
      TRY(std::optional<QueryNode> node, near());
      if (node) nodes.push_back(std::move(*node));
    }
  }

  // One or more that stand near each other; the widest distance given counts for all of them.
  Node near() {
    if (near_is_here()) return fault(at_, "expected a word before NEAR; to search for the word itself, write it in small letters");
    std::size_t began = at_;
    TRY(std::optional<QueryNode> node, one());
    std::vector<QueryNode> nodes;
    std::uint32_t within = 0;
    for (skip_blanks(); !done() && near_is_here(); skip_blanks()) {
      if (nodes.empty()) TRY_STATUS(take_near(std::move(node), began, nodes));
      TRY(const std::uint32_t distance, near_distance());
      within = std::max(within, distance);
      TRY_STATUS(require_operand("NEAR"));
      began = at_;
      TRY(node, one());
      TRY_STATUS(take_near(std::move(node), began, nodes));
    }
    if (nodes.empty()) return node;
    node = join(QueryNode::Kind::Near, std::move(nodes));
    node->within = within;
    return node;
  }

  Status take_near(std::optional<QueryNode> node, std::size_t began, std::vector<QueryNode>& nodes) {
    if (node && node->kind == QueryNode::Kind::Or && node->children.front().words != node->children.back().words &&
        node->children.front().value == node->children.back().value) {
      QueryNode as_written = std::move(node->children.front());  // of a dose
      node = std::move(as_written);
    }
    if (!node || node->kind != QueryNode::Kind::Words || node->field != FieldName::None || node->within > 0)
      return fault(began, "expected a word or a phrase beside NEAR");
    nodes.push_back(std::move(*node));
    return {};
  }

  // "NEAR" or "NEAR/5"
  Result<std::uint32_t> near_distance() {
    const std::string_view word = word_here();
    const std::size_t start = at_;
    at_ += word.size();
    if (word.size() == kNearWord.size()) return kNear;
    return distance(word.substr(kNearWord.size() + 1), start + kNearWord.size() + 1);
  }

  Result<std::uint32_t> distance(std::string_view digits, std::size_t start) const {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc{} && end == digits.data() + digits.size() && value >= 1 && value <= kMaxNear) return value;
    return fault(start, "expected a number of words from 1 to " + std::to_string(kMaxNear));
  }

  Node one() {
    if (depth_ >= kMaxQueryDepth)
      return fault(at_, "expected at most " + std::to_string(kMaxQueryDepth) + " parentheses or NOTs inside each other");
    ++depth_;
    Node node = one_inside();
    --depth_;
    return node;
  }

  Node one_inside() {
    const char c = text_[at_];
    if (c == '(') return group();
    if (is_here("NOT")) {
      at_ += 3;
      TRY_STATUS(require_operand("NOT"));
      return negated();
    }
    if (c == '-' && at_ + 1 < text_.size() && !is_blank(text_[at_ + 1]) && text_[at_ + 1] != ')') {
      ++at_;
      return negated();
    }
    if (c == '"') {
      QueryNode node;
      TRY_STATUS(quoted(node));
      TRY_STATUS(slop(node));
      return node.words.empty() ? std::optional<QueryNode>() : std::optional(with_doses(std::move(node)));
    }
    if (is_here("*")) {
      ++at_;
      QueryNode all;
      all.kind = QueryNode::Kind::All;
      return std::optional(std::move(all));
    }
    return word_or_field();
  }

  Node negated() {
    ++inside_;
    TRY(std::optional<QueryNode> inner, one());
    --inside_;
    if (!inner) return inner;
    QueryNode node;
    node.kind = QueryNode::Kind::Not;
    node.children.push_back(std::move(*inner));
    return std::optional(std::move(node));
  }

  Node group() {
    const std::size_t opened = at_++;
    ++inside_;
    skip_blanks();
    if (!done() && text_[at_] == ')') return fault(at_, "expected a word between '(' and ')'");
    TRY(std::optional<QueryNode> node, any());
    skip_blanks();
    if (done()) return fault(opened, "this '(' is never closed; expected ')'");
    ++at_;
    --inside_;
    return node;
  }

  // Words between quotes; star and tilde work inside.
  Status quoted(QueryNode& node) {
    const std::size_t opened = at_++;
    const std::size_t closed = text_.find('"', at_);
    if (closed == std::string_view::npos) return fault(opened, "this quote is never closed; expected '\"'");
    node.kind = QueryNode::Kind::Words;
    node.quoted = true;
    node.value = text_.substr(at_, closed - at_);
    while (at_ < closed) {
      std::size_t end = at_;
      while (end < closed && !is_blank(text_[end])) ++end;
      TRY_STATUS(append_words(text_.substr(at_, end - at_), at_, node.words));
      for (at_ = end; at_ < closed && is_blank(text_[at_]);) ++at_;
    }
    at_ = closed + 1;
    if (!done() && text_[at_] == '*') return fault(at_, "expected a blank; '*' stands directly behind a word, inside the quotes");
    return {};
  }

  // Behind a phrase: "chest pain"~5, within so many words of each other.
  Status slop(QueryNode& node) {
    if (done() || text_[at_] != '~') return {};
    const std::size_t start = ++at_;
    while (!done() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    TRY(node.within, distance(text_.substr(start, at_ - start), start));
    if (node.words.size() < 2) node.within = 0;
    return {};
  }

  // The tokens of one typed word; star or tilde are meant for the last of them.
  Status append_words(std::string_view raw, std::size_t start, std::vector<QueryWord>& words) {
    const Suffixed word = split_suffix(raw);
    if (const std::size_t star = word.text.find('*'); star != std::string_view::npos) {
      return fault(start + star, "'*' is expected only at the end of a word");
    }
    const std::vector<Token> tokens = tokenize(word.text);
    if (word.match != Match::Exact && tokens.empty()) return fault(start, "expected letters or digits before '*' or '~'");
    for (const Token& token : tokens) words.push_back({token.term});
    if (word.match == Match::Exact || !ends_in_word(word.text)) return {};

    QueryWord& last = words.back();
    const std::size_t needed = word.match == Match::Prefix ? kMinPrefix : kMinFuzzy;
    if (tokens.size() == 1 && last.term.size() < needed) {
      return fault(start, "expected at least " + std::to_string(needed) + " letters or digits before '*' or '~'");
    }
    last.match = word.match;
    if (word.match == Match::Fuzzy) last.edits = word.edits > 0 ? word.edits : last.term.size() >= kTwoEdits ? 2 : 1;
    return {};
  }

  Node word_or_field() {
    const std::size_t start = at_;
    const std::string_view raw = word_here();
    at_ += raw.size();
    const std::size_t colon = raw.find(':');
    const std::string_view name = raw.substr(0, colon == std::string_view::npos ? 0 : colon);
    if (!name.empty() && std::all_of(name.begin(), name.end(), is_ascii_letter)) {
      const bool has_value = colon + 1 < raw.size() || (!done() && text_[at_] == '"');
      if (const auto* known = find_field(name)) return field(known->name, start, start + colon + 1);
      if (lower_case(name) == kIs) return field(FieldName::None, start, start + colon + 1);
      if (lower_case(name) == kSort) return order(raw.substr(colon + 1), start, start + colon + 1);
      if (has_value) {
        return fault(start,
                     std::string("no such field; expected one of ") + kFieldList + " (in quotes, a colon is just punctuation)");
      }
    }
    QueryNode node;
    node.kind = QueryNode::Kind::Words;
    node.value = raw;
    TRY_STATUS(append_words(raw, start, node.words));
    return node.words.empty() ? std::optional<QueryNode>() : std::optional(with_doses(std::move(node)));
  }

  Node order(std::string_view value, std::size_t start, std::size_t value_at) {
    if (inside_ > 0) return fault(start, "expected sort: outside of parentheses and NOT: it is for the whole question");
    const std::string lower = lower_case(value);
    const auto known = std::find_if(kOrders.begin(), kOrders.end(), [&](const OrderEntry& entry) { return entry.text == lower; });
    if (known == kOrders.end()) return fault(value_at, "expected relevance, date, newest or oldest");
    order_ = known->order;
    return std::optional<QueryNode>();
  }

  static const FieldEntry* find_field(std::string_view name) {
    const auto found =
        std::find_if(kFields.begin(), kFields.end(), [&](const FieldEntry& entry) { return entry.text == lower_case(name); });
    return found == kFields.end() ? nullptr : &*found;
  }

  // `at_` stands behind an unquoted value or before a quoted one. FieldName::None is is:.
  Node field(FieldName name, std::size_t start, std::size_t value_at) {
    QueryNode node;
    const std::string_view bare = text_.substr(value_at, at_ - value_at);
    const bool takes_words = name == FieldName::Patient || name == FieldName::Batch || name == FieldName::Author ||
                             name == FieldName::Facility || name == FieldName::Barcode || name == FieldName::File;
    if (bare.empty()) {
      if (done() || text_[at_] != '"') return fault(value_at, "expected a value right after the colon");
      TRY_STATUS(quoted(node));
    } else {
      const Suffixed value = split_suffix(bare);
      node.value = value.match == Match::Fuzzy && !takes_words ? bare : value.text;
      if (value.match == Match::Prefix) node.match = Match::Prefix;
      if (takes_words) TRY_STATUS(append_words(bare, value_at, node.words));
    }
    node.kind = QueryNode::Kind::Words;
    node.field = name;
    if (node.value.empty()) return fault(value_at, "expected a value right after the colon");
    if (takes_words && node.words.empty()) return fault(value_at, "expected letters or digits right after the colon");
    if (name == FieldName::Date || name == FieldName::Dob) return range(std::move(node), value_at);
    if (name == FieldName::Status) return listed(std::move(node), value_at, kStatuses, kStatusList);
    if (name != FieldName::None) return std::optional(std::move(node));

    const std::string state = lower_case(node.value);
    if (state == "unsigned" || state == "unread") {
      node.field = state == "unread" ? FieldName::Unread : FieldName::Finding;
      return std::optional(std::move(node));
    }
    node.field = FieldName::Status;
    return listed(std::move(node), start + kIs.size() + 1, kStates, kStateList);
  }

  Node listed(QueryNode node, std::size_t value_at, std::span<const std::string_view> values, const char* list) {
    node.value = lower_case(node.value);
    if (node.match != Match::Exact || std::find(values.begin(), values.end(), node.value) == values.end()) {
      return fault(value_at, std::string("expected ") + list);
    }
    return std::optional(std::move(node));
  }

  Node range(QueryNode node, std::size_t value_at) {
    const auto range = node.match == Match::Exact ? parse_date_range(node.value) : std::nullopt;
    if (!range) return fault(value_at, std::string("expected a date such as ") + kDateExamples);
    if (!range->from.empty() && !range->to.empty() && range->from > range->to)
      return fault(value_at, "the range runs backwards; expected the earlier date first");
    node.kind = QueryNode::Kind::Range;
    node.from = range->from;
    node.to = range->to;
    return std::optional(std::move(node));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int inside_ = 0;  // parentheses and NOTs that are open
  std::optional<Order> order_;
};

}  // namespace

Result<Query> parse_query(std::string_view query) { return Parser(query).parse(); }

std::optional<std::size_t> fault_place(const Error& error) {
  if (error.code != ErrorCode::QuerySyntax || !error.message.starts_with(kPlace)) return std::nullopt;
  std::size_t place = 0;
  const char* const begin = error.message.data() + kPlace.size();
  if (std::from_chars(begin, error.message.data() + error.message.size(), place).ec != std::errc{}) return std::nullopt;
  return place;
}

}  // namespace chartscan::indexer
