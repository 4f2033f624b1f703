// A small archive on disk with one batch, a patient's document and its words, and a server over it, for HTTP tests.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "app/http/server.h"
#include "app/service.h"
#include "charts/patient_index.h"
#include "indexer/index.h"
#include "tests/app/raw_client.h"
#include "tests/support/image_files.h"

namespace chartscan::testing {

class ServedArchive {
 public:
  ServedArchive() {
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
  }
  ~ServedArchive() {
    server_.reset();
    service_.reset();
    std::filesystem::remove_all(folder_);
  }

  Answer get(const std::string& target, const std::string& headers = "") const {
    return exchange(port(), request("GET", target, headers));
  }
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
    auto started = app::http::Server::start(*service_, "127.0.0.1:0", web_root());
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
  std::unique_ptr<app::http::Server> server_;
};

}  // namespace chartscan::testing
