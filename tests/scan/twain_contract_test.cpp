// The contract of drivers, and every fault through the supervised worker, on TWAIN: the worker loads the source manager.
#include "tests/contract/driver_contract.h"
#include "tests/scan/rigs/environment.h"
#include "tests/scan/rigs/sheets.h"
#include "tests/scan/twain_support.h"

using namespace chartscan;
using namespace chartscan::testing;
namespace fs = std::filesystem;

namespace {

// The fake source takes the same trays as the virtual SANE feeder.
class TwainRig : public DriverRig {
 public:
  explicit TwainRig(const std::string& options) : tray_(options) {}

  std::string device() const override { return kFakeFeeder; }
  std::string missing_device() const override { return "twain:No Such Scanner"; }
  scan::ScannerOptions options(const std::string& source) const override {
    scan::ScannerOptions options;
    options.device = device();
    options.request.source = source;
    options.request.dpi = kSheetDpi;
    options.worker_command = worker_command();
    return options;
  }
  void load(int sheets) override { put_sheets(tray_.folder(), 1, sheets); }
  std::optional<int> which(const scan::Delivery& delivery, int sides_per_sheet) const override {
    const std::optional<SideNumber> number = number_on(image_of(delivery));
    if (!number) return std::nullopt;
    return (number->sheet - 1) * sides_per_sheet + number->side;
  }

  const TwainTray& tray() const { return tray_; }

 private:
  SaneWorld quiet_{{}};  // the other drivers find nothing
  Environment environment_{{{"CHARTSCAN_TWAIN_DSM", twain_manager()}}};
  TwainTray tray_;
};

}  // namespace

TEST_CASE("a TWAIN source keeps the contract of drivers by memory transfer", "[scan][twain][contract]") {
  check_driver_contract([] { return std::make_unique<TwainRig>(""); });
}

TEST_CASE("a TWAIN source keeps the contract of drivers by native transfer", "[scan][twain][contract]") {
  check_driver_contract([] { return std::make_unique<TwainRig>("mechanisms=native;count=unknown"); });
}

TEST_CASE("a TWAIN source keeps the contract of drivers by file transfer", "[scan][twain][contract]") {
  check_driver_contract([] { return std::make_unique<TwainRig>("mechanisms=file;pageside=1;ready=thread"); });
}

TEST_CASE("a source that takes its process along, or hangs in it, is reported by the supervisor and the batch goes on",
          "[scan][twain][contract]") {
  struct Case {
    const char* fault;
    scan::FaultKind kind;
  };
  for (const Case& which : {Case{"crash 50", scan::FaultKind::Crashed}, Case{"hang 3600", scan::FaultKind::Hung},
                            Case{"jam 50", scan::FaultKind::Jam}}) {
    DYNAMIC_SECTION(which.fault) {
      TwainRig rig("");
      rig.load(3);
      rig.tray().fault(2, 1, which.fault);
      scan::ScannerOptions options = rig.options("adf-duplex");
      options.patience.read_seconds = 2;
      options.patience.start_seconds = 2;
      const contract::Fed first = contract::feed(*contract::opened(options));
      REQUIRE(first.fault);
      CHECK(first.fault->kind == which.kind);
      CHECK(first.fault->side == 1);
      REQUIRE(first.sides.size() == 3);
      const scan::FeedFrom from = scan::feed_again_from(first.sides.back().origin, *first.fault);
      CHECK(from.sheet == 2);
      const contract::Fed rest = contract::feed(*contract::opened(options, from));
      REQUIRE(rest.end);
      contract::check_order(rig, rest.sides, 2, 2);
      CHECK(rest.sides.size() == 4);
      CHECK(rest.sides[0].origin->attempt == 2);
    }
  }
}
