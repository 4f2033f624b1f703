// The document types a records department knows. Each is one data file in charts/types/ (TOML), compiled into the
// program; adding a type needs no C++. docs/adding-a-document-type.md describes the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace chartscan::charts {

struct Cue {
  std::string phrase;    // lower case words; matched on word boundaries, tolerant of single OCR errors in long words
  double weight = 1;     // evidence, in nats
  bool heading = false;  // counts only where it opens a line or a sentence and a colon or the line's end follows; "plan:" in the file
};

struct DocumentType {
  std::string code;    // "progress_note": stable, part of the export
  std::string loinc;   // "11506-3"
  std::string name;    // "Progress note"
  std::string section; // tab of the chart it stands under; one of chart_sections()
  std::string exported_as;  // the code of the page export, where that list is coarser; its own code otherwise
  std::vector<Cue> titles;    // phrases in a title: strong where they stand large, alone or near the top
  std::vector<Cue> cues;      // headings and words in the body
  std::vector<Cue> against;   // speaks against the type
  std::string sensitivity;    // class of papers that not every role may open ("psychiatric"); empty = every role that may view charts
  bool needs_signature = false;  // a document of this type without ink on its signature line is incomplete
};

const std::vector<DocumentType>& document_types();              // in chart order of their sections
const DocumentType* find_document_type(std::string_view code_or_loinc);  // null when unknown

const std::vector<std::string>& chart_sections();  // the tabs of a chart, in order

// The code that stands in the page export for a type; "unknown" and strange codes stay as they are.
std::string export_code(const std::string& type);

// One file of charts/types/. The error names the file and the field.
Result<DocumentType> parse_document_type(std::string_view file_name, std::string_view toml);

struct TypeFile {
  std::string_view name, text;
};
std::vector<TypeFile> type_files();  // as compiled in

}  // namespace chartscan::charts
