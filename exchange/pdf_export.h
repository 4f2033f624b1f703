// Documents as one searchable PDF/A-2b: each page upright and straight on its own image, the words invisibly at their
// places, so that a PDF reader finds, marks and copies them. The image is placed by a matrix, not resampled.
//
// PDF/A-2b (ISO 19005-2): every font embedded, sRGB output intent, XMP metadata, file identifier, nothing encrypted, no
// scripts. Metadata name document ids and types, never a patient. Equal documents give equal bytes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "exchange/page_picture.h"
#include "imaging/decode.h"
#include "storage/archive.h"
#include "storage/blobs.h"

namespace chartscan::exchange {

struct PdfOptions {
  Images images = Images::Full;
  std::vector<PageId> pages;      // only these of the documents; empty = all
  std::string language = "eng";  // of the text, as ocr.language names it: readers speak and hyphenate by it
};

// Whole or not at all: `out` appears (or is replaced) once everything is on disk. Memory holds one page image at a time;
// needs about twice the file's size free in the folder of `out` while it writes. One thread a call.
Status write_pdf(const storage::Records& records, storage::Blobs& blobs, const std::vector<DocumentId>& documents,
                 const imaging::DecodeLimits& limits, const PdfOptions& options, const std::filesystem::path& out);

}  // namespace chartscan::exchange
