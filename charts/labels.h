// The labels of a chart page ("MRN:", "Date of Birth", "Guarantor Name") and whom each one speaks of. Private to this room.
#pragma once

#include <optional>
#include <vector>

#include "charts/layout.h"

namespace chartscan::charts {

enum class LabelKind {
  Mrn, Account, Name, FamilyName, GivenName, MiddleName, Birth, Sex, Ssn, Phone, Address,
  Service, Admit, Discharge, SignatureDate, Author, Facility,
  Other  // its value is nobody's identifier here: other people, other dates, other numbers
};

struct Label {
  LabelKind kind = LabelKind::Other;
  int first = 0, last = 0;  // tokens
  double confidence = 0;    // how surely a value beside it is what the kind says; ranks dates of service
  bool marked = false;      // a colon, "#" or "=" follows
};

// Labels in page order, no two overlapping. What belongs to a relative, guarantor, subscriber, contact or doctor has become
// Other, so that its value is taken out of play.
std::vector<Label> find_labels(const Layout& layout);

// Tokens that are no label but would be one of MRN, name or birth date with a few letters misread.
std::optional<LabelKind> misread_label(const Layout& layout, int first, int last);

}  // namespace chartscan::charts
