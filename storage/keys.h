// Every key layout of the archive's records, and no one else's business. Numbers are big-endian, so byte order is number
// order; text of any content is preceded by its length wherever something follows it, so no two keys can be confused.
// The index's families (Post, Dictionary) have their layouts in indexer/. docs/formats.md is the prose twin of this file.
//
//   Batch     be64 batch                          -> Batch
//   Page      'p' be64 page                       -> Page
//             'b' be64 batch, be64 page           -> the page's state and its sequence (PageRow in storage/codec.h): a ledger
//                                                    is counted, and an order found, without reading pages
//   Meta      'j' be64 batch, be32 line           -> JournalLine
//             'l' name                            -> linking's own rows (charts/): weights learnt, audit of links, state of the keys
//             'm' be32 number                     -> ChartMerge
//             'f' be64 number                     -> FeedLine
//             'w' be64 document                   -> what its queue shows of a document that waits for a person (WaitingDocument)
//             'W'                                 -> empty: every document that waits has such a row
//             's' user                            -> the user's saved searches, JSON (app/saved_searches.cpp)
//             'u' name                            -> User
//             't' id                              -> ApiToken
//             'g' be64 number                     -> GlassBreak
//   Text      be64 page                           -> PageText
//   Document  be64 document                       -> Document
//   Chart     be32 length, mrn, be64 document     -> empty
//   Patient   'p' mrn                             -> Patient
//             'b' kind, be32 length, value, mrn   -> empty: patients who share `value` of that kind (blocking)
//             'a' mrn                             -> the MRN of the chart that this one was merged into
//             'e' be32 length, mrn, visit         -> Encounter
//   Blob      'h' SHA-256 (32 bytes)              -> where the bytes are (storage/pack.h)
//             'p' be32 pack, be64 offset          -> SHA-256: what stands there, in the order of the pack
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/page.h"

namespace chartscan::storage::keys {

std::string batch(BatchId id);
std::string page(PageId id);
inline constexpr std::string_view kPages = "p";
std::string batch_page(BatchId batch, PageId page);
std::string batch_pages(BatchId batch);  // prefix
inline constexpr std::string_view kAllBatchPages = "b";
std::string journal_line(BatchId batch, int number);
std::string journal(BatchId batch);  // prefix
std::string linking(std::string_view name);  // charts/ chooses the names; Family::Meta
std::string chart_merge(int number);
inline constexpr std::string_view kChartMerges = "m";
std::string feed_line(std::int64_t number);
inline constexpr std::string_view kFeedLines = "f";
std::string saved_searches(std::string_view user);
std::string waiting(DocumentId id);
inline constexpr std::string_view kWaiting = "w";
inline constexpr std::string_view kWaitingKept = "W";
std::string user(std::string_view name);
inline constexpr std::string_view kUsers = "u";
std::string api_token(std::string_view id);
inline constexpr std::string_view kApiTokens = "t";
std::string glass_break(std::int64_t number);
inline constexpr std::string_view kGlassBreaks = "g";
std::string text(PageId id);
std::string document(DocumentId id);
std::string chart_document(const std::string& mrn, DocumentId document);
std::string chart(const std::string& mrn);  // prefix
std::string patient(std::string_view mrn);
inline constexpr std::string_view kPatients = "p";
std::string encounter(std::string_view mrn, std::string_view visit);
std::string encounters(std::string_view mrn);  // prefix

// Blocking: charts/ chooses the kinds (one letter each) and values; Family::Patient, empty value.
std::string patient_block(char kind, std::string_view value, std::string_view mrn);
std::string patient_blocks(char kind, std::string_view value);  // prefix of everyone who shares `value`
std::optional<std::string> mrn_of_patient_block(std::string_view key);

std::optional<std::string> blob(const Hash& hash);  // nothing when `hash` is not 64 hex digits
inline constexpr std::string_view kBlobs = "h";
std::string packed(std::uint32_t pack, std::uint64_t offset);
std::string packed_in(std::uint32_t pack);  // prefix
inline constexpr std::string_view kPacked = "p";

// A merged-away MRN.
std::string patient_alias(std::string_view mrn);
inline constexpr std::string_view kPatientAliases = "a";

// Back from key to id; nothing when the key is damaged.
std::optional<BatchId> batch_of(std::string_view key);
std::optional<PageId> page_of(std::string_view key);        // of page()
std::optional<PageId> page_of_batch(std::string_view key);  // of batch_page()
std::optional<BatchId> batch_of_page(std::string_view key);  // of batch_page()
std::optional<PageId> page_of_text(std::string_view key);
std::optional<DocumentId> document_of(std::string_view key);
std::optional<DocumentId> document_of_chart(std::string_view key);  // of chart_document()
std::optional<Hash> hash_of_blob(std::string_view key);

std::optional<DocumentId> document_of_waiting(std::string_view key);
std::optional<int> number_of_chart_merge(std::string_view key);
std::optional<std::int64_t> number_of_feed_line(std::string_view key);
std::optional<std::int64_t> number_of_glass_break(std::string_view key);

struct PackPlace {
  std::uint32_t pack = 0;
  std::uint64_t offset = 0;
};
std::optional<PackPlace> place_of(std::string_view key);  // of packed()

}  // namespace chartscan::storage::keys
