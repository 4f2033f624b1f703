#include "exchange/audit_export.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "core/ids.h"

namespace chartscan::exchange {
namespace {

using nlohmann::json;
using storage::AuditAction;
using storage::AuditOutcome;
using storage::AuditRecord;

// --- CSV ----------------------------------------------------------------------------------------------------------------------

// A cell that begins like a formula would be one in a spreadsheet: an apostrophe keeps it a text. Quotes as in RFC 4180.
std::string cell(const std::string& text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c == '\0' ? ' ' : c);
  return out + "\"";
}

template <typename IdType>
std::string id_text(IdType id) {
  return id ? to_string(id) : std::string();
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

// --- FHIR ---------------------------------------------------------------------------------------------------------------------

constexpr const char* kDicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr const char* kOwnActions = "urn:chartscan:audit-action";

struct Code {
  const char* code;
  const char* display;
};
// DICOM PS3.15 A.5: what kind of event, and where DICOM has a word for it what exactly; then C, R, U, D or E.
struct Coding {
  Code type;
  std::optional<Code> subtype;
  const char* action;
};

constexpr Code kAuthentication{"110114", "User Authentication"}, kPatientRecord{"110110", "Patient Record"}, kQueryEvent{"110112", "Query"},
    kExportEvent{"110106", "Export"}, kSecurityAlert{"110113", "Security Alert"}, kActivity{"110100", "Application Activity"}, kAuditLogUsed{"110101", "Audit Log Used"};
constexpr Code kLogin{"110122", "Login"}, kLogout{"110123", "Logout"}, kOverride{"110127", "Emergency Override Started"}, kAttributes{"110137", "User Security Attributes Changed"},
    kConfiguration{"110131", "Software Configuration"}, kStart{"110120", "Application Start"}, kStop{"110121", "Application Stop"};

Coding coding_of(AuditAction action) {
  switch (action) {
    case AuditAction::Login:
    case AuditAction::LoginRefused: return {kAuthentication, kLogin, "E"};
    case AuditAction::Logout:
    case AuditAction::SessionEnded: return {kAuthentication, kLogout, "E"};
    case AuditAction::ViewPage:
    case AuditAction::ViewImage:
    case AuditAction::ViewDocument:
    case AuditAction::ViewChart:
    case AuditAction::ViewPatients:
    case AuditAction::ViewBatch:
    case AuditAction::ViewReview: return {kPatientRecord, {}, "R"};
    case AuditAction::Search: return {kQueryEvent, {}, "E"};
    case AuditAction::Print:
    case AuditAction::Export: return {kExportEvent, {}, "R"};
    case AuditAction::Scan: return {kPatientRecord, {}, "C"};
    case AuditAction::Change:
    case AuditAction::Refile:
    case AuditAction::Release:
    case AuditAction::PatientChange: return {kPatientRecord, {}, "U"};
    case AuditAction::Refused: return {kSecurityAlert, {}, "E"};
    case AuditAction::BreakGlass: return {kSecurityAlert, kOverride, "E"};
    case AuditAction::GlassJudged: return {kSecurityAlert, {}, "U"};
    case AuditAction::UserChange:
    case AuditAction::TokenChange: return {kSecurityAlert, kAttributes, "U"};
    case AuditAction::Config: return {kSecurityAlert, kConfiguration, "U"};
    case AuditAction::ServiceStart: return {kActivity, kStart, "E"};
    case AuditAction::ServiceStop: return {kActivity, kStop, "E"};
    case AuditAction::AuditRead: return {kAuditLogUsed, {}, "R"};
    case AuditAction::AnchorFailed:
    case AuditAction::TrailRecovered: return {kSecurityAlert, {}, "E"};
  }
  return {kSecurityAlert, {}, "E"};
}

json dicom(const Code& code) { return {{"system", kDicom}, {"code", code.code}, {"display", code.display}}; }

const char* outcome_code(AuditOutcome outcome) {
  switch (outcome) {
    case AuditOutcome::Done: return "0";
    case AuditOutcome::Refused: return "4";
    case AuditOutcome::Failed: return "8";
  }
  return "8";
}

bool is_address(const std::string& origin) {
  return origin.find_first_not_of("0123456789abcdefABCDEF.:%") == std::string::npos && origin.find_first_of(".:") != std::string::npos;
}

json agent_of(const AuditRecord& record) {
  json agent{{"who", {{"identifier", {{"system", "urn:chartscan:user"}, {"value", record.user.empty() ? "unknown" : record.user}}}}}, {"requestor", true}};
  if (!record.session.empty()) agent["altId"] = record.session;
  if (is_address(record.origin)) agent["network"] = {{"address", record.origin}, {"type", "2"}};
  else if (!record.origin.empty()) agent["name"] = record.origin;
  return agent;
}

json entity(const char* system, const std::string& value, const char* type, const char* type_name, const char* role, const char* role_name) {
  return {{"what", {{"identifier", {{"system", system}, {"value", value}}}}},
          {"type", {{"system", "http://terminology.hl7.org/CodeSystem/audit-entity-type"}, {"code", type}, {"display", type_name}}},
          {"role", {{"system", "http://terminology.hl7.org/CodeSystem/object-role"}, {"code", role}, {"display", role_name}}}};
}

json thing(const char* system, const std::string& value) { return entity(system, value, "2", "System Object", "3", "Report"); }

std::string base64(const std::string& bytes) {
  constexpr std::string_view kSigns = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j) three = three << 8 | (i + j < bytes.size() ? static_cast<std::uint8_t>(bytes[i + j]) : 0);
    for (std::size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? kSigns[three >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

json entities_of(const AuditRecord& record) {
  json all = json::array();
  for (const std::string& mrn : record.mrns) all.push_back(entity("urn:chartscan:mrn", mrn, "1", "Person", "1", "Patient"));
  if (record.page) all.push_back(thing("urn:chartscan:page", to_string(record.page)));
  if (record.document) all.push_back(thing("urn:chartscan:document", to_string(record.document)));
  if (record.batch) all.push_back(thing("urn:chartscan:batch", to_string(record.batch)));
  if (!record.query.empty()) {
    json query = entity("urn:chartscan:query", std::to_string(record.number), "2", "System Object", "24", "Query");
    query["query"] = base64(record.query);
    all.push_back(std::move(query));
  }
  return all;
}

}  // namespace

std::optional<AuditFormat> parse_audit_format(std::string_view text) {
  if (text == "csv") return AuditFormat::Csv;
  if (text == "fhir") return AuditFormat::Fhir;
  return std::nullopt;
}

std::string audit_csv_header() { return "number,time,user,action,outcome,origin,session,mrns,page,document,batch,reason,detail,query\r\n"; }

std::string audit_csv_line(const AuditRecord& r) {
  std::string out = std::to_string(r.number);
  for (const std::string& text : {storage::utc_text(r.time_ms), r.user, std::string(to_string(r.action)), std::string(to_string(r.outcome)), r.origin, r.session,
                                  joined(r.mrns), id_text(r.page), id_text(r.document), id_text(r.batch), r.reason, r.detail, r.query})
    out += "," + cell(text);
  return out + "\r\n";
}

std::string fhir_audit_event(const AuditRecord& record) {
  const Coding coding = coding_of(record.action);
  json subtypes = json::array();
  if (coding.subtype) subtypes.push_back(dicom(*coding.subtype));
  subtypes.push_back({{"system", kOwnActions}, {"code", to_string(record.action)}});
  json event{{"resourceType", "AuditEvent"},
             {"id", "trail-" + std::to_string(record.number)},
             {"type", dicom(coding.type)},
             {"subtype", subtypes},
             {"action", coding.action},
             {"recorded", storage::utc_text(record.time_ms)},
             {"outcome", outcome_code(record.outcome)},
             {"agent", json::array({agent_of(record)})},
             {"source",
              {{"observer", {{"display", "Chartscan"}}},
               {"type", json::array({{{"system", "http://terminology.hl7.org/CodeSystem/security-source-type"}, {"code", "4"}, {"display", "Application Server"}}})}}}};
  if (!record.detail.empty()) event["outcomeDesc"] = record.detail;
  json purpose;
  if (record.action == AuditAction::BreakGlass)
    purpose["coding"] = json::array({{{"system", "http://terminology.hl7.org/CodeSystem/v3-ActReason"}, {"code", "BTG"}, {"display", "break the glass"}}});
  if (!record.reason.empty()) purpose["text"] = record.reason;
  if (!purpose.is_null()) event["purposeOfEvent"] = json::array({purpose});
  if (json entities = entities_of(record); !entities.empty()) event["entity"] = std::move(entities);
  return event.dump(-1, ' ', false, json::error_handler_t::replace);
}

Status export_audit(storage::AuditTrail& trail, const storage::AuditQuery& query, AuditFormat format, std::ostream& out) {
  if (format == AuditFormat::Csv) out << audit_csv_header();
  TRY_STATUS(trail.each(query, [&](const AuditRecord& record) {
    if (format == AuditFormat::Csv) out << audit_csv_line(record);
    else out << fhir_audit_event(record) << '\n';
    return static_cast<bool>(out);
  }));
  out.flush();
  if (!out) return Error{ErrorCode::Storage, "the export of the audit trail could not be written; is there room on the disk?", {}};
  return {};
}

}  // namespace chartscan::exchange
