#include "core/journal.h"

#include <array>

namespace chartscan {
namespace {
constexpr std::array kEvents{"opened", "stored",    "refused",   "fault",    "interrupted", "resumed", "fed",
                             "closed", "recounted", "rescanned", "replaced", "inserted",    "moved",   "rotated",
                             "split",  "joined",    "set-aside", "restored", "undone",      "released",
                             "decided", "reconsidered"};
static_assert(kEvents.size() == static_cast<std::size_t>(JournalEvent::Reconsidered) + 1);
}  // namespace

std::string journal_seed(BatchId batch) { return "chartscan journal of batch " + to_string(batch); }

bool is_repair(JournalEvent event) { return event >= JournalEvent::Rescanned && event <= JournalEvent::Restored; }

const char* to_string(JournalEvent event) { return kEvents[static_cast<std::size_t>(event)]; }

std::optional<JournalEvent> parse_journal_event(std::string_view text) {
  for (std::size_t i = 0; i < kEvents.size(); ++i)
    if (text == kEvents[i]) return static_cast<JournalEvent>(i);
  return std::nullopt;
}

}  // namespace chartscan
