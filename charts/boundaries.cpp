#include "charts/boundaries.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "charts/continuity.h"
#include "charts/document_types.h"
#include "charts/fed_twice.h"
#include "charts/fuzzy.h"
#include "charts/start_score.h"

namespace chartscan::charts {
namespace {

constexpr std::size_t kLookBack = 4;   // a sheet is fed again soon or not at all
constexpr std::size_t kLookAhead = 3;  // as many sheets of somebody else may have slipped into a document
constexpr double kBegins = 0.5;
constexpr double kSheetMissed = 0.75;  // the pages say so surely that a document begins that a separator sheet is missing
constexpr double kUnsure = 0.25;       // nearer than this to even: a person should look
constexpr std::size_t kPagesPerSeparator = 8;  // with at least one sheet in so many pages, sheets part the documents
constexpr double kTypeUnsure = 0.6;
constexpr double kLaterPage = 0.4;     // what a page says of the type after the first that says something, in parts of it
constexpr double kLeastType = 1e-4;    // no page rules a type out altogether
constexpr double kMayBeSensitive = 0.3;  // so likely of a class that is kept apart, a paper is kept apart until a person says what it is
constexpr double kMinServiceDate = 0.25;

using Run = std::vector<const Page*>;  // pages in feeding order that may be one document

// What separators part: whole documents, or only some of them.
enum class Sheets { PartDocuments, PartSome };

// The number of the last page: printed, or counted on from the page before it that has one.
PageNumber number_of_last(const Run& open) {
  int since = 0;
  for (auto page = open.rbegin(); page != open.rend(); ++page, ++since) {
    PageNumber number = page_number(**page);
    if (!number.number) continue;
    number.number += since;
    return number;
  }
  return {};
}

bool patient_changes(const Run& open, const Page& page) {
  const auto named = std::find_if(open.rbegin(), open.rend(), [](const Page* before) { return names_patient(identifiers(*before)); });
  return named != open.rend() && is_another_person(**named, page);
}

// What the page's number and patient say, where they say something.
std::optional<bool> surely_begins(const Run& open, const Page& page) {
  const PageNumber last = page_number(*open.back()), now = page_number(page);
  if (now.number == 1) return true;
  if (now.number > 1 && last.number > 0) return now.number <= last.number || !in_same_run(last, now);  // "2 of 3" goes on, whoever it names
  if (patient_changes(open, page)) return true;
  return std::nullopt;
}

// Does `page` begin a document, seen after the pages `open` of the current one? Rules first; what they leave open is weighed.
struct Gap {
  bool begins = false;
  bool weighed = false;  // no person, number, patient or sheet decided it
};
Gap gap_before(const Run& open, const Page& page, const StartGuess& guess, Sheets sheets) {
  if (page.decisions.starts_document) return {*page.decisions.starts_document};
  if (const auto sure = surely_begins(open, page)) return {*sure};
  if (sheets == Sheets::PartDocuments) return {false};
  const PageNumber last = number_of_last(open);
  const bool named = names_patient(identifiers(page));
  // A page that could not be read goes on only where one is missing; elsewhere it may be anybody's.
  if (!named && !is_well_read(page)) return {last.total == 0 || last.completes_run()};
  if (last.completes_run() && (!named || page.first_page_cue >= kSomeCue)) return {true};
  return {guess.probability >= kBegins, true};
}

// The page goes on with `open` past strangers: the same patient, and the next number or at least nothing of a first page.
bool resumes(const Run& open, const Page& page) {
  if (!names_patient(identifiers(page)) || patient_changes(open, page) || !is_same_person(*open.back(), page)) return false;
  const PageNumber last = page_number(*open.back()), now = page_number(page);
  if (last.number || now.number) return is_next(last, now);
  return page.first_page_cue < kSomeCue && !types_differ(*open.back(), page, kSureType);
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
  Assembler(std::span<Page> pages, const TextOf& text_of) : pages_(pages), text_of_(text_of) {}

  Result<Assembly> assemble() {
    TRY_STATUS(sort_out());
    sheets_ = what_sheets_part();
    for (const Group& group : groups_) TRY_STATUS(split(group));
    std::ranges::sort(assembly_.documents, {}, &Document::id);
    return std::move(assembly_);
  }

 private:
  using Group = std::vector<std::size_t>;  // positions of pages between two separators

  // Separators, blanks and sheets fed twice leave; the rest is parted into groups by the separators.
  Status sort_out() {
    groups_.emplace_back();
    for (std::size_t i = 0; i < pages_.size(); ++i) {
      Page& page = pages_[i];
      page.start.reset();
      if (page.state == PageState::Rejected || is_out(page)) continue;
      if (page.separator != SeparatorKind::None) {
        page.state = PageState::Separator;
        groups_.emplace_back();
        continue;
      }
      if (page.blank) {
        page.state = PageState::BlankAside;
        continue;
      }
      // A person joined it to the page before, whatever sheet lies between.
      if (page.decisions.starts_document == false)
        while (groups_.back().empty() && groups_.size() > 1) groups_.pop_back();
      TRY(const Page* first, fed_before(i));
      if (first) supersede(page, *first);
      else {
        groups_.back().push_back(i);
        recent_.push_back(i);
      }
    }
    return {};
  }

  static void supersede(Page& page, const Page& first) {
    page.state = PageState::Superseded;
    page.duplicate_of = first.id;
    if (!has_finding(page.findings, finding::kDuplicateFeed))
      page.findings.push_back({finding::kDuplicateFeed, "the same sheet as page " + to_string(first.id) + "; kept, not filed a second time", 1});
  }

  Result<const Page*> fed_before(std::size_t i) const {
    const std::size_t from = recent_.size() > kLookBack ? recent_.size() - kLookBack : 0;
    for (std::size_t k = recent_.size(); k > from; --k) {
      const std::size_t earlier = recent_[k - 1];
      if (!looks_like(pages_[i], pages_[earlier])) continue;
      TRY(const PageText text, text_of_(i));
      TRY(const PageText earlier_text, text_of_(earlier));
      if (says_the_same(pages_[i], text, pages_[earlier], earlier_text)) return &pages_[earlier];
    }
    return nullptr;
  }

  // With sheets in plenty they part the documents and titles alone do not; unless documents begin between them as well.
  Sheets what_sheets_part() const {
    const auto separators = static_cast<std::size_t>(
        std::ranges::count_if(pages_, [](const Page& page) { return page.separator == SeparatorKind::Document; }));
    if (separators == 0 || separators * kPagesPerSeparator < pages_.size()) return Sheets::PartSome;
    for (const Group& group : groups_)
      for (std::size_t k = 1; k < group.size(); ++k)
        if (surely_begins({&pages_[group[k - 1]]}, pages_[group[k]]).value_or(false)) return Sheets::PartSome;
    return Sheets::PartDocuments;
  }

  Run run_of(std::span<const std::size_t> positions) const {
    Run run;
    for (const std::size_t i : positions) run.push_back(&pages_[i]);
    return run;
  }

  Status split(std::span<const std::size_t> group, bool strangers = false) {
    Group open;
    for (std::size_t k = 0; k < group.size();) {
      if (!open.empty() && begins_document(run_of(open), pages_[group[k]])) {
        const std::size_t back = where_resumed(run_of(open), group, k);
        if (back > k) {
          TRY_STATUS(split(group.subspan(k, back - k), true));
          k = back;
        } else {
          TRY_STATUS(close(open, strangers));
          open.clear();
        }
      }
      open.push_back(group[k++]);
    }
    return close(open, strangers);
  }

  // Says on the page what its content says, whatever decides in the end.
  bool begins_document(const Run& open, Page& page) {
    page.start = weigh_start(start_cues(open, page));
    const Gap gap = gap_before(open, page, *page.start, sheets_);
    if (!gap.begins && !gap.weighed && sheets_ == Sheets::PartDocuments && !surely_begins(open, page) && !page.decisions.starts_document &&
        page.start->probability >= kSheetMissed)
      doubts_[page.id] = {finding::kSeparatorMissed, "page " + to_string(page.id) + " looks like the first of a document, and no separator sheet lay before it", page.start->probability};
    if (gap.weighed && std::abs(page.start->probability - kBegins) < kUnsure)
      doubts_[page.id] = {finding::kBoundaryUnsure, "whether a document begins with page " + to_string(page.id) + " is not clear: " + page.start->because,
                          1 - 2 * std::abs(page.start->probability - kBegins)};
    return gap.begins;
  }

  // Where the open document goes on after pages of somebody else that begin at `k`; `k` when it does not.
  std::size_t where_resumed(const Run& open, std::span<const std::size_t> group, std::size_t k) const {
    if (pages_[group[k]].decisions.starts_document || !patient_changes(open, pages_[group[k]])) return k;
    for (std::size_t at = k + 1; at < group.size() && at <= k + kLookAhead; ++at)
      if (resumes(open, pages_[group[at]])) return at;
    return k;
  }

  Status close(const Group& open, bool strangers) {
    if (open.empty()) return {};
    Document document;
    document.id = DocumentId{pages_[open.front()].id.value};
    document.batch = pages_[open.front()].batch;
    for (const std::size_t i : open) document.pages.push_back(pages_[i].id);
    if (strangers)
      document.findings.push_back({finding::kForeignPage, "lay between the pages of a document of another patient; look whether the sheets were mixed up", 1});
    for (const std::size_t i : open)
      if (const auto doubt = doubts_.find(pages_[i].id); doubt != doubts_.end()) document.findings.push_back(doubt->second);
    set_type(document, open);
    set_service_date(document, open);
    set_author(document, open);
    TRY_STATUS(check_signature(document, open));
    assembly_.documents.push_back(std::move(document));
    return {};
  }

  // All pages weigh in, the first that says something most: later pages of a document are much alike, and say less of what it is.
  // The probabilities of a single page stay as they are.
  void set_type(Document& document, const Group& open) const {
    std::map<std::string, double> nats;
    for (const std::size_t i : open)
      for (const TypeGuess& guess : pages_[i].types) nats.emplace(guess.type, 0);
    const auto others = static_cast<double>(document_types().size() + 1) - static_cast<double>(nats.size());
    double of_others = 0;
    bool named = false;
    for (const std::size_t i : open) {
      const std::vector<TypeGuess>& types = pages_[i].types;
      if (!sure_type(pages_[i], 0)) continue;
      double unsaid = 1;
      for (const TypeGuess& guess : types) unsaid -= guess.confidence;
      unsaid = std::max(kLeastType, unsaid / (others + static_cast<double>(nats.size() - types.size())));
      const double weight = named ? kLaterPage : 1;
      for (auto& [type, sum] : nats) {
        const auto said = std::ranges::find(types, type, &TypeGuess::type);
        sum += weight * std::log(said == types.end() ? unsaid : std::max(kLeastType, said->confidence));
      }
      of_others += weight * std::log(unsaid);
      named = true;
    }
    if (named) {
      const auto best = std::ranges::max_element(nats, {}, [](const auto& one) { return one.first == "unknown" ? -1e9 : one.second; });
      double all = others * std::exp(of_others - best->second);
      for (const auto& [type, sum] : nats) all += std::exp(sum - best->second);
      document.type = best->first;
      document.type_confidence = 1 / all;
      keep_apart(document, nats);
    }
    if (document.type_confidence < kTypeUnsure)
      document.findings.push_back({finding::kTypeUnsure, "the pages do not say clearly what kind of document this is", 1 - document.type_confidence});
  }

  // One of `nats` may be the paper's type by a class that not everybody may open: a person without the right must not be the one who
  // finds out. Then it has the likeliest type of that class, with as little confidence as that one has.
  static void keep_apart(Document& document, const std::map<std::string, double>& nats) {
    struct Class {
      double share = 0, of_best = 0;
      std::string best;
    };
    const double nats_of_best = nats.at(document.type);
    std::map<std::string, Class> classes;
    for (const auto& [type, sum] : nats) {
      const DocumentType* known = find_document_type(type);
      if (!known || known->sensitivity.empty()) continue;
      Class& one = classes[known->sensitivity];
      const double share = document.type_confidence * std::exp(sum - nats_of_best);
      one.share += share;
      if (share > one.of_best) one.of_best = share, one.best = type;
    }
    const DocumentType* best = find_document_type(document.type);
    if (classes.empty() || (best && !best->sensitivity.empty())) return;
    const Class& likeliest = std::ranges::max_element(classes, {}, [](const auto& one) { return one.second.share; })->second;
    if (likeliest.share < kMayBeSensitive) return;
    document.type = likeliest.best;
    document.type_confidence = likeliest.of_best;
  }

  void set_service_date(Document& document, const Group& open) const {
    for (const FieldKind kind : {FieldKind::ServiceDate, FieldKind::SignatureDate}) {
      const Field* best = nullptr;
      for (const std::size_t i : open) {
        const Field* field = first_field(pages_[i], kind);
        if (field && field->confidence >= kMinServiceDate && (!best || field->confidence > best->confidence + 0.1)) best = field;
      }
      if (!best) continue;
      document.service_date = parse_iso_date(best->value).value_or(Date{});
      return;
    }
  }

  // The most certain one; of equals the last, for reports are signed at their end.
  void set_author(Document& document, const Group& open) const {
    const Field* best = nullptr;
    for (const std::size_t i : open) {
      const Field* field = first_field(pages_[i], FieldKind::Author);
      if (field && (!best || field->confidence >= best->confidence)) best = field;
    }
    if (best) document.author = best->value;
  }

  // Texts are looked at only where ink was sought and not found.
  Status check_signature(Document& document, const Group& open) const {
    const DocumentType* type = find_document_type(document.type);
    if (!type || !type->needs_signature) return {};
    const auto has = [&](bool Page::*mark) { return std::ranges::any_of(open, [&](std::size_t i) { return pages_[i].*mark; }); };
    if (!has(&Page::signature_line) || has(&Page::signature)) return {};
    for (const std::size_t i : open) {
      TRY(const PageText text, text_of_(i));
      if (is_signed_electronically(text)) return {};
    }
    const auto is_unsure = [](const FormCue& cue) { return cue.kind == CueKind::Signature && cue.state == CueState::Unsure; };
    if (std::ranges::any_of(open, [&](std::size_t i) { return std::ranges::any_of(pages_[i].cues, is_unsure); }))
      document.findings.push_back({finding::kSignatureUnsure, "there is something on a place to sign: look whether it is a signature", 0.5});
    else
      document.findings.push_back({finding::kUnsigned, "a place to sign was found and no ink on it", 1});
    return {};
  }

  std::span<Page> pages_;
  const TextOf& text_of_;
  Sheets sheets_ = Sheets::PartSome;
  std::vector<Group> groups_;
  std::vector<std::size_t> recent_;  // pages kept so far
  std::map<PageId, Finding> doubts_; // about the gap before the page
  Assembly assembly_;
};

}  // namespace

Result<Assembly> assemble(std::span<Page> pages, const TextOf& text_of) { return Assembler(pages, text_of).assemble(); }

}  // namespace chartscan::charts
