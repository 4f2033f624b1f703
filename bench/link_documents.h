// Simulated chart documents for scripts/bench link: what OCR would hand over of pages whose patient is known, in layouts and with
// noise of their own (the measuring table of tests/support/register.h; weights are learnt with the other one).
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "charts/classify.h"
#include "charts/identify.h"
#include "core/page.h"
#include "core/patient.h"
#include "tests/charts/page_builder.h"
#include "tests/support/register.h"

namespace chartscan::bench {

using chartscan::testing::Misreading;
using chartscan::testing::Random;

// How often a page leaves something out, or says it otherwise than the register.
struct PageHabits {
  double mrn = 0.85, name = 0.97, dob = 0.9, sex = 0.5, ssn = 0.12, phone = 0.2, address = 0.2, nickname = 0.01, barcode = 0.15;
};

struct Simulated {
  std::vector<Page> pages;
  bool identified = false;  // the pages as printed name one patient by two identifiers
};

class DocumentWriter {
 public:
  DocumentWriter(double noise, Misreading table, std::uint64_t seed) : noise_(noise), table_(table), random_(seed) {}

  Random& random() { return random_; }
  bool printed_number() const { return printed_number_; }  // the page written last has an MRN or the end of an SSN

  Page page(std::uint64_t id, const Patient& patient, const Patient& other, const PageHabits& habits, bool* two_identifiers) {
    charts::testing::PageBuilder builder;
    const bool mrn = chance(habits.mrn), name = chance(habits.name), dob = chance(habits.dob) && patient.dob;
    if (two_identifiers) *two_identifiers = *two_identifiers || (mrn && (name || dob)) || (name && dob);
    if (id == 1) title_ = label({"DISCHARGE SUMMARY", "CONSULTATION", "LABORATORY REPORT", "HISTORY AND PHYSICAL", "NURSING NOTE"});
    head(builder);
    std::vector<std::string> cells;
    if (name) cells.push_back(label({"Patient Name: ", "Patient: ", "Name: ", "Pt Name: "}) + name_text(patient, habits));
    if (mrn) cells.push_back(label({"MRN: ", "Medical Record No: ", "MR #: ", "Med Rec #: "}) + patient.mrn);
    if (dob) cells.push_back(label({"DOB: ", "Date of Birth: ", "Birthdate: ", "D.O.B.: "}) + date_text(patient.dob));
    if (chance(habits.sex)) cells.push_back(label({"Sex: ", "Gender: "}) + (chance(0.5) ? patient.sex : patient.sex == "F" ? "Female" : "Male"));
    const bool ssn = chance(habits.ssn) && patient.ssn.size() >= 4;
    if (ssn) cells.push_back("SSN: XXX-XX-" + patient.ssn.substr(patient.ssn.size() - 4));
    printed_number_ = mrn || ssn;
    if (chance(habits.phone) && !patient.phone.empty()) cells.push_back("Phone: " + patient.phone);
    if (chance(0.3)) cells.push_back("Account No: " + std::to_string(20000000 + random_.below(9999999)));
    lay_out(builder, cells);
    if (chance(habits.address) && !patient.address.empty())
      builder.line("Address: " + patient.address + ", " + patient.city + ", " + patient.state + " " + patient.zip);
    bystanders(builder, patient, other);
    body(builder);
    PageText text = builder;
    misread(text);
    std::vector<Barcode> barcodes;
    if (mrn && chance(habits.barcode)) barcodes.push_back({patient.mrn, "Code128", {1200, 60, 1500, 110}});
    Page result;
    result.id = PageId{id};
    result.fields = charts::identify(text, barcodes, charts::testing::kLetter, charts::testing::kDpi);
    result.barcodes = std::move(barcodes);
    result.geometry.working = charts::testing::kLetter;
    charts::PageClass found = charts::classify(text, charts::look_of(result));
    result.types = std::move(found.types);
    result.first_page_cue = id == 1 ? found.first_page_cue : 0;
    result.quality.words = static_cast<int>(text.words.size());
    for (const Word& word : text.words) result.quality.text_confidence += word.confidence / static_cast<double>(text.words.size());
    return result;
  }

 private:
  bool chance(double p) { return random_.uniform() < p; }
  std::string label(std::vector<std::string> forms) { return forms[static_cast<std::size_t>(random_.below(static_cast<int>(forms.size())))]; }

  void head(charts::testing::PageBuilder& builder) {
    builder.centred(label({"ST. BRENDAN MEDICAL CENTER", "LAKESHORE HEALTH", "VALLEY COMMUNITY HOSPITAL"}));
    builder.centred(title_);
  }

  void lay_out(charts::testing::PageBuilder& builder, const std::vector<std::string>& cells) {
    const std::size_t columns = static_cast<std::size_t>(1 + random_.below(2));
    for (std::size_t i = 0; i < cells.size(); i += columns) {
      std::string line = cells[i];
      if (columns == 2 && i + 1 < cells.size()) line += "\t\t" + cells[i + 1];
      builder.line(line);
    }
  }

  // Other people and other numbers, which are not the patient's.
  void bystanders(charts::testing::PageBuilder& builder, const Patient& patient, const Patient& other) {
    builder.line(label({"Attending: ", "Referring Physician: ", "Dictated by: "}) + other.given + " " + other.family + ", MD");
    if (chance(0.1)) builder.line("Emergency Contact: " + other.given + " " + patient.family + "  Phone: " + other.phone);
    if (chance(0.1)) builder.line("Guarantor Name: " + other.family + ", " + other.given);
    if (chance(0.1)) builder.line("Policy No: " + other.mrn);
    builder.line(label({"Date of Service: ", "Admit Date: "}) + date_text({2019 + random_.below(5), 1 + random_.below(12), 1 + random_.below(28)}));
  }

  void body(charts::testing::PageBuilder& builder) {
    builder.prose(label({"The patient was seen today and feels better. Blood pressure is controlled. Continue the present treatment and return in two weeks.",
                         "Hemoglobin 12.4 and potassium 4.1 are within the range. No change was made to the medication. Diet as tolerated.",
                         "Complains of pain in the left knee since a fall. Examination shows swelling without fever. Rest and ice were advised."}));
  }

  std::string name_text(const Patient& p, const PageHabits& habits) {
    std::string given = chance(habits.nickname) ? chartscan::testing::short_form(p.given) : p.given;
    const std::string suffix = p.suffix.empty() || chance(0.3) ? "" : " " + p.suffix;
    std::string middle = p.middle.empty() || chance(0.35) ? "" : " " + p.middle;
    if (middle.size() > 2 && chance(0.5)) middle.resize(2);
    std::string text = chance(0.65) ? p.family + suffix + ", " + given + middle : given + middle + " " + p.family + suffix;
    if (chance(0.35))
      for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
  }

  std::string date_text(const Date& d) {
    static const char* kMonths[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    char text[48];
    switch (random_.below(4)) {
      case 0: std::snprintf(text, sizeof text, "%d/%d/%04d", d.month, d.day, d.year); break;
      case 1: std::snprintf(text, sizeof text, "%02d-%02d-%04d", d.month, d.day, d.year); break;
      case 2: std::snprintf(text, sizeof text, "%s %d, %04d", kMonths[d.month - 1], d.day, d.year); break;
      default: std::snprintf(text, sizeof text, "%02d/%02d/%04d", d.month, d.day, d.year); break;
    }
    return text;
  }

  // Confidence and noise go together, but only loosely, as an engine's do.
  void misread(PageText& text) {
    for (Word& word : text.words) {
      const std::string before = word.text;
      word.text = chartscan::testing::misread(word.text, noise_, table_, random_);
      const double usual = 0.95 - 2.5 * noise_ + 0.04 * random_.normal();
      word.confidence = std::clamp(word.text == before ? usual : usual - 0.15 * random_.uniform(), 0.2, 0.99);
    }
  }

  double noise_;
  Misreading table_;
  Random random_;
  std::string title_;  // of the document being written
  bool printed_number_ = false;
};

}  // namespace chartscan::bench
