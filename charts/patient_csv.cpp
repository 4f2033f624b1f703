// Import of the patient index from CSV: RFC 4180 rows streamed in groups, so that a million rows need little memory.
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "charts/fuzzy.h"
#include "charts/names.h"
#include "charts/overlays.h"
#include "charts/patient_index.h"
#include "charts/values.h"
#include "storage/keys.h"

namespace chartscan::charts {
namespace {

constexpr std::size_t kGroup = 1000;          // rows made durable together
constexpr std::size_t kMaxField = 1 << 16;    // a longer value means a quote that was never closed
constexpr std::array<const char*, 4> kRequired{"mrn", "family", "given", "dob"};

struct Row {
  int line = 0;
  std::vector<std::string> values;
};

// Reads one row at a time; quoted values may hold commas, quotes and line breaks.
class CsvReader {
 public:
  explicit CsvReader(std::istream& in) : in_(in) {
    if (in_.peek() == 0xEF)
      for (int i = 0; i < 3; ++i) in_.get();
  }

  // Nothing at the end; an error names the line of an unclosed quote.
  Result<std::optional<Row>> next() {
    if (in_.peek() == std::char_traits<char>::eof()) return std::optional<Row>();
    Row row{line_, {""}};
    bool quoted = false;
    for (int c = in_.get(); c != std::char_traits<char>::eof(); c = in_.get()) {
      std::string& value = row.values.back();
      if (c == '\n') ++line_;
      if (value.size() > kMaxField) break;
      if (quoted && c == '"' && in_.peek() == '"') value += static_cast<char>(in_.get());
      else if (c == '"' && (quoted || value.empty())) quoted = !quoted;
      else if (quoted) value += static_cast<char>(c);
      else if (c == ',') row.values.emplace_back();
      else if (c == '\n') return std::optional(std::move(row));
      else if (c != '\r') value += static_cast<char>(c);
    }
    if (quoted || row.values.back().size() > kMaxField)
      return Error{ErrorCode::InputRefused, "the quote opened in the row of line " + std::to_string(row.line) +
                                                " is never closed; correct the file and import it again"};
    return std::optional(std::move(row));
  }

 private:
  std::istream& in_;
  int line_ = 1;
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Takes "Jr", "III" off the end of a name part.
std::string take_suffix(std::string& name) {
  const auto blank = name.find_last_of(" ,");
  if (blank == std::string::npos || !is_suffix(name.substr(blank + 1))) return {};
  std::string suffix = normal_suffix(name.substr(blank + 1));
  name.resize(name.find_last_not_of(" ,", blank) + 1);
  return suffix;
}

using Columns = std::map<std::string, std::size_t>;

Result<Columns> read_header(const Row& row, const std::string& file) {
  Columns columns;
  for (std::size_t i = 0; i < row.values.size(); ++i) columns.try_emplace(lower(trimmed(row.values[i])), i);
  for (const char* name : kRequired)
    if (!columns.contains(name))
      return Error{ErrorCode::InputRefused, file + ": the first line has no column '" + name +
                                                "'; it must name mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip in any order"};
  return columns;
}

// The row as a patient, or why it is refused.
std::optional<std::string> read_patient(const Row& row, const Columns& columns, Patient& patient) {
  if (row.values.size() < columns.size())
    return "the row has " + std::to_string(row.values.size()) + " values where the first line names " + std::to_string(columns.size()) +
           "; complete it and import again";
  const auto value = [&](const char* name) {
    const auto column = columns.find(name);
    return column == columns.end() ? std::string() : trimmed(row.values[column->second]);
  };
  patient.mrn = value("mrn");
  for (char& c : patient.mrn) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::erase(patient.mrn, ' ');
  if (canonical_mrn(patient.mrn).empty()) return "mrn is empty; every patient needs a medical record number";
  patient.family = value("family");
  patient.given = value("given");
  patient.middle = value("middle");
  for (std::string* part : {&patient.family, &patient.given, &patient.middle})
    if (std::string suffix = take_suffix(*part); !suffix.empty()) patient.suffix = suffix;
  if (is_suffix(patient.middle) && patient.suffix.empty()) patient.suffix = normal_suffix(std::exchange(patient.middle, ""));
  if (patient.family.empty() && patient.given.empty()) return "family and given are both empty; a patient needs a name";
  if (const std::string dob = value("dob"); !dob.empty()) {
    const auto date = parse_iso_date(dob);
    if (!date) return "dob is not a day that exists, written YYYY-MM-DD; correct it and import again";
    patient.dob = *date;
  }
  if (const std::string sex = value("sex"); !sex.empty()) {
    patient.sex = sex_of(sex);
    if (patient.sex.empty()) patient.sex = "U";
  }
  patient.ssn = value("ssn");
  patient.phone = value("phone");
  patient.address = value("address");
  patient.city = value("city");
  patient.state = value("state");
  patient.zip = value("zip");
  patient.maiden = value("maiden");
  return std::nullopt;
}

std::string differing_fields(const Patient& a, const Patient& b) {
  std::string names;
  const auto compare = [&](const char* name, const auto& x, const auto& y) {
    if (x != y) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  compare("family", a.family, b.family);
  compare("given", a.given, b.given);
  compare("middle", a.middle, b.middle);
  compare("suffix", a.suffix, b.suffix);
  compare("dob", a.dob, b.dob);
  compare("sex", a.sex, b.sex);
  compare("ssn", a.ssn, b.ssn);
  compare("phone", a.phone, b.phone);
  compare("address", a.address, b.address);
  compare("city", a.city, b.city);
  compare("state", a.state, b.state);
  compare("zip", a.zip, b.zip);
  compare("maiden", a.maiden, b.maiden);
  return names;
}

class Importer {
 public:
  explicit Importer(storage::Archive& archive) : archive_(archive) {}

  Status add(int line, const Patient& patient) {
    if (const auto known = waiting_.find(canonical_mrn(patient.mrn)); known != waiting_.end()) {
      compare(line, patient, known->second, "an earlier row of this file");
      return {};
    }
    if (!records_) {
      TRY(storage::Records records, archive_.read(), "patient import");
      records_.emplace(std::move(records));
    }
    if (!numbers_) TRY_STATUS(read_numbers());
    if (!numbers_->insert(hash_of(patient.mrn)).second) {
      TRY(const bool known, is_known(line, patient));
      if (known) return {};
    }
    put_patient(change_, patient);
    waiting_.emplace(canonical_mrn(patient.mrn), patient);
    ++report_.added;
    return waiting_.size() < kGroup ? Status() : flush();
  }

  void refuse(int line, const std::string& mrn, std::string reason) { report_.refused.push_back({line, mrn, std::move(reason)}); }

  Status flush() {
    if (change_.raw().entries().empty()) return {};
    TRY_STATUS(archive_.commit(change_), "patient import");
    change_ = {};
    waiting_.clear();
    records_.reset();
    return {};
  }

  ImportReport report() { return std::move(report_); }

 private:
  static std::size_t hash_of(std::string_view mrn) { return std::hash<std::string>{}(without_zeros(canonical_mrn(mrn))); }

  // The numbers of the index, merged-away ones too, as hashes: who is not among them is new, and a million rows need no look-up.
  Status read_numbers() {
    numbers_.emplace();
    for (const Block block : {Block::Mrn, Block::Alias})
      TRY_STATUS(records_->view().scan(storage::Family::Patient, std::string{'b', static_cast<char>(block)},
                                       [&](std::string_view key, std::string_view) {
                                         if (const auto mrn = storage::keys::mrn_of_patient_block(key)) numbers_->insert(hash_of(*mrn));
                                         return true;
                                       }),
                 "patient import");
    return {};
  }

  Result<bool> is_known(int line, const Patient& patient) {
    TRY(std::optional<Patient> stored, PatientIndex(*records_).by_mrn(patient.mrn));
    if (stored) compare(line, patient, *stored, "the index");
    return stored.has_value();
  }

  void compare(int line, const Patient& patient, const Patient& known, const char* where) {
    if (patient == known) {
      ++report_.unchanged;
    } else if (canonical_mrn(patient.mrn) != canonical_mrn(known.mrn)) {
      refuse(line, patient.mrn, "this mrn was merged into another patient's chart; nothing was overwritten: undo the merge or correct the row");
    } else {
      if (is_told_otherwise(known, patient)) note_overlay(change_, known.mrn, std::string("a file of patients, refused,"));
      refuse(line, patient.mrn, std::string("this mrn belongs to a patient of ") + where + " with other demographics (" +
                                    (patient.mrn == known.mrn ? differing_fields(patient, known) : "mrn written differently") +
                                    "); nothing was overwritten: find out which is right");
    }
  }

  storage::Archive& archive_;
  std::optional<storage::Records> records_;
  storage::Change change_;
  std::optional<std::unordered_set<std::size_t>> numbers_;  // hashes of canonical MRNs without zeros in front
  std::unordered_map<std::string, Patient> waiting_;  // by canonical MRN; put into change_, not yet committed
  ImportReport report_;
};

}  // namespace

Result<ImportReport> import_patients_csv(const std::filesystem::path& file, storage::Archive& archive, const ImportProgress& progress) {
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file))
    return Error{ErrorCode::InputUnreadable, file.string() + " cannot be opened; give a readable CSV file of patients"};
  CsvReader reader(in);
  TRY(std::optional<Row> header, reader.next(), file.string());
  if (!header) return Error{ErrorCode::InputRefused, file.string() + " is empty; its first line must name the columns"};
  TRY(Columns columns, read_header(*header, file.string()));

  std::error_code unknown;
  const auto bytes = static_cast<double>(std::filesystem::file_size(file, unknown));
  Importer importer(archive);
  for (int rows = 0;; ++rows) {
    if (progress && rows % static_cast<int>(kGroup) == 0)
      progress(rows, unknown || bytes <= 0 ? 0 : static_cast<double>(std::max<std::streamoff>(0, in.tellg())) / bytes);
    auto row = reader.next();
    if (!row) {  // the rows before the fault are good and stay
      TRY_STATUS(importer.flush());
      return std::move(row).error().with_context(file.string());
    }
    if (!*row) break;
    if ((*row)->values.size() == 1 && trimmed((*row)->values[0]).empty()) continue;  // blank line
    Patient patient;
    if (const auto refusal = read_patient(**row, columns, patient)) importer.refuse((*row)->line, patient.mrn, *refusal);
    else TRY_STATUS(importer.add((*row)->line, patient));
  }
  TRY_STATUS(importer.flush());
  if (in.bad()) return Error{ErrorCode::InputUnreadable, file.string() + " could not be read to its end; import it again, rows already taken are skipped"};
  return importer.report();
}

}  // namespace chartscan::charts
