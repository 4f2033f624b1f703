// Records <-> bytes. The first byte is the record's version; the rest is CBOR with short, stable names (what is absent is
// zero, false or empty), except for a page's text, which is the bulk and is packed in columns (storage/text_codec.cpp).
// Decoding is strict and never throws: damaged bytes give Error Integrity. docs/formats.md lists the names.
#pragma once

#include <string>
#include <string_view>

#include "core/batch.h"
#include "core/document.h"
#include "core/page.h"
#include "core/patient.h"
#include "core/result.h"

namespace chartscan::storage {

std::string encode(const Batch& batch);
std::string encode(const Page& page);
std::string encode(const PageText& text);  // confidences keep 1/255
std::string encode(const Document& document);
std::string encode(const Patient& patient);

Result<Batch> decode_batch(std::string_view bytes);
Result<Page> decode_page(std::string_view bytes);
Result<PageText> decode_text(std::string_view bytes);
Result<Document> decode_document(std::string_view bytes);
Result<Patient> decode_patient(std::string_view bytes);

// A page's state as the one byte beside its batch; never renumber.
char state_byte(PageState state);
std::optional<PageState> state_of_byte(std::string_view value);

}  // namespace chartscan::storage
