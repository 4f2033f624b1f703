// What each verb does once its words are parsed. Returns the exit code; errors go to the caller, which prints them.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/sources.h"
#include "core/result.h"

namespace chartscan::app::cli {

// Exit codes of docs/contracts.md that are no error's.
inline constexpr int kDone = 0;
inline constexpr int kNeedsPerson = 1;
inline constexpr int kInputRefused = 3;
inline constexpr int kDeviceFault = 4;
inline constexpr int kIntegrityFailed = 6;

struct Common {
  Config config;
  bool json = false;
};

struct IngestWords {
  std::vector<std::string> paths;
  std::string batch_name;
  int expected_pages = 0;
  int jobs = 0;
};
struct ScanWords {
  DeviceWords from;
  std::string batch_name, resume, operator_name;
  int expect_sheets = 0, expect_pages = 0, jobs = 0;
  bool no_read = false;
};
struct WatchWords {
  std::filesystem::path folder;
  double quiet_seconds = 5;
  int jobs = 0;
  bool once = false, no_read = false;
};
struct RepairWords {
  std::string batch, page, after, operator_name;
  std::vector<std::string> pages, files;
  DeviceWords from;
  int sheet = 0, clockwise = 90, sheets = 0, pages_counted = 0, jobs = 0;
  bool no_read = false, whole_journal = false;
};
struct SearchWords {
  std::string query;
  int limit = 20;
  std::string mrn;
  std::string group, sort, after;
  bool facets = false, as_written = false;
  std::filesystem::path out;  // export
};
struct UnfoundWords {
  std::string batch, reason;
};
struct ExportWords {
  std::string document, mrn, order;
  std::string images = "full";  // of a PDF
  std::filesystem::path out;
};

// What `write` makes, to a file or, where `out` is empty, to stdout.
Result<int> write_out(const std::filesystem::path& out, const std::function<Status(std::ostream&)>& write);

Result<int> ingest(const Common& common, const IngestWords& words);
Result<int> read(const Common& common, int jobs);

Result<int> list_devices(const Common& common, const std::string& device);
Result<int> scan(const Common& common, const ScanWords& words);
Result<int> watch(const Common& common, const WatchWords& words);
int scan_worker(int socket);  // the hidden verb behind every scanner
int page_worker(int socket);  // and the one behind every page that is read

Result<int> list_batches(const Common& common);
Result<int> show_batch(const Common& common, const RepairWords& words);
Result<int> rescan(const Common& common, const RepairWords& words);
Result<int> insert(const Common& common, const RepairWords& words);
Result<int> move(const Common& common, const RepairWords& words);
Result<int> rotate(const Common& common, const RepairWords& words);
Result<int> split(const Common& common, const RepairWords& words);
Result<int> join(const Common& common, const RepairWords& words);
Result<int> set_aside(const Common& common, const RepairWords& words);
Result<int> restore(const Common& common, const RepairWords& words);
Result<int> undo(const Common& common, const RepairWords& words);
Result<int> recount(const Common& common, const RepairWords& words);
Result<int> release(const Common& common, const RepairWords& words);
Result<int> search(const Common& common, const SearchWords& words);
Result<int> unfound(const Common& common, const UnfoundWords& words);
Result<int> chart(const Common& common, const std::string& mrn, const std::string& order);
Result<int> export_pages(const Common& common, const std::filesystem::path& out);
Result<int> export_pdf(const Common& common, const ExportWords& words);
Result<int> export_hocr(const Common& common, const ExportWords& words);
Result<int> export_alto(const Common& common, const ExportWords& words);
Result<int> verify(const Common& common);
Result<int> repack(const Common& common, int most_dead_percent);
Result<int> serve(const Common& common);
Result<int> show_config(const Common& common);
Result<int> demo(const Common& common, const std::filesystem::path& samples, bool serve_after);

}  // namespace chartscan::app::cli
