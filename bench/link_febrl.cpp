// FEBRL data sets, whose duplicates are known, through the search for possible duplicates: the weights are learnt from the set itself
// and the threshold is the even odds that they imply; the key is used only to count.   bench_link_febrl FILE...
#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "charts/patient_index.h"
#include "charts/register_pairs.h"
#include "tests/charts/csv_rows.h"

using namespace chartscan;

namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

using Row = std::map<std::string, std::string>;

std::vector<Row> rows_of(const std::string& file) {
  std::vector<Row> rows;
  for (const auto& raw : charts::testing::csv_rows(file)) {
    Row row;
    for (const auto& [name, value] : raw) row[trimmed(name)] = trimmed(value);
    rows.push_back(std::move(row));
  }
  return rows;
}

Patient patient_of(const Row& row) {
  Patient patient;
  patient.mrn = row.at("rec_id");
  patient.given = row.at("given_name");
  patient.family = row.at("surname");
  patient.address = trimmed(row.at("street_number") + " " + row.at("address_1"));
  patient.city = row.at("suburb");
  patient.state = row.at("state");
  patient.zip = row.at("postcode");
  patient.ssn = row.at("soc_sec_id");
  const std::string& day = row.at("date_of_birth");
  if (day.size() == 8) patient.dob = parse_iso_date(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6)).value_or(Date{});
  return patient;
}

// "rec-122-dup-0" and "rec-122-org" are one person.
std::string person_of(const std::string& record) { return record.substr(0, record.find('-', 4)); }

using Pair = std::pair<std::string, std::string>;

std::set<Pair> true_pairs(const std::vector<Row>& rows) {
  std::map<std::string, std::vector<std::string>> people;
  for (const Row& row : rows) people[person_of(row.at("rec_id"))].push_back(row.at("rec_id"));
  std::set<Pair> pairs;
  for (auto& [person, records] : people)
    for (std::size_t i = 0; i < records.size(); ++i)
      for (std::size_t j = i + 1; j < records.size(); ++j) pairs.insert(std::minmax(records[i], records[j]));
  return pairs;
}

nlohmann::json measure(const std::string& file) {
  const std::vector<Row> rows = rows_of(file);
  const auto archive = storage::Archive::in_memory();
  storage::Change change;
  for (const Row& row : rows) charts::put_patient(change, patient_of(row));
  if (!archive->commit(change)) return {};
  const storage::Records records = archive->read().value();
  const auto weights = charts::learn_from_register(records);
  if (!weights) return {};
  charts::PairOptions options;
  options.limit = 1'000'000;
  const auto report = charts::possible_duplicates(records, *weights, options);
  if (!report) return {};
  const std::set<Pair> key = true_pairs(rows);
  std::set<Pair> found;
  for (const auto& group : report->groups)
    for (std::size_t i = 0; i < group.size(); ++i)
      for (std::size_t j = i + 1; j < group.size(); ++j) found.insert(std::minmax(group[i], group[j]));
  std::size_t right = 0;
  for (const Pair& pair : found) right += key.contains(pair);
  const auto show = [&](const char* what, const Pair& pair) {
    const Patient a = records.patient(pair.first).value().value(), b = records.patient(pair.second).value().value();
    const charts::Levels levels = charts::compare_patients(a, b);
    std::cout << "  " << what << " " << pair.first << " " << pair.second << " " << weights->bits(levels) + std::log2(weights->prior) << " bits:";
    for (std::size_t i = 0; i < charts::kParts; ++i)
      if (levels[i] > 0) std::cout << " " << charts::to_string(static_cast<charts::Part>(i)) << " " << charts::level_name(static_cast<charts::Part>(i), levels[i]);
      else if (levels[i] < 0) std::cout << " no " << charts::to_string(static_cast<charts::Part>(i));
    std::cout << "\n";
  };
  for (const Pair& pair : found)
    if (!key.contains(pair)) show("not in the key:", pair);
  for (const Pair& pair : key)
    if (!found.contains(pair)) show("not found:", pair);
  const double precision = static_cast<double>(right) / static_cast<double>(found.size()), recall = static_cast<double>(right) / static_cast<double>(key.size());
  const double f1 = 2 * precision * recall / (precision + recall);
  std::cout << file << ": " << rows.size() << " records, " << key.size() << " pairs; precision " << precision << ", recall " << recall << ", F1 " << f1
            << "; compared " << report->compared << "\n";
  return {{"file", file}, {"precision", precision}, {"recall", recall}, {"f1", f1}};
}

}  // namespace

int main(int argc, char** argv) {
  nlohmann::json all = nlohmann::json::array();
  for (int i = 1; i < argc; ++i) all.push_back(measure(argv[i]));
  std::cerr << all.dump() << "\n";
  return 0;
}
