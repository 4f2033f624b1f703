#include "charts/link_audit.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "storage/bytes.h"
#include "storage/keys.h"

namespace chartscan::charts {
namespace {

using storage::Family;

constexpr double kStep = 1;         // bits that the margin rises above a wrong link's
constexpr double kMostMargin = 40;  // a wrong link that was further ahead is no near miss: nothing to raise
constexpr std::string_view kStateRow = "state", kAuditRows = "audit/";
constexpr char kVersion = 1;

void put_text(std::string& out, const std::string& text) {
  storage::put_varint(out, text.size());
  out += text;
}

bool take_text(std::string_view& in, std::string& text) {
  std::uint64_t size = 0;
  if (!storage::take_varint(in, size) || size > in.size()) return false;
  text.assign(in.substr(0, static_cast<std::size_t>(size)));
  in.remove_prefix(static_cast<std::size_t>(size));
  return true;
}

// Bits are kept in thousandths.
void put_bits(std::string& out, double bits) { storage::put_signed(out, std::llround(std::clamp(bits, -1e6, 1e6) * 1000)); }
bool take_bits(std::string_view& in, double& bits) {
  std::int64_t thousandths = 0;
  if (!storage::take_signed(in, thousandths)) return false;
  bits = static_cast<double>(thousandths) / 1000;
  return true;
}

template <typename Number>
bool take_number(std::string_view& in, Number& number) {
  std::int64_t wide = 0;
  if (!storage::take_signed(in, wide)) return false;
  number = static_cast<Number>(wide);
  return true;
}

// version, automatic, margin, period, since, because
std::string encode(const LinkingState& state) {
  std::string out{kVersion, static_cast<char>(state.automatic)};
  put_bits(out, state.margin_bits);
  storage::put_signed(out, state.period);
  storage::put_signed(out, state.since);
  put_text(out, state.because);
  return out;
}

std::optional<LinkingState> decode_state(std::string_view in) {
  LinkingState state;
  if (in.size() < 2 || in[0] != kVersion) return std::nullopt;
  state.automatic = in[1] != 0;
  in.remove_prefix(2);
  const bool whole = take_bits(in, state.margin_bits) && take_number(in, state.period) && take_number(in, state.since) && take_text(in, state.because);
  if (!whole || !in.empty()) return std::nullopt;
  return state;
}

// version, verdict, margin, period, drawn, judged, MRN, by
std::string encode(const AuditedLink& link) {
  std::string out{kVersion, static_cast<char>(link.verdict)};
  put_bits(out, link.margin_bits);
  storage::put_signed(out, link.period);
  storage::put_signed(out, link.drawn_at);
  storage::put_signed(out, link.judged_at);
  put_text(out, link.mrn);
  put_text(out, link.judged_by);
  return out;
}

std::optional<AuditedLink> decode_link(std::string_view in) {
  AuditedLink link;
  if (in.size() < 2 || in[0] != kVersion || in[1] < 0 || in[1] > static_cast<char>(Verdict::Wrong)) return std::nullopt;
  link.verdict = static_cast<Verdict>(in[1]);
  in.remove_prefix(2);
  const bool whole = take_bits(in, link.margin_bits) && take_number(in, link.period) && take_number(in, link.drawn_at) && take_number(in, link.judged_at) &&
                     take_text(in, link.mrn) && take_text(in, link.judged_by);
  if (!whole || !in.empty()) return std::nullopt;
  return link;
}

std::string row_of(DocumentId document) {
  std::string name(kAuditRows);
  storage::put_be(name, document.value);
  return storage::keys::linking(name);
}

Error damaged(const char* what) {
  return {ErrorCode::Integrity, std::string("the ") + what + " of automatic linking is damaged; run 'chartscan verify' and restore the archive from a backup", {}};
}

void put(storage::Change& change, const LinkingState& state) { change.raw().put(Family::Meta, storage::keys::linking(kStateRow), encode(state)); }
void put(storage::Change& change, const AuditedLink& link) { change.raw().put(Family::Meta, row_of(link.document), encode(link)); }

double margin_of(const Link& link) {
  for (const LinkReason& reason : link.reasons)
    if (reason.field == kMarginReason) return reason.weight;
  return 0;
}

// P(X <= events) for X binomial, in logarithms so that nothing under- or overflows.
double binomial_at_most(int events, int trials, double share) {
  double sum = 0;
  for (int i = 0; i <= events; ++i)
    sum += std::exp(std::lgamma(trials + 1.0) - std::lgamma(i + 1.0) - std::lgamma(trials - i + 1.0) + i * std::log(share) + (trials - i) * std::log1p(-share));
  return std::min(sum, 1.0);
}

// The share at which `falling` reaches `level`.
template <typename Function>
double solve(Function falling, double level) {
  double low = 0, high = 1;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (falling(middle) > level ? low : high) = middle;
  }
  return (low + high) / 2;
}

struct Counts {
  int right = 0, wrong = 0, waiting = 0;
};

Counts count(const std::vector<AuditedLink>& links, int period) {
  Counts counts;
  for (const AuditedLink& link : links) {
    if (link.period != period) continue;
    ++(link.verdict == Verdict::Right ? counts.right : link.verdict == Verdict::Wrong ? counts.wrong : counts.waiting);
  }
  return counts;
}

// What follows from one more wrong link.
void react(LinkingState& state, const Counts& counts, const AuditedLink& wrong, double budget, std::int64_t now) {
  const bool crossed = lower_bound(counts.wrong, counts.wrong + counts.right) > budget;
  const std::string found = std::to_string(counts.wrong) + " wrong of " + std::to_string(counts.wrong + counts.right) + " audited";
  if (crossed || wrong.margin_bits + kStep > kMostMargin) {
    state.automatic = false;
    state.because = found + ": more than the error budget allows; find out why, then resume";
  } else if (wrong.margin_bits + kStep > state.margin_bits) {
    state.margin_bits = wrong.margin_bits + kStep;
    ++state.period;
    state.because = found + ": the margin was raised above that of the wrong link";
  }
  state.since = now;
}

}  // namespace

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Waiting: return "waiting";
    case Verdict::Right: return "right";
    case Verdict::Wrong: return "wrong";
  }
  return "";
}

double upper_bound(int events, int trials, double confidence) {
  if (trials <= 0 || events >= trials) return 1;
  return solve([&](double share) { return binomial_at_most(events, trials, share); }, 1 - confidence);
}

double lower_bound(int events, int trials, double confidence) {
  if (trials <= 0 || events <= 0) return 0;
  return solve([&](double share) { return binomial_at_most(events - 1, trials, share); }, confidence);
}

Result<LinkingState> linking_state(const storage::Records& records) {
  TRY(const std::optional<std::string> row, records.view().get(Family::Meta, storage::keys::linking(kStateRow)), "error budget");
  if (!row) return LinkingState{};
  std::optional<LinkingState> state = decode_state(*row);
  if (!state) return damaged("state");
  return std::move(*state);
}

Result<LinkLimits> link_limits(const storage::Records& records) {
  TRY(const LinkingState state, linking_state(records));
  return LinkLimits{state.automatic, state.margin_bits};
}

Result<std::vector<AuditedLink>> audited_links(const storage::Records& records) {
  std::vector<AuditedLink> links;
  bool whole = true;
  const std::string prefix = storage::keys::linking(kAuditRows);
  TRY_STATUS(records.view().scan(Family::Meta, prefix, [&](std::string_view key, std::string_view value) {
    std::optional<AuditedLink> link = decode_link(value);
    key.remove_prefix(prefix.size());
    whole = link && storage::take_be(key, link->document.value) && key.empty();
    if (whole) links.push_back(std::move(*link));
    return whole;
  }), "error budget");
  if (!whole) return damaged("audit");
  return links;
}

Result<std::vector<AuditedLink>> draw_links(storage::Archive& archive, int count, std::int64_t now, std::mt19937_64& random) {
  std::vector<AuditedLink> drawn;
  TRY_STATUS(archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(const LinkingState state, linking_state(records));
    TRY(const std::vector<AuditedLink> audited, audited_links(records));
    std::set<DocumentId> known;
    for (const AuditedLink& link : audited) known.insert(link.document);
    std::size_t seen = 0;
    TRY_STATUS(records.documents([&](const Document& document) {  // reservoir: one pass, few in memory
      if (document.link.status != LinkStatus::Auto || !document.filed || known.contains(document.id)) return true;
      AuditedLink link{document.id, document.link.mrn, margin_of(document.link), Verdict::Waiting, now, 0, {}, state.period};
      ++seen;
      if (drawn.size() < static_cast<std::size_t>(std::max(count, 0))) drawn.push_back(std::move(link));
      else if (const std::size_t at = random() % seen; at < drawn.size()) drawn[at] = std::move(link);
      return true;
    }));
    std::ranges::sort(drawn, {}, &AuditedLink::document);
    for (const AuditedLink& link : drawn) put(change, link);
    return {};
  }));
  return drawn;
}

Status record_verdict(storage::Archive& archive, DocumentId document, Verdict verdict, const std::string& who, std::int64_t now, double budget) {
  return archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(std::vector<AuditedLink> links, audited_links(records));
    const auto found = std::ranges::find(links, document, &AuditedLink::document);
    if (found == links.end())
      return Error{ErrorCode::NotFound, "document " + to_string(document) + " was not drawn for the audit; `chartscan audit-links list` shows those that were", {}};
    found->verdict = verdict;
    found->judged_by = who;
    found->judged_at = now;
    put(change, *found);
    TRY(LinkingState state, linking_state(records));
    if (verdict != Verdict::Wrong || found->period != state.period || !state.automatic) return {};
    react(state, count(links, state.period), *found, budget, now);
    put(change, state);
    return {};
  });
}

Result<BudgetReport> budget_report(const storage::Records& records, double budget) {
  BudgetReport report;
  report.budget = budget;
  TRY(report.state, linking_state(records));
  TRY(const std::vector<AuditedLink> links, audited_links(records));
  const Counts counts = count(links, report.state.period);
  report.right = counts.right;
  report.wrong = counts.wrong;
  report.waiting = counts.waiting;
  report.lower = lower_bound(counts.wrong, counts.wrong + counts.right);
  report.upper = upper_bound(counts.wrong, counts.wrong + counts.right);
  if (counts.wrong == 0 && !report.proven())
    report.still_needed = static_cast<int>(std::ceil(std::log(0.05) / std::log1p(-budget))) - counts.right;
  TRY_STATUS(records.documents([&](const Document& document) {
    ++report.documents;
    report.linked += document.link.status == LinkStatus::Auto;
    return true;
  }));
  return report;
}

Status set_automatic(storage::Archive& archive, bool automatic, const std::string& who, std::int64_t now) {
  return archive.update([&](const storage::Records& records, storage::Change& change) -> Status {
    TRY(LinkingState state, linking_state(records));
    if (state.automatic == automatic) return {};
    state.automatic = automatic;
    ++state.period;
    state.since = now;
    state.because = std::string("switched ") + (automatic ? "on" : "off") + " by " + who;
    put(change, state);
    return {};
  });
}

}  // namespace chartscan::charts
