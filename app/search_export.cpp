#include "app/search_export.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/search_json.h"
#include "app/views.h"

namespace chartscan::app {
namespace {

using nlohmann::json;

// What makes a copy of the facts above the hits.
struct Stamp {
  std::string query, archive, time;
  const indexer::Found& found;
};

std::string utc(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

class Format {
 public:
  virtual ~Format() = default;
  virtual void begin(std::ostream& out, const Stamp& stamp) const = 0;
  virtual void row(std::ostream& out, const SearchRow& row) const = 0;
};

class Lines final : public Format {
 public:
  void begin(std::ostream& out, const Stamp& stamp) const override {
    const json counts{{"query", stamp.query}, {"archive", stamp.archive}, {"exported_at", stamp.time}, {"total", stamp.found.total},
                      {"as_written", stamp.found.as_written}, {"similar", stamp.found.similar ? json(*stamp.found.similar) : json(nullptr)},
                      {"notes", stamp.found.notes}, {"program", "chartscan " CHARTSCAN_VERSION}};
    out << dump({{"chartscan_search", counts}}) << '\n';
  }
  void row(std::ostream& out, const SearchRow& row) const override { out << dump(to_json(row)) << '\n'; }
};

class Csv final : public Format {
 public:
  void begin(std::ostream& out, const Stamp& stamp) const override {
    const std::string similar = stamp.found.similar ? std::to_string(*stamp.found.similar) : "not looked for";
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
             {"query", stamp.query}, {"archive", stamp.archive}, {"exported at", stamp.time}, {"pages as written", std::to_string(stamp.found.as_written)},
             {"pages in a similar spelling only", similar}, {"program", "chartscan " CHARTSCAN_VERSION}})
      out << "# " << name << ": " << one_line(value) << "\r\n";
    out << "rank_score,similar,page,file,page_index,batch,document,page_number,pages_in_document,doc_type,service_date,link_status,mrn,family,given,dob,snippet\r\n";
  }

  void row(std::ostream& out, const SearchRow& row) const override {
    const Document* document = row.document ? &*row.document : nullptr;
    const Patient none;
    const Patient& patient = row.patient ? *row.patient : none;
    const std::array cells{json(row.hit.score).dump(), std::string(row.hit.similar ? "yes" : "no"), to_string(row.page.id), row.page.original.file,
                           std::to_string(row.page.original.index), to_string(row.page.batch), document ? to_string(document->id) : "",
                           document ? std::to_string(row.page_number) : "", document ? std::to_string(document->pages.size()) : "",
                           document ? document->type : "", document ? to_string(document->service_date) : "",
                           std::string(to_string(document ? document->link.status : LinkStatus::None)), patient.mrn, patient.family, patient.given,
                           to_string(patient.dob), row.hit.snippet};
    for (std::size_t i = 0; i < cells.size(); ++i) out << (i > 0 ? "," : "") << (i == 0 ? cells[i] : quoted(cells[i]));
    out << "\r\n";
  }

 private:
  static std::string one_line(std::string text) {
    std::ranges::replace_if(text, [](char c) { return c >= 0 && c < 0x20; }, ' ');
    return text;
  }

  // RFC 4180; marks of hits are left out.
  static std::string quoted(const std::string& cell) {
    std::string text;
    for (const char c : cell) {
      if (c == '\x02' || c == '\x03') continue;
      if (text.empty() && std::strchr("=+-@\t\r", c)) text = "'";
      text += c;
      if (c == '"') text += c;
    }
    return text.find_first_of(",\"\r\n") == std::string::npos ? text : '"' + text + '"';
  }
};

Error not_written(const std::filesystem::path& file) {
  return {ErrorCode::Storage, file.string() + " cannot be written: " + std::strerror(errno) + "; name a folder that takes files and has room", {}};
}

}  // namespace

Result<SearchExport> export_search(Service& service, const std::string& query, const indexer::SearchOptions& options,
                                   const std::filesystem::path& file, std::int64_t now) {
  const Lines lines;
  const Csv csv;
  const bool is_csv = file.extension() == ".csv";
  if (!is_csv && file.extension() != ".jsonl") return Error{ErrorCode::Usage, "an export is written to a file that ends in .csv or .jsonl", {}};
  const Format& format = is_csv ? static_cast<const Format&>(csv) : lines;

  std::filesystem::path unfinished = file;
  unfinished += ".part";
  std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
  if (!out) return not_written(file);
  SearchExport report;
  const std::string archive = std::filesystem::absolute(service.config().archive).lexically_normal().string();
  Status status = service.each_hit(
      query, options,
      [&](const indexer::Found& found) -> Status {
        format.begin(out, {query, archive, utc(now), found});
        report.found = found;
        report.found.pages.clear();
        return {};
      },
      [&](const SearchRow& row) -> Status {
        format.row(out, row);
        ++report.pages;
        return out ? Status() : not_written(file);
      });
  out.close();
  if (status && !out) status = not_written(file);
  std::error_code failed;
  if (status) std::filesystem::rename(unfinished, file, failed);
  if (status && failed) status = not_written(file);
  if (!status) {
    std::filesystem::remove(unfinished, failed);
    return std::move(status).error();
  }
  return report;
}

}  // namespace chartscan::app
