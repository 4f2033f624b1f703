// The proof of a printed sheet is that it is read back: rastered as a printer would, fed crooked, with noise.
#include "exchange/sheets.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "charts/hibc.h"
#include "charts/identify.h"
#include "imaging/clean.h"
#include "imaging/child.h"
#include "imaging/decode.h"
#include "imaging/marks.h"
#include "tests/support/paper.h"
#include "tests/support/program.h"
#include "tests/support/scanned.h"

using namespace chartscan;
using namespace chartscan::exchange;
using testing::Scan;

namespace {

Patient ann() {
  Patient patient;
  patient.mrn = "4410982";
  patient.family = "Doe", patient.given = "Ann", patient.middle = "Marie";
  patient.dob = {1961, 2, 3};
  patient.sex = "F";
  return patient;
}

// Page `number` as paper, rastered by an outside program.
testing::Paper printed(const std::filesystem::path& pdf, int number, SheetPaper paper) {
  const std::string n = std::to_string(number);
  const auto said = imaging::run_child("pdftoppm", {"-gray", "-r", "300", "-f", n, "-l", n, "-singlefile", pdf.string()},
                                       {2'000'000'000, 60, 100'000'000, 100'000'000});
  REQUIRE(said.ok());
  REQUIRE(said->exit_code == 0);
  const std::string head(said->output.begin(), said->output.begin() + 32);
  imaging::Image image;
  int most = 0, length = 0;
  REQUIRE(std::sscanf(head.c_str(), "P5 %d %d %d%n", &image.width, &image.height, &most, &length) == 3);
  image.pixels.assign(said->output.begin() + length + 1, said->output.end());
  REQUIRE(image.pixels.size() == static_cast<std::size_t>(image.width) * image.height);
  const testing::PaperSize size = paper == SheetPaper::Letter ? testing::kLetter : testing::kA4;
  testing::Paper sheet(size);
  sheet.picture(image, {0, 0, size.width, size.height});
  return sheet;
}

std::vector<Barcode> read(const testing::Paper& sheet, const Scan& scan) {
  const imaging::Image gray = imaging::gray_at_most(testing::scanned(sheet, scan), 200);
  std::vector<Barcode> codes = imaging::find_barcodes(gray);
  for (Barcode& patch : imaging::find_patch_code(gray)) codes.push_back(std::move(patch));
  return codes;
}

bool says(const std::vector<Barcode>& codes, const std::string& format, const std::string& payload) {
  return std::ranges::any_of(codes, [&](const Barcode& code) { return code.format == format && code.payload == payload; });
}

const std::vector<Scan> kScans{Scan{.dpi = 200}, Scan{.dpi = 200, .skew = {2.5}, .softness = 0.6, .noise = 10}, Scan{.dpi = 300, .skew = {-3}, .rotation = 180, .noise = 8},
                               Scan{.dpi = 200, .tone = testing::Tone::Bitonal, .skew = {1}, .rotation = 90}};

}  // namespace

TEST_CASE("printed sheets of every kind are read back crooked, noisy and turned", "[exchange][sheets]") {
  const testing::TempFolder folder("sheets");
  for (const SheetPaper paper : {SheetPaper::Letter, SheetPaper::A4}) {
    const std::vector<SeparatorSheet> sheets{{SheetKind::Document, "T", "DOCSEP", {}}, {SheetKind::Batch, "3", "BATCHSEP", {}}, {SheetKind::Patient, "T", "PATIENTSEP", ann()}};
    REQUIRE(write_sheets(sheets, paper, folder / "sheets.pdf").ok());
    for (int number = 1; number <= 3; ++number) {
      const SeparatorSheet& sheet = sheets[static_cast<std::size_t>(number - 1)];
      const testing::Paper on_paper = printed(folder / "sheets.pdf", number, paper);
      for (const Scan& scan : kScans) {
        const auto codes = read(on_paper, scan);
        INFO(sheet.control << " paper " << static_cast<int>(paper) << " dpi " << scan.dpi << " skew " << scan.skew.value << " turn " << scan.rotation);
        CHECK(says(codes, "Patch" + sheet.patch, "PATCH " + sheet.patch));
        CHECK(says(codes, "Code128", sheet.control));
        if (!sheet.patient) continue;
        CHECK(says(codes, "Code128", "4410982"));
        CHECK(says(codes, "Code128", charts::provider_label('E', 'M', "4410982")));
        const auto fields = charts::identify({}, codes, {1700, 2200}, 200);
        const auto names = [&](FieldKind kind, const std::string& value) {
          return std::ranges::any_of(fields, [&](const Field& field) { return field.kind == kind && field.value == value; });
        };
        CHECK(names(FieldKind::Mrn, "4410982"));
        CHECK(names(FieldKind::PatientName, "DOE, ANN MARIE"));
        CHECK(names(FieldKind::BirthDate, "1961-02-03"));
      }
    }
  }
}

TEST_CASE("a hundred sheets are a small file, and equal sheets equal bytes", "[exchange][sheets]") {
  const testing::TempFolder folder("sheets");
  const std::vector<SeparatorSheet> hundred(100, {SheetKind::Document, "T", "DOCSEP", {}});
  REQUIRE(write_sheets(hundred, SheetPaper::A4, folder / "a.pdf").ok());
  REQUIRE(write_sheets(hundred, SheetPaper::A4, folder / "b.pdf").ok());
  CHECK(testing::read_file(folder / "a.pdf") == testing::read_file(folder / "b.pdf"));
  CHECK(std::filesystem::file_size(folder / "a.pdf") < 60'000);
  const auto bytes = imaging::file_reader(folder / "a.pdf");
  CHECK(imaging::count_pages(*bytes, MediaType::Pdf, {}).value() == 100);
}

TEST_CASE("long names, accents, brackets and long numbers stay on the sheet", "[exchange][sheets]") {
  const testing::TempFolder folder("sheets");
  Patient patient = ann();
  patient.family = "M\xc3\xbcller-Featherstonehaugh (Smith)";
  patient.given = "Jos\xc3\xa9 Maximiliano \\";
  patient.mrn = "ab-00012345678901234567";  // neither HIBC nor short
  REQUIRE(write_sheets({{SheetKind::Patient, "T", "PATIENTSEP", patient}}, SheetPaper::Letter, folder / "p.pdf").ok());
  const auto codes = read(printed(folder / "p.pdf", 1, SheetPaper::Letter), {.dpi = 300});
  CHECK(says(codes, "Code128", patient.mrn));
  CHECK(says(codes, "PatchT", "PATCH T"));
}

TEST_CASE("sheets that cannot be are refused in words", "[exchange][sheets]") {
  const testing::TempFolder folder("sheets");
  CHECK(write_sheets({}, SheetPaper::A4, folder / "x.pdf").error().code == ErrorCode::InputRefused);
  CHECK(write_sheets({{SheetKind::Batch, "5", "", {}}}, SheetPaper::A4, folder / "x.pdf").error().code == ErrorCode::Configuration);
  CHECK_FALSE(write_sheets({{SheetKind::Batch, "3", "", {}}}, SheetPaper::A4, folder / "nowhere" / "x.pdf").ok());
  CHECK_FALSE(std::filesystem::exists(folder / "x.pdf"));
}
