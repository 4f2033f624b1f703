#include <fmt/format.h>

#include <algorithm>

#include "app/access/desk_impl.h"
#include "charts/patient_index.h"
#include "storage/codec.h"
#include "storage/keys.h"

namespace chartscan::app {

using storage::AuditAction;
using storage::AuditOutcome;
using storage::AuditRecord;

namespace {

constexpr std::size_t kShortestReason = 10;  // characters

AuditRecord line(AuditAction action, const std::string& mrn, std::string reason, std::string detail) {
  AuditRecord record;
  record.action = action;
  if (!mrn.empty()) record.mrns = {mrn};
  record.reason = std::move(reason);
  record.detail = std::move(detail);
  return record;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n"), last = text.find_last_not_of(" \t\r\n");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

Result<std::int64_t> next_number(const storage::Records& records) {
  TRY(const std::optional<std::string> last, records.view().last(storage::Family::Meta, storage::keys::kGlassBreaks));
  if (!last) return std::int64_t{1};
  const std::optional<std::int64_t> number = storage::keys::number_of_glass_break(*last);
  if (!number) return Error{ErrorCode::Integrity, "a key of broken glass is damaged; `chartscan verify` names what is wrong", {}};
  return *number + 1;
}

storage::Change put(const GlassBreak& glass) {
  storage::Change change;
  change.raw().put(storage::Family::Meta, storage::keys::glass_break(glass.number), storage::encode(glass));
  return change;
}

}  // namespace

Result<GlassBreak> AccessDesk::break_glass(const Actor& actor, const std::string& mrn, const std::string& sensitivity, const std::string& reason) {
  const std::string why = trimmed(reason);
  const std::string what = sensitivity.empty() ? "the whole chart" : "class " + sensitivity;
  TRY_STATUS(impl_->require(actor, Right::BreakGlass, line(AuditAction::BreakGlass, mrn, why, what)));
  if (actor.token) return Error{ErrorCode::NoRight, "glass is broken by people, not by programs; log in", {}};
  if (characters(why) < kShortestReason) return Error{ErrorCode::InputRefused, "say why, in at least 10 characters: the privacy officer reads it", {}};
  const std::vector<std::string> classes = impl_->table_.classes();
  if (!sensitivity.empty() && std::ranges::find(classes, sensitivity) == classes.end())
    return Error{ErrorCode::InputRefused, "there is no such class of papers; the classes are: " + fmt::format("{}", fmt::join(classes, ", ")), {}};

  const std::lock_guard lock(impl_->changes_);
  TRY(const storage::Records records, impl_->archive_.read());
  TRY(const std::optional<Patient> patient, charts::PatientIndex(records).by_mrn(mrn));
  if (!patient) return Error{ErrorCode::NotFound, "there is no patient with this MRN", {}};
  GlassBreak glass;
  TRY(glass.number, next_number(records));
  glass.user = actor.user;
  glass.mrn = patient->mrn;
  glass.sensitivity = sensitivity;
  glass.reason = why;
  glass.origin = actor.origin;
  glass.session = actor.session;
  glass.at = impl_->now();
  glass.until = glass.at + impl_->config_.glass_minutes * 60;
  TRY_STATUS(impl_->commit(actor, line(AuditAction::BreakGlass, glass.mrn, why, fmt::format("no. {}, {}, for {} minutes", glass.number, what, impl_->config_.glass_minutes)), put(glass)));
  {
    const std::unique_lock grants(impl_->grants_mutex_);
    impl_->grants_.emplace(glass.user, Grant{glass.number, glass.mrn, glass.sensitivity, glass.until});
  }
  TRY(const std::optional<User> user, impl_->user(actor.user));
  if (user) impl_->refresh_actors(*user);
  return glass;
}

Result<std::vector<GlassBreak>> AccessDesk::privacy_queue(const Actor& actor, Queue queue) const {
  TRY_STATUS(impl_->require(actor, Right::PrivacyQueue, line(AuditAction::Refused, "", "", "privacy queue")));
  TRY(const storage::Records records, impl_->archive_.read());
  std::vector<GlassBreak> waiting;
  Status fault;
  TRY_STATUS(records.view().scan(storage::Family::Meta, storage::keys::kGlassBreaks, [&](std::string_view, std::string_view bytes) {
    auto glass = storage::decode_glass_break(bytes);
    if (!glass) return fault = std::move(glass).error(), false;
    if (queue == Queue::All || glass->seen_by.empty()) waiting.push_back(*std::move(glass));
    return true;
  }));
  TRY_STATUS(fault);
  std::ranges::reverse(waiting);
  return waiting;
}

Result<GlassBreak> AccessDesk::judge_glass(const Actor& actor, std::int64_t number, const std::string& verdict, const std::string& note) {
  TRY_STATUS(impl_->require(actor, Right::PrivacyQueue, line(AuditAction::GlassJudged, "", "", fmt::format("no. {}", number))));
  if (verdict != "justified" && verdict != "not-justified") return Error{ErrorCode::InputRefused, "the verdict is \"justified\" or \"not-justified\"", {}};
  const std::lock_guard lock(impl_->changes_);
  TRY(const storage::Records records, impl_->archive_.read());
  TRY(const std::optional<std::string> bytes, records.view().get(storage::Family::Meta, storage::keys::glass_break(number)));
  if (!bytes) return Error{ErrorCode::NotFound, "there is no such line in the privacy queue", {}};
  TRY(GlassBreak glass, storage::decode_glass_break(*bytes));
  if (glass.user == actor.user) return Error{ErrorCode::NoRight, "nobody judges what they opened themselves", {}};
  if (!glass.seen_by.empty()) return Error{ErrorCode::Conflict, "this was judged already, by " + glass.seen_by, {}};
  glass.seen_by = actor.user;
  glass.seen_at = impl_->now();
  glass.verdict = verdict;
  glass.note = trimmed(note);
  TRY_STATUS(impl_->commit(actor, line(AuditAction::GlassJudged, glass.mrn, glass.note, fmt::format("no. {} of {}: {}", number, glass.user, verdict)), put(glass)));
  return glass;
}

}  // namespace chartscan::app
