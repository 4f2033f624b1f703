// The order in which a chart is read: sections as tabs, newest first inside a tab.
#pragma once

#include <string>
#include <vector>

#include "core/document.h"

namespace chartscan::charts {

struct ChartSection {
  std::string name;
  std::vector<Document> documents;
};
std::vector<ChartSection> chart_order(std::vector<Document> documents);  // empty sections left out

}  // namespace chartscan::charts
