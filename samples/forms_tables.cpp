#include <array>

#include "samples/forms.h"
#include "samples/narrative.h"
#include "tests/support/marks.h"
#include "tests/support/random.h"

namespace chartscan::samples {
namespace {

using testing::Align;
using testing::Cell;

struct Column {
  std::string title;
  double width = 0;
};

// A ruled table whose columns are given as widths; rows that do not fit go on to the next sheet with the titles again.
class Table {
 public:
  Table(Flow& flow, std::vector<Column> columns, double row_height, double size)
      : flow_(flow), columns_(std::move(columns)), row_height_(row_height), type_(Type{flow.body().family, size}) {
    titles();
  }

  void add(const std::vector<std::string>& texts, bool bold = false) {
    const double before = flow_.y();
    flow_.need(row_height_);
    if (flow_.y() < before) titles();
    draw(texts, bold ? type_.bolder() : type_);
  }

  // A row over the whole width, such as the name of a panel.
  void band(const std::string& text) {
    flow_.need(row_height_ * 2);
    flow_.paper().fill({flow_.left(), flow_.y(), flow_.width(), row_height_}, {0.88, 0.88, 0.88});
    flow_.paper().text({flow_.left() + 4, flow_.y() + (row_height_ - type_.size * 1.2) / 2}, text, type_.bolder());
    flow_.skip(row_height_);
  }

  double column_left(std::size_t index) const {
    double x = flow_.left();
    for (std::size_t i = 0; i < index; ++i) x += columns_[i].width;
    return x;
  }

 private:
  void titles() {
    std::vector<std::string> texts;
    for (const auto& column : columns_) texts.push_back(column.title);
    draw(texts, type_.bolder());
  }

  void draw(const std::vector<std::string>& texts, const Type& type) {
    double x = flow_.left();
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      flow_.paper().box({x, flow_.y(), columns_[i].width, row_height_}, 0.5);
      if (i < texts.size() && !texts[i].empty()) cells.push_back({x + 4, 0, texts[i]});
      x += columns_[i].width;
    }
    flow_.paper().row(flow_.y() + (row_height_ - type.size * 1.2) / 2, cells, type);
    flow_.skip(row_height_);
  }

  Flow& flow_;
  std::vector<Column> columns_;
  double row_height_;
  Type type_;
};

// Initials as a nurse leaves them in a narrow box: two quick letters by pen, never twice alike.
void initial(Paper& paper, Point at, std::uint64_t hand) {
  testing::Random random(hand);
  std::vector<Point> line;
  for (int i = 0; i < 7; ++i)
    line.push_back({at.x + i * 2.1 + random.between(-1, 1), at.y + (i % 2 == 0 ? random.between(5, 9) : random.between(-2, 3))});
  paper.stroke(line, 0.9, testing::kBlueInk);
}

void two_cell_orders(Flow& flow, const std::vector<std::pair<std::string, std::string>>& orders) {
  Table table(flow, {{"DATE / TIME", 82}, {"ORDER", 300}, {"NOTED BY", flow.width() - 382}}, 21, 9.5);
  for (const auto& [time, order] : orders) table.add({time, order, ""});
}

}  // namespace

SampleDocument metabolic_panel(const Visit& visit) {
  Flow flow(visit, "lab_report", "LABORATORY REPORT");
  flow.paragraph("Collected " + plain_date(visit.date) + " 07:55    Received 09:20    Specimen: serum, fasting    Ordered by " +
                 visit.attending);
  Table table(flow, {{"TEST", 176}, {"RESULT", 80}, {"FLAG", 50}, {"REFERENCE RANGE", 110}, {"UNITS", flow.width() - 416}}, 17,
              9.5);
  table.band("COMPREHENSIVE METABOLIC PANEL");
  table.add({"Glucose", "112", "H", "70 - 99", "mg/dL"}, true);
  table.add({"Urea nitrogen (BUN)", "18", "", "7 - 25", "mg/dL"});
  table.add({"Creatinine", "0.94", "", "0.60 - 1.20", "mg/dL"});
  table.add({"eGFR (CKD-EPI 2021)", "86", "", "> 59", "mL/min/1.73m2"});
  table.add({"Sodium", "139", "", "135 - 146", "mmol/L"});
  table.add({"Potassium", "5.4", "H", "3.5 - 5.3", "mmol/L"}, true);
  table.add({"Chloride", "103", "", "98 - 110", "mmol/L"});
  table.add({"Carbon dioxide", "24", "", "20 - 32", "mmol/L"});
  table.add({"Calcium", "9.3", "", "8.6 - 10.3", "mg/dL"});
  table.add({"Protein, total", "6.9", "", "6.1 - 8.1", "g/dL"});
  table.add({"Albumin", "4.2", "", "3.6 - 5.1", "g/dL"});
  table.add({"Bilirubin, total", "0.6", "", "0.2 - 1.2", "mg/dL"});
  table.add({"Alkaline phosphatase", "71", "", "35 - 144", "U/L"});
  table.add({"AST", "22", "", "10 - 35", "U/L"});
  table.add({"ALT", "27", "", "9 - 46", "U/L"});
  table.band("LIPIDS");
  table.add({"Cholesterol, total", "214", "H", "< 200", "mg/dL"}, true);
  table.add({"HDL cholesterol", "47", "", "> 39", "mg/dL"});
  table.add({"Triglycerides", "163", "H", "< 150", "mg/dL"}, true);
  table.add({"LDL cholesterol, calculated", "136", "H", "< 100", "mg/dL"}, true);
  flow.skip(8);
  flow.paragraph(
      "COMMENT: Potassium rechecked on the original tube. Slight hemolysis index noted; suggest recollection if clinically "
      "unexpected.");
  flow.paragraph("Laboratory director: Miriam Adeyemi, MD, PhD. Final report.");
  return flow.finish({"hemolysis index", "suggest recollection"});
}

SampleDocument blood_count(const Visit& visit) {
  Flow flow(visit, "lab_report", "HEMATOLOGY - FINAL REPORT");
  flow.paragraph("Accession H-204417. Specimen: EDTA whole blood. Collected " + shown_date(visit.date, visit.house->dates) +
                 " 06:10.");
  const Type type = Type{"Liberation Mono", 10};
  const auto row = [&](const char* test, const char* result, const char* flag, const char* range, const char* units) {
    flow.need(16);
    const double x = flow.left();
    flow.move_to(
        flow.paper().row(
            flow.y(), {{x, 0, test}, {x + 170, 0, result}, {x + 230, 0, flag}, {x + 270, 0, range}, {x + 380, 0, units}}, type) +
        2.5);
  };
  row("TEST", "RESULT", "", "NORMAL RANGE", "UNITS");
  flow.paper().line({flow.left(), flow.y()}, {flow.left() + flow.width(), flow.y()}, 0.7);
  flow.skip(4);
  row("WHITE CELL COUNT", "14.8", "H", "3.8-10.8", "thousand/uL");
  row("RED CELL COUNT", "3.41", "L", "3.80-5.10", "million/uL");
  row("HEMOGLOBIN", "9.7", "L", "11.7-15.5", "g/dL");
  row("HEMATOCRIT", "30.2", "L", "35.0-45.0", "%");
  row("MCV", "88.6", "", "80.0-100.0", "fL");
  row("MCH", "28.4", "", "27.0-33.0", "pg");
  row("RDW", "16.1", "H", "11.0-15.0", "%");
  row("PLATELET COUNT", "418", "H", "140-400", "thousand/uL");
  row("NEUTROPHILS", "81", "H", "40-75", "%");
  row("LYMPHOCYTES", "11", "L", "20-45", "%");
  row("MONOCYTES", "6", "", "2-10", "%");
  row("EOSINOPHILS", "1", "", "0-5", "%");
  row("BASOPHILS", "1", "", "0-2", "%");
  row("RETICULOCYTES", "3.9", "H", "0.5-2.5", "%");
  row("FERRITIN", "12", "L", "16-232", "ng/mL");
  flow.skip(10);
  flow.section(
      "SMEAR REVIEW",
      "Polychromasia, occasional pencil cells and toxic granulation of neutrophils. No blasts. Platelets appear increased.");
  flow.section("CALLED RESULT", "White count and hemoglobin were called to the ward clerk at 06:58 and read back.");
  return flow.finish({"pencil cells", "toxic granulation", "H-204417"});
}

SampleDocument cumulative_lab(const Visit& visit) {
  Flow flow(visit, "lab_report", "CUMULATIVE LABORATORY SUMMARY");
  const double day = 68;
  Table table(
      flow,
      {{"ANALYTE", flow.width() - 4 * day - 84}, {"DAY 1", day}, {"DAY 2", day}, {"DAY 4", day}, {"DAY 7", day}, {"RANGE", 84}},
      18, 9);
  table.band("INFLAMMATION");
  table.add({"C-reactive protein mg/L", "218 H", "241 H", "96 H", "22 H", "< 5"});
  table.add({"Procalcitonin ng/mL", "11.4 H", "8.8 H", "1.2 H", "0.2", "< 0.25"});
  table.add({"Lactate mmol/L", "3.9 H", "1.8", "", "", "0.5 - 2.0"});
  table.band("KIDNEY AND ELECTROLYTES");
  table.add({"Creatinine mg/dL", "1.6 H", "2.1 H", "1.3 H", "1.0", "0.6 - 1.2"});
  table.add({"Urea nitrogen mg/dL", "38 H", "44 H", "27 H", "16", "7 - 25"});
  table.add({"Sodium mmol/L", "130 L", "133 L", "137", "139", "135 - 146"});
  table.add({"Potassium mmol/L", "4.9", "4.4", "3.4 L", "4.0", "3.5 - 5.3"});
  table.add({"Magnesium mg/dL", "1.5 L", "1.9", "2.0", "", "1.6 - 2.6"});
  table.add({"Phosphate mg/dL", "4.8 H", "4.1", "2.9", "", "2.5 - 4.5"});
  table.band("LIVER");
  table.add({"Bilirubin mg/dL", "1.9 H", "1.6 H", "0.9", "0.6", "0.2 - 1.2"});
  table.add({"AST U/L", "68 H", "55 H", "38", "29", "10 - 40"});
  table.add({"ALT U/L", "52 H", "49 H", "41", "33", "9 - 46"});
  table.add({"Albumin g/dL", "2.6 L", "2.4 L", "2.7 L", "3.1 L", "3.6 - 5.1"});
  table.band("COAGULATION");
  table.add({"INR", "1.4 H", "1.3 H", "1.1", "1.0", "0.9 - 1.1"});
  table.add({"D-dimer ug/mL FEU", "4.1 H", "", "2.2 H", "", "< 0.50"});
  table.add({"Fibrinogen mg/dL", "690 H", "", "540 H", "", "200 - 400"});
  table.band("HEMATOLOGY");
  table.add({"Leukocytes 10^3/uL", "21.7 H", "19.3 H", "12.0 H", "8.1", "3.8 - 10.8"});
  table.add({"Bands %", "18 H", "12 H", "2", "0", "0 - 5"});
  table.add({"Hemoglobin g/dL", "12.8", "11.2 L", "10.9 L", "11.3 L", "11.7 - 15.5"});
  table.add({"Platelets 10^3/uL", "133 L", "118 L", "190", "344", "140 - 400"});
  table.band("BLOOD GAS, ARTERIAL");
  table.add({"pH", "7.31 L", "7.38", "", "", "7.35 - 7.45"});
  table.add({"pCO2 mmHg", "49 H", "44", "", "", "35 - 45"});
  table.add({"pO2 mmHg", "54 L", "71 L", "", "", "80 - 100"});
  table.band("MICROBIOLOGY");
  table.add({"Blood culture, set 1", "positive", "", "no growth", "", ""});
  table.add({"Urine pneumococcal antigen", "positive", "", "", "", "negative"});
  table.add({"MRSA nares screen", "negative", "", "", "", "negative"});
  table.band("PLEURAL FLUID");
  table.add({"Pleural pH", "", "", "7.34", "", ""});
  table.add({"Pleural glucose mg/dL", "", "", "71", "", ""});
  table.add({"Pleural LDH U/L", "", "", "244", "", ""});
  flow.skip(8);
  flow.paragraph(
      "H = above range, L = below range. Blank = not requested. Printed by the laboratory information system; not part of the "
      "nursing record.");
  return flow.finish({"procalcitonin", "MRSA nares screen"});
}

SampleDocument medication_administration(const Visit& visit) {
  Flow flow(visit, "medication_list", "MEDICATION ADMINISTRATION RECORD");
  flow.paragraph("Week of " + plain_date(visit.date) +
                 ".  Initial the box when given.  R = refused  H = held  N = nothing by mouth");
  const double box = 27;
  std::vector<Column> columns{{"MEDICATION / DOSE / ROUTE", flow.width() - 46 - 7 * box}, {"HOUR", 46}};
  for (const char* day : {"S", "M", "T", "W", "T", "F", "S"}) columns.push_back({day, box});
  Table table(flow, columns, 25, 9);
  const std::array<std::array<const char*, 2>, 24> rows{{{"Metoprolol tartrate 25 mg by mouth", "0900"},
                                                         {"", "2100"},
                                                         {"Enoxaparin 40 mg subcutaneous daily", "0900"},
                                                         {"Pantoprazole 40 mg by mouth daily", "0600"},
                                                         {"Furosemide 40 mg intravenous", "0800"},
                                                         {"", "1600"},
                                                         {"Potassium chloride 20 mEq by mouth", "0900"},
                                                         {"Insulin glargine 18 units at bedtime", "2200"},
                                                         {"Insulin lispro per sliding scale", "0730"},
                                                         {"", "1130"},
                                                         {"", "1700"},
                                                         {"Docusate sodium 100 mg by mouth", "0900"},
                                                         {"", "2100"},
                                                         {"Cefazolin 1 g intravenous", "0600"},
                                                         {"", "1400"},
                                                         {"", "2200"},
                                                         {"Levothyroxine 75 mcg before breakfast", "0600"},
                                                         {"Gabapentin 300 mg by mouth", "0900"},
                                                         {"", "1500"},
                                                         {"", "2100"},
                                                         {"Melatonin 3 mg at bedtime", "2200"},
                                                         {"Nystatin suspension swish and swallow", "0900"},
                                                         {"", "1700"},
                                                         {"Multivitamin with minerals daily", "0900"}}};
  testing::Random given(hand_of(visit.person.mrn));
  for (const auto& row : rows) {
    table.add({row[0], row[1]});
    for (int day = 0; day < 5; ++day) {
      if (given.below(7) != 0) initial(flow.paper(), {table.column_left(2 + day) + 7, flow.y() - 17}, given.next());
    }
  }
  flow.skip(8);
  flow.section("AS NEEDED (PRN)",
               "Acetaminophen 650 mg every 6 hours for pain or fever. Ondansetron 4 mg intravenous for nausea. Milk of magnesia "
               "30 ml at bedtime.");
  flow.section("INITIALS KEY", "TB Teresa Brandt RN    KO Kofi Owusu RN    ML Mae Lindgren LPN");
  flow.section("INJECTION SITES",
               "1 right deltoid  2 left deltoid  3 right abdomen  4 left abdomen  5 right thigh  6 left thigh");
  return flow.finish({"insulin glargine 18 units", "nystatin suspension", "Initials key"});
}

SampleDocument medication_list(const Visit& visit) {
  Flow flow(visit, "medication_list", "CURRENT MEDICATION LIST");
  flow.paragraph("Reconciled with the patient and two bottles brought from home on " +
                 shown_date(visit.date, visit.house->dates) + ".");
  Table table(flow, {{"MEDICATION", 142}, {"DOSE", 62}, {"HOW TAKEN", 136}, {"FOR", 92}, {"SINCE", flow.width() - 432}}, 20, 9.5);
  table.add({"Warfarin", "5 mg", "evening, by INR", "atrial fibrillation", "2019"});
  table.add({"Digoxin", "0.125 mg", "every morning", "heart rate", "2020"});
  table.add({"Ramipril", "10 mg", "every morning", "blood pressure", "2015"});
  table.add({"Spironolactone", "25 mg", "every other day", "swelling", "2022"});
  table.add({"Alendronate", "70 mg", "Mondays, upright", "osteoporosis", "2021"});
  table.add({"Calcium carbonate", "600 mg", "twice daily, meals", "bones", "2021"});
  table.add({"Latanoprost drops", "1 drop", "both eyes, bedtime", "glaucoma", "2017"});
  table.add({"Fluticasone spray", "2 sprays", "each nostril, daily", "hay fever", "2023"});
  table.add({"Loratadine", "10 mg", "when needed", "hay fever", "2023"});
  flow.skip(10);
  flow.section("ALLERGIES", "Codeine - vomiting. Shellfish - lip swelling. Latex - rash.");
  flow.section("STOPPED AT THIS VISIT", "Ibuprofen (interacts with warfarin). Ginkgo capsules bought at the pharmacy.");
  flow.section("PHARMACY", "Ferrante's Apothecary, Main Street; 90-day supplies, easy-open caps.");
  flow.signature("Reviewed by " + visit.attending, hand_of(visit.attending), plain_date(visit.date));
  return flow.finish({"ginkgo capsules", "latanoprost drops", "easy-open caps"});
}

SampleDocument immunization_card(const Visit& visit) {
  Flow flow(visit, "immunization_record", "CERTIFICATE OF IMMUNIZATION");
  flow.paragraph("Parent or guardian: keep this record. It is asked for at school entry and summer camp.");
  const double dose = (flow.width() - 150) / 5;
  Table table(flow, {{"VACCINE", 150}, {"DOSE 1", dose}, {"DOSE 2", dose}, {"DOSE 3", dose}, {"DOSE 4", dose}, {"DOSE 5", dose}},
              24, 9);
  table.add({"Hepatitis B", "05-22-2016", "07-20-2016", "11-30-2016"});
  table.add({"DTaP", "07-20-2016", "09-19-2016", "11-30-2016", "08-14-2017", "06-02-2021"});
  table.add({"Haemophilus b", "07-20-2016", "09-19-2016", "11-30-2016", "08-14-2017"});
  table.add({"Polio (IPV)", "07-20-2016", "09-19-2016", "11-30-2016", "06-02-2021"});
  table.add({"Pneumococcal PCV13", "07-20-2016", "09-19-2016", "11-30-2016", "05-25-2017"});
  table.add({"Rotavirus", "07-20-2016", "09-19-2016"});
  table.add({"Measles Mumps Rubella", "05-25-2017", "06-02-2021"});
  table.add({"Varicella", "05-25-2017", "06-02-2021"});
  table.add({"Hepatitis A", "08-14-2017", "02-26-2018"});
  table.add({"Influenza, yearly", "10-11-2021", "10-04-2022", "10-19-2023"});
  flow.skip(10);
  flow.section("REACTIONS", "Fussy and 38.4 after the fourth DTaP. No exemption is claimed.");
  flow.signature(visit.attending, hand_of(visit.attending), plain_date(visit.date));
  return flow.finish({"summer camp", "no exemption is claimed"});
}

SampleDocument immunization_printout(const Visit& visit) {
  Flow flow(visit, "immunization_record", "IMMUNIZATION HISTORY - STATE REGISTRY");
  Table table(flow, {{"DATE", 76}, {"VACCINE", 176}, {"LOT NUMBER", 84}, {"SITE", 66}, {"GIVEN BY", flow.width() - 402}}, 18, 9);
  table.add({"03/02/2010", "Tdap (Boostrix)", "AC52B061", "L deltoid", "Corbin Co. Health"});
  table.add({"10/14/2018", "Influenza, quadrivalent", "UT6411LA", "L deltoid", "Ferrante pharmacy"});
  table.add({"05/09/2019", "Zoster recombinant, 1", "7F42D", "R deltoid", "Ferrante pharmacy"});
  table.add({"08/20/2019", "Zoster recombinant, 2", "K9A33", "R deltoid", "Ferrante pharmacy"});
  table.add({"03/12/2020", "Tdap (Adacel)", "C5712AA", "L deltoid", "Meridian Family Pr."});
  table.add({"02/03/2021", "SARS-CoV-2 mRNA, 1", "EL9262", "L deltoid", "Armory clinic"});
  table.add({"02/24/2021", "SARS-CoV-2 mRNA, 2", "EN6201", "L deltoid", "Armory clinic"});
  table.add({"10/08/2022", "Influenza, high dose", "UJ871AB", "R deltoid", "Ferrante pharmacy"});
  table.add({"11/15/2022", "Pneumococcal PCV20", "GH3390", "L deltoid", "Meridian Family Pr."});
  table.add({"09/27/2023", "RSV, adjuvanted", "9J2XA", "R deltoid", "Ferrante pharmacy"});
  flow.skip(10);
  flow.section("FORECAST",
               "Influenza: due each autumn. Tdap or Td: due 03/12/2030. Hepatitis B: series not on file, assess risk.");
  flow.section("DISCLAIMER", "This record was assembled from reports of participating providers and may not be complete.");
  return flow.finish({"Armory clinic", "zoster recombinant", "participating providers"});
}

SampleDocument admission_orders(const Visit& visit) {
  Flow flow(visit, "physician_orders", "PHYSICIAN'S ORDERS");
  const std::string day = plain_date(visit.date).substr(0, 5);
  two_cell_orders(flow, {{day + " 14:10", "Admit to 4 West, inpatient, Dr. Calloway"},
                         {"", "Diagnosis: cellulitis left leg, lymphedema"},
                         {"", "Condition fair. Full code."},
                         {"", "Allergies: cephalexin (hives), iodine"},
                         {"", "Vital signs every 4 hours. Weight daily."},
                         {"", "Activity: bed rest, leg above heart level"},
                         {"", "Diet: 1800 calorie consistent carbohydrate"},
                         {"", "IV: 0.9% sodium chloride 75 ml/hour x 12 h"},
                         {"", "Vancomycin 1250 mg IV every 12 h, pharmacy to dose"},
                         {"", "Acetaminophen 650 mg po every 6 h prn pain"},
                         {"", "Heparin 5000 units subcut every 8 h"},
                         {"", "CBC, BMP in the morning; blood cultures x 2 now"},
                         {"", "Mark border of redness with skin pen each shift"},
                         {"", "Venous duplex left leg today"},
                         {day + " 19:35", "T.O. Dr. Calloway / K. Owusu RN, RBTO:"},
                         {"", "Hydroxyzine 25 mg po x 1 for itching"},
                         {"", "Call for temperature above 38.8 or systolic below 95"}});
  flow.signature(visit.attending, hand_of(visit.attending), plain_date(visit.date));
  return flow.finish({"venous duplex left leg", "hydroxyzine 25 mg", "border of redness"});
}

SampleDocument postoperative_orders(const Visit& visit) {
  Flow flow(visit, "physician_orders", "POSTOPERATIVE ORDER SET");
  const Type type = flow.body().sized(10.5);
  const auto choice = [&](const std::string& text, bool chosen) {
    flow.need(20);
    flow.paper().box({flow.left() + 4, flow.y() + 2, 9, 9}, 0.9);
    if (chosen) testing::tick(flow.paper(), {flow.left() + 4, flow.y() + 2}, 9, testing::kBlueInk);
    flow.move_to(flow.paper().text({flow.left() + 22, flow.y()}, text, type) + 5);
  };
  flow.heading("NURSING");
  choice("Vital signs every 15 minutes x 4, then every hour x 4, then per unit routine", true);
  choice("Oxygen by nasal cannula to keep saturation above 92 percent", true);
  choice("Foley catheter to gravity; remove on the first morning after surgery", false);
  choice("Sequential compression stockings while in bed", true);
  choice("Ambulate in the hall by this evening", true);
  flow.heading("DIET");
  choice("Ice chips, then clear liquids, advance as tolerated", true);
  choice("Nothing by mouth until flatus", false);
  flow.heading("FLUIDS AND MEDICATIONS");
  choice("Lactated Ringer's 100 ml/hour until drinking well", true);
  choice("Ketorolac 15 mg IV every 6 hours x 4 doses", true);
  choice("Oxycodone 5 mg by mouth every 4 hours as needed for pain 4 to 6", true);
  choice("Hydromorphone 0.4 mg IV every 3 hours as needed for pain 7 to 10", false);
  choice("Ondansetron 4 mg IV every 8 hours as needed for nausea", true);
  choice("Scopolamine patch behind the ear, remove after 72 hours", false);
  flow.heading("LABORATORY");
  choice("Hemoglobin and creatinine tomorrow 05:00", true);
  flow.heading("DISCHARGE WHEN");
  choice("Pain controlled by mouth, has voided, walks unaided, escort present", true);
  flow.signature("Ordering practitioner: " + visit.attending, hand_of(visit.attending), plain_date(visit.date));
  flow.signature("Order noted by nurse", hand_of("Mae Lindgren"), plain_date(visit.date));
  return flow.finish({"scopolamine patch", "lactated Ringer's", "ice chips"});
}

SampleDocument face_sheet(const Visit& visit) {
  Flow flow(visit, "other", "FACE SHEET / ADMISSION RECORD");
  const Person& who = visit.person;
  const double half = flow.width() / 2;
  const auto block = [&](const std::string& title, const std::vector<std::array<std::string, 2>>& fields) {
    flow.heading(title);
    for (std::size_t i = 0; i < fields.size(); i += 2) {
      std::vector<Cell> labels, values;
      for (std::size_t c = 0; c < 2 && i + c < fields.size(); ++c) {
        const double x = flow.left() + static_cast<double>(c) * half;
        flow.paper().box({x, flow.y(), half, 27}, 0.6);
        labels.push_back({x + 3, 0, fields[i + c][0]});
        values.push_back({x + 8, 0, fields[i + c][1]});
      }
      flow.paper().row(flow.y() + 2, labels, flow.body().sized(7));
      flow.paper().row(flow.y() + 11, values, flow.body().sized(10.5));
      flow.skip(27);
    }
    flow.skip(4);
  };
  block("PATIENT", {{"ADDRESS", visit.shown.address},
                    {"HOME TELEPHONE", who.phone},
                    {"MARITAL STATUS", "Widowed"},
                    {"RELIGION", "Lutheran"},
                    {"LANGUAGE", "English"},
                    {"OCCUPATION", "Retired, lace mill"}});
  block("NEXT OF KIN / EMERGENCY CONTACT", {{"NAME", "Florence Haverstock"},
                                            {"RELATIONSHIP", "Niece"},
                                            {"TELEPHONE", "555-0111"},
                                            {"MAY RECEIVE INFORMATION", "Yes"}});
  block("INSURANCE", {{"PRIMARY", "Medicare Part A and B"},
                      {"POLICY", "1EG4-TE5-MK72"},
                      {"SECONDARY", "Keystone Mutual Benefit"},
                      {"GROUP", "LM-0440"},
                      {"GUARANTOR", "Self"},
                      {"AUTHORIZATION", "Not required"}});
  block("ENCOUNTER", {{"ADMITTED", shown_date(visit.date, visit.house->dates) + "  13:25"},
                      {"SERVICE", "General medicine"},
                      {"ATTENDING", visit.attending},
                      {"ADMITTING DIAGNOSIS", "Dizziness and giddiness"},
                      {"ACCOUNT NUMBER", "A-7719203"},
                      {"ROOM", "4W-417-2"}});
  flow.paragraph("Registered by M. Quist, patient access. Advance directive on file: no, leaflet given.");
  return flow.finish({"lace mill", "Florence Haverstock", "A-7719203"});
}

}  // namespace chartscan::samples
