#include "exchange/sheets.h"

#define POINTERHOLDER_TRANSITION 4  // qpdf 11: no PointerHolder, std::shared_ptr

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFSystemError.hh>
#include <qpdf/QPDFWriter.hh>
#include <qpdf/QUtil.hh>

#include "charts/hibc.h"
#include "exchange/new_file.h"
#include "imaging/symbol.h"

namespace chartscan::exchange {
namespace {

using Object = QPDFObjectHandle;

// Points.
constexpr double kInch = 72;
constexpr double kWideBar = 0.20 * kInch, kNarrowBar = 0.08 * kInch;  // the standard for patch codes
constexpr double kPatchFromEdge = 0.35 * kInch;                       // beyond what printers leave white
constexpr double kPatchLength = 5 * kInch;                            // readers ask for two inches
constexpr double kText = 1.65 * kInch;                                // left edge of words and barcodes, clear of the patch beside them
constexpr double kLinearModule = 0.015 * kInch, kLinearHeight = 0.5 * kInch;
constexpr double kSquareModule = 0.025 * kInch;
constexpr double kHelveticaWidth = 0.62;  // of the size: a generous mean for capitals

constexpr char kHibcWhere = 'E', kHibcWhat = 'M';

struct Size {
  double width = 0, height = 0;
};
Size size_of(SheetPaper paper) { return paper == SheetPaper::Letter ? Size{612, 792} : Size{595.28, 841.89}; }

struct PatchBars {
  const char* sign;
  const char* bars;  // from the edge inwards
};
constexpr std::array kPatches{PatchBars{"1", "WWNN"}, PatchBars{"2", "WNNW"}, PatchBars{"3", "WNWN"},
                              PatchBars{"4", "NWWN"}, PatchBars{"6", "NNWW"}, PatchBars{"T", "NWNW"}};

// The operators of one page. PDF's y points up; here everything is measured from the upper left corner.
class Drawing {
 public:
  explicit Drawing(Size size) : size_(size) {}

  void bar(double x, double y, double width, double height) {
    operators_ += fmt::format("{:.3f} {:.3f} {:.3f} {:.3f} re\n", x, size_.height - y - height, width, height);
  }
  void fill() { operators_ += "f\n"; }

  // `y` is the base line. Letters that Windows' alphabet lacks print as question marks.
  void text(double x, double y, double size, bool bold, const std::string& utf8) {
    const double room = size_.width - x - kText / 2;
    const double widest = kHelveticaWidth * static_cast<double>(std::max<std::size_t>(1, utf8.size()));
    operators_ += fmt::format("BT /{} {:.2f} Tf {:.3f} {:.3f} Td {} Tj ET\n", bold ? "B" : "R", std::min(size, room / widest), x, size_.height - y,
                              Object::newString(QUtil::utf8_to_win_ansi(utf8, '?')).unparse());
  }

  void symbol(const imaging::Symbol& symbol, double x, double y, double module, double row_height) {
    for (int row = 0; row < symbol.height; ++row) {
      for (int from = 0; from < symbol.width;) {
        int to = from;
        while (to < symbol.width && symbol.at(to, row) == symbol.at(from, row)) ++to;
        if (symbol.at(from, row)) bar(x + from * module, y + row * row_height, (to - from) * module, row_height);
        from = to;
      }
    }
    fill();
  }

  const std::string& operators() const { return operators_; }
  Size size() const { return size_; }

 private:
  Size size_;
  std::string operators_;
};

// Along all four edges, each read from its own edge inwards: it does not matter how the sheet is laid into the feeder.
Status draw_patch(Drawing& drawing, const std::string& sign) {
  const auto* code = std::ranges::find(kPatches, sign, &PatchBars::sign);
  if (code == kPatches.end())
    return Error{ErrorCode::Configuration, "there is no patch code \"" + sign + "\"; the six are 1, 2, 3, 4, 6 and T"};
  const auto [width, height] = drawing.size();
  const double across = (width - kPatchLength) / 2, down = (height - kPatchLength) / 2;
  double depth = kPatchFromEdge;
  for (const char* bar = code->bars; *bar != 0; ++bar) {
    const double thick = *bar == 'W' ? kWideBar : kNarrowBar;
    drawing.bar(across, depth, kPatchLength, thick);
    drawing.bar(across, height - depth - thick, kPatchLength, thick);
    drawing.bar(depth, down, thick, kPatchLength);
    drawing.bar(width - depth - thick, down, thick, kPatchLength);
    depth += thick + kNarrowBar;
  }
  drawing.fill();
  return {};
}

// A linear code with its text below; returns the y below both. Narrower modules where the paper is.
Result<double> draw_linear(Drawing& drawing, double y, const std::string& payload) {
  TRY(const imaging::Symbol symbol, imaging::encode_symbol(imaging::Symbology::Code128, payload));
  const double module = std::min(kLinearModule, (drawing.size().width - 2 * kText) / symbol.width);
  drawing.symbol(symbol, kText, y, module, kLinearHeight);
  drawing.text(kText, y + kLinearHeight + 12, 10, false, payload);
  return y + kLinearHeight + 34;
}

const char* title_of(SheetKind kind) {
  switch (kind) {
    case SheetKind::Document: return "DOCUMENT SEPARATOR";
    case SheetKind::Batch: return "BATCH SEPARATOR";
    case SheetKind::Patient: return "PATIENT SEPARATOR";
  }
  return "";
}

const char* instruction_of(SheetKind kind) {
  switch (kind) {
    case SheetKind::Document: return "Lay this sheet before each document.";
    case SheetKind::Batch: return "Lay this sheet before each batch.";
    case SheetKind::Patient: return "Lay this sheet before one patient's document.";
  }
  return "";
}

std::string hl7_date(const Date& date) { return fmt::format("{:04}{:02}{:02}", date.year, date.month, date.day); }

// What the square code says; the reader of record numbers understands it.
std::string all_of(const Patient& patient) {
  std::string out = "MRN=" + patient.mrn + ";NAME=" + patient.family + "^" + patient.given;
  if (!patient.middle.empty()) out += "^" + patient.middle;
  if (patient.dob) out += ";DOB=" + hl7_date(patient.dob);
  if (!patient.sex.empty()) out += ";SEX=" + patient.sex;
  return out;
}

Status draw_patient(Drawing& drawing, double y, const Patient& patient) {
  drawing.text(kText, y, 22, true, display_name(patient));
  drawing.text(kText, y += 26, 14, false, "MRN: " + patient.mrn);
  if (patient.dob) drawing.text(kText, y += 20, 14, false, "DOB: " + to_string(patient.dob));
  TRY(y, draw_linear(drawing, y + 20, patient.mrn));
  // HIBC has capitals, digits and few other signs; a number that does not fit stays with the plain code.
  const std::string hibc = charts::provider_label(kHibcWhere, kHibcWhat, patient.mrn);
  if (!hibc.empty()) {
    TRY(y, draw_linear(drawing, y, hibc));
  }
  TRY(const imaging::Symbol square, imaging::encode_symbol(imaging::Symbology::Qr, all_of(patient)));
  drawing.symbol(square, kText, y, kSquareModule, kSquareModule);
  return {};
}

Result<std::string> page_of(const SeparatorSheet& sheet, Size size) {
  Drawing drawing(size);
  if (!sheet.patch.empty()) TRY_STATUS(draw_patch(drawing, sheet.patch));
  double y = 2 * kInch;
  drawing.text(kText, y, 26, true, title_of(sheet.kind));
  drawing.text(kText, y += 22, 12, false, instruction_of(sheet.kind));
  drawing.text(kText, y += 16, 12, false, "It is not filed. Use it again.");
  y += 24;
  if (!sheet.control.empty()) {
    TRY(y, draw_linear(drawing, y, sheet.control));
  }
  if (sheet.patient) TRY_STATUS(draw_patient(drawing, y + 16, *sheet.patient));
  return drawing.operators();
}

Object fonts() {
  const char* font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>";
  return Object::parse(fmt::format("<< /R {} /B {} >>", fmt::format(fmt::runtime(font), "Helvetica"), fmt::format(fmt::runtime(font), "Helvetica-Bold")));
}

Status add_pages(QPDF& pdf, const std::vector<SeparatorSheet>& sheets, Size size) {
  const Object font = pdf.makeIndirectObject(fonts());
  std::string last_operators;
  Object last_content = Object::newNull();
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    TRY(const std::string operators, page_of(sheets[i], size), "sheet " + std::to_string(i + 1));
    if (operators != last_operators) {  // a hundred equal sheets are one drawing
      last_content = pdf.newStream(operators);
      last_operators = operators;
    }
    Object page = Object::parse("<< /Type /Page /Resources << >> >>");
    page.replaceKey("/MediaBox", Object::parse(fmt::format("[0 0 {:.2f} {:.2f}]", size.width, size.height)));
    page.replaceKey("/Contents", last_content);
    page.getKey("/Resources").replaceKey("/Font", font);
    pdf.addPage(pdf.makeIndirectObject(page), false);
  }
  return {};
}

}  // namespace

Status write_sheets(const std::vector<SeparatorSheet>& sheets, SheetPaper paper, const std::filesystem::path& out) {
  if (sheets.empty()) return Error{ErrorCode::InputRefused, "no sheet to print: ask for at least one"};
  try {
    QPDF pdf;
    pdf.emptyPDF();
    TRY_STATUS(add_pages(pdf, sheets, size_of(paper)), out.string());
    // Printers' own "fit to page" would shrink the bars.
    pdf.getRoot().replaceKey("/ViewerPreferences", Object::parse("<< /PrintScaling /None /Duplex /Simplex >>"));
    TRY(NewFile file, NewFile::create(out));
    QPDFWriter writer(pdf, "separator sheets", file.stream(), false);
    writer.setMinimumPDFVersion("1.7");
    writer.setDeterministicID(true);
    writer.write();
    return file.publish();
  } catch (const QPDFSystemError& failed) {
    return Error{failed.getErrno() == ENOSPC ? ErrorCode::StorageFull : ErrorCode::Storage,
                 out.string() + " cannot be written: " + failed.what() + "; make space and print it again"};
  } catch (const std::exception& failed) {
    return Error{ErrorCode::Internal, out.string() + " cannot be made: qpdf says " + failed.what()};
  }
}

}  // namespace chartscan::exchange
