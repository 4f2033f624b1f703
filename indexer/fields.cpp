#include "indexer/fields.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "indexer/tokenizer.h"
#include "indexer/unfound.h"

namespace chartscan::indexer {
namespace {

// Collects terms once each, in order.
class Terms {
 public:
  void code(const char* field, const std::string& value) {
    if (!value.empty()) places_[layout::field_term(field, value)] = {0};
  }

  // Values of one field follow each other with a gap, so that no phrase reaches from one into the next.
  void words(const char* field, std::string_view value) {
    std::uint32_t& base = bases_[field];
    const std::vector<Token> tokens = tokenize(value);
    for (const Token& token : tokens) {
      places_[layout::field_term(field, token.term)].push_back(place(base + token.position, token.span));
    }
    base += positions_in(tokens) + 1;
  }

  void word(const Token& token) { places_[token.term].push_back(place(token.position, token.span)); }

  std::vector<Posting> take() {
    std::vector<Posting> postings;
    postings.reserve(places_.size());
    while (!places_.empty()) {
      auto node = places_.extract(places_.begin());
      postings.push_back({std::move(node.key()), std::move(node.mapped())});
    }
    return postings;
  }

 private:
  std::map<std::string, std::vector<Place>> places_;
  std::map<std::string, std::uint32_t> bases_;
};

void add_findings(Terms& terms, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) terms.code(field::kFinding, code_value(finding.code));
}

// What a page says of its own standing. "filed" and "review" are the document's to say; a page without one says them itself.
void add_status(Terms& terms, const Page& page) {
  if (page.blank || page.state == PageState::BlankAside) terms.code(field::kStatus, "blank");
  if (page.separator != SeparatorKind::None || page.state == PageState::Separator) terms.code(field::kStatus, "separator");
  if (page.state == PageState::Superseded) terms.code(field::kStatus, "superseded");
  if (page.state == PageState::Rejected) terms.code(field::kStatus, "rejected");
  if (page.duplicate_of || has_finding(page.findings, finding::kDuplicateFeed)) terms.code(field::kStatus, "duplicate");
  if (!page.document && page.state == PageState::Review) terms.code(field::kStatus, "review");
  if (unfound_reason(page)) terms.code(field::kStatus, kUnfoundStatus);
}

constexpr double kLegible = 0.6;  // confidence of a word that is searched although a pen wrote it

// What an engine makes of handwriting and of print under a stamp is no word of the page, unless it was read well.
bool is_searched(const Word& word, const Page& page) {
  if (word.confidence >= kLegible) return true;
  const int x = (word.box.x0 + word.box.x1) / 2, y = (word.box.y0 + word.box.y1) / 2;
  return std::ranges::none_of(page.cues, [&](const FormCue& cue) {
    const bool written = cue.kind == CueKind::Handwriting || cue.kind == CueKind::Stamp || cue.kind == CueKind::Signature;
    return written && cue.state == CueState::Present && x >= cue.box.x0 && x < cue.box.x1 && y >= cue.box.y0 && y < cue.box.y1;
  });
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string code_value(std::string_view text) {
  std::string code = lower_case(text);
  for (char& c : code) {
    if (c == ' ' || c == '-') c = '_';
  }
  return code;
}

std::string date_value(const Date& date) {
  if (!date) return {};
  char text[40];
  std::snprintf(text, sizeof text, "%04d%02d%02d", date.year, date.month, date.day);
  return text;
}

bool is_linked(const Document& document) {
  return !document.link.mrn.empty() && (document.link.status == LinkStatus::Auto || document.link.status == LinkStatus::Person);
}

std::vector<std::uint32_t> unsearched_words(const PageText& text, const Page& page) {
  std::vector<std::uint32_t> words;
  for (std::size_t i = 0; !page.cues.empty() && i < text.words.size(); ++i)
    if (!is_searched(text.words[i], page)) words.push_back(static_cast<std::uint32_t>(i));
  return words;
}

std::vector<Posting> postings_of(const PageText& text, const Page& page) {
  Terms terms;
  for (const Token& token : tokenize(text))
    if (page.cues.empty() || is_searched(text.words[token.word], page)) terms.word(token);
  return terms.take();
}

std::uint32_t length_of(const std::vector<Posting>& words) {
  std::uint32_t length = 0;
  for (const Posting& posting : words) length = std::max(length, end_of(posting.places.back()));
  return length;
}

std::vector<Posting> postings_of(const Page& page) {
  Terms terms;
  terms.code(field::kBatch, lower_case(to_string(page.batch)));
  terms.words(field::kFile, page.original.file);
  for (const Barcode& barcode : page.barcodes) terms.words(field::kBarcode, barcode.payload);
  for (const Field& value : page.fields) {
    if (value.kind == FieldKind::Facility) terms.words(field::kFacility, value.value);
    if (value.kind == FieldKind::Author) terms.words(field::kAuthor, value.value);
  }
  if (const Field* facility = first_field(page, FieldKind::Facility)) terms.code(field::kSite, lower_case(facility->value));
  if (!page.types.empty()) terms.code(field::kOwnType, code_value(page.types.front().type));
  add_findings(terms, page.findings);
  add_status(terms, page);
  return terms.take();
}

std::vector<Posting> postings_of(const Document& document) {
  Terms terms;
  terms.code(field::kType, code_value(document.type));
  terms.code(field::kDate, date_value(document.service_date));
  terms.words(field::kAuthor, document.author);
  if (is_linked(document)) {
    terms.code(field::kMrn, lower_case(document.link.mrn));
    terms.code(field::kChart, document.link.mrn);
  }
  terms.code(field::kStatus, document.filed ? "filed" : "review");
  if (document.link.status != LinkStatus::Review)
    terms.code(field::kStatus, to_string(document.link.status));  // auto, person, none
  add_findings(terms, document.findings);
  return terms.take();
}

}  // namespace chartscan::indexer
