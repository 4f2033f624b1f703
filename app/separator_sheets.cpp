#include "app/separator_sheets.h"

#include <algorithm>

#include "charts/patient_index.h"

namespace chartscan::app {
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

}  // namespace

Result<std::vector<SeparatorSheet>> separator_sheets(const SeparatorSettings& settings, SheetKind kind, int count, const std::vector<std::string>& mrns,
                                                     const storage::Records* records) {
  TRY(SeparatorSheet sheet, blank_sheet(kind, settings));
  std::vector<SeparatorSheet> sheets;
  const auto add = [&] { sheets.insert(sheets.end(), static_cast<std::size_t>(count), sheet); };
  if (kind != SheetKind::Patient) {
    add();
    return sheets;
  }
  if (!records || mrns.empty()) return Error{ErrorCode::Usage, "name the patients whose sheets are wanted, by their MRNs", {}};
  const charts::PatientIndex index(*records);
  for (const std::string& mrn : mrns) {
    TRY(sheet.patient, index.by_mrn(mrn));
    if (!sheet.patient) return Error{ErrorCode::NotFound, "no patient " + mrn + " in the index; `chartscan patients import` adds patients"};
    add();
  }
  return sheets;
}

}  // namespace chartscan::app
