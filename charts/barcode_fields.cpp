#include "charts/barcode_fields.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>

#include "charts/dates.h"
#include "charts/fuzzy.h"
#include "charts/hibc.h"
#include "charts/names.h"
#include "charts/values.h"

namespace chartscan::charts {
namespace {

constexpr double kNamed = 0.99;  // the payload says what the value is
constexpr double kPlain = 0.6;   // a bare number

std::string trimmed(std::string_view text) {
  const auto mark = [](char c) { return std::isspace(static_cast<unsigned char>(c)) || c == '"'; };
  while (!text.empty() && mark(text.front())) text.remove_prefix(1);
  while (!text.empty() && mark(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> split(std::string_view text, std::string_view marks) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (marks.find(c) != std::string_view::npos) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

std::string record_number(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!std::isspace(static_cast<unsigned char>(c))) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::optional<std::string> normalised(FieldKind kind, const std::string& value) {
  switch (kind) {
    case FieldKind::Mrn:
    case FieldKind::Account:
      if (!looks_like_record_number(value)) return std::nullopt;
      return record_number(value);
    case FieldKind::PatientName:
      if (const auto name = parse_person(value)) return to_field(*name);
      return std::nullopt;
    case FieldKind::BirthDate:
      if (const auto date = parse_printed_date(value.substr(0, value.find('T')), Century::Birth)) return to_string(*date);
      return std::nullopt;
    case FieldKind::ServiceDate:
      if (const auto date = parse_printed_date(value.substr(0, value.find('T')), Century::Recent)) return to_string(*date);
      return std::nullopt;
    case FieldKind::Sex: {
      const std::string sex = sex_of(value);
      return sex.empty() ? std::nullopt : std::optional(sex);
    }
    default: return std::nullopt;
  }
}

struct Key {
  std::string_view name;
  FieldKind kind;
};
constexpr std::array kKeys{
    Key{"MRN", FieldKind::Mrn}, Key{"MR", FieldKind::Mrn}, Key{"PATIENTID", FieldKind::Mrn}, Key{"PID", FieldKind::Mrn},
    Key{"PATIENTMRN", FieldKind::Mrn}, Key{"MEDICALRECORDNUMBER", FieldKind::Mrn}, Key{"MEDREC", FieldKind::Mrn},
    Key{"ACCT", FieldKind::Account}, Key{"ACCOUNT", FieldKind::Account}, Key{"FIN", FieldKind::Account}, Key{"VISIT", FieldKind::Account},
    Key{"ENCOUNTER", FieldKind::Account}, Key{"CSN", FieldKind::Account},
    Key{"NAME", FieldKind::PatientName}, Key{"PATIENT", FieldKind::PatientName}, Key{"PATIENTNAME", FieldKind::PatientName},
    Key{"PT", FieldKind::PatientName}, Key{"DOB", FieldKind::BirthDate}, Key{"BIRTHDATE", FieldKind::BirthDate},
    Key{"DATEOFBIRTH", FieldKind::BirthDate}, Key{"SEX", FieldKind::Sex}, Key{"GENDER", FieldKind::Sex},
    Key{"DOS", FieldKind::ServiceDate}, Key{"DATEOFSERVICE", FieldKind::ServiceDate}, Key{"SERVICEDATE", FieldKind::ServiceDate}};

class Reader {
 public:
  explicit Reader(const Barcode& barcode) : barcode_(barcode) {}

  std::vector<Field> read() {
    const std::string& text = barcode_.payload;
    if (text.starts_with('+')) hibc(text);
    else if (text.starts_with("PID|") || text.find("\rPID|") != std::string::npos || text.find("\nPID|") != std::string::npos) hl7(text);
    else if (text.find('^') != std::string::npos && text.find_first_of("=:") == std::string::npos) carets(text);
    else if (text.find_first_of("=:") != std::string::npos) pairs(text);
    else plain(text);
    return std::move(fields_);
  }

 private:
  bool add(FieldKind kind, const std::string& value, double confidence) {
    const auto normal = normalised(kind, trimmed(value));
    if (normal) fields_.push_back({kind, *normal, barcode_.box, confidence, "barcode"});
    return normal.has_value();
  }

  void plain(const std::string& text) {
    const std::string number = record_number(text);
    const auto digits = std::count_if(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c); });
    const bool simple = std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isalnum(c) || c == '-'; });
    if (simple && digits >= 5 && number.size() <= 14) add(FieldKind::Mrn, number, kPlain);
  }

  // Only provider labels name a patient; a supplier's product number is no record number.
  void hibc(const std::string& text) {
    const std::optional<Hibc> label = parse_hibc(text);
    if (label && label->kind == Hibc::Kind::Provider) add(FieldKind::Mrn, label->data.substr(0, label->data.find('/')), 0.8);
  }

  void hl7(const std::string& text) {
    const auto at = text.find("PID|");
    const auto fields = split(std::string_view(text).substr(at, text.find_first_of("\r\n", at) - at), "|");
    const auto field = [&](std::size_t i) { return i < fields.size() ? fields[i] : std::string(); };
    add(FieldKind::Mrn, split(field(3), "^~")[0], kNamed);
    add(FieldKind::PatientName, split(field(5), "~")[0], kNamed);
    add(FieldKind::BirthDate, field(7).substr(0, 8), kNamed);
    add(FieldKind::Sex, field(8), kNamed);
    add(FieldKind::Account, split(field(18), "^~")[0], kNamed);
  }

  // 1234567^DOE^ANN^M^19610203^F: the first record number, then words for the name, then a date, then a sex.
  void carets(const std::string& text) {
    std::vector<std::string> words;
    bool number = false, date = false;
    for (const std::string& raw : split(text, "^|~")) {
      const std::string part = trimmed(raw);
      if (part.empty()) continue;
      if (!number && looks_like_record_number(part)) number = add(FieldKind::Mrn, part, 0.9);
      else if (!date && has_digit(part)) date = add(FieldKind::BirthDate, part, 0.9);
      else if (date && !sex_of(part).empty()) add(FieldKind::Sex, part, 0.9);
      else if (!date && !has_digit(part)) words.push_back(part);
    }
    if (words.size() < 2) return;
    std::string name = words[0] + "^" + words[1];
    for (std::size_t i = 2; i < words.size() && i < 4; ++i) name += "^" + words[i];
    add(FieldKind::PatientName, name, 0.9);
  }

  // KEY=value or KEY:value, parted by | ; & or a new line, in JSON by commas outside quotes.
  void pairs(const std::string& text) {
    const bool json = text.find('{') != std::string::npos;
    std::string pair;
    bool quoted = false;
    for (const char c : text) {
      if (c == '"') quoted = !quoted;
      const bool ends = !quoted && (c == '|' || c == ';' || c == '&' || c == '\n' || c == '\r' || (json && (c == ',' || c == '{' || c == '}')));
      if (ends) {
        one_pair(pair);
        pair.clear();
      } else {
        pair += c;
      }
    }
    one_pair(pair);
    join_name_parts();
  }

  void one_pair(const std::string& pair) {
    const auto mark = pair.find_first_of("=:");
    if (mark == std::string::npos) return;
    const std::string key = letters_and_digits(pair.substr(0, mark));
    const std::string value = trimmed(pair.substr(mark + 1));
    if (key == "LAST" || key == "LASTNAME" || key == "FAMILY" || key == "FAMILYNAME") family_ = value;
    if (key == "FIRST" || key == "FIRSTNAME" || key == "GIVEN" || key == "GIVENNAME") given_ = value;
    const auto known = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& k) { return k.name == key; });
    if (known != kKeys.end()) add(known->kind, value, kNamed);
  }

  void join_name_parts() {
    if (!family_.empty() && !given_.empty()) add(FieldKind::PatientName, family_ + ", " + given_, kNamed);
  }

  const Barcode& barcode_;
  std::vector<Field> fields_;
  std::string family_, given_;
};

}  // namespace

std::vector<Field> fields_of(const Barcode& barcode) { return Reader(barcode).read(); }

}  // namespace chartscan::charts
