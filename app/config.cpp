#include "app/config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <toml++/toml.h>

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

  // The sub-table `key`, empty when absent.
  Result<Table> table(const char* key) {
    static const toml::table kNone;
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (!node) return Table(kNone, key);
    if (!node->is_table()) return bad(key, "a section, written [" + std::string(key) + "]").error();
    return Table(*node->as_table(), key);
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
  TRY_STATUS(limits.no_others());

  TRY(Table ocr, top.table("ocr"));
  TRY_STATUS(ocr.text("language", config.stages.language));
  TRY_STATUS(ocr.number<std::int64_t>("working_dpi", config.stages.working_dpi, 100, 600));
  TRY_STATUS(ocr.number<std::int64_t>("seconds_per_page", config.stages.ocr_seconds_per_page, 1, 3600));
  TRY_STATUS(ocr.number<double>("low_text_confidence", config.stages.low_text_confidence, 0.0, 1.0));
  TRY_STATUS(ocr.no_others());
  return top.no_others();
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
  const auto quoted = [](const std::string& text) {
    std::ostringstream out;
    out << toml::value<std::string>(text);
    return out.str();
  };
  return fmt::format(
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

[ocr]
language = {}           # Tesseract model; several as "eng+deu"
working_dpi = {}        # resolution for layout and reading; more than 200 buys nothing on 10 to 12 pt print
seconds_per_page = {}   # a page that takes longer is stopped and flagged
low_text_confidence = {}  # below this mean word confidence a page is flagged
)",
      quoted(config.archive.string()), config.jobs, quoted(config.listen), quoted(config.web_root.string()), config.keep_free_bytes,
      config.limits.max_pixels, config.limits.max_pages, config.limits.max_child_bytes, config.limits.max_child_seconds,
      quoted(config.stages.language), config.stages.working_dpi, config.stages.ocr_seconds_per_page, config.stages.low_text_confidence);
}

}  // namespace chartscan::app
