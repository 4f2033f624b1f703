// What a PDF says about itself, as XMP. Never a patient's words: files travel, and their metadata is read by everyone.
#pragma once

#include <string>
#include <vector>

#include "core/document.h"

namespace chartscan::exchange {

inline constexpr const char* kPdfProducer = "Chartscan";

// "Progress note D00000012", "12 documents from D00000012".
std::string pdf_title(const std::vector<Document>& documents);

// "Progress note 2021-03-05": an entry of the outline, which is part of the content.
std::string outline_title(const Document& document);

std::string xmp_packet(const std::string& title);  // with the PDF/A-2b claim

}  // namespace chartscan::exchange
