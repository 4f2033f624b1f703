#include "indexer/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>

#include "core/date.h"
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
};
constexpr std::string_view kIs = "is";
constexpr const char* kFieldList = "type: mrn: patient: dob: date: batch: author: facility: finding: status: barcode: file: is:";

constexpr std::array<std::string_view, 10> kStatuses{"filed",    "review",    "separator", "blank",  "superseded",
                                                     "rejected", "duplicate", "auto",      "person", "none"};
constexpr const char* kStatusList = "filed, review, separator, blank, superseded, rejected, duplicate, auto, person or none";
constexpr std::array<std::string_view, 5> kStates{"blank", "separator", "duplicate", "filed", "review"};  // and "unsigned"
constexpr const char* kStateList = "unsigned, blank, separator, duplicate, filed or review";

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool ends_word(char c) { return is_blank(c) || c == '(' || c == ')' || c == '"'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<int> number(std::string_view text, std::size_t digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.size() != digits || error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "2019", "2019-03" or "2019-03-05" as yyyymmdd; what is left out is 00 in a first bound and 99 in a last one.
std::optional<std::string> date_bound(std::string_view text, bool last) {
  const std::string rest = last ? "9999" : "0000";
  if (const auto date = parse_iso_date(text)) {
    const std::string iso = to_string(*date);
    return iso.substr(0, 4) + iso.substr(5, 2) + iso.substr(8, 2);
  }
  const auto year = number(text.substr(0, 4), 4);
  if (!year) return std::nullopt;
  if (text.size() == 4) return std::string(text) + rest;
  const auto month = text.size() == 7 && text[4] == '-' ? number(text.substr(5), 2) : std::nullopt;
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  return std::string(text.substr(0, 4)) + std::string(text.substr(5)) + rest.substr(0, 2);
}

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

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<QueryNode> parse() {
    if (text_.size() > kMaxQueryBytes) {
      return Error{ErrorCode::QuerySyntax,
                   "the query is longer than " + std::to_string(kMaxQueryBytes) + " bytes; ask for less at once", ""};
    }
    skip_blanks();
    if (done()) return fault(at_, "expected a word; the query is empty");
    TRY(std::optional<QueryNode> node, any());
    skip_blanks();
    if (!done()) return fault(at_, "expected '(' somewhere before this ')'");
    if (!node) return fault(0, "expected a word; only punctuation stands here");
    return std::move(*node);
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

  Error fault(std::size_t at, const std::string& expected) const {
    std::size_t characters = 1;
    for (std::size_t i = 0; i < at && i < text_.size(); ++characters) next_code_point(text_, i);
    return {ErrorCode::QuerySyntax, "at character " + std::to_string(characters) + ": " + expected, ""};
  }

  // Something must follow an operator.
  Status require_operand(const char* keyword) {
    skip_blanks();
    if (done() || text_[at_] == ')' || is_here("OR") || is_here("AND")) {
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
      TRY(std::optional<QueryNode> node, one());
      if (node) nodes.push_back(std::move(*node));
    }
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
      return node.words.empty() ? std::optional<QueryNode>() : std::optional(std::move(node));
    }
    return word_or_field();
  }

  Node negated() {
    TRY(std::optional<QueryNode> inner, one());
    if (!inner) return inner;
    QueryNode node;
    node.kind = QueryNode::Kind::Not;
    node.children.push_back(std::move(*inner));
    return std::optional(std::move(node));
  }

  Node group() {
    const std::size_t opened = at_++;
    skip_blanks();
    if (!done() && text_[at_] == ')') return fault(at_, "expected a word between '(' and ')'");
    TRY(std::optional<QueryNode> node, any());
    skip_blanks();
    if (done()) return fault(opened, "this '(' is never closed; expected ')'");
    ++at_;
    return node;
  }

  // Words between quotes; star and tilde work inside.
  Status quoted(QueryNode& node) {
    const std::size_t opened = at_++;
    const std::size_t closed = text_.find('"', at_);
    if (closed == std::string_view::npos) return fault(opened, "this quote is never closed; expected '\"'");
    node.kind = QueryNode::Kind::Words;
    node.value = text_.substr(at_, closed - at_);
    while (at_ < closed) {
      std::size_t end = at_;
      while (end < closed && !is_blank(text_[end])) ++end;
      TRY_STATUS(append_words(text_.substr(at_, end - at_), at_, node.words));
      for (at_ = end; at_ < closed && is_blank(text_[at_]);) ++at_;
    }
    at_ = closed + 1;
    if (!done() && (text_[at_] == '*' || text_[at_] == '~'))
      return fault(at_, "expected a blank; '*' and '~' stand directly behind a word, inside the quotes");
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
      if (has_value) {
        return fault(start,
                     std::string("no such field; expected one of ") + kFieldList + " (in quotes, a colon is just punctuation)");
      }
    }
    QueryNode node;
    node.kind = QueryNode::Kind::Words;
    node.value = raw;
    TRY_STATUS(append_words(raw, start, node.words));
    return node.words.empty() ? std::optional<QueryNode>() : std::optional(std::move(node));
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

    if (lower_case(node.value) == "unsigned") {
      node.field = FieldName::Finding;
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
    const auto malformed = [&] {
      return fault(value_at, "expected a date such as 2019, 2019-03, 2019-03-05, 2019..2021, 2019.. or ..2021");
    };
    const std::string_view value = node.value;
    const std::size_t dots = value.find("..");
    const std::string_view first = value.substr(0, dots);
    const std::string_view last = dots == std::string_view::npos ? first : value.substr(dots + 2);
    if ((first.empty() && last.empty()) || node.match != Match::Exact) return malformed();
    const auto from = first.empty() ? std::optional<std::string>("") : date_bound(first, false);
    const auto to = last.empty() ? std::optional<std::string>("") : date_bound(last, true);
    if (!from || !to) return malformed();
    if (!from->empty() && !to->empty() && *from > *to)
      return fault(value_at, "the range runs backwards; expected the earlier date first");
    node.kind = QueryNode::Kind::Range;
    node.from = *from;
    node.to = *to;
    return std::optional(std::move(node));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Result<QueryNode> parse_query(std::string_view query) { return Parser(query).parse(); }

}  // namespace chartscan::indexer
