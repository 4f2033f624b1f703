// Draws, scans and damages chart documents whose patients are known, for scripts/bench link: patient blocks in several layouts, a
// label, running headers, other people's names and numbers beside them; hard cases and pages of other patients among them.
//   bench_link_draw FOLDER DOCUMENTS SEED   writes patients.csv, truth.jsonl and a TIFF a document
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/support/degrade.h"
#include "tests/support/image_files.h"
#include "tests/support/marks.h"
#include "tests/support/office_pages.h"
#include "tests/support/register.h"
#include "tests/support/scanned.h"

using namespace chartscan;
using namespace chartscan::testing;

namespace {

constexpr double kLeft = 60, kRight = 552;
constexpr double kForeign = 0.06, kUnregistered = 0.03, kTypingErrors = 0.02;  // shares of documents
constexpr double kHard = 0.35;  // share of patients with a hard case

const char* any(std::initializer_list<const char*> list, Random& random) { return list.begin()[random.below(static_cast<int>(list.size()))]; }

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string date_text(const Date& d, Random& random) {
  static const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[40];
  switch (random.below(3)) {
    case 0: std::snprintf(text, sizeof text, "%02d/%02d/%04d", d.month, d.day, d.year); break;
    case 1: std::snprintf(text, sizeof text, "%02d-%s-%04d", d.day, kMonths[d.month - 1], d.year); break;
    default: std::snprintf(text, sizeof text, "%s %d, %04d", kMonths[d.month - 1], d.day, d.year); break;
  }
  return text;
}

std::string name_text(const Patient& p, Random& random) {
  const std::string suffix = p.suffix.empty() ? "" : " " + p.suffix;
  const std::string middle = p.middle.empty() || random.below(3) == 0 ? "" : " " + p.middle.substr(0, 1);
  const std::string name = random.below(3) ? p.family + suffix + ", " + p.given + middle : p.given + middle + " " + p.family + suffix;
  return random.below(3) ? name : upper(name);
}

// One document's way of printing, the same on all its pages.
struct Form {
  Type type;
  int layout;
  const char *title, *hospital, *name_label, *mrn_label, *dob_label;
};

Form form_of(Random& random) {
  return {{.family = any({"Nimbus Roman", "Nimbus Sans", "P052", "DejaVu Sans", "Liberation Sans"}, random), .size = random.between(9.5, 11.5)},
          random.below(4),
          any({"DISCHARGE SUMMARY", "PROGRESS NOTE", "CONSULTATION REPORT", "OPERATIVE REPORT", "HISTORY AND PHYSICAL", "RADIOLOGY REPORT"}, random),
          any({"Cedar Valley Hospital", "St. Anselm Medical Center", "Harbor Regional Clinic"}, random),
          any({"Patient:", "Patient Name:", "Name:"}, random), any({"MRN:", "Med Rec #:", "MR No.:"}, random), any({"DOB:", "Date of Birth:", "Born:"}, random)};
}

void patient_block(Paper& paper, const Form& form, const Patient& p, Random& random) {
  const std::string name = name_text(p, random), dob = date_text(p.dob, random);
  double y = 96;
  switch (form.layout) {
    case 0:  // a line each
      for (const std::string& line : {std::string(form.name_label) + " " + name, std::string(form.mrn_label) + " " + p.mrn, std::string(form.dob_label) + " " + dob})
        y = paper.text({kLeft, y}, line, form.type) + 2;
      break;
    case 1:  // two columns
      paper.row(y, {{kLeft, 0, std::string(form.name_label) + " " + name}, {330, 0, std::string(form.mrn_label) + " " + p.mrn}}, form.type);
      paper.row(y + 16, {{kLeft, 0, std::string(form.dob_label) + " " + dob}, {330, 0, "Sex: " + p.sex}}, form.type);
      break;
    case 2:  // a label in the corner
      paper.box({330, 84, 222, 64});
      y = paper.text({338, 88}, upper(p.family + ", " + p.given), form.type.bolder());
      y = paper.text({338, y}, "MRN " + p.mrn + "  DOB " + dob, form.type.sized(9));
      draw_code128(paper, {346, y + 4, 150, 18}, p.mrn);
      break;
    default:  // a grid with an address
      paper.box({kLeft - 4, 90, kRight - kLeft + 8, 60});
      paper.row(94, {{kLeft, 0, std::string(form.name_label) + " " + name}, {330, 0, std::string(form.mrn_label) + " " + p.mrn}}, form.type);
      paper.row(112, {{kLeft, 0, std::string(form.dob_label) + " " + dob}, {330, 0, "Phone: " + p.phone}}, form.type);
      paper.row(130, {{kLeft, 0, "Address: " + p.address + ", " + p.city + ", " + p.state + " " + p.zip}}, form.type);
  }
}

Paper draw_page(const Form& form, const Patient& patient, const Patient& doctor, int number, int total, const Notes& notes, Random& random) {
  Paper paper;
  paper.text({306, 40}, form.hospital, form.type.bolder().sized(14), Align::Center);
  if (number == 1) paper.text({306, 62}, form.title, form.type.bolder().sized(13), Align::Center);
  patient_block(paper, form, patient, random);
  double y = paper.text({kLeft, 170}, std::string(any({"Attending:", "Dictated by:", "Referring Physician:"}, random)) + " " + doctor.given + " " + doctor.family + ", MD", form.type) + 2;
  if (random.below(8) == 0) y = paper.text({kLeft, y}, "Emergency contact: " + doctor.given + " " + patient.family + ", phone " + doctor.phone, form.type) + 2;
  if (random.below(6) == 0) y = paper.text({kLeft, y}, "Policy No: " + doctor.mrn, form.type) + 2;
  y = paper.text({kLeft, y}, "Date of service: " + date_text({2021, 1 + random.below(12), 1 + random.below(28)}, random), form.type) + 10;
  const std::string& note = notes.at(static_cast<std::size_t>(random.below(1000)), Part::Held);
  paper.paragraph({kLeft, y}, kRight - kLeft, note.substr(0, note.find(' ', std::min<std::size_t>(note.size(), 700))), form.type, 1.15);
  paper.text({306, 750}, "Page " + std::to_string(number) + " of " + std::to_string(total), form.type.sized(9), Align::Center);
  return paper;
}

imaging::Image scan_of(const Paper& paper, Random& random, std::string& fault) {
  Scan scan{.dpi = 200, .skew = Degrees{random.between(-1.5, 1.5)}, .softness = random.between(0.3, 1.0), .noise = random.between(1, 5), .seed = random.next()};
  const imaging::Image image = scanned(paper, scan);
  const auto& faults = page_faults();
  const Fault& chosen = random.below(2) ? faults.front() : faults[static_cast<std::size_t>(random.below(static_cast<int>(faults.size())))];
  fault = chosen.name;
  return degraded(image, chosen, random.next());
}

std::string csv_row(const Patient& p) {
  const std::string family = p.family + (p.suffix.empty() ? "" : " " + p.suffix);
  std::string row;
  for (const std::string& value : {p.mrn, family, p.given, p.middle, to_string(p.dob), p.sex, p.ssn, p.phone, p.address, p.city, p.state, p.zip, p.maiden})
    row += (row.empty() ? "" : ",") + value;
  return row + "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::cerr << "bench_link_draw FOLDER DOCUMENTS SEED\n", 2;
  const std::filesystem::path folder = argv[1];
  const int documents = std::atoi(argv[2]);
  const std::uint64_t seed = std::strtoull(argv[3], nullptr, 10);
  std::filesystem::create_directories(folder / "scans");
  std::vector<Patient> patients;
  for (int i = 0; i < 3000; ++i) patients.push_back(drawn_patient(seed, i));
  patients = with_hard_cases(std::move(patients), kHard, seed);
  std::ofstream csv(folder / "patients.csv"), truth(folder / "truth.jsonl");
  csv << "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip,maiden\n";
  for (const Patient& patient : patients) csv << csv_row(patient);

  const Notes notes;
  for (int d = 0; d < documents; ++d) {
    Random random(seed * 1'000'003 + static_cast<std::uint64_t>(d));
    const auto somebody = [&]() -> const Patient& { return patients[static_cast<std::size_t>(random.below(static_cast<int>(patients.size())))]; };
    const bool registered = random.uniform() >= kUnregistered, foreign = random.uniform() < kForeign;
    Patient patient = registered ? somebody() : drawn_patient(seed, 7'000'000 + d);
    const std::string mrn = patient.mrn;
    if (random.uniform() < kTypingErrors) patient.mrn = with_one_digit_wrong(patient.mrn, random);
    const int total = foreign ? 3 : 1 + random.below(2);
    const int foreign_page = foreign ? 2 + random.below(2) : 0;
    const Patient stranger = somebody();
    const Form form = form_of(random);
    std::vector<EncodedPage> pages;
    nlohmann::json faults = nlohmann::json::array();
    for (int i = 1; i <= total; ++i) {
      std::string fault;
      const Paper paper = draw_page(form, i == foreign_page ? stranger : patient, somebody(), i, total, notes, random);
      pages.push_back({scan_of(paper, random, fault), Encoding::Jpeg, 85});
      faults.push_back(fault);
    }
    char name[40];
    std::snprintf(name, sizeof name, "document-%05d.tif", d);
    write_tiff(folder / "scans" / name, pages);
    truth << nlohmann::json{{"file", name}, {"mrn", registered ? mrn : ""}, {"printed_mrn", patient.mrn}, {"pages", total}, {"foreign_page", foreign_page},
                            {"foreign_mrn", foreign ? stranger.mrn : ""}, {"faults", faults}}.dump() << "\n";
  }
  return 0;
}
