// Xapian 1.4 (glass) as a peer of `scripts/bench search`: positions, documents without data, a commit every 20,000 pages, no sync; compacted
// behind it. Fields are boolean terms, dates a value. It has no edit distance: the vocabulary is searched inside the time of the question.
//   bench_search_xapian index --corpus FILE --out FOLDER     bench_search_xapian query --index FOLDER --queries FILE [--warm N] [--timed N] [--count]
#include <xapian.h>

#include <filesystem>

#include "bench/search_corpus.h"

namespace {

using namespace chartscan::bench;

constexpr int kPagesPerCommit = 20'000;
constexpr unsigned kMaxExpansion = 100'000;  // of a prefix: none is left out

bool is_token(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

void add_words(Xapian::Document& document, const std::string& text) {
  std::string word;
  Xapian::termpos position = 0;
  const auto finish = [&] {
    if (!word.empty()) document.add_posting(word, ++position);
    word.clear();
  };
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (is_token(c)) word += c;
    else finish();
  }
  finish();
}

void index_corpus(const Words& words) {
  const std::string loose = words("out") + "/loose";
  {
    Xapian::WritableDatabase db(loose, Xapian::DB_CREATE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
    int pages = 0;
    each_page(words("corpus"), [&](const CorpusPage& page) {
      Xapian::Document document;
      add_words(document, page.text);
      document.add_boolean_term("M" + page.mrn);
      document.add_boolean_term("T" + page.type);
      document.add_value(0, std::to_string(page.date));
      db.replace_document(static_cast<Xapian::docid>(page.id), document);
      if (++pages % kPagesPerCommit == 0) db.commit();
    });
    db.commit();
  }
  Xapian::Database(loose).compact(words("out") + "/xapian");
  std::filesystem::remove_all(loose);
}

class Asker {
 public:
  explicit Asker(const std::string& folder) : db_(folder) {
    for (auto term = db_.allterms_begin(); term != db_.allterms_end(); ++term)
      if (is_token((*term)[0])) vocabulary_.push_back(*term);
  }

  Outcome ask(const Question& question, unsigned most, unsigned check_at_least) {
    Xapian::Enquire enquire(db_);
    enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 1, 0.75, 0));
    enquire.set_query(query(question));
    const Xapian::MSet found = enquire.get_mset(0, most, check_at_least);
    Outcome outcome;
    outcome.count = found.get_matches_estimated();
    for (auto hit = found.begin(); hit != found.end(); ++hit) outcome.scores.push_back(hit.get_weight());
    return outcome;
  }
  unsigned size() const { return db_.get_doccount(); }

 private:
  Xapian::Query query(const Question& question) const {
    const auto& words = question.words;
    if (question.kind == "prefix") return {Xapian::Query::OP_WILDCARD, words.front(), kMaxExpansion, Xapian::Query::WILDCARD_LIMIT_ERROR, Xapian::Query::OP_OR};
    std::vector<Xapian::Query> parts;
    if (question.kind != "fuzzy") for (const std::string& word : words) parts.emplace_back(word);
    else for (const std::string& term : vocabulary_) if (within_one_edit(term, words.front())) parts.emplace_back(term);
    const auto join = question.kind == "phrase" ? Xapian::Query::OP_PHRASE
                      : question.kind == "or3" || question.kind == "fuzzy" ? Xapian::Query::OP_OR : Xapian::Query::OP_AND;
    const Xapian::Query text(join, parts.begin(), parts.end());
    if (!question.mrn.empty()) return {Xapian::Query::OP_FILTER, text, Xapian::Query("M" + question.mrn)};
    if (!question.type.empty()) return {Xapian::Query::OP_FILTER, text, Xapian::Query("T" + question.type)};
    if (!question.from.empty()) return {Xapian::Query::OP_FILTER, text, Xapian::Query(Xapian::Query::OP_VALUE_RANGE, 0, question.from, question.to)};
    return text;
  }

  Xapian::Database db_;
  std::vector<std::string> vocabulary_;
};

}  // namespace

int main(int argc, char** argv) try {
  const Words words(argc, argv);
  if (words.verb() == "index") return index_corpus(words), 0;
  if (words.verb() != "query") fail("usage: bench_search_xapian index|query");
  Asker asker(words("index") + "/xapian");
  measure(read_questions(words("queries")), words.passes(), [&](const Question& q) { return asker.ask(q, kBest, 0); },
          [&](const Question& q) { return asker.ask(q, 0, asker.size()).count; });
} catch (const Xapian::Error& error) {
  fail("xapian: " + error.get_description());
}
