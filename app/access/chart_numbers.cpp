#include "app/access/chart_numbers.h"

#include <set>

#include "charts/patient_index.h"
#include "core/patient_event.h"

namespace chartscan::app {

Result<std::vector<std::string>> chart_numbers(const storage::Records& records, const std::string& mrn) {
  std::set<std::string> numbers{mrn};
  TRY(const std::optional<Patient> patient, charts::PatientIndex(records).by_mrn(mrn));
  if (patient) numbers.insert(patient->mrn);
  std::vector<ChartMerge> merges;
  TRY_STATUS(records.chart_merges([&](ChartMerge merge) {
    if (merge.undone_at == 0) merges.push_back(std::move(merge));
    return true;
  }));
  // Merged into merged: until nothing is added.
  for (std::size_t before = 0; before != numbers.size();) {
    before = numbers.size();
    for (const ChartMerge& merge : merges)
      if (numbers.contains(merge.into)) numbers.insert(merge.from);
  }
  return std::vector<std::string>(numbers.begin(), numbers.end());
}

}  // namespace chartscan::app
