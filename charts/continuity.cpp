#include "charts/continuity.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <sstream>
#include <string>

#include "charts/evidence.h"
#include "charts/fuzzy.h"
#include "charts/identify.h"
#include "charts/patient_index.h"

namespace chartscan::charts {
namespace {

constexpr double kWellRead = 0.7;      // mean word confidence; noisy but sensible pages stay above, pages lying on their side below
constexpr int kWordsOfAPage = 15;      // with fewer a page says too little to be known by them
constexpr double kOtherName = 1;       // OCR-weighted distance from which names differ by more than characters taken for each other
constexpr double kMinField = 0.2;      // fields read with less confidence are noise
constexpr double kBareBarcode = 0.65;  // up to here a barcode number is only a number

constexpr std::size_t kWordOfName = 4;  // letters from which a word of a facility's name tells it from others
constexpr double kMisreadShare = 0.35;  // of a word's letters

// A barcode on the page says the same MRN: it was not misread.
bool is_coded(const Page& page, const std::string& mrn) {
  return std::ranges::any_of(page.barcodes, [&](const Barcode& code) {
    return canonical_mrn(code.payload).find(canonical_mrn(mrn)) != std::string::npos;
  });
}

bool mrns_are_coded(const Page& a, const Page& b) {
  const Field* x = first_field(a, FieldKind::Mrn);
  const Field* y = first_field(b, FieldKind::Mrn);
  return x && y && is_coded(a, x->value) && is_coded(b, y->value);
}

}  // namespace

PageNumber page_number(const Page& page) {
  PageNumber result;
  const Field* field = first_field(page, FieldKind::PageNumber);
  if (!field) return result;
  const char* end = field->value.data() + field->value.size();
  const auto [slash, error] = std::from_chars(field->value.data(), end, result.number);
  if (error == std::errc{} && slash != end && *slash == '/') std::from_chars(slash + 1, end, result.total);
  return result;
}

bool in_same_run(const PageNumber& a, const PageNumber& b) { return !a.total || !b.total || a.total == b.total; }

bool is_next(const PageNumber& before, const PageNumber& now) {
  return before.number > 0 && now.number == before.number + 1 && before.total == now.total;
}

bool is_well_read(const Page& page) {
  for (const char* code : {finding::kLowTextConfidence, finding::kNoText, finding::kOrientationUnsure, finding::kOcrFailed, finding::kOcrTimeout,
                           finding::kPageTooHeavy, finding::kReaderCrashed})
    if (has_finding(page.findings, code)) return false;
  return page.quality.words >= kWordsOfAPage && page.quality.text_confidence >= kWellRead;
}

bool identifies(FieldKind kind) {
  switch (kind) {
    case FieldKind::Mrn: case FieldKind::PatientName: case FieldKind::BirthDate: case FieldKind::Sex: case FieldKind::SsnLast4: case FieldKind::Phone:
    case FieldKind::Address: return true;
    default: return false;
  }
}

bool is_bare_number(const Field& field) {
  if (field.kind != FieldKind::Mrn) return false;
  return field.source == kNearLabel || (field.source == "barcode" && field.confidence <= kBareBarcode);
}

std::vector<Field> identifiers(const Page& page) {
  std::vector<Field> fields;
  std::ranges::copy_if(page.fields, std::back_inserter(fields), [](const Field& field) {
    return identifies(field.kind) && field.confidence >= kMinField && !is_bare_number(field);
  });
  return fields;
}

bool names_patient(std::span<const Field> fields) {
  return std::ranges::any_of(fields, [](const Field& field) {
    return field.kind == FieldKind::Mrn || field.kind == FieldKind::PatientName || field.kind == FieldKind::BirthDate;
  });
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

bool is_another_person(const Page& before, const Page& page) {
  const Patient earlier = described_by({before.id, identifiers(before)});
  const PageEvidence evidence = compare({page.id, identifiers(page)}, earlier);
  switch (evidence.mrn.agreement) {
    case Agreement::Agrees: return evidence.mrn.contradicts;
    case Agreement::Disagrees: return true;
    case Agreement::Close: {
      const bool other_name = evidence.name.contradicts || evidence.name_distance >= kOtherName;
      return other_name || evidence.dob.contradicts || mrns_are_coded(before, page);
    }
    case Agreement::Missing: break;
  }
  return evidence.name.contradicts && evidence.dob.contradicts;
}

bool is_same_person(const Page& before, const Page& page) {
  const PageEvidence evidence = compare({page.id, identifiers(page)}, described_by({before.id, identifiers(before)}));
  return !evidence.contradicts() && evidence.identifiers_agreeing() > 0;
}

bool facilities_differ(const Page& a, const Page& b) {
  const auto words_of = [](const Page& page) {
    std::vector<std::string> words;
    for (const Field& field : page.fields)
      if (field.kind == FieldKind::Facility) {
        std::istringstream text(field.value);
        for (std::string word; text >> word;)
          if (std::string plain = letters(word); plain.size() >= kWordOfName) words.push_back(std::move(plain));
      }
    return words;
  };
  const std::vector<std::string> x = words_of(a), y = words_of(b);
  if (x.empty() || y.empty()) return false;
  return std::ranges::none_of(x, [&](const std::string& one) {
    return std::ranges::any_of(y, [&](const std::string& other) {
      return ocr_distance(one, other) <= kMisreadShare * static_cast<double>(std::max(one.size(), other.size()));
    });
  });
}

bool goes_on(const Page& before, const Page& page) {
  const PageNumber last = page_number(before), now = page_number(page);
  if (last.number && now.number) return is_next(last, now) && (now.total > 0 || is_well_read(page));
  if (!is_well_read(page) || last.completes_run()) return false;
  return page.first_page_cue < kSomeCue && !types_differ(before, page, kSureType);
}

}  // namespace chartscan::charts
