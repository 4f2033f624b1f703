// Records <-> bytes. The first byte is the record's version; the rest is CBOR with short, stable names (what is absent is
// zero, false or empty), except for a page's text, which is the bulk and is packed in columns (storage/text_codec.cpp).
// Decoding is strict and never throws: damaged bytes give Error Integrity. docs/formats.md lists the names.
#pragma once

#include <string>
#include <string_view>

#include "core/batch.h"
#include "core/document.h"
#include "core/journal.h"
#include "core/page.h"
#include "core/patient.h"
#include "core/patient_event.h"
#include "core/result.h"
#include "core/user.h"

namespace chartscan::storage {

std::string encode(const Batch& batch);
std::string encode(const Page& page);
std::string encode(const PageText& text);  // confidences keep 1/255
std::string encode(const Document& document);
std::string encode(const Patient& patient);

std::string encode(const JournalLine& line);
std::string encode(const Encounter& encounter);
std::string encode(const ChartMerge& merge);
std::string encode(const FeedLine& line);
std::string encode(const User& user);
std::string encode(const ApiToken& token);
std::string encode(const GlassBreak& glass);

Result<Batch> decode_batch(std::string_view bytes);
Result<Page> decode_page(std::string_view bytes);
Result<PageText> decode_text(std::string_view bytes);
// Its words alone, in `bytes`, without what stands between them and their lines: a tenth of the work.
struct WordInLine {
  std::string_view text;
  int line = 0;
};
Result<std::vector<WordInLine>> decode_words(std::string_view bytes);
Result<Document> decode_document(std::string_view bytes);
Result<Patient> decode_patient(std::string_view bytes);
Result<JournalLine> decode_journal_line(std::string_view bytes);
Result<Encounter> decode_encounter(std::string_view bytes);
Result<ChartMerge> decode_chart_merge(std::string_view bytes);
Result<FeedLine> decode_feed_line(std::string_view bytes);
Result<User> decode_user(std::string_view bytes);
Result<ApiToken> decode_api_token(std::string_view bytes);
Result<GlassBreak> decode_glass_break(std::string_view bytes);

// A page's row beside its batch: its state as one byte, never renumbered, and be32 its sequence. Format 1 had the state only:
// there the sequence is the page's rank, for ids rose in feeding order.
struct PageRow {
  PageState state = PageState::Received;
  int sequence = 0;  // 0 = written by format 1
};
std::string encode(const PageRow& row);
std::optional<PageRow> decode_page_row(std::string_view value);

}  // namespace chartscan::storage
