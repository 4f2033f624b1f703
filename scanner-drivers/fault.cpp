#include "scanner-drivers/fault.h"

#include <fmt/format.h>

namespace chartscan::scan {

namespace {

// What happened, in the operator's words.
std::string what(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::Jam: return "paper is jammed in the feeder";
    case FaultKind::DoubleFeed: return "the feeder took more than one sheet at once";
    case FaultKind::CoverOpen: return "a cover of the scanner is open";
    case FaultKind::Busy: return "the scanner is busy with something else";
    case FaultKind::Offline: return "the scanner does not answer: it is off, unplugged or unknown";
    case FaultKind::DeviceIo: return "the connection to the scanner failed";
    case FaultKind::ShortPage: return "a side arrived with its lower part missing";
    case FaultKind::EmptyPage: return "a sheet passed but no image of it arrived";
    case FaultKind::NoMemory: return "the scanner or its driver ran out of memory";
    case FaultKind::Denied: return "the scanner refused access";
    case FaultKind::Unsupported: return "the scanner refused its settings";
    case FaultKind::Hung: return "the scanner stopped answering and was let go";
    case FaultKind::Crashed: return "the scanner's driver crashed";
    case FaultKind::StillLoaded: return "the scanner says its feeder is empty, but there is still paper in it";
  }
  return "the scanner failed";
}

// What to put right before the paper.
std::string remedy(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::Jam: return "open the feeder and take the paper out";
    case FaultKind::DoubleFeed: return "fan the sheets, remove staples";
    case FaultKind::CoverOpen: return "close the cover";
    case FaultKind::Busy: return "wait until it is free";
    case FaultKind::Offline: return "switch it on and check its cable or network";
    case FaultKind::DeviceIo: return "check its cable or network";
    case FaultKind::NoMemory: return "switch the scanner off and on, or choose a lower resolution";
    case FaultKind::Denied: return "ask for access to it";
    case FaultKind::Unsupported: return "choose other settings";
    case FaultKind::Hung:
    case FaultKind::Crashed: return "switch the scanner off and on if it happens again";
    case FaultKind::ShortPage:
    case FaultKind::EmptyPage:
    case FaultKind::StillLoaded: return {};
  }
  return {};
}

// Counted from what is stored, not from where sheets seem to be: scanners with buffers take in more than they tell.
std::string paper(const Fault& fault) {
  if (fault.last_side_suspect)
    return "put the last stored sheet and every one behind it back on top of the stack, in order, and resume";
  if (fault.sheets_in_transport > 0 || fault.feeds_ahead)
    return "put every sheet behind the last stored one back on top of the stack, in order, and resume";
  return "leave the stack as it is and resume";
}

}  // namespace

std::string advice(const Fault& fault) {
  std::string text = what(fault);
  if (!fault.raw_text.empty()) text += fmt::format(" ({} on {})", fault.raw_text, to_string(fault.phase));
  text += "; ";
  if (const std::string first = remedy(fault); !first.empty()) text += first + ", then ";
  return text + paper(fault);
}

const char* to_string(EndReason reason) {
  switch (reason) {
    case EndReason::FeederEmpty: return "feeder empty";
    case EndReason::CountReached: return "count reached";
    case EndReason::Cancelled: return "cancelled";
  }
  return "?";
}

const char* to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::Jam: return "jam";
    case FaultKind::DoubleFeed: return "double feed";
    case FaultKind::CoverOpen: return "cover open";
    case FaultKind::Busy: return "busy";
    case FaultKind::Offline: return "offline";
    case FaultKind::DeviceIo: return "device I/O";
    case FaultKind::ShortPage: return "short page";
    case FaultKind::EmptyPage: return "empty page";
    case FaultKind::NoMemory: return "no memory";
    case FaultKind::Denied: return "denied";
    case FaultKind::Unsupported: return "unsupported";
    case FaultKind::Hung: return "hung";
    case FaultKind::Crashed: return "crashed";
    case FaultKind::StillLoaded: return "still loaded";
  }
  return "?";
}

const char* to_string(FaultPhase phase) {
  switch (phase) {
    case FaultPhase::Open: return "open";
    case FaultPhase::Configure: return "configure";
    case FaultPhase::Start: return "start";
    case FaultPhase::Read: return "read";
    case FaultPhase::End: return "end";
  }
  return "?";
}

}  // namespace chartscan::scan
