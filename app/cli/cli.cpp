#include "app/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>

#include "app/cli/audit_verbs.h"
#include "app/cli/index_verbs.h"
#include "app/cli/linking_verbs.h"
#include "app/cli/patient_verbs.h"
#include "app/cli/remote.h"
#include "app/cli/review_verbs.h"
#include "app/cli/sheets_verb.h"
#include "app/cli/terminal.h"
#include "app/cli/train_verb.h"
#include "app/cli/user_verbs.h"
#include "app/cli/terminal.h"
#include "app/cli/verbs.h"
#include "app/profiles.h"
#include "core/log.h"

namespace chartscan::app::cli {
namespace {

constexpr int kUsage = 2;

int report(const Error& error) {
  std::fprintf(std_err(), "chartscan: %s\n", to_string(error).c_str());
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
    add_scanning();
    add_batches();
    add_reading();
    add_audits();
    add_users();
    add_trail();
    add_index();
    add_exports();
    add_sheets();
    add_training();
    add_running();
  }

  // `archive` outweighs what the words say, where it is not empty.
  int run(int argc, char** argv, const std::filesystem::path& archive) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
      return app_.exit(help);
    } catch (const CLI::CallForAllHelp& help) {
      return app_.exit(help);
    } catch (const CLI::CallForVersion& version) {
      return app_.exit(version);
    } catch (const CLI::ParseError& fault) {
      std::fprintf(std_err(), "chartscan: %s\nchartscan --help lists the verbs, chartscan VERB --help their options\n", fault.what());
      return kUsage;
    }
    if (words_.verbose) log::set_level(log::Level::Debug);
    Common common;
    auto config = load_config(words_.config);
    if (!config) return report(config.error());
    common.config = std::move(*config);
    common.config.page_worker = {"/proc/self/exe", "page-worker"};
    if (!words_.archive.empty()) common.config.archive = words_.archive;
    if (!archive.empty()) common.config.archive = archive;
    common.json = words_.json;
    const Result<int> code = recorded(common);
    if (code) return *code;
    if (code.error().code == ErrorCode::ArchiveHeld && !seat().elsewhere)
      if (const std::optional<int> done = run_in_server(common.config.archive, argc, argv)) return *done;
    return report(code.error());
  }

 private:
  using Action = std::function<Result<int>(Common&)>;

  // Whoever reads or changes papers at a terminal stands in the audit trail, before it happens. What makes the archive cannot be recorded
  // before there is one. (A command that goes to a server is recorded there.)
  Result<int> recorded(Common& common) {
    const std::optional<storage::AuditRecord> look = look_of(verb_);
    if (!look) return action_(common);
    std::error_code none;
    const bool is_there = std::filesystem::exists(common.config.archive / "FORMAT", none);
    const bool writes = writes_records(look->action);
    if (is_there && !writes) TRY_STATUS(record_look(common, *look));
    Result<int> code = action_(common);
    const bool elsewhere = !code && code.error().code == ErrorCode::ArchiveHeld;
    if (writes && !elsewhere) {
      storage::AuditRecord done = *look;
      if (!code) done.outcome = storage::AuditOutcome::Failed;
      if (const Status noted = record_look(common, std::move(done)); !noted && code) return noted.error();
    }
    return code;
  }

  // Changes stand in journals of their own; their record follows them, with how they ended.
  static bool writes_records(storage::AuditAction action) {
    using storage::AuditAction;
    return action == AuditAction::Change || action == AuditAction::Release || action == AuditAction::PatientChange || action == AuditAction::Scan;
  }

  std::optional<storage::AuditRecord> look_of(const std::string& verb) const {
    using storage::AuditAction;
    static const std::map<std::string, AuditAction> kLooks{
        {"search", AuditAction::Search},           {"unfound", AuditAction::Search},          {"chart", AuditAction::ViewChart},       {"batches", AuditAction::ViewBatch},
        {"batch show", AuditAction::ViewBatch},    {"review list", AuditAction::ViewReview},  {"review next", AuditAction::ViewReview}, {"review show", AuditAction::ViewReview},
        {"review corrections", AuditAction::Export}, {"export pages", AuditAction::Export},   {"export pdf", AuditAction::Export},     {"export hocr", AuditAction::Export},
        {"export alto", AuditAction::Export},      {"patients export", AuditAction::Export},  {"patients feed", AuditAction::ViewPatients},
        {"patients merges", AuditAction::ViewPatients}, {"patients duplicates", AuditAction::ViewPatients}, {"patients overlays", AuditAction::ViewPatients}, {"patients settle-overlay", AuditAction::PatientChange}, {"patients import", AuditAction::PatientChange},
        {"patients listen", AuditAction::PatientChange}, {"patients merge", AuditAction::PatientChange}, {"patients unmerge", AuditAction::PatientChange},
        {"patients learn", AuditAction::Config},   {"ingest", AuditAction::Scan},             {"scan", AuditAction::Scan},             {"watch", AuditAction::Scan},
        {"read", AuditAction::Scan},               {"batch release", AuditAction::Release},   {"audit-links list", AuditAction::ViewReview},
        {"audit-links sample", AuditAction::ViewReview}, {"audit-links record", AuditAction::Change}, {"audit-links resume", AuditAction::Config},
        {"audit-links stop", AuditAction::Config}};
    storage::AuditRecord record;
    if (const auto known = kLooks.find(verb); known != kLooks.end()) record.action = known->second;
    else if (verb.starts_with("batch ") || verb.starts_with("review ")) record.action = AuditAction::Change;
    else return std::nullopt;
    record.detail = "chartscan " + verb;
    record.query = verb == "search" ? search_.query : "";
    for (const std::string* mrn : {&mrn_, &search_.mrn, &export_.mrn, &merge_.mrn, &merge_.into})
      if (!mrn->empty()) record.mrns.push_back(*mrn);
    const auto document = parse_id<DocumentId>(review_.document.empty() ? export_.document : review_.document);
    if (document) record.document = *document;
    if (const auto batch = parse_id<BatchId>(repair_.batch)) record.batch = *batch;
    return record;
  }

  CLI::App* verb(CLI::App& parent, const char* name, const char* what, Action action) {
    CLI::App* sub = parent.add_subcommand(name, what);
    sub->add_option("--archive", words_.archive, "folder of the archive (else CHARTSCAN_ARCHIVE, else ./archive)")->type_name("DIR");
    sub->add_option("--config", words_.config, "configuration file (TOML)")->type_name("FILE");
    sub->add_flag("--verbose", words_.verbose, "tell more on stderr");
    const std::string path = (&parent == &app_ ? "" : parent.get_name() + " ") + name;
    sub->callback([this, path, action = std::move(action)] {
      action_ = action;
      verb_ = path;
    });
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
    reporting_verb(*patients, "import", "take patients from a CSV or HL7 v2 file", [this](Common& c) { return import_patients(c, file_); })
        ->add_option("FILE", file_, "mrn,family,given,middle,dob,sex,ssn,phone,address,city,state,zip; or ADT messages")->required();

    verb(*patients, "export", "all patients as such a CSV file", [this](Common& c) { return export_patients(c, file_); })
        ->add_option("-o,--output", file_, "file (else stdout)")->type_name("FILE");

    verb(*patients, "listen", "take HL7 v2 ADT messages over MLLP", [this](Common& c) { return listen(c, feed_); })
        ->add_option("--listen", feed_.listen, "address:port (else feed.listen, else 127.0.0.1:2575)")->type_name("ADDR");
    CLI::App* feed = reporting_verb(*patients, "feed", "the messages that came, and what was answered", [this](Common& c) { return show_feed(c, feed_); });
    feed->add_option("--control", feed_.control_id, "only messages of this control id (MSH-10)")->type_name("ID");
    feed->add_flag("--refused", feed_.refused, "only what was not taken");
    feed->add_option("--limit", feed_.limit, "at most so many, the newest")->type_name("N")->check(CLI::Range(1, 1'000'000));

    CLI::App* merging = verb(*patients, "merge", "two charts are one person's", [this](Common& c) { return merge_charts(c, merge_); });
    merging->add_option("MRN", merge_.mrn, "the chart that goes; its number stays as another name of the survivor")->required();
    merging->add_option("--into", merge_.into, "the chart that stays")->type_name("MRN")->required();
    merging->add_option("--operator", merge_.operator_name, "who says so (else the user's name)")->type_name("WHO");
    CLI::App* parting = reporting_verb(*patients, "unmerge", "take a merge back", [this](Common& c) { return unmerge_charts(c, merge_); });
    parting->add_option("MRN", merge_.mrn, "the chart that was merged away")->required();
    parting->add_option("--operator", merge_.operator_name, "who says so (else the user's name)")->type_name("WHO");
    reporting_verb(*patients, "merges", "charts that were merged", [](Common& c) { return list_merges(c); });
    CLI::App* twice = reporting_verb(*patients, "duplicates", "patients of the index that may be one person", [this](Common& c) { return list_duplicates(c, duplicates_); });
    twice->add_option("--from", duplicates_.probability, "list pairs that are one person with at least this probability")->check(CLI::Range(0.0, 1.0));
    twice->add_option("--limit", duplicates_.limit, "at most so many pairs, likeliest first")->type_name("N")->check(CLI::Range(1, 1'000'000));
    CLI::App* two = reporting_verb(*patients, "overlays", "charts that may hold two people", [this](Common& c) { return list_overlays(c, limit_); });
    two->add_option("--limit", limit_, "at most so many, most reasons first")->type_name("N")->check(CLI::Range(1, 1'000'000));
    verb(*patients, "settle-overlay", "a person looked at this chart: what was told of it otherwise is forgotten", [this](Common& c) { return settle_overlay(c, mrn_); })
        ->add_option("MRN", mrn_)->required();
    verb(*patients, "learn", "learn from the index how its duplicates differ; `duplicates` uses it from then on", learn_register);
  }

  void add_intake() {
    CLI::App* sub = reporting_verb(app_, "ingest", "take files and folders through the whole pipeline",
                                   [this](Common& c) { return ingest(c, ingest_); });
    sub->add_option("PATH", ingest_.paths, "TIFF, PDF, PNG and JPEG files, and folders of them")->required();
    sub->add_option("--batch", ingest_.batch_name, "name of the batch (else the file's or folder's name)")->type_name("NAME");
    sub->add_option("--expect-pages", ingest_.expected_pages, "pages counted by hand; a difference is a finding")
        ->type_name("N")->check(CLI::Range(1, 1'000'000));
    sub->add_option("--jobs", ingest_.jobs, "page workers (else one per processor)")->type_name("N")->check(CLI::Range(1, 1024));

    reporting_verb(app_, "read", "read what waits and close what can be closed", [this](Common& c) { return read(c, jobs_); })
        ->add_option("--jobs", jobs_, "page workers (else one per processor)")->type_name("N")->check(CLI::Range(1, 1024));
  }

  void add_device_words(CLI::App& sub, DeviceWords& words) {
    sub.add_option("--device", words.device, "as `chartscan devices` lists it")->type_name("D");
    sub.add_option("--profile", words.profile, "[profiles.NAME] of the configuration")->type_name("NAME");
    sub.add_option("--source", words.source, "flatbed, adf, adf-duplex, or the scanner's own word");
    sub.add_option("--dpi", words.dpi, "dots an inch")->type_name("N")->check(CLI::Range(50, 1200));
    sub.add_option("--mode", words.mode, kModeWords)->check([](const std::string& text) { return parse_mode(text) ? "" : kModeWords; });
    sub.add_option("--size", words.size, kSizeWords)->check([](const std::string& text) { return parse_size(text) ? "" : kSizeWords; });
  }

  void add_scanning() {
    reporting_verb(app_, "devices", "scanners, and what one of them can do", [this](Common& c) { return list_devices(c, scan_.from.device); })
        ->add_option("--device", scan_.from.device, "show its options")->type_name("D");

    CLI::App* sub = reporting_verb(app_, "scan", "feed a batch from a scanner", [this](Common& c) { return scan(c, scan_); });
    add_device_words(*sub, scan_.from);
    sub->add_option("--batch", scan_.batch_name, "name of the batch")->type_name("NAME");
    sub->add_option("--operator", scan_.operator_name, "who feeds, for the journal")->type_name("WHO");
    sub->add_option("--expect-sheets", scan_.expect_sheets, "sheets counted by hand; the batch waits where the count disagrees")
        ->type_name("N")->check(CLI::Range(1, 1'000'000));
    sub->add_option("--expect-pages", scan_.expect_pages, "sides counted by hand")->type_name("N")->check(CLI::Range(1, 1'000'000));
    sub->add_option("--resume", scan_.resume, "go on with a batch that stopped, as its message says")->type_name("BATCH");
    sub->add_flag("--no-read", scan_.no_read, "take in only; `chartscan read` reads later");
    sub->add_option("--jobs", scan_.jobs, "page workers (else one per processor)")->type_name("N")->check(CLI::Range(1, 1024));

    CLI::App* watching = reporting_verb(app_, "watch", "take in what appears in a folder", [this](Common& c) { return watch(c, watch_); });
    watching->add_option("DIR", watch_.folder, "sources go to DIR/done once they are durable, or to DIR/refused with a reason")->required();
    watching->add_option("--quiet", watch_.quiet_seconds, "seconds that a source must stand still")->type_name("S")->check(CLI::Range(0.0, 86'400.0));
    watching->add_flag("--once", watch_.once, "end when nothing is left to take");
    watching->add_flag("--no-read", watch_.no_read, "take in only");
    watching->add_option("--jobs", watch_.jobs, "page workers (else one per processor)")->type_name("N")->check(CLI::Range(1, 1024));

    CLI::App* worker = app_.add_subcommand("scan-worker", "")->group("");  // the program starts it itself
    worker->add_option("--fd", worker_socket_)->required();
    worker->callback([this] { action_ = [this](Common&) -> Result<int> { return scan_worker(worker_socket_); }; });
    CLI::App* reader = app_.add_subcommand("page-worker", "")->group("");
    reader->add_option("--fd", worker_socket_)->required();
    reader->callback([this] { action_ = [this](Common&) -> Result<int> { return page_worker(worker_socket_); }; });
  }

  // The words that every work on a batch takes.
  CLI::App* batch_verb(CLI::App& group, const char* name, const char* what, Result<int> (*action)(const Common&, const RepairWords&)) {
    CLI::App* sub = reporting_verb(group, name, what, [this, action](Common& c) { return action(c, repair_); });
    sub->add_option("ID", repair_.batch, "B00000001")->required();
    if (std::string(name) == "show") return sub;
    sub->add_option("--operator", repair_.operator_name, "who does it, for the journal (else the user's name)")->type_name("WHO");
    sub->add_flag("--no-read", repair_.no_read, "leave what must be read to `chartscan read`");
    sub->add_option("--jobs", repair_.jobs, "page workers (else one per processor)")->type_name("N")->check(CLI::Range(1, 1024));
    return sub;
  }

  void add_feeding_words(CLI::App& sub) {
    sub.add_option("--from", repair_.files, "files instead of a scanner")->type_name("FILE");
    add_device_words(sub, repair_.from);
  }

  void add_page_word(CLI::App& sub) {
    sub.add_option("--page", repair_.page, "its SIDE or PAGE in `batch show`")->type_name("SIDE")->required();
  }

  void add_batches() {
    reporting_verb(app_, "batches", "the ledger of every batch", [](Common& c) { return list_batches(c); });
    CLI::App* batch = group("batch", "work on one batch");
    batch_verb(*batch, "show", "one batch: ledger, sheets, pages, journal", show_batch)
        ->add_flag("--journal", repair_.whole_journal, "every line of the journal, stored sides too");

    CLI::App* again = batch_verb(*batch, "rescan", "scan a sheet or a page again; the old one is kept, marked", rescan);
    again->add_option("--sheet", repair_.sheet, "number of the sheet")->type_name("N")->check(CLI::Range(1, 1'000'000));
    again->add_option("--page", repair_.page, "one side only: its SIDE or PAGE in `batch show`")->type_name("SIDE");
    add_feeding_words(*again);
    CLI::App* between = batch_verb(*batch, "insert", "put sheets between", insert);
    between->add_option("--after", repair_.after, "SIDE or PAGE in `batch show`; 0 = first")->type_name("SIDE")->required();
    add_feeding_words(*between);

    CLI::App* moving = batch_verb(*batch, "move", "put sides at another place", move);
    moving->add_option("--page", repair_.pages, "SIDE or PAGE in `batch show`, several at once")->type_name("SIDE")->required();
    moving->add_option("--after", repair_.after, "SIDE or PAGE behind which they go; 0 = first")->type_name("SIDE")->required();
    CLI::App* turning = batch_verb(*batch, "rotate", "turn a page and read it again", rotate);
    add_page_word(*turning);
    turning->add_option("--by", repair_.clockwise, "degrees clockwise: 90, 180 or 270")->check(CLI::IsMember({90, 180, 270}));
    add_page_word(*batch_verb(*batch, "split", "begin a document at this page", split));
    add_page_word(*batch_verb(*batch, "join", "let this page go on with the one before", join));
    add_page_word(*batch_verb(*batch, "blank", "set a page aside as blank", set_aside));
    add_page_word(*batch_verb(*batch, "unblank", "take a page back that was set aside as blank", restore));
    batch_verb(*batch, "undo", "take the newest step back", undo);
    CLI::App* counting = batch_verb(*batch, "recount", "correct what was counted by hand", recount);
    counting->add_option("--sheets", repair_.sheets, "sheets there are")->type_name("N")->check(CLI::Range(1, 1'000'000));
    counting->add_option("--pages", repair_.pages_counted, "sides there are")->type_name("N")->check(CLI::Range(1, 1'000'000));
    batch_verb(*batch, "release", "let the batch go: refused while anything of it is open", release);
  }

  void add_reading() {
    CLI::App* review = group("review", "what waits for a person");
    const auto queue = [this](CLI::App* sub) {
      sub->add_option("--queue", review_.queue, "only what waits for this reason")->check(CLI::IsMember({"patient", "type", "foreign-page", "other"}));
      sub->add_option("--order", review_.order, "oldest or worst first")->check(CLI::IsMember({"oldest", "worst"}));
    };
    queue(reporting_verb(*review, "list", "documents that wait", [this](Common& c) { return list_review(c, review_); }));
    queue(reporting_verb(*review, "next", "the first of them", [this](Common& c) { return next_review(c, review_); }));
    const auto of_document = [&](const char* name, const char* what, Result<int> (*action)(const Common&, const ReviewWords&)) {
      CLI::App* sub = reporting_verb(*review, name, what, [this, action](Common& c) { return action(c, review_); });
      sub->add_option("DOCUMENT", review_.document, "D00000001")->required();
      if (std::string(name) != "show")
        sub->add_option("--operator", review_.operator_name, "who says so, for the journal (else the user's name)")->type_name("WHO");
      return sub;
    };
    of_document("show", "one document with its candidates and reasons", show_review);
    of_document("accept", "the proposed patient and type are right: file it", accept_review);
    CLI::App* correcting = of_document("correct", "say what is right", correct_review);
    correcting->add_option("--patient", review_.mrn, "whose it is")->type_name("MRN");
    correcting->add_option("--type", review_.type, "what it is: a code or LOINC")->type_name("TYPE");
    correcting->add_option("--date", review_.date, "its date of service, YYYY-MM-DD")->type_name("DATE");
    of_document("split", "a new document begins at one of its pages", split_review)
        ->add_option("--page", review_.page, "that page, counted in the document")->type_name("N")->required()->check(CLI::Range(2, 1'000'000));
    of_document("join", "it goes on with the document before it", join_review);
    of_document("undo", "take the newest word on it back", undo_review);
    verb(*review, "corrections", "what people said documents are, for `chartscan train`", [this](Common& c) { return export_corrections(c, file_); })
        ->add_option("-o,--output", file_, "JSON lines (else stdout)")->type_name("FILE");

    CLI::App* find = reporting_verb(app_, "search", "pages that hold the words", [this](Common& c) { return search(c, search_); });
    find->add_option("QUERY", search_.query,
                     "words, \"phrases\", prefix*, fuzzy~, NEAR/5, AND OR NOT ( ), type: date: mrn: patient: finding: is: ... (docs/searching.md)")->required();
    find->add_option("--limit", search_.limit, "at most so many pages, or groups")->type_name("N")->check(CLI::Range(1, 10'000));
    find->add_option("--patient", search_.mrn, "only pages in this patient's chart")->type_name("MRN");
    find->add_option("--group", search_.group, "document or chart: pages that belong together as one")->check(CLI::IsMember({"document", "chart"}));
    find->add_option("--sort", search_.sort, "relevance, date (newest first) or oldest; a sort: in the question wins")
        ->check(CLI::IsMember({"relevance", "date", "newest", "oldest"}));
    find->add_flag("--facets", search_.facets, "count the pages by type, year, facility and status");
    find->add_flag("--as-written", search_.as_written, "no similar spellings");
    find->add_option("--after", search_.after, "go on where an answer left off: its `next`")->type_name("PLACE");
    find->add_option("--export", search_.out, "write every page that answers to FILE.csv or FILE.jsonl")->type_name("FILE");

    CLI::App* holes = reporting_verb(app_, "unfound", "pages that cannot be found, or hardly: not read, rejected, no text, few words, read with doubts",
                                     [this](Common& c) { return unfound(c, unfound_); });
    holes->add_option("--batch", unfound_.batch, "only of this batch")->type_name("B00000001");
    holes->add_option("--reason", unfound_.reason, "only for this reason")
        ->check(CLI::IsMember({"not-read", "rejected", "no-text", "few-words", "low-confidence"}));

    CLI::App* chart_verb = reporting_verb(app_, "chart", "a patient's documents in chart order", [this](Common& c) { return chart(c, mrn_, order_); });
    chart_verb->add_option("MRN", mrn_)->required();
    chart_verb->add_option("--order", order_, "care, permanent or one of the configuration (as [chart] order says)")->type_name("NAME");
  }

  void add_users() {
    CLI::App* users = group("users", "who may use the archive");
    const auto of_user = [&](const char* name, const char* what, Action action) {
      CLI::App* sub = reporting_verb(*users, name, what, std::move(action));
      sub->add_option("NAME", user_.name, "login name")->required();
      return sub;
    };
    const auto password = [this](CLI::App* sub) {
      sub->add_flag("--generate", user_.generate, "make a password and tell it (else it is asked for, or read from standard input)");
    };
    CLI::App* adding = of_user("add", "let somebody in; the first one manages users", [this](Common& c) { return add_user(c, user_); });
    adding->add_option("--full-name", user_.full_name, "as reports name the user")->type_name("NAME")->required();
    adding->add_option("--role", user_.roles, "what the user may do: `chartscan users roles`")->type_name("ROLE");
    adding->add_flag("--keep-password", user_.keep_password, "the user need not change it at the first login");
    password(adding);
    reporting_verb(*users, "list", "all users", list_users);
    CLI::App* roles = reporting_verb(*users, "roles", "roles and rights; with NAME and --role the user's roles from now on", [this](Common& c) { return user_roles(c, user_); });
    CLI::Option* whose = roles->add_option("NAME", user_.name, "login name");
    roles->add_option("--role", user_.roles, "in place of those that the user has")->type_name("ROLE")->needs(whose);
    of_user("disable", "log the user out and in no more", [this](Common& c) { return enable_user(c, user_, false); });
    of_user("enable", "let a disabled user in again", [this](Common& c) { return enable_user(c, user_, true); });
    of_user("unlock", "end the wait after wrong passwords", [this](Common& c) { return unlock_user(c, user_); });
    password(of_user("reset", "give a new password, to be changed at the next login", [this](Common& c) { return reset_user(c, user_); }));
    CLI::App* tokens = reporting_verb(*users, "tokens", "tokens of programs: list, issue, revoke", [this](Common& c) { return user_tokens(c, user_); });
    CLI::Option* issue = tokens->add_option("--issue", user_.token_name, "issue one; what it is for")->type_name("NAME");
    tokens->add_option("--user", user_.name, "whose rights it has at most")->type_name("NAME")->needs(issue);
    tokens->add_option("--scope", user_.scopes, "rights that it may use")->type_name("RIGHT")->needs(issue);
    tokens->add_option("--days", user_.days, "how long it lasts")->type_name("N")->check(CLI::Range(1, 366))->needs(issue);
    tokens->add_option("--revoke", user_.token_id, "end one")->type_name("ID")->excludes(issue);
  }

  void add_trail() {
    CLI::App* audit = group("audit", "the record of every look and change");
    CLI::App* check = reporting_verb(*audit, "verify", "read the whole trail against its chain, its head and the anchors", [this](Common& c) { return verify_trail(c, trail_); });
    check->add_option("--anchor", trail_.anchors, "NUMBER:HASH, as `audit anchor` printed it")->type_name("ANCHOR");
    check->add_option("--anchor-file", trail_.anchor_file, "lines of anchors (else as configured)")->type_name("FILE");
    const auto narrowed = [this](CLI::App* sub) {
      sub->add_option("--action", trail_.actions, "only these: view-page, search, export ...")->type_name("ACTION");
      sub->add_option("--from", trail_.from, "not before (UTC)")->type_name("TIME");
      sub->add_option("--to", trail_.to, "before (UTC)")->type_name("TIME");
      sub->add_option("--reason", trail_.reason, "why you look, for the trail")->type_name("WHY");
      return sub;
    };
    const auto listed = [this, narrowed](CLI::App* sub) {
      sub->add_option("--limit", trail_.limit, "at most so many, the newest")->type_name("N")->check(CLI::Range(1, 100'000));
      sub->add_option("--before", trail_.before, "only older ones than this number")->type_name("NUMBER");
      return narrowed(sub);
    };
    const auto chosen = [this](CLI::App* sub) {
      sub->add_option("--user", trail_.user, "only of this user")->type_name("NAME");
      sub->add_option("--patient", trail_.mrn, "only of this chart")->type_name("MRN");
      sub->add_option("--page", trail_.page, "only of this page")->type_name("P00000001");
      sub->add_option("--document", trail_.document, "only of this document")->type_name("D00000001");
    };
    chosen(listed(reporting_verb(*audit, "show", "records, newest first", [this](Common& c) { return show_trail(c, trail_); })));
    listed(reporting_verb(*audit, "who-saw", "who saw this chart, under all its numbers", [this](Common& c) { return who_saw(c, trail_); }))
        ->add_option("MRN", trail_.mrn)->required();
    listed(reporting_verb(*audit, "by-user", "what this user did", [this](Common& c) { return show_trail(c, trail_); }))->add_option("NAME", trail_.user)->required();
    CLI::App* out = verb(*audit, "export", "records for others, oldest first", [this](Common& c) { return export_trail(c, trail_); });
    chosen(narrowed(out));
    out->add_option("--format", trail_.format, "csv, or fhir: AuditEvents, a line each")->check(CLI::IsMember({"csv", "fhir"}));
    out->add_option("-o,--output", trail_.out, "file (else stdout)")->type_name("FILE");
    reporting_verb(*audit, "anchor", "where the chain is, to be kept elsewhere; also into the configured anchor file", anchor_trail);
  }

  void add_audits() {
    CLI::App* audit = group("audit-links", "the error budget of automatic linking");
    reporting_verb(*audit, "sample", "draw automatic links at random, to be looked at", [this](Common& c) { return sample_links(c, audit_); })
        ->add_option("--count", audit_.count, "so many")->type_name("N")->check(CLI::Range(1, 100'000));
    reporting_verb(*audit, "list", "the links that were drawn", list_audited);
    CLI::App* record = reporting_verb(*audit, "record", "say whether a document is in the right chart", [this](Common& c) { return record_audit(c, audit_); });
    record->add_option("DOCUMENT", audit_.document, "D00000001")->required();
    record->add_option("VERDICT", audit_.verdict, "right or wrong")->required()->check(CLI::IsMember({"right", "wrong"}));
    record->add_option("--by", audit_.who, "who looked")->type_name("WHO")->required();
    reporting_verb(*audit, "status", "what the audits show, and whether anything is linked automatically", [](Common& c) { return linking_status(c); });
    for (const bool on : {true, false})
      reporting_verb(*audit, on ? "resume" : "stop", on ? "link automatically again; counting starts anew" : "link nothing automatically",
                     [this, on](Common& c) { return set_linking(c, on, audit_); })
          ->add_option("--by", audit_.who, "who decided")->type_name("WHO")->required();
  }

  void add_index() {
    CLI::App* index = group("index", "what can be searched");
    reporting_verb(*index, "status", "pages, segments and bytes of the index", index_status);
    reporting_verb(*index, "rebuild", "build it anew from the stored texts; goes on where it was interrupted", rebuild_index);
    reporting_verb(*index, "tidy", "bring it into as few segments as can be", tidy_index);
  }

  void add_exports() {
    CLI::App* exports = group("export", "write records out");
    CLI::App* pages = verb(*exports, "pages", "one JSON line a page", [this](Common& c) { return export_pages(c, file_); });
    pages->add_option("--format", format_, "jsonl")->check(CLI::IsMember({"jsonl"}));
    pages->add_option("-o,--output", file_, "file (else stdout)")->type_name("FILE");
    const auto of_documents = [&](const char* name, const char* what, const char* output, auto run) {
      CLI::App* sub = verb(*exports, name, what, [this, run](Common& c) { return run(c, export_); });
      CLI::Option* document = sub->add_option("--document", export_.document, "one document")->type_name("ID");
      sub->add_option("--chart", export_.mrn, "a whole chart, in chart order")->type_name("MRN")->excludes(document);
      sub->add_option("--order", export_.order, "of that chart (as [chart] order says)")->type_name("NAME")->excludes(document);
      sub->add_option("-o,--output", export_.out, "where to write it")->type_name(output)->required();
      return sub;
    };
    of_documents("pdf", "a searchable PDF/A", "FILE", export_pdf)
        ->add_option("--images", export_.images, "full: every pixel, sensibly coded; original: JPEGs byte for byte; small: at most 200 dpi, for mail and screens")
        ->check(CLI::IsMember({"full", "original", "small"}));
    of_documents("hocr", "words and their places as hOCR", "FILE", export_hocr);
    of_documents("alto", "words and their places as ALTO, a file a page", "FOLDER", export_alto);
  }

  void add_training() {
    CLI::App* sub = reporting_verb(app_, "train", "make the model that tells document types", [this](Common& c) { return train(c, train_); });
    sub->add_option("--templates", train_.templates, "folder of written templates, such as charts/types/training")->type_name("DIR");
    sub->add_option("--corpus", train_.corpora, "JSON lines of texts or pages of known type")->type_name("FILE");
    sub->add_option("--corrections", train_.corrections, "JSON lines of what people corrected; they weigh more")->type_name("FILE");
    sub->add_option("--copies", train_.copies, "pages made of each template")->type_name("N")->check(CLI::Range(1, 1000));
    sub->add_option("--rounds", train_.rounds, "over all pages")->type_name("N")->check(CLI::Range(1, 1000));
    sub->add_option("-o,--out", train_.out, "the model; charts/types/model.txt is what the program is built with")->type_name("FILE")->required();
  }

  void add_sheets() {
    CLI::App* sheets = group("sheets", "separator sheets to print, as PDF");
    const auto kind = [&](const char* name, const char* what, exchange::SheetKind sheet) {
      CLI::App* sub = verb(*sheets, name, what, [this, sheet](Common& c) { return print_sheets(c, sheet, sheets_); });
      sub->add_option("--count", sheets_.count, "so many of each")->type_name("N")->check(CLI::Range(1, 10'000));
      sub->add_option("--paper", sheets_.paper, "letter or a4")->check(CLI::IsMember({"letter", "a4"}));
      sub->add_option("-o,--output", sheets_.out, "the PDF to write")->type_name("FILE")->required();
      return sub;
    };
    kind("document", "to lay between documents", exchange::SheetKind::Document);
    kind("batch", "to lay between batches", exchange::SheetKind::Batch);
    kind("patient", "to lay before a patient's document", exchange::SheetKind::Patient)->add_option("MRN", sheets_.mrns, "as in the patient index")->required();
  }

  void add_running() {
    CLI::App* serving = verb(app_, "serve", "the HTTP API and the screens", [this](Common& c) {
      if (!listen_.empty()) c.config.listen = listen_;
      return serve(c);
    });
    serving->add_option("--listen", listen_, "address:port (else as configured, 127.0.0.1:8080)")->type_name("ADDR");
    reporting_verb(app_, "verify", "re-read every stored byte against its hash, the ledger and the index",
                   [](Common& c) { return verify(c); });
    reporting_verb(app_, "repack", "give back the room of originals that no page and no journal names any more", [this](Common& c) { return repack(c, most_dead_percent_); })
        ->add_option("--most-dead", most_dead_percent_, "leave packs alone of which no more is dead (30)")->type_name("PERCENT")->check(CLI::Range(0, 99));
    verb(app_, "config", "the effective configuration, with comments", [](Common& c) { return show_config(c); });
    CLI::App* show = verb(app_, "demo", "ingest the samples, show ledger, searches and a chart, serve the screens",
                          [this](Common& c) { return demo(c, samples_, !no_serve_); });
    show->add_option("--samples", samples_, "folder of the samples")->type_name("DIR");
    show->add_flag("--no-serve", no_serve_, "stop before serving the screens");
  }

  CLI::App app_;
  CommonWords words_;
  Action action_;
  std::string verb_;  // "batch show"
  std::filesystem::path file_, samples_ = "samples";
  IngestWords ingest_;
  FeedWords feed_;
  MergeWords merge_;
  ReviewWords review_;
  SearchWords search_;
  UnfoundWords unfound_;
  ExportWords export_;
  SheetWords sheets_;
  TrainWords train_;
  DuplicateWords duplicates_;
  int limit_ = 1000;
  AuditWords audit_;
  UserWords user_;
  TrailWords trail_;
  ScanWords scan_;
  WatchWords watch_;
  RepairWords repair_;
  int jobs_ = 0, worker_socket_ = -1;
  std::string mrn_, order_, listen_, format_ = "jsonl";
  int most_dead_percent_ = 30;
  bool no_serve_ = false;
};

}  // namespace

int run(int argc, char** argv) { return CommandLine().run(argc, argv, {}); }

int run_here(const std::filesystem::path& archive, int argc, char** argv) { return CommandLine().run(argc, argv, archive); }

}  // namespace chartscan::app::cli
