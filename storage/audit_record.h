// One line of the audit trail: who did what, when, from where, to which patient's papers, and why. Plain values and their bytes.
// It holds ids, never a patient's words; the one exception is the text of a search (`query`), which auditors must be able to see and
// which may name a patient: whoever shows or exports records treats it as sensitive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/result.h"

namespace chartscan::storage {

// The place in this list is on disk, the texts are in exports: never moved, never renamed, only added to at the end. AUDIT_ACTION(Name, "text")
#define CHARTSCAN_AUDIT_ACTIONS(AUDIT_ACTION)                                                                             \
  AUDIT_ACTION(Login, "login")                                                                                            \
  AUDIT_ACTION(LoginRefused, "login-refused")                                                                             \
  AUDIT_ACTION(Logout, "logout")                                                                                          \
  AUDIT_ACTION(SessionEnded, "session-ended") /* by time, by an administrator, by a change of password or roles */        \
  AUDIT_ACTION(ViewPage, "view-page")                                                                                     \
  AUDIT_ACTION(ViewImage, "view-image")                                                                                   \
  AUDIT_ACTION(ViewDocument, "view-document")                                                                             \
  AUDIT_ACTION(ViewChart, "view-chart")                                                                                   \
  AUDIT_ACTION(ViewPatients, "view-patients") /* the patient index */                                                     \
  AUDIT_ACTION(ViewBatch, "view-batch")                                                                                   \
  AUDIT_ACTION(ViewReview, "view-review")                                                                                 \
  AUDIT_ACTION(Search, "search")                                                                                          \
  AUDIT_ACTION(Print, "print")                                                                                            \
  AUDIT_ACTION(Export, "export")                                                                                          \
  AUDIT_ACTION(Scan, "scan")                                                                                              \
  AUDIT_ACTION(Change, "change") /* a document, a batch, a page */                                                        \
  AUDIT_ACTION(Refile, "refile") /* a document went from one chart to another */                                          \
  AUDIT_ACTION(Release, "release")                                                                                        \
  AUDIT_ACTION(PatientChange, "patient-change") /* import, feed, merge, unmerge */                                        \
  AUDIT_ACTION(Refused, "refused") /* asked for without the right */                                                      \
  AUDIT_ACTION(BreakGlass, "break-glass")                                                                                 \
  AUDIT_ACTION(GlassJudged, "glass-judged") /* the privacy officer saw a break-glass */                                   \
  AUDIT_ACTION(UserChange, "user-change")                                                                                 \
  AUDIT_ACTION(TokenChange, "token-change")                                                                               \
  AUDIT_ACTION(Config, "config")                                                                                          \
  AUDIT_ACTION(ServiceStart, "service-start")                                                                             \
  AUDIT_ACTION(ServiceStop, "service-stop")                                                                               \
  AUDIT_ACTION(AuditRead, "audit-read") /* the trail itself was looked at, verified or exported */                        \
  AUDIT_ACTION(AnchorFailed, "anchor-failed")                                                                             \
  AUDIT_ACTION(TrailRecovered, "trail-recovered") /* the trail itself: what was found after a crash, and what was done */

enum class AuditAction : std::uint8_t {
#define AUDIT_ACTION(name, text) name,
  CHARTSCAN_AUDIT_ACTIONS(AUDIT_ACTION)
#undef AUDIT_ACTION
};
const char* to_string(AuditAction action);
std::optional<AuditAction> parse_audit_action(std::string_view text);
const std::vector<AuditAction>& audit_actions();  // all, in order

// On disk by number: 0, 1, 2.
enum class AuditOutcome : std::uint8_t { Done, Refused, Failed };
const char* to_string(AuditOutcome outcome);
std::optional<AuditOutcome> parse_audit_outcome(std::string_view text);

struct AuditRecord {
  std::uint64_t number = 0;  // from 1 without gaps; given by the trail
  std::int64_t time_ms = 0;  // since 1970, UTC; given by the trail
  AuditAction action = AuditAction::ViewPage;
  AuditOutcome outcome = AuditOutcome::Done;
  std::string user;               // login name; of a person at a terminal the name of the system's user; a feed's name
  std::string origin;             // IP address, "terminal", "feed"
  std::string session;            // public id of session or token ("s-1f3a90bc", "t-77e01d22"), never its secret
  std::vector<std::string> mrns;  // charts that were shown or changed: of a search those whose pages were listed
  PageId page;
  DocumentId document;
  BatchId batch;
  std::string reason;  // "why", in the user's words; required for some actions
  std::string detail;  // what exactly: route, fields changed; ids only
  std::string query;   // of a search; sensitive, see above
};
bool operator==(const AuditRecord& a, const AuditRecord& b);

// No record is larger; encode cuts `detail`, `query` and `reason` to fit in characters and drops MRNs from the end, telling so in `detail`.
inline constexpr std::size_t kMaxAuditPayload = 64 << 10;

// Payload bytes: docs/audit-trail.md. Decoding is strict and never throws; fields that a later version added are skipped.
std::string encode(const AuditRecord& record);
std::optional<AuditRecord> decode_audit_record(std::string_view payload);
std::optional<std::uint64_t> number_of_audit_record(std::string_view payload);  // without the rest

std::string utc_text(std::int64_t time_ms);  // "2026-11-22T08:15:00.250Z"
std::optional<std::int64_t> parse_utc(std::string_view text);  // that, or less of it: "2026-11-22", "2026-11-22T08:15"; the earliest moment

}  // namespace chartscan::storage
