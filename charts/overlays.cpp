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

const std::string kNotes = "overlay/";  // keys::linking: "overlay/" MRN "/" source

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
    const std::string prefix = storage::keys::linking(kNotes);
    return records_.view().scan(Family::Meta, prefix, [&](std::string_view key, std::string_view) {
      key.remove_prefix(prefix.size());
      const auto slash = key.find('/');
      if (slash != std::string_view::npos) add(std::string(key.substr(0, slash)), std::string(key.substr(slash + 1)) + " told another name and another birth date");
      return true;
    });
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
  change.raw().put(Family::Meta, storage::keys::linking(kNotes + mrn + "/" + source), "");
}

Status settle_overlay(storage::Archive& archive, const std::string& mrn) {
  return archive.update([&](const storage::Records& records, storage::Change& change) {
    return records.view().scan(Family::Meta, storage::keys::linking(kNotes + mrn + "/"), [&](std::string_view key, std::string_view) {
      change.raw().erase(Family::Meta, std::string(key));
      return true;
    });
  });
}

}  // namespace chartscan::charts
