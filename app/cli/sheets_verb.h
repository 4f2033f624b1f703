// sheets document | batch | patient: separator sheets to print. Their codes are those the configuration reads as such.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/verbs.h"
#include "exchange/sheets.h"

namespace chartscan::app::cli {

struct SheetWords {
  std::vector<std::string> mrns;  // a sheet for each, of patient sheets
  int count = 1;                  // so many of each
  std::string paper = "letter";
  std::filesystem::path out;
};

Result<int> print_sheets(const Common& common, exchange::SheetKind kind, const SheetWords& words);

}  // namespace chartscan::app::cli
