#include <map>
#include <unordered_map>

#include "indexer/fields.h"
#include "indexer/index.h"
#include "indexer/index_state.h"
#include "indexer/neighbours.h"
#include "indexer/posting_list.h"

namespace chartscan::indexer {
namespace {

using storage::Family;
using storage::Records;
using storage::View;
using Report = std::function<void(const std::string&)>;

constexpr std::size_t kMaxNamed = 1000;  // faulty pages told one by one; more are counted

// Many postings in few bytes: equal sets have equal sums, and different sets almost never do.
struct Sum {
  std::uint64_t hashes = 0;
  std::uint32_t count = 0;

  void add(std::string_view term, std::span<const Place> places) {
    std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a, the term's length first so that term and places cannot flow together
    const auto mix = [&](std::uint64_t number) { hash = (hash ^ number) * 0x100000001B3; };
    mix(term.size());
    for (const char c : term) mix(static_cast<std::uint8_t>(c));
    for (const Place place : places) mix(place);
    hashes += hash ^ (hash >> 29);
    ++count;
  }
  bool operator==(const Sum&) const = default;
};

// What one page is in each layer; nothing: it is not in that layer.
struct PageSums {
  std::array<std::optional<Sum>, kLayers.size()> of;
  std::uint32_t length = 0;
  bool operator==(const PageSums&) const = default;
};
using Sums = std::unordered_map<std::uint64_t, PageSums>;

Sum& sum_of(Sums& sums, std::uint64_t page, Layer layer) {
  auto& sum = sums[page].of[static_cast<std::size_t>(layer)];
  return sum ? *sum : sum.emplace();
}

void add(Sums& sums, const std::vector<Posting>& postings, PageId page, Layer layer) {
  Sum& sum = sum_of(sums, page.value, layer);
  for (const Posting& posting : postings) sum.add(posting.term, posting.places);
}

// What the index should say.
Result<std::uint64_t> expected_sums(const Records& records, Sums& sums) {
  std::uint64_t checked = 0;
  Status outcome;
  TRY_STATUS(records.pages([&](const Page& page) {
    ++checked;
    sums[page.id.value];
    auto text = records.text(page.id);
    if (!text.ok()) return outcome = std::move(text).error(), false;
    if (!*text) return true;  // not yet read
    const std::vector<Posting> words = postings_of(**text, page);
    add(sums, words, page.id, Layer::Words);
    add(sums, postings_of(page), page.id, Layer::Page);
    sums[page.id.value].length = std::min(length_of(words), PageLengths::kMaxLength);
    return true;
  }));
  TRY_STATUS(std::move(outcome));
  TRY_STATUS(records.documents([&](const Document& document) {
    const std::vector<Posting> postings = postings_of(document);
    for (const PageId page : document.pages) add(sums, postings, page, Layer::Document);
    return true;
  }));
  return checked;
}

// What one segment of the store says, with its tables held against its lists.
class SegmentCheck {
 public:
  SegmentCheck(const View& view, const Part& part, const Report& report) : view_(view), part_(part), report_(report) {}

  Status run(Sums& sums) {
    const Segment& segment = part_.segment;
    TRY(const auto row, view_.pin(Family::Dictionary, rows::pages(segment.number)));
    auto lengths = row ? rows::decode_pages(row->bytes) : std::nullopt;
    if (!lengths || lengths->pages.size() != segment.pages) return fault("its pages"), Status();
    for (const PageNo page : lengths->pages)
      if (!is_hidden(page)) sum_of(sums, page, segment.layer);
    TRY(const rows::TermTable terms, dictionary());
    std::size_t term = 0;
    const auto lists = view_.rows(Family::Post, rows::lists(segment.number));
    for (; !lists->at_end(); lists->next(), ++term) {
      const std::string_view name = rows::term_of_list(lists->key());
      Postings postings;
      if (!read(name, lists->value(), postings)) {
        ++bad_lists_;
        continue;
      }
      if (term >= terms.size() || terms.term(term) != name || terms.pages[term] != postings.pages.size()) bad_dictionary_ = true;
      add(sums, name, postings, *lengths);
    }
    TRY_STATUS(lists->status());
    if (bad_dictionary_ || term != terms.size()) fault("its dictionary does not agree with its lists");
    if (bad_lists_ > 0) fault(std::to_string(bad_lists_) + " lists cannot be read");
    if (bad_lists_ == 0 && !bad_dictionary_ && segment.layer == Layer::Words) {
      TRY(const bool agree, neighbours_agree(view_, segment));
      if (!agree) fault("which words stand together does not agree with its lists");
    }
    if (strays_ > 0) fault(std::to_string(strays_) + " entries are of pages that are not its own");
    return {};
  }

 private:
  void fault(const std::string& what) {
    report_("index: segment " + std::to_string(part_.segment.number) + ": " + what + "; run 'chartscan index rebuild'");
  }
  bool is_hidden(PageNo page) const { return part_.hidden && part_.hidden->has(page); }

  Result<rows::TermTable> dictionary() {
    rows::TermTable terms;
    TRY_STATUS(view_.scan(Family::Dictionary, rows::terms(part_.segment.number), [&](std::string_view, std::string_view piece) {
      bad_dictionary_ = bad_dictionary_ || !rows::decode_terms(piece, terms);
      return !bad_dictionary_;
    }));
    return terms;
  }

  bool read(std::string_view term, std::string_view bytes, Postings& postings) {
    ListReader list(bytes, part_.segment.first);
    std::optional<storage::Pinned> chunk;
    std::size_t number = SIZE_MAX;
    const bool good = list.read_all(postings, [&](std::size_t wanted) -> std::optional<std::string_view> {
      if (number != wanted) {
        auto found = find_chunk(view_, part_, term, wanted);
        if (!found.ok() || !*found) return std::nullopt;
        chunk = std::move(*found);
        number = wanted;
      }
      return chunk->bytes;
    });
    return good && postings.pages.size() == list.pages();
  }

  void add(Sums& sums, std::string_view term, const Postings& postings, const PageLengths& lengths) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < postings.pages.size(); first += postings.counts[i++]) {
      const PageNo page = postings.pages[i];
      const auto length = lengths.at(page);
      if (!length) {
        ++strays_;
        continue;
      }
      if (is_hidden(page)) continue;
      sum_of(sums, page, part_.segment.layer).add(term, std::span(postings.places).subspan(first, postings.counts[i]));
      if (part_.segment.layer == Layer::Words) sums[page].length = *length;
    }
  }

  const View& view_;
  const Part& part_;
  const Report& report_;
  std::uint64_t bad_lists_ = 0, strays_ = 0;
  bool bad_dictionary_ = false;
};

// What the index does say.
Status present_sums(const View& view, Sums& sums, const Report& report) {
  TRY(const auto state, IndexState::of(view));
  for (const Layer layer : kLayers) {
    for (const Part& part : state->layer(layer).stored) TRY_STATUS(SegmentCheck(view, part, report).run(sums));
    for (const auto& [page, fresh] : state->layer(layer).fresh) {
      Sum& sum = sum_of(sums, page, layer);
      std::map<std::string_view, std::vector<Place>> places;
      for (const FreshTerm& term : fresh->terms) {
        const auto own = std::span(fresh->places).subspan(term.first, term.count);
        places[term.term].insert(places[term.term].end(), own.begin(), own.end());
      }
      for (const auto& [term, all] : places) sum.add(term, all);
      if (layer == Layer::Words) sums[page].length = std::min(fresh->length, PageLengths::kMaxLength);
    }
  }
  return {};
}

std::string difference(const char* what, const std::optional<Sum>& expected, const std::optional<Sum>& present) {
  if (expected == present) return {};
  if (!present) return std::string(" ") + what + " missing;";
  const std::uint32_t wanted = expected ? expected->count : 0;
  const std::string counts = std::to_string(present->count) + " of " + std::to_string(wanted);
  return std::string(" ") + what + " " + (wanted == present->count ? counts + " but not the same" : counts) + ";";
}

}  // namespace

Result<std::uint64_t> verify_index(const Records& records, const Report& report) {
  Sums expected, present;
  TRY(const std::uint64_t checked, expected_sums(records, expected));
  TRY_STATUS(present_sums(records.view(), present, report));

  std::map<std::uint64_t, std::string> faults;
  const auto compare = [&](std::uint64_t page) {
    const PageSums want = expected[page], have = present[page];
    if (want == have) return;
    std::string fault = difference("words", want.of[0], have.of[0]) + difference("fields of the page", want.of[1], have.of[1]) +
                        difference("fields of the document", want.of[2], have.of[2]);
    faults[page] = fault.empty() ? " length of its text;" : std::move(fault);
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
    report("index of page " + to_string(PageId{page}) + ":" + fault + " run 'chartscan index rebuild'");
  }
  if (named > kMaxNamed) report("index: " + std::to_string(named - kMaxNamed) + " more pages are wrong");
  return checked;
}

}  // namespace chartscan::indexer
