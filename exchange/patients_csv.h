// The patient index as the CSV that `patients import` takes (docs/contracts.md). Streamed. Any thread; `records` is one moment.
#pragma once

#include <iosfwd>

#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::exchange {

Status export_patients(const storage::Records& records, std::ostream& out);

}  // namespace chartscan::exchange
