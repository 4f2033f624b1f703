#include "charts/boundaries.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <optional>

#include "charts/document_types.h"
#include "charts/evidence.h"
#include "charts/fuzzy.h"

namespace chartscan::charts {
namespace {

// Sheets fed twice.
constexpr std::size_t kLookBack = 4;      // a sheet is fed again soon or not at all
constexpr int kSamePicture = 8;           // bits of 64 in which two scans of one sheet differ at most; other pages of a form differ by more
constexpr int kSameWordlessPicture = 3;   // without words the picture alone must do
constexpr double kSameText = 0.85;        // shared words of two readings of one sheet; also asked of the numbers alone
constexpr std::size_t kFewWords = 6;

// Boundaries.
constexpr double kClearTitle = 0.55;      // first-page cue of a page with a title
constexpr double kSomeCue = 0.3;
constexpr double kSureType = 0.7, kVerySureType = 0.9;
constexpr std::size_t kPagesPerSeparator = 8;  // with at least one sheet in so many pages, sheets part the documents

constexpr double kTypeUnsure = 0.6;
constexpr double kMinServiceDate = 0.25;

struct PageNumber {
  int number = 0, total = 0;
};

PageNumber page_number(const Page& page) {
  PageNumber result;
  const Field* field = first_field(page, FieldKind::PageNumber);
  if (!field) return result;
  const char* end = field->value.data() + field->value.size();
  const auto [slash, error] = std::from_chars(field->value.data(), end, result.number);
  if (error == std::errc{} && slash != end && *slash == '/') std::from_chars(slash + 1, end, result.total);
  return result;
}

std::map<std::string, int> words_of(const PageText& text, bool numbers_only) {
  std::map<std::string, int> words;
  for (const Word& word : text.words) {
    const std::string plain = letters_and_digits(word.text);
    const bool number = std::any_of(plain.begin(), plain.end(), [](unsigned char c) { return std::isdigit(c); });
    if (!plain.empty() && (number || !numbers_only)) ++words[plain];
  }
  return words;
}

// Share of words that two pages have in common, 0..1 (Dice).
double shared(const std::map<std::string, int>& a, const std::map<std::string, int>& b) {
  int common = 0, all = 0;
  for (const auto& [word, count] : a) {
    all += count;
    if (const auto other = b.find(word); other != b.end()) common += std::min(count, other->second);
  }
  for (const auto& [word, count] : b) all += count;
  return all == 0 ? 1.0 : 2.0 * common / all;
}

bool fields_differ(const Page& a, const Page& b, FieldKind kind) {
  const Field* x = first_field(a, kind);
  const Field* y = first_field(b, kind);
  return x && y && x->value != y->value;
}

bool is_same_sheet(const Page& page, const PageText& text, const Page& earlier, const PageText& earlier_text) {
  if (page.fingerprint == 0 || earlier.fingerprint == 0) return false;
  const int differ = std::popcount(page.fingerprint ^ earlier.fingerprint);
  if (differ > kSamePicture) return false;
  for (const FieldKind kind : {FieldKind::PageNumber, FieldKind::ServiceDate, FieldKind::Account})
    if (fields_differ(page, earlier, kind)) return false;
  if (std::min(text.words.size(), earlier_text.words.size()) < kFewWords)
    return differ <= kSameWordlessPicture && shared(words_of(text, false), words_of(earlier_text, false)) >= kSameText;
  return shared(words_of(text, false), words_of(earlier_text, false)) >= kSameText &&
         shared(words_of(text, true), words_of(earlier_text, true)) >= kSameText;
}

// Another MRN, or name and birth date both of another person.
bool identity_changes(const Page& before, const Page& page) {
  const Patient earlier = described_by({before.id, before.fields});
  const PageEvidence evidence = compare({page.id, page.fields}, earlier);
  if (evidence.mrn.contradicts) return true;
  const bool same_mrn = evidence.mrn.agreement == Agreement::Agrees;
  return !same_mrn && evidence.name.contradicts && evidence.dob.contradicts;
}

const TypeGuess* sure_type(const Page& page, double confidence) {
  if (page.types.empty() || page.types.front().type == "unknown" || page.types.front().confidence < confidence) return nullptr;
  return &page.types.front();
}

bool types_differ(const Page& a, const Page& b, double confidence) {
  const TypeGuess* x = sure_type(a, confidence);
  const TypeGuess* y = sure_type(b, confidence);
  return x && y && x->type != y->type;
}

// Does `page` begin a document, seen after the pages `open` of the current one? `sheets`: separators part this batch, so
// that titles and types alone do not.
bool begins_document(const std::vector<const Page*>& open, const Page& page, bool sheets) {
  const Page& before = *open.back();
  const PageNumber last = page_number(before), now = page_number(page);
  if (now.number == 1) return true;
  const bool same_run = !last.total || !now.total || last.total == now.total;
  if (now.number > 1 && last.number > 0 && now.number > last.number && same_run) return false;  // "2 of 3": whoever it names
  if (now.number > 1 && last.number > 0) return true;                                           // a number of another run
  if (identity_changes(before, page)) return true;
  if (last.total > 1 && last.number == last.total && page.first_page_cue >= kSomeCue) return true;  // the run was complete
  if (sheets) return false;
  if (now.number > 1) return types_differ(before, page, kSureType);
  if (page.first_page_cue >= kClearTitle) return true;
  if (types_differ(before, page, kVerySureType)) return true;
  return types_differ(before, page, kSureType) && page.first_page_cue >= kSomeCue;
}

bool is_signed_electronically(const PageText& text) {
  for (std::size_t i = 0; i + 1 < text.words.size(); ++i) {
    const std::string first = fold(text.words[i].text), second = fold(text.words[i + 1].text);
    const bool way = first == fold("electronically") || first == fold("digitally");
    const bool done = second == fold("signed") || second == fold("authenticated") || second == fold("verified") || second == fold("approved");
    if ((way && done) || first == fold("esigned")) return true;
  }
  return false;
}

class Assembler {
 public:
  Assembler(std::span<Page> pages, std::span<const PageText> texts) : pages_(pages), texts_(texts) {}

  Assembly assemble() {
    count_separators();
    for (std::size_t i = 0; i < pages_.size(); ++i) place(i);
    close();
    return std::move(assembly_);
  }

 private:
  void count_separators() {
    std::size_t separators = 0;
    for (const Page& page : pages_) separators += page.separator == SeparatorKind::Document;
    sheets_ = separators * kPagesPerSeparator >= pages_.size() && separators > 0;
  }

  void place(std::size_t i) {
    Page& page = pages_[i];
    if (page.state == PageState::Rejected) return;
    if (page.separator != SeparatorKind::None) {
      page.state = PageState::Separator;
      close();
    } else if (page.blank) {
      page.state = PageState::BlankAside;
    } else if (const Page* first = fed_before(i)) {
      page.state = PageState::Superseded;
      page.duplicate_of = first->id;
      if (!has_finding(page.findings, finding::kDuplicateFeed))
        page.findings.push_back({finding::kDuplicateFeed, "the same sheet as page " + to_string(first->id) + "; kept, not filed a second time", 1});
    } else {
      if (!open_.empty() && begins_document(open_pages(), page, sheets_)) close();
      open_.push_back(i);
      recent_.push_back(i);
    }
  }

  const Page* fed_before(std::size_t i) const {
    const std::size_t from = recent_.size() > kLookBack ? recent_.size() - kLookBack : 0;
    for (std::size_t k = recent_.size(); k > from; --k)
      if (is_same_sheet(pages_[i], texts_[i], pages_[recent_[k - 1]], texts_[recent_[k - 1]])) return &pages_[recent_[k - 1]];
    return nullptr;
  }

  std::vector<const Page*> open_pages() const {
    std::vector<const Page*> pages;
    for (const std::size_t i : open_) pages.push_back(&pages_[i]);
    return pages;
  }

  void close() {
    if (open_.empty()) return;
    Document document;
    document.id = DocumentId{pages_[open_.front()].id.value};
    document.batch = pages_[open_.front()].batch;
    for (const std::size_t i : open_) document.pages.push_back(pages_[i].id);
    set_type(document);
    set_service_date(document);
    set_author(document);
    check_signature(document);
    assembly_.documents.push_back(std::move(document));
    open_.clear();
  }

  // The first page that says something names the type; later pages may strengthen it, not change it.
  void set_type(Document& document) const {
    const auto first = std::find_if(open_.begin(), open_.end(), [&](std::size_t i) { return sure_type(pages_[i], 0) != nullptr; });
    if (first != open_.end()) {
      const TypeGuess& guess = pages_[*first].types.front();
      document.type = guess.type;
      document.type_confidence = guess.confidence;
      for (const std::size_t i : open_)
        if (const TypeGuess* other = sure_type(pages_[i], 0); other && i != *first && other->type == guess.type)
          document.type_confidence = 1 - (1 - document.type_confidence) * (1 - other->confidence / 2);
    }
    if (document.type_confidence < kTypeUnsure)
      document.findings.push_back({finding::kTypeUnsure, "the pages do not say clearly what kind of document this is", 1 - document.type_confidence});
  }

  void set_service_date(Document& document) const {
    for (const FieldKind kind : {FieldKind::ServiceDate, FieldKind::SignatureDate}) {
      const Field* best = nullptr;
      for (const std::size_t i : open_) {
        const Field* field = first_field(pages_[i], kind);
        if (field && field->confidence >= kMinServiceDate && (!best || field->confidence > best->confidence + 0.1)) best = field;
      }
      if (!best) continue;
      document.service_date = parse_iso_date(best->value).value_or(Date{});
      return;
    }
  }

  // The most certain one; of equals the last, for reports are signed at their end.
  void set_author(Document& document) const {
    const Field* best = nullptr;
    for (const std::size_t i : open_) {
      const Field* field = first_field(pages_[i], FieldKind::Author);
      if (field && (!best || field->confidence >= best->confidence)) best = field;
    }
    if (best) document.author = best->value;
  }

  void check_signature(Document& document) const {
    const DocumentType* type = find_document_type(document.type);
    if (!type || !type->needs_signature) return;
    bool line = false, ink = false;
    for (const std::size_t i : open_) {
      line = line || pages_[i].signature_line;
      ink = ink || pages_[i].signature || is_signed_electronically(texts_[i]);
    }
    if (line && !ink) document.findings.push_back({finding::kUnsigned, "a place to sign was found and no ink on it", 1});
  }

  std::span<Page> pages_;
  std::span<const PageText> texts_;
  bool sheets_ = false;
  std::vector<std::size_t> open_;    // pages of the document being built
  std::vector<std::size_t> recent_;  // pages kept so far
  Assembly assembly_;
};

}  // namespace

Assembly assemble(std::span<Page> pages, std::span<const PageText> texts) { return Assembler(pages, texts).assemble(); }

}  // namespace chartscan::charts
