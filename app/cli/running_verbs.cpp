// export, verify, serve, config, demo.
#include <fmt/format.h>
#include <signal.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/cli/audit_verbs.h"
#include "app/cli/patient_verbs.h"
#include "app/cli/remote.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/http/server.h"
#include "app/service.h"
#include "app/views.h"

namespace chartscan::app::cli {
namespace {

Result<std::vector<DocumentId>> documents_to_export(Service& service, const ExportWords& words) {
  if (!words.document.empty()) {
    const auto id = parse_id<DocumentId>(words.document);
    if (!id) return Error{ErrorCode::Usage, "'" + words.document + "' is no document id; it looks like D00000001", {}};
    return std::vector<DocumentId>{*id};
  }
  if (words.mrn.empty()) return Error{ErrorCode::Usage, "name what to export: --document ID or --chart MRN", {}};
  TRY(const ChartView chart, service.chart(words.mrn, words.order));
  std::vector<DocumentId> ids;
  for (const charts::ChartSection& section : chart.sections)
    for (const Document& document : section.documents) ids.push_back(document.id);
  if (ids.empty()) return Error{ErrorCode::NotFound, "nothing is filed in the chart of MRN " + words.mrn, {}};
  return ids;
}

void heading(const std::string& text) { std::fprintf(std_out(), "\n%s\n", styled(text, Style::Bold).c_str()); std::fflush(std_out()); }

}  // namespace

Result<int> write_out(const std::filesystem::path& out, const std::function<Status(std::ostream&)>& write) {
  if (out.empty()) {
    TRY_STATUS(write(std::cout));
    std::cout.flush();
    if (!std::cout) return Error{ErrorCode::Storage, "standard output was closed before the export was whole", {}};
    return kDone;
  }
  std::ofstream file(out, std::ios::binary);
  if (!file) return Error{ErrorCode::Storage, out.string() + ": cannot be written; check the folder and its rights", {}};
  TRY_STATUS(write(file), out.string());
  file.close();
  if (!file) return Error{ErrorCode::StorageFull, out.string() + ": could not be written whole; is the disk full?", {}};
  return kDone;
}

Result<int> export_pages(const Common& common, const std::filesystem::path& out) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "export pages"));
  return write_out(out, [&](std::ostream& stream) { return service->export_pages(stream); });
}

Result<int> export_pdf(const Common& common, const ExportWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "export pdf"));
  TRY(const std::vector<DocumentId> documents, documents_to_export(*service, words));
  using exchange::Images;
  const auto images = words.images == "small" ? Images::Small : words.images == "original" ? Images::Original : Images::Full;
  TRY_STATUS(service->export_pdf(documents, images, words.out), words.out.string());
  return kDone;
}

Result<int> export_hocr(const Common& common, const ExportWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "export hocr"));
  TRY(const std::vector<DocumentId> documents, documents_to_export(*service, words));
  TRY_STATUS(service->export_hocr(documents, words.out), words.out.string());
  return kDone;
}

Result<int> export_alto(const Common& common, const ExportWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "export alto"));
  TRY(const std::vector<DocumentId> documents, documents_to_export(*service, words));
  TRY_STATUS(service->export_alto(documents, words.out), words.out.string());
  return kDone;
}

Result<int> verify(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "verify"));
  TRY(const VerifyReport report, service->verify());
  if (common.json) {
    std::fprintf(std_out(), "%s\n", dump({{"originals", report.blobs}, {"pages", report.pages}, {"documents", report.documents}, {"audit_records", report.audit_records}, {"faults", report.faults}}).c_str());
  } else {
    std::fprintf(std_out(), "%llu originals, %llu pages, %llu documents and %llu records of the audit trail read; %s\n", static_cast<unsigned long long>(report.blobs),
                static_cast<unsigned long long>(report.pages), static_cast<unsigned long long>(report.documents), static_cast<unsigned long long>(report.audit_records),
                report.faults.empty() ? styled("✓ no fault", Style::Good).c_str()
                                      : styled(fmt::format("✗ {} faults", report.faults.size()), Style::Bad).c_str());
    for (const std::string& fault : report.faults) std::fprintf(std_out(), "  %s\n", printable(fault).c_str());
  }
  return report.faults.empty() ? kDone : kIntegrityFailed;
}

Result<int> repack(const Common& common, int most_dead_percent) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "repack"));
  TRY(const storage::Repacked done, service->archive().repack(most_dead_percent / 100.0));
  if (common.json)
    std::fprintf(std_out(), "%s\n", dump({{"packs", done.packs}, {"moved", done.moved}, {"dropped", done.dropped}, {"bytes_given_back", done.bytes_given_back}}).c_str());
  else
    fmt::print(std_out(), "{} packs written anew, {} MB given back; {} originals moved, {} that nothing names dropped\n", done.packs, done.bytes_given_back >> 20, done.moved,
               done.dropped);
  return kDone;
}

Result<int> serve(const Common& common) {
  if (seat().elsewhere) return Error{ErrorCode::ArchiveHeld, "this archive is served already, by the server that answers here", {}};
  // Blocked before any thread starts, so that every thread leaves them to us.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const Config& config = common.config;
  TRY(const auto service, Service::open(config, storage::Access::Write, "serve"));
  TRY(const auto trail, storage::AuditTrail::open(service->archive().folder(), audit_options(config.audit)));
  const SystemClock clock;
  TRY(const auto desk, AccessDesk::open(service->archive(), *trail, clock, config.access));
  const auto tell = [&](storage::AuditAction action) {
    storage::AuditRecord record;
    record.action = action;
    record.detail = "serve at " + config.listen;
    return desk->record(person_here(), std::move(record));
  };
  TRY_STATUS(tell(storage::AuditAction::ServiceStart));
  TRY_STATUS(service->stay(config.jobs));
  ScanRoom scans(*service);
  TRY(const auto server, http::Server::start(*service, *desk, scans, {config.listen, config.web_root, config.serve.tls_certificate, config.serve.tls_key, config.serve.plain_beyond}));
  std::fprintf(std_err(), "chartscan: serving %s at %s ; Ctrl-C ends it\n", config.archive.c_str(), server->url().c_str());
  if (const std::string code = desk->setup_code(); !code.empty())
    std::fprintf(std_err(), "chartscan: nobody can log in yet. Create the first administrator at %ssetup?code=%s\n", server->url().c_str(), code.c_str());
  TRY(const auto commands, RemoteCommands::listen(service->archive().folder()));
  const timespec minute{60, 0};
  while (sigtimedwait(&ending, nullptr, &minute) < 0) desk->end_idle_sessions();
  server->stop();
  service->end_staying();
  TRY_STATUS(tell(storage::AuditAction::ServiceStop));
  return kDone;
}

Result<int> show_config(const Common& common) {
  std::fprintf(std_out(), "%s", to_toml(common.config).c_str());
  return kDone;
}

namespace {

// The fullest chart is the one worth looking at.
Result<std::string> fullest_chart(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "demo"));
  TRY(const std::vector<Patient> patients, service->all_patients(10'000));
  std::string mrn;
  std::size_t most = 0;
  for (const Patient& patient : patients) {
    TRY(const ChartView view, service->chart(patient.mrn));
    std::size_t documents = 0;
    for (const charts::ChartSection& section : view.sections) documents += section.documents.size();
    if (documents > most) {
      most = documents;
      mrn = patient.mrn;
    }
  }
  return mrn;
}

}  // namespace

Result<int> demo(const Common& common, const std::filesystem::path& samples, bool serve_after) {
  heading("Patients");
  TRY_STATUS(import_patients(common, samples / "patients.csv"));
  heading("Batches");
  IngestWords words;
  words.paths = {samples.string()};
  TRY_STATUS(ingest(common, words));
  for (const char* query : {"\"chest pain\"", "hemoglobin OR metformin", "type:operative_report"}) {
    heading(std::string("Search: ") + query);
    TRY_STATUS(search(common, SearchWords{query, 3}));
  }
  TRY(const std::string mrn, fullest_chart(common));
  if (!mrn.empty()) {
    heading("Chart");
    TRY_STATUS(chart(common, mrn, {}));
  }
  if (!serve_after) return kDone;
  heading("Screens");
  return serve(common);
}

}  // namespace chartscan::app::cli
