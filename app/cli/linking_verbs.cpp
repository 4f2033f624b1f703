#include "app/cli/linking_verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "app/cli/terminal.h"
#include "app/service.h"
#include "app/views.h"
#include "charts/link_audit.h"
#include "charts/overlays.h"
#include "charts/register_pairs.h"
#include "core/clock.h"

namespace chartscan::app::cli {
namespace {

using nlohmann::json;

std::string percent(double share) { return fmt::format("{:.4g} %", 100 * share); }

json to_json(const charts::AuditedLink& link) {
  return {{"document", to_string(link.document)}, {"mrn", link.mrn}, {"margin_bits", link.margin_bits}, {"verdict", to_string(link.verdict)},
          {"drawn_at", link.drawn_at}, {"judged_at", link.judged_at}, {"judged_by", link.judged_by}, {"period", link.period}};
}

int print_links(const Common& common, const std::vector<charts::AuditedLink>& links) {
  if (common.json) {
    json all = json::array();
    for (const charts::AuditedLink& link : links) all.push_back(to_json(link));
    std::fprintf(std_out(), "%s\n", dump(all).c_str());
    return kDone;
  }
  Table table;
  for (const char* heading : {"DOCUMENT", "LINKED TO", "AHEAD BY", "VERDICT", "BY"}) table.column(heading);
  for (const charts::AuditedLink& link : links)
    table.row({to_string(link.document), printable(link.mrn), fmt::format("{:.1f} bits", link.margin_bits), to_string(link.verdict), printable(link.judged_by)});
  table.print(std_out());
  return kDone;
}

json to_json(const charts::BudgetReport& r) {
  return {{"automatic", r.state.automatic}, {"because", r.state.because}, {"margin_bits", r.state.margin_bits}, {"period", r.state.period}, {"since", r.state.since},
          {"budget", r.budget}, {"right", r.right}, {"wrong", r.wrong}, {"waiting", r.waiting}, {"lower", r.lower}, {"upper", r.upper}, {"proven", r.proven()},
          {"still_needed", r.still_needed}, {"documents", r.documents}, {"linked_automatically", r.linked}, {"coverage", r.coverage()}};
}

void print_budget(const charts::BudgetReport& r) {
  const std::string state = r.state.automatic ? styled("on", Style::Good) : styled("switched off", Style::Bad);
  std::fprintf(std_out(), "Automatic linking is %s%s\n", state.c_str(), r.state.because.empty() ? "" : (": " + printable(r.state.because)).c_str());
  std::fprintf(std_out(), "  the first candidate must be ahead by %.1f bits\n", r.state.margin_bits);
  std::fprintf(std_out(), "  %d of %d documents were linked automatically (%s)\n", r.linked, r.documents, percent(r.coverage()).c_str());
  std::fprintf(std_out(), "  audited: %d right, %d wrong, %d waiting for a verdict\n", r.right, r.wrong, r.waiting);
  std::fprintf(std_out(), "  so at most %s of automatic links are wrong (95 %%); the budget is %s\n", percent(r.upper).c_str(), percent(r.budget).c_str());
  if (r.still_needed > 0) std::fprintf(std_out(), "  %d more right verdicts would show that the budget is kept\n", r.still_needed);
}

Result<int> show_status(const Common& common, Service& service) {
  TRY(const storage::Records records, service.archive().read());
  TRY(const charts::BudgetReport report, charts::budget_report(records, common.config.error_budget));
  if (common.json) std::fprintf(std_out(), "%s\n", dump(to_json(report)).c_str());
  else print_budget(report);
  return report.state.automatic ? kDone : kNeedsPerson;
}

}  // namespace

Result<int> list_duplicates(const Common& common, const DuplicateWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "patients duplicates"));
  TRY(const storage::Records records, service->archive().read());
  TRY(const charts::Weights weights, charts::weights_of_register(records));
  charts::PairOptions options;
  options.probability = words.probability;
  options.limit = static_cast<std::size_t>(words.limit);
  TRY(const charts::PairReport report, charts::possible_duplicates(records, weights, options));
  if (common.json) {
    json pairs = json::array();
    for (const charts::PatientPair& pair : report.pairs)
      pairs.push_back({{"mrn", pair.mrn}, {"other", pair.other}, {"probability", pair.probability}, {"bits", pair.bits}, {"reasons", pair.reasons}});
    std::fprintf(std_out(), "%s\n", dump({{"pairs", pairs}, {"groups", report.groups}, {"compared", report.compared}, {"blocks_left_out", report.blocks_left_out}}).c_str());
    return kDone;
  }
  for (const charts::PatientPair& pair : report.pairs) {
    std::fprintf(std_out(), "%s and %s  %.4f\n", printable(pair.mrn).c_str(), printable(pair.other).c_str(), pair.probability);
    for (const std::string& reason : pair.reasons) std::fprintf(std_out(), "    %s\n", reason.c_str());
  }
  std::fprintf(std_out(), "%zu pairs shown, %zu groups of patients that may be one person; %zu pairs compared\n", report.pairs.size(), report.groups.size(), report.compared);
  return kDone;
}

Result<int> settle_overlay(const Common& common, const std::string& mrn) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients settle-overlay"));
  TRY_STATUS(charts::settle_overlay(service->archive(), mrn));
  return kDone;
}

Result<int> list_overlays(const Common& common, int limit) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "patients overlays"));
  TRY(const storage::Records records, service->archive().read());
  TRY(const charts::OverlayReport report, charts::possible_overlays(records, static_cast<std::size_t>(limit)));
  if (common.json) {
    std::fprintf(std_out(), "%s\n", dump({{"overlays", app::to_json(report)}, {"documents", report.documents}}).c_str());
    return kDone;
  }
  for (const charts::Overlay& overlay : report.overlays) {
    std::fprintf(std_out(), "%s\n", printable(overlay.mrn).c_str());
    for (const std::string& reason : overlay.reasons) std::fprintf(std_out(), "    %s\n", printable(reason).c_str());
  }
  std::fprintf(std_out(), "%zu charts that may hold two people; %zu documents looked at\n", report.overlays.size(), report.documents);
  return kDone;
}

Result<int> learn_register(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "patients learn"));
  TRY(const charts::Weights weights, charts::learn_and_keep(service->archive()));
  const std::string text = charts::to_text(weights);
  std::fprintf(std_out(), "%s", text.substr(0, std::min(text.find("family name,"), text.find("given name,"))).c_str());
  return kDone;
}

Result<int> sample_links(const Common& common, const AuditWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "audit-links sample"));
  std::random_device chance;  // nobody may know beforehand which links are looked at
  std::mt19937_64 random((static_cast<std::uint64_t>(chance()) << 32) | chance());
  TRY(const std::vector<charts::AuditedLink> drawn, charts::draw_links(service->archive(), words.count, SystemClock().unix_seconds(), random));
  return print_links(common, drawn);
}

Result<int> list_audited(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "audit-links list"));
  TRY(const storage::Records records, service->archive().read());
  TRY(const std::vector<charts::AuditedLink> links, charts::audited_links(records));
  return print_links(common, links);
}

Result<int> record_audit(const Common& common, const AuditWords& words) {
  const auto document = parse_id<DocumentId>(words.document);
  if (!document) return Error{ErrorCode::Usage, "'" + words.document + "' is no document; they are written D00000001", {}};
  TRY(const auto service, Service::open(common.config, storage::Access::Write, "audit-links record"));
  const auto verdict = words.verdict == "wrong" ? charts::Verdict::Wrong : charts::Verdict::Right;
  TRY_STATUS(charts::record_verdict(service->archive(), *document, verdict, words.who, SystemClock().unix_seconds(), common.config.error_budget));
  return show_status(common, *service);
}

Result<int> linking_status(const Common& common) {
  TRY(const auto service, Service::open(common.config, storage::Access::Read, "audit-links status"));
  return show_status(common, *service);
}

Result<int> set_linking(const Common& common, bool automatic, const AuditWords& words) {
  TRY(const auto service, Service::open(common.config, storage::Access::Write, automatic ? "audit-links resume" : "audit-links stop"));
  TRY_STATUS(charts::set_automatic(service->archive(), automatic, words.who, SystemClock().unix_seconds()));
  return show_status(common, *service);
}

}  // namespace chartscan::app::cli
