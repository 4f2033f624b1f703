// Lists come back as they went in, in any way they are read, and damaged ones never read past their end.
#include "indexer/list_encoder.h"

#include <catch2/catch.hpp>
#include <random>

namespace chartscan::indexer {
namespace {

using Random = std::mt19937;

Postings random_postings(Random& random, std::size_t pages, bool spans) {
  Postings postings;
  PageNo page = 100 + random() % 50;
  for (std::size_t i = 0; i < pages; ++i) {
    std::vector<Place> places;
    std::uint32_t position = random() % 300;
    for (auto more = random() % 5 == 0 ? 1 + random() % 40 : 1; more > 0; --more, position += 1 + random() % 20)
      places.push_back(place(position, spans && random() % 9 == 0 ? 2 : 1));
    postings.add(page, places);
    page += 1 + (random() % 50 == 0 ? random() % 100000 : random() % 3);
  }
  return postings;
}

struct Encoded : EncodedPostings {
  explicit Encoded(const Postings& postings) {
    PageLengths lengths;
    for (const PageNo page : postings.pages) lengths.add(page, 50 + page % 300);
    ListEncoder(lengths, 200).encode(postings, *this);
  }
  LoadChunk load() const {
    return [this](std::size_t chunk) -> std::optional<std::string_view> {
      if (chunk >= chunks.size()) return std::nullopt;
      return chunks[chunk];
    };
  }
};

constexpr std::array kSizes{1, 2, 127, 128, 129, 1000, 8192, 8193, 20000};

TEST_CASE("a list of any length comes back whole", "[indexer][postings]") {
  Random random(3);
  for (const int size : kSizes) {
    for (const bool spans : {false, true}) {
      const Postings postings = random_postings(random, static_cast<std::size_t>(size), spans);
      const Encoded encoded(postings);
      ListReader list(encoded.list, postings.pages.front());
      CHECK(list.pages() == postings.pages.size());
      Postings read;
      CHECK(list.read_all(read, encoded.load()));
      CHECK(read == postings);
    }
  }
}

TEST_CASE("seeking finds the same pages, weights and places as reading all", "[indexer][postings]") {
  Random random(4);
  for (const int size : kSizes) {
    const Postings postings = random_postings(random, static_cast<std::size_t>(size), size % 2 == 1);
    std::vector<std::size_t> firsts{0};
    for (const std::uint32_t count : postings.counts) firsts.push_back(firsts.back() + count);
    const Encoded encoded(postings);
    for (const std::uint32_t stride : {2u, 700u, 200000u}) {
      ListReader list(encoded.list, postings.pages.front());
      for (PageNo wanted = 0; list.page() != PageCursor::kEnd; wanted = list.page() + 1 + random() % stride) {
        list.seek(wanted);
        const auto found = std::lower_bound(postings.pages.begin(), postings.pages.end(), wanted) - postings.pages.begin();
        if (found == static_cast<std::ptrdiff_t>(postings.pages.size())) {
          CHECK(list.page() == PageCursor::kEnd);
          break;
        }
        const auto i = static_cast<std::size_t>(found);
        REQUIRE(list.page() == postings.pages[i]);
        const std::span places(postings.places.data() + firsts[i], postings.counts[i]);
        CHECK(list.weight() == weight_of(places));
        std::vector<Place> read;
        list.places(read, encoded.load());
        CHECK(std::equal(read.begin(), read.end(), places.begin(), places.end()));
      }
      CHECK(!list.is_damaged());
    }
  }
}

TEST_CASE("visiting a stretch, asking for pages and looking for what fits find the same pages and weights as reading all", "[indexer][postings]") {
  Random random(9);
  for (const int size : kSizes) {
    const Postings postings = random_postings(random, static_cast<std::size_t>(size), size % 2 == 1);
    std::vector<std::uint32_t> weights;
    for (std::size_t i = 0, first = 0; i < postings.pages.size(); first += postings.counts[i++])
      weights.push_back(weight_of(std::span(postings.places.data() + first, postings.counts[i])));
    const Encoded encoded(postings);
    ListReader visited(encoded.list, postings.pages.front()), asked(encoded.list, postings.pages.front()), searched(encoded.list, postings.pages.front());
    std::size_t seen = 0;
    for (PageNo until = 0; visited.page() != PageCursor::kEnd; until = visited.page() + random() % 500) {
      visited.visit_until(until, [&](PageNo page, std::uint32_t code) {
        REQUIRE(page == postings.pages.at(seen));
        CHECK(weight_of_code(code) == weights[seen]);
        ++seen;
      });
      REQUIRE((visited.page() == PageCursor::kEnd ? seen == postings.pages.size() : visited.page() == postings.pages.at(seen)));
    }
    const auto fits = [&](PageNo page, std::uint32_t code) { return page % 3 == 0 && weight_of_code(code) != 2; };
    for (std::size_t i = 0; i < postings.pages.size(); i += 1 + random() % 3) {
      const PageNo page = postings.pages[i];
      CHECK(asked.has(page));
      CHECK(asked.weight() == weights[i]);
      if (i + 1 < postings.pages.size() && postings.pages[i + 1] > page + 1) CHECK(!asked.has(page + 1));
    }
    CHECK(!asked.has(postings.pages.back() + 1));
    for (std::size_t i = 0; i < postings.pages.size(); ++i) {
      if (postings.pages[i] % 3 != 0 || weights[i] == 2) continue;
      searched.find(0, fits);
      REQUIRE(searched.page() == postings.pages[i]);
      searched.next();
    }
    searched.find(0, fits);
    CHECK(searched.page() == PageCursor::kEnd);
    CHECK((!visited.is_damaged() && !asked.is_damaged() && !searched.is_damaged()));
  }
}

TEST_CASE("no page scores more than its block's impact says, and blocks that cannot reach are left out", "[indexer][postings]") {
  Random random(5);
  const Postings postings = random_postings(random, 5000, false);
  const Encoded encoded(postings);
  const auto score = [&](std::size_t i, std::span<const Place> places) {
    return saturation({0, 200}, weight_of(places), 50 + postings.pages[i] % 300);
  };
  ListReader list(encoded.list, postings.pages.front()), high(encoded.list, postings.pages.front());
  constexpr unsigned kLeast = 200;
  high.seek(0, kLeast);
  std::size_t first = 0;
  for (std::size_t i = 0; i < postings.pages.size(); first += postings.counts[i++]) {
    const std::span places(postings.places.data() + first, postings.counts[i]);
    PageNo last = 0;
    const auto impact = list.block_impact(postings.pages[i], last);
    REQUIRE(impact);
    CHECK(last >= postings.pages[i]);
    CHECK(score(i, places) <= *impact * kImpactStep);
    if (score(i, places) >= kLeast * kImpactStep) {
      high.seek(postings.pages[i], kLeast);
      CHECK(high.page() == postings.pages[i]);
    }
  }
}

TEST_CASE("damaged lists end early and say so", "[indexer][postings]") {
  Random random(6);
  for (const int size : {1, 60, 128, 1000}) {
    const Postings postings = random_postings(random, static_cast<std::size_t>(size), true);
    const Encoded encoded(postings);
    const auto loader = [](const std::vector<std::string>& chunks) {
      return [&](std::size_t i) -> std::optional<std::string_view> {
        if (i >= chunks.size()) return std::nullopt;
        return chunks[i];
      };
    };
    const auto read = [&](std::string list, std::vector<std::string> chunks) {
      ListReader reader(list, postings.pages.front());
      Postings out;
      return reader.read_all(out, loader(chunks));
    };
    for (std::size_t cut = 0; cut < encoded.list.size(); cut += 1 + encoded.list.size() / 200)
      CHECK(!read(encoded.list.substr(0, cut), encoded.chunks));
    if (!encoded.chunks.empty()) {
      CHECK(!read(encoded.list, {}));
      CHECK(!read(encoded.list, {encoded.chunks[0].substr(0, encoded.chunks[0].size() / 2)}));
    }
    for (int flips = 0; flips < 2000; ++flips) {  // whatever comes of it, nothing is read that is not there
      std::string list = encoded.list;
      std::vector<std::string> chunks = encoded.chunks;
      std::string& target = !chunks.empty() && random() % 2 ? chunks[0] : list;
      target[random() % target.size()] ^= static_cast<char>(1 << random() % 8);
      (void)read(list, chunks);
      ListReader asked(list, postings.pages.front());
      std::vector<Place> places;
      for (PageNo page = postings.pages.front(); asked.page() != PageCursor::kEnd && page < postings.pages.back(); page += 1 + random() % 200) {
        random() % 2 ? void(asked.has(page)) : asked.seek(page, random() % 2 ? 200 : 0);
        if (asked.page() != PageCursor::kEnd) asked.places(places, loader(chunks));
      }
    }
  }
}

}  // namespace
}  // namespace chartscan::indexer
