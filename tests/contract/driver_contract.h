// What every scanner driver must do, whatever stands behind it. A driver's test makes a rig: a device with paper that can be
// told apart, and calls check_driver_contract(rig) in a TEST_CASE for each. Sections, so one call runs them all.
#pragma once

#include <catch2/catch.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scanner-drivers/scan_feeder.h"

namespace chartscan::testing {

// A fresh one for each section.
class DriverRig {
 public:
  virtual ~DriverRig() = default;
  virtual std::string device() const = 0;                                     // with its scheme
  virtual std::string missing_device() const = 0;                             // a name of the same driver behind which is nothing
  virtual scan::ScannerOptions options(const std::string& source) const = 0;  // "adf", "adf-duplex"; quick settings
  virtual void load(int sheets) = 0;            // the paper: `sheets` sheets, different on every side
  virtual bool listed() const { return true; }  // list_scanners() finds it
  virtual bool duplex() const { return true; }
  virtual bool bitonal() const { return true; }
  virtual bool feeds_ahead() const { return false; }     // takes in sheets that were not asked for (eSCL)
  virtual bool refills_itself() const { return false; }  // the paper begins anew after the end (SANE's test backend)
  // Which side this is: the number a perfect driver would deliver it as, from 0 ("front of the first sheet") on in the order
  // of the source; nothing where the paper cannot be told apart.
  virtual std::optional<int> which(const scan::Delivery& delivery, int sides_per_sheet) const = 0;
};

namespace contract {

struct Fed {
  std::vector<scan::Delivery> sides;
  std::optional<scan::End> end;
  std::optional<scan::Fault> fault;
};

// Feeds to the end or the first fault.
inline Fed feed(scan::ScanFeeder& feeder, std::size_t most = 1000) {
  Fed fed;
  while (fed.sides.size() < most) {
    Result<scan::Fed> next = feeder.next();
    if (!next.ok()) FAIL(to_string(next.error()));
    if (auto* side = std::get_if<scan::Delivery>(&*next))
      fed.sides.push_back(std::move(*side));
    else if (const auto* fault = std::get_if<scan::Fault>(&*next))
      UNSCOPED_INFO(scan::advice(*fault)), fed.fault = *fault;
    else
      fed.end = std::get<scan::End>(*next);
    if (fed.end || fed.fault) return fed;
  }
  return fed;
}

inline std::unique_ptr<scan::ScanFeeder> opened(const scan::ScannerOptions& options, scan::FeedFrom from = {}) {
  Result<std::unique_ptr<scan::ScanFeeder>> feeder = scan::open_scanner(options, from);
  if (!feeder.ok()) FAIL(to_string(feeder.error()));
  return std::move(*feeder);
}

inline void check_order(const DriverRig& rig, const std::vector<scan::Delivery>& sides, int sides_per_sheet,
                        int first_sheet = 1) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const int at = static_cast<int>(i);
    CAPTURE(i, sides[i].file);
    REQUIRE(sides[i].origin);
    CHECK(sides[i].origin->sheet == first_sheet + at / sides_per_sheet);
    CHECK(sides[i].origin->side == at % sides_per_sheet);
    CHECK(sides[i].origin->last_of_sheet == (at % sides_per_sheet == sides_per_sheet - 1));
    CHECK(sides[i].pages == 1);
    CHECK(sides[i].media == MediaType::Tiff);
    if (const std::optional<int> which = rig.which(sides[i], sides_per_sheet))
      CHECK(*which == at + (first_sheet - 1) * sides_per_sheet);
  }
}

}  // namespace contract

using RigMaker = std::function<std::unique_ptr<DriverRig>()>;

inline void check_driver_contract(const RigMaker& make_rig) {
  const std::unique_ptr<DriverRig> rig = make_rig();
  constexpr int kSheets = 3;
  rig->load(kSheets);

  SECTION("it is found by listing, under the name that opens it") {
    const Result<scan::DeviceList> list = scan::list_scanners(rig->options("adf").worker_command);
    REQUIRE(list.ok());
    bool found = false;
    for (const scan::DeviceInfo& device : list->devices) found |= device.id == rig->device();
    CHECK(found == rig->listed());
  }

  SECTION("its capabilities name what can be asked for") {
    const Result<scan::Capabilities> all = scan::scanner_capabilities(rig->device(), rig->options("adf").worker_command);
    REQUIRE(all.ok());
    const auto has = [](const auto& list, auto wanted) { return std::find(list.begin(), list.end(), wanted) != list.end(); };
    CHECK(has(all->sources, scan::PaperSource::Adf));
    CHECK(has(all->sources, scan::PaperSource::AdfDuplex) == rig->duplex());
    CHECK(has(all->modes, scan::PixelMode::Gray));
    CHECK((!all->resolutions.empty() || all->dpi_high > all->dpi_low));
    CHECK(!all->all.empty());
  }

  SECTION("settings are those in force, read back from the device") {
    const auto feeder = contract::opened(rig->options("adf"));
    const scan::Settings& settings = feeder->settings();
    CHECK(settings.source == scan::PaperSource::Adf);
    CHECK(settings.dpi_x == rig->options("adf").request.dpi);
    CHECK(settings.mode == scan::PixelMode::Gray);
    CHECK(settings.depth == 8);
  }

  SECTION("a source it has not got is refused by name, never replaced by another") {
    const auto refused = scan::open_scanner(rig->options("transparency hatch"), {});
    REQUIRE(!refused.ok());
    CHECK(refused.error().message.find("transparency hatch") != std::string::npos);
    if (!rig->duplex()) CHECK(!scan::open_scanner(rig->options("adf-duplex"), {}).ok());
  }

  SECTION("a device that is not there is a fault of opening, with the raw answer kept") {
    scan::ScannerOptions options = rig->options("adf");
    options.device = rig->missing_device();
    const contract::Fed fed = contract::feed(*contract::opened(options));
    CHECK(fed.sides.empty());
    REQUIRE(fed.fault);
    CHECK(fed.fault->kind == scan::FaultKind::Offline);
    CHECK(fed.fault->phase == scan::FaultPhase::Open);
    CHECK(!fed.fault->raw_text.empty());
    CHECK(fed.fault->sheets_in_transport == 0);
  }

  SECTION("the fronts come in order, then the end, and the end again") {
    const auto feeder = contract::opened(rig->options("adf"));
    const contract::Fed fed = contract::feed(*feeder);
    REQUIRE(fed.end);
    CHECK(fed.end->reason == scan::EndReason::FeederEmpty);
    if (!rig->refills_itself()) CHECK(fed.sides.size() == kSheets);
    contract::check_order(*rig, fed.sides, 1);
    const Result<scan::Fed> again = feeder->next();
    REQUIRE(again.ok());
    CHECK(std::holds_alternative<scan::End>(*again));
  }

  SECTION("a limit of sheets leaves the others, and the next batch goes on with them") {
    scan::ScannerOptions options = rig->options("adf");
    options.request.sheet_limit = 2;
    if (rig->feeds_ahead()) {
      CHECK(!scan::open_scanner(options, {}).ok());
      return;
    }
    const contract::Fed fed = contract::feed(*contract::opened(options));
    REQUIRE(fed.end);
    CHECK(fed.end->reason == scan::EndReason::CountReached);
    CHECK(fed.sides.size() == 2);
    if (rig->refills_itself()) return;
    options.request.sheet_limit = 0;
    const contract::Fed rest = contract::feed(*contract::opened(options, {.sheet = 3, .attempt = 1}));
    CHECK(rest.sides.size() == kSheets - 2);
    contract::check_order(*rig, rest.sides, 1, 3);
  }

  SECTION("a batch that goes on counts from where it is told, and only its first sheet is a repeated one") {
    const contract::Fed fed = contract::feed(*contract::opened(rig->options("adf"), {.sheet = 41, .attempt = 3}), 2);
    REQUIRE(fed.sides.size() == 2);
    CHECK(fed.sides[0].origin->sheet == 41);
    CHECK(fed.sides[0].origin->attempt == 3);
    CHECK(fed.sides[1].origin->sheet == 42);
    CHECK(fed.sides[1].origin->attempt == 1);
    CHECK(fed.sides[0].file != fed.sides[1].file);
  }

  SECTION("bitonal and colour come as such") {
    for (const scan::PixelMode mode : {scan::PixelMode::Bitonal, scan::PixelMode::Color}) {
      rig->load(1);
      scan::ScannerOptions options = rig->options("adf");
      options.request.mode = mode;
      const auto feeder = contract::opened(options);
      if (mode == scan::PixelMode::Bitonal && !rig->bitonal()) {
        CHECK(feeder->settings().mode == scan::PixelMode::Gray);
        CHECK(!feeder->settings().notes.empty());
        continue;
      }
      CHECK(feeder->settings().mode == mode);
      const contract::Fed fed = contract::feed(*feeder, 1);
      REQUIRE(fed.sides.size() == 1);
      CHECK(fed.sides[0].origin->mode == (mode == scan::PixelMode::Color ? "color" : "bitonal"));
      CHECK(fed.sides[0].origin->dpi == options.request.dpi);
    }
  }

  if (rig->duplex()) {
    SECTION("front and back of each sheet come one after the other") {
      const contract::Fed fed = contract::feed(*contract::opened(rig->options("adf-duplex")));
      REQUIRE(fed.end);
      CHECK(fed.sides.size() == 2 * kSheets);
      contract::check_order(*rig, fed.sides, 2);
    }

    SECTION("cancelling ends behind the whole sheet, with its back") {
      const auto feeder = contract::opened(rig->options("adf-duplex"));
      REQUIRE(contract::feed(*feeder, 1).sides.size() == 1);
      feeder->cancel();
      const contract::Fed rest = contract::feed(*feeder);
      REQUIRE(rest.end);
      CHECK(rest.end->reason == scan::EndReason::Cancelled);
      REQUIRE(rest.sides.size() == 1);
      CHECK(rest.sides[0].origin->side == 1);
    }
  }
}

}  // namespace chartscan::testing
