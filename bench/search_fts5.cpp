// SQLite FTS5 as a peer of `scripts/bench search`: contentless, detail=full, write-ahead log with synchronous=normal, a transaction a
// thousand pages, 256 MB of cache. It has no edit distance: the vocabulary is searched inside the time of the question.
//   bench_search_fts5 index --corpus FILE --out FOLDER     bench_search_fts5 query --index FOLDER --queries FILE [--warm N] [--timed N] [--count]
#include <sqlite3.h>

#include "bench/search_corpus.h"

namespace {

using namespace chartscan::bench;

constexpr int kPagesPerTransaction = 1000;

class Database {
 public:
  explicit Database(const std::string& file) {
    if (sqlite3_open(file.c_str(), &db_) != SQLITE_OK) fail(file + ": " + sqlite3_errmsg(db_));
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=normal; PRAGMA cache_size=-262144; PRAGMA temp_store=memory;");
  }
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;

  void run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(std::string("fts5: ") + sqlite3_errmsg(db_));
  }
  sqlite3_stmt* prepared(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) fail(std::string("fts5: ") + sqlite3_errmsg(db_));
    return statement;
  }

 private:
  sqlite3* db_ = nullptr;
};

void bind_text(sqlite3_stmt* statement, int at, const std::string& text) {
  sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void index_corpus(const Words& words) {
  Database db(words("out") + "/fts5.db");
  db.run("CREATE VIRTUAL TABLE f USING fts5(text, content='', detail=full, tokenize='ascii');"
         "CREATE TABLE m(page INTEGER PRIMARY KEY, mrn TEXT, doc INTEGER, type TEXT, date INTEGER);"
         "CREATE INDEX by_mrn ON m(mrn); CREATE INDEX by_type ON m(type); CREATE INDEX by_date ON m(date); BEGIN;");
  sqlite3_stmt* text = db.prepared("INSERT INTO f(rowid, text) VALUES(?,?)");
  sqlite3_stmt* meta = db.prepared("INSERT INTO m VALUES(?,?,?,?,?)");
  int pages = 0;
  each_page(words("corpus"), [&](const CorpusPage& page) {
    const auto id = static_cast<sqlite3_int64>(page.id);
    sqlite3_bind_int64(text, 1, id);
    bind_text(text, 2, page.text);
    sqlite3_bind_int64(meta, 1, id);
    bind_text(meta, 2, page.mrn);
    sqlite3_bind_int64(meta, 3, static_cast<sqlite3_int64>(page.document));
    bind_text(meta, 4, page.type);
    sqlite3_bind_int(meta, 5, page.date);
    if (sqlite3_step(text) != SQLITE_DONE || sqlite3_step(meta) != SQLITE_DONE) fail("fts5: a page could not be added");
    sqlite3_reset(text);
    sqlite3_reset(meta);
    if (++pages % kPagesPerTransaction == 0) db.run("COMMIT; BEGIN;");
  });
  sqlite3_finalize(text);
  sqlite3_finalize(meta);
  db.run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE);");
}

class Asker {
 public:
  explicit Asker(Database& db) : db_(db) {
    db.run("CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'f', 'row')");
    sqlite3_stmt* terms = db.prepared("SELECT term FROM temp.v");
    while (sqlite3_step(terms) == SQLITE_ROW) vocabulary_.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(terms, 0)));
    sqlite3_finalize(terms);
  }

  Outcome best(const Question& question) {
    if (match(question).empty()) return {};  // no word is near
    sqlite3_stmt* statement = db_.prepared(("SELECT f.rowid, f.rank FROM f" + filter(question) + " ORDER BY rank LIMIT 20").c_str());
    bind_all(statement, question);
    Outcome outcome;
    while (sqlite3_step(statement) == SQLITE_ROW) outcome.scores.push_back(-sqlite3_column_double(statement, 1));
    sqlite3_finalize(statement);
    return outcome;
  }

  long count(const Question& question) {
    if (match(question).empty()) return 0;
    sqlite3_stmt* statement = db_.prepared(("SELECT count(*) FROM f" + filter(question)).c_str());
    bind_all(statement, question);
    if (sqlite3_step(statement) != SQLITE_ROW) fail(std::string("fts5: ") + sqlite3_errmsg(sqlite3_db_handle(statement)));
    const long count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count;
  }

 private:
  static std::string filter(const Question& question) {
    if (!question.mrn.empty()) return " JOIN m ON m.page = f.rowid WHERE f MATCH ?1 AND m.mrn = ?2";
    if (!question.type.empty()) return " JOIN m ON m.page = f.rowid WHERE f MATCH ?1 AND m.type = ?2";
    if (!question.from.empty()) return " JOIN m ON m.page = f.rowid WHERE f MATCH ?1 AND m.date BETWEEN ?2 AND ?3";
    return " WHERE f MATCH ?1";
  }

  void bind_all(sqlite3_stmt* statement, const Question& question) {
    bind_text(statement, 1, match(question));
    if (!question.mrn.empty()) bind_text(statement, 2, question.mrn);
    if (!question.type.empty()) bind_text(statement, 2, question.type);
    if (!question.from.empty()) {
      sqlite3_bind_int(statement, 2, std::stoi(question.from));
      sqlite3_bind_int(statement, 3, std::stoi(question.to));
    }
  }

  std::string match(const Question& question) const {
    if (question.kind == "prefix") return "\"" + question.words.front() + "\"*";
    const char* between = question.kind == "or3" || question.kind == "fuzzy" ? "\" OR \"" : question.kind == "phrase" ? " " : "\" AND \"";
    std::string text;
    const auto add = [&](const std::string& word) { text += (text.empty() ? "\"" : between) + word; };
    if (question.kind != "fuzzy") for (const std::string& word : question.words) add(word);
    else for (const std::string& term : vocabulary_) if (within_one_edit(term, question.words.front())) add(term);
    return text.empty() ? text : text + "\"";
  }

  Database& db_;
  std::vector<std::string> vocabulary_;
};

}  // namespace

int main(int argc, char** argv) {
  const Words words(argc, argv);
  if (words.verb() == "index") return index_corpus(words), 0;
  if (words.verb() != "query") fail("usage: bench_search_fts5 index|query");
  Database db(words("index") + "/fts5.db");
  Asker asker(db);
  measure(read_questions(words("queries")), words.passes(), [&](const Question& q) { return asker.best(q); }, [&](const Question& q) { return asker.count(q); });
}
