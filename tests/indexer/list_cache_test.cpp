// Lists asked for lately are kept as they are, within a bound.
#include "indexer/list_cache.h"

#include <catch2/catch.hpp>

namespace chartscan::indexer {

TEST_CASE("a term's lists are kept until the bound on all of them is reached", "[indexer][cache]") {
  ListCache cache;
  CHECK(!cache.find("fever"));
  cache.keep("fever", {{3, "three"}, {7, "seven"}});
  cache.keep("nowhere", {});
  const auto held = cache.find("fever");
  REQUIRE(held);
  REQUIRE(held->size() == 2);
  CHECK(held->back().segment == 7);
  CHECK(held->back().bytes == "seven");
  REQUIRE(cache.find("nowhere"));  // that no segment has it is known, too
  CHECK(cache.find("nowhere")->empty());

  for (std::size_t i = 0; i * ListCache::kLongest <= ListCache::kAll; ++i) cache.keep("w" + std::to_string(i), {{1, std::string(ListCache::kLongest, 'x')}});
  CHECK(!cache.find("fever"));
  CHECK(held->front().bytes == "three");  // whoever has them keeps them
}

}  // namespace chartscan::indexer
