#include "app/cli/review_verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/cli/terminal.h"
#include "app/service.h"
#include "app/views.h"
#include "pipeline/review.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

std::string sign_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::Agrees: return styled("✓ agrees", Style::Good);
    case Agreement::Close: return styled("~ close", Style::Warn);
    case Agreement::Disagrees: return styled("✗ disagrees", Style::Bad);
    case Agreement::Missing: break;
  }
  return styled("· missing", Style::Dim);
}

std::string reasons_of(const Document& document) {
  std::string out;
  for (const Finding& finding : document.findings) out += (out.empty() ? "" : ", ") + finding.code;
  return out;
}

Result<std::vector<Document>> waiting_in(Service& service, const ReviewWords& words) {
  TRY(std::vector<Document> waiting, service.review());
  std::erase_if(waiting, [&](const Document& document) { return !words.queue.empty() && words.queue != review_queue(document); });
  if (words.order == "worst") std::ranges::stable_sort(waiting, {}, surety_of);
  return waiting;
}

Result<DocumentId> document_id(const ReviewWords& words) {
  const auto id = parse_id<DocumentId>(words.document);
  if (!id) return Error{ErrorCode::Usage, "'" + words.document + "' is no document id; it looks like D00000001", {}};
  return *id;
}

void print(const Document& document) {
  std::fprintf(std_out(), "%s  %s (%.2f), %zu page%s, %s\n", styled(to_string(document.id), Style::Bold).c_str(), type_name(document.type).c_str(),
              document.type_confidence, document.pages.size(), document.pages.size() == 1 ? "" : "s",
              document.filed ? "filed" : ("waits for a person: " + std::string(review_queue(document))).c_str());
  for (const Finding& finding : document.findings)
    std::fprintf(std_out(), "  %s %s\n", styled("! " + finding.code, Style::Warn).c_str(), printable(finding.detail).c_str());
  int number = 0;
  for (const LinkCandidate& candidate : document.link.candidates) {
    std::fprintf(std_out(), "  candidate %d: MRN %s, %.2f\n", ++number, printable(candidate.mrn).c_str(), candidate.confidence);
    for (const LinkReason& reason : candidate.reasons)
      std::fprintf(std_out(), "    %-8s %s %+.1f bits  %s\n", reason.field.c_str(), sign_of(reason.agreement).c_str(), reason.weight, printable(reason.detail).c_str());
  }
}

int shown(const Common& common, const Document& document) {
  if (common.json) std::fprintf(std_out(), "%s\n", dump(to_json(document)).c_str());
  else print(document);
  return kDone;
}

// One word of a person on one document.
template <typename Work>
Result<int> decide(const Common& common, const ReviewWords& words, const char* verb, Work work) {
  TRY(const DocumentId id, document_id(words));
  TRY(const auto service, Service::open(common.config, storage::Access::Write, std::string("review ") + verb));
  TRY(const Document document, work(*service, id, person(words.operator_name)));
  return shown(common, document);
}

// Parting and joining are repairs of the batch: its documents are made anew but for those that a person decided about.
template <typename Work>
Result<int> repair(const Common& common, const ReviewWords& words, const char* verb, Work work) {
  TRY(const DocumentId id, document_id(words));
  TRY(const auto service, Service::open(common.config, storage::Access::Write, std::string("review ") + verb));
  TRY(const Document document, service->document(id));
  pipeline::Repair desk = service->repair(person(words.operator_name));
  TRY(const pipeline::Repaired done, work(desk, document));
  if (common.json) std::fprintf(std_out(), "%s\n", dump({{"batch", to_string(done.batch.id)}, {"done", done.words}, {"line", done.line}}).c_str());
  else std::fprintf(std_out(), "%s: %s\n", to_string(done.batch.id).c_str(), printable(done.words).c_str());
  return kDone;
}

}  // namespace

Result<int> list_review(const Common& common, const ReviewWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "review list"));
  TRY(const std::vector<Document> waiting, waiting_in(*service, words));
  if (common.json) {
    json out = json::array();
    for (const Document& document : waiting) out.push_back(to_json(document));
    std::fprintf(std_out(), "%s\n", dump(out).c_str());
    return kDone;
  }
  if (waiting.empty()) {
    std::fprintf(std_out(), "nothing waits for a person%s\n", words.queue.empty() ? "" : " in this queue");
    return kDone;
  }
  Table table;
  for (const char* heading : {"DOCUMENT", "BATCH", "QUEUE"}) table.column(heading);
  table.column("PAGES", Table::Align::Right);
  for (const char* heading : {"TYPE", "PROPOSED", "WHY IT WAITS"}) table.column(heading);
  for (const Document& document : waiting)
    table.row({to_string(document.id), to_string(document.batch), review_queue(document), std::to_string(document.pages.size()), type_name(document.type),
               document.link.mrn.empty() ? "nobody" : printable(document.link.mrn), reasons_of(document)});
  table.print(std_out());
  return kNeedsPerson;
}

Result<int> next_review(const Common& common, const ReviewWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "review next"));
  TRY(const std::vector<Document> waiting, waiting_in(*service, words));
  if (!waiting.empty()) {
    shown(common, waiting.front());
    return kNeedsPerson;
  }
  std::fprintf(std_out(), "%s\n", common.json ? "null" : "nothing waits for a person");
  return kDone;
}

Result<int> show_review(const Common& common, const ReviewWords& words) {
  TRY(const DocumentId id, document_id(words));
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "review show"));
  TRY(const Document document, service->document(id));
  return shown(common, document);
}

Result<int> accept_review(const Common& common, const ReviewWords& words) {
  return decide(common, words, "accept", [](Service& service, DocumentId id, const std::string& who) { return service.accept(id, who); });
}

Result<int> correct_review(const Common& common, const ReviewWords& words) {
  pipeline::ReviewDecision decision;
  if (!words.mrn.empty()) decision.mrn = words.mrn;
  if (!words.type.empty()) decision.type = words.type;
  if (!words.date.empty()) {
    decision.service_date = parse_iso_date(words.date);
    if (!decision.service_date || !is_valid(*decision.service_date))
      return Error{ErrorCode::Usage, "'" + words.date + "' is no date; it looks like 2026-11-22", {}};
  }
  if (!decision.mrn && !decision.type && !decision.service_date)
    return Error{ErrorCode::Usage, "name what is right: --patient MRN, --type TYPE, --date YYYY-MM-DD", {}};
  return decide(common, words, "correct", [&](Service& service, DocumentId id, const std::string& who) { return service.correct(id, decision, who); });
}

Result<int> undo_review(const Common& common, const ReviewWords& words) {
  return decide(common, words, "undo", [](Service& service, DocumentId id, const std::string& who) { return service.undo_decision(id, who); });
}

Result<int> split_review(const Common& common, const ReviewWords& words) {
  return repair(common, words, "split", [&](pipeline::Repair& desk, const Document& document) -> Result<pipeline::Repaired> {
    if (words.page < 2 || words.page > static_cast<int>(document.pages.size()))
      return Error{ErrorCode::Usage, fmt::format("{} has {} pages; a second document can begin at page 2 or later", to_string(document.id), document.pages.size()), {}};
    return desk.split(document.batch, document.pages[static_cast<std::size_t>(words.page) - 1]);
  });
}

Result<int> join_review(const Common& common, const ReviewWords& words) {
  return repair(common, words, "join", [](pipeline::Repair& desk, const Document& document) { return desk.join(document.batch, document.pages.front()); });
}

Result<int> export_corrections(const Common& common, const std::filesystem::path& out) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "review corrections"));
  return write_out(out, [&](std::ostream& stream) { return service->export_corrections(stream); });
}

}  // namespace chartscan::app::cli
