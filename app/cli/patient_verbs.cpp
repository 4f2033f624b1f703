#include "app/cli/patient_verbs.h"

#include <fmt/format.h>
#include <fcntl.h>

#include <deque>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/ending.h"
#include "app/cli/terminal.h"
#include "app/patient_feed.h"
#include "app/service.h"
#include "app/views.h"
#include "exchange/hl7_message.h"
#include "exchange/patients_csv.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

constexpr std::uintmax_t kLargestFeedFile = 2'000'000'000;  // it is held in memory

Result<std::string> read_whole(const std::filesystem::path& file) {
  std::error_code fault;
  const std::uintmax_t size = std::filesystem::file_size(file, fault);
  if (!fault && size > kLargestFeedFile) return Error{ErrorCode::InputTooLarge, file.string() + ": larger than 2 GB; split it", {}};
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  if (!in || !(bytes << in.rdbuf())) return Error{ErrorCode::InputUnreadable, file.string() + ": cannot be read; check the name and its rights", {}};
  return std::move(bytes).str();
}

bool looks_like_hl7(const std::filesystem::path& file) {
  char begin[4] = {};
  std::ifstream(file, std::ios::binary).read(begin, sizeof begin);
  std::string_view text(begin, sizeof begin);
  if (text.front() == '\x0b') text.remove_prefix(1);
  return text.starts_with("MSH") || text.starts_with("FHS") || text.starts_with("BHS");
}

json to_json(const FeedLine& line) {
  return {{"number", line.number}, {"at", line.at},         {"from", line.from},     {"control_id", line.control_id},
          {"trigger", line.trigger}, {"answer", line.answer}, {"reason", line.reason}, {"mrn", line.mrn}};
}

json to_json(const ChartMerge& merge) {
  json documents = json::array();
  for (const DocumentId id : merge.documents) documents.push_back(to_string(id));
  return {{"number", merge.number}, {"from", merge.from}, {"into", merge.into}, {"documents", documents}, {"at", merge.at},
          {"by", merge.by}, {"reason", merge.reason}, {"undone_at", merge.undone_at}, {"undone_by", merge.undone_by}};
}

void print(const FeedLine& line) {
  const bool taken = line.answer == "AA";
  std::fprintf(std_out(), "%s %s %s %s%s%s\n", local_time(line.at).c_str(), styled(line.answer, taken ? Style::Good : Style::Bad).c_str(),
              printable(line.trigger).c_str(), printable(line.control_id).c_str(),
              line.reason.empty() ? "" : (": " + printable(line.reason)).c_str(), taken ? "" : (" (from " + printable(line.from) + ")").c_str());
}

Result<int> import_hl7(const Common& common, const std::filesystem::path& file) {
  TRY(const std::string bytes, read_whole(file));
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients import"));
  SystemClock clock;
  PatientFeed feed(service->archive(), clock, common.config.feed.rules);
  int taken = 0, number = 0;
  json refused = json::array();
  for (const std::string_view message : exchange::hl7_messages_of(bytes)) {
    ++number;
    const PatientFeed::Answer answer = feed.take(message, file.filename().string());
    if (answer.lost) return Error{ErrorCode::Storage, fmt::format("{}: message {} could not be stored; import the file again", file.string(), number), {}};
    if (answer.line.answer == "AA") {
      ++taken;
      continue;
    }
    refused.push_back({{"message", number}, {"control_id", answer.line.control_id}, {"answer", answer.line.answer}, {"reason", answer.line.reason}});
    if (!common.json)
      std::fprintf(std_out(), "%s message %d (%s): %s\n", styled("refused", Style::Bad).c_str(), number, printable(answer.line.control_id).c_str(),
                  printable(answer.line.reason).c_str());
  }
  if (common.json) std::fprintf(std_out(), "%s\n", dump({{"messages", number}, {"taken", taken}, {"refused", refused}}).c_str());
  else std::fprintf(std_out(), "%d messages: %d taken, %zu refused\n", number, taken, refused.size());
  return refused.empty() ? kDone : kInputRefused;
}

Result<int> import_csv(const Common& common, const std::filesystem::path& file) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients import"));
  bool told = false;
  const auto progress = [&](int rows, double share) {
    if (!is_terminal(std_err())) return;
    told = true;
    std::fprintf(std_err(), "\r%d rows, %.0f %% ", rows, 100 * share);
  };
  auto imported = service->import_patients(file, progress);
  if (told) std::fprintf(std_err(), "\n");
  TRY(const charts::ImportReport report, std::move(imported));
  if (common.json) {
    json refused = json::array();
    for (const charts::ImportRefusal& refusal : report.refused)
      refused.push_back({{"line", refusal.line}, {"mrn", refusal.mrn}, {"reason", refusal.reason}});
    std::fprintf(std_out(), "%s\n", dump({{"added", report.added}, {"changed", 0}, {"unchanged", report.unchanged}, {"refused", refused}}).c_str());
  } else {
    std::fprintf(std_out(), "%d patients added, %d already there, %zu refused\n", report.added, report.unchanged, report.refused.size());
    for (const charts::ImportRefusal& refusal : report.refused)
      std::fprintf(std_out(), "  %s line %d: %s\n", styled("refused", Style::Bad).c_str(), refusal.line, refusal.reason.c_str());
  }
  return report.refused.empty() ? kDone : kInputRefused;
}

}  // namespace

Result<int> import_patients(const Common& common, const std::filesystem::path& file) {
  return looks_like_hl7(file) ? import_hl7(common, file) : import_csv(common, file);
}

Result<int> export_patients(const Common& common, const std::filesystem::path& out) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "patients export"));
  return write_out(out, [&](std::ostream& stream) -> Status {
    TRY(const storage::Records records, service->archive().read());
    return exchange::export_patients(records, stream);
  });
}

Result<int> listen(const Common& common, const FeedWords& words) {
  std::promise<void> wished;
  const Ending ending([&] { wished.set_value(); });
  exchange::MllpOptions options;
  options.address = !words.listen.empty() ? words.listen : !common.config.feed.listen.empty() ? common.config.feed.listen : options.address;
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients listen"));
  TRY(const auto server, service->listen_for_patients(options));
  std::fprintf(std_err(), "chartscan: taking HL7 messages at %s ; Ctrl-C ends it\n", server->address().c_str());
  wished.get_future().wait();
  return kDone;
}

Result<int> show_feed(const Common& common, const FeedWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "patients feed"));
  TRY(const storage::Records records, service->archive().read());
  std::deque<FeedLine> lines;
  TRY_STATUS(records.feed_lines(1, [&](FeedLine line) {
    if (words.refused && line.answer == "AA") return true;
    if (!words.control_id.empty() && line.control_id != words.control_id) return true;
    lines.push_back(std::move(line));
    if (lines.size() > static_cast<std::size_t>(words.limit)) lines.pop_front();
    return true;
  }));
  if (common.json) {
    json all = json::array();
    for (const FeedLine& line : lines) all.push_back(to_json(line));
    std::fprintf(std_out(), "%s\n", dump({{"messages", all}}).c_str());
  } else {
    for (const FeedLine& line : lines) print(line);
    if (lines.empty()) std::fprintf(std_out(), "no such message\n");
  }
  return kDone;
}

Result<int> merge_charts(const Common& common, const MergeWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients merge"));
  TRY_STATUS(service->merge_charts(words.mrn, words.into, person(words.operator_name)));
  std::fprintf(std_out(), "%s\n", styled("✓ merged; `chartscan patients unmerge` takes it back", Style::Good).c_str());
  return kDone;
}

Result<int> unmerge_charts(const Common& common, const MergeWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients unmerge"));
  TRY(const ChartMerge merge, service->unmerge_charts(words.mrn, person(words.operator_name)));
  if (common.json) std::fprintf(std_out(), "%s\n", dump(to_json(merge)).c_str());
  else std::fprintf(std_out(), "%s\n", styled(fmt::format("✓ parted again; {} documents went back", merge.documents.size()), Style::Good).c_str());
  return kDone;
}

Result<int> list_merges(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "patients merges"));
  TRY(const storage::Records records, service->archive().read());
  json all = json::array();
  TRY_STATUS(records.chart_merges([&](ChartMerge merge) {
    if (common.json) all.push_back(to_json(merge));
    else
      std::fprintf(std_out(), "%s %s into %s, %zu documents, by %s%s%s\n", local_time(merge.at).c_str(), printable(merge.from).c_str(), printable(merge.into).c_str(),
                  merge.documents.size(), printable(merge.by).c_str(), merge.reason.empty() ? "" : (" (" + printable(merge.reason) + ")").c_str(),
                  merge.undone_at == 0 ? "" : ("; undone " + local_time(merge.undone_at) + " by " + printable(merge.undone_by)).c_str());
    return true;
  }));
  if (common.json) std::fprintf(std_out(), "%s\n", dump({{"merges", all}}).c_str());
  return kDone;
}

}  // namespace chartscan::app::cli
