// The manager's figures, for people and for Prometheus.
#include <nlohmann/json.hpp>

#include "app/http/answers.h"
#include "app/http/handlers.h"

namespace chartscan::app::http {

using nlohmann::json;

namespace {

json feeding_json(const std::map<std::string, FeedingFigures>& groups) {
  json out = json::array();
  for (const auto& [name, group] : groups)
    out.push_back({{"name", or_null(name)}, {"batches", group.batches}, {"pages", group.pages}, {"findings", group.findings}, {"stops", group.stops}});
  return out;
}

// One series in the text format of Prometheus, 0.0.4.
void add_metric(std::string& out, const char* name, const char* help, const char* type, double value) {
  out += std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n' + name + ' ' + json(value).dump() + '\n';
}

}  // namespace

Result<Response> get_dashboard(Api& api, const Call&) {
  TRY(const auto figures, api.figures.read());
  int in_queues = 0;
  for (const auto& [queue, documents] : figures->waiting) in_queues += documents;
  json days = json::array(), minutes = json::array();
  for (const auto& [day, of] : figures->days)
    days.push_back({{"day", day}, {"pages", of.pages}, {"documents", of.documents}, {"auto", of.automatic}, {"review", of.review}});
  const std::int64_t last = figures->at / 60 * 60;
  for (std::int64_t minute = last - 59 * 60; minute <= last; minute += 60) {
    const auto found = figures->minutes.find(minute);
    minutes.push_back({{"at", minute}, {"pages", found == figures->minutes.end() ? 0 : found->second}});
  }
  const int linked = figures->automatic + figures->by_person + figures->in_review;
  const charts::BudgetReport& budget = figures->budget;
  return answer(
      {{"at", figures->at},
       {"ledger", to_json(figures->ledger)},
       {"today", {{"pages", figures->today.pages}, {"batches", figures->batches_today}, {"filed", figures->today.automatic}, {"review", figures->today.review}}},
       {"backlog", {{"waiting", figures->ledger.waiting}, {"oldest_at", time_or_null(figures->oldest_unread)}}},
       {"review", {{"waiting", in_queues}, {"oldest_at", time_or_null(figures->oldest_review)}, {"by_queue", figures->waiting}}},
       {"links",
        {{"auto", figures->automatic},
         {"person", figures->by_person},
         {"waiting", figures->in_review},
         {"auto_share", linked ? static_cast<double>(figures->automatic) / linked : 0},
         {"audited", budget.right + budget.wrong},
         {"wrong", budget.wrong},
         {"bound", budget.upper},
         {"budget", budget.budget},
         {"suspended", !budget.state.automatic}}},
       {"unreadable", figures->unreadable},
       {"days", days},
       {"minutes", minutes},
       {"operators", feeding_json(figures->operators)},
       {"devices", feeding_json(figures->devices)}});
}

Result<std::string> metrics(Api& api) {
  TRY(const auto figures, api.figures.read());
  std::string out;
  add_metric(out, "chartscan_sides_fed_total", "Sides fed since the archive was begun.", "counter", figures->ledger.fed);
  add_metric(out, "chartscan_sides_filed", "Sides in charts.", "gauge", figures->ledger.filed);
  add_metric(out, "chartscan_sides_waiting", "Sides that wait to be read or assembled.", "gauge", figures->ledger.waiting);
  add_metric(out, "chartscan_sides_rejected", "Sides that could not be taken.", "gauge", figures->ledger.rejected);
  add_metric(out, "chartscan_backlog_age_seconds", "Age of the batch whose page waits longest.", "gauge",
             figures->oldest_unread ? static_cast<double>(figures->at - figures->oldest_unread) : 0);
  int in_queues = 0;
  for (const auto& [queue, documents] : figures->waiting) in_queues += documents;
  add_metric(out, "chartscan_documents_in_review", "Documents that wait for a person.", "gauge", in_queues);
  add_metric(out, "chartscan_review_age_seconds", "Age of the batch whose document waits longest for a person.", "gauge",
             figures->oldest_review ? static_cast<double>(figures->at - figures->oldest_review) : 0);
  add_metric(out, "chartscan_documents_linked_automatically", "Documents that the machine filed.", "gauge", figures->automatic);
  add_metric(out, "chartscan_wrong_link_bound", "Upper bound, 95 %, of the share of wrong automatic links.", "gauge", figures->budget.upper);
  add_metric(out, "chartscan_automatic_linking", "1 while automatic linking is on.", "gauge", figures->budget.state.automatic);
  add_metric(out, "chartscan_pages_unreadable", "Pages that cannot be found, or hardly.", "gauge", static_cast<double>(figures->unreadable));
  return out;
}

}  // namespace chartscan::app::http
