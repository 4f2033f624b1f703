// The policy, as the records department would say it:
//
//   1. Who broke the glass sees what they broke it for, until its time is over.
//   2. A paper in a chart is for those who may view charts. One that somebody still works on is for those who do that work as well: who
//      reviews, and, until its batch is released, who works on batches.
//   3. A class of papers that is kept apart is only for those whose role names that class - wherever the paper stands.
//   4. But whoever fed a batch has held its paper: until it is released they see all of it. Else nobody could scan it.
//   5. What is closed does not show. Who may break the glass is told that it is closed when they ask for the very thing; others are told
//      that there is no such thing.
#include "app/access/policy.h"

#include <algorithm>

#include "charts/document_types.h"

namespace chartscan::app {
namespace {

bool glass_is_broken(const Actor& actor, const Subject& subject, std::int64_t now) {
  return !subject.mrn.empty() && std::ranges::any_of(actor.grants, [&](const Grant& grant) {
    return grant.mrn == subject.mrn && now < grant.until && (grant.sensitivity.empty() || grant.sensitivity == subject.sensitivity);
  });
}

bool works_on_it(const Actor& actor, const Subject& subject) {
  return (!subject.filed && actor.may(Right::Review)) || (!subject.released && actor.may(Right::BatchWork));
}

bool fed_it(const Actor& actor, const Subject& subject) {
  return !subject.released && !actor.user.empty() && actor.user == subject.fed_by && actor.may(Right::Scan);
}

// Glass is broken for a patient's chart; what belongs to nobody cannot be asked for.
Opening closed(const Actor& actor, const std::string& mrn) {
  return actor.may(Right::BreakGlass) && !mrn.empty() ? Opening::NeedsGlass : Opening::Hidden;
}

}  // namespace

Opening may_open(const Actor& actor, const Subject& subject, std::int64_t now) {
  if (glass_is_broken(actor, subject, now)) return Opening::Allowed;
  if (fed_it(actor, subject)) return Opening::Allowed;
  const bool right = actor.may(Right::View) || works_on_it(actor, subject);
  return right && actor.may_open_class(subject.sensitivity) ? Opening::Allowed : closed(actor, subject.mrn);
}

Opening may_open_chart(const Actor& actor, const std::string& mrn, std::int64_t now) {
  if (actor.may(Right::View)) return Opening::Allowed;
  const bool broken = std::ranges::any_of(actor.grants, [&](const Grant& grant) { return grant.mrn == mrn && now < grant.until && grant.sensitivity.empty(); });
  return broken ? Opening::Allowed : closed(actor, mrn);
}

SensitivityTable::SensitivityTable(const std::map<std::string, std::string>& overrides) {
  for (const charts::DocumentType& type : charts::document_types()) types_.emplace(type.code, type.sensitivity);
  for (const auto& [type, sensitivity] : overrides) types_.insert_or_assign(type, sensitivity);
  std::erase_if(types_, [](const auto& entry) { return entry.second.empty(); });
}

const std::string& SensitivityTable::of(std::string_view type) const {
  static const std::string kNone;
  const auto found = types_.find(type);
  return found == types_.end() ? kNone : found->second;
}

std::vector<std::string> SensitivityTable::classes() const {
  std::set<std::string> all;
  for (const auto& [type, sensitivity] : types_) all.insert(sensitivity);
  return {all.begin(), all.end()};
}

Subject Doorkeeper::subject_of(const Document& document, const Batch* batch) const {
  Subject subject;
  subject.mrn = document.link.mrn;
  subject.sensitivity = table_.of(document.type);
  subject.filed = document.filed;
  subject.released = !batch || batch->state == BatchState::Released;
  if (batch) subject.fed_by = batch->operator_name;
  return subject;
}

Subject Doorkeeper::subject_of(const Page& page, const Document* document, const Batch* batch) const {
  if (document) return subject_of(*document, batch);
  Document alone;  // no document yet, or set aside from all: what the page itself seems to be
  if (!page.types.empty()) alone.type = page.types.front().type;
  return subject_of(alone, batch);
}

Result<Opening> Doorkeeper::may_open(const Actor& actor, const storage::Records& records, PageId id, std::int64_t now) const {
  TRY(const std::optional<Page> page, records.page(id));
  return page ? may_open(actor, records, *page, now) : Opening::Hidden;
}

Result<Opening> Doorkeeper::may_open(const Actor& actor, const storage::Records& records, const Page& page, std::int64_t now) const {
  std::optional<Document> document;
  if (page.document) {
    TRY(document, records.document(*page.document));
  }
  if (app::may_open(actor, subject_of(page, document ? &*document : nullptr, nullptr), now) == Opening::Allowed) return Opening::Allowed;
  TRY(const std::optional<Batch> batch, records.batch(page.batch));  // only where work on the batch may open it
  return app::may_open(actor, subject_of(page, document ? &*document : nullptr, batch ? &*batch : nullptr), now);
}

Result<Opening> Doorkeeper::may_open(const Actor& actor, const storage::Records& records, const Document& document, std::int64_t now) const {
  if (app::may_open(actor, subject_of(document, nullptr), now) == Opening::Allowed) return Opening::Allowed;
  TRY(const std::optional<Batch> batch, records.batch(document.batch));
  return app::may_open(actor, subject_of(document, batch ? &*batch : nullptr), now);
}

std::vector<std::string> Doorkeeper::hidden_types(const Actor& actor, std::int64_t now, const std::string& mrn) const {
  std::vector<std::string> hidden;
  for (const auto& [type, sensitivity] : table_.types()) {
    const Subject subject{mrn, sensitivity, true, true, {}};
    if (!actor.may_open_class(sensitivity) && !glass_is_broken(actor, subject, now)) hidden.push_back(type);
  }
  return hidden;
}

Status as_status(Opening opening, const std::string& what) {
  switch (opening) {
    case Opening::Allowed: return {};
    case Opening::Hidden: return Error{ErrorCode::NotFound, "there is no " + what + "; check its number", {}};
    case Opening::NeedsGlass: return Error{ErrorCode::GlassNeeded, what + " is closed to you; in an emergency break the glass, with a reason: the privacy officer is told", {}};
  }
  return Error{ErrorCode::Internal, "unknown answer about " + what, {}};
}

}  // namespace chartscan::app
