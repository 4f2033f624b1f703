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
  ListPtr list;
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

bool share_a_page(const PostingList& a, const PostingList& b) {
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a.pages[i] == b.pages[j]) return true;
    a.pages[i] < b.pages[j] ? ++i : ++j;
  }
  return false;
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
  Planner(const storage::Records& records, const SearchOptions& options, const Ranking& ranking)
      : records_(records), view_(records.view()), options_(options), ranking_(ranking) {}

  Result<Plan> make(const QueryNode& query) {
    if (!options_.mrn.empty()) {
      TRY(chart_, load_terms(view_, {layout::field_term(field::kChart, options_.mrn)}));
    }
    TRY(CursorPtr cursor, plan(query, Sense::Wanted));
    if (chart_) {
      std::vector<CursorPtr> parts;
      parts.push_back(filter_cursor(chart_));
      parts.push_back(std::move(cursor));
      cursor = and_cursor(std::move(parts));
    }
    return Plan{std::move(cursor), std::move(phrases_), std::move(notes_)};
  }

 private:
  Result<CursorPtr> plan(const QueryNode& node, Sense sense) {
    switch (node.kind) {
      case QueryNode::Kind::And: return all_of(node, sense);
      case QueryNode::Kind::Or: return any_of(node, sense);
      case QueryNode::Kind::Not: return none_of(node, sense);
      case QueryNode::Kind::Range: return node.field == FieldName::Dob ? birth_date(node) : service_date(node);
      case QueryNode::Kind::Words: break;
    }
    return node.field == FieldName::None ? words(node, sense) : field(node);
  }

  Result<CursorPtr> all_of(const QueryNode& node, Sense sense) {
    std::vector<CursorPtr> wanted, unwanted;
    for (const QueryNode& child : node.children) {
      const bool is_not = child.kind == QueryNode::Kind::Not;
      TRY(CursorPtr cursor, is_not ? plan(child.children.front(), opposite(sense)) : plan(child, sense));
      (is_not ? unwanted : wanted).push_back(std::move(cursor));
    }
    if (wanted.empty()) {
      TRY(CursorPtr all, all_pages());
      wanted.push_back(std::move(all));
    }
    CursorPtr cursor = and_cursor(std::move(wanted));
    return unwanted.empty() ? std::move(cursor) : without_cursor(std::move(cursor), or_cursor(std::move(unwanted)));
  }

  Result<CursorPtr> any_of(const QueryNode& node, Sense sense) {
    std::vector<CursorPtr> parts;
    for (const QueryNode& child : node.children) {
      TRY(CursorPtr cursor, plan(child, sense));
      parts.push_back(std::move(cursor));
    }
    return or_cursor(std::move(parts));
  }

  Result<CursorPtr> none_of(const QueryNode& node, Sense sense) {
    TRY(CursorPtr all, all_pages());
    TRY(CursorPtr unwanted, plan(node.children.front(), opposite(sense)));
    return without_cursor(std::move(all), std::move(unwanted));
  }

  Result<CursorPtr> all_pages() {
    if (!all_pages_) {
      TRY(all_pages_, load_all_pages(view_));
    }
    return filter_cursor(all_pages_);
  }

  // --- words of the page ---

  Result<CursorPtr> words(const QueryNode& node, Sense sense) {
    std::vector<ListPtr> lists;
    HitPhrase phrase;
    for (const QueryWord& word : node.words) {
      TRY(Found found, find(word, sense));
      lists.push_back(std::move(found.list));
      phrase.push_back(std::move(found.hit));
    }
    if (sense == Sense::Wanted) phrases_.push_back(std::move(phrase));
    if (lists.size() == 1) return word_cursor(std::move(lists.front()), ranking_);
    return phrase_cursor(std::move(lists), &ranking_);
  }

  Result<Found> find(const QueryWord& word, Sense sense) {
    if (word.match == Match::Prefix) {
      TRY(ListPtr list, load_range(view_, word.term, "", ""));
      if (list->size() == 0) notes_.push_back("no page has a word beginning with '" + word.term + "'");
      return Found{std::move(list), {{word.term}, true}};
    }
    std::vector<std::string> terms{word.term};
    if (word.match == Match::Fuzzy) {
      TRY(terms, near_terms(view_, "", word.term, word.edits));
    }
    TRY(ListPtr list, load_terms(view_, terms));
    if (list->size() == 0 && sense == Sense::Wanted) {
      TRY(terms, spellings_instead(word.term));
      TRY(list, load_terms(view_, terms));
    }
    return Found{std::move(list), {std::move(terms), false}};
  }

  // Likely spellings of a word that no page has, with a note. Under a patient filter only those of the patient's own pages:
  // a note must not tell what stands in other charts.
  Result<std::vector<std::string>> spellings_instead(const std::string& word) {
    TRY(std::vector<std::string> likely, likely_spellings(view_, word));
    std::vector<std::string> spellings;
    for (std::string& spelling : likely) {
      TRY(const ListPtr list, load_terms(view_, {spelling}));
      if (list->size() > 0 && (!chart_ || share_a_page(*list, *chart_))) spellings.push_back(std::move(spelling));
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

  Result<CursorPtr> field(const QueryNode& node) {
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

  CursorPtr filter(ListPtr list, const char* nothing) {
    if (list->size() == 0) notes_.push_back(nothing);
    return filter_cursor(std::move(list));
  }

  Result<CursorPtr> coded(const QueryNode& node, const std::string& value, Match match) {
    const std::string term = layout::field_term(field_key(node.field), value);
    TRY(ListPtr list, match == Match::Prefix ? load_range(view_, term, "", "") : load_terms(view_, {term}));
    return filter(std::move(list), "no page has the value asked for in a field");
  }

  // A code or its beginning, a LOINC code, or a section of the chart.
  Result<CursorPtr> type(const QueryNode& node) {
    const std::string code = code_value(node.value);
    std::vector<CursorPtr> parts;
    TRY(ListPtr list, load_range(view_, layout::field_term(field::kType, code), "", ""));
    bool found = list->size() > 0;
    parts.push_back(filter_cursor(std::move(list)));
    for (const TypeName& name : options_.types) {
      if (name.loinc != node.value && code_value(name.section) != code) continue;
      TRY(list, load_terms(view_, {layout::field_term(field::kType, code_value(name.code))}));
      found = found || list->size() > 0;
      parts.push_back(filter_cursor(std::move(list)));
    }
    if (!found) notes_.push_back("no page has the document type asked for");
    return or_cursor(std::move(parts));
  }

  Result<CursorPtr> service_date(const QueryNode& node) {
    const std::string from = node.from.empty() ? "" : layout::field_term(field::kDate, node.from);
    const std::string to = node.to.empty() ? "" : layout::behind(layout::field_term(field::kDate, node.to));
    TRY(ListPtr list, load_range(view_, layout::field_prefix(field::kDate), from, to));
    return filter(std::move(list), "no document has a service date in the time asked for");
  }

  Result<CursorPtr> field_words(const QueryNode& node) {
    const char* key = field_key(node.field);
    std::vector<ListPtr> lists;
    for (const QueryWord& word : node.words) {
      std::vector<std::string> terms{layout::field_term(key, word.term)};
      if (word.match == Match::Fuzzy) {
        TRY(terms, near_terms(view_, layout::field_prefix(key), word.term, word.edits));
        for (std::string& term : terms) term = layout::field_term(key, term);
      }
      TRY(ListPtr list, word.match == Match::Prefix ? load_range(view_, terms.front(), "", "") : load_terms(view_, terms));
      if (list->size() == 0) notes_.push_back("no page has '" + word.term + "' in the field " + key + ":");
      lists.push_back(std::move(list));
    }
    return lists.size() == 1 ? filter_cursor(std::move(lists.front())) : phrase_cursor(std::move(lists), nullptr);
  }

  Result<CursorPtr> batch(const QueryNode& node) {
    std::set<std::string> terms;
    const auto add = [&](BatchId id) { terms.insert(layout::field_term(field::kBatch, lower_case(to_string(id)))); };
    std::string id_text = node.value;
    if (id_text.starts_with('b')) id_text.front() = 'B';
    if (const auto id = parse_id<BatchId>(id_text)) add(*id);
    TRY(const std::vector<Batch> batches, records_.batches());
    for (const Batch& batch : batches) {
      if (matches(node.words, batch.name)) add(batch.id);
    }
    TRY(ListPtr list, load_terms(view_, {terms.begin(), terms.end()}));
    return filter(std::move(list), "no page belongs to a batch of this number or name");
  }

  // --- through the patient index: the pages of all charts whose patient fits ---

  Result<CursorPtr> patient(const QueryNode& node) {
    return charts_of([&](const Patient& patient) {
      return matches(node.words, patient.family + " " + patient.given + " " + patient.middle + " " + patient.suffix);
    });
  }

  Result<CursorPtr> birth_date(const QueryNode& node) {
    return charts_of([&](const Patient& patient) {
      const std::string dob = date_value(patient.dob);
      return !dob.empty() && (node.from.empty() || node.from <= dob) && (node.to.empty() || dob <= node.to);
    });
  }

  template <typename Fits>
  Result<CursorPtr> charts_of(const Fits& fits) {
    std::vector<std::string> terms;
    TRY_STATUS(records_.patients([&](const Patient& patient) {
      if (fits(patient)) terms.push_back(layout::field_term(field::kChart, patient.mrn));
      return true;
    }));
    TRY(ListPtr list, load_terms(view_, terms));
    return filter(std::move(list), terms.empty() ? "no patient in the index fits" : "no page is linked to a patient who fits");
  }

  const storage::Records& records_;
  const storage::View& view_;
  const SearchOptions& options_;
  const Ranking& ranking_;
  ListPtr chart_;      // pages the answer is limited to; null = all
  ListPtr all_pages_;  // loaded when first needed
  std::vector<HitPhrase> phrases_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<Plan> make_plan(const storage::Records& records, const QueryNode& query, const SearchOptions& options) {
  TRY(const PageId next, records.next_page());
  TRY(const Collection collection, measure_collection(records.view(), next.value - 1));
  const Ranking ranking(collection);
  return Planner(records, options, ranking).make(query);
}

}  // namespace chartscan::indexer
