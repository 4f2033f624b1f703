#include "core/page.h"

#include <array>
#include <string_view>

namespace chartscan {
namespace {

template <typename Enum>
struct Named {
  Enum value;
  const char* name;
};
template <typename Enum>
Named(Enum, const char*) -> Named<Enum>;  // clang 14 does not deduce from an aggregate

constexpr std::array kPageStates{
    Named{PageState::Received, "received"},     Named{PageState::Processed, "processed"},
    Named{PageState::Filed, "filed"},           Named{PageState::Review, "review"},
    Named{PageState::Separator, "separator"},   Named{PageState::BlankAside, "blank"},
    Named{PageState::Superseded, "superseded"}, Named{PageState::Rejected, "rejected"},
};
constexpr std::array kSeparatorKinds{
    Named{SeparatorKind::None, "none"}, Named{SeparatorKind::Document, "document"}, Named{SeparatorKind::Patient, "patient"},
    Named{SeparatorKind::Batch, "batch"}};
constexpr std::array kMediaTypes{
    Named{MediaType::Unknown, "unknown"}, Named{MediaType::Tiff, "image/tiff"}, Named{MediaType::Pdf, "application/pdf"},
    Named{MediaType::Png, "image/png"},   Named{MediaType::Jpeg, "image/jpeg"}};
constexpr std::array kFieldKinds{
    Named{FieldKind::Mrn, "mrn"},
    Named{FieldKind::Account, "account"},
    Named{FieldKind::PatientName, "patient-name"},
    Named{FieldKind::BirthDate, "birth-date"},
    Named{FieldKind::Sex, "sex"},
    Named{FieldKind::SsnLast4, "ssn-last4"},
    Named{FieldKind::Phone, "phone"},
    Named{FieldKind::Address, "address"},
    Named{FieldKind::AdmitDate, "admit-date"},
    Named{FieldKind::DischargeDate, "discharge-date"},
    Named{FieldKind::ServiceDate, "service-date"},
    Named{FieldKind::SignatureDate, "signature-date"},
    Named{FieldKind::Author, "author"},
    Named{FieldKind::Facility, "facility"},
    Named{FieldKind::PageNumber, "page-number"},
    Named{FieldKind::Title, "title"},
};
constexpr std::array kCueKinds{
    Named{CueKind::CheckBox, "check-box"}, Named{CueKind::Signature, "signature"},
    Named{CueKind::ElectronicSignature, "electronic-signature"}, Named{CueKind::Date, "date"},
    Named{CueKind::Stamp, "stamp"}, Named{CueKind::Handwriting, "handwriting"}};
constexpr std::array kCueStates{
    Named{CueState::Absent, "absent"}, Named{CueState::Present, "present"}, Named{CueState::Unsure, "unsure"}};
constexpr std::array kWrittenBy{
    Named{WrittenBy::Unknown, "unknown"}, Named{WrittenBy::Print, "print"}, Named{WrittenBy::Pen, "pen"}};

template <typename Table, typename Enum>
const char* name_of(const Table& table, Enum value) {
  for (const auto& row : table)
    if (row.value == value) return row.name;
  return "";
}

template <typename Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<Named<Enum>, N>& table, std::string_view name) {
  for (const auto& row : table)
    if (name == row.name) return row.value;
  return std::nullopt;
}

}  // namespace

std::string PageText::text() const {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += words[i].line == words[i - 1].line ? ' ' : '\n';
    out += words[i].text;
  }
  return out;
}

bool is_out(const Page& page) { return page.superseded_by || page.decisions.withdrawn; }

Page as_delivered(const Page& page) {
  Page fresh;
  fresh.id = page.id;
  fresh.batch = page.batch;
  fresh.sequence = page.sequence;
  fresh.original = page.original;
  fresh.capture = page.capture;
  fresh.decisions = page.decisions;
  fresh.superseded_by = page.superseded_by;
  for (const Finding& finding : page.findings)
    if (finding.code == finding::kScannerNote) fresh.findings.push_back(finding);
  return fresh;
}

const Field* first_field(const Page& page, FieldKind kind) {
  const Field* best = nullptr;
  for (const Field& field : page.fields)
    if (field.kind == kind && (!best || field.confidence > best->confidence)) best = &field;
  return best;
}

const char* to_string(PageState state) { return name_of(kPageStates, state); }
const char* to_string(SeparatorKind kind) { return name_of(kSeparatorKinds, kind); }
const char* to_string(MediaType media) { return name_of(kMediaTypes, media); }
const char* to_string(FieldKind kind) { return name_of(kFieldKinds, kind); }
const char* to_string(CueKind kind) { return name_of(kCueKinds, kind); }
const char* to_string(CueState state) { return name_of(kCueStates, state); }
const char* to_string(WrittenBy written) { return name_of(kWrittenBy, written); }
std::optional<PageState> parse_page_state(std::string_view text) { return value_of(kPageStates, text); }
std::optional<SeparatorKind> parse_separator_kind(std::string_view text) { return value_of(kSeparatorKinds, text); }
std::optional<MediaType> parse_media_type(std::string_view text) { return value_of(kMediaTypes, text); }
std::optional<FieldKind> parse_field_kind(std::string_view text) { return value_of(kFieldKinds, text); }
std::optional<CueKind> parse_cue_kind(std::string_view text) { return value_of(kCueKinds, text); }
std::optional<CueState> parse_cue_state(std::string_view text) { return value_of(kCueStates, text); }
std::optional<WrittenBy> parse_written_by(std::string_view text) { return value_of(kWrittenBy, text); }

}  // namespace chartscan
