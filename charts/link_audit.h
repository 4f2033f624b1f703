// The error budget of automatic linking: how many wrong links the manager accepts (1 in 10,000 unless said otherwise), and what audits
// have shown. Automatic links are drawn at random, a person says of each whether the document is in the right chart, and from that
// follow how surely the rate is below the budget (exact binomial bounds, Clopper and Pearson, Biometrika 26, 1934), how far ahead
// the first candidate must be, and whether anything is linked automatically at all. Kept in the archive.
//
// A wrong link found: where the audit then shows, 95 % surely, more errors than the budget allows, automatic linking is switched off
// until a person resumes it; otherwise the margin rises above that of the wrong link, and counting starts anew, for the old counts
// speak of another rule.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "charts/link.h"
#include "core/ids.h"
#include "core/result.h"
#include "storage/archive.h"

namespace chartscan::charts {

inline constexpr double kDefaultErrorBudget = 1e-4;

enum class Verdict { Waiting, Right, Wrong };
const char* to_string(Verdict verdict);  // "waiting", "right", "wrong"

// One automatic link that was drawn.
struct AuditedLink {
  DocumentId document;
  std::string mrn;            // it was linked to
  double margin_bits = 0;     // it was ahead by
  Verdict verdict = Verdict::Waiting;
  std::int64_t drawn_at = 0, judged_at = 0;  // unix seconds
  std::string judged_by;
  int period = 0;             // of counting
};

// Where automatic linking stands.
struct LinkingState {
  bool automatic = true;
  double margin_bits = LinkLimits{}.margin_bits;
  int period = 1;        // counting started anew so many times, less one
  std::string because;   // why it is off, or the margin what it is; "" at first
  std::int64_t since = 0;
};

struct BudgetReport {
  LinkingState state;
  double budget = kDefaultErrorBudget;
  int right = 0, wrong = 0, waiting = 0;  // of this period
  double lower = 0, upper = 1;            // 95 % bounds, each one-sided, of the share of wrong automatic links
  int still_needed = 0;                   // right verdicts until the upper bound is within the budget, if none is wrong
  int documents = 0, linked = 0;          // of the archive; linked automatically
  bool proven() const { return upper <= budget; }
  double coverage() const { return documents ? static_cast<double>(linked) / documents : 0; }
};

// One-sided bounds of a share of which `events` were seen in `trials`, at `confidence` (0.95).
double upper_bound(int events, int trials, double confidence = 0.95);
double lower_bound(int events, int trials, double confidence = 0.95);

Result<LinkingState> linking_state(const storage::Records& records);
Result<LinkLimits> link_limits(const storage::Records& records);  // for link_document

// Draws up to `count` automatic links that no one has audited, each equally likely, and notes them as waiting.
Result<std::vector<AuditedLink>> draw_links(storage::Archive& archive, int count, std::int64_t now, std::mt19937_64& random);
Result<std::vector<AuditedLink>> audited_links(const storage::Records& records);  // by document
// What a person found; may be corrected later. Switches automatic linking off, or raises its margin, where that follows.
Status record_verdict(storage::Archive& archive, DocumentId document, Verdict verdict, const std::string& who, std::int64_t now, double budget);
Result<BudgetReport> budget_report(const storage::Records& records, double budget);
// A person switches automatic linking on again, or off; counting starts anew.
Status set_automatic(storage::Archive& archive, bool automatic, const std::string& who, std::int64_t now);

}  // namespace chartscan::charts
