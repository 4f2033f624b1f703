#include "indexer/plan.h"

#include <algorithm>
#include <set>

#include "indexer/fields.h"
#include "indexer/tokenizer.h"
#include "indexer/vocabulary.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kShownSpellings = 5;

// A word of the question as it is found in the index.
struct Found {
  PlaceCursorPtr cursor;
  HitWord hit;
};

bool matches(const QueryWord& word, const std::string& term) {
  switch (word.match) {
    case Match::Exact: return term == word.term;
    case Match::Prefix: return term.starts_with(word.term);
    case Match::Fuzzy: return is_near(word.term, term, word.edits);
  }
  return false;
}

// Every word is one of the words of `text`.
bool matches(const std::vector<QueryWord>& words, const std::string& text) {
  const std::vector<Token> tokens = tokenize(text);
  return std::all_of(words.begin(), words.end(), [&](const QueryWord& word) {
    return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) { return matches(word, token.term); });
  });
}

bool is_empty(const PageCursor& cursor) { return cursor.page() == PageCursor::kEnd; }

PageCursorPtr both(PageCursorPtr a, PageCursorPtr b) {
  std::vector<PageCursorPtr> parts;
  parts.push_back(std::move(a));
  parts.push_back(std::move(b));
  return all_of(std::move(parts));
}

const char* field_key(FieldName field) {
  switch (field) {
    case FieldName::Type: return field::kType;
    case FieldName::Mrn: return field::kMrn;
    case FieldName::Date: return field::kDate;
    case FieldName::Batch: return field::kBatch;
    case FieldName::Author: return field::kAuthor;
    case FieldName::Facility: return field::kFacility;
    case FieldName::Finding: return field::kFinding;
    case FieldName::Status: return field::kStatus;
    case FieldName::Barcode: return field::kBarcode;
    case FieldName::File: return field::kFile;
    case FieldName::None:
    case FieldName::Patient:
    case FieldName::Dob: break;  // looked up in the patient index
  }
  return "";
}

// A part below NOT takes pages away: there nothing is marked, and no likely spelling widens what is taken.
enum class Sense { Wanted, Unwanted };
Sense opposite(Sense sense) { return sense == Sense::Wanted ? Sense::Unwanted : Sense::Wanted; }

class Planner {
 public:
  Planner(const storage::Records& records, const SearchOptions& options, IndexReader& index)
      : records_(records), options_(options), index_(index) {}

  Result<Plan> make(const QueryNode& query) {
    TRY(PageCursorPtr cursor, plan(query, Sense::Wanted));
    if (is_in_one_chart()) {
      TRY(PageCursorPtr chart, chart_pages());
      cursor = both(std::move(chart), std::move(cursor));
    }
    return Plan{nullptr, std::move(cursor), std::move(phrases_), std::move(notes_)};
  }

 private:
  Result<PageCursorPtr> plan(const QueryNode& node, Sense sense) {
    switch (node.kind) {
      case QueryNode::Kind::And: return all_of(node, sense);
      case QueryNode::Kind::Or: return any_of(node, sense);
      case QueryNode::Kind::Not: return none_of(node, sense);
      case QueryNode::Kind::Range: return node.field == FieldName::Dob ? birth_date(node) : service_date(node);
      case QueryNode::Kind::Words: break;
    }
    return node.field == FieldName::None ? words(node, sense) : field(node);
  }

  Result<PageCursorPtr> all_of(const QueryNode& node, Sense sense) {
    std::vector<PageCursorPtr> wanted, unwanted;
    for (const QueryNode& child : node.children) {
      const bool is_not = child.kind == QueryNode::Kind::Not;
      TRY(PageCursorPtr cursor, is_not ? plan(child.children.front(), opposite(sense)) : plan(child, sense));
      (is_not ? unwanted : wanted).push_back(std::move(cursor));
    }
    if (wanted.empty()) {
      wanted.push_back(index_.all_pages());
    }
    PageCursorPtr cursor = indexer::all_of(std::move(wanted));
    return unwanted.empty() ? std::move(cursor) : without(std::move(cursor), indexer::any_of(std::move(unwanted)));
  }

  Result<PageCursorPtr> any_of(const QueryNode& node, Sense sense) {
    std::vector<PageCursorPtr> parts;
    for (const QueryNode& child : node.children) {
      TRY(PageCursorPtr cursor, plan(child, sense));
      parts.push_back(std::move(cursor));
    }
    return indexer::any_of(std::move(parts));
  }

  Result<PageCursorPtr> none_of(const QueryNode& node, Sense sense) {
    TRY(PageCursorPtr unwanted, plan(node.children.front(), opposite(sense)));
    return without(index_.all_pages(), std::move(unwanted));
  }

  bool is_in_one_chart() const { return !options_.mrn.empty(); }
  Result<PageCursorPtr> chart_pages() {
    TRY(PlaceCursorPtr pages, index_.word(layout::field_term(field::kChart, options_.mrn)));
    return scored(std::move(pages), 0);
  }

  // --- words of the page ---

  Result<PageCursorPtr> words(const QueryNode& node, Sense sense) {
    std::vector<PlaceCursorPtr> cursors;
    HitPhrase phrase;
    for (const QueryWord& word : node.words) {
      TRY(Found found, find(word, sense));
      cursors.push_back(std::move(found.cursor));
      phrase.push_back(std::move(found.hit));
    }
    if (sense == Sense::Wanted) phrases_.push_back(std::move(phrase));
    return index_.phrase(std::move(cursors));
  }

  Result<Found> find(const QueryWord& word, Sense sense) {
    if (word.match == Match::Prefix) {
      TRY(std::vector<std::string> words, terms_with(word.term));
      TRY(PlaceCursorPtr cursor, index_.word(words));
      if (is_empty(*cursor)) notes_.push_back("no page has a word beginning with '" + word.term + "'");
      return Found{std::move(cursor), {{word.term}, true}};
    }
    std::vector<std::string> terms{word.term};
    if (word.match == Match::Fuzzy) {
      TRY(terms, near_terms(index_, "", word.term, word.edits));
    }
    TRY(PlaceCursorPtr cursor, index_.word(terms));
    if (is_empty(*cursor) && sense == Sense::Wanted) {
      TRY(terms, spellings_instead(word.term));
      TRY(cursor, index_.word(terms));
    }
    return Found{std::move(cursor), {std::move(terms), false}};
  }

  Result<std::vector<std::string>> terms_with(const std::string& beginning) {
    std::vector<std::string> terms;
    TRY_STATUS(index_.walk(beginning, [&](std::string_view term, std::uint64_t) -> std::optional<std::string> {
      terms.emplace_back(term);
      return "";
    }));
    return terms;
  }

  // Likely spellings of a word that no page has, with a note. Under a patient filter only those of the patient's own pages:
  // a note must not tell what stands in other charts.
  Result<std::vector<std::string>> spellings_instead(const std::string& word) {
    TRY(std::vector<std::string> likely, likely_spellings(index_, word));
    std::vector<std::string> spellings;
    for (std::string& spelling : likely) {
      TRY(PageCursorPtr pages, index_.word(spelling));
      if (is_in_one_chart()) {
        TRY(PageCursorPtr chart, chart_pages());
        pages = both(std::move(chart), std::move(pages));
      }
      if (!is_empty(*pages)) spellings.push_back(std::move(spelling));
    }
    std::string note = "no page has '" + word + "'";
    for (std::size_t i = 0; i < spellings.size() && i < kShownSpellings; ++i) {
      note += (i == 0 ? "; searched for '" : ", '") + spellings[i] + "'";
    }
    if (spellings.size() > kShownSpellings) note += " and " + std::to_string(spellings.size() - kShownSpellings) + " more";
    notes_.push_back(std::move(note));
    return spellings;
  }

  // --- fields ---

  Result<PageCursorPtr> field(const QueryNode& node) {
    switch (node.field) {
      case FieldName::Type: return type(node);
      case FieldName::Finding: return coded(node, code_value(node.value), Match::Prefix);
      case FieldName::Status: return coded(node, node.value, Match::Exact);
      case FieldName::Mrn: return coded(node, lower_case(node.value), node.match);
      case FieldName::Patient: return patient(node);
      case FieldName::Batch: return batch(node);
      default: return field_words(node);
    }
  }

  PageCursorPtr filter(PageCursorPtr pages, const char* nothing) {
    if (is_empty(*pages)) notes_.push_back(nothing);
    return scored(std::move(pages), 0);
  }

  Result<PageCursorPtr> coded(const QueryNode& node, const std::string& value, Match match) {
    const std::string term = layout::field_term(field_key(node.field), value);
    TRY(PageCursorPtr pages, match == Match::Prefix ? index_.range(term, "", "") : index_.constant({term}, 0));
    return filter(std::move(pages), "no page has the value asked for in a field");
  }

  // A code or its beginning, a LOINC code, or a section of the chart.
  Result<PageCursorPtr> type(const QueryNode& node) {
    const std::string code = code_value(node.value);
    std::vector<PageCursorPtr> parts;
    TRY(PageCursorPtr pages, index_.range(layout::field_term(field::kType, code), "", ""));
    bool found = !is_empty(*pages);
    parts.push_back(std::move(pages));
    for (const TypeName& name : options_.types) {
      if (name.loinc != node.value && code_value(name.section) != code) continue;
      TRY(pages, index_.constant({layout::field_term(field::kType, code_value(name.code))}, 0));
      found = found || !is_empty(*pages);
      parts.push_back(std::move(pages));
    }
    if (!found) notes_.push_back("no page has the document type asked for");
    return indexer::any_of(std::move(parts));
  }

  Result<PageCursorPtr> service_date(const QueryNode& node) {
    const std::string from = node.from.empty() ? "" : layout::field_term(field::kDate, node.from);
    const std::string to = node.to.empty() ? "" : layout::behind(layout::field_term(field::kDate, node.to));
    TRY(PageCursorPtr pages, index_.range(layout::field_prefix(field::kDate), from, to));
    return filter(std::move(pages), "no document has a service date in the time asked for");
  }

  Result<PageCursorPtr> field_words(const QueryNode& node) {
    const char* key = field_key(node.field);
    std::vector<PlaceCursorPtr> cursors;
    for (const QueryWord& word : node.words) {
      std::vector<std::string> terms{layout::field_term(key, word.term)};
      if (word.match == Match::Fuzzy) {
        TRY(terms, near_terms(index_, layout::field_prefix(key), word.term, word.edits));
        for (std::string& term : terms) term = layout::field_term(key, term);
      }
      if (word.match == Match::Prefix) {
        TRY(terms, terms_with(terms.front()));
      }
      TRY(PlaceCursorPtr cursor, index_.word(terms));
      if (is_empty(*cursor)) notes_.push_back("no page has '" + word.term + "' in the field " + key + ":");
      cursors.push_back(std::move(cursor));
    }
    return index_.phrase(std::move(cursors), false);
  }

  Result<PageCursorPtr> batch(const QueryNode& node) {
    std::set<std::string> terms;
    const auto add = [&](BatchId id) { terms.insert(layout::field_term(field::kBatch, lower_case(to_string(id)))); };
    std::string id_text = node.value;
    if (id_text.starts_with('b')) id_text.front() = 'B';
    if (const auto id = parse_id<BatchId>(id_text)) add(*id);
    TRY(const std::vector<Batch> batches, records_.batches());
    for (const Batch& batch : batches) {
      if (matches(node.words, batch.name)) add(batch.id);
    }
    TRY(PageCursorPtr pages, index_.constant({terms.begin(), terms.end()}, 0));
    return filter(std::move(pages), "no page belongs to a batch of this number or name");
  }

  // --- through the patient index: the pages of all charts whose patient fits ---

  Result<PageCursorPtr> patient(const QueryNode& node) {
    return charts_of([&](const Patient& patient) {
      return matches(node.words, patient.family + " " + patient.given + " " + patient.middle + " " + patient.suffix);
    });
  }

  Result<PageCursorPtr> birth_date(const QueryNode& node) {
    return charts_of([&](const Patient& patient) {
      const std::string dob = date_value(patient.dob);
      return !dob.empty() && (node.from.empty() || node.from <= dob) && (node.to.empty() || dob <= node.to);
    });
  }

  template <typename Fits>
  Result<PageCursorPtr> charts_of(const Fits& fits) {
    std::vector<std::string> terms;
    TRY_STATUS(records_.patients([&](const Patient& patient) {
      if (fits(patient)) terms.push_back(layout::field_term(field::kChart, patient.mrn));
      return true;
    }));
    TRY(PageCursorPtr pages, index_.constant(terms, 0));
    return filter(std::move(pages), terms.empty() ? "no patient in the index fits" : "no page is linked to a patient who fits");
  }

  const storage::Records& records_;
  const SearchOptions& options_;
  IndexReader& index_;
  std::vector<HitPhrase> phrases_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<Plan> make_plan(const storage::Records& records, const QueryNode& query, const SearchOptions& options) {
  TRY(std::unique_ptr<IndexReader> index, IndexReader::open(records.view()));
  TRY(Plan plan, Planner(records, options, *index).make(query));
  plan.index = std::move(index);
  return plan;
}

}  // namespace chartscan::indexer
