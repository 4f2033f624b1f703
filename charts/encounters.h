// To which stay or visit a document belongs: by its date of service. Pure.
#pragma once

#include <span>

#include "core/document.h"
#include "core/encounter.h"

namespace chartscan::charts {

// The encounter whose days hold the document's date of service, the shortest where several do; null: none, or the date is unknown. One
// that goes on holds every later day; one without a known admission, and a cancelled one, hold none.
const Encounter* encounter_of(const Document& document, std::span<const Encounter> encounters);

}  // namespace chartscan::charts
