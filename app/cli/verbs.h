// What each verb does once its words are parsed. Returns the exit code; errors go to the caller, which prints them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/config.h"
#include "core/result.h"

namespace chartscan::app::cli {

// Exit codes of docs/contracts.md that are no error's.
inline constexpr int kDone = 0;
inline constexpr int kNeedsPerson = 1;
inline constexpr int kInputRefused = 3;
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
struct SearchWords {
  std::string query;
  int limit = 20;
  std::string mrn;
};
struct ExportPdfWords {
  std::string document, mrn;
  std::filesystem::path out;
};

Result<int> import_patients(const Common& common, const std::filesystem::path& file);
Result<int> ingest(const Common& common, const IngestWords& words);
Result<int> list_batches(const Common& common);
Result<int> show_batch(const Common& common, const std::string& id);
Result<int> list_review(const Common& common);
Result<int> show_review(const Common& common, const std::string& document);
Result<int> search(const Common& common, const SearchWords& words);
Result<int> chart(const Common& common, const std::string& mrn);
Result<int> export_pages(const Common& common, const std::filesystem::path& out);
Result<int> export_pdf(const Common& common, const ExportPdfWords& words);
Result<int> verify(const Common& common);
Result<int> serve(const Common& common);
Result<int> show_config(const Common& common);
Result<int> demo(const Common& common, const std::filesystem::path& samples, bool serve_after);

}  // namespace chartscan::app::cli
