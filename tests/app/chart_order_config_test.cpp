// [chart] of the configuration: which order a chart is read in, and for whom.
#include <catch2/catch.hpp>

#include "tests/app/configured.h"

using namespace chartscan;
using namespace chartscan::app;
using chartscan::testing::configured;

namespace {

const std::string kSettings =
    "[chart]\norder = \"unit\"\n[chart.orders.unit]\ndocuments = \"oldest first\"\nsections = [\"Orders\", \"Laboratory\"]\n"
    "[chart.order_of_role]\ncoder = \"permanent\"\n";

}  // namespace

TEST_CASE("the configuration names the order of charts, own ones too, and that of a role", "[app][chart-order]") {
  const auto plain = configured("");
  REQUIRE(plain.ok());
  CHECK(plain->chart_orders.choose("").value().name == "care");

  const auto config = configured(kSettings);
  if (!config) FAIL(to_string(config.error()));
  const charts::ChartOrders& orders = config->chart_orders;
  const auto unit = orders.choose("").value();
  CHECK(unit.name == "unit");
  CHECK(unit.order == charts::TimeOrder::OldestFirst);
  CHECK(unit.sections == std::vector<std::string>{"Orders", "Laboratory"});
  const std::vector<std::string> roles{"viewer", "coder"};
  CHECK(orders.choose("", roles).value().name == "permanent");
  CHECK(orders.choose("care", roles).value().name == "care");  // what is asked for goes first
  const auto unknown = orders.choose("alphabet");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message.find("care, permanent, unit") != std::string::npos);
}

TEST_CASE("chart orders that are printed are read back as the same", "[app][chart-order]") {
  const auto config = configured(kSettings);
  REQUIRE(config.ok());
  const auto again = configured(to_toml(*config));
  if (!again) FAIL(to_string(again.error()));
  CHECK(again->chart_orders.standard == "unit");
  CHECK(again->chart_orders.of_role == config->chart_orders.of_role);
  CHECK(again->chart_orders.choose("unit").value().sections == config->chart_orders.choose("unit").value().sections);
  CHECK(again->chart_orders.choose("unit").value().order == charts::TimeOrder::OldestFirst);
}

TEST_CASE("an order, a section or a direction that does not exist is refused by name", "[app][chart-order]") {
  for (const char* wrong : {"[chart]\norder = \"nobody's\"\n", "[chart.orders.x]\nsections = [\"Poems\"]\n", "[chart.orders.x]\ndocuments = \"by weight\"\n",
                            "[chart.order_of_role]\ncoder = \"nobody's\"\n", "[chart]\nordre = \"care\"\n"}) {
    CAPTURE(wrong);
    const auto config = configured(wrong);
    REQUIRE_FALSE(config.ok());
    CHECK(config.error().code == ErrorCode::Configuration);
    CHECK(to_string(config.error()).find("chart") != std::string::npos);
  }
}
