// Overlays: two people under one record, the dangerous counterpart of a duplicate. Listed from what was seen: a registration system or
// a file that told another name and another birth date for a known MRN (noted as it happened, taken or refused), and documents in a
// chart whose pages name somebody else. A person decides; nothing is parted here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::charts {

struct Overlay {
  std::string mrn;
  std::vector<std::string> reasons;    // in words, with ids, never the values
  std::vector<DocumentId> documents;   // those that name somebody else
};

struct OverlayReport {
  std::vector<Overlay> overlays;  // most reasons first
  std::size_t documents = 0;      // looked at
};

// Reads every filed document: for a person who asks, not for a screen that waits. Documents of `hidden_types` (codes), and those with such a
// page, are as if they were not there.
Result<OverlayReport> possible_overlays(const storage::Records& records, std::size_t limit, const std::vector<std::string>& hidden_types = {});

// Another family or given name and another birth date than the index has: worth a look, even where both were corrected.
bool is_told_otherwise(const Patient& known, const Patient& told);
// Keeps that `source` ("HL7 feed, message 17, refused") told another name and birth date for this MRN. The same again is one note.
void note_overlay(storage::Change& change, const std::string& mrn, const std::string& source);
// A person looked: the notes go, else there is no such chart in the list (NotFound). Documents that disagree stay listed until they are re-filed.
Status settle_overlay(storage::Archive& archive, const std::string& mrn);

}  // namespace chartscan::charts
