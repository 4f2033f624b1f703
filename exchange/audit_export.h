// The audit trail for others: as CSV for people's tables, and as FHIR R4 AuditEvent for a hospital's audit repository, one JSON object a line
// (NDJSON), record by record in the trail's order. docs/audit-trail.md lists the columns and how actions are coded.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "storage/audit_trail.h"

namespace chartscan::exchange {

enum class AuditFormat { Csv, Fhir };
std::optional<AuditFormat> parse_audit_format(std::string_view text);  // "csv", "fhir"

// Everything that answers `query` (its limit does not count), oldest first. Memory does not grow with it.
Status export_audit(storage::AuditTrail& trail, const storage::AuditQuery& query, AuditFormat format, std::ostream& out);

std::string audit_csv_header();                                // with its line end
std::string audit_csv_line(const storage::AuditRecord& record);
std::string fhir_audit_event(const storage::AuditRecord& record);  // one line of JSON, without its end

}  // namespace chartscan::exchange
