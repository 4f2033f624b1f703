#include "app/cli/sheets_verb.h"

#include <algorithm>
#include <cstdio>

#include "app/service.h"
#include "charts/patient_index.h"

namespace chartscan::app::cli {
namespace {

using exchange::SeparatorSheet;
using exchange::SheetKind;
using pipeline::SeparatorAction;
using pipeline::SeparatorSettings;

// The first pattern as a code to print: what a pattern leaves open is left out.
std::string first_code(const std::vector<std::string>& patterns) {
  if (patterns.empty()) return "";
  std::string code = patterns.front();
  std::erase(code, '*');
  return code;
}

// T before the others: every reader of patch codes knows it.
std::string patch_for(SeparatorAction action, const SeparatorSettings& settings) {
  std::string sign;
  for (const auto& rule : settings.patches)
    if (rule.action == action && (sign.empty() || rule.sign == "T")) sign = rule.sign;
  return sign;
}

// A patient sheet parts documents too, so that one whose barcode is soiled still ends what lay before it.
Result<SeparatorSheet> blank_sheet(SheetKind kind, const SeparatorSettings& settings) {
  SeparatorSheet sheet;
  sheet.kind = kind;
  switch (kind) {
    case SheetKind::Document:
      sheet.patch = patch_for(SeparatorAction::Document, settings);
      sheet.control = first_code(settings.document);
      break;
    case SheetKind::Batch:
      sheet.patch = patch_for(SeparatorAction::Batch, settings);
      sheet.control = first_code(settings.batch);
      break;
    case SheetKind::Patient:
      sheet.patch = patch_for(SeparatorAction::Patient, settings);
      if (sheet.patch.empty()) sheet.patch = patch_for(SeparatorAction::Document, settings);
      sheet.control = first_code(settings.patient);
      break;
  }
  const bool known = kind == SheetKind::Patient ? !sheet.control.empty() || !patch_for(SeparatorAction::Patient, settings).empty()
                                                : !sheet.control.empty() || !sheet.patch.empty();
  if (!known) return Error{ErrorCode::Configuration, "the configuration reads no code as this kind of separator; name one under [separators]"};
  return sheet;
}

Result<std::vector<SeparatorSheet>> sheets_of(const Common& common, SheetKind kind, const SheetWords& words) {
  TRY(SeparatorSheet sheet, blank_sheet(kind, common.config.stages.separators));
  std::vector<SeparatorSheet> sheets;
  const auto add = [&] { sheets.insert(sheets.end(), static_cast<std::size_t>(words.count), sheet); };
  if (kind != SheetKind::Patient) {
    add();
    return sheets;
  }
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "sheets"));
  TRY(const storage::Records records, service->archive().read());
  const charts::PatientIndex index(records);
  for (const std::string& mrn : words.mrns) {
    TRY(sheet.patient, index.by_mrn(mrn));
    if (!sheet.patient) return Error{ErrorCode::NotFound, "no patient " + mrn + " in the index; `chartscan patients import` adds patients"};
    add();
  }
  return sheets;
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
