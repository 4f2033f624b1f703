// What a code on a separator sheet does: configuration, with the meanings the standard gives patch codes as defaults.
// docs/separators.md is its manual. Plain values; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/page.h"

namespace chartscan::pipeline {

// What a code stands for; Ignore = nothing, the page is an ordinary one.
enum class SeparatorAction { Ignore, Document, Patient, Batch };

struct SeparatorSettings {
  struct PatchRule {
    std::string sign;  // "1", "2", "3", "4", "6", "T"
    SeparatorAction action = SeparatorAction::Ignore;
  };
  // 2 and T part documents, 3 parts batches; 1, 4 and 6 steer the scanner (image control).
  std::vector<PatchRule> patches{{"1", SeparatorAction::Ignore},   {"2", SeparatorAction::Document}, {"3", SeparatorAction::Batch},
                                 {"4", SeparatorAction::Ignore},   {"6", SeparatorAction::Ignore},   {"T", SeparatorAction::Document}};
  // Patterns for the payloads of barcodes. Only letters and digits are compared, in upper case; "*" at the end takes any rest.
  std::vector<std::string> ignore;
  std::vector<std::string> batch{"BATCHSEP*", "BATCHHEADER*", "PATCH3*"};
  std::vector<std::string> patient{"PATIENTSEP*"};
  std::vector<std::string> document{"PATCHT*", "PATCH2*", "DOCSEP*", "DOCUMENTSEP*", "SEPARATOR*", "SEPSHEET*", "NEWDOC*"};
  int most_words = 60;  // a page with more is a document that starts here, never a sheet to set aside
};

// What the code does. Among payload patterns the first list that knows it counts: ignore, batch, patient, document.
SeparatorAction action_of(const Barcode& code, const SeparatorSettings& settings);

bool matches(std::string_view pattern, std::string_view payload);

// All of it in one line: what the hash of the settings is made of.
std::string words_of(const SeparatorSettings& settings);

const char* to_string(SeparatorAction action);  // "ignore", "document", "patient", "batch"
std::optional<SeparatorAction> parse_separator_action(std::string_view text);

}  // namespace chartscan::pipeline
