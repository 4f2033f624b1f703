#include "charts/link_audit.h"

#include <catch2/catch.hpp>

using namespace chartscan;
using namespace chartscan::charts;

namespace {

constexpr double kBudget = 1e-4;

Document linked(int id, double margin, LinkStatus status = LinkStatus::Auto) {
  Document document;
  document.id = DocumentId{static_cast<std::uint64_t>(id)};
  document.pages = {PageId{static_cast<std::uint64_t>(id)}};
  document.link.status = status;
  document.link.mrn = "4410982";
  document.link.reasons = {{kMarginReason, Agreement::Agrees, margin, ""}};
  document.filed = status == LinkStatus::Auto;
  return document;
}

struct Audited {
  std::unique_ptr<storage::Archive> archive = storage::Archive::in_memory();
  std::mt19937_64 random{3};

  explicit Audited(int documents, double margin = 14) {
    storage::Change change;
    for (int i = 1; i <= documents; ++i) change.put(linked(i, margin));
    REQUIRE(archive->commit(change).ok());
  }
  storage::Records records() { return archive->read().value(); }
  std::vector<AuditedLink> draw(int count) { return draw_links(*archive, count, 1000, random).value(); }
  void say(DocumentId document, Verdict verdict) { REQUIRE(record_verdict(*archive, document, verdict, "pat", 2000, kBudget).ok()); }
  void all_right(int count) {
    for (const AuditedLink& link : draw(count)) say(link.document, Verdict::Right);
  }
  BudgetReport report() { return budget_report(records(), kBudget).value(); }
};

}  // namespace

TEST_CASE("the exact bounds are those of the tables", "[charts][audit]") {
  CHECK(upper_bound(0, 29'956) == Approx(1e-4).epsilon(0.001));
  CHECK(upper_bound(0, 59) == Approx(0.0495).margin(0.0002));
  CHECK(upper_bound(1, 100) == Approx(0.0466).margin(0.0002));
  CHECK(upper_bound(5, 50) == Approx(0.19883).margin(0.0001));
  CHECK(lower_bound(1, 100) == Approx(0.000513).margin(0.00001));
  CHECK(lower_bound(0, 100) == 0);
  CHECK(upper_bound(3, 3) == 1);
}

TEST_CASE("links are drawn once each, only automatic ones, and every one may be drawn", "[charts][audit]") {
  Audited audited(40);
  storage::Change change;
  change.put(linked(41, 14, LinkStatus::Review));
  REQUIRE(audited.archive->commit(change).ok());
  const auto first = audited.draw(15);
  CHECK(first.size() == 15);
  const auto rest = audited.draw(100);
  CHECK(rest.size() == 25);
  CHECK(audited.draw(5).empty());
  CHECK(audited_links(audited.records())->size() == 40);
  CHECK(first.front().margin_bits == Approx(14));
  Audited other(40);
  other.random.seed(4);
  const auto differently = other.draw(15);
  CHECK_FALSE(std::ranges::equal(first, differently, {}, &AuditedLink::document, &AuditedLink::document));
}

TEST_CASE("right verdicts bring the upper bound down, and the report says how many are still needed", "[charts][audit]") {
  Audited audited(300);
  CHECK(audited.report().upper == 1);
  audited.all_right(300);
  const BudgetReport report = audited.report();
  CHECK(report.right == 300);
  CHECK(report.upper == Approx(0.00994).margin(0.0001));
  CHECK_FALSE(report.proven());
  CHECK(report.still_needed == 29'956 - 300);
  CHECK(report.coverage() == 1);
  CHECK(report.state.automatic);
}

TEST_CASE("a wrong link among few audited ones switches automatic linking off, until a person resumes it", "[charts][audit]") {
  Audited audited(100);
  audited.all_right(50);
  const auto drawn = audited.draw(1);
  audited.say(drawn.front().document, Verdict::Wrong);
  CHECK_FALSE(audited.report().state.automatic);
  CHECK_FALSE(link_limits(audited.records())->automatic);
  CHECK(audited.report().state.because.find("1 wrong of 51") != std::string::npos);
  REQUIRE(set_automatic(*audited.archive, true, "pat", 3000).ok());
  CHECK(link_limits(audited.records())->automatic);
  CHECK(audited.report().wrong == 0);  // counted anew
  CHECK(audited.report().state.because == "switched on by pat");
}

TEST_CASE("a wrong link among very many raises the margin above its own and starts counting anew", "[charts][audit]") {
  Audited audited(700, 12.5);
  audited.all_right(600);
  audited.say(audited.draw(1).front().document, Verdict::Wrong);
  const LinkingState state = audited.report().state;
  CHECK(state.automatic);
  CHECK(state.margin_bits == Approx(13.5));
  CHECK(link_limits(audited.records())->margin_bits == Approx(13.5));
  CHECK(state.period == 2);
  CHECK(audited.report().right == 0);
}

// What a manager is promised: whatever goes wrong, it is stopped early. Links turn bad at a rate of 1 in 50; one in five is audited.
TEST_CASE("when links turn bad, automatic linking stops long before all of them are filed", "[charts][audit]") {
  int longest = 0;
  for (int run = 0; run < 20; ++run) {
    Audited audited(0);
    std::mt19937_64 fate(static_cast<unsigned>(run));
    int filed = 0;
    while (link_limits(audited.records())->automatic && filed < 3000) {
      storage::Change change;
      for (int i = 0; i < 50; ++i) change.put(linked(++filed, 14));
      REQUIRE(audited.archive->commit(change).ok());
      for (const AuditedLink& link : audited.draw(10)) audited.say(link.document, fate() % 50 == 0 ? Verdict::Wrong : Verdict::Right);
    }
    longest = std::max(longest, filed);
  }
  CHECK(longest < 2000);
}

TEST_CASE("a verdict about a document that was not drawn is refused", "[charts][audit]") {
  Audited audited(3);
  CHECK_FALSE(record_verdict(*audited.archive, DocumentId{2}, Verdict::Right, "pat", 1, kBudget).ok());
}
