// What cannot be found: pages that were taken in and of which little or nothing can be searched. A hole that nobody knows of is what an
// auditor fears most, so every page that should have words and has none, or too few, is told of with its reason. Any thread.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/page.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::indexer {

enum class Unfound { NotRead, Rejected, NoText, FewWords, LowConfidence };
inline constexpr std::array kUnfound{Unfound::NotRead, Unfound::Rejected, Unfound::NoText, Unfound::FewWords, Unfound::LowConfidence};
const char* to_string(Unfound reason);  // "not-read", "rejected", "no-text", "few-words", "low-confidence"
const char* advice(Unfound reason);     // what it means and what to do
std::optional<Unfound> parse_unfound(std::string_view text);

// The status under which such pages are indexed, but those that are not read.
inline constexpr const char* kUnfoundStatus = "unfound";

// The gravest reason; nothing for a page that can be found, and for one without words of its own: blank, separator, superseded.
std::optional<Unfound> unfound_reason(const Page& page);

// Pages that wait to be read, by id. Reads the batches' rows, not the pages.
Result<std::vector<PageId>> unread_pages(const storage::Records& records);

// Every page that cannot be found, by id. `visit` returns false to stop. Returns the number of pages looked at. Pages whose own type or
// whose document's type is among `hidden_types` are not looked at (SearchOptions::hidden_types).
Result<std::uint64_t> unfound_pages(const storage::Records& records, const std::function<bool(const Page&, Unfound)>& visit,
                                    const std::vector<std::string>& hidden_types = {});

}  // namespace chartscan::indexer
