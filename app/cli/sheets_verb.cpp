#include "app/cli/sheets_verb.h"

#include <cstdio>

#include "app/separator_sheets.h"
#include "app/service.h"

namespace chartscan::app::cli {
namespace {

using exchange::SeparatorSheet;
using exchange::SheetKind;

Result<std::vector<SeparatorSheet>> sheets_of(const Common& common, SheetKind kind, const SheetWords& words) {
  const pipeline::SeparatorSettings& settings = common.config.stages.separators;
  if (kind != SheetKind::Patient) return separator_sheets(settings, kind, words.count, {}, nullptr);
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "sheets"));
  TRY(const storage::Records records, service->archive().read());
  return separator_sheets(settings, kind, words.count, words.mrns, &records);
}

}  // namespace

Result<int> print_sheets(const Common& common, SheetKind kind, const SheetWords& words) {
  TRY(const std::vector<SeparatorSheet> sheets, sheets_of(common, kind, words));
  const auto paper = words.paper == "a4" ? exchange::SheetPaper::A4 : exchange::SheetPaper::Letter;
  TRY_STATUS(exchange::write_sheets(sheets, paper, words.out));
  std::printf("%s: %zu %s; print at 100 %%, on one side\n", words.out.string().c_str(), sheets.size(), sheets.size() == 1 ? "sheet" : "sheets");
  return kDone;
}

}  // namespace chartscan::app::cli
