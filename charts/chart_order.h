// The order in which a chart is read: sections as tabs, and the order of documents inside them. Profiles are data (charts/orders/*.toml):
// a hospital has one for care, where the newest comes first, and one for the permanent file and for courts, where time runs forward. Its
// own ones come from the configuration (ChartOrders).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/result.h"

namespace chartscan::charts {

enum class TimeOrder { NewestFirst, OldestFirst };

struct ChartProfile {
  std::string name;                   // "care"
  std::vector<std::string> sections;  // tabs in order; tabs of document types that are not named follow in their own order
  TimeOrder order = TimeOrder::NewestFirst;
};

const std::vector<ChartProfile>& chart_profiles();             // as compiled in; the first is "care"
const ChartProfile* find_chart_profile(std::string_view name);  // null when there is none
Result<ChartProfile> parse_chart_profile(std::string_view file_name, std::string_view toml);

// Which profiles there are and whose chart is read how.
struct ChartOrders {
  std::string standard = "care";
  std::map<std::string, ChartProfile> own;     // by name; one of a compiled-in name takes its place
  std::map<std::string, std::string> of_role;  // profile by a user's role: coders read forward

  // `asked` by name; empty: that of the first of `roles` that has one, else the standard.
  Result<ChartProfile> choose(const std::string& asked, std::span<const std::string> roles = {}) const;
  std::vector<ChartProfile> all() const;  // by name
};
Result<TimeOrder> parse_time_order(std::string_view text);  // "newest first", "oldest first"
const char* to_string(TimeOrder order);
bool is_chart_section(std::string_view name);

struct ChartSection {
  std::string name;
  std::vector<Document> documents;
};
// Empty sections are left out. A document that is the same paper as one scanned before (duplicate_of) is left out where that one is in
// the chart: paper is shown once.
std::vector<ChartSection> chart_order(std::vector<Document> documents, const ChartProfile& profile = chart_profiles().front());

}  // namespace chartscan::charts
