#include "charts/encounters.h"

#include <limits>

namespace chartscan::charts {
namespace {

// Rough, but in order: only lengths of stays are compared by it.
int day_number(const Date& date) { return (date.year * 12 + date.month) * 31 + date.day; }

int length_of(const Encounter& encounter) {
  return encounter.discharged ? day_number(encounter.discharged) - day_number(encounter.admitted) : std::numeric_limits<int>::max();
}

}  // namespace

const Encounter* encounter_of(const Document& document, std::span<const Encounter> encounters) {
  const Encounter* best = nullptr;
  if (!document.service_date) return best;
  for (const Encounter& one : encounters) {
    if (one.cancelled || !one.admitted || document.service_date < one.admitted) continue;
    if (one.discharged && one.discharged < document.service_date) continue;
    if (!best || length_of(one) < length_of(*best)) best = &one;
  }
  return best;
}

}  // namespace chartscan::charts
