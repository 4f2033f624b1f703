// Copies that leave the archive, and searches that a user keeps.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/handlers.h"
#include "app/saved_searches.h"
#include "app/separator_sheets.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 1u << 30;  // of one answer

// A folder of its own for one copy, gone with everything in it.
class CopyFolder {
 public:
  static Result<CopyFolder> make() {
    std::string pattern = (fs::temp_directory_path() / "chartscan-copy-XXXXXX").string();
    if (!mkdtemp(pattern.data())) return Error{ErrorCode::Storage, "no folder for the copy can be made in " + fs::temp_directory_path().string(), {}};
    return CopyFolder(pattern);
  }
  CopyFolder(CopyFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~CopyFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit CopyFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Result<Workplace::Wanted> wanted_by(Api& api, const Call& call) {
  Workplace::Wanted wanted;
  for (const std::string& text : call.list("documents")) {
    TRY(const DocumentId id, parsed<DocumentId>(text));
    wanted.documents.push_back(id);
  }
  for (const std::string& text : call.list("pages")) {
    TRY(const PageId id, parsed<PageId>(text));
    wanted.pages.push_back(id);
  }
  if (call.text("mrn").empty()) return wanted;
  TRY(const ChartView chart, call.at(api).chart(call.text("mrn"), call.text("order")));
  for (const charts::ChartSection& section : chart.sections)
    for (const Document& document : section.documents) wanted.documents.push_back(document.id);
  return wanted;
}

Result<Response> pdf_answer(const fs::path& file, const std::string& name) {
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(file, failed);
  if (!failed && size > kMostBytes) return Error{ErrorCode::InputTooLarge, "the copy is larger than a gigabyte: take fewer documents at once, or `chartscan export pdf`", {}};
  std::ifstream in(file, std::ios::binary);
  std::string bytes(failed ? 0 : size, '\0');
  // A copy that came out short would be taken for the whole.
  if (failed || !in.read(bytes.data(), static_cast<std::streamsize>(size))) return Error{ErrorCode::Storage, "the copy was made and cannot be read in " + file.parent_path().string() + "; try again", {}};
  return Response{200, "application/pdf", std::move(bytes), {{"Cache-Control", "no-store"}, {"Content-Disposition", "attachment; filename=\"" + name + '"'}}, {}};
}

}  // namespace

Result<Response> post_export(Api& api, const Call& call) {
  const bool print = call.text("purpose") == "print";
  TRY_STATUS(api.desk.require(call.actor(), print ? Right::Print : Right::Export));
  TRY(Workplace::Wanted wanted, wanted_by(api, call));
  TRY(const CopyFolder folder, CopyFolder::make());
  TRY(const fs::path file, call.at(api).pdf(std::move(wanted), print ? Purpose::Print : Purpose::Export, call.text("why"), folder.path()));
  return pdf_answer(file, "chart.pdf");
}

Result<Response> post_sheets(Api& api, const Call& call) {
  constexpr std::pair<const char*, exchange::SheetKind> kKinds[]{
      {"document", exchange::SheetKind::Document}, {"batch", exchange::SheetKind::Batch}, {"patient", exchange::SheetKind::Patient}};
  const auto kind = std::ranges::find(kKinds, call.text("kind"), [](const auto& one) { return std::string(one.first); })->second;
  TRY(const storage::Records records, api.service.archive().read());
  TRY(const auto sheets, separator_sheets(api.service.config().stages.separators, kind, call.number("count"), call.list("mrns"), &records));
  storage::AuditRecord record;
  record.action = storage::AuditAction::Print;
  record.detail = "separator sheets";
  record.mrns = call.list("mrns");
  TRY_STATUS(api.desk.record(call.actor(), std::move(record)));
  TRY(const CopyFolder folder, CopyFolder::make());
  TRY_STATUS(exchange::write_sheets(sheets, call.text("paper") == "a4" ? exchange::SheetPaper::A4 : exchange::SheetPaper::Letter, folder.path() / "sheets.pdf"));
  return pdf_answer(folder.path() / "sheets.pdf", "sheets.pdf");
}

Result<Response> get_searches(Api& api, const Call& call) {
  TRY(const std::vector<SavedSearch> saved, saved_searches(api.service.archive(), call.actor().user));
  json items = json::array();
  for (const SavedSearch& one : saved) items.push_back({{"id", std::to_string(one.number)}, {"name", one.name}, {"q", one.query}});
  storage::AuditQuery query;
  query.user = call.actor().user;
  query.actions = {storage::AuditAction::Search};
  query.limit = 200;
  TRY(const storage::AuditAnswer asked, api.desk.trail().query(query));
  constexpr std::size_t kRecent = 20;
  json recent = json::array();
  std::set<std::string> known;
  for (const storage::AuditRecord& record : asked.records)
    if (!record.query.empty() && recent.size() < kRecent && known.insert(record.query).second) recent.push_back({{"q", record.query}, {"at", record.time_ms / 1000}});
  return answer({{"saved", items}, {"recent", recent}});
}

Result<Response> post_search(Api& api, const Call& call) {
  TRY(const SavedSearch saved, save_search(api.service.archive(), call.actor().user, call.text("name"), call.text("q")));
  return answer({{"id", std::to_string(saved.number)}, {"name", saved.name}, {"q", saved.query}}, 201);
}

Result<Response> delete_search(Api& api, const Call& call) {
  TRY_STATUS(forget_search(api.service.archive(), call.actor().user, call.number("id")));
  return nothing();
}

}  // namespace chartscan::app::http
