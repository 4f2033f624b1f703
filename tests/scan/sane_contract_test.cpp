// The contract of drivers on SANE: its test backend, our virtual feeder, and the virtual feeder behind the real saned.
#include <catch2/catch.hpp>

#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/sheets.h"

using namespace chartscan;
using namespace chartscan::testing;

namespace {

std::optional<int> place_of(const scan::Delivery& delivery, int sides_per_sheet) {
  const std::optional<SideNumber> number = number_on(image_of(delivery));
  if (!number) return std::nullopt;
  return (number->sheet - 1) * sides_per_sheet + number->side;
}

class VadfRig : public DriverRig {
 public:
  std::string device() const override { return world_.vadf(); }
  std::string missing_device() const override { return "sane:vadf:/no/such/tray"; }
  scan::ScannerOptions options(const std::string& source) const override { return world_.scanner(device(), source); }
  void load(int sheets) override { put_sheets(world_.tray(), 1, sheets); }
  std::optional<int> which(const scan::Delivery& delivery, int sides) const override { return place_of(delivery, sides); }

 private:
  SaneWorld world_{{"vadf"}};
};

class NetRig : public DriverRig {
 public:
  std::string device() const override { return saned_.device("vadf:" + world_.tray().string()); }
  std::string missing_device() const override { return saned_.device("vadf:/no/such/tray"); }
  scan::ScannerOptions options(const std::string& source) const override { return world_.scanner(device(), source); }
  void load(int sheets) override { put_sheets(world_.tray(), 1, sheets); }
  std::optional<int> which(const scan::Delivery& delivery, int sides) const override { return place_of(delivery, sides); }

 private:
  SaneWorld world_{{"net"}};
  Saned saned_{world_};
};

// Ten pages of one pattern, then the end, then ten again; no second side.
class TestBackendRig : public DriverRig {
 public:
  std::string device() const override { return "sane:test:0"; }
  std::string missing_device() const override { return "sane:test:9"; }
  scan::ScannerOptions options(const std::string& source) const override { return world_.scanner(device(), source); }
  void load(int) override {}
  bool duplex() const override { return false; }
  bool refills_itself() const override { return true; }
  std::optional<int> which(const scan::Delivery&, int) const override { return std::nullopt; }

 private:
  SaneWorld world_{{"test"}};
};

}  // namespace

TEST_CASE("the virtual feeder keeps the contract of drivers", "[scan][contract]") {
  check_driver_contract([] { return std::make_unique<VadfRig>(); });
}

TEST_CASE("SANE's test backend keeps the contract of drivers", "[scan][contract]") {
  check_driver_contract([] { return std::make_unique<TestBackendRig>(); });
}

TEST_CASE("a feeder behind saned keeps the contract of drivers", "[scan][contract][net]") {
  check_driver_contract([] { return std::make_unique<NetRig>(); });
}

TEST_CASE("a server of scanners that cannot be reached is offline", "[scan][net]") {
  const SaneWorld world({"net"});
  world.configure("net.conf", "connect_timeout = 2\n");
  const contract::Fed fed = contract::feed(*contract::opened(world.scanner("sane:net:127.254.254.254:test:0")));
  REQUIRE(fed.fault);
  CHECK(fed.fault->kind == scan::FaultKind::Offline);
  CHECK(fed.fault->raw_text == "SANE_STATUS_IO_ERROR");
}

TEST_CASE("a machine without any scanner lists none and says nothing against it", "[scan][sane]") {
  const SaneWorld world({});
  const Result<scan::DeviceList> list = scan::list_scanners(worker_command());
  REQUIRE(list.ok());
  for (const scan::DeviceInfo& device : list->devices) CHECK(!device.id.starts_with("sane:"));
  for (const std::string& note : list->notes) CHECK(!note.starts_with("sane:"));
}
