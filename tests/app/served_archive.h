// A small archive on disk with one batch, a patient's document and its words, and a server over it, for HTTP tests.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "app/access/access_desk.h"
#include "app/http/server.h"
#include "app/scan_room.h"
#include "app/service.h"
#include "charts/patient_index.h"
#include "indexer/index.h"
#include "tests/app/raw_client.h"
#include "tests/support/image_files.h"

namespace chartscan::testing {

class ServedArchive {
 public:
  explicit ServedArchive(app::AccessConfig access = {}) : access_(std::move(access)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "chartscan-http-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    write(web_root() / "index.html", "<!doctype html><title>screens</title>");
    write(web_root() / "assets/app.js", "export {};");
    write(folder_ / "secret.js", "outside the root");
    app::Config config;
    config.archive = folder_ / "archive";
    auto opened = app::Service::open(config, storage::Access::Write, "test");
    REQUIRE(opened.ok());
    service_ = std::move(opened).value();
    fill();
    serve();
    all_roles_ = token_of({"operator", "clerk", "coder", "auditor", "manager", "administrator", "privacy-officer"});
  }
  ~ServedArchive() {
    server_.reset();
    scans_.reset();
    desk_.reset();
    trail_.reset();
    service_.reset();
    std::filesystem::remove_all(folder_);
  }

  // As a program that may do everything; its header, too.
  Answer get(const std::string& target, const std::string& headers = "") const { return exchange(port(), request("GET", target, auth() + headers)); }
  std::string auth() const { return bearer(all_roles_); }
  Answer call(const std::string& method, const std::string& target, const nlohmann::json& body, const std::string& headers) const {
    const std::string bytes = body.is_null() ? "" : body.dump();
    return exchange(port(), request(method, target, headers + "Content-Type: application/json\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n") + bytes);
  }
  static std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
  // Of a new user with these roles and the password kPassword, named after the first of them.
  std::string token_of(const std::vector<std::string>& roles) {
    const std::string name = roles.front() + (roles.size() > 1 ? "-and-all" : "");
    const app::Actor machine = app::terminal_actor("test");
    REQUIRE(desk_->add_user(machine, {name, "Somebody", roles, kPassword, false}).ok());
    std::vector<std::string> scopes;
    for (const std::string& right : desk_->roles().rights_of(roles).texts()) scopes.push_back(right);
    const auto issued = desk_->issue_token(machine, {"test", name, scopes, 1});
    REQUIRE(issued.ok());
    return issued->secret;
  }
  static constexpr const char* kPassword = "a password for tests";
  Result<std::unique_ptr<app::http::Server>> start(const std::string& listen, const std::filesystem::path& web_root) {
    app::http::ServerOptions options;
    options.listen = listen;
    options.web_root = web_root;
    return app::http::Server::start(*service_, *desk_, *scans_, options);
  }
  app::AccessDesk& desk() { return *desk_; }
  app::ScanRoom& scans() { return *scans_; }
  std::filesystem::path folder() const { return folder_; }
  int port() const { return server_->port(); }
  std::filesystem::path web_root() const { return folder_ / "web"; }
  app::http::Server& server() { return *server_; }
  app::Service& service() { return *service_; }

 private:
  static void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  void serve() {
    auto trail = storage::AuditTrail::open(service_->archive().folder());
    REQUIRE(trail.ok());
    trail_ = std::move(trail).value();
    auto desk = app::AccessDesk::open(service_->archive(), *trail_, clock_, access_);
    REQUIRE(desk.ok());
    desk_ = std::move(desk).value();
    scans_ = std::make_unique<app::ScanRoom>(*service_);
    auto started = start("127.0.0.1:0", web_root());
    REQUIRE(started.ok());
    server_ = std::move(started).value();
  }

  Hash store_image(storage::WriteBatch& change) {
    imaging::Image image = imaging::blank_image(400, 520);
    for (int y = 100; y < 120; ++y) std::memset(image.row(y) + 50, 0, 200);
    const std::vector<std::uint8_t> bytes = jpeg_bytes(image, 80);
    std::size_t at = 0;
    const auto stored = service_->archive().blobs().put(
        [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
          const std::size_t count = std::min(out.size(), bytes.size() - at);
          std::memcpy(out.data(), bytes.data() + at, count);
          at += count;
          return count;
        },
        change);
    REQUIRE(stored.ok());
    return stored->hash;
  }

  // Three sides: two of a filed progress note, one separator.
  void fill() {
    storage::Change change;
    const Hash blob = store_image(change.raw());
    Patient patient;
    patient.mrn = "A/100 7";  // a slash and a blank: both must survive the address
    patient.family = "SAMPLE";
    patient.given = "PERSON";
    patient.dob = {1958, 3, 14};
    patient.sex = "F";
    patient.ssn = "999-00-1234";
    charts::put_patient(change, patient);

    Document document;
    document.id = {1};
    document.batch = {1};
    document.pages = {{1}, {2}};
    document.type = "progress_note";
    document.service_date = {2019, 10, 15};
    document.link = {LinkStatus::Auto, patient.mrn, 0.99, {}, {}};
    document.filed = true;

    Batch batch;
    batch.id = {1};
    batch.name = "tray <script>alert(1)</script>";
    batch.state = BatchState::Closed;
    batch.sides_fed = 4;
    batch.refused = {{"tray.tif", 4, "page 4 is truncated; scan it again"}};
    change.put(batch);

    for (int number = 1; number <= 3; ++number) {
      Page page;
      page.id = {static_cast<std::uint64_t>(number)};
      page.batch = batch.id;
      page.sequence = number;
      page.original = {blob, MediaType::Jpeg, 0, "tray.tif"};
      page.state = number == 3 ? PageState::Separator : PageState::Filed;
      page.separator = number == 3 ? SeparatorKind::Document : SeparatorKind::None;
      page.geometry.delivered = page.geometry.working = {400, 520};
      page.fields = {{FieldKind::Mrn, patient.mrn, {50, 100, 250, 120}, 0.9, "label"}};
      if (number < 3) page.document = document.id;
      PageText text;
      text.words = {{"persistent", {50, 100, 150, 120}, 0.95, 0}, {"wheezing", {160, 100, 250, 120}, 0.9, 0}};
      change.put(page);
      change.put(page.id, text);
      indexer::index_page(change, page, text);
    }
    change.put(document);
    change.file(patient.mrn, document.id);
    indexer::index_document(change, nullptr, document);
    REQUIRE(service_->archive().commit(change).ok());
  }

  std::filesystem::path folder_;
  std::unique_ptr<app::Service> service_;
  const app::AccessConfig access_;
  const SystemClock clock_;
  std::unique_ptr<storage::AuditTrail> trail_;
  std::unique_ptr<app::AccessDesk> desk_;
  std::unique_ptr<app::ScanRoom> scans_;
  std::unique_ptr<app::http::Server> server_;
  std::string all_roles_;
};

}  // namespace chartscan::testing
