// Answers in a file: what stands at its head, every page, and nothing that a spreadsheet would run.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "app/search_export.h"
#include "app/service.h"
#include "indexer/index.h"

using namespace chartscan;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kPages = 45;               // more than an answer on a screen
constexpr std::int64_t kThen = 1'700'000'000;      // 2023-11-14T22:13:20Z
constexpr const char* kWhen = "2023-11-14T22:13:20Z";

class Exported {
 public:
  Exported() {
    std::string pattern = (fs::temp_directory_path() / "chartscan-export-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    app::Config config;
    config.archive = folder_ / "archive";
    auto opened = app::Service::open(config, storage::Access::Write, "test");
    REQUIRE(opened.ok());
    service_ = std::move(opened).value();
    fill();
  }
  ~Exported() {
    service_.reset();
    fs::remove_all(folder_);
  }

  Result<app::SearchExport> run(const std::string& query, const std::string& name) {
    return app::export_search(*service_, query, {}, folder_ / name, kThen);
  }
  std::string text(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool has(const std::string& name) const { return fs::exists(folder_ / name); }

 private:
  // Pages that begin with what a spreadsheet would run; the file they came from has a comma and quotes in its name.
  void fill() {
    storage::Change change;
    for (std::uint64_t number = 1; number <= kPages; ++number) {
      Page page;
      page.id = {number};
      page.batch = {1};
      page.original = {Hash(64, 'a'), MediaType::Jpeg, 0, "=tray, \"left\".jpg"};
      page.state = PageState::Processed;
      PageText words;
      words.words = {{"=HYPERLINK(1)", {0, 0, 90, 20}, 0.9, 0}, {"wheezing", {100, 0, 190, 20}, 0.9, 0}, {"\"often\"", {200, 0, 290, 20}, 0.9, 0}};
      change.put(page);
      change.put(page.id, words);
      indexer::index_page(change, page, words);
    }
    REQUIRE(service_->archive().commit(change).ok());
  }

  fs::path folder_;
  std::unique_ptr<app::Service> service_;
};

// Rows of RFC 4180; lines before the heading, which begin with '#', are left out.
std::vector<std::vector<std::string>> rows_of(const std::string& text) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  std::size_t at = 0;
  while (text.compare(at, 1, "#") == 0) at = text.find("\r\n", at) + 2;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' && quoted && text.compare(at + 1, 1, "\"") == 0) rows.back().back() += text[++at];
    else if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) rows.back().emplace_back();
    else if (c == '\n' && !quoted) rows.push_back({""});
    else if (c != '\r' || quoted) rows.back().back() += c;
  }
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("an answer as CSV has the question, the time and every page, and no cell that a spreadsheet would run", "[app][search][export]") {
  Exported exported;
  const auto report = exported.run("hyperlink AND wheezing", "answer.csv");
  REQUIRE(report.ok());
  CHECK(report->pages == kPages);
  const std::string text = exported.text("answer.csv");
  CHECK_THAT(text, Catch::Contains("# query: hyperlink AND wheezing\r\n"));
  CHECK_THAT(text, Catch::Contains(std::string("# exported at: ") + kWhen + "\r\n"));
  CHECK_THAT(text, Catch::Contains("# pages as written: " + std::to_string(kPages) + "\r\n"));
  const auto rows = rows_of(text);
  REQUIRE(rows.size() == 1 + kPages);
  std::set<std::string> pages;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    REQUIRE(rows[i].size() == rows[0].size());
    pages.insert(rows[i][2]);
    CHECK(rows[i][3] == "'=tray, \"left\".jpg");
    CHECK_THAT(rows[i].back(), Catch::StartsWith("'=HYPERLINK(1) wheezing \"often\""));
    for (const std::string& cell : rows[i]) CHECK((cell.empty() || std::string("=+-@\t\r").find(cell.front()) == std::string::npos));
  }
  CHECK(pages.size() == kPages);
  CHECK_FALSE(exported.has("answer.csv.part"));
}

TEST_CASE("an answer as JSON lines has the question and the time first, then every page", "[app][search][export]") {
  Exported exported;
  REQUIRE(exported.run("wheezing", "answer.jsonl").ok());
  std::istringstream lines(exported.text("answer.jsonl"));
  std::string line;
  REQUIRE(std::getline(lines, line));
  const auto head = nlohmann::json::parse(line).at("chartscan_search");
  CHECK(head.at("query") == "wheezing");
  CHECK(head.at("exported_at") == kWhen);
  CHECK(head.at("total") == kPages);
  std::set<std::string> pages;
  while (std::getline(lines, line)) pages.insert(nlohmann::json::parse(line).at("page").get<std::string>());
  CHECK(pages.size() == kPages);
}

TEST_CASE("a question that cannot be understood, or an unknown ending, leaves no file", "[app][search][export]") {
  Exported exported;
  CHECK(exported.run("(wheezing", "answer.csv").error().code == ErrorCode::QuerySyntax);
  CHECK(exported.run("wheezing", "answer.xls").error().code == ErrorCode::Usage);
  for (const char* name : {"answer.csv", "answer.csv.part", "answer.xls", "answer.xls.part"}) CHECK_FALSE(exported.has(name));
}
