#include "app/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "app/cli/verbs.h"
#include "core/log.h"

namespace chartscan::app::cli {
namespace {

constexpr int kUsage = 2;

int report(const Error& error) {
  std::fprintf(stderr, "chartscan: %s\n", to_string(error).c_str());
  return traits(error.code).exit_code;
}

// Words that every verb takes.
struct CommonWords {
  std::filesystem::path config;
  std::string archive;
  bool json = false;
  bool verbose = false;
};

class CommandLine {
 public:
  CommandLine() : app_("Turns paper patient charts into a searchable, legally sound digital chart.", "chartscan") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "chartscan " CHARTSCAN_VERSION);
    app_.get_formatter()->column_width(36);
    add_patients();
    add_intake();
    add_reading();
    add_exports();
    add_running();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
      return app_.exit(help);
    } catch (const CLI::CallForAllHelp& help) {
      return app_.exit(help);
    } catch (const CLI::CallForVersion& version) {
      return app_.exit(version);
    } catch (const CLI::ParseError& fault) {
      std::fprintf(stderr, "chartscan: %s\nchartscan --help lists the verbs, chartscan VERB --help their options\n", fault.what());
      return kUsage;
    }
    if (words_.verbose) log::set_level(log::Level::Debug);
    Common common;
    auto config = load_config(words_.config);
    if (!config) return report(config.error());
    common.config = std::move(*config);
    if (!words_.archive.empty()) common.config.archive = words_.archive;
    common.json = words_.json;
    const Result<int> code = action_(common);
    return code ? *code : report(code.error());
  }

 private:
  using Action = std::function<Result<int>(Common&)>;

  CLI::App* verb(CLI::App& parent, const char* name, const char* what, Action action) {
    CLI::App* sub = parent.add_subcommand(name, what);
    sub->add_option("--archive", words_.archive, "folder of the archive (else CHARTSCAN_ARCHIVE, else ./archive)")->type_name("DIR");
    sub->add_option("--config", words_.config, "configuration file (TOML)")->type_name("FILE");
    sub->add_flag("--verbose", words_.verbose, "tell more on stderr");
    sub->callback([this, action = std::move(action)] { action_ = action; });
    return sub;
  }

  CLI::App* reporting_verb(CLI::App& parent, const char* name, const char* what, Action action) {
    CLI::App* sub = verb(parent, name, what, std::move(action));
    sub->add_flag("--json", words_.json, "print JSON");
    return sub;
  }

  CLI::App* group(const char* name, const char* what) {
    CLI::App* sub = app_.add_subcommand(name, what);
    sub->require_subcommand(1);
    return sub;
  }

  void add_patients() {
    CLI::App* patients = group("patients", "the patient index");
    reporting_verb(*patients, "import", "add patients from a CSV file", [this](Common& c) { return import_patients(c, file_); })
        ->add_option("FILE", file_, "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip")->required();
  }

  void add_intake() {
    CLI::App* sub = reporting_verb(app_, "ingest", "take files and folders through the whole pipeline",
                                   [this](Common& c) { return ingest(c, ingest_); });
    sub->add_option("PATH", ingest_.paths, "TIFF, PDF, PNG and JPEG files, and folders of them")->required();
    sub->add_option("--batch", ingest_.batch_name, "name of the batch (else the file's or folder's name)")->type_name("NAME");
    sub->add_option("--expect-pages", ingest_.expected_pages, "pages counted by hand; a difference is a finding")
        ->type_name("N")->check(CLI::Range(1, 1'000'000));
    sub->add_option("--jobs", ingest_.jobs, "page workers (else one per processor)")->type_name("N")->check(CLI::Range(1, 1024));

    reporting_verb(app_, "batches", "the ledger of every batch", [](Common& c) { return list_batches(c); });
    CLI::App* batch = group("batch", "work on one batch");
    reporting_verb(*batch, "show", "one batch, page by page", [this](Common& c) { return show_batch(c, batch_); })
        ->add_option("ID", batch_, "B00000001")->required();
  }

  void add_reading() {
    CLI::App* review = group("review", "what waits for a person");
    reporting_verb(*review, "list", "documents that wait, oldest first", [](Common& c) { return list_review(c); });
    reporting_verb(*review, "show", "one document with its candidates and reasons", [this](Common& c) { return show_review(c, document_); })
        ->add_option("DOCUMENT", document_, "D00000001")->required();

    CLI::App* find = reporting_verb(app_, "search", "pages that hold the words", [this](Common& c) { return search(c, search_); });
    find->add_option("QUERY", search_.query, "words, \"phrases\", prefix*, OR, NOT, type: mrn: patient: date: finding: status: is:")->required();
    find->add_option("--limit", search_.limit, "at most so many pages")->type_name("N")->check(CLI::Range(1, 10'000));
    find->add_option("--patient", search_.mrn, "only pages in this patient's chart")->type_name("MRN");

    reporting_verb(app_, "chart", "a patient's documents in chart order", [this](Common& c) { return chart(c, mrn_); })
        ->add_option("MRN", mrn_)->required();
  }

  void add_exports() {
    CLI::App* exports = group("export", "write records out");
    CLI::App* pages = verb(*exports, "pages", "one JSON line a page", [this](Common& c) { return export_pages(c, file_); });
    pages->add_option("--format", format_, "jsonl")->check(CLI::IsMember({"jsonl"}));
    pages->add_option("-o,--output", file_, "file (else stdout)")->type_name("FILE");
    CLI::App* pdf = verb(*exports, "pdf", "a searchable PDF", [this](Common& c) { return export_pdf(c, pdf_); });
    CLI::Option* document = pdf->add_option("--document", pdf_.document, "one document")->type_name("ID");
    pdf->add_option("--chart", pdf_.mrn, "a whole chart, in chart order")->type_name("MRN")->excludes(document);
    pdf->add_option("-o,--output", pdf_.out, "the PDF to write")->type_name("FILE")->required();
  }

  void add_running() {
    CLI::App* serving = verb(app_, "serve", "the HTTP API and the screens", [this](Common& c) {
      if (!listen_.empty()) c.config.listen = listen_;
      return serve(c);
    });
    serving->add_option("--listen", listen_, "address:port (else as configured, 127.0.0.1:8080)")->type_name("ADDR");
    reporting_verb(app_, "verify", "re-read every stored byte against its hash, the ledger and the index",
                   [](Common& c) { return verify(c); });
    verb(app_, "config", "the effective configuration, with comments", [](Common& c) { return show_config(c); });
    CLI::App* show = verb(app_, "demo", "ingest the samples, show ledger, searches and a chart, serve the screens",
                          [this](Common& c) { return demo(c, samples_, !no_serve_); });
    show->add_option("--samples", samples_, "folder of the samples")->type_name("DIR");
    show->add_flag("--no-serve", no_serve_, "stop before serving the screens");
  }

  CLI::App app_;
  CommonWords words_;
  Action action_;
  std::filesystem::path file_, samples_ = "samples";
  IngestWords ingest_;
  SearchWords search_;
  ExportPdfWords pdf_;
  std::string batch_, document_, mrn_, listen_, format_ = "jsonl";
  bool no_serve_ = false;
};

}  // namespace

int run(int argc, char** argv) { return CommandLine().run(argc, argv); }

}  // namespace chartscan::app::cli
