#include "charts/overlays.h"

#include <algorithm>
#include <map>

#include "charts/continuity.h"
#include "charts/evidence.h"
#include "charts/fuzzy.h"
#include "charts/patient_index.h"
#include "storage/keys.h"

namespace chartscan::charts {
namespace {

using storage::Family;

// keys::linking: "overlay/" MRN "/" source -> MRN; or nothing, as it was at first
const std::string kNotes = "overlay/";

// What was told of a chart, under the number that the index has for it.
struct Note {
  std::string key, mrn, source;
};

// Numbers are written in several ways, and lead on when charts are merged.
Result<std::string> number_in_index(const PatientIndex& index, const std::string& mrn) {
  TRY(const std::optional<Patient> patient, index.by_mrn(mrn));
  return patient ? patient->mrn : mrn;
}

Result<std::vector<Note>> notes_in(const storage::Records& records) {
  const std::string prefix = storage::keys::linking(kNotes);
  std::vector<Note> notes;
  TRY_STATUS(records.view().scan(Family::Meta, prefix, [&](std::string_view key, std::string_view mrn) {
    const std::string_view rest = key.substr(prefix.size());
    const std::size_t slash = mrn.empty() ? rest.find('/') : mrn.size();  // there may be one in a number
    if (slash < rest.size()) notes.push_back({std::string(key), std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1))});
    return true;
  }));
  const PatientIndex index(records);
  for (Note& note : notes) {
    TRY(note.mrn, number_in_index(index, note.mrn));
  }
  return notes;
}

// Name and birth date are somebody else's, and no misreading makes them the patient's.
bool names_another(const Page& page, const Patient& patient) {
  const PageEvidence evidence = compare({page.id, identifiers(page), 1, {}}, patient);
  const auto other = [](const FieldEvidence& field) { return field.contradicts && !field.misreadable && field.best == Agreement::Missing; };
  return other(evidence.name) && other(evidence.dob);
}

class Survey {
 public:
  Survey(const storage::Records& records, const std::vector<std::string>& hidden_types) : records_(records), hidden_types_(hidden_types) {}

  Result<OverlayReport> run(std::size_t limit) {
    TRY_STATUS(read_notes());
    TRY_STATUS(look_at_documents());
    OverlayReport report;
    report.documents = documents_;
    for (auto& [mrn, overlay] : found_) report.overlays.push_back(std::move(overlay));
    std::ranges::stable_sort(report.overlays, std::greater(), [](const Overlay& one) { return one.reasons.size(); });
    if (report.overlays.size() > limit) report.overlays.resize(limit);
    return report;
  }

 private:
  void add(const std::string& mrn, std::string reason) {
    Overlay& overlay = found_[mrn];
    overlay.mrn = mrn;
    overlay.reasons.push_back(std::move(reason));
  }

  Status read_notes() {
    TRY(const std::vector<Note> notes, notes_in(records_));
    for (const Note& note : notes) add(note.mrn, note.source + " told another name and another birth date");
    return {};
  }

  Status look_at_documents() {
    Status fault;
    TRY_STATUS(records_.documents([&](const Document& document) {
      fault = look_at(document);
      return fault.ok();
    }));
    return fault;
  }

  Status look_at(const Document& document) {
    if (is_hidden(document.type)) return {};
    if (document.link.status != LinkStatus::Auto && document.link.status != LinkStatus::Person) return {};
    TRY(const std::optional<Patient> patient, PatientIndex(records_).by_mrn(document.link.mrn));
    if (!patient) return {};
    std::vector<Page> pages;
    for (const PageId id : document.pages) {
      TRY(std::optional<Page> page, records_.page(id));
      if (!page) continue;
      if (!page->types.empty() && is_hidden(page->types.front().type)) return {};
      pages.push_back(std::move(*page));
    }
    ++documents_;
    for (const Page& page : pages) {
      if (!names_another(page, *patient)) continue;
      add(patient->mrn, "document " + to_string(document.id) + ", page " + to_string(page.id) + ", reads another name and another birth date");
      found_[patient->mrn].documents.push_back(document.id);
      return {};
    }
    return {};
  }

  bool is_hidden(const std::string& type) const { return std::ranges::find(hidden_types_, type) != hidden_types_.end(); }

  const storage::Records& records_;
  const std::vector<std::string>& hidden_types_;
  std::map<std::string, Overlay> found_;
  std::size_t documents_ = 0;
};

}  // namespace

Result<OverlayReport> possible_overlays(const storage::Records& records, std::size_t limit, const std::vector<std::string>& hidden_types) {
  return Survey(records, hidden_types).run(limit);
}

bool is_told_otherwise(const Patient& known, const Patient& told) {
  const auto differs = [](const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && letters(a) != letters(b); };
  return known.dob && told.dob && known.dob != told.dob && (differs(known.family, told.family) || differs(known.given, told.given));
}

void note_overlay(storage::Change& change, const std::string& mrn, const std::string& source) {
  change.raw().put(Family::Meta, storage::keys::linking(kNotes + mrn + "/" + source), mrn);
}

Status settle_overlay(storage::Archive& archive, const std::string& mrn) {
  return archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(const std::string meant, number_in_index(PatientIndex(records), mrn));
    TRY(const std::vector<Note> notes, notes_in(records));
    int forgotten = 0;
    for (const Note& note : notes)
      if (note.mrn == meant) change.raw().erase(Family::Meta, note.key), ++forgotten;
    if (forgotten) return {};
    return Error{ErrorCode::NotFound,
                 "nothing was told otherwise of this number; `chartscan patients overlays` lists those of which it was, and "
                 "documents stay listed until they are re-filed",
                 {}};
  });
}

}  // namespace chartscan::charts
