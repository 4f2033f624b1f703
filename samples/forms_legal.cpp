#include <cmath>

#include "samples/forms.h"
#include "samples/narrative.h"
#include "tests/support/marks.h"
#include "tests/support/random.h"

namespace chartscan::samples {
namespace {

using testing::Align;
using testing::Color;

constexpr double kPi = 3.14159265358979323846;
constexpr double kMillimeter = 72 / 25.4;

// --- electrocardiogram -------------------------------------------------------------------------------------------------

double bump(double t, double center, double width, double height) {
  const double d = (t - center) / width;
  return height * std::exp(-d * d / 2);
}

// Millivolts at `t` seconds into a beat, for a lead that sees the heart from `angle` degrees.
double beat(double t, double angle) {
  const double r = std::cos((angle - 55) * kPi / 180), small = std::cos((angle - 40) * kPi / 180);
  return bump(t, 0.12, 0.022, 0.14 * small) + bump(t, 0.262, 0.009, -0.12 * std::abs(r)) + bump(t, 0.285, 0.012, 1.15 * r) +
         bump(t, 0.312, 0.011, -0.28) + bump(t, 0.52, 0.045, 0.32 * small);
}

void draw_lead(Paper& paper, Point at, double seconds, double beats_per_minute, double angle, testing::Random& random) {
  std::vector<Point> trace;
  const double cycle = 60 / beats_per_minute;
  const double wander = random.between(0, 6);
  for (double t = 0; t < seconds; t += 0.008) {
    const double millivolts =
        beat(std::fmod(t + 0.35, cycle), angle) + 0.03 * std::sin(t * 1.7 + wander) + 0.008 * random.normal();
    trace.push_back({at.x + t * 25 * kMillimeter, at.y - millivolts * 10 * kMillimeter});
  }
  paper.stroke(trace, 0.9);
}

void draw_grid(Paper& paper, const Rect& area, Color light, Color strong) {
  int count = 0;
  for (double x = area.x; x <= area.x + area.width; x += kMillimeter) {
    const bool fifth = count++ % 5 == 0;
    paper.line({x, area.y}, {x, area.y + area.height}, fifth ? 0.55 : 0.2, fifth ? strong : light);
  }
  count = 0;
  for (double y = area.y; y <= area.y + area.height; y += kMillimeter) {
    const bool fifth = count++ % 5 == 0;
    paper.line({area.x, y}, {area.x + area.width, y}, fifth ? 0.55 : 0.2, fifth ? strong : light);
  }
}

// --- stamps and cards -----------------------------------------------------------------------------------------------------

void notary_stamp(Paper& paper, Point center) {
  for (double radius : {33.0, 30.0}) {
    std::vector<Point> ring;
    for (int i = 0; i <= 40; ++i)
      ring.push_back({center.x + radius * std::cos(i * kPi / 20), center.y + radius * std::sin(i * kPi / 20)});
    paper.stroke(ring, 0.8, testing::kBlueInk);
  }
  const Type type{"Liberation Sans", 8, true, false, testing::kBlueInk};
  paper.text({center.x, center.y - 14}, "NOTARY", type, Align::Center);
  paper.text({center.x, center.y - 2}, "SEAL", type, Align::Center);
}

void card_outline(Paper& paper, const Rect& card, Color band, const std::string& plan) {
  paper.fill(card, {0.97, 0.98, 1.0});
  paper.fill({card.x, card.y, card.width, 34}, band);
  paper.box(card, 0.8, {0.4, 0.4, 0.4});
  paper.text({card.x + 12, card.y + 7}, plan, Type{"Liberation Sans", 14, true, false, testing::kWhite});
}

}  // namespace

SampleDocument procedure_consent(const Visit& visit, const std::string& procedure) {
  Flow flow(visit, "consent_form", "INFORMED CONSENT FOR SURGERY OR PROCEDURE");
  flow.paragraph("1. I authorize " + visit.attending +
                 " and the assistants whom the surgeon may choose to perform the following operation or procedure:");
  flow.paper().line({flow.left() + 18, flow.y() + 17}, {flow.left() + flow.width(), flow.y() + 17}, 0.7);
  flow.move_to(flow.paper().text({flow.left() + 24, flow.y() + 2}, procedure, flow.body().bolder()) + 8);
  flow.paragraph(
      "2. The nature and purpose of the procedure, the benefits to be expected, the reasonable alternatives, and the risks have "
      "been explained to me. "
      "Among the risks are bleeding, infection, blood clots, injury to nerves or neighboring organs, an unfavorable scar, "
      "reaction to anesthesia, "
      "the need for a further operation and, rarely, death. No guarantee of the result has been given to me.");
  flow.paragraph(
      "3. Should a condition not foreseen be found in the course of the operation, I ask that whatever is necessary in the "
      "judgment of my surgeon be done, "
      "except for the following (write NONE if there is no exception):  NONE");
  flow.paragraph(
      "4. I consent to anesthesia by or under the direction of the department of anesthesiology and understand that its hazards "
      "have been discussed separately.");
  flow.paragraph(
      "5. I consent to the transfusion of blood or blood products if this becomes necessary.  I have read the leaflet on donor "
      "directed units.");
  flow.paragraph(
      "6. Tissue removed may be examined, kept for teaching in a form that does not identify me, and disposed of according to "
      "custom. "
      "Observers and students may be present in the operating room.");
  flow.paragraph(
      "7. I have had the chance to ask questions, they were answered to my satisfaction, and I understand that I may withdraw "
      "this consent before the procedure begins.");
  flow.signature("Signature of patient or legal representative", hand_of(visit.person.given + visit.person.family),
                 plain_date(visit.date));
  flow.signature("Witness to signature", hand_of("Teresa Brandt"), plain_date(visit.date));
  flow.signature("Physician: I have explained the above.  " + visit.attending, hand_of(visit.attending), plain_date(visit.date));
  return flow.finish({"donor directed units", procedure});
}

SampleDocument treatment_consent(const Visit& visit) {
  Flow flow(visit, "consent_form", "GENERAL CONSENT TO TREATMENT AND CONDITIONS OF ADMISSION", 2);
  flow.section("CONSENT TO CARE",
               "I consent to examinations, tests, nursing care and treatment ordered by my physicians. I know that medicine is "
               "not an exact science and that nobody has promised me a cure.");
  flow.section("STUDENTS",
               "This is a teaching institution. Residents and students may take part in my care under supervision. I may ask "
               "them to leave the room at any time.");
  flow.section("VALUABLES",
               "The hospital keeps a safe for money and jewelry. It is not answerable for dentures, hearing aids or spectacles "
               "kept at the bedside.");
  flow.section("RELEASE OF INFORMATION",
               "Information from my record may be given to my insurer so far as is needed for payment, to other providers who "
               "treat me, and where the law requires a report.");
  flow.section("ASSIGNMENT OF BENEFITS",
               "I ask that payments by my insurer be made directly to the hospital and to the physicians who billed. I remain "
               "responsible for deductibles and uncovered services.");
  flow.section("TELEPHONE AND TEXT MESSAGES",
               "I agree to be called or texted about appointments and balances at the number I have given, also by automatic "
               "equipment. I may cancel this in writing.");
  flow.section("PHOTOGRAPHS",
               "Pictures of wounds may be taken for the record. They will not be published without a separate consent.");
  flow.section("PATIENT RIGHTS",
               "I was offered the statement of patient rights and responsibilities and the notice of privacy practices.");
  flow.section("PERSONAL DECISION",
               "I sign this freely. A copy is as good as the original. It stays in force for this admission and for outpatient "
               "visits during the following twelve months.");
  flow.signature("Patient / responsible party", hand_of(visit.person.given + visit.person.family), plain_date(visit.date));
  flow.signature("Hospital witness", hand_of("M. Quist"), plain_date(visit.date));
  return flow.finish({"dentures, hearing aids or spectacles", "assignment of benefits", "teaching institution"});
}

SampleDocument living_will(const Visit& visit) {
  Flow flow(visit, "advance_directive", "ADVANCE HEALTH CARE DIRECTIVE");
  flow.section("PART ONE - DECLARATION", filled("I, the person named above, being of sound mind and at least eighteen years of "
                                                "age, willfully and voluntarily make this declaration to be followed if I become "
                                                "incompetent. It reflects my firm and settled commitment to refuse "
                                                "life-sustaining treatment under the circumstances set out below.",
                                                visit));
  flow.paragraph(
      "I direct my attending physician to withhold or withdraw life-sustaining treatment that serves only to prolong the process "
      "of my dying, if I should be in a terminal "
      "condition or in a state of permanent unconsciousness. I direct that treatment be limited to measures to keep me "
      "comfortable and to relieve pain, including any pain that might "
      "occur by withholding or withdrawing life-sustaining treatment.");
  flow.paragraph(
      "In addition, if I am in the condition described above, I feel especially strong about the following forms of treatment:");
  for (const char* wish : {"I DO NOT want cardiac resuscitation.", "I DO NOT want mechanical respiration.",
                           "I DO NOT want tube feeding or any other artificial or invasive form of nutrition.",
                           "I DO want antibiotics when they add to comfort.", "I DO NOT want kidney dialysis."}) {
    flow.paragraph(wish, 26);
  }
  flow.section("PART TWO - HEALTH CARE AGENT",
               "I name as my agent my nephew Cornelius Applegarth, of Tunkhannock. If he is not willing or able, I name my "
               "neighbor Mrs. Oona Birdsall. My agent may see my records, speak with "
               "my doctors, choose or leave a facility, and refuse treatment on my behalf, and is to be guided by what I have "
               "said to him at my kitchen table.");
  flow.section("PART THREE - SPECIAL WISHES",
               "I should like to be at home with the window open if that can be done without great trouble to others. I do not "
               "wish to be moved to another hospital merely so that a test can be "
               "done. A clergyman is welcome. My dog is to go to the Birdsalls. Organ and tissue donation: corneas only.");
  flow.section("PART FOUR - DURATION",
               "This directive has no expiration date. I may revoke it at any time and in any manner without regard to my mental "
               "or physical condition; the revocation takes effect when the "
               "physician or a witness to it hears of it. A photocopy or scan has the force of the original.");
  flow.section("PART FIVE - PHYSICIAN'S ADVICE",
               "I have been told that a separate order on a brightly colored form is needed to tell ambulance crews that I do "
               "not wish resuscitation, and that this directive alone may not be read by "
               "them in time. I understand that my agent's decision has priority over the opinion of other relatives.");
  flow.signature("Declarant", hand_of(visit.person.given + visit.person.family), plain_date(visit.date));
  flow.paragraph(
      "The declarant knowingly and voluntarily signed this writing in my presence. I am not the agent, an heir, or an employee "
      "of the treating facility.");
  flow.signature("First witness", hand_of("Pryce"), plain_date(visit.date));
  flow.signature("Second witness", hand_of("Dunleavy"), plain_date(visit.date));
  return flow.finish({"Cornelius Applegarth", "permanent unconsciousness", "corneas only"});
}

SampleDocument health_care_proxy(const Visit& visit) {
  Flow flow(visit, "advance_directive", "DURABLE POWER OF ATTORNEY FOR HEALTH CARE");
  flow.paragraph(
      "I appoint my daughter, Marguerite Tolliver, telephone 555-0192, as my health care proxy, to make any and all health care "
      "decisions for me when two physicians have found that I cannot.");
  flow.paragraph(
      "My proxy knows my wishes about artificial nutrition and hydration. She may consent to or refuse any care, treatment or "
      "service, may admit me to or discharge me from any facility, "
      "and may sign releases in my name under the privacy rules.");
  flow.paragraph(
      "Optional limits: no electroconvulsive therapy. No transfer out of the county for long-term care unless there is no bed "
      "within it.");
  flow.paragraph("Alternate proxy: my brother, Ambrose Tolliver. Unless I revoke it, this proxy remains in effect indefinitely.");
  flow.signature("Principal", hand_of(visit.person.given + visit.person.family), plain_date(visit.date));
  flow.section("STATEMENT BY NOTARY PUBLIC",
               "Commonwealth of Pennsylvania, County of Lackawanna. On the date above the principal, known to me, acknowledged "
               "that this instrument was signed for the purposes contained in it.");
  flow.signature("Notary public", hand_of("Notary Hruska"), plain_date(visit.date));
  if (visit.is_signed) notary_stamp(flow.paper(), {470, flow.y() + 44});
  return flow.finish({"Marguerite Tolliver", "electroconvulsive therapy"}, false);
}

SampleDocument fax_cover(const Visit& visit) {
  Flow flow(visit, "referral_fax", "FAX COVER SHEET");
  const Type type = flow.body().sized(13);
  const auto line = [&](const std::string& label, const std::string& value) {
    flow.need(34);
    const double y = flow.y();
    const double below = flow.paper().row(y, {{flow.left(), 0, label}, {flow.left() + 96, 0, value}}, type) + 3;
    flow.paper().line({flow.left() + 92, below}, {flow.left() + flow.width(), below}, 0.5);
    flow.move_to(below + 9);
  };
  line("TO:", "Cardiac Rehabilitation, attention Bettina");
  line("FAX:", "570-555-0185");
  line("FROM:", visit.house->name + ", medical records");
  line("DATE:", shown_date(visit.date, visit.house->dates) + "   10:47 AM");
  line("PAGES:", "1 including this cover");
  line("RE:", visit.shown.name);
  flow.skip(6);
  flow.section("MESSAGE",
               "Please call the above patient to arrange the intake visit. Stress test went well. Prefers mornings; the bus "
               "stops running at four. Prescription for phase II is on its way by mail.");
  flow.skip(20);
  flow.section("CONFIDENTIALITY NOTICE",
               "This facsimile contains health information that is privileged and protected by law. If you are not the person "
               "named above, any reading, copying or passing on is forbidden. "
               "Please telephone the sender at once and shred the pages.");
  return flow.finish({"cardiac rehabilitation", "bus stops running"}, false);
}

SampleDocument referral_fax(const Visit& visit) {
  Flow flow(visit, "referral_fax", "REFERRAL / FACSIMILE TRANSMITTAL");
  flow.paragraph("To: Northeast Pain Management Center          Fax: 570-555-0117");
  flow.paragraph("From: " + visit.attending + ", " + visit.house->name + "          Pages: 2");
  flow.paragraph("Urgency: routine, within three weeks          Authorization: pending with plan");
  flow.section("REFERRAL TO", "Interventional pain service for evaluation and treatment.");
  flow.section("DIAGNOSIS", "Lumbar spinal stenosis with neurogenic claudication (M48.062). Chronic low back pain.");
  flow.section("REASON FOR REFERRAL",
               filled("@N is a @A @S whose legs ache and tingle after one block and who leans on the shopping cart for relief. "
                      "Two courses of physical therapy, the last ending in August, "
                      "and gabapentin up to 1800 mg have not been enough. @H does not want surgery. Please consider an epidural "
                      "steroid injection at L4-5.",
                      visit));
  flow.section("PERTINENT FINDINGS",
               "Lumbar MRI of this spring: severe central stenosis at L4-5 from facet hypertrophy and ligamentum flavum "
               "thickening, moderate at L3-4, grade 1 anterolisthesis. "
               "Strength full, ankle jerks absent, pulses good. Ankle-brachial index 1.08 right and 1.04 left.");
  flow.section("TREATMENT SO FAR",
               "Home exercise on a stationary bicycle, twelve sessions of supervised flexion exercise, acupuncture at own cost, "
               "a lumbar corset that was not worn, and a short course of prednisone "
               "that helped for a week and raised the blood sugar. Spine surgery saw the patient in March and offered a "
               "laminectomy at two levels.");
  flow.section("MEDICATIONS", "Gabapentin 600 mg three times daily, duloxetine 30 mg, rosuvastatin 10 mg, clopidogrel 75 mg.");
  flow.section("ALLERGIES", "Tramadol: itching. No contrast reaction known.");
  flow.section("PAST HISTORY",
               "Coronary stent four years ago; cardiology allows clopidogrel to be stopped for seven days. Hemoglobin A1c 6.1. "
               "Cholecystectomy. Gout.");
  flow.section("FUNCTION",
               "Stands eight minutes, walks ninety yards. Sleeps in a recliner. Oswestry score 48 percent. Wants to dance at a "
               "granddaughter's wedding in October.");
  flow.section("SOCIAL",
               "Lives with spouse on the ground floor. Retired bus driver. No tobacco, no opioids. Needs a driver for the "
               "injection day and an interpreter is not required.");
  flow.section("ENCLOSED", "MRI report, therapy discharge note, medication list, insurance card front and back.");
  flow.section("PLEASE SEND",
               "Your consultation letter to the fax number above. Call the nurse line with any change of anticoagulants. The "
               "patient has been told that your office will telephone.");
  flow.signature("Referring physician", hand_of(visit.attending), plain_date(visit.date));
  flow.paragraph(
      "If pages are missing or illegible call the number on the letterhead. This transmission is confidential and meant only for "
      "the addressee.");
  return flow.finish({"neurogenic claudication", "shopping cart", "granddaughter's wedding"});
}

SampleDocument insurance_cards(const Visit& visit, const std::string& plan, const std::string& member_id) {
  SampleDocument document{"insurance_card", visit, {std::make_shared<Sheet>()}, {plan, member_id}};
  Sheet& sheet = *document.sheets.front();
  Paper& paper = sheet.paper;
  sheet.printed = {"name"};
  if (!visit.shown.dob.empty()) sheet.printed.emplace_back("dob");
  const Type type{"Liberation Sans", 9.5}, small{"Liberation Sans", 7.5};
  const Rect front{150, 120, 312, 196}, back{150, 400, 312, 196};
  card_outline(paper, front, {0.05, 0.25, 0.5}, plan);
  double y = front.y + 44;
  y = paper.row(y, {{front.x + 12, 0, "MEMBER NAME"}, {front.x + 180, 0, "GROUP NO"}}, small);
  y = paper.row(y, {{front.x + 12, 0, visit.shown.name}, {front.x + 180, 0, "LM-" + member_id.substr(member_id.size() - 4)}},
                type.bolder()) +
      6;
  y = paper.row(y, {{front.x + 12, 0, "MEMBER ID"}, {front.x + 180, 0, "DATE OF BIRTH"}}, small);
  y = paper.row(y, {{front.x + 12, 0, member_id}, {front.x + 180, 0, visit.shown.dob}}, type.bolder()) + 6;
  y = paper.row(y, {{front.x + 12, 0, "PLAN PPO SELECT"}, {front.x + 180, 0, "EFFECTIVE " + plain_date(visit.date)}}, small) + 8;
  y = paper.row(
          y, {{front.x + 12, 0, "OFFICE VISIT $25"}, {front.x + 110, 0, "SPECIALIST $45"}, {front.x + 210, 0, "EMERGENCY $150"}},
          small) +
      6;
  paper.row(y, {{front.x + 12, 0, "RX BIN 004336"}, {front.x + 110, 0, "RX PCN ADV"}, {front.x + 210, 0, "RX GRP RX2247"}}, type);
  card_outline(paper, back, {0.35, 0.35, 0.4}, "Member services");
  y = back.y + 46;
  for (const char* line :
       {"Customer service 1-800-555-0134", "Preauthorization 1-800-555-0155", "Nurse line, day and night 1-800-555-0172"})
    y = paper.text({back.x + 12, y}, line, type) + 3;
  paper.paragraph({back.x + 12, y + 6}, back.width - 24,
                  "Claims: P.O. Box 4471, Harrisburg PA 17101. This card does not guarantee coverage. Carry it with you and show "
                  "it each time you receive care. Hospital stays must be certified in advance.",
                  small);
  document.visit.date.clear();  // a card has no date of service
  return document;
}

SampleDocument electrocardiogram(const Visit& visit, double beats_per_minute, const std::string& reading) {
  SampleDocument document{"ecg", visit, {}, {"interpreted by " + visit.attending, reading}};
  document.sheets.push_back(std::make_shared<Sheet>(Sheet{Paper(testing::kLetterLandscape), {}, {}}));
  Sheet& sheet = *document.sheets.front();
  Paper& paper = sheet.paper;
  const Identity& id = visit.shown;
  for (const auto& [text, field] : {std::pair{id.name, "name"}, {id.dob, "dob"}, {id.mrn, "mrn"}}) {
    if (!text.empty()) sheet.printed.emplace_back(field);
  }
  const Type type{"Liberation Sans", 10};
  double y = 34;
  y = paper.row(y,
                {{44, 0, id.name},
                 {250, 0, "ID: " + id.mrn},
                 {400, 0, id.visit_date + "  08:14:22"},
                 {560, 0, visit.house->name.substr(0, 28)}},
                type.bolder());
  char rate[64];
  std::snprintf(rate, sizeof rate, "Vent. rate %d bpm", static_cast<int>(beats_per_minute));
  y = paper.row(y, {{44, 0, "DOB: " + id.dob}, {250, 0, rate}, {400, 0, reading}}, type);
  y = paper.row(y,
                {{44, 0, "12-LEAD ELECTROCARDIOGRAM"},
                 {250, 0, "PR interval 164 ms"},
                 {400, 0, "When compared with the prior ECG, no change"}},
                type);
  y = paper.row(y, {{250, 0, "QRS duration 92 ms"}, {400, 0, "Interpreted by " + visit.attending}}, type);
  paper.row(y, {{250, 0, "QT/QTc 392/428 ms"}, {400, 0, "Confirmed"}}, type);
  const Rect area{44, 108, 250 * kMillimeter, 158 * kMillimeter};
  draw_grid(paper, area, {0.98, 0.82, 0.82}, {0.95, 0.62, 0.62});
  testing::Random random(hand_of(id.mrn + reading));
  const double quarter = area.width / 4, seconds = 2.5;
  const char* names[3][4] = {{"I", "aVR", "V1", "V4"}, {"II", "aVL", "V2", "V5"}, {"III", "aVF", "V3", "V6"}};
  const double angles[3][4] = {{0, -150, 150, 40}, {60, -30, 120, 30}, {120, 90, 85, 20}};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      const Point at{area.x + column * quarter, area.y + 52 + row * 108};
      draw_lead(paper, at, seconds, beats_per_minute, angles[row][column], random);
      paper.text({at.x + 4, at.y - 42}, names[row][column], type.bolder());
    }
  }
  draw_lead(paper, {area.x, area.y + 52 + 3 * 108}, 10, beats_per_minute, 60, random);
  paper.text({area.x + 4, area.y + 52 + 3 * 108 - 42}, "II", type.bolder());
  paper.text({44, 570}, "25 mm/s   10 mm/mV   150 Hz   Technician: 0417", type.sized(8.5));
  return document;
}

}  // namespace chartscan::samples
