// What physicians dictated in the clinic and on the ward: admissions, notes and consultations. Invented.
#include "samples/narrative.h"

namespace chartscan::samples {

const Narrative& chest_pain_admission() {
  static const Narrative text{
      "history_physical",
      "HISTORY AND PHYSICAL EXAMINATION",
      {{"CHIEF COMPLAINT", "Pressure in the chest since breakfast."},
       {"HISTORY OF PRESENT ILLNESS",
        R"(@N is a @A retired foundry worker who was carrying storm windows up from the cellar this morning when @h noticed
a heavy pressure behind the breastbone. It spread to the left jaw, lasted about twenty-five minutes and eased when @h sat down. There was
sweating but no vomiting and no loss of consciousness. @H had two shorter spells earlier in the week, both while climbing the hill to the
post office, and put them down to indigestion. An aspirin was given by the ambulance crew. On arrival @h was free of pain.)"},
       {"PAST MEDICAL HISTORY",
        R"(Hypertension for about fifteen years. Hyperlipidemia. Type 2 diabetes mellitus controlled by diet and metformin.
Benign prostatic hyperplasia. Appendectomy as a boy. Left inguinal hernia repair. No previous myocardial infarction and no stroke.)"},
       {"MEDICATIONS",
        R"(Amlodipine 5 mg daily, simvastatin 20 mg at bedtime, metformin 850 mg twice daily with meals, tamsulosin 0.4 mg at bedtime,
and an occasional antacid tablet.)"},
       {"ALLERGIES", "Sulfonamides, which caused hives in childhood. No reaction to contrast material is known."},
       {"SOCIAL HISTORY",
        R"(Lives with @o wife in a two-storey house. Smoked a pack a day for thirty years and stopped in 1998. One or two beers
at the weekend. Walks the dog morning and evening and is independent in all activities of daily living.)"},
       {"FAMILY HISTORY",
        "Father died of a heart attack at 58. Mother lived to 91. One brother has had coronary bypass surgery."},
       {"REVIEW OF SYSTEMS",
        R"(Constitutional: no fever or weight loss. Respiratory: morning cough, no hemoptysis. Gastrointestinal: occasional
heartburn, no melena. Genitourinary: nocturia twice nightly. Musculoskeletal: stiff fingers in cold weather. Neurologic: negative.
All other systems were reviewed and are negative.)"},
       {"PHYSICAL EXAMINATION",
        R"(A comfortable, well-nourished gentleman in no distress. Blood pressure 158/92, pulse 84 and regular, respirations 16,
temperature 36.7, oxygen saturation 96 percent on room air. Head and neck: sclerae anicteric, oropharynx moist, no carotid bruit.
Lungs: clear to percussion and auscultation. Heart: regular rhythm, soft fourth heart sound at the apex, no murmur or rub.
Abdomen: soft, old appendectomy scar, no organomegaly or tenderness. Extremities: no edema, pedal pulses present bilaterally.
Skin: seborrheic keratoses on the back. Neurologic: alert, oriented, cranial nerves intact, strength equal in all limbs.)"},
       {"DATA",
        R"(Electrocardiogram: sinus rhythm, one millimeter of ST depression in leads V4 through V6, new when compared with a tracing
of two years ago. First troponin I 0.09. Hemoglobin 14.1, platelet count 212, creatinine 1.1, potassium 4.3, glucose 168.
Portable chest film without infiltrate or effusion.)"},
       {"ASSESSMENT",
        R"(1. Unstable angina pectoris, probable non-ST elevation myocardial infarction, intermediate risk.
2. Hypertension, not at goal. 3. Diabetes mellitus type 2. 4. Hyperlipidemia.)"},
       {"PLAN",
        R"(Admit to the telemetry unit. Aspirin, atorvastatin 80 mg, metoprolol tartrate 25 mg every twelve hours, and weight-adjusted
enoxaparin. Serial troponin measurements every six hours. Metformin is withheld in view of coronary angiography, which is planned for
tomorrow. Cardiology has been consulted. Code status was discussed with @N and @o wife: full resuscitation is wished.)"}},
      {"storm windows", "foundry worker", "unstable angina pectoris"}};
  return text;
}

const Narrative& breathless_admission() {
  static const Narrative text{
      "history_physical",
      "ADMISSION HISTORY & PHYSICAL",
      {{"CHIEF COMPLAINT", "Short of breath and swollen legs for ten days."},
       {"HISTORY OF PRESENT ILLNESS",
        R"(This @A @S with known cardiomyopathy has been sleeping in the armchair for the past week because lying flat makes @o cough.
@H ran out of torsemide before the holiday and did not refill it. Weight at home has risen from 71 to 78 kilograms. There has been no chest
pain, fever or bloody sputum. @H ate salted herring at two family parties.)"},
       {"PAST HISTORY",
        R"(Nonischemic cardiomyopathy with an ejection fraction of 30 percent. Paroxysmal atrial fibrillation, anticoagulated.
Hypothyroidism. Chronic kidney disease stage 3. Right knee replacement. Cataract extraction, both eyes.)"},
       {"HOME MEDICATIONS",
        R"(Torsemide 40 mg daily (not taken), carvedilol 12.5 mg twice daily, sacubitril-valsartan 49/51 mg twice daily,
apixaban 5 mg twice daily, levothyroxine 88 micrograms daily.)"},
       {"ALLERGIES", "Penicillin (rash). Adhesive tape."},
       {"FAMILY AND SOCIAL HISTORY",
        R"(Two sisters with weak hearts, cause unknown; genetic testing was declined in the past. Never smoked. Worked thirty years as a
librarian at the community college. A neighbor brings the mail. Bathes and dresses without help, uses a cane outdoors.)"},
       {"REVIEW OF SYSTEMS",
        "Poor appetite and early fullness. No melena. Sleeps propped up. Nocturnal leg cramps. No palpitations felt. Otherwise "
        "negative."},
       {"PHYSICAL EXAMINATION",
        R"(Tachypneic, speaks in short sentences. Blood pressure 104/66, pulse 112 irregularly irregular, saturation 89 percent on room
air. Jugular veins distended to the angle of the jaw. Crackles over the lower half of both lung fields. Third heart sound. Liver edge three
fingers below the costal margin. Pitting edema to the thighs. Alert and appropriate.)"},
       {"LABORATORY AND IMAGING",
        R"(NT-proBNP 9,840. Sodium 131, creatinine 1.7 from a baseline of 1.3. TSH 4.9. Chest radiograph with cephalization,
Kerley B lines and small bilateral effusions.)"},
       {"IMPRESSION AND PLAN",
        R"(Acute on chronic systolic heart failure brought on by missed diuretic and salt. Intravenous furosemide 80 mg twice daily with
strict intake and output, daily standing weights, two-gram sodium diet and a fluid limit of 1.5 liters. Hold sacubitril-valsartan until the
pressure allows. Rate control with carvedilol. Pharmacy to arrange refills by mail before discharge.)"}},
      {"salted herring", "torsemide", "Kerley B lines"}};
  return text;
}

const Narrative& diabetes_follow_up() {
  static const Narrative text{
      "progress_note",
      "PROGRESS NOTE",
      {{"SUBJECTIVE",
        R"(@N returns for @o three-month diabetes visit. Fasting fingersticks run from 118 to 160. @H has cut out sweetened iced tea and
walks at the mall on weekdays. Two mild hypoglycemic episodes before supper, both after skipping lunch. Feet burn a little at night.
No polyuria, no blurred vision. Takes @o tablets faithfully.)"},
       {"OBJECTIVE",
        R"(Weight 94.2 kg, down 1.8. Blood pressure 134/78, pulse 72. Monofilament felt at eight of ten points on the left foot and nine on
the right. No ulcer, one callus under the left great toe. Hemoglobin A1c 7.4 percent, was 8.6. LDL cholesterol 88.
Urine albumin-creatinine ratio 42.)"},
       {"ASSESSMENT",
        R"(Type 2 diabetes mellitus with early peripheral neuropathy and microalbuminuria, clearly improved. Essential hypertension.
Obesity class 1.)"},
       {"PLAN",
        R"(Lower glipizide to 2.5 mg before breakfast only. Continue metformin extended release 2000 mg. Start empagliflozin 10 mg daily;
genital hygiene and sick-day rules explained. Podiatry for the callus. Retinal photographs are due in the spring. Pneumococcal vaccine
offered and accepted. Return in three months with a glucose diary.)"}},
      {"iced tea", "glipizide", "microalbuminuria"}};
  return text;
}

const Narrative& wound_check_note() {
  static const Narrative text{
      "progress_note",
      "OFFICE VISIT - WOUND CHECK",
      {{"SUBJECTIVE",
        R"(Tenth day after the dog bite to the right forearm. Finished amoxicillin-clavulanate yesterday. The neighbor's animal has
remained healthy under observation. Itching but no throbbing pain, no fever or chills. @N has kept the arm out of dishwater.)"},
       {"OBJECTIVE",
        R"(Afebrile. Four puncture wounds and one laceration of 3 cm, edges approximated with adhesive strips. Granulating cleanly, no
purulence, minimal surrounding erythema. Full flexion and extension of wrist and fingers. Sensation intact over the thumb web.
No epitrochlear or axillary nodes.)"},
       {"ASSESSMENT", "Healing canine bite of the right forearm without infection."},
       {"PLAN",
        R"(Strips may come off in the shower. Petrolatum and a light gauze for five more days, then sunscreen on the scar for a year.
Tetanus-diphtheria booster was given at the first visit. County animal control has closed the case. Return if needed.)"}},
      {"dog bite", "animal control", "epitrochlear"}};
  return text;
}

const Narrative& migraine_note() {
  static const Narrative text{
      "progress_note",
      "PROGRESS NOTES",
      {{"S:",
        R"(@A @S with migraine since college. Eleven headache days in the past month, up from four. Begins with zigzag lines in the left
visual field, then throbbing behind the eye, nausea and dislike of light. Sumatriptan helps if taken early but @h has been rationing it.
New job with rotating night shifts at the bottling plant. Sleeps five hours. Three cups of coffee.)"},
       {"O:",
        R"(Blood pressure 118/70. Fundi sharp. Pupils equal. Cranial nerves, gait, coordination and reflexes are normal. Neck supple with
tender trapezius on the left. Headache diary reviewed.)"},
       {"A:",
        "Migraine with aura, now high frequency, provoked by shift work and poor sleep. No warning signs for a secondary "
        "headache."},
       {"P:",
        R"(Topiramate 25 mg at night, rising by 25 mg each week to 50 mg twice daily; tingling, word-finding trouble and the need for
reliable contraception were explained. Sumatriptan 100 mg, nine tablets. Letter for the employer asking for fixed day shifts. Magnesium
400 mg at bedtime. Review in eight weeks.)"}},
      {"zigzag lines", "bottling plant", "topiramate"}};
  return text;
}

const Narrative& ward_round_note() {
  static const Narrative text{
      "progress_note",
      "DAILY PROGRESS NOTE",
      {{"INTERVAL HISTORY",
        R"(Hospital day 3. Slept well after the chest tube was put to water seal. Pain 3 of 10 with deep breaths. Ate most of breakfast.
Walked the hall twice with the physical therapist. No air leak overnight.)"},
       {"EXAMINATION",
        R"(Temperature 37.1, blood pressure 126/74, pulse 78, respirations 18, saturation 95 percent on one liter. Breath sounds slightly
less on the right base. Tube site dry, 60 ml of serous drainage in 24 hours. Subcutaneous emphysema over the right flank is shrinking.
Abdomen soft. Calves soft.)"},
       {"DATA",
        "White count 8.4, hemoglobin 12.6, sodium 138, creatinine 0.8. Morning film: lung fully expanded, ribs 6 to 8 fractured "
        "on the right."},
       {"ASSESSMENT AND PLAN",
        R"(Traumatic pneumothorax with rib fractures after a fall from a hayloft, improving. Clamp trial this noon and remove the tube if the
film stays good. Incentive spirometer ten times an hour while awake. Change hydromorphone to oral oxycodone with scheduled acetaminophen.
Lidocaine patch. Heparin prophylaxis. Likely home tomorrow with @o sister.)"}},
      {"hayloft", "water seal", "subcutaneous emphysema"}};
  return text;
}

const Narrative& cardiology_consult() {
  static const Narrative text{
      "consult_note",
      "CARDIOLOGY CONSULTATION",
      {{"REASON FOR CONSULTATION", "Palpitations and a pause of 3.4 seconds on the ambulatory monitor."},
       {"REQUESTING PHYSICIAN", "Dr. Amelia Strand, Internal Medicine."},
       {"HISTORY",
        R"(Thank you for asking us to see this pleasant @A @S. For a year @h has had spells of fluttering that come on in the evening and
last for minutes to an hour. Twice in the past month the fluttering stopped with a gray-out, once at the kitchen sink. There was no injury.
No exertional chest discomfort. The monitor worn for fourteen days shows atrial fibrillation for six percent of the time, rates to 150, and
four conversion pauses, the longest 3.4 seconds while awake.)"},
       {"CARDIOVASCULAR RISK", "Hypertension, treated. Never smoked. No diabetes. Cholesterol normal. Mother had a pacemaker."},
       {"PAST MEDICAL HISTORY",
        R"(Hypertension since 2009. Diverticulosis found at colonoscopy. Migraine until the age of fifty. Tonsillectomy. Repair of a torn
rotator cuff on the left. No stroke, transient ischemic attack, thyroid disease or sleep apnea. No bleeding from any site.)"},
       {"SOCIAL HISTORY",
        R"(Retired piano tuner, still gives lessons. One cup of tea in the morning, no coffee since the palpitations began. A glass of wine on
Sundays. Lives alone on the third floor without an elevator and does all of the shopping on foot.)"},
       {"MEDICATIONS", "Hydrochlorothiazide 25 mg, calcium with vitamin D, diltiazem 120 mg begun last week."},
       {"EXAMINATION",
        R"(Blood pressure 142/80 lying and 136/80 standing. Pulse 54 and regular. Venous pressure normal. Apex not displaced. Soft systolic
ejection murmur at the right upper border. Lungs clear. No edema. Carotid massage on the right produces sinus slowing to 44.)"},
       {"LABORATORY",
        "Sodium 140, potassium 4.0, magnesium 2.1, creatinine 0.9, hemoglobin 13.2, platelets 240, TSH 1.8, troponin not "
        "raised."},
       {"ELECTROCARDIOGRAM",
        "Sinus bradycardia of 54, PR interval 210 milliseconds, narrow QRS, no ischemic change. First degree block is new."},
       {"ECHOCARDIOGRAM",
        "Normal left ventricular size, ejection fraction 62 percent, left atrium mildly enlarged, mild aortic sclerosis."},
       {"IMPRESSION",
        R"(Tachycardia-bradycardia syndrome with symptomatic conversion pauses. CHA2DS2-VASc score of 4. Diltiazem has made the slow phases
slower and treats only half of the disorder.)"},
       {"RECOMMENDATIONS",
        R"(1. Stop diltiazem today. 2. Dual chamber permanent pacemaker; benefits and hazards including lead dislodgement, infection and
pneumothorax were explained, and @h wishes to proceed next week. 3. Apixaban 5 mg twice daily beginning two days after implantation.
4. Metoprolol succinate 25 mg once the device is in. 5. No driving until then. We will follow with you. Thank you for this referral.)"}},
      {"conversion pauses", "tachycardia-bradycardia syndrome", "kitchen sink"}};
  return text;
}

const Narrative& nephrology_consult() {
  static const Narrative text{
      "consult_note",
      "CONSULTATION REPORT",
      {{"SERVICE", "Nephrology"},
       {"REASON FOR CONSULTATION", "Rising creatinine and foamy urine."},
       {"HISTORY OF PRESENT ILLNESS",
        R"(@N is a @A @S whose creatinine has gone from 0.9 to 1.8 over eight months. @H noticed foam in the toilet bowl in the fall and
ankle swelling by New Year. There is a long use of naproxen for back pain, up to four tablets daily. No rash, joint swelling, hemoptysis or
sinus disease. No family history of kidney disease.)"},
       {"EXAMINATION",
        "Blood pressure 152/94. No periorbital edema. Lungs clear. Two plus ankle edema. No costovertebral tenderness. Prostate "
        "examination deferred."},
       {"LABORATORY DATA",
        R"(Creatinine 1.82, urea nitrogen 31, potassium 5.1, bicarbonate 21, albumin 3.1. Urine protein 3.8 g per day, no red cell casts.
Hepatitis B and C negative. Anti-PLA2R antibody 96, positive. Serum free light chain ratio normal. Ultrasound: kidneys 11.2 and 11.5 cm.)"},
       {"IMPRESSION",
        "Nephrotic range proteinuria, most consistent with primary membranous nephropathy; analgesic injury may contribute."},
       {"RECOMMENDATIONS",
        R"(Stop naproxen for good. Losartan 50 mg, potassium in one week. Furosemide 20 mg in the morning. Kidney biopsy under ultrasound,
consent to be obtained. Should it confirm the impression, six months of observation or rituximab depending on the antibody trend.
Pneumococcal and hepatitis B vaccination beforehand. Low sodium diet sheet was given.)"}},
      {"foamy urine", "membranous nephropathy", "naproxen"}};
  return text;
}

const Narrative& rheumatology_consult() {
  static const Narrative text{
      "consult_note",
      "RHEUMATOLOGY CONSULTATION",
      {{"",
        R"(Dear Colleague: Thank you for referring @N, a @A @S, for an opinion about painful hands. I had the pleasure of seeing @o in
consultation today.)"},
       {"HISTORY",
        R"(Since the early summer both hands have been stiff for two hours each morning, so that buttons and jar lids defeat @o. The wrists,
knuckles and the balls of the feet swell. Evening fatigue. No psoriasis, no bowel trouble, no tick exposure. Ibuprofen gives half relief.)"},
       {"EXAMINATION",
        R"(Symmetric synovitis of the second to fourth metacarpophalangeal joints and both wrists; swollen joint count 9, tender joint count 14.
Squeeze test positive across the forefeet. No nodules. Grip 110 mmHg right, 96 left. Chest clear, no rash.)"},
       {"INVESTIGATIONS",
        R"(Rheumatoid factor 88, anti-CCP above 250, C-reactive protein 31, sedimentation rate 54, antinuclear antibody negative.
Hand films: periarticular osteopenia and one marginal erosion of the left ulnar styloid.)"},
       {"OPINION", "Early seropositive erosive rheumatoid arthritis of moderate to high activity."},
       {"RECOMMENDATIONS",
        R"(Methotrexate 15 mg once weekly with folic acid 5 mg the day after; prednisone 10 mg tapered over six weeks as a bridge. Baseline
liver tests, hepatitis serology and chest film have been ordered. Alcohol to a minimum, no live vaccines. Hand therapy for splints.
Blood counts every two weeks at your office for the first six weeks, if you would be so kind. I shall see @o again in six weeks.)"}},
      {"jar lids", "anti-CCP", "methotrexate"}};
  return text;
}

}  // namespace chartscan::samples
