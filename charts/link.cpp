#include "charts/link.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "charts/comparison.h"
#include "charts/continuity.h"
#include "charts/evidence.h"
#include "charts/identify.h"

namespace chartscan::charts {
namespace {

constexpr double kTellsApart = 3;       // bits by which a page must fit its patient better than any other to speak for them
constexpr double kPlausible = 2;        // bits below which a patient is no candidate
constexpr double kStranger = 16;        // bits against any one patient before looking: a person the index lacks is as likely as that
constexpr double kSpeaksAgainst = -12;  // bits from which a page names somebody else, and is not only badly read
constexpr double kSpeaksFor = 12;       // bits from which a page names the patient although something on it disagrees
constexpr double kCharactersLost = 0.8; // mean confidence of words below which dates and labels are misread by the score
constexpr double kSilenceMeans = 0.9;   // from which a page without identifiers has none, and did not lose them
constexpr double kCertain = 0.9999;     // no more is ever claimed
constexpr std::size_t kCandidates = 5;

struct Candidate {
  Patient patient;
  PageEvidence evidence;   // of all pages that are the document's own
  double over_pages = 0;   // sum of the pages' scores
  double score() const { return evidence.score(); }
};

class Linker {
 public:
  Linker(std::span<const Page> pages, const PatientIndex& index, const LinkLimits& limits) : pages_(pages), index_(index), limits_(limits) {}

  Result<LinkDecision> decide() {
    TRY_STATUS(read_identities());
    if (!has_identifier()) {
      find(finding::kPatientNotFound, "no page of the document names a patient; find out whose it is and accept it by hand");
      return std::move(decision_);
    }
    TRY_STATUS(find_candidates());
    set_foreign_pages_aside();
    rank();
    describe();
    TRY(bool automatic, may_link());
    if (automatic && !limits_.automatic) {
      find(finding::kLinkingSwitchedOff, "it could be linked, but automatic linking is switched off: the audit found too many wrong links, or a person decided so");
      automatic = false;
    }
    if (automatic) accept();
    else if (!decision_.link.candidates.empty()) decision_.link.status = LinkStatus::Review;
    return std::move(decision_);
  }

 private:
  void find(const char* code, std::string detail, double score = 0) {
    if (!has_finding(decision_.findings, code)) decision_.findings.push_back({code, std::move(detail), score});
  }

  Status read_identities() {
    for (const Page& page : pages_) {
      PageIdentity identity{page.id, identifiers(page), page.quality.words > 0 ? page.quality.text_confidence : 1, {}};
      for (const Field& field : page.fields) {
        if (!is_bare_number(field)) continue;
        TRY(std::optional<Patient> known, index_.by_mrn(field.value));
        const bool counts = known && (field.source != kNearLabel || names(identity, *known));
        if (counts) identity.fields.push_back(field);  // else perhaps a form's or specimen's number
        else unclear_numbers_.push_back(field);
      }
      TRY_STATUS(follow_merges(identity));
      if (!identity.empty()) identities_.push_back(std::move(identity));
    }
    return {};
  }

  static bool names(const PageIdentity& page, const Patient& patient) {
    const PageEvidence evidence = compare(page, patient);
    return agrees(evidence.named) || evidence.dob.best == Agreement::Agrees;
  }

  // The number of a merged-away chart stands for the survivor's.
  Status follow_merges(PageIdentity& identity) const {
    for (Field& field : identity.fields) {
      if (field.kind != FieldKind::Mrn) continue;
      TRY(std::optional<std::string> survivor, index_.survivor_of(field.value));
      if (!survivor) continue;
      identity.merged.emplace(*survivor, field.value);
      field.value = std::move(*survivor);
    }
    return {};
  }

  bool has_identifier() const {
    return std::ranges::any_of(identities_, [](const PageIdentity& page) { return names_patient(page.fields); });
  }

  Status find_candidates() {
    std::vector<Field> fields;
    for (const PageIdentity& page : identities_) fields.insert(fields.end(), page.fields.begin(), page.fields.end());
    TRY(Candidates found, index_.candidates(fields, all_say_everything() ? PatientIndex::NearNumbers::UnlessNamed : PatientIndex::NearNumbers::Always));
    complete_ = found.complete;
    std::vector<Patient>& patients = found.patients;
    for (const Patient& patient : patients) candidates_.push_back({patient, {}, 0});
    considered_ = std::move(patients);
    for (Candidate& candidate : candidates_) {
      for (const PageIdentity& page : identities_) candidate.over_pages += compare(page, candidate.patient).score();
      candidate.evidence = pooled(identities_, candidate.patient);
    }
    return {};
  }

  // A page that says less could be a namesake's with a neighbouring number.
  bool all_say_everything() const {
    return std::ranges::all_of(identities_, [](const PageIdentity& page) {
      return std::ranges::all_of(std::array{FieldKind::Mrn, FieldKind::PatientName, FieldKind::BirthDate},
                                 [&](FieldKind kind) { return std::ranges::find(page.fields, kind, &Field::kind) != page.fields.end(); });
    });
  }

  // Pages that name another patient than most pages do no longer speak for the document.
  void set_foreign_pages_aside() {
    if (identities_.size() < 2) return;
    const Patient reference = patient_of_most_pages();
    for (const PageIdentity& page : identities_)
      if (is_foreign(page, reference)) decision_.foreign.push_back(page.page);
    if (decision_.foreign.empty()) return;
    std::erase_if(identities_, [&](const PageIdentity& page) { return std::ranges::find(decision_.foreign, page.page) != decision_.foreign.end(); });
    for (const PageId page : decision_.foreign)
      decision_.findings.push_back({finding::kForeignPage, "page " + to_string(page) + " names another patient than the rest of the document; "
                                                           "look at it, then split the document or accept it", 1});
    for (Candidate& candidate : candidates_) candidate.evidence = pooled(identities_, candidate.patient);
  }

  // The patient of the index that the pages together speak for; where the index has none, as the most typical page says.
  Patient patient_of_most_pages() const {
    const Candidate* best = nullptr;
    int most = 0;
    for (const Candidate& candidate : candidates_) {
      const int fitting = pages_fitting(candidate.patient);
      const auto order = [&](const Candidate& one) { return std::pair(compare(identities_.front(), one.patient).score(), one.over_pages); };
      const bool better = !best || fitting > most || (fitting == most && order(candidate) > order(*best));  // as the first page says
      if (fitting > 0 && better) {
        best = &candidate;
        most = fitting;
      }
    }
    Patient described;
    int most_described = 0;
    for (const PageIdentity& page : identities_) {
      Patient patient = described_by(page);
      const int fitting = pages_fitting(patient);
      if (fitting > most_described) {
        described = std::move(patient);
        most_described = fitting;
      }
    }
    return best && most >= most_described ? best->patient : described;
  }

  int pages_fitting(const Patient& patient) const {
    return static_cast<int>(std::count_if(identities_.begin(), identities_.end(), [&](const PageIdentity& page) {
      const PageEvidence evidence = compare(page, patient);
      return evidence.identifiers_agreeing() > 0 && (!evidence.contradicts() || evidence.score() >= kSpeaksFor);
    }));
  }

  // It speaks against the patient and nothing identifying on it speaks for them, or it fits another patient of the index
  // fully; an MRN one character off is no contradiction by itself, the number of another patient who fits is.
  bool is_foreign(const PageIdentity& page, const Patient& reference) const {
    const PageEvidence evidence = compare(page, reference);
    const bool other_value = (evidence.mrn.contradicts && !evidence.mrn.misreadable) ||
                             (evidence.dob.contradicts && !evidence.dob.misreadable && page.read >= kCharactersLost);
    if (evidence.contradicts() && evidence.identifiers_agreeing() == 0 && (evidence.score() <= kSpeaksAgainst || other_value)) return true;
    return std::ranges::any_of(candidates_, [&](const Candidate& candidate) {
      if (candidate.patient.mrn == reference.mrn) return false;
      const PageEvidence other = compare(page, candidate.patient);
      if (other.contradicts()) return false;
      const bool reads_number = other.mrn.agreement == Agreement::Agrees && evidence.mrn.agreement != Agreement::Agrees;
      return reads_number || (evidence.contradicts() && other.identifiers_agreeing() >= 2);
    });
  }

  void rank() {
    std::erase_if(candidates_, [](const Candidate& candidate) { return candidate.score() < kPlausible; });
    std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
      return a.score() != b.score() ? a.score() > b.score() : a.patient.mrn < b.patient.mrn;
    });
  }

  void describe() {
    double sum = std::exp2(kStranger);
    for (const Candidate& candidate : candidates_) sum += std::exp2(candidate.score());
    for (const Candidate& candidate : candidates_) {
      if (decision_.link.candidates.size() == kCandidates) break;
      const double confidence = std::min(kCertain, std::exp2(candidate.score()) / sum);
      decision_.link.candidates.push_back({candidate.patient.mrn, confidence, reasons_of(candidate.evidence)});
    }
    if (decision_.link.candidates.empty()) return;
    const LinkCandidate& first = decision_.link.candidates.front();
    decision_.link.mrn = first.mrn;
    decision_.link.confidence = first.confidence;
    decision_.link.reasons = first.reasons;
  }

  // The rules. Every one that fails leaves its finding, so that a person sees all reasons at once.
  Result<bool> may_link() {
    bool allowed = decision_.foreign.empty();
    if (candidates_.empty()) {
      find(finding::kPatientUnknown, "no patient of the index fits what the pages say; import the patient or correct the identifiers");
      return false;
    }
    const Candidate& first = candidates_.front();
    if (!agrees_with_any_identifier(first)) {
      find(finding::kPatientUnknown, "no patient of the index agrees fully with any identifier of the pages; the nearest are listed");
      allowed = false;
    }
    if (first.evidence.contradicts()) {
      find(finding::kPatientContradiction, "the pages contradict the likeliest patient in: " + contradictions(first.evidence));
      allowed = false;
    }
    TRY(bool taken, mrn_read_is_taken());
    if (taken) {
      find(finding::kPatientContradiction, "an MRN read is another patient's, while the rest fits the likeliest one");
      allowed = false;
    }
    if (mrns_differ(first)) {
      find(finding::kPatientContradiction, "two pages read different MRNs; look whether both are of one patient");
      allowed = false;
    }
    if (const PageIdentity* page = speaks_for_another(first)) {
      find(finding::kPatientContradiction, "page " + to_string(page->page) + " by itself fits another patient better than the likeliest of the document");
      allowed = false;
    }
    if (const Page* page = loose_page(first)) {
      find(finding::kUnidentifiedPage, "page " + to_string(page->id) + " does not say whose it is and nothing shows that it goes on where the page before it ended; "
                                       "look whether it belongs here");
      allowed = false;
    }
    TRY(bool enough, two_identifiers(first));
    allowed = allowed && enough;
    if (first.score() < kStranger + limits_.margin_bits) {
      find(finding::kPatientOneIdentifier, "what agrees could as well be said of somebody the index does not know");
      allowed = false;
    }
    if (first.evidence.dob.agreement == Agreement::Close && !forgives_birth_date(first)) {
      find(finding::kPatientContradiction, "the birth date read is a character off the patient's, and not all else is certain");
      allowed = false;
    }
    TRY(bool tied, near_tie(first));
    return allowed && !tied;
  }

  void accept() {
    decision_.link.status = LinkStatus::Auto;
    const double second = candidates_.size() > 1 ? std::max(candidates_[1].score(), kStranger) : kStranger;
    const double ahead = candidates_.front().score() - second;
    const bool of_stranger = second == kStranger;
    decision_.link.reasons.push_back({kMarginReason, Agreement::Agrees, ahead, of_stranger ? "ahead of anybody the index does not know" : "ahead of the second candidate"});
  }

  static bool agrees_with_any_identifier(const Candidate& candidate) { return candidate.evidence.identifiers_agreeing() > 0; }

  static std::string contradictions(const PageEvidence& evidence) {
    std::string names;
    for (const auto& [name, field] : {std::pair{"mrn", &evidence.mrn}, {"name", &evidence.name}, {"dob", &evidence.dob}, {"sex", &evidence.sex}, {"ssn", &evidence.ssn}})
      if (field->contradicts) names += (names.empty() ? "" : ", ") + std::string(name);
    return names;
  }

  // MRN with name or birth date. Where the MRN was not read, or not quite: name and birth date, read to the letter, or misread
  // with something else that agrees; and nobody else whom they could mean.
  Result<bool> two_identifiers(const Candidate& first) {
    const PageEvidence& e = first.evidence;
    const bool mrn = e.mrn.agreement == Agreement::Agrees && !e.mrn.contradicts;
    const bool name = agrees(e.name_match) && !e.name.contradicts;
    const bool dob = e.dob.agreement == Agreement::Agrees && !e.dob.contradicts;
    if (mrn && (name || dob)) return true;
    if (all_read_below(kHardToRead) && agree_but_for_misreading(e, mrn, name, dob)) return true;
    if (!name || !dob) {
      find(finding::kPatientOneIdentifier, "two identifiers must agree (MRN with name or birth date, or name with birth date); agreeing: " +
                                               std::string(mrn ? "mrn" : name ? "name" : dob ? "dob" : "none"));
      return false;
    }
    if (!e.name_is_exact() && !(e.something_else_agrees() && tells_from_twin(e))) {
      find(finding::kPatientOneIdentifier, "without the MRN the name must agree letter by letter, or all but the family name with SSN, telephone or address beside it");
      return false;
    }
    if (all_read_below(kBarelyRead) && !e.something_else_agrees()) {
      find(finding::kPatientOneIdentifier, "the pages are so hard to read that an MRN may have been lost; without it something else must agree with name and birth date");
      return false;
    }
    if (reads_another_number(first.patient)) {
      find(finding::kPatientOneIdentifier, "a number that may be an MRN is not the patient's; without the MRN a person must look");
      return false;
    }
    return nobody_else_of_the_date(first);
  }

  // Behind a label that may be an MRN's, or in a barcode of as many characters; and beyond any misreading.
  bool reads_another_number(const Patient& patient) const {
    return std::ranges::any_of(unclear_numbers_, [&](const Field& field) {
      const bool could_be = field.source == kNearLabel || canonical_mrn(field.value).size() == canonical_mrn(patient.mrn).size();
      return could_be && compare_mrns(field.value, patient.mrn) == level::kMrnOther;
    });
  }

  // A twin whom the index may lack shares all but the given name and the SSN.
  static bool tells_from_twin(const PageEvidence& e) { return e.given_is_sure || e.ssn.agreement == Agreement::Agrees; }

  bool all_read_below(double confidence) const {
    return std::ranges::all_of(identities_, [&](const PageIdentity& page) { return page.read < confidence; });
  }

  // Two identifiers with the MRN among them, one or both a character off. Who else could be meant is for the margin to tell.
  bool agree_but_for_misreading(const PageEvidence& e, bool mrn, bool name, bool dob) const {
    const bool near_mrn = e.mrn.agreement == Agreement::Close && !e.mrn.contradicts, near_dob = e.dob.agreement == Agreement::Close && !e.dob.contradicts;
    if (mrn) return near_dob;
    if (!near_mrn || e.name.contradicts || e.dob.contradicts) return false;
    if (name && !tells_from_twin(e)) return false;
    return (name && (dob || near_dob || e.name_is_exact() || all_read_below(kBarelyRead))) || (dob && e.name_match == NameMatch::Missing);
  }

  // For name and birth date without the MRN: no other patient whom a misread character would make of this one.
  Result<bool> nobody_else_of_the_date(const Candidate& first) {
    for (const Patient& other : considered_) {
      if (other.mrn == first.patient.mrn) continue;
      const PageEvidence evidence = pooled(identities_, other);
      if (!agrees(evidence.name_match) || evidence.dob.agreement != Agreement::Close) continue;
      find(finding::kPatientNearTie, "a patient of the same name has a birth date one character off; without the MRN a person must choose");
      return false;
    }
    TRY(std::vector<Patient> born, index_.by_birth_date(first.patient.dob));
    const bool ambiguous = !complete_ || std::ranges::any_of(born, [&](const Patient& other) {
      return other.mrn != first.patient.mrn && could_be(other, first.evidence);
    });
    if (ambiguous) find(finding::kPatientNearTie, "another patient of the same birth date could be meant by the name; without the MRN a person must choose");
    return !ambiguous;
  }

  // A birth date that was hard to read is forgiven only to the one patient who has the MRN and the whole name.
  bool forgives_birth_date(const Candidate& first) const {
    const PageEvidence& e = first.evidence;
    const bool exact = e.mrn.agreement == Agreement::Agrees && e.name_match == NameMatch::Exact;
    if (!exact && !(all_read_below(kHardToRead) && e.mrn.agreement <= Agreement::Close && !e.mrn.contradicts)) return false;
    return std::ranges::none_of(considered_, [&](const Patient& other) {
      if (other.mrn == first.patient.mrn) return false;
      const PageEvidence evidence = pooled(identities_, other);
      return agrees(evidence.name_match) && evidence.dob.agreement <= Agreement::Close;
    });
  }

  // Some patient other than the likeliest has exactly an MRN that was read.
  Result<bool> mrn_read_is_taken() const {
    for (const PageIdentity& page : identities_)
      for (const Field& field : page.fields) {
        if (field.kind != FieldKind::Mrn) continue;
        TRY(std::optional<Patient> owner, index_.by_mrn(field.value));
        if (owner && owner->mrn != candidates_.front().patient.mrn) return true;
      }
    return false;
  }

  // Two pages with two numbers may be one number misread: or two patients. A page whose number is a character off must name the
  // patient by name and birth date of its own; the number of nobody it is by mrn_read_is_taken().
  bool mrns_differ(const Candidate& first) const {
    const std::string own = canonical_mrn(first.patient.mrn);
    std::vector<std::string> seen;  // numbers that nothing but themselves speaks for, and the patient's own
    for (const PageIdentity& page : identities_) {
      std::vector<std::string> numbers;
      for (const Field& field : page.fields)
        if (field.kind == FieldKind::Mrn) numbers.push_back(canonical_mrn(field.value));
      if (numbers.empty()) continue;
      if (std::ranges::find(numbers, own) != numbers.end()) seen.push_back(own);
      else if (!names_by_itself(page, first.patient)) seen.push_back(numbers.front());
    }
    return std::ranges::adjacent_find(seen, std::ranges::not_equal_to{}) != seen.end();
  }

  // By name and birth date; where the page is hard to read, by one of them and a number a character off.
  static bool names_by_itself(const PageIdentity& page, const Patient& patient) {
    const PageEvidence evidence = compare(page, patient);
    if (evidence.contradicts()) return false;
    const bool dob = evidence.dob.agreement == Agreement::Agrees;
    if (page.read < kHardToRead && evidence.mrn.agreement != Agreement::Missing && (dob || agrees(evidence.name_match))) return true;
    return evidence.name_is_exact() && dob;
  }

  // A page that names nobody, or two namesakes alike, and that nothing ties to its neighbour: it may have come from anywhere.
  const Page* loose_page(const Candidate& first) const {
    for (std::size_t i = 0; pages_.size() > 1 && i < pages_.size(); ++i) {
      const Page& page = pages_[i];
      const auto own = std::ranges::find(identities_, page.id, &PageIdentity::page);
      if (own != identities_.end() && names_patient(own->fields) && names_only(*own, first.patient)) continue;
      if (own != identities_.end() && !names_patient(own->fields) && compare(*own, first.patient).score() < 0) return &page;
      if (std::ranges::find(decision_.foreign, page.id) != decision_.foreign.end()) continue;  // named as such
      if (i == 0 ? !leads_on(page, pages_[1]) : !follows(pages_[i - 1], page)) return &page;
    }
    return nullptr;
  }

  bool names_only(const PageIdentity& page, const Patient& patient) const {
    const double score = compare(page, patient).score();
    if (score < kTellsApart) return false;  // what it reads is nobody's name
    return std::ranges::none_of(considered_, [&](const Patient& other) {
      return other.mrn != patient.mrn && compare(page, other).score() > score - kTellsApart;
    });
  }

  // Where characters are lost by the score, the silence of a page means nothing; its number does.
  static bool follows(const Page& before, const Page& page) {
    if (facilities_differ(before, page)) return false;
    return goes_on(before, page) && (page.quality.text_confidence >= kSilenceMeans || is_next(page_number(before), page_number(page)));
  }

  // For a first page: what holds for the second holds for it, if the number says so or it was read.
  static bool leads_on(const Page& page, const Page& second) {
    const bool readable = is_well_read(page) && page.quality.text_confidence >= kSilenceMeans;
    return !facilities_differ(page, second) && goes_on(page, second) && (readable || is_next(page_number(page), page_number(second)));
  }

  // A page that, looked at alone, fits somebody else better; the other pages must not outvote it.
  const PageIdentity* speaks_for_another(const Candidate& first) const {
    for (const PageIdentity& page : identities_) {
      const double score = compare(page, first.patient).score();
      const auto better = [&](const Patient& other) { return other.mrn != first.patient.mrn && compare(page, other).score() > score; };
      if (std::ranges::any_of(considered_, better)) return &page;
    }
    return nullptr;
  }

  // Without an MRN, a patient of the same birth date and family name must have a clearly other given name, and the name on
  // the page must be read exactly: twins.
  bool could_be(const Patient& other, const PageEvidence& first) const {
    const PageEvidence evidence = pooled(identities_, other);
    if (agrees(evidence.name_match) || evidence.name_match == NameMatch::Initial) return true;
    if (evidence.name_match != NameMatch::FamilyOnly) return false;
    const bool exact = first.name_match == NameMatch::Exact && first.name_distance == 0;
    return !exact || evidence.name_distance < 2.5;
  }

  // Another patient so near that a misread character would have chosen the other.
  Result<bool> near_tie(const Candidate& first) {
    for (auto other = candidates_.begin() + 1; other != candidates_.end(); ++other) {
      const PageEvidence& e = other->evidence;
      const bool ahead = first.score() - other->score() >= limits_.margin_bits;
      const bool named = first.evidence.name_match == NameMatch::Exact && e.name_distance > 0;  // two characters would have to be misread
      const bool one_digit_off = !named && e.mrn.agreement != Agreement::Missing && is_near_mrn(first.patient.mrn, other->patient.mrn) &&
                                 !e.name.contradicts && !e.dob.contradicts && !e.sex.contradicts;
      if (ahead && !one_digit_off) continue;
      find(finding::kPatientNearTie, one_digit_off ? "another patient's MRN is one character off and nothing else tells the two apart"
                                                   : "the second candidate is nearly as likely; a person must choose");
      return true;
    }
    return false;
  }

  std::span<const Page> pages_;
  const PatientIndex& index_;
  const LinkLimits& limits_;
  bool complete_ = true;  // all who share a birth date of the pages were looked at
  std::vector<PageIdentity> identities_;
  std::vector<Field> unclear_numbers_;  // that say nothing by themselves
  std::vector<Patient> considered_;    // all whom any page could mean
  std::vector<Candidate> candidates_;  // those worth proposing, best first once ranked
  LinkDecision decision_;
};

}  // namespace

Result<LinkDecision> link_document(std::span<const Page> pages, const PatientIndex& index, const LinkLimits& limits) {
  return Linker(pages, index, limits).decide();
}

}  // namespace chartscan::charts
