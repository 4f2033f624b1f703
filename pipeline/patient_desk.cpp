#include "pipeline/patient_desk.h"

#include <algorithm>
#include <utility>

#include "charts/fuzzy.h"
#include "charts/overlays.h"
#include "charts/patient_index.h"
#include "indexer/index.h"

namespace chartscan::pipeline {
namespace {

constexpr std::string Patient::*kTexts[] = {&Patient::family, &Patient::given,   &Patient::middle, &Patient::suffix, &Patient::maiden, &Patient::sex,
                                            &Patient::ssn,    &Patient::phone,   &Patient::address, &Patient::city,  &Patient::state,  &Patient::zip};

// What is told takes the place of what was known; what is not told stays. A new family name keeps the old one, under which old
// documents were written.
Patient updated(const Patient& before, const PatientEvent& event) {
  Patient after = before;
  for (const auto member : kTexts)
    if (!(event.patient.*member).empty()) after.*member = event.patient.*member;
  if (event.patient.dob) after.dob = event.patient.dob;
  for (const auto member : event.erased) (after.*member).clear();
  if (after.family != before.family && after.maiden == before.maiden) after.maiden = before.family;
  return after;
}

// Neither a name nor the birth date is as it was: this is not the person whose chart it is.
bool is_another_person(const Patient& before, const Patient& told) {
  const auto differs = [](const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && charts::letters(a) != charts::letters(b); };
  return differs(before.family, told.family) && differs(before.given, told.given) && before.dob && told.dob && before.dob != told.dob;
}

constexpr std::string_view kAnotherPerson =
    "this number belongs to a patient of another name and birth date; register the new person under a number of their own";

// One event, within one atomic write.
class Step {
 public:
  Step(const storage::Records& records, storage::Change& change, std::int64_t now) : records_(records), change_(change), index_(records), now_(now) {}

  Status apply(const PatientEvent& event, const FeedLine& log) {
    if (event.kind == PatientEventKind::Merge) return merge(event, log);
    TRY_STATUS(demographics(event, event.kind == PatientEventKind::Register, log));
    if (!event.encounter) return needs_visit(event.kind);
    return encounter(event);
  }

  Status log(FeedLine line) {
    TRY(line.number, records_.next_feed_line());
    line.at = now_;
    if (!line.mrn.empty() && line.reason.find(kAnotherPerson) != std::string::npos) charts::note_overlay(change_, line.mrn, source_of(line) + ", refused,");
    change_.put(line);
    return {};
  }

 private:
  static Status needs_visit(PatientEventKind kind) {
    if (kind == PatientEventKind::Register || kind == PatientEventKind::Update) return {};
    return Error{ErrorCode::InputRefused, "the message names no visit; PV1-19 or PID-18 must carry its number", {}};
  }

  static std::string source_of(const FeedLine& log) { return log.trigger + " message " + log.control_id; }

  Status demographics(const PatientEvent& event, bool is_new, const FeedLine& log) {
    TRY(const std::optional<std::string> survivor, index_.survivor_of(event.patient.mrn));
    if (survivor)
      return Error{ErrorCode::Conflict, "this number was merged into another chart; undo the merge first, or send the survivor's number", {}};
    TRY(const std::optional<Patient> before, index_.by_mrn(event.patient.mrn));
    if (!before) {
      if (event.patient.family.empty())
        return Error{ErrorCode::NotFound, "no patient has this number, and the message names nobody to add", {}};
      charts::put_patient(change_, event.patient);
      mrn_ = event.patient.mrn;
      return {};
    }
    mrn_ = before->mrn;
    if (is_another_person(*before, event.patient)) {
      TRY(const std::vector<DocumentId> documents, records_.chart(before->mrn));
      if (is_new || !documents.empty())
        return Error{ErrorCode::Conflict, std::string(kAnotherPerson), {}};
    }
    if (charts::is_told_otherwise(*before, event.patient)) {
      TRY(const std::vector<DocumentId> documents, records_.chart(before->mrn));
      if (!documents.empty()) charts::note_overlay(change_, before->mrn, source_of(log));
    }
    const Patient after = updated(*before, event);
    if (after != *before) charts::put_patient(change_, &*before, after);
    return {};
  }

  Status encounter(const PatientEvent& event) {
    Encounter told = *event.encounter;
    told.mrn = mrn_;
    TRY(const std::optional<Encounter> before, records_.encounter(told.mrn, told.visit));
    Encounter after = before.value_or(told);
    const auto take = [&](std::string Encounter::*member) {
      if (!(told.*member).empty()) after.*member = told.*member;
    };
    take(&Encounter::patient_class), take(&Encounter::location), take(&Encounter::attending);
    if (told.admitted) after.admitted = told.admitted;
    if (told.discharged) after.discharged = told.discharged;
    switch (event.kind) {
      case PatientEventKind::CancelVisit: after.cancelled = true; break;
      case PatientEventKind::CancelDischarge: after.discharged = {}; break;
      case PatientEventKind::Register: after.cancelled = false; break;
      default: break;
    }
    if (!before || *before != after) change_.put(after);
    return {};
  }

  Status merge(const PatientEvent& event, const FeedLine& log) {
    TRY(const std::optional<std::string> already, index_.survivor_of(event.prior_mrn));
    TRY(std::optional<Patient> survivor, index_.by_mrn(event.patient.mrn));
    if (already && survivor && *already == survivor->mrn) return {};  // told again
    if (already) return Error{ErrorCode::Conflict, "the chart in MRG-1 was already merged into another one; undo that merge first", {}};
    TRY(const std::optional<std::string> elsewhere, index_.survivor_of(event.patient.mrn));
    if (elsewhere) return Error{ErrorCode::Conflict, "the surviving chart in PID-3 was itself merged away; undo that merge, or send its survivor", {}};
    if (!survivor) {
      if (event.patient.family.empty()) return Error{ErrorCode::NotFound, "no patient has the surviving number in PID-3", {}};
      charts::put_patient(change_, event.patient);
      survivor = event.patient;
    }
    TRY(const std::optional<Patient> prior, index_.by_mrn(event.prior_mrn));
    if (prior && prior->mrn == survivor->mrn) return Error{ErrorCode::InputRefused, "a chart cannot be merged into itself", {}};

    ChartMerge merge;
    TRY(merge.number, records_.next_chart_merge());
    merge.from = prior ? prior->mrn : event.prior_mrn;
    merge.into = survivor->mrn;
    merge.patient = prior;
    merge.at = now_;
    merge.by = log.from.empty() ? "a person" : log.from;
    merge.reason = event.trigger + (log.control_id.empty() ? "" : " " + log.control_id);
    TRY(merge.documents, records_.chart(merge.from));
    for (const DocumentId id : merge.documents) TRY_STATUS(refile(id, merge.from, merge.into));
    TRY(const std::vector<Encounter> encounters, records_.encounters(merge.from));
    for (const Encounter& one : encounters) {
      TRY(const std::optional<Encounter> same, records_.encounter(merge.into, one.visit));
      if (same) continue;  // both charts have it: the survivor's stands, the other stays where undo finds it
      merge.visits.push_back(one.visit);
      change_.erase(one);
      Encounter moved = one;
      moved.mrn = merge.into;
      change_.put(moved);
    }
    if (prior) charts::erase_patient(change_, *prior);
    charts::put_alias(change_, merge.from, merge.into);
    change_.put(merge);
    return {};
  }

  Status refile(DocumentId id, const std::string& from, const std::string& into) {
    TRY(std::optional<Document> document, records_.document(id));
    if (!document || document->link.mrn != from) return {};
    const Document before = *document;
    document->link.mrn = into;
    change_.unfile(from, id);
    change_.file(into, id);
    change_.put(*document);
    indexer::index_document(change_, &before, *document);
    return {};
  }

  friend class Parting;
  const storage::Records& records_;
  storage::Change& change_;
  charts::PatientIndex index_;
  const std::int64_t now_;
  std::string mrn_;  // of the patient the event is about, as the index writes it
};

// A merge taken back.
class Parting {
 public:
  Parting(const storage::Records& records, storage::Change& change, std::int64_t now) : records_(records), change_(change), step_(records, change, now), now_(now) {}

  Result<ChartMerge> undo(const std::string& mrn, const std::string& who) {
    TRY(ChartMerge merge, newest_standing(mrn));
    TRY(const std::optional<std::string> gone, step_.index_.survivor_of(merge.into));
    if (gone) return Error{ErrorCode::Conflict, "the surviving chart was merged away later; undo that merge first", {}};
    if (merge.patient) charts::put_patient(change_, *merge.patient);
    charts::erase_alias(change_, merge.from);
    for (const DocumentId id : merge.documents) TRY_STATUS(step_.refile(id, merge.into, merge.from));
    for (const std::string& visit : merge.visits) {
      TRY(std::optional<Encounter> encounter, records_.encounter(merge.into, visit));
      if (!encounter) continue;
      change_.erase(*encounter);
      encounter->mrn = merge.from;
      change_.put(*encounter);
    }
    merge.undone_at = now_;
    merge.undone_by = who;
    change_.put(merge);
    return merge;
  }

 private:
  Result<ChartMerge> newest_standing(const std::string& mrn) const {
    std::optional<ChartMerge> found;
    TRY_STATUS(records_.chart_merges([&](ChartMerge merge) {
      if (merge.undone_at == 0 && charts::canonical_mrn(merge.from) == charts::canonical_mrn(mrn)) found = std::move(merge);
      return true;
    }));
    if (!found) return Error{ErrorCode::NotFound, "no chart of this number was merged away; `chartscan patients merges` lists the merges", {}};
    return *found;
  }

  const storage::Records& records_;
  storage::Change& change_;
  Step step_;
  const std::int64_t now_;
};

}  // namespace

Status PatientDesk::apply(const PatientEvent& event, FeedLine log) {
  return archive_.update([&](const storage::Records& records, storage::Change& change) -> Status {
    Step step(records, change, clock_.unix_seconds());
    TRY_STATUS(step.apply(event, log));
    return step.log(std::move(log));
  });
}

Status PatientDesk::refuse(FeedLine log) {
  return archive_.update([&](const storage::Records& records, storage::Change& change) {
    return Step(records, change, clock_.unix_seconds()).log(std::move(log));
  });
}

Result<ChartMerge> PatientDesk::unmerge(const std::string& merged_mrn, const std::string& who) {
  ChartMerge undone;
  TRY_STATUS(archive_.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(undone, Parting(records, change, clock_.unix_seconds()).undo(merged_mrn, who));
    return {};
  }));
  return undone;
}

}  // namespace chartscan::pipeline
