// devices, scan, watch, and the worker behind every scanner.
#include <fmt/format.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "app/cli/batch_report.h"
#include "app/cli/ending.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

json capability_json(const scan::Capability& one) {
  return {{"name", one.name}, {"title", one.title}, {"unit", one.unit}, {"value", one.value},        {"choices", one.choices},
          {"low", one.low},   {"high", one.high},   {"step", one.step}, {"read_only", one.read_only}};
}

std::string range_of(const scan::Capability& one) {
  std::string text;
  for (const std::string& choice : one.choices) text += (text.empty() ? "" : " | ") + choice;
  if (!text.empty() || one.low == one.high) return text;
  return fmt::format("{:g} to {:g}{}", one.low, one.high, one.step > 0 ? fmt::format(" by {:g}", one.step) : "");
}

Result<int> show_device(const Common& common, const std::string& device) {
  TRY(const scan::Capabilities all, scan::scanner_capabilities(device));
  if (common.json) {
    json options = json::array();
    for (const scan::Capability& one : all.all) options.push_back(capability_json(one));
    json modes = json::array();
    for (const scan::PixelMode mode : all.modes) modes.push_back(mode_word(mode));
    std::fprintf(std_out(), "%s\n", dump({{"device", device},
                              {"sources", all.source_names},
                              {"modes", modes},
                              {"resolutions", all.resolutions},
                              {"dpi", {all.dpi_low, all.dpi_high}},
                              {"largest_mm", {all.largest.width, all.largest.height}},
                              {"paper_sensor", all.paper_sensor},
                              {"double_feed_detection", all.double_feed_detection},
                              {"options", options}})
                            .c_str());
    return kDone;
  }
  std::fprintf(std_out(), "%s: up to %g x %g mm%s%s\n", printable(device).c_str(), all.largest.width, all.largest.height,
              all.paper_sensor ? ", senses paper" : "", all.double_feed_detection ? ", detects double feeds" : "");
  Table table;
  for (const char* heading : {"OPTION", "NOW", "UNIT", "CAN BE", "MEANING"}) table.column(heading);
  for (const scan::Capability& one : all.all)
    table.row({printable(one.name), printable(one.value), one.unit, one.read_only ? "(read only)" : printable(range_of(one)),
               printable(one.title)});
  table.print(std_out());
  return kDone;
}

Result<pipeline::ScanOrder> order_of(const ScanWords& words, const ScanProfile& profile) {
  pipeline::ScanOrder order;
  order.read = !words.no_read;
  order.operator_name = words.operator_name;
  order.expected_sheets = words.expect_sheets;
  if (!words.resume.empty()) {
    order.resume = parse_id<BatchId>(words.resume);
    if (!order.resume) return Error{ErrorCode::Usage, "'" + words.resume + "' is no batch id; it looks like B00000001", {}};
    return order;
  }
  order.wish.name = words.batch_name;
  order.wish.device = profile.device;
  order.wish.operator_name = words.operator_name;
  order.wish.profile = words.from.profile;
  order.wish.settings = settings_of(profile);
  order.wish.expected_sheets = words.expect_sheets > 0 ? words.expect_sheets : profile.expect_sheets;
  order.wish.expected_pages = words.expect_pages > 0 ? words.expect_pages : profile.expect_pages;
  return order;
}

// A resumed batch goes on as it was begun.
Result<ScanProfile> profile_for(Service& service, const ScanWords& words) {
  ScanProfile base;
  if (const auto id = parse_id<BatchId>(words.resume)) {
    TRY(const BatchView view, service.batch(*id));
    if (is_scanned(view.batch)) base = profile_of(view.batch);
  }
  return wanted_profile(service.config(), words.from, base);
}

int exit_code_of(const BatchView& view) {
  const Batch& batch = view.batch;
  if (batch.state == BatchState::Stopped && batch.stop) {
    const bool device = batch.stop->reason != "count" && batch.stop->reason != "refeed" && batch.stop->reason != "cancelled";
    return device ? kDeviceFault : kNeedsPerson;
  }
  return batch.findings.empty() && view.ledger.review == 0 && view.ledger.rejected == 0 ? kDone : kNeedsPerson;
}

}  // namespace

Result<int> list_devices(const Common& common, const std::string& device) {
  if (!device.empty()) return show_device(common, device);
  TRY(const scan::DeviceList found, scan::list_scanners());
  for (const std::string& note : found.notes) std::fprintf(std_err(), "chartscan: %s\n", printable(note).c_str());
  if (common.json) {
    json out = json::array();
    for (const scan::DeviceInfo& one : found.devices)
      out.push_back({{"id", one.id}, {"vendor", one.vendor}, {"model", one.model}, {"kind", one.kind}});
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
    return kDone;
  }
  if (found.devices.empty()) std::fprintf(std_out(), "no scanner found; is it switched on, and does `scanimage -L` see it?\n");
  Table table;
  for (const char* heading : {"DEVICE", "VENDOR", "MODEL", "KIND"}) table.column(heading);
  for (const scan::DeviceInfo& one : found.devices)
    table.row({printable(one.id), printable(one.vendor), printable(one.model), printable(one.kind)});
  if (!found.devices.empty()) table.print(std_out());
  return kDone;
}

Result<int> scan(const Common& common, const ScanWords& words) {
  Reach reach;
  pipeline::ScanControl control;
  // While paper moves, ending means: the sheet in work, then no more. Reading that is left stays for later.
  const Ending ending([&] {
    reach.end();
    control.stop();
  });
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "scan"));
  TRY(const ScanProfile profile, profile_for(*service, words));
  TRY(const pipeline::ScanOrder order, order_of(words, profile));
  const auto open = [&](const pipeline::FeedStart& from) -> Result<std::unique_ptr<scan::Feeder>> {
    TRY(auto feeder, scan::open_scanner(scanner_options(profile), {from.sheet, from.attempt}));
    tell_settings(*feeder);
    return reach.within(std::move(feeder));
  };
  ProgressBar bar;
  auto scanned = service->scan(
      open, order, words.jobs, [&](const pipeline::Progress& progress) { bar.show(progress); }, control);
  bar.done();
  TRY(const pipeline::ScanReport report, std::move(scanned));

  TRY(const BatchDetails details, service->batch_details(report.batch.id));
  const double per_minute = report.feeding_seconds > 0 ? report.sides / report.feeding_seconds * 60 : 0;
  if (common.json) {
    json out = to_json(details, false);
    out["sides_now"] = report.sides;
    out["feeding_seconds"] = report.feeding_seconds;
    out["pages_read"] = report.pages_processed;
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
  } else {
    TRY_STATUS(print_batches(*service, {details.view}));
    std::fprintf(std_out(), "%d sides in %.1f s, %.0f sides/min\n", report.sides, report.feeding_seconds, per_minute);
    print_paper(details);
    if (report.left_unread) std::fprintf(std_out(), "what is not read yet is read by `chartscan read`\n");
  }
  return exit_code_of(details.view);
}

Result<int> watch(const Common& common, const WatchWords& words) {
  pipeline::ScanControl control;
  const Ending ending([&] { control.stop(); });
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "watch"));
  std::unique_ptr<exchange::MllpServer> patients;
  if (const std::string& address = common.config.feed.listen; !address.empty()) {
    TRY(patients, service->listen_for_patients({.address = address}));
    std::fprintf(std_err(), "chartscan: taking HL7 messages at %s\n", patients->address().c_str());
  }
  pipeline::WatchOrder order;
  order.folder = words.folder;
  order.quiet = std::chrono::milliseconds(static_cast<int>(words.quiet_seconds * 1000));
  order.once = words.once;
  order.read = !words.no_read;
  std::fprintf(std_err(), "chartscan: watching %s ; Ctrl-C ends it\n", words.folder.c_str());
  ProgressBar bar;
  bool refused = false;
  TRY_STATUS(service->watch(
      order, words.jobs,
      [&](const pipeline::WatchEvent& event) {
        using Kind = pipeline::WatchEvent::Kind;
        if (event.kind == Kind::Progress) return bar.show(event.progress);
        bar.done();
        refused = refused || event.kind == Kind::Refused;
        json batches = json::array();
        std::string ids;
        for (const BatchId id : event.batches) {
          batches.push_back(to_string(id));
          ids += (ids.empty() ? "" : ", ") + to_string(id);
        }
        if (common.json)
          std::fprintf(std_out(), "%s\n", dump({{"source", event.name},
                                    {"batches", batches},
                                    {"refused", event.kind == Kind::Refused},
                                    {"words", event.words}})
                                  .c_str());
        else
          std::fprintf(std_out(), "%s %s %s: %s\n",
                      event.kind == Kind::Refused ? styled("✗", Style::Bad).c_str() : styled("✓", Style::Good).c_str(),
                      printable(event.name).c_str(), ids.c_str(), printable(event.words).c_str());
        std::fflush(std_out());
      },
      control));
  bar.done();
  return words.once && refused ? kInputRefused : kDone;
}

int scan_worker(int socket) {
  signal(SIGINT, SIG_IGN);  // Ctrl-C goes to all of us; the one that feeds decides when paper stops
  return scan::run_scan_worker(socket);
}

}  // namespace chartscan::app::cli
