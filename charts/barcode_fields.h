// Identifiers inside barcode payloads. Private to this room.
#pragma once

#include <vector>

#include "core/page.h"

namespace chartscan::charts {

// Plain record numbers, HIBC provider labels ("+/..."), "MRN=..|NAME=..", JSON, HL7 PID and "^" lists. A plain number may be
// anything (a form, a specimen): it comes with low confidence, and only agreement with something else makes it count.
std::vector<Field> fields_of(const Barcode& barcode);

}  // namespace chartscan::charts
