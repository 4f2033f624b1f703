// The words of documents with their places, for programs that lay text over images: hOCR 1.2 and ALTO 4.2. Made from the archive
// at any time. Boxes are in pixels of the image as delivered, as in the page export; where the page lies turned or tilted on it,
// the angle of its text is told. File names, ids and resolution are all they say about a page besides its words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/page.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::exchange {

// One XHTML file, a page after the other. Whole or not at all; memory holds one page. `language` as ocr.language.
Status write_hocr(const storage::Records& records, const std::vector<DocumentId>& documents, const std::string& language,
                  const std::filesystem::path& out);

// FOLDER/P00000012.xml, a file a page, as ALTO is handed on; the folder is made. Each file appears whole or not at all.
Status write_alto(const storage::Records& records, const std::vector<DocumentId>& documents, const std::string& language,
                  const std::filesystem::path& folder);

// One page of either. Pure.
std::string hocr_page(const Page& page, const PageText& text, int number);  // a <div class="ocr_page">; number from 1
std::string alto_file(const Page& page, const PageText& text, const std::string& language);

}  // namespace chartscan::exchange
