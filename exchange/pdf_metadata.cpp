#include "exchange/pdf_metadata.h"

#include <fmt/format.h>

#include "charts/document_types.h"
#include "exchange/characters.h"

namespace chartscan::exchange {
namespace {

std::string type_name(const Document& document) {
  const charts::DocumentType* type = charts::find_document_type(document.type);
  return type ? type->name : "Document";
}

}  // namespace

std::string pdf_title(const std::vector<Document>& documents) {
  const Document& first = documents.front();
  if (documents.size() == 1) return type_name(first) + " " + to_string(first.id);
  return fmt::format("{} documents from {}", documents.size(), to_string(first.id));
}

std::string outline_title(const Document& document) {
  return document.service_date ? type_name(document) + " " + to_string(document.service_date) : type_name(document);
}

std::string xmp_packet(const std::string& title) {
  return fmt::format(R"(<?xpacket begin="{}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>
   <pdf:Producer>{}</pdf:Producer>
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>)",
                     "\xEF\xBB\xBF", xml_text(title), kPdfProducer);
}

}  // namespace chartscan::exchange
