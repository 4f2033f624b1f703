// What happened to a batch, line by line, each carrying the hash of the one before: a line that is changed, lost or slipped in
// breaks the chain. Written in the same atomic write as what it tells of; `chartscan verify` checks it. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "core/ids.h"
#include "core/page.h"

namespace chartscan {

enum class JournalEvent {
  Opened,
  Stored,
  Refused,
  Fault,
  Interrupted,
  Resumed,
  Fed,
  Closed,
  Recounted,  // feeding
  Rescanned,
  Replaced,
  Inserted,
  Moved,
  Rotated,
  Split,
  Joined,
  SetAside,
  Restored,
  Undone,  // repairs by a person
  Released,
  Decided,
  Reconsidered,  // a person's word on a document, and taking it back
};

// What a repair changes of a page, as it stood before: enough to undo it.
struct PageBefore {
  PageId page;
  int sequence = 0;
  PageDecisions decisions;
  std::optional<PageId> superseded_by;
};

struct JournalLine {
  BatchId batch;
  int number = 0;  // from 1
  JournalEvent event = JournalEvent::Opened;
  std::int64_t at = 0;  // seconds since 1970, UTC
  std::string who;      // the operator, where one was named
  std::string detail;   // for a person; never patient words

  // Of a stored side.
  PageId page;
  int sequence = 0, sheet = 0, side = 0, attempt = 0;
  Hash hash;  // of the bytes it came in
  std::uint64_t size = 0;

  // Of a repair, and of a side whose sheet takes the place of an earlier attempt.
  std::vector<PageBefore> before;
  std::vector<int> suspects;  // of a repair: the sheets that were in doubt before it
  int undoes = 0;             // number of the line that this one undoes

  std::vector<Document> documents;  // of a person's word on documents: as they stood before

  Hash previous;  // hash of the line before; of the first line: journal_seed()
};

// What the first line of a batch's journal carries as the hash before it: text to be hashed.
std::string journal_seed(BatchId batch);

bool is_repair(JournalEvent event);

const char* to_string(JournalEvent event);
std::optional<JournalEvent> parse_journal_event(std::string_view text);

}  // namespace chartscan
