// Our side of `scripts/bench search`, through the calls that a page's commit, a batch's closing and a question make.
//   bench_search index  --corpus FILE --out FOLDER [--group N]     prints seconds of processor time by part
//   bench_search query  --index FOLDER --queries FILE [--mode best|exhaustive|shown|tolerant|facets] [--warm N] [--timed N] [--count]
//   bench_search recall --index FOLDER --clean FILE --queries FILE   of words that stand on the clean pages, asked of the damaged ones
//   bench_search joined --corpus FILE                               pages with the words that a hyphen broke over a line's end
//   bench_search bytes  --index FOLDER                              of each column family, as they lie on the disk
#include <rocksdb/db.h>

#include <map>
#include <set>

#include "bench/search_corpus.h"
#include "core/arenas.h"
#include "indexer/index.h"
#include "indexer/index_upkeep.h"
#include "indexer/search.h"
#include "indexer/tokenizer.h"
#include "storage/archive.h"

namespace {

using namespace chartscan;
using namespace chartscan::bench;

constexpr int kPagesPerBatch = 1000;

template <typename T>
T must(Result<T> result) {
  if (!result) fail(to_string(result.error()));
  return std::move(*result);
}
void must(const Status& status) {
  if (!status) fail(to_string(status.error()));
}

// Words as OCR gives them: boxes of a 300 dpi page with a little jitter, lines slightly off the level.
PageText text_of(const CorpusPage& page) {
  PageText text;
  text.words.reserve(page.text.size() / 5);
  std::uint32_t noise = static_cast<std::uint32_t>(page.id) * 2654435761U;
  const auto jitter = [&noise](std::uint32_t below) { return static_cast<int>((noise = noise * 1664525U + 1013904223U) >> 16) % static_cast<int>(below); };
  int line = 0, column = 0, lean = jitter(7) - 3;
  std::size_t begin = 0;
  const auto finish = [&](std::size_t end) {
    if (end > begin) {
      const int x = 200 + column * 24 + jitter(3), y = 150 + line * 58 + lean + jitter(3), letters = static_cast<int>(end - begin);
      text.words.push_back({{page.text, begin, end - begin}, {x, y, x + letters * 24 - 2, y + 34 + jitter(8)}, 0.8 + 0.01 * jitter(20), line});
      column += letters + 1;
    }
    begin = end + 1;
  };
  for (std::size_t at = 0; at <= page.text.size(); ++at) {
    const char c = at < page.text.size() ? page.text[at] : ' ';
    if (c != ' ' && c != '\v') continue;
    finish(at);
    if (c == '\v') ++line, column = 0, lean = jitter(7) - 3;
  }
  return text;
}

Page page_of(const CorpusPage& source) {
  Page page;
  page.id = PageId{source.id};
  page.batch = BatchId{(source.id - 1) / kPagesPerBatch + 1};
  page.sequence = static_cast<int>((source.id - 1) % kPagesPerBatch) + 1;
  char hash[65];
  std::snprintf(hash, sizeof hash, "%064llx", static_cast<unsigned long long>(source.id) * 0x9E3779B97F4A7C15ULL);
  page.original = {hash, MediaType::Tiff, page.sequence - 1, "box-" + std::to_string(page.batch.value) + ".tif"};
  page.state = PageState::Processed;
  page.geometry.delivered = page.geometry.working = {2550, 3300};
  page.geometry.dpi_x = page.geometry.dpi_y = 300;
  page.types = {{source.type, 0.9}};
  return page;
}

Document document_of(const CorpusPage& first) {
  Document document;
  document.id = DocumentId{first.id};
  document.batch = BatchId{(first.id - 1) / kPagesPerBatch + 1};
  document.type = first.type;
  document.type_confidence = 0.9;
  document.service_date = {first.date / 10000, first.date / 100 % 100, first.date % 100};
  document.link.status = LinkStatus::Auto;
  document.link.mrn = first.mrn;
  document.link.confidence = 0.99;
  document.filed = true;
  return document;
}

// Commits pages in groups as the runner does, and closes a batch as assembling does.
class Intake {
 public:
  Intake(storage::Archive& archive, int group) : archive_(archive), group_(group) {}

  void take(const CorpusPage& source) {
    const Page page = page_of(source);
    if (!open_.empty() && open_.front().batch != page.batch) close();
    const PageText text = text_of(source);
    change_.put(page);
    change_.put(page.id, text);
    indexer::index_page(change_, page, text);
    if (++waiting_ == group_) commit();
    if (documents_.empty() || document_ != source.document) documents_.push_back(document_of(source));
    document_ = source.document;
    documents_.back().pages.push_back(page.id);
    open_.push_back(page);
  }

  void close() {
    commit();
    const double began = microseconds(CLOCK_PROCESS_CPUTIME_ID);
    storage::Change change;
    std::size_t at = 0;
    for (const Document& document : documents_) {
      for (std::size_t i = 0; i < document.pages.size(); ++i, ++at) {
        Page filed = open_[at];
        filed.state = PageState::Filed;
        filed.document = document.id;
        change.put(filed);
        indexer::index_page_fields(change, filed);
      }
      change.put(document);
      change.file(document.link.mrn, document.id);
      indexer::index_document(change, nullptr, document);
    }
    must(archive_.commit(change));
    open_.clear();
    documents_.clear();
    closing_ += microseconds(CLOCK_PROCESS_CPUTIME_ID) - began;
  }

  double closing_seconds() const { return closing_ / 1e6; }

 private:
  void commit() {
    if (waiting_ > 0) must(archive_.commit(change_));
    change_ = {};
    waiting_ = 0;
  }

  storage::Archive& archive_;
  int group_, waiting_ = 0;
  storage::Change change_;
  std::uint64_t document_ = 0;
  std::vector<Document> documents_;  // of the open batch
  std::vector<Page> open_;
  double closing_ = 0;
};

void index_corpus(const Words& words) {
  const double began = microseconds(CLOCK_PROCESS_CPUTIME_ID);
  double closing = 0;
  {
    const auto archive = must(storage::Archive::open(words("out"), storage::Access::Write, "bench search"));
    indexer::IndexKeeper keeper(*archive);  // its flushes and merges are part of the work
    Intake intake(*archive, words.number("group", 256));
    int pages = 0;
    each_page(words("corpus"), [&](const CorpusPage& page) {
      intake.take(page);
      if (++pages % 20'000 == 0) std::fprintf(stderr, "ours: %d pages\n", pages);
    });
    intake.close();
    closing = intake.closing_seconds();
    must(keeper.status());
  }
  {
    const auto archive = must(storage::Archive::open(words("out"), storage::Access::Write, "bench search"));
    while (must(indexer::flush(*archive)) || must(indexer::merge(*archive))) {  // what is still to be done
    }
  }
  std::printf("{\"cpu_s\": %.3f, \"closing_cpu_s\": %.3f}\n", (microseconds(CLOCK_PROCESS_CPUTIME_ID) - began) / 1e6, closing);
}

// "20010000" is how the corpus says the beginning of a year.
std::string date_of(const std::string& yyyymmdd) {
  const std::string month_day = yyyymmdd.substr(4);
  if (month_day == "0000" || month_day == "9999") return yyyymmdd.substr(0, 4);
  return yyyymmdd.substr(0, 4) + "-" + yyyymmdd.substr(4, 2) + "-" + yyyymmdd.substr(6, 2);
}

std::string typed(const Question& question) {
  std::string text;
  for (const std::string& word : question.words) text += (text.empty() ? "" : question.kind == "or3" ? " OR " : " ") + word;
  if (question.kind == "phrase") text = '"' + text + '"';
  if (question.kind == "prefix") text += '*';
  if (question.kind == "fuzzy") text += "~1";
  if (!question.mrn.empty()) text += " mrn:" + question.mrn;
  if (!question.type.empty()) text += " type:\"" + question.type + '"';
  if (!question.from.empty()) text += " date:" + date_of(question.from) + ".." + date_of(question.to);
  return text;
}

indexer::SearchOptions options_of(const std::string& mode) {
  indexer::SearchOptions options;
  options.limit = kBest;
  options.spelling = mode == "tolerant" ? indexer::Spelling::Tolerant : indexer::Spelling::AsWritten;
  options.counting = mode == "shown" || mode == "tolerant" ? indexer::Counting::Exact : indexer::Counting::AtLeast;
  options.exhaustive = mode == "exhaustive";
  options.facets = mode == "facets";
  return options;
}

void ask(const Words& words) {
  const auto archive = must(storage::Archive::open(words("index"), storage::Access::Read, "bench search"));
  const storage::Records records = must(archive->read());
  const std::string mode = words("mode", "best");
  const indexer::SearchOptions options = options_of(mode);
  const auto best = [&](const Question& question) {
    Outcome outcome;
    if (mode == "shown" || mode == "tolerant") {
      for (const auto& hit : must(indexer::search(records, typed(question), options)).hits) outcome.scores.push_back(hit.score);
    } else {
      for (const auto& page : must(indexer::find(records, typed(question), options)).pages) outcome.scores.push_back(page.score);
    }
    return outcome;
  };
  const auto count = [&](const Question& question) {
    indexer::SearchOptions counting = options;
    counting.counting = indexer::Counting::Exact;
    return static_cast<long>(must(indexer::find(records, typed(question), counting)).total);
  };
  measure(read_questions(words("queries")), words.passes(), best, count);
}

// Which of the pages that truly hold all words of a question its answer names, as asked by default and as written.
void recall(const Words& words) {
  std::vector<Question> questions = read_questions(words("queries"));
  std::erase_if(questions, [](const Question& question) { return question.kind != "and2"; });
  std::vector<std::set<std::uint64_t>> truth(questions.size());
  each_page(words("clean"), [&](const CorpusPage& page) {
    std::set<std::string> terms;
    for (indexer::Token& token : indexer::tokenize(page.text)) terms.insert(std::move(token.term));
    for (std::size_t i = 0; i < questions.size(); ++i)
      if (std::ranges::all_of(questions[i].words, [&](const std::string& word) { return terms.contains(word); })) truth[i].insert(page.id);
  });
  const auto archive = must(storage::Archive::open(words("index"), storage::Access::Read, "bench search"));
  const storage::Records records = must(archive->read());
  for (const char* mode : {"tolerant", "as_written"}) {
    double mean = 0;
    long found = 0, answered = 0, there = 0, asked = 0;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      if (truth[i].empty()) continue;
      indexer::SearchOptions options = options_of(mode);
      options.limit = 1'000'000;
      long right = 0;
      const auto answer = must(indexer::find(records, typed(questions[i]), options));
      for (const auto& page : answer.pages) right += truth[i].contains(page.page.value) ? 1 : 0;
      mean += static_cast<double>(right) / static_cast<double>(truth[i].size());
      found += right, there += static_cast<long>(truth[i].size()), answered += static_cast<long>(answer.pages.size()), ++asked;
    }
    std::printf("{\"mode\": \"%s\", \"questions\": %ld, \"recall\": %.4f, \"recall_of_pages\": %.4f, \"precision_of_pages\": %.4f}\n", mode, asked,
                mean / static_cast<double>(asked), static_cast<double>(found) / static_cast<double>(there),
                answered ? static_cast<double>(found) / static_cast<double>(answered) : 1.0);
  }
}

void joined(const Words& words) {
  each_page(words("corpus"), [](const CorpusPage& page) {
    std::string terms;
    for (const indexer::Token& token : indexer::tokenize(text_of(page)))
      if (token.span > 1) terms += " " + token.term;
    if (!terms.empty()) std::printf("%llu\t%s\n", static_cast<unsigned long long>(page.id), terms.c_str() + 1);
  });
}

// Whatever the writer has left in its log is counted, too, once a reader has taken it in.
void bytes(const Words& words) {
  const std::string folder = words("index") + "/db";
  std::vector<std::string> names;
  const rocksdb::DBOptions options;
  if (!rocksdb::DB::ListColumnFamilies(options, folder, &names).ok()) fail(folder + ": is no database");
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  if (const auto status = rocksdb::DB::OpenForReadOnly(options, folder, families, &handles, &db); !status.ok()) fail(status.ToString());
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    rocksdb::ColumnFamilyMetaData meta;
    std::uint64_t unflushed = 0;
    db->GetColumnFamilyMetaData(handle, &meta);
    db->GetIntProperty(handle, "rocksdb.cur-size-all-mem-tables", &unflushed);
    std::printf("%s\t%llu\t%llu\n", handle->GetName().c_str(), static_cast<unsigned long long>(meta.size), static_cast<unsigned long long>(unflushed));
    db->DestroyColumnFamilyHandle(handle);
  }
  delete db;
}

}  // namespace

int main(int argc, char** argv) {
  keep_one_arena_a_core();  // as the program does
  const Words words(argc, argv);
  const std::string verb = words.verb();
  if (verb == "index") index_corpus(words);
  else if (verb == "query") ask(words);
  else if (verb == "recall") recall(words);
  else if (verb == "joined") joined(words);
  else if (verb == "bytes") bytes(words);
  else fail("usage: bench_search index|query|recall|joined|bytes");
}
