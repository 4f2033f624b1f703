// Documents and the stays they belong to.
#include "charts/encounters.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace chartscan;

TEST_CASE("a document belongs to the shortest stay that holds its day", "[charts][encounters]") {
  const std::vector<Encounter> stays = {{"1", "LONG", "I", "", "", {2026, 1, 1}, {2026, 3, 1}, false},   {"1", "ED", "E", "", "", {2026, 1, 31}, {2026, 2, 1}, false},
                                        {"1", "OPEN", "O", "", "", {2026, 2, 1}, {}, false},              {"1", "NEVER", "I", "", "", {2026, 2, 1}, {2026, 2, 1}, true},
                                        {"1", "UNKNOWN", "I", "", "", {}, {2026, 12, 31}, false}};
  const auto stay_on = [&](Date day) {
    Document document;
    document.service_date = day;
    const Encounter* found = charts::encounter_of(document, stays);
    return found ? found->visit : std::string("none");
  };
  CHECK(stay_on({2026, 1, 1}) == "LONG");
  CHECK(stay_on({2026, 2, 1}) == "ED");
  CHECK(stay_on({2026, 2, 2}) == "LONG");
  CHECK(stay_on({2026, 3, 2}) == "OPEN");
  CHECK(stay_on({2025, 12, 31}) == "none");
  CHECK(stay_on({}) == "none");
}
