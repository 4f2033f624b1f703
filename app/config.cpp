#include "app/config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <toml++/toml.h>

#include "charts/type_model.h"
#include "storage/archive.h"

namespace chartscan::app {
namespace {

// Reads known keys, refuses unknown ones: a misspelt setting must not be silently without effect.
class Table {
 public:
  Table(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  template <typename T, typename Number>
  Status number(const char* key, Number& value, T low, T high) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (!node) return {};
    const auto found = node->value<T>();
    if (!found || *found < low || *found > high) return bad(key, fmt::format("a number from {} to {}", low, high));
    value = static_cast<Number>(*found);
    return {};
  }

  template <typename Text>
  Status text(const char* key, Text& value) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (!node) return {};
    const auto found = node->value<std::string>();
    if (!found) return bad(key, "a text in quotes");
    value = *found;
    return {};
  }

  template <typename Flag>
  Status flag(const char* key, Flag& value) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (!node) return {};
    const auto found = node->value<bool>();
    if (!found) return bad(key, "true or false");
    value = *found;
    return {};
  }

  // A text that `parse` understands.
  template <typename Value>
  Status parsed(const char* key, Value& value, std::optional<Value> (*parse)(const std::string&), const std::string& expected) {
    std::string words;
    TRY_STATUS(text(key, words));
    if (words.empty()) return {};
    const std::optional<Value> found = parse(words);
    if (!found) return bad(key, expected);
    value = *found;
    return {};
  }

  // A list of texts in quotes.
  Status texts(const char* key, std::vector<std::string>& values) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (!node) return {};
    if (!node->is_array()) return bad(key, R"(a list of texts, written ["A*", "B"])");
    std::vector<std::string> found;
    for (const toml::node& item : *node->as_array()) {
      const auto words = item.value<std::string>();
      if (!words) return bad(key, R"(a list of texts, written ["A*", "B"])");
      found.push_back(*words);
    }
    values = std::move(found);
    return {};
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> all;
    for (const auto& [key, node] : table_) all.emplace_back(key.str());
    return all;
  }

  // The sub-table `key`, empty when absent.
  Result<Table> table(const std::string& key) {
    static const toml::table kNone;
    known_.insert(key);
    const std::string name = where_.empty() ? key : where_ + "." + key;
    const toml::node* node = table_.get(key);
    if (!node) return Table(kNone, name);
    if (!node->is_table()) return bad(key, "a section, written [" + name + "]").error();
    return Table(*node->as_table(), name);
  }

  Status no_others() const {
    for (const auto& [key, node] : table_)
      if (!known_.contains(std::string(key.str()))) return bad(std::string(key.str()), "nothing: there is no such setting");
    return {};
  }

 private:
  Status bad(const std::string& key, const std::string& expected) const {
    const std::string name = where_.empty() ? key : where_ + "." + key;
    return Error{ErrorCode::Configuration, fmt::format("setting {}: expected {}; `chartscan config` shows all settings", name, expected), {}};
  }

  const toml::table& table_;
  std::string where_;
  std::set<std::string> known_;
};

Status apply_profile(Table table, ScanProfile& profile) {
  TRY_STATUS(table.text("device", profile.device));
  TRY_STATUS(table.text("source", profile.source));
  TRY_STATUS(table.number<std::int64_t>("dpi", profile.dpi, 50, 1200));
  TRY_STATUS(table.parsed("mode", profile.mode, parse_mode, kModeWords));
  TRY_STATUS(table.parsed("size", profile.size, parse_size, kSizeWords));
  TRY_STATUS(table.flag("stop_at_double_feed", profile.stop_at_double_feed));
  TRY_STATUS(table.flag("separators", profile.separators));
  TRY_STATUS(table.number<std::int64_t>("expect_sheets", profile.expect_sheets, 0, 1'000'000));
  TRY_STATUS(table.number<std::int64_t>("expect_pages", profile.expect_pages, 0, 1'000'000));
  return table.no_others();
}

std::optional<pipeline::SeparatorAction> parse_action(const std::string& text) { return pipeline::parse_separator_action(text); }

Status apply_separators(Table table, pipeline::SeparatorSettings& separators) {
  for (auto& [sign, action] : separators.patches)
    TRY_STATUS(table.parsed(("patch_" + sign).c_str(), action, parse_action, R"("document", "patient", "batch" or "ignore")"));
  TRY_STATUS(table.texts("document", separators.document));
  TRY_STATUS(table.texts("patient", separators.patient));
  TRY_STATUS(table.texts("batch", separators.batch));
  TRY_STATUS(table.texts("ignore", separators.ignore));
  TRY_STATUS(table.number<std::int64_t>("most_words", separators.most_words, 0, 10'000));
  return table.no_others();
}

constexpr std::pair<const char*, ocr::EngineChoice> kEngines[] = {
    {"auto", ocr::EngineChoice::Auto}, {"batched", ocr::EngineChoice::Batched}, {"tesseract", ocr::EngineChoice::Tesseract}};

const char* name_of(ocr::EngineChoice engine) {
  for (const auto& [name, one] : kEngines)
    if (one == engine) return name;
  return "";
}

Result<ocr::EngineChoice> engine_named(const std::string& wanted) {
  for (const auto& [name, engine] : kEngines)
    if (wanted == name) return engine;
  return Error{ErrorCode::Configuration, "ocr.engine is \"" + wanted + "\"; it can be \"auto\", \"batched\" or \"tesseract\"", {}};
}

Status apply_access(Table table, AccessConfig& access) {
  TRY_STATUS(table.text("roles", access.roles));
  TRY_STATUS(table.number<std::int64_t>("idle_minutes", access.idle_minutes, 1, 480));
  TRY_STATUS(table.number<std::int64_t>("session_hours", access.session_hours, 1, 168));
  TRY_STATUS(table.number<std::int64_t>("glass_minutes", access.glass_minutes, 1, 1440));
  TRY(Table sensitivity, table.table("sensitivity"));
  for (const std::string& type : sensitivity.keys()) TRY_STATUS(sensitivity.text(type.c_str(), access.sensitivity[type]));
  return table.no_others();
}

// A model that `chartscan train` wrote.
Status apply_types(Table table, Config& config) {
  TRY_STATUS(table.text("model", config.types_model));
  TRY_STATUS(table.no_others());
  if (config.types_model.empty()) return {};
  const auto refused = [&](const std::string& why) { return Error{ErrorCode::Configuration, "setting types.model: " + config.types_model.string() + why, {}}; };
  std::ifstream in(config.types_model, std::ios::binary);
  if (!in) return refused(" cannot be read; `chartscan train -o` writes it");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Result<charts::TypeModel> model = charts::TypeModel::parse(text);
  if (!model) return refused(": " + model.error().message);
  config.stages.types = std::make_shared<const charts::TypeModel>(std::move(*model));
  config.stages.types_name = storage::sha256(text);
  return {};
}

Error unknown_order(const std::string& setting, const Error& why) { return {ErrorCode::Configuration, "setting " + setting + ": " + why.message, {}}; }

Status apply_chart_orders(Table table, charts::ChartOrders& orders) {
  TRY_STATUS(table.text("order", orders.standard));
  TRY(Table own, table.table("orders"));
  for (const std::string& name : own.keys()) {
    TRY(Table one, own.table(name));
    charts::ChartProfile& profile = orders.own[name];
    profile.name = name;
    std::string time = to_string(profile.order);
    TRY_STATUS(one.text("documents", time));
    TRY(profile.order, charts::parse_time_order(time), "setting chart.orders." + name + ".documents");
    TRY_STATUS(one.texts("sections", profile.sections));
    for (const std::string& section : profile.sections)
      if (!charts::is_chart_section(section))
        return Error{ErrorCode::Configuration, "setting chart.orders." + name + ".sections: '" + section + "' is no section; GET /types and docs/document-types.md name them", {}};
    TRY_STATUS(one.no_others());
  }
  TRY(Table roles, table.table("order_of_role"));
  for (const std::string& role : roles.keys()) {
    TRY_STATUS(roles.text(role.c_str(), orders.of_role[role]));
    if (auto known = orders.choose(orders.of_role[role]); !known) return unknown_order("chart.order_of_role." + role, known.error());
  }
  if (auto known = orders.choose(""); !known) return unknown_order("chart.order", known.error());
  return table.no_others();
}

Status apply(const toml::table& root, Config& config) {
  Table top(root, "");
  TRY_STATUS(top.text("archive", config.archive));
  TRY_STATUS(top.number<std::int64_t>("jobs", config.jobs, 0, 1024));
  TRY_STATUS(top.text("listen", config.listen));
  TRY_STATUS(top.text("web_root", config.web_root));
  TRY_STATUS(top.number<std::int64_t>("keep_free_bytes", config.keep_free_bytes, 0, std::int64_t{1} << 50));

  TRY(Table limits, top.table("limits"));
  TRY_STATUS(limits.number<std::int64_t>("max_pixels", config.limits.max_pixels, 1'000'000, 4'000'000'000));
  TRY_STATUS(limits.number<std::int64_t>("max_pages", config.limits.max_pages, 1, 1'000'000));
  TRY_STATUS(limits.number<std::int64_t>("max_child_bytes", config.limits.max_child_bytes, 100'000'000, std::int64_t{1} << 40));
  TRY_STATUS(limits.number<std::int64_t>("max_child_seconds", config.limits.max_child_seconds, 1, 3600));
  TRY_STATUS(limits.number<std::int64_t>("page_seconds", config.page_limits.seconds, 1, 36'000));
  TRY_STATUS(limits.number<std::int64_t>("page_megabytes", config.page_limits.megabytes, 300, 1'000'000));
  TRY_STATUS(limits.no_others());

  TRY(Table pictures, top.table("pictures"));
  TRY_STATUS(pictures.number<std::int64_t>("width", config.pictures.width, 200, 4'000));
  TRY_STATUS(pictures.number<std::int64_t>("most_megabytes", config.pictures.most_megabytes, 0, 1'000'000'000));
  TRY_STATUS(pictures.no_others());

  TRY(Table ocr, top.table("ocr"));
  TRY_STATUS(ocr.text("language", config.stages.language));
  std::string engine = name_of(config.stages.engine);
  TRY_STATUS(ocr.text("engine", engine));
  TRY(config.stages.engine, engine_named(engine));
  TRY_STATUS(ocr.number<std::int64_t>("working_dpi", config.stages.working_dpi, 100, 600));
  TRY_STATUS(ocr.number<std::int64_t>("seconds_per_page", config.stages.ocr_seconds_per_page, 1, 3600));
  TRY_STATUS(ocr.number<double>("low_text_confidence", config.stages.low_text_confidence, 0.0, 1.0));
  TRY_STATUS(ocr.no_others());

  TRY(Table feed, top.table("feed"));
  TRY_STATUS(feed.text("listen", config.feed.listen));
  TRY_STATUS(feed.text("assigning_authority", config.feed.rules.assigning_authority));
  TRY_STATUS(feed.texts("mrn_types", config.feed.rules.mrn_types));
  TRY_STATUS(feed.no_others());

  TRY(Table serve, top.table("serve"));
  TRY_STATUS(serve.text("tls_certificate", config.serve.tls_certificate));
  TRY_STATUS(serve.text("tls_key", config.serve.tls_key));
  TRY_STATUS(serve.flag("plain_beyond", config.serve.plain_beyond));
  TRY_STATUS(serve.no_others());

  TRY(Table access, top.table("access"));
  TRY_STATUS(apply_access(std::move(access), config.access));

  TRY(Table audit, top.table("audit"));
  TRY_STATUS(audit.text("anchor", config.audit.anchor));
  TRY_STATUS(audit.number<std::int64_t>("anchor_records", config.audit.anchor_records, 1, 1'000'000));
  TRY_STATUS(audit.number<std::int64_t>("anchor_minutes", config.audit.anchor_minutes, 1, 1440));
  TRY_STATUS(audit.no_others());

  TRY(Table types, top.table("types"));
  TRY_STATUS(apply_types(std::move(types), config));

  TRY(Table linking, top.table("linking"));
  TRY_STATUS(linking.number<double>("error_budget", config.error_budget, 1e-7, 0.1));
  TRY_STATUS(linking.no_others());

  TRY(Table chart, top.table("chart"));
  TRY_STATUS(apply_chart_orders(std::move(chart), config.chart_orders));

  TRY(Table separators, top.table("separators"));
  TRY_STATUS(apply_separators(std::move(separators), config.stages.separators));

  TRY(Table profiles, top.table("profiles"));
  for (const std::string& name : profiles.keys()) {
    TRY(Table profile, profiles.table(name));
    TRY_STATUS(apply_profile(std::move(profile), config.profiles[name]));
  }
  return top.no_others();
}

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

std::string listed(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + quoted(text);
  return out + "]";
}

std::string chart_orders_toml(const charts::ChartOrders& orders) {
  std::string names;
  for (const charts::ChartProfile& one : orders.all()) names += (names.empty() ? "" : ", ") + one.name;
  std::string out = fmt::format("\n[chart]\norder = {}          # in which a chart is read: {}; own ones as [chart.orders.NAME] with documents and sections\n", quoted(orders.standard), names);
  if (!orders.of_role.empty()) out += "\n[chart.order_of_role]  # the same for users of a role\n";
  for (const auto& [role, name] : orders.of_role) out += fmt::format("{} = {}\n", quoted(role), quoted(name));
  for (const auto& [name, profile] : orders.own)
    out += fmt::format("\n[chart.orders.{}]\ndocuments = {}  # \"newest first\" or \"oldest first\" inside each section\nsections = {}  # in this order; the others follow\n", quoted(name),
                       quoted(to_string(profile.order)), listed(profile.sections));
  return out;
}

std::string separators_toml(const pipeline::SeparatorSettings& separators) {
  std::string out = "\n[separators]  # what a code on a sheet does: \"document\", \"patient\", \"batch\" or \"ignore\"\n";
  for (const auto& [sign, action] : separators.patches) out += fmt::format("patch_{} = {}\n", sign, quoted(to_string(action)));
  out += "# Payloads of barcodes: letters and digits are compared, \"*\" at the end takes any rest. \"ignore\" goes before the others.\n";
  const auto list = [&](const char* name, const std::vector<std::string>& patterns) {
    std::string items;
    for (const std::string& pattern : patterns) items += (items.empty() ? "" : ", ") + quoted(pattern);
    out += fmt::format("{} = [{}]\n", name, items);
  };
  list("document", separators.document);
  list("patient", separators.patient);
  list("batch", separators.batch);
  list("ignore", separators.ignore);
  return out + fmt::format("most_words = {}  # a page with more words is kept: a document starts there\n", separators.most_words);
}

std::string feed_toml(const FeedConfig& feed) {
  return fmt::format(R"(
[feed]  # the hospital's patient feed, HL7 v2 over MLLP
listen = {}               # address:port at which `chartscan watch` takes messages, too; empty = it does not
assigning_authority = {}  # PID-3.4 of the numbers that are MRNs; empty = any
mrn_types = {}            # PID-3.5 of them, the first that is there
)",
                     quoted(feed.listen), quoted(feed.rules.assigning_authority), listed(feed.rules.mrn_types));
}

std::string access_toml(const Config& config) {
  std::string out = fmt::format(R"(
[serve]
tls_certificate = {}    # PEM, with its chain; needed to serve beyond this computer
tls_key = {}            # its private key, readable by this user only
plain_beyond = {}       # true: unencrypted beyond this computer all the same, behind a proxy that encrypts

[access]
roles = {}              # file of roles and their rights; empty = the built-in ones (docs/access.md)
idle_minutes = {}       # without a touch a session ends; the screens warn a minute before
session_hours = {}      # and in any case after this
glass_minutes = {}      # what was broken open in an emergency stays open so long

[access.sensitivity]  # document type = class that not everybody may open, "" = none; over what the types say themselves
)",
                                quoted(config.serve.tls_certificate.string()), quoted(config.serve.tls_key.string()), config.serve.plain_beyond,
                                quoted(config.access.roles.string()), config.access.idle_minutes, config.access.session_hours, config.access.glass_minutes);
  for (const auto& [type, sensitivity] : config.access.sensitivity) out += fmt::format("{} = {}\n", type, quoted(sensitivity));
  return out + fmt::format(R"(
[audit]
anchor = {}             # file on another disk or a write-once share that keeps the trail's newest hash; empty = none
anchor_records = {}     # a line in it after so many records ...
anchor_minutes = {}     # ... or so many minutes
)",
                           quoted(config.audit.anchor.string()), config.audit.anchor_records, config.audit.anchor_minutes);
}

}  // namespace

Result<Config> load_config(const std::filesystem::path& file) {
  Config config;
  if (const char* archive = std::getenv("CHARTSCAN_ARCHIVE"); archive && *archive) config.archive = archive;
  if (file.empty()) return config;
  std::ifstream in(file);
  if (!in) return Error{ErrorCode::Configuration, file.string() + ": cannot be read; check the path given with --config", {}};
  try {
    const toml::table root = toml::parse(in, file.string());
    TRY_STATUS(apply(root, config), file.string());
    return config;
  } catch (const toml::parse_error& fault) {
    return Error{ErrorCode::Configuration,
                 fmt::format("{}, line {}: {}", file.string(), fault.source().begin.line, fault.description()),
                 {}};
  }
}

std::string to_toml(const Config& config) {
  const std::string text = fmt::format(
      R"(# Chartscan's effective configuration. Give a file like this with --config; what it leaves out keeps these values.

# Folder of the archive. --archive and CHARTSCAN_ARCHIVE name it too; made on first use.
archive = {}
# Page workers; 0 = one per processor. Memory grows with them, about 200 MB each.
jobs = {}
# Address and port of `chartscan serve`. Only this computer can reach 127.0.0.1.
listen = {}
# Folder of the built screens; empty = found beside the program.
web_root = {}
# Intake stops, with a message, before the archive's disk has less than this many bytes free.
keep_free_bytes = {}

[limits]  # what is taken from outside; beyond them a page or file is refused by name
max_pixels = {}         # of one page, width times height
max_pages = {}          # of one file
max_child_bytes = {}    # memory of an outside program (PDF)
max_child_seconds = {}  # time of an outside program for one page
page_seconds = {}       # of processor for all work on one page; what takes it is left out, and the page is kept and flagged
page_megabytes = {}     # of memory for the same

[pictures]  # of pages as screens show them, kept in the archive's folder 'pictures'; made again where they are missing
width = {}              # pixels across; the screens ask for 1400
most_megabytes = {}     # about 0.2 a page; beyond, those of the oldest pages go; 0 = none are kept, every look decodes the original

[ocr]
language = {}           # Tesseract model; several as "eng+deu"
engine = {}             # "batched": our own recogniser; "tesseract"; "auto": our own, and Tesseract where it cannot, with a finding
working_dpi = {}        # finest resolution for layout and reading; doubtful lines are read again from all pixels there are
seconds_per_page = {}   # of processor: reading that takes more is stopped and flagged, with the words found until then
low_text_confidence = {}  # below this mean word confidence a page is flagged

[types]
model = {}              # that tells documents' types, as `chartscan train -o FILE` writes it; "" = the one that came with the program

[linking]
error_budget = {}       # share of automatic links that may be wrong; `chartscan audit-links` shows and keeps it
)",
      quoted(config.archive.string()), config.jobs, quoted(config.listen), quoted(config.web_root.string()), config.keep_free_bytes,
      config.limits.max_pixels, config.limits.max_pages, config.limits.max_child_bytes, config.limits.max_child_seconds,
      config.page_limits.seconds, config.page_limits.megabytes, config.pictures.width, config.pictures.most_megabytes,
      quoted(config.stages.language), quoted(name_of(config.stages.engine)), config.stages.working_dpi, config.stages.ocr_seconds_per_page, config.stages.low_text_confidence,
      quoted(config.types_model.string()), config.error_budget);
  return text + chart_orders_toml(config.chart_orders) + access_toml(config) + feed_toml(config.feed) + separators_toml(config.stages.separators) + profiles_toml(config.profiles);
}

}  // namespace chartscan::app
