#include "pipeline/separators.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace chartscan::pipeline {
namespace {

constexpr std::array kActions{std::pair{SeparatorAction::Ignore, "ignore"}, std::pair{SeparatorAction::Document, "document"},
                              std::pair{SeparatorAction::Patient, "patient"}, std::pair{SeparatorAction::Batch, "batch"}};

// Letters and digits only, upper case: "Batch-Sep 12" -> "BATCHSEP12".
std::string folded(std::string_view payload) {
  std::string out;
  for (const unsigned char c : payload)
    if (std::isalnum(c)) out.push_back(static_cast<char>(std::toupper(c)));
  return out;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view payload) {
  const bool open = pattern.ends_with('*');
  const std::string wanted = folded(pattern), said = folded(payload);
  if (wanted.empty()) return false;  // a pattern of nothing but signs would take every code
  return open ? said.starts_with(wanted) : said == wanted;
}

SeparatorAction action_of(const Barcode& code, const SeparatorSettings& settings) {
  if (code.format.starts_with("Patch")) {
    const std::string_view sign = std::string_view(code.format).substr(5);
    const auto rule = std::ranges::find(settings.patches, sign, &SeparatorSettings::PatchRule::sign);
    return rule == settings.patches.end() ? SeparatorAction::Ignore : rule->action;
  }
  const auto known = [&](const std::vector<std::string>& patterns) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, code.payload); });
  };
  if (known(settings.ignore)) return SeparatorAction::Ignore;
  if (known(settings.batch)) return SeparatorAction::Batch;
  if (known(settings.patient)) return SeparatorAction::Patient;
  return known(settings.document) ? SeparatorAction::Document : SeparatorAction::Ignore;
}

std::string words_of(const SeparatorSettings& settings) {
  std::string out;
  for (const auto& [sign, action] : settings.patches) out += sign + "=" + to_string(action) + ",";
  for (const auto* patterns : {&settings.ignore, &settings.batch, &settings.patient, &settings.document}) {
    for (const std::string& pattern : *patterns) out += pattern + ",";
    out += ";";
  }
  return out + std::to_string(settings.most_words);
}

const char* to_string(SeparatorAction action) {
  return std::ranges::find(kActions, action, [](const auto& pair) { return pair.first; })->second;
}

std::optional<SeparatorAction> parse_separator_action(std::string_view text) {
  for (const auto& [action, name] : kActions)
    if (text == name) return action;
  return std::nullopt;
}

}  // namespace chartscan::pipeline
