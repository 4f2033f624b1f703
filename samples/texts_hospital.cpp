// What was dictated in theatre, laboratory and imaging, at discharge, and in letters. Invented.
#include "samples/narrative.h"

namespace chartscan::samples {

const Narrative& gallbladder_operation() {
  static const Narrative text{
      "operative_report",
      "OPERATIVE REPORT",
      {{"PREOPERATIVE DIAGNOSIS", "Symptomatic cholelithiasis with chronic cholecystitis."},
       {"POSTOPERATIVE DIAGNOSIS", "Same, with dense omental adhesions."},
       {"PROCEDURE PERFORMED", "Laparoscopic cholecystectomy with intraoperative cholangiogram."},
       {"SURGEON / ASSISTANT", "Helen Marsh, MD / P. Odom, PA-C."},
       {"ANESTHESIA", "General endotracheal."},
       {"ESTIMATED BLOOD LOSS", "25 ml."},
       {"SPECIMENS", "Gallbladder with stones to pathology."},
       {"COMPLICATIONS", "None."},
       {"INDICATIONS",
        R"(@N is a @A @S with four attacks of right upper quadrant pain after fatty meals since Easter. Ultrasound showed several stones
and a thickened wall. The hazards of the operation, among them bleeding, infection, bile leak, injury to the common duct and conversion to an
open procedure, were explained, and informed consent was signed.)"},
       {"FINDINGS",
        R"(The gallbladder was chronically inflamed and wrapped in omentum. Seven faceted stones, the largest 14 mm. The cystic duct was
short. The cholangiogram filled the whole biliary tree, with free flow into the duodenum and no filling defect.)"},
       {"DESCRIPTION OF PROCEDURE",
        R"(After the time-out the patient was placed supine, the abdomen was prepared with chlorhexidine and draped. A Veress needle was
introduced at the umbilicus and pneumoperitoneum established to 15 mmHg. A 10 mm port was placed there and three 5 mm ports under direct
vision below the right costal margin. The fundus was lifted over the liver. Adhesions were taken down with blunt dissection and sparing
cautery. The peritoneum over the triangle of Calot was opened on both sides and the hepatocystic triangle cleared until only two structures
entered the gallbladder and the lower third of the liver bed was free: the critical view of safety was obtained and photographed.
The cystic artery was clipped twice proximally and once distally and divided. The cystic duct was clipped on the gallbladder side, opened,
and a catheter threaded for the cholangiogram described above. The catheter was withdrawn, two clips were placed on the stump and the duct
was divided. The gallbladder was taken off its bed with the hook. Hemostasis was good. The specimen was removed in a bag through the umbilical
port. The bed was irrigated until clear; no bile was seen. Ports were withdrawn under vision, the umbilical fascia was closed with a
figure-of-eight of number 0 absorbable suture and the skin with subcuticular stitches and glue.)"},
       {"DISPOSITION",
        "Sponge, needle and instrument counts were correct twice. The patient was extubated and went to the recovery room in "
        "stable condition."}},
      {"triangle of Calot", "Veress needle", "critical view of safety"}};
  return text;
}

const Narrative& hip_operation() {
  static const Narrative text{
      "operative_report",
      "REPORT OF OPERATION",
      {{"PREOPERATIVE DIAGNOSIS", "Displaced fracture of the left femoral neck."},
       {"POSTOPERATIVE DIAGNOSIS", "Displaced fracture of the left femoral neck."},
       {"OPERATION", "Left hip hemiarthroplasty, cemented, bipolar head."},
       {"ANESTHESIA", "Spinal with light sedation."},
       {"ESTIMATED BLOOD LOSS", "180 ml. No transfusion."},
       {"IMPLANTS", "Polished taper stem size 3, standard offset; bipolar shell 47 mm; 28 mm head, minus 3."},
       {"INDICATION",
        R"(This @A @S tripped over a garden hose and could not rise. Films showed a Garden IV fracture. @H walked without aid before the fall.
Options were explained to @o and to the family.)"},
       {"PROCEDURE",
        R"(In the lateral position with all bony points padded, the hip was approached through the direct lateral interval. The anterior third
of the gluteus medius was reflected with a cuff for repair. The capsule was opened in a T. The head was removed with a corkscrew and measured
47 mm. The neck was cut a finger above the lesser trochanter. The canal was opened laterally, broached to size 3, a restrictor placed at
depth, the canal lavaged with pulsed saline and dried. Cement was mixed under vacuum and introduced retrograde by gun; the anesthetist was told
beforehand and pressure held steady. The stem was inserted in fifteen degrees of anteversion. After a trial the head was impacted and the hip
reduced: stable in extension with external rotation and in flexion to ninety degrees, leg lengths equal. Capsule and abductors were repaired
through drill holes. Layered closure, dry dressing.)"},
       {"FINDINGS",
        R"(The fracture was displaced with comminution of the posterior neck. The head was soft and showed no tumor; it was sent for histology.
The acetabular cartilage was well kept apart from a patch of softening in the dome. The labrum was intact. Bone stock of the calcar was fair.)"},
       {"COUNTS AND DRAINS",
        "All counts were correct. No drain was left. Tranexamic acid 1 g was given before the incision and again at closure."},
       {"CONDITION", "The patient left the theatre awake, with a pain score of 1 and both feet warm, moving all toes."},
       {"POSTOPERATIVE PLAN",
        "Weight bearing as tolerated from tomorrow. Cefazolin for 24 hours. Enoxaparin for 35 days. Bone protection clinic."}},
      {"garden hose", "hemiarthroplasty", "gluteus medius"}};
  return text;
}

const Narrative& carpal_tunnel_operation() {
  static const Narrative text{
      "operative_report",
      "OPERATIVE NOTE",
      {{"PREOPERATIVE DIAGNOSIS", "Carpal tunnel syndrome, right."},
       {"POSTOPERATIVE DIAGNOSIS", "The same."},
       {"PROCEDURE", "Open decompression of the right median nerve at the wrist."},
       {"ANESTHESIA", "Local infiltration, lidocaine 1 percent with epinephrine, wide awake."},
       {"BLOOD LOSS", "Minimal."},
       {"FINDINGS",
        "Hourglass narrowing of the median nerve below a thick transverse carpal ligament. Flexor synovium slightly thickened. "
        "No ganglion."},
       {"DETAILS",
        R"(The hand was prepared on the arm table. An incision of 2.5 cm was made in line with the radial border of the ring finger from the
cardinal line of Kaplan towards the wrist crease. The palmar fascia was split. The ligament was divided under vision along its ulnar side,
distally until fat appeared and proximally for 2 cm beneath the skin with the nerve shielded. The recurrent motor branch was extraligamentous
and intact. Bleeding points were touched with the bipolar forceps. Skin was closed with nylon 4-0. Bulky dressing with the fingers free;
@h moved the thumb against resistance on the table.)"},
       {"FOLLOW-UP",
        "Stitches out in twelve days. Keep the hand above the heart. Light use at once, no heavy gripping for six weeks."}},
      {"median nerve", "line of Kaplan", "ring finger"}};
  return text;
}

const Narrative& pneumonia_discharge() {
  static const Narrative text{
      "discharge_summary",
      "DISCHARGE SUMMARY",
      {{"ADMISSION DIAGNOSIS", "Community-acquired pneumonia."},
       {"DISCHARGE DIAGNOSES",
        R"(1. Pneumococcal pneumonia of the right lower lobe with bacteremia. 2. Parapneumonic effusion, drained. 3. Chronic obstructive
pulmonary disease. 4. Acute kidney injury, resolved. 5. Protein-calorie malnutrition, mild.)"},
       {"PROCEDURES",
        "Ultrasound-guided thoracentesis on the right, 640 ml. Peripherally inserted central catheter, left arm, removed before "
        "discharge."},
       {"HISTORY",
        R"(@N is a @A retired school crossing guard with emphysema who came to the emergency department after four days of rigors, rusty
sputum and pleuritic pain. @H had visited @o great-grandchildren, all of whom had colds. Please see the admission note for details.)"},
       {"HOSPITAL COURSE",
        R"(On arrival temperature 39.4, pulse 118, saturation 84 percent on room air. Radiograph with dense right lower lobe consolidation.
Blood cultures grew Streptococcus pneumoniae in two of two sets within eleven hours, sensitive to penicillin. Ceftriaxone and azithromycin were
begun in the emergency department and narrowed on the third day. Fever persisted, and an ultrasound on day four found a simple effusion; 640 ml
of straw-colored fluid was withdrawn, pH 7.34, glucose 71, no organisms. @H became afebrile the following day.

The creatinine rose to 2.1 on the second day and came back to 1.0 with fluids and withholding lisinopril. Bronchospasm was treated with
nebulized ipratropium-albuterol and five days of prednisone. @O oxygen need fell from six liters to none at rest and one liter on walking.
The dietitian added supplements between meals. Physical therapy found @o safe on stairs with one rail. Swallowing was checked by the speech
pathologist and is normal.)"},
       {"CONDITION AT DISCHARGE",
        "Stable. Temperature 36.6, blood pressure 128/70, saturation 93 percent on room air at rest. Weight 52.3 kg."},
       {"DISCHARGE MEDICATIONS",
        R"(Amoxicillin 1 g three times daily until the tenth day of the coming month. Tiotropium 18 micrograms inhaled daily. Albuterol inhaler
two puffs every four hours when needed. Lisinopril 10 mg daily, restarted. Acetaminophen 650 mg every six hours when needed. Guaifenesin
600 mg twice daily. STOPPED: ibuprofen.)"},
       {"DISPOSITION", "Home with visiting nurse and portable oxygen for walking."},
       {"PENDING RESULTS", "Pleural fluid acid-fast culture. Legionella antigen was negative."},
       {"FOLLOW-UP",
        R"(Dr. Strand in one week with creatinine. Chest radiograph in six weeks to show clearing; a mass behind the consolidation must be excluded
in a former smoker. Pulmonary function tests in three months. Pneumococcal conjugate and influenza vaccines at the first visit.)"},
       {"INSTRUCTIONS TO PATIENT",
        R"(Finish all of the antibiotic. Drink eight glasses of fluid a day. Use the incentive spirometer hourly. Come back or call 911 for
worse breathing, confusion, chest pain or fever above 38.5. No smoking in the house. You may drive when you no longer need oxygen to walk.)"}},
      {"crossing guard", "straw-colored fluid", "Streptococcus pneumoniae"}};
  return text;
}

const Narrative& stroke_discharge() {
  static const Narrative text{
      "discharge_summary",
      "PHYSICIAN DISCHARGE SUMMARY",
      {{"PRINCIPAL DIAGNOSIS", "Acute ischemic infarct, left middle cerebral artery territory, cardioembolic."},
       {"SECONDARY DIAGNOSES", "New atrial fibrillation. Hypertension. Expressive aphasia, improving. Vitamin B12 deficiency."},
       {"BRIEF HISTORY",
        R"(@N, a @A right-handed @S, was last seen well at 06:50 and found at 07:40 by the newspaper carrier with right-sided weakness and
unable to name objects. NIH stroke scale 11 on arrival.)"},
       {"HOSPITAL COURSE",
        R"(Head CT without hemorrhage; CT angiogram with an occluded M2 branch. Tenecteplase was given at 08:31, fifty-one minutes after discovery.
Thrombectomy was not required because the branch had reopened on the table. Stroke scale 5 the next morning and 3 at discharge. Telemetry
showed atrial fibrillation on the second night. Echocardiogram: enlarged left atrium, no thrombus, ejection fraction 55 percent. Apixaban was
started on day six after a repeat CT without bleeding. Swallowing study passed on the third day with thin liquids. Speech therapy daily.)"},
       {"DISCHARGE MEDICATIONS",
        "Apixaban 5 mg twice daily. Atorvastatin 40 mg at bedtime. Metoprolol succinate 50 mg daily. Cyanocobalamin 1000 "
        "micrograms daily."},
       {"DISPOSITION AND FOLLOW-UP",
        R"(Transferred to the acute rehabilitation unit. Stroke clinic in four weeks. Blood pressure goal below 130/80. Driving is to be taken up
again only after an occupational therapy road test. @O daughter has the names of the local aphasia group.)"}},
      {"newspaper carrier", "tenecteplase", "aphasia group"}};
  return text;
}

const Narrative& gallbladder_pathology() {
  static const Narrative text{
      "pathology_report",
      "SURGICAL PATHOLOGY REPORT",
      {{"ACCESSION NUMBER", "S24-01877"},
       {"SPECIMEN", "Gallbladder."},
       {"CLINICAL INFORMATION", "Symptomatic gallstones, chronic cholecystitis."},
       {"FINAL DIAGNOSIS",
        R"(GALLBLADDER, CHOLECYSTECTOMY: Chronic cholecystitis with cholelithiasis. Cholesterolosis. Focal pyloric gland metaplasia. One benign
cystic duct lymph node. No dysplasia and no malignancy is seen.)"},
       {"GROSS DESCRIPTION",
        R"(Received in formalin, labeled with the patient's name and "gallbladder", is an intact gallbladder, 8.2 x 3.1 x 2.8 cm. The serosa is
tan-green with adherent fat. The wall is up to 0.6 cm thick. The mucosa is bile stained with yellow flecks. The lumen holds seven faceted
yellow-brown stones from 0.4 to 1.4 cm. Representative sections: A1, cystic duct margin and node; A2-A3, body and fundus.)"},
       {"MICROSCOPIC DESCRIPTION",
        R"(Sections show Rokitansky-Aschoff sinuses, mural fibrosis and a patchy lymphocytic infiltrate. Foamy macrophages distend the tips of
the villi. The duct margin is free of inflammation.)"},
       {"COMMENT", "Findings agree with the clinical history. This case was reviewed at the daily consensus conference."}},
      {"Rokitansky-Aschoff", "pyloric gland metaplasia", "S24-01877"}};
  return text;
}

const Narrative& skin_pathology() {
  static const Narrative text{
      "pathology_report",
      "DERMATOPATHOLOGY REPORT",
      {{"CASE NUMBER", "D24-3390"},
       {"SPECIMENS", "A. Left temple, shave. B. Upper back, punch of 4 mm."},
       {"DIAGNOSIS",
        R"(A. SKIN, LEFT TEMPLE: Basal cell carcinoma, nodular type, extending to the deep and one lateral margin. B. SKIN, UPPER BACK:
Lentiginous junctional melanocytic nevus with mild architectural disorder; margins free in the planes examined.)"},
       {"GROSS DESCRIPTION",
        R"(A. A pearly shave of 0.9 x 0.7 x 0.2 cm, inked blue, trisected, entirely submitted. B. A cylinder of skin 0.4 cm across and 0.5 cm
deep with a brown macule, inked black, bisected, entirely submitted.)"},
       {"MICROSCOPIC DESCRIPTION",
        R"(A. Islands of basaloid cells with peripheral palisading and clefts lie in a fibromyxoid stroma. B. Nests of melanocytes are confined to
the tips of the rete ridges; SOX10 shows no upward spread.)"},
       {"RECOMMENDATION", "A. Re-excision or Mohs surgery is advised. B. No further treatment is needed on histologic grounds."}},
      {"peripheral palisading", "fibromyxoid stroma", "D24-3390"}};
  return text;
}

const Narrative& chest_radiograph() {
  static const Narrative text{
      "radiology_report",
      "RADIOLOGY REPORT",
      {{"EXAM", "Chest, two views, PA and lateral."},
       {"INDICATION", "Cough for five weeks, recent travel."},
       {"COMPARISON", "Outside film of four years ago, report only."},
       {"TECHNIQUE", "Upright PA and left lateral projections."},
       {"FINDINGS",
        R"(The cardiac silhouette is at the upper limit of normal. The aorta is tortuous and calcified at the knob. There is a lingular opacity
with volume loss and a faint air bronchogram. The right lung is clear. No pleural effusion or pneumothorax. Old healed fracture of the left
seventh rib. Flowing ossification along the anterior thoracic spine.)"},
       {"IMPRESSION",
        R"(1. Lingular atelectasis or pneumonia. Follow-up film in four to six weeks is recommended until it has cleared. 2. Diffuse idiopathic
skeletal hyperostosis. 3. No evidence of heart failure.)"}},
      {"lingular opacity", "skeletal hyperostosis"}};
  return text;
}

const Narrative& knee_mri() {
  static const Narrative text{
      "radiology_report",
      "MRI REPORT",
      {{"EXAMINATION", "MRI of the left knee without contrast."},
       {"CLINICAL HISTORY", "Twisting injury while bowling; locking."},
       {"TECHNIQUE",
        "Sagittal proton density and T2 fat saturated, coronal T1 and STIR, axial proton density fat saturated sequences at 1.5 "
        "tesla."},
       {"FINDINGS",
        R"(Menisci: displaced bucket handle tear of the medial meniscus with the fragment in the notch, giving a double posterior cruciate sign.
The lateral meniscus is intact. Ligaments: anterior cruciate ligament thickened with increased signal but continuous fibers, partial tear. The
posterior cruciate and both collateral ligaments are intact. Cartilage: grade 2 fissuring over the medial femoral condyle. Patellofemoral
joint preserved. Moderate effusion; a Baker cyst of 3 cm. Bone: pivot shift contusion of the lateral femoral condyle, no fracture line.)"},
       {"IMPRESSION",
        R"(1. Displaced bucket handle tear, medial meniscus. 2. Partial tear of the anterior cruciate ligament. 3. Effusion and small popliteal
cyst. Orthopedic referral is suggested; the fragment explains the locking.)"}},
      {"bucket handle tear", "twisting injury while bowling"}};
  return text;
}

const Narrative& abdomen_ct() {
  static const Narrative text{
      "radiology_report",
      "CT ABDOMEN AND PELVIS WITH CONTRAST",
      {{"INDICATION", "Left lower quadrant pain and fever."},
       {"TECHNIQUE",
        "Helical acquisition from the diaphragm to the symphysis in the portal phase after 95 ml of iohexol 350. Dose length "
        "product 612."},
       {"COMPARISON", "None."},
       {"FINDINGS",
        R"(Lung bases clear. Liver with a 9 mm cyst in segment 6. Gallbladder, spleen, pancreas and adrenal glands are unremarkable. Kidneys
enhance evenly; two millimeter stone in the lower pole on the right without obstruction. The sigmoid colon is thickened over 8 cm with numerous
diverticula and stranding of the mesocolon. A pocket of extraluminal gas measures 11 mm. No drainable collection. Appendix normal. Aortic
atheroma without aneurysm. Bladder wall smooth. No free fluid. Grade 1 spondylolisthesis of L5.)"},
       {"IMPRESSION",
        R"(Acute sigmoid diverticulitis with a contained microperforation, Hinchey Ib, no abscess. Colonoscopy after recovery is advised to exclude
neoplasm. Nonobstructing right renal calculus. The result was telephoned to the emergency physician at 21:14.)"}},
      {"sigmoid diverticulitis", "Hinchey Ib", "microperforation"}};
  return text;
}

const Narrative& renal_ultrasound() {
  static const Narrative text{
      "radiology_report",
      "ULTRASOUND OF THE KIDNEYS",
      {{"CLINICAL INDICATION", "Recurrent urinary tract infection."},
       {"COMPARISON", "No prior study."},
       {"FINDINGS",
        R"(The right kidney measures 10.4 cm and the left 10.9 cm in length. Cortical thickness and echogenicity are normal. There is a duplicated
collecting system on the left with mild dilatation of the upper moiety. A ureterocele of 14 mm projects into the bladder near the left ureteral
orifice. No stone. Prevoid volume 310 ml, postvoid residual 85 ml.)"},
       {"IMPRESSION",
        R"(Duplex left kidney with upper pole fullness and an ectopic ureterocele. Elevated postvoid residual. Urology referral; a nuclear
renogram would show the share of function of the upper pole.)"}},
      {"ureterocele", "duplex left kidney"}};
  return text;
}

const Narrative& employer_letter() {
  static const Narrative text{
      "other",
      "",
      {{"", "To Whom It May Concern:"},
       {"",
        R"(@N is under my care. For reasons of health I ask that @h be placed on fixed day shifts for the next six months, with no more than
eight hours at a time and a quiet room for breaks. Rotating between nights and days has made a long-standing condition worse. There is no
restriction on lifting, driving or the operation of machinery.)"},
       {"",
        R"(This accommodation will be looked at again at @o next visit. Should you need a form of your own to be completed, please send it to the
office with a signed release. Medical details beyond this letter cannot be given without the patient's written permission.)"},
       {"", "Thank you for your kind understanding."},
       {"", "Sincerely yours,"}},
      {"fixed day shifts", "To Whom It May Concern", "operation of machinery"}};
  return text;
}

const Narrative& insurer_letter() {
  static const Narrative text{
      "other",
      "",
      {{"", "Utilization Review Department, Keystone Mutual Benefit"},
       {"", "RE: Appeal of denied claim, reference KMB-77120-C"},
       {"", "Dear Reviewer:"},
       {"",
        R"(I write on behalf of @N to appeal your refusal to cover a motorized recliner lift after bilateral knee surgery. Your letter calls the
item a convenience. It is not. This @A @S cannot rise from a seat lower than twenty-two inches without two helpers, lives alone on weekdays,
and has fallen twice since the spring, once with a wrist fracture.)"},
       {"",
        R"(The physical therapist's timed chair-rise test was forty-one seconds; a home visit by the occupational therapist is enclosed. The device
costs less than a single night in a nursing facility. I ask that a physician of the same specialty look at this appeal within the thirty days
that the policy allows, and that your written answer name the clause relied upon.)"},
       {"", "I can be reached by telephone on any weekday between noon and one o'clock."},
       {"", "Respectfully,"}},
      {"recliner lift", "KMB-77120-C", "chair-rise test"}};
  return text;
}

}  // namespace chartscan::samples
