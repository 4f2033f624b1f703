// The routes, in the order of the description. Adding one: a line here, a handler in handlers.h.
#include "app/http/handlers.h"

namespace chartscan::app::http {

namespace {

constexpr int kMaxQueryBytes = 2000;
constexpr int kMaxIdBytes = 64;
constexpr int kMaxImageWidth = 10000;
constexpr int kMaxReasonBytes = 1000;
constexpr int kMaxNameBytes = 200;
constexpr int kMaxPasswordBytes = 512;  // 128 characters

const std::string kJson = "application/json";

Parameter in_path(const std::string& name, const std::string& description) {
  return {name, ParameterType::Text, description, "", 0, kMaxIdBytes, {}, In::Path};
}
Parameter id(const std::string& description) { return in_path("id", description); }
Parameter number_in_path(const std::string& name, const std::string& description) {
  return {name, ParameterType::Integer, description, "", 1, 2'000'000'000, {}, In::Path};
}

Parameter text(const std::string& name, const std::string& description, int max_bytes) {
  return {name, ParameterType::Text, description, "", 0, max_bytes};
}
Parameter choice(const std::string& name, const std::string& description, const std::string& fallback, std::vector<std::string> choices) {
  return {name, ParameterType::Choice, description, fallback, 0, 0, std::move(choices)};
}
Parameter limit(int fallback, int maximum) { return {"limit", ParameterType::Integer, "how many at most", std::to_string(fallback), 1, maximum}; }
Parameter cursor() { return text("cursor", "`next` of the answer before, to go on from there", 200); }

Parameter body(Parameter parameter, bool required = false) {
  parameter.in = In::Body;
  parameter.required = required;
  return parameter;
}
Parameter body_text(const std::string& name, const std::string& description, int max_bytes) { return body(text(name, description, max_bytes)); }
Parameter needed(const std::string& name, const std::string& description, int max_bytes) { return body(text(name, description, max_bytes), true); }
Parameter body_number(const std::string& name, const std::string& description, int minimum, int maximum, int fallback = 0) {
  return body({name, ParameterType::Integer, description, std::to_string(fallback), minimum, maximum});
}
Parameter list(const std::string& name, const std::string& description, int most) { return body({name, ParameterType::Texts, description, "", 0, most}); }
Parameter version() { return body_text("version", "of the document as it was shown; refused when it changed since", kMaxIdBytes); }
Parameter queue() {
  return choice("queue", "only what waits for this reason; any = all but what is held", "any", {"any", "foreign-page", "patient", "type", "other", "held"});
}
Parameter order() { return choice("order", "", "oldest", {"oldest", "worst"}); }

std::vector<Parameter> with(std::vector<Parameter> first, const std::vector<Parameter>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

// Where sides come from.
std::vector<Parameter> device() {
  return {body_text("profile", "scan profile of the configuration", kMaxNameBytes),
          body_text("device", "as GET /devices names it", 400),
          body_text("source", "flatbed, adf, adf-duplex, or the scanner's own word", 100),
          body_number("dpi", "dots an inch; 0 = as the profile says", 0, 1200),
          body(choice("mode", "", "", {"", "bitonal", "gray", "color"})),
          body_text("size", "letter, legal, a4, ... or WIDTHxHEIGHT in mm", 40)};
}

std::vector<Parameter> audit_filter() {
  return {text("user", "login name", kMaxNameBytes), text("mrn", "chart", kMaxIdBytes),  text("page", "page id", kMaxIdBytes), text("document", "document id", kMaxIdBytes),
          text("action", "view-page, search, print, ...", 40), text("from", "UTC: 2026-11-22 or 2026-11-22T08:15", 40), text("to", "the same; before it", 40)};
}

const Parameter kMrn = in_path("mrn", "medical record number");
const Parameter kUserName = in_path("name", "login name");

std::vector<Route> session_routes() {
  const std::string who = "{setup_needed, user, csrf, idle_left_s, idle_warn_s, archive}: user is null when nobody is logged in; csrf goes back in X-CSRF-Token";
  return {
      {"GET", "/session", "session", "Who is logged in", who, kJson, Door::Open, {}, {}, get_session},
      {"POST", "/session", "login", "Log in", who, kJson, Door::Open, {}, {needed("name", "login name", kMaxNameBytes), needed("password", "", kMaxPasswordBytes)}, post_session},
      {"DELETE", "/session", "logout", "Log out", "nothing", "", Door::LoggedIn, {}, {}, delete_session},
      {"POST", "/session/extend", "extend_session", "Stay logged in", who, kJson, Door::LoggedIn, {}, {}, extend_session},
      {"POST", "/session/password", "change_own_password", "Change one's password; other sessions end", "nothing", "", Door::LoggedIn, {},
       {needed("old", "", kMaxPasswordBytes), needed("new", "at least 12 characters", kMaxPasswordBytes)}, change_own_password},
      {"POST", "/setup", "setup", "Create the first administrator, with the code that stands on the server's terminal", who, kJson, Door::Open, {},
       {needed("code", "", 100), needed("name", "login name", kMaxNameBytes), needed("full_name", "", kMaxNameBytes), needed("password", "", kMaxPasswordBytes)}, post_setup},
  };
}

std::vector<Route> reading_routes() {
  return {
      {"GET", "/status", "status", "The archive and what is in it", "{archive, batches, ledger}: name of the archive folder, number of batches, sum of all ledgers", kJson,
       Door::LoggedIn, {}, {}, get_status},
      {"GET", "/search", "search", "Pages that answer a question, best first",
       "{total, total_exact, as_written, similar, notes, items, next}: exact counts of the pages as written and of those in a similar spelling only, remarks on the question, "
       "pages with snippet and boxes of the hits; on request groups {document, patient, total, items} instead of items, and facets",
       kJson, Door::Right, {Right::Search},
       {text("q", "words, \"phrases\", prefix*, fuzzy~, NEAR/5, AND, OR, NOT, parentheses, fields such as type: date: mrn:", kMaxQueryBytes),
        text("mrn", "only this patient's pages", kMaxIdBytes), choice("group", "pages, or documents or charts with their best pages", "page", {"page", "document", "chart"}),
        choice("sort", "where the question has no sort: of its own", "relevance", {"relevance", "date", "oldest"}),
        {"facets", ParameterType::Flag, "1 counts the pages by type, year, facility and status", "0"}, limit(20, 100), cursor()},
       get_search},
      {"GET", "/searches", "searches", "One's saved searches and the last ones asked", "{saved: [{id, name, q}], recent: [{q, at}]}", kJson, Door::Right, {Right::Search}, {}, get_searches},
      {"POST", "/searches", "save_search", "Keep a search", "{id, name, q}", kJson, Door::Right, {Right::Search},
       {needed("name", "", kMaxNameBytes), needed("q", "", kMaxQueryBytes)}, post_search},
      {"DELETE", "/searches/{id}", "forget_search", "Forget a saved search", "nothing", "", Door::Right, {Right::Search}, {number_in_path("id", "of the search")}, delete_search},
      {"GET", "/unfound", "unfound", "Pages that cannot be found, or hardly",
       "{pages, unfound, by_reason, items, next}: pages looked at, how many are not read, rejected, without text, with few words for their ink or read with doubts, and which", kJson,
       Door::Right, {Right::Search}, {limit(50, 200), cursor()}, get_unfound},
      {"GET", "/patients", "patients", "Patients, as a person asks for them",
       "{items}: MRN, name, date of birth, sex, how well each fits and why", kJson, Door::Right, {Right::View, Right::Review, Right::Patients},
       {text("q", "names in any order, also begun or misspelt, birth date, MRN", 100), limit(20, 100)}, get_patients},
      {"GET", "/types", "types", "Document types", "{items: [{code, name, loinc, section}]}", kJson, Door::LoggedIn, {}, {}, get_types},
      {"GET", "/charts/{mrn}", "chart", "A patient's documents in chart order", "{patient, encounters, order, orders: [{name, documents}], sections}: sections as tabs, in the order asked for, the role's or the configuration's; `orders` are all there are", kJson, Door::Right,
       {Right::View}, {kMrn, text("order", "name of one of `orders`: care, permanent or one of the configuration; empty = the usual one", 60)}, get_chart},
      {"GET", "/charts/{mrn}/accesses", "chart_accesses", "Who saw this chart, newest first", "{items, next}: records of the audit trail", kJson, Door::Right, {Right::AuditRead},
       {kMrn, limit(50, 500), cursor()}, get_chart_accesses},
      {"GET", "/documents/{id}", "document", "One document", "type, date, author, pages, link with its reasons, findings", kJson, Door::Right, {Right::View, Right::Review},
       {id("document id")}, get_document},
      {"GET", "/pages/{id}", "page", "Everything known of one page",
       "state, geometry, types, fields, barcodes and cues of the form with their boxes, findings, stamps of the stages; words on request", kJson, Door::Right,
       {Right::View, Right::Review, Right::BatchWork}, {id("page id"), {"words", ParameterType::Flag, "1 adds every word with its boxes", "0"}}, get_page},
      {"GET", "/pages/{id}/image", "page_image", "The page as JPEG", "the image; ETag and single byte ranges are supported", "image/jpeg", Door::Right,
       {Right::View, Right::Review, Right::BatchWork, Right::Scan},
       {id("page id"), choice("kind", "straightened, or as it was scanned", "upright", {"upright", "delivered"}),
        text("box", "x0,y0,x1,y1: only this part, in pixels of the image asked for; empty = all of it", 32),
        {"width", ParameterType::Integer, "pixels across at most; 0 = as it is", "0", 0, kMaxImageWidth}, text("v", "anything: another address for a page that changed", kMaxIdBytes)},
       get_page_image},
      {"POST", "/exports", "export", "A searchable PDF/A of documents, of pages or of a chart, to print or to take out", "the PDF", "application/pdf", Door::Right, {Right::Print, Right::Export},
       {list("documents", "document ids", 5000), list("pages", "page ids, instead of whole documents", 5000), body_text("mrn", "a whole chart", kMaxIdBytes), body_text("order", "of that chart, as GET /charts/{mrn}", 60), body(choice("purpose", "", "export", {"print", "export"})),
        needed("why", "stands in the audit trail", kMaxReasonBytes)},
       post_export},
  };
}

std::vector<Route> review_routes() {
  const std::string item = "{item, left, next}: document with version and queue, its pages, candidates with their reasons, evidence with boxes; null when nothing is left";
  const std::string decided = "{document, left}";
  const Parameter document = id("document id");
  return {
      {"GET", "/review", "review", "Documents that wait for a person", "{total, by_queue, oldest_at, items, next}", kJson, Door::Right, {Right::Review},
       {queue(), order(), limit(50, 200), cursor()}, get_review},
      {"GET", "/review/item", "review_item", "One of them with everything that helps to decide", item, kJson, Door::Right, {Right::Review},
       {text("document", "document id", kMaxIdBytes), queue(), order()}, get_review_item},
      {"GET", "/review/next", "review_next", "The first of the queue, or the one behind another", item, kJson, Door::Right, {Right::Review},
       {text("after", "document id", kMaxIdBytes), queue(), order()}, get_review_next},
      {"POST", "/documents/{id}/accept", "accept", "The proposed type and patient are right", decided, kJson, Door::Right, {Right::Review}, {document, version()}, accept_document},
      {"POST", "/documents/{id}/decide", "decide", "Say what is right; what is not said stays. Takes a filed document to another chart, with a reason", decided, kJson, Door::Right,
       {Right::Review, Right::Refile},
       {document, body_text("mrn", "the patient", kMaxIdBytes), body_text("type", "code or LOINC code", kMaxIdBytes), body_text("service_date", "YYYY-MM-DD", 10),
        body_text("why", "needed to take a filed document elsewhere", kMaxReasonBytes), version()},
       decide_document},
      {"POST", "/documents/{id}/hold", "hold", "Put it aside until the reason is gone", decided, kJson, Door::Right, {Right::Review}, {document, needed("why", "", kMaxReasonBytes)}, hold_document},
      {"POST", "/documents/{id}/undo", "undo_decision", "Take the newest decision on it back", decided, kJson, Door::Right, {Right::Review, Right::Refile}, {document}, undo_document},
      {"POST", "/documents/{id}/split", "split", "Another document begins at this page", "{documents}", kJson, Door::Right, {Right::Review},
       {document, needed("page", "page id", kMaxIdBytes), version()}, split_document},
      {"POST", "/documents/{id}/join", "join", "It goes on with the document before it in its batch", "{documents}", kJson, Door::Right, {Right::Review}, {document, version()}, join_document},
  };
}

std::vector<Route> batch_routes() {
  const std::string job = "{id, kind, state, batch, operator, device, sides, of_sides, sides_per_min, feeding_seconds, started_at, error, advice, notes}";
  const Parameter batch = id("batch id");
  return {
      {"GET", "/batches", "batches", "Feeding sessions, newest first", "{items, next}: batches with their ledgers", kJson, Door::Right, {Right::BatchWork, Right::Scan, Right::Dashboard},
       {limit(50, 200), cursor()}, get_batches},
      {"GET", "/batches/{id}", "batch", "One batch with its pages in feeding order",
       "{batch, pages, next}: the batch with its ledger, refused items, sheets, gaps, why it stands still and what speaks against its release; and for each page what a thumbnail shows", kJson,
       Door::Right, {Right::BatchWork, Right::Scan}, {batch, limit(200, 1000), cursor()}, get_batch},
      {"GET", "/batches/{id}/events", "batch_events", "What happens to a batch, as it happens", "server-sent events named batch: {batch, pages, scan}, pages that changed", "text/event-stream",
       Door::Right, {Right::BatchWork, Right::Scan}, {batch}, batch_events},
      {"GET", "/events", "events", "What every screen shows of the house, as it changes", "server-sent events named state: {review_left, waiting, ledger, scans}", "text/event-stream",
       Door::LoggedIn, {}, {}, state_events},
      {"GET", "/devices", "devices", "Scanners", "{items: [{id, vendor, model, kind}], notes}", kJson, Door::Right, {Right::Scan}, {}, get_devices},
      {"GET", "/profiles", "profiles", "Scan profiles of the configuration", "{items}", kJson, Door::Right, {Right::Scan}, {}, get_profiles},
      {"POST", "/sheets", "sheets", "Separator sheets to print at 100 %, on one side", "the PDF", "application/pdf", Door::Right, {Right::Scan},
       {body(choice("kind", "to lay between documents or batches, or before a patient's document", "", {"document", "batch", "patient"}), true),
        body_number("count", "so many of each", 1, 1'000, 1), body(choice("paper", "", "letter", {"letter", "a4"})), list("mrns", "whose, of kind patient", 200)},
       post_sheets},
      {"POST", "/scans", "scan", "Feed a batch, or go on with one that stopped", job, kJson, Door::Right, {Right::Scan},
       with(device(), {body_text("batch_name", "", kMaxNameBytes), body_number("expect_sheets", "counted by hand; 0 = not counted", 0, 1'000'000),
                       body_text("resume", "batch id", kMaxIdBytes)}),
       post_scan},
      {"GET", "/scans", "scans", "Feedings since the server was started, newest first", "{items}", kJson, Door::Right, {Right::Scan}, {}, get_scans},
      {"GET", "/scans/{id}", "scan_job", "One of them", job, kJson, Door::Right, {Right::Scan}, {id("scan id")}, get_scan},
      {"POST", "/scans/{id}/stop", "stop_scan", "End it after the sheet in work", job, kJson, Door::Right, {Right::Scan}, {id("scan id")}, stop_scan},
      {"POST", "/batches/{id}/repair", "repair", "A person's work on a batch", "{words, line, needs_reading, batch}", kJson, Door::Right, {Right::BatchWork},
       {batch, body(choice("do", "", "", {"rotate", "split", "join", "set-aside", "restore", "move", "undo", "recount"}), true), body_text("page", "page id", kMaxIdBytes),
        list("pages", "page ids, to move", 5000), body_text("after", "page id; empty = to the front", kMaxIdBytes), body_number("clockwise", "90, 180 or 270", 90, 270, 90),
        body_number("sheets", "counted by hand; 0 = as it was", 0, 1'000'000), body_number("pages_counted", "the same, of sides", 0, 1'000'000)},
       repair_batch},
      {"POST", "/batches/{id}/rescan", "rescan", "Feed a sheet or one side of it again", job, kJson, Door::Right, {Right::Scan},
       with(device(), {batch, body_number("sheet", "0 = one side: page", 0, 1'000'000), body_text("page", "page id", kMaxIdBytes)}), rescan},
      {"POST", "/batches/{id}/insert", "insert", "Feed sheets between", job, kJson, Door::Right, {Right::Scan},
       with(device(), {batch, body_text("after", "page id; empty = to the front", kMaxIdBytes)}), insert_sheets},
      {"POST", "/batches/{id}/release", "release", "Let it go; refused with everything that speaks against it", "{batch}", kJson, Door::Right, {Right::Release}, {batch}, release_batch},
  };
}

std::vector<Route> upload_routes() {
  const Parameter upload = id("upload id");
  const std::vector<Right> who{Right::Scan, Right::Patients};
  return {
      {"POST", "/uploads", "begin_upload", "Begin sending files", "{id, piece_bytes}: files are sent in pieces of at most so many bytes", kJson, Door::Right, who, {}, begin_upload},
      {"GET", "/uploads/{id}", "upload", "How far it came", "{id, files: [{name, bytes}]}", kJson, Door::Right, who, {upload}, get_upload},
      {"PUT", "/uploads/{id}/file", "put_piece", "A piece of a file; sent again it changes nothing", "{bytes}: of this file there are so many now", kJson, Door::Right, who,
       {upload, text("name", "of the file, without folders", kMaxNameBytes), {"offset", ParameterType::Integer, "where the piece begins", "0", 0, 2'147'000'000}}, put_piece, true},
      {"DELETE", "/uploads/{id}", "drop_upload", "Forget what was sent", "nothing", "", Door::Right, who, {upload}, drop_upload},
      {"POST", "/uploads/{id}/ingest", "ingest_upload", "Take the files in as a batch; from here on they survive the server", "the job, as GET /scans/{id}", kJson, Door::Right,
       {Right::Scan}, {upload, needed("batch_name", "", kMaxNameBytes), body_number("expect_pages", "counted by hand; 0 = not counted", 0, 1'000'000)}, ingest_upload},
  };
}

std::vector<Route> register_routes() {
  const std::string budget = "{automatic, because, margin_bits, budget, right, wrong, waiting, bound, still_needed, documents, linked_automatically}";
  return {
      {"POST", "/patients/import", "import_patients", "Patients of a CSV file that was sent as an upload of its own",
       "{added, unchanged, refused, refusals: [{line, why}]}: a number that is known with other particulars is refused, never overwritten", kJson, Door::Right, {Right::Patients},
       {needed("upload", "its id", kMaxIdBytes)}, import_patients},
      {"GET", "/patients/duplicates", "duplicates", "Patients of the register that may be one person, likeliest first", "{items: [{mrn, other, probability, reasons}], groups}", kJson, Door::Right,
       {Right::Patients}, {limit(50, 500)}, get_duplicates},
      {"GET", "/patients/overlays", "overlays", "Charts that may hold two people, most reasons first", "{items: [{mrn, reasons, documents}], documents}: every filed document is looked at", kJson, Door::Right,
       {Right::Patients}, {limit(50, 500)}, get_overlays},
      {"POST", "/patients/merge", "merge", "Two charts are one person's", "nothing", "", Door::Right, {Right::Patients},
       {needed("mrn", "the chart that goes; its number stays as another name", kMaxIdBytes), needed("into", "the chart that stays", kMaxIdBytes), body_text("why", "", kMaxReasonBytes)}, merge_patients},
      {"POST", "/patients/unmerge", "unmerge", "Take a merge back", "{mrn, parted_from, documents}", kJson, Door::Right, {Right::Patients},
       {needed("mrn", "the chart that was merged away", kMaxIdBytes), body_text("why", "", kMaxReasonBytes)}, unmerge_patients},
      {"GET", "/linking", "linking", "The error budget of automatic linking, and what audits have shown", budget, kJson, Door::Right, {Right::Dashboard, Right::Review}, {}, get_linking},
      {"POST", "/linking", "set_linking", "Switch automatic linking on or off; counting starts anew", budget, kJson, Door::Right, {Right::Config},
       {body({"automatic", ParameterType::Flag, "", "0"}, true)}, set_linking},
      {"GET", "/linking/audit", "linking_audit", "Automatic links that were drawn to be looked at", "{items: [{document, mrn, margin_bits, verdict, drawn_at, judged_at, judged_by}]}", kJson, Door::Right,
       {Right::Review, Right::AuditRead}, {}, get_linking_audit},
      {"POST", "/linking/audit", "draw_links", "Draw some more at random", "{items}: those drawn", kJson, Door::Right, {Right::Review, Right::AuditRead},
       {body_number("count", "so many", 1, 10'000, 20)}, draw_linking_audit},
      {"POST", "/linking/audit/{id}", "judge_link", "Say whether a document is in the right chart", budget, kJson, Door::Right, {Right::Review, Right::AuditRead},
       {id("document id"), body(choice("verdict", "", "", {"right", "wrong"}), true)}, judge_link},
  };
}

std::vector<Route> admin_routes() {
  const Parameter roles = list("roles", "as GET /roles names them", 20);
  const std::string user = "{name, full_name, roles, disabled, locked_until, must_change_password, last_login, sessions}";
  const std::string glass = "{id, user, mrn, class, why, at, until, verdict, note, seen_by, seen_at}";
  return {
      {"GET", "/dashboard", "dashboard", "The figures of the department, some seconds old",
       "{at, ledger, today, backlog, review, links, unreadable, days, minutes, operators, devices}", kJson, Door::Right, {Right::Dashboard}, {}, get_dashboard},
      {"GET", "/config", "config", "The configuration in effect", "TOML with comments", "text/plain", Door::Right, {Right::Config}, {}, get_config},
      {"GET", "/upkeep", "upkeep", "How the archive is kept", "{index: {pages, whole, layers}, jobs}", kJson, Door::Right, {Right::Config}, {}, get_upkeep},
      {"POST", "/upkeep", "start_upkeep", "Read every stored byte against its hash, or put the index in order, or build it anew; one at a time, beside everything else",
       "the job; its notes are the outcome", kJson, Door::Right, {Right::Config}, {body(choice("do", "", "", {"verify", "tidy-index", "rebuild-index"}), true)}, post_upkeep},
      {"GET", "/users", "users", "Users", "{items}", kJson, Door::Right, {Right::Users}, {}, get_users},
      {"POST", "/users", "add_user", "A new user, who must change the password at the first login", user, kJson, Door::Right, {Right::Users},
       {needed("name", "login name", kMaxNameBytes), needed("full_name", "", kMaxNameBytes), roles, needed("password", "at least 12 characters", kMaxPasswordBytes)}, post_user},
      {"PATCH", "/users/{name}", "change_user", "What is not said stays as it is", user, kJson, Door::Right, {Right::Users},
       {kUserName, body_text("full_name", "", kMaxNameBytes), roles, body({"disabled", ParameterType::Flag, "", "0"})}, patch_user},
      {"POST", "/users/{name}/password", "reset_password", "A password that the user must change at the next login", "nothing", "", Door::Right, {Right::Users},
       {kUserName, needed("password", "at least 12 characters", kMaxPasswordBytes)}, reset_password},
      {"POST", "/users/{name}/unlock", "unlock_user", "After too many wrong passwords", user, kJson, Door::Right, {Right::Users}, {kUserName}, unlock_user},
      {"POST", "/users/{name}/revoke", "revoke_user", "End all sessions of a user", "nothing", "", Door::Right, {Right::Users}, {kUserName}, revoke_user},
      {"GET", "/roles", "roles", "Roles and what they may do", "{items: [{name, title, rights, sensitive}], rights, classes}", kJson, Door::Right, {Right::Users}, {}, get_roles},
      {"GET", "/tokens", "tokens", "API tokens", "{items}", kJson, Door::Right, {Right::Users}, {}, get_tokens},
      {"POST", "/tokens", "issue_token", "Let a program in; the token is shown once", "{token, id, name, user, scopes, expires_at}", kJson, Door::Right, {Right::Users},
       {needed("name", "what it is for", kMaxNameBytes), body_text("user", "whose rights it can have at most; empty = one's own", kMaxNameBytes), list("scopes", "rights", 40),
        body_number("days", "that it is good for", 1, 366, 90)},
       post_token},
      {"DELETE", "/tokens/{id}", "revoke_token", "End a token", "nothing", "", Door::Right, {Right::Users}, {id("token id")}, delete_token},
      {"POST", "/glass", "break_glass", "Open in an emergency what is closed: limited in time, and judged by the privacy officer", glass, kJson, Door::Right, {Right::BreakGlass},
       {needed("mrn", "the chart", kMaxIdBytes), body_text("class", "only documents of this class; empty = the whole chart", 60), needed("why", "at least 10 characters", kMaxReasonBytes)}, post_glass},
      {"GET", "/glass", "glass", "What one has broken open, while it lasts", "{items: [{id, mrn, class, until}]}", kJson, Door::LoggedIn, {}, {}, get_glass},
      {"GET", "/glass/queue", "glass_queue", "What was opened in emergencies", "{items}", kJson, Door::Right, {Right::PrivacyQueue},
       {{"all", ParameterType::Flag, "1 shows those that were judged, too", "0"}}, get_glass_queue},
      {"POST", "/glass/{id}/verdict", "judge_glass", "Was it justified?", glass, kJson, Door::Right, {Right::PrivacyQueue},
       {number_in_path("id", "of the opening"), body(choice("verdict", "", "", {"justified", "not-justified"}), true), body_text("note", "", kMaxReasonBytes)}, judge_glass},
      {"GET", "/audit", "audit", "The audit trail, newest first", "{items, next}", kJson, Door::Right, {Right::AuditRead}, with(audit_filter(), {limit(50, 500), cursor()}), get_audit},
      {"GET", "/audit/verify", "verify_audit", "Reads the whole trail and names the first fault", "{records, segments, anchors, ok, fault, head}", kJson, Door::Right, {Right::AuditRead}, {},
       verify_audit},
      {"GET", "/audit/export", "export_audit", "The trail, or what is asked of it, as a file", "CSV, or FHIR R4 AuditEvents as lines of JSON", "text/csv", Door::Right, {Right::AuditRead},
       with(audit_filter(), {choice("format", "", "csv", {"csv", "fhir"}), text("why", "stands in the trail", kMaxReasonBytes)}), export_audit},
      {"GET", "/openapi.json", "openapi", "This description", "OpenAPI 3.0.3", kJson, Door::Open, {}, {}, get_openapi},
  };
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = [] {
    std::vector<Route> all;
    for (const auto& part : {session_routes(), reading_routes(), review_routes(), batch_routes(), upload_routes(), register_routes(), admin_routes()}) all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return table;
}

}  // namespace chartscan::app::http
