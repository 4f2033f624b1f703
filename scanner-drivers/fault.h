// How a feeding ends: as it should, or with a fault. Lower layers lie (a jam comes as an I/O error, a busy device as an
// empty feeder), so the raw code and its text are always kept beside our reading of it.
#pragma once

#include <string>

namespace chartscan::scan {

enum class EndReason { FeederEmpty, CountReached, Cancelled };

enum class FaultKind {
  Jam,
  DoubleFeed,
  CoverOpen,
  Busy,
  Offline,
  DeviceIo,
  ShortPage,
  EmptyPage,
  NoMemory,
  Denied,
  Unsupported,
  Hung,
  Crashed,
  StillLoaded,  // the device says its feeder is empty while its own paper sensor, or the operator's count, says otherwise
};

enum class FaultPhase { Open, Configure, Start, Read, End };

struct Fault {
  FaultKind kind = FaultKind::DeviceIo;
  FaultPhase phase = FaultPhase::Start;
  int raw_code = 0;      // of the layer below (SANE_Status, TWCC_...), or the signal that ended the worker
  std::string raw_text;  // "SANE_STATUS_JAMMED"
  int side = 0;          // 0 front, 1 back: the side that was being fetched
  // Sheets that may have left the tray without all their sides having been delivered.
  int sheets_in_transport = 0;
  // The device or its backend feeds ahead without asking: any number of sheets behind the last stored one may have gone
  // through besides. The same is true when such a batch is cancelled.
  bool feeds_ahead = false;
  // The side delivered last cannot be trusted either (double feed).
  bool last_side_suspect = false;
};

// A sentence for the operator: what happened and what to do with the paper. Never names a patient.
std::string advice(const Fault& fault);

const char* to_string(EndReason reason);
const char* to_string(FaultKind kind);
const char* to_string(FaultPhase phase);

}  // namespace chartscan::scan
