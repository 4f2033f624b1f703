// Documents that are forms rather than dictation: tables, grids, cards, tracings, consents. Each takes the visit it is for;
// what is entered in the form is invented and fixed per variant.
#pragma once

#include "samples/document.h"

namespace chartscan::samples {

// forms_tables.cpp
SampleDocument metabolic_panel(const Visit& visit);
SampleDocument blood_count(const Visit& visit);
SampleDocument cumulative_lab(const Visit& visit);             // several dates side by side, two sheets
SampleDocument medication_administration(const Visit& visit);  // MAR grid, two sheets
SampleDocument medication_list(const Visit& visit);
SampleDocument immunization_card(const Visit& visit);
SampleDocument immunization_printout(const Visit& visit);
SampleDocument admission_orders(const Visit& visit);  // two columns: order, noted by
SampleDocument postoperative_orders(const Visit& visit);
SampleDocument face_sheet(const Visit& visit);
// forms_legal.cpp
SampleDocument procedure_consent(const Visit& visit, const std::string& procedure);
SampleDocument treatment_consent(const Visit& visit);  // two columns of small print
SampleDocument living_will(const Visit& visit);        // two sheets
SampleDocument health_care_proxy(const Visit& visit);
SampleDocument referral_fax(const Visit& visit);  // cover and letter
SampleDocument fax_cover(const Visit& visit);
SampleDocument insurance_cards(const Visit& visit, const std::string& plan, const std::string& member_id);
SampleDocument electrocardiogram(const Visit& visit, double beats_per_minute, const std::string& reading);

}  // namespace chartscan::samples
