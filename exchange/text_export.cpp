#include "exchange/text_export.h"

#include <fmt/format.h>

#include <cmath>
#include <system_error>

#include "exchange/characters.h"
#include "exchange/delivered_words.h"
#include "exchange/documents.h"
#include "exchange/language.h"
#include "exchange/new_file.h"

namespace chartscan::exchange {
namespace {

constexpr const char* kHocrHead = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="{0}" lang="{0}">
 <head>
  <title>{1}</title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
  <meta name="ocr-system" content="Chartscan"/>
  <meta name="ocr-capabilities" content="ocr_page ocr_line ocrx_word"/>
 </head>
 <body>
)";
constexpr const char* kHocrFoot = " </body>\n</html>\n";

std::string box_words(const Box& box) { return fmt::format("bbox {} {} {} {}", box.x0, box.y0, box.x1, box.y1); }

// Degrees that the text is turned counter-clockwise on the image as delivered, 0 to 360. Both formats count so.
double text_angle(const Geometry& geometry) {
  const double angle = geometry.rotation + geometry.skew.value;
  return angle < 0 ? angle + 360 : angle;
}

// A value of a title property: hOCR ends a quoted one at its quote.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char letter : text) out += letter == '"' ? '\'' : letter;
  return xml_text('"' + out + '"');
}

std::string hocr_line(const DeliveredLine& line, const std::string& angle, const std::string& id) {
  std::string out = fmt::format("   <span class=\"ocr_line\" id=\"line_{}\" title=\"{}{}\">\n", id, box_words(line.box), angle);
  int number = 0;
  for (const DeliveredWord& word : line.words)
    out += fmt::format("    <span class=\"ocrx_word\" id=\"word_{}_{}\" title=\"{}; x_wconf {}\">{}</span>\n", id, ++number,
                       box_words(word.box), std::lround(100 * word.confidence), xml_text(word.text));
  return out + "   </span>\n";
}

std::string place(const Box& box) {
  return fmt::format("HPOS=\"{}\" VPOS=\"{}\" WIDTH=\"{}\" HEIGHT=\"{}\"", box.x0, box.y0, box.width(), box.height());
}

std::string alto_line(const DeliveredLine& line, int number) {
  std::string out = fmt::format("     <TextLine ID=\"line_{}\" {}>\n", number, place(line.box));
  for (const DeliveredWord& word : line.words) {
    if (&word != &line.words.front()) out += "      <SP/>\n";
    out += fmt::format("      <String CONTENT=\"{}\" {} WC=\"{:.3f}\"/>\n", xml_text(word.text), place(word.box), word.confidence);
  }
  return out + "     </TextLine>\n";
}

std::string title_of(const std::vector<Document>& documents) {
  const std::string first = to_string(documents.front().id);
  return documents.size() == 1 ? first : fmt::format("{} documents from {}", documents.size(), first);
}

Status append(NewFile& file, const std::string& text, const std::filesystem::path& name) {
  if (std::fwrite(text.data(), 1, text.size(), file.stream()) == text.size()) return {};
  return Error{ErrorCode::StorageFull, name.string() + " cannot be written to its end; make space and export it again"};
}

}  // namespace

std::string hocr_page(const Page& page, const PageText& text, int number) {
  const Geometry& geometry = page.geometry;
  const std::string id = to_string(page.id);
  const double angle = text_angle(geometry);
  const std::string turned = angle == 0 ? "" : fmt::format("; textangle {:.2f}", angle);
  const std::string resolution = geometry.dpi_x > 0 ? fmt::format("; scan_res {} {}", geometry.dpi_x, geometry.dpi_y) : "";
  std::string out = fmt::format("  <div class=\"ocr_page\" id=\"{}\" title=\"image {}; {}; ppageno {}{}\">\n", id, quoted(page.original.file),
                                box_words({0, 0, geometry.delivered.width, geometry.delivered.height}), number - 1, resolution);
  int line_number = 0;
  for (const DeliveredLine& line : delivered_lines(text, geometry))
    out += hocr_line(line, turned, fmt::format("{}_{}", id, ++line_number));
  return out + "  </div>\n";
}

std::string alto_file(const Page& page, const PageText& text, const std::string& language) {
  const Geometry& geometry = page.geometry;
  const Box sheet{0, 0, geometry.delivered.width, geometry.delivered.height};
  std::string out = fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-2.xsd" SCHEMAVERSION="4.2">
 <Description>
  <MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation><fileName>{}</fileName><fileIdentifier>{}</fileIdentifier></sourceImageInformation>
  <Processing ID="reading"><processingSoftware><softwareName>Chartscan</softwareName></processingSoftware></Processing>
 </Description>
 <Layout>
  <Page ID="{}" PHYSICAL_IMG_NR="{}" WIDTH="{}" HEIGHT="{}" PC="{:.3f}">
   <PrintSpace {}>
)",
                                xml_text(page.original.file), to_string(page.id), to_string(page.id), page.original.index + 1, sheet.x1, sheet.y1,
                                page.quality.text_confidence, place(sheet));
  const std::vector<DeliveredLine> lines = delivered_lines(text, geometry);
  if (!lines.empty()) {
    Box block;
    for (const DeliveredLine& line : lines) block = united(block, line.box);
    out += fmt::format("    <TextBlock ID=\"text\" {} ROTATION=\"{:.2f}\" LANG=\"{}\">\n", place(block), text_angle(geometry), language_tag(language));
    int number = 0;
    for (const DeliveredLine& line : lines) out += alto_line(line, ++number);
    out += "    </TextBlock>\n";
  }
  return out + "   </PrintSpace>\n  </Page>\n </Layout>\n</alto>\n";
}

Status write_hocr(const storage::Records& records, const std::vector<DocumentId>& ids, const std::string& language,
                  const std::filesystem::path& out) {
  TRY(const std::vector<Document> documents, load_documents(records, ids));
  if (documents.empty()) return Error{ErrorCode::NotFound, "no page to export: name a document or a chart that has pages"};
  TRY(NewFile file, NewFile::create(out));
  TRY_STATUS(append(file, fmt::format(kHocrHead, language_tag(language), title_of(documents)), out));
  int number = 0;
  TRY_STATUS(each_page(records, documents, [&](const Document&, const Page& page, const PageText& text) {
    return append(file, hocr_page(page, text, ++number), out);
  }));
  TRY_STATUS(append(file, kHocrFoot, out));
  return file.publish();
}

Status write_alto(const storage::Records& records, const std::vector<DocumentId>& ids, const std::string& language,
                  const std::filesystem::path& folder) {
  TRY(const std::vector<Document> documents, load_documents(records, ids));
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) return Error{ErrorCode::Storage, folder.string() + " cannot be made: " + fault.message() + "; name a folder that may be written"};
  return each_page(records, documents, [&](const Document&, const Page& page, const PageText& text) -> Status {
    const std::filesystem::path name = folder / (to_string(page.id) + ".xml");
    TRY(NewFile file, NewFile::create(name));
    TRY_STATUS(append(file, alto_file(page, text, language), name));
    return file.publish();
  });
}

}  // namespace chartscan::exchange
