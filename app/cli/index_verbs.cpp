#include "app/cli/index_verbs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/terminal.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

constexpr std::array kLayerNames{"words", "page fields", "document fields"};

json to_json(const indexer::IndexStatus& status) {
  json all{{"pages", status.pages}, {"stale", status.stale}};
  if (status.rebuild.until > 0) all["rebuild"] = {{"done", status.rebuild.next - 1}, {"all", status.rebuild.until}};
  for (std::size_t i = 0; i < kLayerNames.size(); ++i) {
    const auto& layer = status.layers[i];
    all["layers"].push_back({{"name", kLayerNames[i]}, {"segments", layer.segments}, {"pages", layer.pages}, {"fresh", layer.fresh},
                             {"taken_out", layer.taken_out}, {"bytes", layer.bytes}});
  }
  return all;
}

void print(const indexer::IndexStatus& status) {
  if (status.stale) {
    fmt::print("the index is not whole: {} of {} pages are built; 'chartscan index rebuild' goes on\n",
               status.rebuild.until > 0 ? status.rebuild.next - 1 : 0, status.rebuild.until);
  } else {
    fmt::print("{} pages can be searched\n", status.pages);
  }
  Table table;
  table.column("OF");
  for (const char* heading : {"SEGMENTS", "PAGES IN THEM", "FRESH", "KB", "BYTES A PAGE"}) table.column(heading, Table::Align::Right);
  for (std::size_t i = 0; i < kLayerNames.size(); ++i) {
    const auto& layer = status.layers[i];
    const double each = layer.pages == 0 ? 0 : static_cast<double>(layer.bytes) / static_cast<double>(layer.pages);
    table.row({kLayerNames[i], std::to_string(layer.segments), std::to_string(layer.pages), std::to_string(layer.fresh),
               std::to_string(layer.bytes / 1024), fmt::format("{:.1f}", each)});
  }
  table.print(std_out());
}

Result<int> report(Service& service, const Common& common) {
  TRY(const indexer::IndexStatus status, service.index_status());
  if (common.json)
    std::fprintf(std_out(), "%s\n", dump(to_json(status)).c_str());
  else
    print(status);
  return kDone;
}

}  // namespace

Result<int> index_status(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "index status"));
  return report(*service, common);
}

Result<int> rebuild_index(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "index rebuild"));
  TRY_STATUS(service->rebuild_index([](std::uint64_t done, std::uint64_t all) {
    fmt::print(std_err(), "{} of {} pages\n", done, all);
    return true;
  }));
  return report(*service, common);
}

Result<int> tidy_index(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "index tidy"));
  TRY_STATUS(service->tidy_index());
  return report(*service, common);
}

}  // namespace chartscan::app::cli
