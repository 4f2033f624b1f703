// Dictated documents: a title and headed sections, set on a house's paper. The texts are in texts_*.cpp, all invented here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "samples/document.h"

namespace chartscan::samples {

// In texts: @N "Mr. Hargrove", @A "62-year-old", @S "man", @h "he", @H "He", @o "his", @O "His".
struct Narrative {
  std::string type, title;
  std::vector<std::pair<std::string, std::string>> sections;
  std::vector<std::string> terms;
};

enum class Closing { Ink, Electronic, None };  // a pen, a printed "electronically signed", nothing
SampleDocument printed(const Narrative& narrative, const Visit& visit, Closing closing = Closing::Ink, int columns = 1);

// "@N is a @A @S" -> "Mr. Hargrove is a 62-year-old man"
std::string filled(const std::string& text, const Visit& visit);

// texts_clinic.cpp
const Narrative& chest_pain_admission();  // history_physical
const Narrative& breathless_admission();  // history_physical
const Narrative& diabetes_follow_up();    // progress_note
const Narrative& wound_check_note();      // progress_note
const Narrative& migraine_note();         // progress_note
const Narrative& ward_round_note();       // progress_note
const Narrative& cardiology_consult();    // consult_note
const Narrative& nephrology_consult();    // consult_note
const Narrative& rheumatology_consult();  // consult_note
// texts_hospital.cpp
const Narrative& gallbladder_operation();    // operative_report
const Narrative& hip_operation();            // operative_report
const Narrative& carpal_tunnel_operation();  // operative_report
const Narrative& pneumonia_discharge();      // discharge_summary
const Narrative& stroke_discharge();         // discharge_summary
const Narrative& gallbladder_pathology();    // pathology_report
const Narrative& skin_pathology();           // pathology_report
const Narrative& chest_radiograph();         // radiology_report
const Narrative& knee_mri();                 // radiology_report
const Narrative& abdomen_ct();               // radiology_report
const Narrative& renal_ultrasound();         // radiology_report
const Narrative& employer_letter();          // other
const Narrative& insurer_letter();           // other

}  // namespace chartscan::samples
