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

// The pages a phrase is looked for on, with what the segment tells.
std::size_t pages_left(Corpus& corpus, std::string_view first, std::string_view second, PageNo pages) {
  const storage::Records records = corpus.records();
  const auto state = IndexState::of(records.view());
  REQUIRE(state.ok());
  const Part& part = (*state)->layer(Layer::Words).stored.front();
  Walk walk(records.view(), **state);
  NeighbourFilter filter(walk, {{first, second}});
  NeighbourFilter::OfSegment* const known = filter.of(part, pages);
  REQUIRE(known);
  std::size_t left = 0;
  for (PageNo page = 1; page <= pages; ++page) {
    std::array<std::uint64_t, 1> marks{};
    known->mark(std::array{page}, marks);
    left += marks[0];
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

TEST_CASE("most pages without two words in a row are known without their places", "[indexer][neighbours]") {
  Corpus corpus;
  std::mt19937 random(5);
  constexpr PageNo kPages = 2000;
  std::size_t together = 0;
  for (PageNo number = 1; number <= kPages; ++number) {
    std::string text;
    for (auto words = 40 + random() % 40; words > 0; --words) text += "w" + std::to_string(static_cast<int>(std::exp(std::uniform_real_distribution(0.0, 6.0)(random)))) + " ";
    const std::vector<std::string> words = words_of(text);
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i - 1] != "w9" || words[i] != "w20") continue;
      ++together;
      break;
    }
    corpus.add(text);
    if (number == 1) REQUIRE(flush(corpus.archive()).ok());
  }
  REQUIRE(flush(corpus.archive()).ok());
  REQUIRE(merge_all(corpus.archive(), kAlways).ok());
  const std::size_t left = pages_left(corpus, "w9", "w20", kPages);
  CHECK(left >= together);
  CHECK(left < together + kPages / 5);
  CHECK(corpus.faults().empty());
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
  const NeighbourWords words({{"left", true}, {"of", false}, {"the", false}}, {{0, 2, NeighbourWords::kNoRow}, {2, 0, 7}});
  const std::string bytes = words.encode();
  const auto read = NeighbourWords::decode(bytes);
  REQUIRE(read);
  CHECK(read->encode() == bytes);
  CHECK_FALSE(read->rows_of("left", "the"));
  REQUIRE(read->rows_of("the", "left"));
  CHECK(read->rows_of("the", "left")->one == 7);
  CHECK(read->rows_of("the", "left")->other == 7);
  CHECK_FALSE(read->rows_of("the", "knee"));
  REQUIRE(read->rows_of("of", "left"));
  // The rows that stored segments have.
  CHECK(read->rows_of("of", "left")->one == 275);
  CHECK(read->rows_of("of", "the")->one == 339);
  CHECK(read->rows_of("of", "the")->other == 134);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(NeighbourWords::decode(std::string_view(bytes).substr(0, size)));
  CHECK_FALSE(NeighbourWords::decode(bytes + "x"));
  CHECK_FALSE(NeighbourWords::decode(NeighbourWords({{"of", false}}, {{0, 0, NeighbourWords::kRows}}).encode()));
}

}  // namespace chartscan::indexer
