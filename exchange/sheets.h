// Separator sheets to print: between documents, batches and patients. Each carries a patch code along all four edges, barcodes,
// and the same in words, so that a scanner, a program and a person can all tell what it is. PDF with bars as vectors, at exact
// sizes on Letter and A4: print at 100 %, on one side, on plain paper. Any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/patient.h"
#include "core/result.h"

namespace chartscan::exchange {

enum class SheetKind { Document, Batch, Patient };
enum class SheetPaper { Letter, A4 };

struct SeparatorSheet {
  SheetKind kind = SheetKind::Document;
  std::string patch;               // "1", "2", "3", "4", "6", "T"; empty = none
  std::string control;             // payload of the barcode that says what the sheet is; empty = none
  std::optional<Patient> patient;  // of a patient sheet: as words, as a plain and a HIBC number, and all of it in a square code
};

// Whole or not at all: `out` appears (or is replaced) once everything is on disk. A page a sheet, in order.
Status write_sheets(const std::vector<SeparatorSheet>& sheets, SheetPaper paper, const std::filesystem::path& out);

}  // namespace chartscan::exchange
