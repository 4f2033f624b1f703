// What a patient separator sheet says about the documents behind it, up to the next separator. Evidence, never proof: it
// proposes a patient to the person who reviews, and it stops a link that names somebody else. It never makes a link.
#pragma once

#include "charts/link.h"
#include "charts/patient_index.h"
#include "core/page.h"

namespace chartscan::charts {

// `sheet` is the separator page right before the document; anything but a patient sheet changes nothing.
Status weigh_patient_sheet(const Page& sheet, const PatientIndex& index, LinkDecision& decision);

}  // namespace chartscan::charts
