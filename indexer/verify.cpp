#include <map>
#include <unordered_map>

#include "indexer/fields.h"
#include "indexer/index.h"
#include "indexer/layout.h"

namespace chartscan::indexer {
namespace {

using storage::Family;

constexpr std::size_t kMaxNamed = 1000;  // faulty pages told one by one; more are counted

// Many postings in few bytes: equal sets have equal sums, and different sets almost never do.
struct Sum {
  std::uint64_t hashes = 0;
  std::uint32_t count = 0;

  void add(std::string_view key, std::string_view value) {
    std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a, the key's length first so that key and value cannot flow together
    const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001B3; };
    for (std::size_t length = key.size(); length > 0; length >>= 8) mix(static_cast<std::uint8_t>(length));
    for (const char c : key) mix(static_cast<std::uint8_t>(c));
    for (const char c : value) mix(static_cast<std::uint8_t>(c));
    hashes += hash ^ (hash >> 29);
    ++count;
  }
  bool operator==(const Sum&) const = default;
};

struct PageSums {
  Sum words, page_fields, document_fields;

  Sum& of(Source source) {
    switch (source) {
      case Source::Words: return words;
      case Source::Page: return page_fields;
      case Source::Document: break;
    }
    return document_fields;
  }
  bool operator==(const PageSums&) const = default;
};
using Sums = std::unordered_map<std::uint64_t, PageSums>;

void add(Sums& sums, const std::vector<Posting>& postings, PageId page, Source source, std::uint32_t length) {
  Sum& sum = sums[page.value].of(source);
  for (const Posting& posting : postings) {
    sum.add(layout::post_key(posting.term, page, source), layout::post_value(length, posting.places));
  }
}

// What the postings should be.
Result<std::uint64_t> expected_sums(const storage::Records& records, Sums& sums,
                                    std::unordered_map<std::uint64_t, bool>& has_text) {
  std::uint64_t checked = 0;
  Status outcome;
  TRY_STATUS(records.pages([&](const Page& page) {
    ++checked;
    auto text = records.text(page.id);
    if (!text.ok()) return outcome = std::move(text).error(), false;
    add(sums, postings_of(page), page.id, Source::Page, 0);
    has_text[page.id.value] = text->has_value();
    if (!*text) return true;
    const std::vector<Posting> words = postings_of(**text, page);
    const std::uint32_t length = length_of(words);
    add(sums, words, page.id, Source::Words, length);
    sums[page.id.value].words.add(layout::length_key(page.id), layout::length_value(length));
    return true;
  }));
  TRY_STATUS(std::move(outcome));
  TRY_STATUS(records.documents([&](const Document& document) {
    const std::vector<Posting> postings = postings_of(document);
    for (const PageId page : document.pages) add(sums, postings, page, Source::Document, 0);
    return true;
  }));
  return checked;
}

// What they are. `report` is told of keys that belong to no page.
Status present_sums(const storage::View& view, Sums& sums, const std::function<void(const std::string&)>& report) {
  std::uint64_t damaged = 0;
  TRY_STATUS(view.scan(Family::Post, "", [&](std::string_view key, std::string_view value) {
    const auto parsed = layout::parse_post_key(key);
    if (parsed)
      sums[parsed->page.value].of(parsed->source).add(key, value);
    else
      ++damaged;
    return true;
  }));
  TRY_STATUS(view.scan(Family::Dictionary, layout::kLengths, [&](std::string_view key, std::string_view value) {
    const auto page = layout::page_of_length_key(key);
    if (page)
      sums[page->value].words.add(key, value);
    else
      ++damaged;
    return true;
  }));
  if (damaged > 0) report("index: " + std::to_string(damaged) + " keys cannot be read");
  return {};
}

std::string difference(const char* what, const Sum& expected, const Sum& present) {
  if (expected == present) return {};
  const std::string counts = std::to_string(present.count) + " of " + std::to_string(expected.count);
  return std::string(" ") + what + " " + (expected.count == present.count ? counts + " but not the same" : counts) + ";";
}

}  // namespace

Result<std::uint64_t> verify_index(const storage::Records& records, const std::function<void(const std::string&)>& report) {
  Sums expected, present;
  std::unordered_map<std::uint64_t, bool> has_text;
  TRY(const std::uint64_t checked, expected_sums(records, expected, has_text));
  TRY_STATUS(present_sums(records.view(), present, report));

  std::map<std::uint64_t, std::string> faults;
  const auto compare = [&](std::uint64_t page) {
    PageSums want = expected[page], have = present[page];
    // A page that was never read has no text, and its fields are indexed only when something is known of it.
    if (!has_text[page] && have.page_fields.count == 0) want.page_fields = {};
    if (want == have) return;
    faults[page] = difference("words", want.words, have.words) +
                   difference("fields of the page", want.page_fields, have.page_fields) +
                   difference("fields of the document", want.document_fields, have.document_fields);
  };
  for (const auto& [page, _] : expected) compare(page);
  std::vector<std::uint64_t> strays;
  for (const auto& [page, _] : present) {
    if (!expected.contains(page)) strays.push_back(page);
  }
  for (const std::uint64_t page : strays) compare(page);

  std::size_t named = 0;
  for (const auto& [page, fault] : faults) {
    if (++named > kMaxNamed) continue;
    report("index of page " + to_string(PageId{page}) + ":" + fault + " index the page again");
  }
  if (named > kMaxNamed) report("index: " + std::to_string(named - kMaxNamed) + " more pages are wrong");
  return checked;
}

}  // namespace chartscan::indexer
