// The effective configuration: defaults, then the TOML file (--config), then command line options. `chartscan config`
// prints it with comments; that text is the manual.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "app/access/access_config.h"
#include "app/profiles.h"
#include "charts/chart_order.h"
#include "charts/link_audit.h"
#include "core/result.h"
#include "exchange/adt.h"
#include "imaging/decode.h"
#include "pipeline/page_work.h"

namespace chartscan::app {

// The hospital's patient feed.
struct FeedConfig {
  std::string listen;  // address:port at which `watch` takes HL7 messages; empty = it does not
  exchange::AdtRules rules;
};

// Pages as screens show them at first sight, kept so that nobody waits for decoding.
struct PictureConfig {
  int width = 1400;             // pixels: what the screens ask for
  int most_megabytes = 100'000; // of all of them; 0 = none are kept
};

// The server beyond its address.
struct ServeConfig {
  std::filesystem::path tls_certificate, tls_key;  // PEM; both or none
  bool plain_beyond = false;                       // unencrypted beyond this machine: behind a proxy that encrypts
};

struct Config {
  std::filesystem::path archive = "archive";
  int jobs = 0;  // page workers; 0 = one per processor
  std::string listen = "127.0.0.1:8080";
  std::filesystem::path web_root;  // built screens; empty = beside the program
  imaging::DecodeLimits limits;
  pipeline::PageLimits page_limits;
  std::vector<std::string> page_worker;  // starts a page worker's process, see pipeline/ingest.h; the command line's, not a setting
  pipeline::StageSettings stages;
  std::uint64_t keep_free_bytes = 500'000'000;  // intake pauses below this
  PictureConfig pictures;
  FeedConfig feed;
  ServeConfig serve;
  AccessConfig access;
  AuditConfig audit;
  std::filesystem::path types_model;  // empty: the model that came with the program
  charts::ChartOrders chart_orders;
  double error_budget = charts::kDefaultErrorBudget;  // share of automatic links that may be wrong
  std::map<std::string, ScanProfile> profiles;  // by name
};

Result<Config> load_config(const std::filesystem::path& file);
std::string to_toml(const Config& config);  // commented

}  // namespace chartscan::app
