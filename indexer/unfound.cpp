#include "indexer/unfound.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_set>

#include "indexer/fields.h"
#include "storage/codec.h"

namespace chartscan::indexer {
namespace {

constexpr double kLowConfidence = 0.6;  // mean of the words: below it about every third word is wrong
// Typed pages carry 3,000 to 12,000 words for a page full of ink. Fewer than a tenth of that on a page with some ink: handwriting, a
// drawing, a dark copy, or print the reader missed.
constexpr double kWordsPerInk = 300;
constexpr double kSomeInk = 0.015;  // share of dark pixels

constexpr std::array<const char*, 5> kNames{"not-read", "rejected", "no-text", "few-words", "low-confidence"};
constexpr std::array<const char*, 5> kAdvice{
    "waits to be read: chartscan read",
    "could not be decoded: scan the sheet again",
    "something is on the page, but no word was read: look at it",
    "few words for the ink on it, as with handwriting or a dark copy: look at it",
    "read with so many doubts that words may be missed: look at it",
};

bool needs_no_words(const Page& page) {
  return page.blank || page.separator != SeparatorKind::None || is_out(page) || page.state == PageState::Separator ||
         page.state == PageState::BlankAside || page.state == PageState::Superseded;
}

bool reading_failed(const Page& page) {
  return std::ranges::any_of(std::array{finding::kNoText, finding::kOcrFailed, finding::kOcrTimeout, finding::kReaderCrashed},
                             [&](const char* code) { return has_finding(page.findings, code); });
}

}  // namespace

const char* to_string(Unfound reason) { return kNames[static_cast<std::size_t>(reason)]; }
const char* advice(Unfound reason) { return kAdvice[static_cast<std::size_t>(reason)]; }

std::optional<Unfound> parse_unfound(std::string_view text) {
  const auto found = std::ranges::find_if(kUnfound, [&](Unfound reason) { return text == to_string(reason); });
  return found == kUnfound.end() ? std::nullopt : std::optional(*found);
}

std::optional<Unfound> unfound_reason(const Page& page) {
  if (needs_no_words(page)) return std::nullopt;
  if (page.state == PageState::Received) return Unfound::NotRead;
  if (page.state == PageState::Rejected || has_finding(page.findings, finding::kUndecodable)) return Unfound::Rejected;
  if (page.quality.words == 0 || (reading_failed(page) && page.quality.words < 3)) return Unfound::NoText;
  if (page.quality.ink > kSomeInk && page.quality.words < kWordsPerInk * page.quality.ink) return Unfound::FewWords;
  if (page.quality.text_confidence < kLowConfidence) return Unfound::LowConfidence;
  return std::nullopt;
}

Result<std::vector<PageId>> unread_pages(const storage::Records& records) {
  std::vector<PageId> pages;
  TRY(const std::vector<Batch> batches, records.batches());
  for (const Batch& batch : batches) {
    TRY_STATUS(records.page_rows(batch.id, [&](PageId page, const storage::PageRow& row) {
      if (row.state == PageState::Received) pages.push_back(page);
    }));
  }
  std::sort(pages.begin(), pages.end());
  return pages;
}

namespace {

// Pages that some types hide, from the records alone: an index that is being built anew hides nothing less.
class HiddenPages {
 public:
  static Result<HiddenPages> of(const storage::Records& records, const std::vector<std::string>& types) {
    HiddenPages hidden;
    for (const std::string& type : types) hidden.types_.insert(code_value(type));
    if (types.empty()) return hidden;
    TRY_STATUS(records.documents([&](const Document& document) {
      if (hidden.types_.contains(code_value(document.type)))
        for (const PageId page : document.pages) hidden.pages_.insert(page.value);
      return true;
    }));
    return hidden;
  }
  bool has(const Page& page) const {
    return pages_.contains(page.id.value) || (!page.types.empty() && types_.contains(code_value(page.types.front().type)));
  }

 private:
  std::set<std::string> types_;
  std::unordered_set<std::uint64_t> pages_;  // of documents
};

}  // namespace

Result<std::uint64_t> unfound_pages(const storage::Records& records, const std::function<bool(const Page&, Unfound)>& visit,
                                    const std::vector<std::string>& hidden_types) {
  TRY(const HiddenPages hidden, HiddenPages::of(records, hidden_types));
  std::uint64_t looked_at = 0;
  TRY_STATUS(records.pages([&](const Page& page) {
    if (hidden.has(page)) return true;
    ++looked_at;
    const std::optional<Unfound> reason = unfound_reason(page);
    return !reason || visit(page, *reason);
  }));
  return looked_at;
}

}  // namespace chartscan::indexer
