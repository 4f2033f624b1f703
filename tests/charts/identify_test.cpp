#include "charts/identify.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/charts/page_builder.h"

using namespace chartscan;
using namespace chartscan::charts;
using namespace chartscan::charts::testing;

namespace {

std::vector<Field> read(const PageText& text, const std::vector<Barcode>& barcodes = {}) { return identify(text, barcodes, kLetter, kDpi); }

// The values of one kind, parted by "; ", most confident first.
std::string values(const std::vector<Field>& fields, FieldKind kind) {
  std::string out;
  for (const Field& field : fields)
    if (field.kind == kind) out += (out.empty() ? "" : "; ") + field.value;
  return out;
}
std::string mrn(const PageText& text) { return values(read(text), FieldKind::Mrn); }
std::string name(const PageText& text) { return values(read(text), FieldKind::PatientName); }
std::string dob(const PageText& text) { return values(read(text), FieldKind::BirthDate); }
std::string service(const PageText& text) { return values(read(text), FieldKind::ServiceDate); }
PageText line(std::string_view text) { return PageBuilder().line(text); }

}  // namespace

TEST_CASE("a record number is found under every label in use", "[charts][identify]") {
  for (const char* text :
       {"MRN: 4410982", "MRN 4410982", "MRN# 4410982", "MRN#4410982", "MRN:4410982", "MR# 4410982", "MR #: 4410982", "Med Rec No: 4410982",
        "Med. Rec. #: 4410982", "Medical Record Number: 4410982", "Medical Record No. 4410982", "Medical Record #: 4410982", "Patient ID: 4410982",
        "Chart #: 4410982", "Chart No. 4410982", "Unit No: 4410982", "Hosp No: 4410982", "Hospital Number: 4410982", "M.R.N.: 4410982",
        "MRN : 4410982", "PATIENT ID 4410982", "MRN:\t4410982"}) {
    INFO(text);
    CHECK(mrn(line(text)) == "4410982");
  }
  CHECK(mrn(line("MRN: A0044109")) == "A0044109");
  CHECK(mrn(line("MRN: 44-10-98")) == "44-10-98");
  CHECK(mrn(line("MRN: 44 10 98")) == "441098");
  CHECK(mrn(line("Account No: 55667788  MRN: 4410982")) == "4410982");
  CHECK(values(read(line("Account No: 55667788  MRN: 4410982")), FieldKind::Account) == "55667788");
  CHECK(values(read(line("FIN: 55667788")), FieldKind::Account) == "55667788");
}

TEST_CASE("numbers that are no record numbers are left alone", "[charts][identify]") {
  CHECK(mrn(line("Accession No: 4410982")).empty());
  CHECK(mrn(line("The chart of 1234567 items")).empty());
  CHECK(mrn(line("Mother's MRN: 4410982")).empty());
  CHECK(mrn(line("MRN:")).empty());
  CHECK(mrn(line("MRN: DOB: 02/03/1961")).empty());
  CHECK(mrn(line("Phone: 555-010-4477")).empty());
}

TEST_CASE("behind a label with a letter or two misread the value is found, and marked so", "[charts][identify]") {
  const auto near = [](std::string_view text, FieldKind kind) {
    for (const Field& field : read(line(text)))
      if (field.kind == kind) return field.source == kNearLabel ? field.value : "by " + field.source;
    return std::string();
  };
  CHECK(near("MBN: 4410982", FieldKind::Mrn) == "4410982");
  CHECK(near("Mqd Rec #: 4410982", FieldKind::Mrn) == "4410982");
  CHECK(near("Nane: DOE, ANN M", FieldKind::PatientName) == "DOE, ANN M");
  CHECK(near("DQB: 02/03/1961", FieldKind::BirthDate) == "1961-02-03");
  CHECK(near("MRN: 4410982  MBN: 7777777", FieldKind::Mrn) == "by label");
  for (const char* text : {"DOS: 02/03/2021", "DOA: 02/03/2021", "Dose: 02/03/2021", "Ref: 4410982", "Order: 4410982"}) {
    CHECK(dob(line(text)).empty());
    CHECK(mrn(line(text)).empty());
  }
}

TEST_CASE("a guarantor's name is nobody's, misread or not", "[charts][identify]") {
  CHECK(name(line("Guarantor Name: ROE, WALTER")).empty());
  CHECK(name(line("Guaxantor Name: ROE, WALTER")).empty());
  CHECK(name(line("Patiemt Name: ROE, WALTER")) == "ROE, WALTER");
}

TEST_CASE("a name is read in every order", "[charts][identify]") {
  for (const char* text : {"Patient: DOE, ANN M", "Patient Name: Doe, Ann M.", "Name: Ann M. Doe", "Patient: Mrs. Ann M. Doe", "Pt: DOE, ANN M", "RE: Ann M. Doe",
                           "Patient Name:\tDOE, ANN M", "NAME: DOE ANN M", "Patient: DOE^ANN^M", "Patient Name: DOE,ANN M  MRN: 4410982"}) {
    INFO(text);
    CHECK(name(line(text)) == "DOE, ANN M");
  }
  CHECK(name(line("Patient: DOE JR, JOHN")) == "DOE, JOHN JR");
  CHECK(name(line("Patient: John Doe, Jr.")) == "DOE, JOHN JR");
  CHECK(name(line("Patient: Doe, John III")) == "DOE, JOHN III");
  CHECK(name(line("Patient: Maria de la Cruz")) == "DE LA CRUZ, MARIA");
  CHECK(name(line("Patient: O'BRIEN, MARY-ANN")) == "O'BRIEN, MARY-ANN");
  CHECK(name(line("Patient: Mary Smith-Jones")) == "SMITH-JONES, MARY");
  CHECK(name(PageBuilder().line("Last Name: DOE\tFirst Name: ANN\tMI: M")) == "DOE, ANN M");
}

TEST_CASE("names of others are never the patient's", "[charts][identify]") {
  for (const char* text :
       {"Referring Physician: John Smith, MD", "Mother's Name: SMITH, JANE", "Guarantor Name: SMITH, JANE", "Emergency Contact: Jane Smith",
        "Subscriber Name: SMITH, JANE", "Insured's Name: Jane Smith", "Attending: SMITH, JOHN", "Name of guarantor: Jane Smith",
        "Next of Kin: Jane Smith", "Physician Name: John Smith", "Dictated by: John Smith, MD", "Witness Name: Jane Smith", "Facility Name: Mercy North",
        "The patient was seen by John Smith today."}) {
    INFO(text);
    CHECK(name(line(text)).empty());
  }
}

TEST_CASE("dates of birth of others are never the patient's", "[charts][identify]") {
  CHECK(dob(line("Guarantor DOB: 02/03/1931")).empty());
  CHECK(dob(line("Subscriber Name: SMITH, JANE  DOB: 02/03/1931")).empty());
  CHECK(dob(line("Mother: SMITH, JANE  DOB: 02/03/1931")).empty());
  const PageText page = PageBuilder()
                            .line("PATIENT INFORMATION\t\tGUARANTOR INFORMATION")
                            .line("Name: DOE, ANN M\t\tName: DOE, PETER")
                            .line("DOB: 02/03/1961\t\tDOB: 07/08/1931");
  CHECK(name(page) == "DOE, ANN M");
  CHECK(dob(page) == "1961-02-03");
}

TEST_CASE("a date in the head of a page is its date of service unless it says it is another's", "[charts][identify]") {
  const auto service = [](const std::string& text) { return values(read(line(text)), FieldKind::ServiceDate); };
  CHECK(service("North Clinic   02/03/2024") == "2024-02-03");
  for (const char* text : {"PLAN PPO SELECT EFFECTIVE 01/01/2024", "Effective: 01/01/2024", "EFF. DATE 01/01/2024", "Valid thru 12/31/2024", "Form 12 Rev. 03/04/2019",
                           "COVERAGE EFFECTIVE FROM 01/01/2024"}) {
    INFO(text);
    CHECK(service(text).empty());
  }
}

TEST_CASE("a birth date is read in every common format", "[charts][identify]") {
  for (const char* text : {"DOB: 02/03/1961", "D.O.B. 02/03/1961", "Date of Birth: 2-3-1961", "DOB: 2/3/61", "Birth Date: 03 Feb 1961", "DOB: Feb 3, 1961",
                           "DOB: February 3, 1961", "DOB: 1961-02-03", "DOB: 19610203", "DOB: 03-FEB-1961", "Born: 02/03/1961", "DOB:02/03/1961", "DOB: 02.03.1961",
                           "DOB (Age): 02/03/1961 (60 yrs)", "Birthdate: O2/03/1961", "DOB: 03FEB1961", "DOB: 02031961"}) {
    INFO(text);
    CHECK(dob(line(text)) == "1961-02-03");
  }
  CHECK(dob(line("DOB: 02/30/1961")).empty());
  CHECK(dob(line("DOB: 5/6/09")) == "2009-05-06");
  CHECK(dob(line("DOB: 23/11/1950")) == "1950-11-23");
}

TEST_CASE("values are found in cells beside and below their labels", "[charts][identify]") {
  const PageText page = PageBuilder()
                            .line("Patient Name\tMRN\tDate of Birth\tSex")
                            .line("DOE, ANN M\t4410982\t02/03/1961\tF")
                            .gap(60)
                            .line("Date of Service\tAttending Physician")
                            .line("04/05/2021\tJohn Smith, MD");
  const auto fields = read(page);
  CHECK(values(fields, FieldKind::PatientName) == "DOE, ANN M");
  CHECK(values(fields, FieldKind::Mrn) == "4410982");
  CHECK(values(fields, FieldKind::BirthDate) == "1961-02-03");
  CHECK(values(fields, FieldKind::Sex) == "F");
  CHECK(values(fields, FieldKind::ServiceDate) == "2021-04-05");
  CHECK(values(fields, FieldKind::Author) == "John Smith, MD");
  for (const Field& field : fields) {
    CHECK_FALSE(field.box.empty());
    CHECK(field.confidence > 0.5);
  }
}

TEST_CASE("a heading misread beside a label does not take its value away", "[charts][identify]") {
  const auto fields = read(PageBuilder().line("PATIENT N (ME\tMRN\tSPX").line("SILVA, JOAO P\t4192718\tM").gap(60).line("MRN:\tunknown").line("x\t4410982"));
  CHECK(values(fields, FieldKind::Mrn) == "4192718");
}

TEST_CASE("a sticker without name label is understood", "[charts][identify]") {
  CHECK(name(PageBuilder().line("DOE, ANN M").line("MRN 4410982  DOB 02/03/1961 F")) == "DOE, ANN M");
  CHECK(name(PageBuilder().line("DOE, ANN M\tMRN: 4410982\tDOB: 02/03/1961")) == "DOE, ANN M");
  CHECK(name(PageBuilder().line("RIVERSIDE HOSPITAL").line("SPRINGFIELD, IL").line("MRN 4410982")).empty());
  CHECK(name(PageBuilder().line("PROGRESS NOTE").line("MRN 4410982")).empty());
}

TEST_CASE("the day of service is preferred to other days", "[charts][identify]") {
  CHECK(service(line("Date of Service: 04/05/2021")) == "2021-04-05");
  const auto first = [](const PageText& text) { return service(text).substr(0, 10); };
  CHECK(first(PageBuilder().line("Admit Date: 04/01/2021").line("Date of Procedure: 04/05/2021").line("Dictated: 04/06/2021")) == "2021-04-05");
  CHECK(first(PageBuilder().line("Received: 04/06/2021").line("Collected: 04/05/2021 07:10").line("Reported: 04/07/2021")) == "2021-04-05");
  CHECK(first(PageBuilder().line("Admit Date: 04/01/2021\tDischarge Date: 04/05/2021")) == "2021-04-05");
  CHECK(service(line("DOB: 02/03/1961  Printed: 04/05/2021")).empty());
  CHECK(service(PageBuilder().line("April 5, 2021").line("Dear Dr. Smith,")) == "2021-04-05");
  const auto fields = read(PageBuilder().at(1900).line("Patient Signature: ____________  Date: 04/05/2021"));
  CHECK(values(fields, FieldKind::SignatureDate) == "2021-04-05");
  CHECK(values(fields, FieldKind::ServiceDate).empty());
}

TEST_CASE("author, facility, sex, telephone and social security number are read", "[charts][identify]") {
  const std::string masked = std::string(3, 'X') + "-" + std::string(2, 'X') + "-6789";  // as forms print it
  const auto fields = read(PageBuilder()
                               .centred("RIVERSIDE COMMUNITY HOSPITAL")
                               .line("Sex: Female  SSN: " + masked)
                               .line("Home Phone: (555) 010-4477")
                               .at(1800)
                               .line("Electronically signed by Jane Roe, M.D. on 04/06/2021 10:15"));
  CHECK(values(fields, FieldKind::Facility) == "RIVERSIDE COMMUNITY HOSPITAL");
  CHECK(values(fields, FieldKind::Sex) == "F");
  CHECK(values(fields, FieldKind::SsnLast4) == "6789");
  CHECK(values(fields, FieldKind::Phone) == "5550104477");
  CHECK(values(fields, FieldKind::Author).starts_with("Jane Roe"));
  CHECK(values(fields, FieldKind::SignatureDate) == "2021-04-06");
}

TEST_CASE("page numbers are read", "[charts][identify]") {
  const auto page = [](const PageText& text) { return values(read(text), FieldKind::PageNumber); };
  CHECK(page(line("Page 2 of 3")) == "2/3");
  CHECK(page(line("Page: 2/3")) == "2/3");
  CHECK(page(line("Pg. 2")) == "2/");
  CHECK(page(PageBuilder().at(2100).line("2 of 3")) == "2/3");
  CHECK(page(PageBuilder().at(1000).line("He took 2 of 3 tablets.")).empty());
}

TEST_CASE("barcodes are read as what they say they are", "[charts][identify]") {
  const auto code = [](const char* payload) { return read({}, {{payload, "Code128", {10, 10, 200, 60}}}); };
  CHECK(values(code("4410982"), FieldKind::Mrn) == "4410982");
  CHECK(values(code("MRN=4410982|NAME=DOE, ANN M|DOB=1961-02-03|SEX=F"), FieldKind::PatientName) == "DOE, ANN M");
  CHECK(values(code("MRN:4410982|NAME:DOE^ANN^M|DOB:19610203"), FieldKind::BirthDate) == "1961-02-03");
  CHECK(values(code("{\"mrn\": \"4410982\", \"name\": \"DOE, ANN\", \"dob\": \"1961-02-03\"}"), FieldKind::Mrn) == "4410982");
  CHECK(values(code("{\"mrn\": \"4410982\", \"name\": \"DOE, ANN\", \"dob\": \"1961-02-03\"}"), FieldKind::PatientName) == "DOE, ANN");
  CHECK(values(code("4410982^DOE^ANN^M^19610203^F"), FieldKind::PatientName) == "DOE, ANN M");
  CHECK(values(code("PID|1||4410982^^^HOSP||DOE^ANN^M||19610203|F"), FieldKind::BirthDate) == "1961-02-03");
  CHECK(code("https://example.org/form").empty());
  CHECK(code("FORM-AB").empty());
  CHECK(code("+/AA4410982!").empty());  // the check character is wrong
}

TEST_CASE("reading never fails on strange pages", "[charts][identify]") {
  CHECK(read({}).empty());
  PageText odd;
  odd.words.push_back({":", {0, 0, 5, 10}, 0.5, 0});
  odd.words.push_back({"MRN:", {0, 20, 30, 30}, 0.5, 1});
  odd.words.push_back({"\xff\xfe", {0, 40, 30, 50}, 0.5, 2});
  odd.words.push_back({"Page", {0, 60, 30, 70}, 0.5, 3});
  odd.words.push_back({"DOB", {0, 80, 30, 90}, 0.5, 4});
  CHECK(values(read(odd), FieldKind::Mrn).empty());
}

// OCR lost the blanks of "Page 1 of 1", and the page was taken for the second of the note before it.
TEST_CASE("page numbers are read without their blanks and with a letter for a one", "[charts][identify]") {
  const auto number = [](std::string_view text) { return values(read(PageBuilder().at(2150).line(text)), FieldKind::PageNumber); };
  CHECK(number("Page 1of1") == "1/1");
  CHECK(number("Page 1of 12") == "1/12");
  CHECK(number("Page 2 of3") == "2/3");
  CHECK(number("Page l of 2") == "1/2");
  CHECK(number("Page 2/3") == "2/3");
  CHECK(number("Page 4 of 3").empty());
  CHECK(number("Page offset").empty());
  CHECK(number("Page 7") == "7/");
}

// A border read as one tall "|" beside the patient block tied two rows into one, and the name came apart.
TEST_CASE("a border read as a tall letter does not tie rows together", "[charts][identify]") {
  for (const char* border : {"|", "I", "l"}) {
    PageText text = PageBuilder().line("Some Hospital\t\tDOE, ANN").line("Street 1\t\tDOB: 02/03/1961").line("MR#: 4410982");
    text.words.insert(text.words.begin() + 2, {border, {930, 110, 936, 195}, 0.93, 1});
    INFO(border);
    CHECK(name(text) == "DOE, ANN");
    CHECK(mrn(text) == "4410982");
  }
}

// The surgeon's name on the signature line was the last line above an addressograph block far below it.
TEST_CASE("a name far above the patient block is not the patient's", "[charts][identify]") {
  PageBuilder page;
  page.line("Stitches out in twelve days.").line("Helen Marsh,").gap(760).line("Unit No: 4410982").line("Doe, Ann").line("Birthdate: 02/03/1961");
  CHECK(name(page) == "DOE, ANN");
}

TEST_CASE("a birth date is as sure as its reading, whatever its label", "[charts][identify]") {
  const auto fields = read(PageBuilder().confidence(0.9).line("Born: 02/03/1961"));
  REQUIRE(values(fields, FieldKind::BirthDate) == "1961-02-03");
  const auto birth = std::find_if(fields.begin(), fields.end(), [](const Field& field) { return field.kind == FieldKind::BirthDate; });
  CHECK(birth->confidence == Approx(0.9));
}

TEST_CASE("an address is read with its town, beside it or in the row below", "[charts][identify]") {
  CHECK(values(read(PageBuilder().line("Address: 12 Oak St Apt 4, Salem, OR 97301")), FieldKind::Address) == "12 OAK ST APT 4, SALEM, OR, 97301");
  CHECK(values(read(PageBuilder().line("Address: 12 Oak St").line("Salem, OR 97301", 22, 250)), FieldKind::Address) == "12 OAK ST, SALEM, OR, 97301");
  CHECK(values(read(PageBuilder().line("Guarantor Address: 99 Elm Road, Salem, OR 97301")), FieldKind::Address).empty());
  CHECK(values(read(PageBuilder().line("Address: see reverse")), FieldKind::Address).empty());
}

TEST_CASE("a sticker without labels gives name, birth date and sex", "[charts][identify]") {
  const auto fields = read(PageBuilder().line("ROE, JANE Q F 02/03/1961").line("MRN 4410982 ACCT 900123456"));
  CHECK(values(fields, FieldKind::PatientName) == "ROE, JANE Q");
  CHECK(values(fields, FieldKind::BirthDate) == "1961-02-03");
  CHECK(values(fields, FieldKind::Sex) == "F");
  CHECK(values(fields, FieldKind::Account) == "900123456");
  CHECK(values(read(PageBuilder().line("F 02/03/1961").line("Notes of the day")), FieldKind::BirthDate).empty());
}

TEST_CASE("days of admission and discharge are known as such", "[charts][identify]") {
  const auto fields = read(PageBuilder().line("Admitted: 03/04/2021\tDischarged: 03/09/2021"));
  CHECK(values(fields, FieldKind::AdmitDate) == "2021-03-04");
  CHECK(values(fields, FieldKind::DischargeDate) == "2021-03-09");
}

TEST_CASE("the day an insurance card took effect is no date of service", "[charts][identify]") {
  CHECK(values(read(PageBuilder().line("GROUP\tEFFECTIVE").line("12345\t01/15/2024")), FieldKind::ServiceDate).empty());
}
