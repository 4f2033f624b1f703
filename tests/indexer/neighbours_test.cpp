// Which frequent words stand together: answers are the same with and without, pages without a pair are mostly known, and damage is told.
#include "indexer/neighbours.h"

#include <iterator>
#include <random>

#include "indexer/index_upkeep.h"
#include "indexer/term_cursor.h"
#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using storage::Change;
using storage::Family;
using testing::Corpus;
using testing::Ids;

constexpr NeighbourRules kAlways{0, 0}, kNever{UINT64_MAX, UINT64_MAX};

// Of a few words, some joined over the end of a line; now and then of very many.
std::string text_of(std::mt19937& random) {
  static constexpr std::array kWords{"of", "the", "left", "right", "knee", "fol-", "lo-", "in", "a", "was"};
  std::string text;
  for (auto words = random() % 25; words > 0; --words) {
    text += kWords[random() % kWords.size()];
    text += random() % 4 == 0 ? '\n' : ' ';
  }
  return text;
}

void add(Corpus& corpus, std::uint64_t number, const std::string& text) {
  Page page;
  page.id = PageId{number};
  page.batch = BatchId{1};
  Change change;
  const PageText words = testing::page_text(text);
  change.put(page);
  change.put(page.id, words);
  index_page(change, page, words);
  corpus.commit(change);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// Whether any segment tells of neighbours.
bool tells(Corpus& corpus) {
  const storage::Records records = corpus.records();
  const auto state = IndexState::of(records.view());
  REQUIRE(state.ok());
  return std::ranges::any_of((*state)->layer(Layer::Words).stored, [](const Part& part) { return part.neighbours != nullptr; });
}

// The pages a phrase is looked for on, with what the segment tells, and those where it may stand twice.
struct Left {
  std::size_t once = 0, twice = 0;
};
Left pages_left(Corpus& corpus, std::string_view first, std::string_view second, PageNo pages) {
  const storage::Records records = corpus.records();
  const auto state = IndexState::of(records.view());
  REQUIRE(state.ok());
  const Part& part = (*state)->layer(Layer::Words).stored.front();
  Walk walk(records.view(), **state);
  NeighbourFilter filter(walk, {{first, second}});
  NeighbourFilter::OfSegment* const known = filter.of(part, pages);
  REQUIRE(known);
  Left left;
  for (PageNo page = 1; page <= pages; ++page) {
    std::array<std::uint64_t, 1> once{}, twice{};
    known->mark(std::array{page}, once, twice);
    left.once += once[0];
    left.twice += twice[0];
  }
  CHECK(walk.status.ok());
  return left;
}

}  // namespace

TEST_CASE("phrases are found alike with and without what stands together", "[indexer][neighbours]") {
  Corpus plain, told;
  std::mt19937 random(11);
  // Two stretches, with a gap of pages between them that the archive does not have.
  for (std::uint64_t number = 1; number <= 500; ++number) {
    const std::string text = text_of(random);
    for (Corpus* corpus : {&plain, &told}) add(*corpus, number <= 300 ? number : NeighbourFilter::kStretch + 5 * number, text);
  }
  std::string very_long;
  for (int i = 0; i < 800; ++i) very_long += "of in the ";
  for (Corpus* corpus : {&plain, &told}) add(*corpus, 301, very_long + "left knee");
  REQUIRE(flush(plain.archive()).ok());
  REQUIRE(flush(told.archive()).ok());
  // A segment alone is not merged: a second one, whose page takes the place of one in the first.
  for (Corpus* corpus : {&plain, &told}) {
    add(*corpus, 7, "of the left knee");
    REQUIRE(flush(corpus->archive()).ok());
  }
  REQUIRE(merge_all(plain.archive(), kNever).ok());
  REQUIRE(merge_all(told.archive(), kAlways).ok());
  CHECK(tells(told));
  CHECK_FALSE(tells(plain));

  const std::array words{"of", "the", "left", "right", "knee", "fol", "lo", "in", "a", "was", "folthe", "lofol", "folleft", "folfol", "nowhere"};
  std::size_t found = 0;
  const auto same = [&](const std::string& query) {
    INFO(query);
    const Ids pages = plain.pages(query);
    CHECK(told.pages(query) == pages);
    found += pages.size();
  };
  const auto all_same = [&] {
    for (const std::string first : words) {
      for (const std::string second : words) {
        same("\"" + first + " " + second + "\"");
        for (const std::string third : {"the", "knee", "folleft"}) same("\"" + first + " " + second + " " + third + "\"");
      }
    }
    same("\"of the left knee\"");
    same("\"the of left\"");
  };
  all_same();
  for (Corpus* corpus : {&plain, &told}) add(*corpus, 9, "the of left");  // a fresh one takes the place of one in the segment
  all_same();
  for (Corpus* corpus : {&plain, &told}) REQUIRE(flush(corpus->archive()).ok());
  all_same();
  CHECK(found > 5000);
}

TEST_CASE("most pages without two words in a row, or without them twice, are known without their places", "[indexer][neighbours]") {
  Corpus corpus;
  std::mt19937 random(5);
  constexpr PageNo kPages = 2000;
  Left together;
  for (PageNo number = 1; number <= kPages; ++number) {
    std::string text;
    for (auto words = 40 + random() % 40; words > 0; --words) text += "w" + std::to_string(static_cast<int>(std::exp(std::uniform_real_distribution(0.0, 6.0)(random)))) + " ";
    const std::vector<std::string> words = words_of(text);
    int times = 0;
    for (std::size_t i = 1; i < words.size(); ++i) times += words[i - 1] == "w2" && words[i] == "w3";
    together.once += times > 0;
    together.twice += times > 1;
    corpus.add(text);
    if (number == 1) REQUIRE(flush(corpus.archive()).ok());
  }
  REQUIRE(flush(corpus.archive()).ok());
  REQUIRE(merge_all(corpus.archive(), kAlways).ok());
  const Left left = pages_left(corpus, "w2", "w3", kPages);
  REQUIRE(together.twice > 10);
  CHECK(left.once >= together.once);
  CHECK(left.once < together.once + kPages / 5);
  CHECK(left.twice >= together.twice);
  CHECK(left.twice < together.twice + kPages / 5);
  CHECK(left.twice < left.once);
  CHECK(corpus.faults().empty());
}

TEST_CASE("the best pages of a phrase are the same with and without what stands together", "[indexer][neighbours]") {
  Corpus plain, told;
  std::mt19937 random(7);
  for (int number = 0; number < 3000; ++number) {
    const std::string text = text_of(random) + text_of(random);
    for (Corpus* corpus : {&plain, &told}) corpus->add(text);
    if (number % 1500 != 0) continue;
    for (Corpus* corpus : {&plain, &told}) REQUIRE(flush(corpus->archive()).ok());
  }
  REQUIRE(flush(plain.archive()).ok());
  REQUIRE(flush(told.archive()).ok());
  REQUIRE(merge_all(plain.archive(), kNever).ok());
  REQUIRE(merge_all(told.archive(), kAlways).ok());
  REQUIRE(tells(told));
  SearchOptions options;
  options.limit = 5;
  for (const std::string first : {"of", "the", "left", "right", "knee", "fol", "in"}) {
    for (const std::string second : {"of", "the", "left", "right", "knee", "folleft", "in"}) {
      for (const std::string third : {"", " a", " the", " knee"}) {
        const std::string query = "\"" + first + " " + second + third + "\"";
        INFO(query);
        const auto expected = search(plain.records(), query, options), answer = search(told.records(), query, options);
        REQUIRE((expected.ok() && answer.ok()));
        REQUIRE(answer->hits.size() == expected->hits.size());
        for (std::size_t i = 0; i < answer->hits.size(); ++i) {
          CHECK(answer->hits[i].page == expected->hits[i].page);
          CHECK(answer->hits[i].score == expected->hits[i].score);
        }
      }
    }
  }
}

TEST_CASE("a phrase that stands twice, once with a joined word, is not taken for one that stands once", "[indexer][neighbours]") {
  Corpus corpus;
  for (int page = 1; page <= 200; ++page) {
    const bool twice = page == 120;
    corpus.add(twice ? "a b c d e f g h i j k l m n o p folleft knee of the fol-\nleft knee s t u v w x y z" : "a b c d e f g h i j k l m n o p folleft knee of the left q r");
    if (page == 1) REQUIRE(flush(corpus.archive()).ok());
  }
  for (int page = 0; page < 300; ++page) corpus.add("knee of the left a b c d e f g folleft");  // else the pair were on most pages of its rarer word
  REQUIRE(flush(corpus.archive()).ok());
  REQUIRE(merge_all(corpus.archive(), kAlways).ok());
  SearchOptions options;
  options.limit = 1;
  const auto answer = search(corpus.records(), "\"folleft knee\"", options);
  REQUIRE(answer.ok());
  REQUIRE(answer->hits.size() == 1);
  CHECK(answer->hits[0].page == PageId{120});
}

TEST_CASE("what stands together is told of in large archives alone", "[indexer][neighbours]") {
  Corpus corpus;
  for (int segment = 0; segment < 8; ++segment) {
    corpus.add("of the left knee");
    REQUIRE(flush(corpus.archive()).value());
  }
  REQUIRE(merge(corpus.archive()).value());
  CHECK_FALSE(tells(corpus));
}

TEST_CASE("damage to what stands together is told, by questions and by verify", "[indexer][neighbours][verify]") {
  Corpus corpus;
  corpus.add("of the left knee");
  REQUIRE(flush(corpus.archive()).value());
  for (int page = 0; page < 9; ++page) corpus.add("knee of the left");  // a pair on more pages would be left out
  REQUIRE(flush(corpus.archive()).value());
  REQUIRE(merge_all(corpus.archive(), kAlways).ok());
  std::uint32_t segment = 0;
  {
    const storage::Records records = corpus.records();
    segment = (*IndexState::of(records.view()))->layer(Layer::Words).stored.front().segment.number;
  }
  REQUIRE(corpus.pages("\"left knee\"") == Ids{1});
  REQUIRE(corpus.faults().empty());
  const auto told = [&] {
    const auto faults = corpus.faults();
    REQUIRE(faults.size() == 1);
    CHECK_THAT(faults.front(), Catch::Contains("which words stand together") && Catch::Contains("index rebuild"));
  };
  const auto rows_with = [&](const std::function<void(Change&, const std::string& key, const std::string& bytes)>& damage) {
    Change change;
    const storage::Records records = corpus.records();
    for (auto rows = records.view().rows(Family::Post, rows::neighbours(segment)); !rows->at_end(); rows->next())
      if (rows->key() != rows::neighbours(segment)) damage(change, std::string(rows->key()), std::string(rows->value()));
    corpus.commit(change);
  };
  const auto refused = [&] {
    const auto answer = search(corpus.records(), "\"left knee\"", {});
    REQUIRE(!answer.ok());
    CHECK(answer.error().code == ErrorCode::Integrity);
    CHECK_THAT(answer.error().message, Catch::Contains("index rebuild"));
  };

  SECTION("rows missing") {
    rows_with([](Change& change, const std::string& key, const std::string&) { change.raw().erase(Family::Post, key); });
    told();
    refused();
  }
  SECTION("rows cut short") {
    rows_with([](Change& change, const std::string& key, const std::string& bytes) { change.raw().put(Family::Post, key, bytes.substr(1)); });
    told();
    refused();
  }
  SECTION("bits changed") {
    rows_with([](Change& change, const std::string& key, const std::string& bytes) { change.raw().put(Family::Post, key, std::string(bytes.size(), '\0')); });
    told();
  }
}

TEST_CASE("damaged words of neighbours are refused", "[indexer][neighbours]") {
  using enum NeighbourWords::Kind;
  constexpr std::uint16_t kNoRow = NeighbourWords::kNoRow, kHashed = NeighbourWords::kHashed;
  const NeighbourWords words({{"bovie", TwiceOnly}, {"left", Rarer}, {"of", Frequent}, {"the", Frequent}}, {{1, 3, kNoRow, 350}, {3, 1, 7, kHashed}});
  const std::string bytes = words.encode();
  const auto read = NeighbourWords::decode(bytes);
  REQUIRE(read);
  CHECK(read->encode() == bytes);
  const auto rows = [&](std::string_view first, std::string_view second) {
    const NeighbourWords::Rows found = read->rows_of(first, second);
    return std::array{found.one, found.other, found.twice};
  };
  // The rows that stored segments have.
  CHECK(rows("left", "the") == std::array<std::uint16_t, 3>{kNoRow, kNoRow, 350});
  CHECK(rows("the", "left") == std::array<std::uint16_t, 3>{7, 7, 350});
  CHECK(rows("of", "left") == std::array<std::uint16_t, 3>{280, 280, 356});
  CHECK(rows("of", "the") == std::array<std::uint16_t, 3>{158, 250, 345});
  CHECK(rows("of", "bovie") == std::array<std::uint16_t, 3>{kNoRow, kNoRow, 365});
  CHECK(rows("the", "knee") == std::array<std::uint16_t, 3>{kNoRow, kNoRow, kNoRow});
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(NeighbourWords::decode(std::string_view(bytes).substr(0, size)));
  CHECK_FALSE(NeighbourWords::decode(bytes + "x"));
  CHECK_FALSE(NeighbourWords::decode(NeighbourWords({{"of", Frequent}}, {{0, 0, NeighbourWords::kRows, kHashed}}).encode()));
  CHECK_FALSE(NeighbourWords::decode(NeighbourWords({{"of", Frequent}}, {{0, 0, kHashed, NeighbourWords::kRows}}).encode()));
}

}  // namespace chartscan::indexer
