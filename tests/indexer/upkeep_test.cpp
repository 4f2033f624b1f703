// Segments come and go, and no answer changes.
#include "indexer/index_upkeep.h"

#include <atomic>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "indexer/fields.h"
#include "indexer/index_reader.h"
#include "indexer/rows.h"
#include "tests/indexer/corpus.h"
#include "tests/storage/on_disk.h"

namespace chartscan::indexer {
namespace {

using storage::Change;
using storage::Family;
using testing::Corpus;
using testing::Ids;
using Random = std::mt19937;

std::string random_text(Random& random) {
  std::string text;
  for (auto words = 1 + random() % 30; words > 0; --words) {
    const auto number = static_cast<unsigned>(std::exp(std::uniform_real_distribution(0.0, 6.0)(random)));
    text += "w" + std::to_string(number) + (random() % 8 == 0 ? "\n" : " ");
  }
  return text;
}

// Puts, changes and takes out pages and documents, and knows what should be found.
class Author {
 public:
  Author(Corpus& corpus, unsigned seed) : corpus_(corpus), random_(seed) {}

  void act() {
    const auto what = random_() % 10;
    if (texts_.empty() || what < 5) return write(next_++);
    const std::uint64_t page = 1 + random_() % (next_ - 1);
    if (what < 7) return write(page);
    if (what < 8) return take_out(page);
    file(page);
  }

  void check() {
    for (int i = 0; i < 5; ++i) {
      const std::string word = "w" + std::to_string(1 + random_() % 60), other = "w" + std::to_string(1 + random_() % 10);
      const auto both = [&](IndexReader& index) { return parts(index, {word, other}); };
      const auto has_word = [&](const auto& words, auto) { return has(words, word); };
      expect([&](auto& index) { return pages(index, word); }, has_word);
      expect([&](auto& index) { return all_of(both(index)); }, [&](const auto& words, auto) { return has(words, word) && has(words, other); });
      expect([&](auto& index) { return any_of(both(index)); }, [&](const auto& words, auto) { return has(words, word) || has(words, other); });
      expect([&](auto& index) { return without(pages(index, word), pages(index, other)); },
             [&](const auto& words, auto) { return has(words, word) && !has(words, other); });
      expect([&](auto& index) { return phrase(index, other, word); }, [&](const auto& words, auto) {
        return std::adjacent_find(words.begin(), words.end(), [&](auto& a, auto& b) { return a == other && b == word; }) != words.end();
      });
      expect([&](auto& index) { return *index.range(word, "", ""); }, [&](const auto& words, auto) {
        return std::any_of(words.begin(), words.end(), [&](const std::string& each) { return each.starts_with(word); });
      });
    }
    const std::string ecg = layout::field_term(field::kType, "ecg");
    expect([&](auto& index) { return pages(index, ecg); }, [](const auto&, const std::string& type) { return type == "ecg"; });
    expect([&](auto& index) { return all_of(parts(index, {ecg, "w1"})); },
           [](const auto& words, const std::string& type) { return type == "ecg" && has(words, "w1"); });
    check_best();
    std::vector<std::string> faults;
    REQUIRE(verify_index(corpus_.records(), [&](const std::string& line) { faults.push_back(line); }).ok());
    CHECK(faults.empty());
  }

 private:
  using Words = std::vector<std::string>;
  static bool has(const Words& words, const std::string& word) { return std::find(words.begin(), words.end(), word) != words.end(); }

  void write(std::uint64_t number) {
    const std::string text = random_text(random_);
    Page page;
    page.id = PageId{number};
    page.batch = BatchId{1};
    if (types_.contains(number)) page.document = DocumentId{number};
    const PageText words = testing::page_text(text);
    Change change;
    change.put(page);
    change.put(page.id, words);
    index_page(change, page, words);
    corpus_.commit(change);
    std::istringstream in(text);
    texts_[number] = Words(std::istream_iterator<std::string>(in), {});
  }

  void take_out(std::uint64_t number) {
    if (!texts_.contains(number)) return;
    Change change;
    unindex_page(change, PageId{number});
    change.raw().erase(Family::Text, storage_key(number));
    corpus_.commit(change);
    texts_.erase(number);
  }

  void file(std::uint64_t number) {
    Document document;
    document.id = DocumentId{number};
    document.pages = {PageId{number}};
    document.type = random_() % 2 ? "ecg" : "lab_report";
    Change change;
    Page page = **corpus_.records().page(PageId{number});
    page.document = document.id;
    change.put(page);
    change.put(document);
    index_document(change, nullptr, document);
    corpus_.commit(change);
    types_[number] = document.type;
  }

  static std::string storage_key(std::uint64_t number) {
    std::string key;
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
    return key;
  }

  static PageCursorPtr pages(IndexReader& index, const std::string& term) { return std::move(*index.word(term)); }
  static std::vector<PageCursorPtr> parts(IndexReader& index, const std::vector<std::string>& terms) {
    std::vector<PageCursorPtr> cursors;
    for (const std::string& term : terms) cursors.push_back(pages(index, term));
    return cursors;
  }
  static PageCursorPtr phrase(IndexReader& index, const std::string& first, const std::string& second) {
    std::vector<PlaceCursorPtr> words;
    words.push_back(std::move(*index.word(first)));
    words.push_back(std::move(*index.word(second)));
    return index.phrase(std::move(words));
  }

  // The pages one by one, and their number.
  void expect(const std::function<PageCursorPtr(IndexReader&)>& make,
              const std::function<bool(const Words&, const std::string&)>& fits) {
    Ids expected, found;
    std::set<std::uint64_t> all;
    for (const auto& [page, _] : texts_) all.insert(page);
    for (const auto& [page, _] : types_) all.insert(page);
    static const Words kNone;
    for (const std::uint64_t page : all) {
      const auto text = texts_.find(page);
      const auto type = types_.find(page);
      if (fits(text == texts_.end() ? kNone : text->second, type == types_.end() ? "" : type->second)) expected.push_back(page);
    }
    const storage::Records records = corpus_.records();
    const auto index = IndexReader::open(records.view());
    REQUIRE(index.ok());
    const PageCursorPtr cursor = make(**index);
    for (; cursor->page() != PageCursor::kEnd; cursor->next()) found.push_back(cursor->page());
    CHECK(found == expected);
    CHECK(make(**index)->count_rest() == expected.size());
    CHECK((*index)->status().ok());
  }

  static std::string shown(const std::vector<Scored>& pages) {
    std::ostringstream text;
    text.precision(17);
    for (const Scored& page : pages) text << page.page << " " << page.score << ", ";
    return text.str();
  }

  // Pruned and exhaustive walks agree on every kind of cursor.
  void check_best() {
    const storage::Records records = corpus_.records();
    for (int kind = 0; kind < 5; ++kind) {
      std::array<std::vector<Scored>, 2> best;
      const std::string a = "w" + std::to_string(1 + random_() % 5), b = "w" + std::to_string(1 + random_() % 20), c = "w3";
      for (const Pruning pruning : {Pruning::Off, Pruning::On}) {
        const auto index = IndexReader::open(records.view());
        REQUIRE(index.ok());
        const auto word = [&](const std::string& term) { return std::move(*(*index)->word(term)); };
        std::vector<PageCursorPtr> parts;
        parts.push_back(word(a));
        parts.push_back(word(b));
        PageCursorPtr cursor;
        if (kind == 0) cursor = word(a);
        if (kind == 1) cursor = all_of(std::move(parts));
        if (kind == 2) parts.push_back(word(c)), cursor = any_of(std::move(parts));
        if (kind >= 3) {
          std::vector<PlaceCursorPtr> words;
          words.push_back(word(a));
          words.push_back(word(b));
          cursor = kind == 3 ? (*index)->phrase(std::move(words)) : (*index)->near(std::move(words), 4);
        }
        best[pruning == Pruning::On] = best_pages(*cursor, 7, nullptr, pruning);
        CHECK((*index)->status().ok());
      }
      INFO("kind " << kind << " of " << a << ", " << b);
      CHECK(shown(best[1]) == shown(best[0]));
    }
  }

  Corpus& corpus_;
  Random random_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, Words> texts_;
  std::map<std::uint64_t, std::string> types_;
};

TEST_CASE("pages written, changed and taken out are found rightly, whatever is flushed and merged between", "[indexer][upkeep]") {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Corpus corpus;
    Author author(corpus, seed);
    Random random(100 + seed);
    const NeighbourRules rules = seed % 2 ? NeighbourRules{0, 0} : NeighbourRules();
    for (int round = 0; round < 30; ++round) {
      for (auto acts = 1 + random() % 60; acts > 0; --acts) author.act();
      if (random() % 3 != 0) REQUIRE(flush(corpus.archive()).ok());
      if (random() % 3 == 0) REQUIRE(merge(corpus.archive(), rules).ok());
      if (random() % 10 == 0) REQUIRE(merge_all(corpus.archive(), rules).ok());
      if (random() % 10 == 0) REQUIRE(rebuild(corpus.archive(), Rebuild::FromStart, [](auto, auto) { return true; }).ok());
      author.check();
    }
  }
}

TEST_CASE("pages that change while they are made into segments keep their newest words", "[indexer][upkeep]") {
  Corpus corpus;
  std::atomic<bool> stop = false;
  std::thread keeper([&] {
    while (!stop) {
      if (!flush(corpus.archive()).ok() || !merge(corpus.archive()).ok()) std::abort();
    }
  });
  Author author(corpus, 77);
  for (int acts = 0; acts < 1500; ++acts) author.act();
  stop = true;
  keeper.join();
  author.check();
}

TEST_CASE("segments of one size become one, and nothing of the old ones is left", "[indexer][upkeep]") {
  Corpus corpus;
  for (int segment = 0; segment < 8; ++segment) {
    for (int page = 0; page < 3; ++page) corpus.add("chest pain w" + std::to_string(segment));
    REQUIRE(flush(corpus.archive()).value());
  }
  CHECK(index_status(corpus.records())->layers[0].segments == 8);
  while (*merge(corpus.archive())) {
  }
  const auto status = index_status(corpus.records());
  CHECK(status->layers[0].segments == 1);
  CHECK(status->layers[0].pages == 24);
  CHECK(status->pages == 24);
  CHECK(corpus.pages("chest").size() == 24);
  const auto before = corpus.records().view().rows(Family::Post, rows::lists(1));
  CHECK(before->at_end());
  CHECK(corpus.faults().empty());
}

TEST_CASE("what an interrupted step leaves is swept and never read", "[indexer][upkeep]") {
  Corpus corpus;
  corpus.add("chest");
  REQUIRE(flush(corpus.archive()).value());
  Change change;
  change.raw().put(Family::Post, rows::list(4, "chest"), "half");
  change.raw().put(Family::Post, rows::list(9, "chest"), "half");
  change.raw().put(Family::Post, rows::chunk(9, "chest", 0), "half");
  change.raw().put(Family::Dictionary, rows::terms(9, 0), "half");
  corpus.commit(change);
  CHECK(corpus.pages("chest") == Ids{1});
  REQUIRE(sweep(corpus.archive()).ok());
  const auto view = corpus.records();
  CHECK(view.view().rows(Family::Post, rows::lists(4))->at_end());
  CHECK(view.view().rows(Family::Post, rows::lists(9))->at_end());
  CHECK(view.view().rows(Family::Dictionary, rows::terms(9))->at_end());
  corpus.add("chest");
  REQUIRE(flush(corpus.archive()).value());  // takes a number that was swept
  CHECK(corpus.pages("chest") == Ids{1, 2});
  CHECK(corpus.faults().empty());
}

TEST_CASE("an index of the first version answers nothing until it is built anew, and can be stopped and continued", "[indexer][upkeep]") {
  Corpus corpus;
  constexpr int kPages = 2 * kFlushPages + 100;
  Change change;
  for (int i = 1; i <= kPages; ++i) {
    Page page;
    page.id = PageId{static_cast<std::uint64_t>(i)};
    page.batch = BatchId{1};
    change.put(page);
    change.put(page.id, testing::page_text("chest w" + std::to_string(i)));
  }
  change.raw().put(Family::Dictionary, "l" + std::string(8, '\1'), "x");
  change.raw().put(Family::Post, "chest" + std::string(10, '\0'), "x");
  corpus.commit(change);
  const auto refused = search(corpus.records(), "chest", {});
  REQUIRE(!refused.ok());
  CHECK_THAT(refused.error().message, Catch::Contains("index rebuild"));
  CHECK(*needs_rebuild(corpus.archive()));

  int steps = 0;
  REQUIRE(rebuild(corpus.archive(), Rebuild::Continue, [&](auto, auto) { return ++steps <= 1; }).ok());
  const auto unfinished = search(corpus.records(), "chest", {});
  REQUIRE(!unfinished.ok());
  CHECK_THAT(unfinished.error().message, Catch::Contains(std::to_string(kFlushPages) + " of " + std::to_string(kPages)));
  CHECK(*needs_rebuild(corpus.archive()));
  // A page committed meanwhile is not lost.
  Page late;
  late.id = PageId{kPages + 1};
  late.batch = BatchId{1};
  const PageText words = testing::page_text("chest late");
  Change more;
  more.put(late);
  more.put(late.id, words);
  index_page(more, late, words);
  corpus.commit(more);

  std::uint64_t first = 0;
  REQUIRE(rebuild(corpus.archive(), Rebuild::Continue, [&](std::uint64_t done, auto) {
            if (first == 0) first = done;
            return true;
          }).ok());
  CHECK(first == kFlushPages);
  CHECK(!*needs_rebuild(corpus.archive()));
  const storage::Records records = corpus.records();
  CHECK((*(*IndexReader::open(records.view()))->word("chest"))->count_rest() == kPages + 1);
  CHECK(corpus.pages("late") == Ids{kPages + 1});
  CHECK(corpus.pages("w" + std::to_string(kPages)) == Ids{kPages});
  std::vector<std::string> faults;
  REQUIRE(verify_index(corpus.records(), [&](const std::string& line) { faults.push_back(line); }).ok());
  CHECK(faults.empty());
}

TEST_CASE("an index of the version before answers nothing until it is built anew", "[indexer][upkeep]") {
  Corpus corpus;
  for (int i = 0; i < 3; ++i) corpus.add("chest");
  REQUIRE(flush(corpus.archive()).value());
  Change older;
  std::string manifest = **corpus.records().view().get(Family::Dictionary, rows::kManifest);
  REQUIRE(!rows::is_older_manifest(manifest));
  --manifest.front();
  REQUIRE(rows::is_older_manifest(manifest));
  older.raw().put(Family::Dictionary, std::string(rows::kManifest), manifest);
  corpus.commit(older);
  const auto refused = search(corpus.records(), "chest", {});
  REQUIRE(!refused.ok());
  CHECK_THAT(refused.error().message, Catch::Contains("index rebuild"));
  CHECK((*index_status(corpus.records())).stale);
  corpus.add("chest");  // before it is built
  REQUIRE(*needs_rebuild(corpus.archive()));
  REQUIRE(sweep(corpus.archive()).ok());
  CHECK(!flush(corpus.archive()).value());
  REQUIRE(rebuild(corpus.archive(), Rebuild::Continue, [](auto, auto) { return true; }).ok());
  CHECK(corpus.pages("chest") == Ids{1, 2, 3, 4});
  CHECK(corpus.faults().empty());
}

TEST_CASE("columns tell each page's value, also of fresh, changed and taken out pages", "[indexer][column]") {
  Corpus corpus;
  const auto document = [](std::uint64_t id, std::vector<PageId> pages, Date date) {
    Document document;
    document.id = DocumentId{id};
    document.pages = std::move(pages);
    document.service_date = date;
    return document;
  };
  for (int page = 0; page < 6; ++page) corpus.add("text");
  const Document first = document(1, {PageId{1}, PageId{2}}, {2019, 1, 2}), second = document(3, {PageId{3}}, {2020, 1, 2});
  corpus.add(first);
  corpus.add(second);
  REQUIRE(flush(corpus.archive()).value());
  const auto dates = [&] {
    const storage::Records records = corpus.records();
    const auto index = IndexReader::open(records.view());
    const auto column = (*index)->column(field::kDate);
    std::string text;
    for (PageNo page = 1; page <= 6; ++page) text += (*column)->values()[(*column)->at(page)] + ",";
    return text;
  };
  CHECK(dates() == "20190102,20190102,20200102,,,,");
  corpus.add(document(5, {PageId{5}}, {2021, 1, 2}));
  Change change;
  unindex_document(change, second);
  change.erase(second.id);
  const Document changed = document(1, {PageId{1}}, {2018, 1, 2});
  change.put(changed);
  index_document(change, &first, changed);
  corpus.commit(change);
  CHECK(dates() == "20180102,,,,20210102,,");
  REQUIRE(flush(corpus.archive()).value());
  CHECK(dates() == "20180102,,,,20210102,,");
  const storage::Records records = corpus.records();
  const auto index = IndexReader::open(records.view());
  auto cursor = (*index)->column_range(field::kDate, "2018", "2020");
  REQUIRE(cursor.ok());
  CHECK((*cursor)->page() == 1);
  CHECK((*cursor)->count_rest() == 1);
}

TEST_CASE("commits wait while the index cannot keep pace, and go on when it has", "[indexer]") {
  const TemporaryFolder folder;
  auto archive = storage::Archive::open(folder.path() / "archive", storage::Access::Write);
  REQUIRE(archive.ok());
  std::atomic<int> commits = 0;
  std::atomic<bool> enough = false;
  {
    IndexKeeper keeper(**archive);
    std::thread writer;
    {
      std::unique_lock<std::mutex> busy;
      {
        const auto records = (*archive)->read();
        busy = std::unique_lock(records->view().attachment().work);  // the keeper cannot begin a step
      }
      writer = std::thread([&] {
        for (int row = 0; !enough; ++commits) {
          Change change;
          for (int i = 0; i < 5'000; ++i) change.raw().put(Family::Meta, "row" + std::to_string(row++), "");
          if (!(*archive)->commit(change).ok()) break;
        }
      });
      using namespace std::chrono_literals;
      const auto began = std::chrono::steady_clock::now();
      const auto too_late = [&] { return std::chrono::steady_clock::now() - began > 60s; };
      for (int before = -1; before != commits && !too_late();) {
        before = commits;
        std::this_thread::sleep_for(1s);
      }
      CHECK_FALSE(too_late());
    }
    const int stopped_at = commits;
    CHECK(stopped_at > 16);
    for (int tries = 0; commits == stopped_at && tries < 600; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(commits > stopped_at);
    enough = true;
    writer.join();
    CHECK(keeper.status().ok());
  }
  CHECK((*archive)->commit(Change()).ok());  // nobody keeps it any more
}

}  // namespace
}  // namespace chartscan::indexer
