#include "indexer/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "indexer/fields.h"
#include "indexer/spelling.h"
#include "indexer/tokenizer.h"
#include "indexer/unfound.h"

namespace chartscan::indexer {
namespace {

constexpr std::size_t kShownSpellings = 5;
// A prefix that fewer places than these share is ranked as one word; the words of another all count alike.
constexpr std::uint64_t kRankedPrefix = 2000;

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
    case FieldName::Dob:
    case FieldName::Document:
    case FieldName::Unread: break;  // looked up in the records
  }
  return "";
}

// A part below NOT takes pages away: there nothing is marked, and no likely spelling widens what is taken.
enum class Sense { Wanted, Unwanted };
Sense opposite(Sense sense) { return sense == Sense::Wanted ? Sense::Unwanted : Sense::Wanted; }

// A word of the question as the index knows it.
struct Spellings {
  std::vector<std::string> terms;             // as written; of a prefix, all that begin so
  std::map<int, std::vector<std::string>> similar;  // by cost
  HitWord hit;

  std::vector<std::string> all() const {
    std::vector<std::string> all = terms;
    for (const auto& [cost, more] : similar) all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

class Planner {
 public:
  Planner(const storage::Records& records, IndexReader& reader, const SearchOptions& options, Spelling spelling)
      : records_(records), reader_(reader), options_(options), spelling_(spelling) {}

  Result<Plan> make(const QueryNode& query) {
    TRY(PageCursorPtr cursor, plan(query, Sense::Wanted));
    if (!options_.mrn.empty()) {
      std::vector<PageCursorPtr> parts;
      TRY(PageCursorPtr chart, chart_pages());
      parts.push_back(std::move(chart));
      parts.push_back(std::move(cursor));
      cursor = all_of(std::move(parts));
    }
    cursor = reader_.visible(std::move(cursor));  // whatever it was made of
    return Plan{std::move(cursor), std::move(phrases_), std::move(notes_), widened_};
  }

 private:
  Result<PageCursorPtr> plan(const QueryNode& node, Sense sense) {
    switch (node.kind) {
      case QueryNode::Kind::And: return every(node, sense);
      case QueryNode::Kind::Or: return any(node, sense);
      case QueryNode::Kind::Not: return none(node, sense);
      case QueryNode::Kind::Near: return near(node, sense);
      case QueryNode::Kind::All: return reader_.all_pages();
      case QueryNode::Kind::Range: return node.field == FieldName::Dob ? birth_date(node) : service_date(node);
      case QueryNode::Kind::Words: break;
    }
    if (node.field != FieldName::None) return field(node);
    if (node.words.size() == 1) return one_word(node.words.front(), sense);
    return node.within > 0 ? words_near(node.words, node.within, sense) : phrase(node.words, sense);
  }

  Result<PageCursorPtr> every(const QueryNode& node, Sense sense) {
    std::vector<PageCursorPtr> wanted, unwanted;
    for (const QueryNode& child : node.children) {
      const bool is_not = child.kind == QueryNode::Kind::Not;
      TRY(PageCursorPtr cursor, is_not ? plan(child.children.front(), opposite(sense)) : plan(child, sense));
      (is_not ? unwanted : wanted).push_back(std::move(cursor));
    }
    if (wanted.empty()) wanted.push_back(reader_.all_pages());
    PageCursorPtr cursor = all_of(std::move(wanted));
    return unwanted.empty() ? std::move(cursor) : without(std::move(cursor), any_of(std::move(unwanted)));
  }

  Result<PageCursorPtr> any(const QueryNode& node, Sense sense) {
    std::vector<PageCursorPtr> parts;
    for (const QueryNode& child : node.children) {
      TRY(PageCursorPtr cursor, plan(child, sense));
      parts.push_back(std::move(cursor));
    }
    return any_of(std::move(parts));
  }

  Result<PageCursorPtr> none(const QueryNode& node, Sense sense) {
    TRY(PageCursorPtr unwanted, plan(node.children.front(), opposite(sense)));
    return without(reader_.all_pages(), std::move(unwanted));
  }

  // --- words of the page ---

  Result<PageCursorPtr> one_word(const QueryWord& word, Sense sense) {
    if (word.match == Match::Prefix) return prefix(word, sense);
    TRY(Spellings found, spellings(word, sense));
    mark({std::move(found.hit)}, sense);
    TRY(PageCursorPtr as_written, reader_.spellings(found.terms));
    if (found.similar.empty()) return as_written;
    std::vector<PageCursorPtr> parts;
    parts.push_back(std::move(as_written));
    for (const auto& [cost, terms] : found.similar) {
      TRY(PageCursorPtr similar, reader_.spellings(terms));
      parts.push_back(weighted(std::move(similar), discount(cost)));
    }
    return any_of(std::move(parts));
  }

  Result<PageCursorPtr> prefix(const QueryWord& word, Sense sense) {
    std::vector<std::string> terms;
    std::uint64_t pages = 0;
    Status fault;
    TRY_STATUS(reader_.walk(word.term, [&](std::string_view term, std::uint64_t frequency) -> std::optional<std::string> {
      if (reader_.hides_pages()) {
        const auto visible = reader_.frequency(term);
        if (!visible.ok()) return fault = visible.error(), std::nullopt;
        if (*visible == 0) return "";
        frequency = *visible;
      }
      terms.emplace_back(term);
      pages += frequency;
      if (pages > kRankedPrefix) return std::nullopt;
      return "";
    }));
    TRY_STATUS(std::move(fault));
    mark({HitWord{{word.term}, true}}, sense);
    if (terms.empty() && sense == Sense::Wanted) notes_.push_back("no page has a word beginning with '" + word.term + "'");
    if (pages > kRankedPrefix) return reader_.range(word.term, "", "", 1.0);
    return reader_.spellings(terms);
  }

  // Leaves out what stands only on pages that the asker must not see.
  Status keep_tellable(std::vector<std::string>& terms) {
    std::vector<std::string> kept;
    for (std::string& term : terms) {
      TRY(const bool may_tell, reader_.may_tell(term));
      if (may_tell) kept.push_back(std::move(term));
    }
    terms = std::move(kept);
    return {};
  }

  Result<PageCursorPtr> phrase(const std::vector<QueryWord>& words, Sense sense) {
    TRY(auto cursors, cursors_of(words, sense));
    return reader_.phrase(std::move(cursors));
  }

  Result<PageCursorPtr> words_near(const std::vector<QueryWord>& words, std::uint32_t within, Sense sense) {
    TRY(auto cursors, cursors_of(words, sense));
    return reader_.near(std::move(cursors), within);
  }

  // All words within so many of each other; phrases among them stand as phrases besides.
  Result<PageCursorPtr> near(const QueryNode& node, Sense sense) {
    std::vector<QueryWord> words;
    std::vector<PageCursorPtr> parts;
    for (const QueryNode& child : node.children) {
      words.insert(words.end(), child.words.begin(), child.words.end());
      if (child.words.size() < 2) continue;
      TRY(PageCursorPtr row, phrase(child.words, Sense::Unwanted));
      parts.push_back(scored(std::move(row), 0));
    }
    TRY(PageCursorPtr close, words_near(words, node.within + static_cast<std::uint32_t>(words.size() - node.children.size()), sense));
    parts.push_back(std::move(close));
    return all_of(std::move(parts));
  }

  // Of words in a row or near each other; every spelling counts alike there.
  Result<std::vector<PlaceCursorPtr>> cursors_of(const std::vector<QueryWord>& words, Sense sense) {
    std::vector<PlaceCursorPtr> cursors;
    HitPhrase marked;
    for (const QueryWord& word : words) {
      Spellings found;
      if (word.match == Match::Prefix) {
        TRY_STATUS(reader_.walk(word.term, [&](std::string_view term, std::uint64_t) -> std::optional<std::string> {
          found.terms.emplace_back(term);
          return "";
        }));
        found.hit = {{word.term}, true};
      } else {
        TRY(found, spellings(word, sense));
      }
      TRY(PlaceCursorPtr cursor, places(found.all()));
      cursors.push_back(std::move(cursor));
      marked.push_back(std::move(found.hit));
    }
    mark(std::move(marked), sense);
    return cursors;
  }

  Result<PlaceCursorPtr> places(const std::vector<std::string>& terms) {
    return terms.size() == 1 ? reader_.word(terms.front()) : reader_.word(terms);
  }

  void mark(HitPhrase phrase, Sense sense) {
    if (sense == Sense::Wanted) phrases_.push_back(std::move(phrase));
  }

  // Of an exact or fuzzy word.
  Result<Spellings> spellings(const QueryWord& word, Sense sense) {
    Spellings found{{word.term}, {}, {}};
    if (word.match == Match::Fuzzy) {
      TRY(found.terms, near_terms(reader_, "", word.term, word.edits));
      TRY_STATUS(keep_tellable(found.terms));
    } else if (sense == Sense::Wanted) {
      TRY_STATUS(widen(word.term, found));
    }
    found.hit.terms = found.all();
    std::sort(found.hit.terms.begin(), found.hit.terms.end());
    return found;
  }

  Status widen(const std::string& term, Spellings& found) {
    TRY(const std::uint64_t pages, reader_.frequency(term));
    if (spelling_ == Spelling::AsWritten) {
      if (pages == 0) notes_.push_back("no page has '" + term + "'");
      return {};
    }
    TRY(const std::vector<Similar> similar, similar_terms(reader_, term));
    for (const Similar& other : similar) found.similar[other.cost].push_back(other.term);
    widened_ = widened_ || !similar.empty();
    TRY(const std::string shown, shown_spellings(similar));
    if (pages == 0) notes_.push_back("no page has '" + term + "'" + (shown.empty() ? "" : "; searched for " + shown));
    else if (!shown.empty()) notes_.push_back("similar to '" + term + "': " + shown);
    return {};
  }

  // The nearest spellings. Under a patient filter only those of the patient's own pages: a note must not tell what stands in
  // other charts.
  Result<std::string> shown_spellings(const std::vector<Similar>& similar) {
    std::string text;
    std::size_t shown = 0;
    for (const Similar& other : similar) {
      if (shown == kShownSpellings) return text + " and more";
      if (!options_.mrn.empty()) {
        TRY(const bool own, is_in_chart(other.term));
        if (!own) continue;
      }
      text += (shown++ == 0 ? "'" : ", '") + other.term + "'";
    }
    return text;
  }

  Result<bool> is_in_chart(const std::string& term) {
    std::vector<PageCursorPtr> parts;
    TRY(PageCursorPtr chart, chart_pages());
    TRY(PageCursorPtr word, reader_.word(term));
    parts.push_back(std::move(chart));
    parts.push_back(std::move(word));
    return all_of(std::move(parts))->page() != PageCursor::kEnd;
  }

  Result<PageCursorPtr> chart_pages() { return pages_with(layout::field_term(field::kChart, options_.mrn)); }

  // --- fields ---

  Result<PageCursorPtr> field(const QueryNode& node) {
    switch (node.field) {
      case FieldName::Type: return type(node);
      case FieldName::Finding: return coded(node, code_value(node.value), node.quoted ? Match::Exact : Match::Prefix);
      case FieldName::Status: return status(node);
      case FieldName::Mrn: return coded(node, lower_case(node.value), node.match);
      case FieldName::Patient: return patient(node);
      case FieldName::Batch: return batch(node);
      case FieldName::Document: return document(node);
      case FieldName::Unread: return unread();
      default: return field_words(node);
    }
  }

  // `nothing` is said where the cursor has no page.
  Result<PageCursorPtr> noted(PageCursorPtr cursor, const char* nothing) {
    if (cursor->page() == PageCursor::kEnd) notes_.emplace_back(nothing);
    return cursor;
  }

  // One value is walked list by list; several at once.
  Result<PageCursorPtr> with_value(const char* key, const std::string& value, Match match) {
    std::string term = layout::field_term(key, value);
    if (match == Match::Prefix) {
      std::vector<std::string> terms;
      TRY_STATUS(reader_.walk(term, [&](std::string_view each, std::uint64_t) -> std::optional<std::string> {
        terms.emplace_back(each);
        if (terms.size() > 1) return std::nullopt;
        return "";
      }));
      if (terms.size() > 1) return reader_.range(term, "", "");
      if (!terms.empty()) term = terms.front();
    }
    return pages_with(term);
  }

  Result<PageCursorPtr> pages_with(const std::string& term) {
    TRY(PlaceCursorPtr pages, reader_.word(term));
    return scored(std::move(pages), 0);
  }

  Result<PageCursorPtr> coded(const QueryNode& node, const std::string& value, Match match) {
    TRY(PageCursorPtr cursor, with_value(field_key(node.field), value, match));
    return noted(std::move(cursor), "no page has the value asked for in a field");
  }

  // A code or its beginning (in quotes: the code), a LOINC code, or a section of the chart.
  Result<PageCursorPtr> type(const QueryNode& node) {
    const std::string code = code_value(node.value);
    std::vector<PageCursorPtr> parts;
    TRY(PageCursorPtr named, with_value(field::kType, code, node.quoted ? Match::Exact : Match::Prefix));
    parts.push_back(std::move(named));
    std::vector<std::string> others;
    for (const TypeName& name : options_.types) {
      if (name.loinc == node.value || code_value(name.section) == code) others.push_back(layout::field_term(field::kType, code_value(name.code)));
    }
    if (!others.empty()) {
      TRY(PageCursorPtr more, reader_.constant(others, 0));
      parts.push_back(std::move(more));
    }
    return noted(any_of(std::move(parts)), "no page has the document type asked for");
  }

  Result<PageCursorPtr> status(const QueryNode& node) {
    if (node.value != kUnfoundStatus) return coded(node, node.value, Match::Exact);
    TRY(PageCursorPtr read, with_value(field::kStatus, kUnfoundStatus, Match::Exact));
    TRY(PageCursorPtr waiting, waiting_pages());
    return either(std::move(read), std::move(waiting));
  }

  static PageCursorPtr either(PageCursorPtr a, PageCursorPtr b) {
    std::vector<PageCursorPtr> parts;
    parts.push_back(std::move(a));
    parts.push_back(std::move(b));
    return any_of(std::move(parts));
  }

  // Waiting to be read, or nothing could be read of them.
  Result<PageCursorPtr> unread() {
    std::vector<std::string> terms{layout::field_term(field::kStatus, "rejected")};
    for (const char* code : {finding::kUndecodable, finding::kOcrFailed, finding::kOcrTimeout, finding::kReaderCrashed, finding::kNoText})
      terms.push_back(layout::field_term(field::kFinding, code_value(code)));
    TRY(PageCursorPtr failed, reader_.constant(terms, 0));
    TRY(PageCursorPtr waiting, waiting_pages());
    return either(std::move(failed), std::move(waiting));
  }

  // Not in the index yet: from the rows of the batches.
  Result<PageCursorPtr> waiting_pages() {
    TRY(const std::vector<PageId> waiting, unread_pages(records_));
    std::vector<PageNo> pages;
    for (const PageId page : waiting) pages.push_back(static_cast<PageNo>(page.value));
    return reader_.visible(listed(std::move(pages)));
  }

  Result<PageCursorPtr> service_date(const QueryNode& node) {
    TRY(PageCursorPtr cursor, reader_.column_range(field::kDate, node.from, node.to.empty() ? "" : node.to + "~"));
    return noted(std::move(cursor), "no document has a service date in the time asked for");
  }

  Result<PageCursorPtr> field_words(const QueryNode& node) {
    const char* key = field_key(node.field);
    std::vector<PlaceCursorPtr> cursors;
    for (const QueryWord& word : node.words) {
      std::vector<std::string> terms{layout::field_term(key, word.term)};
      if (word.match == Match::Fuzzy) {
        TRY(terms, near_terms(reader_, layout::field_prefix(key), word.term, word.edits));
        for (std::string& term : terms) term = layout::field_term(key, term);
      } else if (word.match == Match::Prefix) {
        const std::string prefix = std::move(terms.front());
        terms.clear();
        TRY_STATUS(reader_.walk(prefix, [&](std::string_view term, std::uint64_t) -> std::optional<std::string> {
          terms.emplace_back(term);
          return "";
        }));
      }
      TRY(PlaceCursorPtr cursor, places(terms));
      if (cursor->page() == PageCursor::kEnd) notes_.push_back("no page has '" + word.term + "' in the field " + key + ":");
      cursors.push_back(std::move(cursor));
    }
    return reader_.phrase(std::move(cursors), false);
  }

  // --- through the records ---

  Result<PageCursorPtr> document(const QueryNode& node) {
    std::string text = node.value;
    if (text.starts_with('d')) text.front() = 'D';
    const auto id = parse_id<DocumentId>(text);
    std::vector<PageNo> pages;
    if (id) {
      TRY(const std::optional<Document> document, records_.document(*id));
      for (std::size_t i = 0; document && i < document->pages.size(); ++i) pages.push_back(static_cast<PageNo>(document->pages[i].value));
    }
    std::sort(pages.begin(), pages.end());
    return noted(reader_.visible(listed(std::move(pages))), "there is no document of this number; they look like D00000012");
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
    TRY(PageCursorPtr cursor, reader_.constant({terms.begin(), terms.end()}, 0));
    return noted(std::move(cursor), "no page belongs to a batch of this number or name");
  }

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

  // The pages of all charts whose patient fits.
  template <typename Fits>
  Result<PageCursorPtr> charts_of(const Fits& fits) {
    std::vector<std::string> terms;
    TRY_STATUS(records_.patients([&](const Patient& patient) {
      if (fits(patient)) terms.push_back(layout::field_term(field::kChart, patient.mrn));
      return true;
    }));
    TRY(PageCursorPtr cursor, reader_.constant(terms, 0));
    return noted(std::move(cursor), terms.empty() ? "no patient in the index fits" : "no page is linked to a patient who fits");
  }

  const storage::Records& records_;
  IndexReader& reader_;
  const SearchOptions& options_;
  const Spelling spelling_;
  std::vector<HitPhrase> phrases_;
  std::vector<std::string> notes_;
  bool widened_ = false;
};

}  // namespace

Result<Plan> make_plan(const storage::Records& records, IndexReader& reader, const QueryNode& query, const SearchOptions& options,
                       Spelling spelling) {
  return Planner(records, reader, options, spelling).make(query);
}

}  // namespace chartscan::indexer
