// Audit trails for tests and benches: records as a day at a hospital makes them, and every way somebody may tamper with the files.
#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "storage/audit_trail.h"

namespace chartscan::testing {

// The `number`-th look of an invented day: some users, `charts` charts, mostly pages and images, some searches that list several charts.
storage::AuditRecord invented_look(std::uint64_t number, int charts = 1000);

// Appends that many looks, many in a write.
void fill_trail(storage::AuditTrail& trail, std::uint64_t records, int charts = 1000);

// What was done to a trail, and what verify has to say about it.
struct Tampering {
  std::string what;         // in words, for messages
  std::uint64_t first = 0;  // the first record concerned; 0 = none: head, header or index
  // A neighbour may be named as well: where bytes of a length or a hash were changed, or where records of equal content changed places.
};

// One random way: a bit of any file flipped, a record dropped, two swapped, one repeated, a file cut, a segment deleted or two exchanged,
// the head deleted or replaced by an older one (`old_head`).
Tampering tamper(const std::filesystem::path& archive, std::mt19937_64& random, const std::string& old_head);

}  // namespace chartscan::testing
