#include "charts/patient_sheet.h"

#include <algorithm>

namespace chartscan::charts {
namespace {

LinkReason reason_of(const Page& sheet, Agreement agreement) {
  const char* says = agreement == Agreement::Agrees ? " names this patient too" : " names another patient";
  return {"patient sheet", agreement, 0, "the patient sheet " + to_string(sheet.id) + says};
}

void add_agreement(const Page& sheet, const std::string& mrn, Link& link) {
  const LinkReason agrees = reason_of(sheet, Agreement::Agrees);
  if (link.mrn == mrn) link.reasons.push_back(agrees);
  for (LinkCandidate& candidate : link.candidates)
    if (candidate.mrn == mrn) candidate.reasons.push_back(agrees);
}

// A person is shown the sheet's patient; the confidence is that of nothing on the document's own pages.
void propose(const Page& sheet, const std::string& mrn, Link& link) {
  constexpr std::size_t kMostCandidates = 5;
  const bool known = std::ranges::any_of(link.candidates, [&](const LinkCandidate& candidate) { return candidate.mrn == mrn; });
  if (known || link.mrn == mrn) return add_agreement(sheet, mrn, link);
  if (link.candidates.size() >= kMostCandidates) link.candidates.pop_back();
  link.candidates.push_back({mrn, 0, {reason_of(sheet, Agreement::Agrees)}});
  if (link.mrn.empty()) {
    link.mrn = mrn;
    link.reasons = link.candidates.back().reasons;
  }
  if (link.status == LinkStatus::None) link.status = LinkStatus::Review;
}

}  // namespace

Status weigh_patient_sheet(const Page& sheet, const PatientIndex& index, LinkDecision& decision) {
  const Field* number = sheet.separator == SeparatorKind::Patient ? first_field(sheet, FieldKind::Mrn) : nullptr;
  if (!number) return {};
  TRY(const std::optional<Patient> patient, index.by_mrn(number->value));
  const bool certain = decision.link.status == LinkStatus::Auto;
  if (certain && (!patient || canonical_mrn(decision.link.mrn) != canonical_mrn(patient->mrn))) {
    decision.link.status = LinkStatus::Review;
    decision.link.reasons.push_back(reason_of(sheet, Agreement::Disagrees));
    if (patient) propose(sheet, patient->mrn, decision.link);
    decision.findings.push_back({finding::kPatientContradiction, "the patient sheet " + to_string(sheet.id) + " before it names another patient", 1});
    return {};
  }
  if (!patient) return {};
  if (certain) add_agreement(sheet, patient->mrn, decision.link);
  else propose(sheet, patient->mrn, decision.link);
  return {};
}

}  // namespace chartscan::charts
