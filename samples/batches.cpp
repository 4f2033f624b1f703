#include "samples/batches.h"

#include "samples/forms.h"
#include "samples/narrative.h"

namespace chartscan::samples {
namespace {

using testing::ExpectedLink;
using testing::Patch;

constexpr const char* kCalloway = "R. Calloway, MD";
constexpr const char* kStrand = "Amelia Strand, MD";
constexpr const char* kMarsh = "Helen Marsh, MD";
constexpr const char* kOkonkwo = "Chidi Okonkwo, DO";
constexpr const char* kLevine = "Paul Levine, MD";
constexpr const char* kReyes = "Carmen Reyes, NP";
constexpr const char* kThorne = "Julian Thorne, MD";

// The same page scanned a second time: other skew, other noise, a hair darker.
Look second_pass(Look look, double skew) {
  look.scan.skew = {skew};
  look.scan.threshold += 12;
  look.scan.softness = 1;
  return look.noted("fed twice");
}

}  // namespace

Batch internal_medicine() {
  Batch batch("batch-0001", Container::Tiff);
  batch.add(printed(chest_pain_admission(), visit(harbor_ridge(), person("4051873"), "2024-02-05", kCalloway)), {g4()});
  batch.add(printed(diabetes_follow_up(), visit(dunmore_valley(), person("4112680"), "2024-02-06", kStrand)), {lzw_gray(1.2)});
  batch.add(metabolic_panel(visit(westfield(), person("4112680"), "2024-02-06", kStrand)), {g4(-0.5)});
  batch.add(electrocardiogram(visit(harbor_ridge(), person("4051873"), "2024-02-05", kCalloway), 82,
                              "Sinus rhythm, ST depression V4-V6"),
            {jpeg_color(0.6).turned(90).noted("landscape tracing fed on its short edge")});
  batch.add(printed(chest_radiograph(), visit(lakeland(), person("4118043"), "2024-02-07", kLevine), Closing::Electronic),
            {g4(0.8)});
  batch.add(medication_list(visit(meridian(), person("4120577"), "2024-02-08", kReyes)), {jpeg_color(-0.9)});
  batch.add(printed(cardiology_consult(), visit(harbor_ridge(), person("4170048"), "2024-02-09", kThorne)),
            {g4(0.3), g4(-0.7).turned(180).noted("second sheet upside down")});
  batch.add(insurance_cards(visit(dunmore_valley(), person("4112680"), "2024-01-01", kStrand), "Keystone Mutual Benefit",
                            "KMB448120993"),
            {jpeg_color(2.1)});
  return batch;
}

Batch surgery() {
  Batch batch("batch-0002", Container::Tiff);
  const auto between = [&] { batch.patch_sheet(Patch::T, g4()); };
  between();
  batch.add(printed(gallbladder_operation(), visit(harbor_ridge(), person("4131452"), "2024-03-12", kMarsh)),
            {g4(0.4), g4(-0.3)});
  between();
  batch.add(procedure_consent(visit(pinecrest(), person("4131452"), "2024-03-11", kMarsh),
                              "Laparoscopic cholecystectomy with cholangiogram"),
            {g4(0.6)});
  between();
  batch.add(
      printed(gallbladder_pathology(), visit(westfield(), person("4131452"), "2024-03-14", "D. Amsel, MD"), Closing::Electronic),
      {g4(-1.1)});
  between();
  batch.add(printed(pneumonia_discharge(), visit(st_brendan(), person("4120577"), "2024-03-15", kOkonkwo)), {g4()});
  batch.patch_sheet(Patch::T, g4(1.8).noted("separator fed crooked"));
  batch.add(postoperative_orders(visit(harbor_ridge(), person("4131452"), "2024-03-12", kMarsh)), {g4(0.2)});
  between();
  batch.add(printed(hip_operation(), visit(st_brendan(), person("4142233"), "2024-03-18", kThorne)), {g4(-0.8)});
  return batch;
}

Batch namesakes() {
  Batch batch("batch-0003", Container::Tiff);
  batch.add(printed(migraine_note(), visit(st_brendan(), person("4080214"), "2024-04-02", kReyes)),
            {g4().noted("twin of 4080215; Code 128 label")});
  batch.add(printed(knee_mri(), visit(st_brendan(), person("4080215"), "2024-04-02", kLevine), Closing::Electronic),
            {g4(-0.6).noted("twin of 4080214; Code 128 label")});
  batch.barcode_sheet("PATCHT", g4());
  batch.add(printed(wound_check_note(), visit(meridian(), person("4051911"), "2024-04-03", kReyes)),
            {g4(0.9).noted("Jr; QR label")});
  batch.add(printed(ward_round_note(), visit(harbor_ridge(), person("4051873"), "2024-04-03", kCalloway)),
            {g4(-0.4).noted("Sr")});
  batch.add(printed(abdomen_ct(), visit(lakeland(), person("4062917"), "2024-04-04", kLevine), Closing::Electronic),
            {g4(0.5).noted("same name as 4026917, birth date and MRN with digits changed about")});
  batch.add(printed(renal_ultrasound(), visit(lakeland(), person("4100935"), "2024-04-04", kLevine), Closing::Electronic),
            {g4(-0.2).noted("shares first and family name with 4100358")});
  batch.barcode_sheet("PATCHT", g4(-1.4));
  batch.add(printed(rheumatology_consult(), without_mrn(visit(dunmore_valley(), person("4091126"), "2024-04-05", kThorne))),
            {g4(0.3).noted("name and birth date fit two patients and no MRN is printed")}, ExpectedLink::Review);
  batch.add(blood_count(with_mrn(visit(westfield(), person("4051878"), "2024-04-05", kStrand), "4051873")),
            {g4(0.1).noted("MRN printed with one wrong digit: it is another patient's; name and birth date contradict it")},
            ExpectedLink::Review);
  batch.add(immunization_card(visit(corbin_county(), person("4073305"), "2024-04-08", kReyes)),
            {g4(0.7).noted("twin of 4073306")});
  batch.add(admission_orders(visit(st_brendan(), person("4026917"), "2024-04-09", kCalloway)),
            {g4(-0.3).noted("same name as 4062917; Code 128 label")});
  return batch;
}

Batch faxed_referrals() {
  Batch batch("batch-0004", Container::Pdf);
  batch.add(referral_fax(visit(dunmore_valley(), person("4178851"), "2024-05-06", kStrand)),
            {g4(0.8).at_dpi(200), g4(3.1).at_dpi(200).noted("skew of 3 degrees")});
  batch.add(fax_cover(visit(harbor_ridge(), person("4051873"), "2024-05-06", kCalloway)), {g4(-0.6).at_dpi(200)});
  batch.add(printed(nephrology_consult(), visit(st_brendan(), person("4181197"), "2024-05-07", kThorne)), {jpeg_gray(-2.4)});
  batch.add(living_will(visit(corbin_county(), person("4170048"), "2024-05-02", kReyes)),
            {g4(0.4).turned(90).noted("quarter turn"), g4(-0.5).turned(90).noted("quarter turn")});
  batch.add(printed(skin_pathology(), visit(westfield(), person("4189034"), "2024-05-08", "D. Amsel, MD"), Closing::Electronic),
            {g4(6.0).noted("skew of 6 degrees")});
  batch.add(printed(stroke_discharge(), visit(lakeland(), person("4146674"), "2024-05-09", kOkonkwo), Closing::Electronic),
            {jpeg_gray(-4.5).noted("skew of -4.5 degrees")});
  batch.add(cumulative_lab(visit(westfield(), person("4120577"), "2024-03-15", kOkonkwo)),
            {g4(0.3).turned(270).noted("quarter turn")});
  batch.add(printed(insurer_letter(), visit(corbin_county(), person("4150129"), "2024-05-10", kReyes)), {jpeg_gray(1.0)});
  return batch;
}

Batch loose_images() {
  Batch batch("batch-0005", Container::ImageFolder);
  batch.add(
      insurance_cards(visit(meridian(), person("4127865"), "2024-01-01", kReyes), "Allegheny Health Partners", "AHP20077315"),
      {jpeg_color(-1.7)});
  Visit no_birth_date = visit(meridian(), person("4123390"), "2024-01-01", kReyes);
  no_birth_date.shown.dob.clear();
  batch.add(insurance_cards(no_birth_date, "Susquehanna Life and Health", "SLH99041177"),
            {jpeg_color(0.7).noted("only a name identifies the patient")}, ExpectedLink::Review);
  batch.add(immunization_printout(visit(corbin_county(), person("4158840"), "2024-06-03", kReyes)), {lzw_gray(0.5)});
  batch.add(
      electrocardiogram(visit(st_brendan(), person("4185562"), "2024-06-04", kThorne), 58, "Sinus bradycardia, otherwise normal"),
      {jpeg_color(-0.4)});
  batch.add(printed(employer_letter(), visit(dunmore_valley(), person("4080214"), "2024-06-04", kReyes)),
            {jpeg_color(1.4).shadowed(0.3).noted("uneven light")});
  batch.add(treatment_consent(visit(harbor_ridge(), person("4165513"), "2024-06-05", kCalloway)), {lzw_gray(-0.6)});
  batch.add(health_care_proxy(visit(pinecrest(), person("4174420"), "2024-06-05", kStrand)), {jpeg_color(0.3)});
  batch.add(printed(carpal_tunnel_operation(), visit(pinecrest(), person("4196645"), "2024-06-06", kMarsh)), {lzw_gray(-1.3)});
  batch.add(face_sheet(visit(harbor_ridge(), person("4120577"), "2024-06-07", kOkonkwo)), {jpeg_gray(0.2)});
  return batch;
}

Batch hard_cases() {
  Batch batch("batch-0006", Container::Tiff);
  batch.add(printed(breathless_admission(), visit(harbor_ridge(), person("4146674"), "2024-07-01", kCalloway)),
            {jpeg_gray(0.6).faint().noted("faint print")});
  batch.add(printed(wound_check_note(), visit(harbor_ridge(), person("4192718"), "2024-07-01", kReyes)),
            {jpeg_gray(-0.9).noisy(26).noted("heavy noise")});
  batch.add(metabolic_panel(visit(harbor_ridge(), person("4161906"), "2024-07-02", kStrand)),
            {g4(0.4).speckled(0.004).noted("salt and pepper")});
  batch.add(printed(chest_radiograph(), visit(st_brendan(), person("4135008"), "2024-07-02", kLevine)),
            {g4(2.2).on_black(0.25).noted("black scanner border")});
  batch.again(1, second_pass(g4().on_black(0.25), 1.5));
  batch.add(printed(migraine_note(), visit(corbin_county(), person("4139961"), "2024-07-03", kReyes)), {g4(0.3)});
  batch.again(1, second_pass(g4(), -0.9));

  // Somebody else's laboratory report lies between the sheets of a consultation.
  const auto consult = printed(cardiology_consult(), visit(harbor_ridge(), person("4150129"), "2024-07-04", kThorne));
  const auto stray = blood_count(visit(westfield(), person("4118043"), "2024-07-03", kStrand));
  const std::string consult_key = batch.begin(consult), stray_key = batch.begin(stray);
  batch.sheet(consult, consult_key, 0, g4(0.2).noted("another patient's page follows"), ExpectedLink::AutoOk);
  batch.sheet(stray, stray_key, 0, g4(-0.4).noted("another patient's page inside a document"), ExpectedLink::Review);
  batch.mark_foreign();
  for (std::size_t i = 1; i < consult.sheets.size(); ++i) batch.sheet(consult, consult_key, i, g4(0.1), ExpectedLink::AutoOk);

  batch.add(printed(ward_round_note(), visit(st_brendan(), stranger(), "2024-07-05", kOkonkwo)),
            {g4().noted("patient is not in the index")}, ExpectedLink::Review);
  Visit wrong_birth_date = visit(dunmore_valley(), person("4178851"), "2024-07-05", kStrand);
  wrong_birth_date.shown.dob = shown_date("1962-11-09", DateStyle::MonthName);
  batch.add(printed(diabetes_follow_up(), wrong_birth_date),
            {g4(0.5).noted("MRN and name agree, the birth date contradicts them")}, ExpectedLink::Review);
  batch.add(printed(knee_mri(), visit(lakeland(), person("4257826"), "2024-07-08", kLevine), Closing::Electronic),
            {g4(-0.2).turned(180).noted("upside down")});
  batch.add(medication_list(visit(meridian(), person("4244792"), "2024-07-08", kReyes)),
            {jpeg_gray(5.0).shadowed(0.35).noted("skew of 5 degrees, uneven light")});
  return batch;
}

Batch duplex() {
  Batch batch("batch-0007", Container::Tiff);
  const auto back = [&](int dust) { batch.blank(g4().noted("blank back"), dust); };
  batch.add(procedure_consent(unsigned_form(visit(st_brendan(), person("4232819"), "2024-08-12", kMarsh)),
                              "Open repair of umbilical hernia with mesh"),
            {g4(0.3).noted("nobody signed")});
  back(5);
  batch.add(medication_administration(visit(harbor_ridge(), person("4262144"), "2024-08-11", kCalloway)), {g4(-0.5), g4(0.6)});
  batch.add(admission_orders(unsigned_form(visit(harbor_ridge(), person("4262144"), "2024-08-10", kCalloway))),
            {g4(0.2).noted("orders without signature")});
  back(12);
  batch.add(immunization_card(visit(corbin_county(), person("4073306"), "2024-08-13", kReyes)),
            {g4(-0.7).noted("twin of 4073305")});
  back(0);
  batch.add(treatment_consent(unsigned_form(visit(meridian(), person("4248145"), "2024-08-13", kReyes))),
            {g4(0.4).noted("nobody signed")});
  batch.blank(jpeg_gray().noted("blank back, gray"), 9);
  batch.add(printed(nephrology_consult(), visit(dunmore_valley(), person("4236654"), "2024-08-14", kThorne)), {g4()});
  batch.add(health_care_proxy(unsigned_form(visit(harbor_ridge(), person("4215193"), "2024-08-15", kStrand))),
            {g4(-0.9).noted("nobody signed")});
  back(7);
  return batch;
}

std::vector<Batch> all_batches() {
  std::vector<Batch> batches;
  batches.push_back(internal_medicine());
  batches.push_back(surgery());
  batches.push_back(namesakes());
  batches.push_back(faxed_referrals());
  batches.push_back(loose_images());
  batches.push_back(hard_cases());
  batches.push_back(duplex());
  return batches;
}

}  // namespace chartscan::samples
