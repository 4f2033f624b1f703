#include "scanner-drivers/twain/faults.h"

#include <array>
#include <utility>

namespace chartscan::scan::twain {
namespace {

constexpr std::array<const char*, 12> kReturnNames = {
    "TWRC_SUCCESS",  "TWRC_FAILURE",   "TWRC_CHECKSTATUS",      "TWRC_CANCEL",           "TWRC_DSEVENT", "TWRC_NOTDSEVENT",
    "TWRC_XFERDONE", "TWRC_ENDOFLIST", "TWRC_INFONOTSUPPORTED", "TWRC_DATANOTAVAILABLE", "TWRC_BUSY",    "TWRC_SCANNERLOCKED"};

struct Meaning {
  ConditionCode code;
  const char* name;
  FaultKind kind;
};
constexpr std::array kConditions = {
    Meaning{ConditionCode::Success, "TWCC_SUCCESS", FaultKind::DeviceIo},
    Meaning{ConditionCode::Bummer, "TWCC_BUMMER", FaultKind::DeviceIo},
    Meaning{ConditionCode::LowMemory, "TWCC_LOWMEMORY", FaultKind::NoMemory},
    Meaning{ConditionCode::NoSource, "TWCC_NODS", FaultKind::Offline},
    Meaning{ConditionCode::MaxConnections, "TWCC_MAXCONNECTIONS", FaultKind::Busy},
    Meaning{ConditionCode::OperationError, "TWCC_OPERATIONERROR", FaultKind::DeviceIo},
    Meaning{ConditionCode::BadCapability, "TWCC_BADCAP", FaultKind::Unsupported},
    Meaning{ConditionCode::BadProtocol, "TWCC_BADPROTOCOL", FaultKind::Unsupported},
    Meaning{ConditionCode::BadValue, "TWCC_BADVALUE", FaultKind::Unsupported},
    Meaning{ConditionCode::SequenceError, "TWCC_SEQERROR", FaultKind::DeviceIo},
    Meaning{ConditionCode::BadDestination, "TWCC_BADDEST", FaultKind::Offline},
    Meaning{ConditionCode::CapabilityUnsupported, "TWCC_CAPUNSUPPORTED", FaultKind::Unsupported},
    Meaning{ConditionCode::CapabilityBadOperation, "TWCC_CAPBADOPERATION", FaultKind::Unsupported},
    Meaning{ConditionCode::CapabilitySequenceError, "TWCC_CAPSEQERROR", FaultKind::Unsupported},
    Meaning{ConditionCode::Denied, "TWCC_DENIED", FaultKind::Denied},
    Meaning{ConditionCode::FileExists, "TWCC_FILEEXISTS", FaultKind::DeviceIo},
    Meaning{ConditionCode::FileNotFound, "TWCC_FILENOTFOUND", FaultKind::DeviceIo},
    Meaning{ConditionCode::NotEmpty, "TWCC_NOTEMPTY", FaultKind::DeviceIo},
    Meaning{ConditionCode::PaperJam, "TWCC_PAPERJAM", FaultKind::Jam},
    Meaning{ConditionCode::PaperDoubleFeed, "TWCC_PAPERDOUBLEFEED", FaultKind::DoubleFeed},
    Meaning{ConditionCode::FileWriteError, "TWCC_FILEWRITEERROR", FaultKind::NoMemory},
    Meaning{ConditionCode::CheckDeviceOnline, "TWCC_CHECKDEVICEONLINE", FaultKind::Offline},
    Meaning{ConditionCode::Interlock, "TWCC_INTERLOCK", FaultKind::CoverOpen},
    Meaning{ConditionCode::DamagedCorner, "TWCC_DAMAGEDCORNER", FaultKind::Jam},
    Meaning{ConditionCode::FocusError, "TWCC_FOCUSERROR", FaultKind::DeviceIo},
    Meaning{ConditionCode::DocumentTooLight, "TWCC_DOCTOOLIGHT", FaultKind::DeviceIo},
    Meaning{ConditionCode::DocumentTooDark, "TWCC_DOCTOODARK", FaultKind::DeviceIo},
    // Where an empty feeder is the end of the batch, it never becomes a fault; in the middle of a side it is one.
    Meaning{ConditionCode::NoMedia, "TWCC_NOMEDIA", FaultKind::DeviceIo},
};

const Meaning* meaning(ConditionCode code) {
  for (const Meaning& known : kConditions)
    if (known.code == code) return &known;
  return nullptr;
}

FaultKind kind_of(const Reply& reply) {
  if (reply.code == ReturnCode::Busy || reply.code == ReturnCode::ScannerLocked) return FaultKind::Busy;
  if (reply.code != ReturnCode::Failure) return FaultKind::DeviceIo;
  const Meaning* known = meaning(reply.condition);
  return known ? known->kind : FaultKind::DeviceIo;
}

// A sheet is on its way while it is read, while its back is still to come, or when the paper path itself complains.
int sheets_on_their_way(FaultKind kind, FaultPhase phase, int side) {
  if (phase == FaultPhase::Open || phase == FaultPhase::Configure) return 0;
  const bool paper_path = kind == FaultKind::Jam || kind == FaultKind::DoubleFeed;
  return phase == FaultPhase::Read || side == 1 || paper_path ? 1 : 0;
}

}  // namespace

std::string to_string(const Reply& reply) {
  const auto code = static_cast<std::size_t>(reply.code);
  std::string text = code < kReturnNames.size() ? kReturnNames[code] : "TWRC " + std::to_string(code);
  if (reply.code != ReturnCode::Failure) return text;
  const Meaning* known = meaning(reply.condition);
  return text + "/" + (known ? known->name : "TWCC " + std::to_string(static_cast<int>(reply.condition)));
}

Fault make_fault(FaultKind kind, FaultPhase phase, int side, const std::string& text) {
  return {.kind = kind,
          .phase = phase,
          .raw_text = text,
          .side = side,
          .sheets_in_transport = sheets_on_their_way(kind, phase, side),
          .last_side_suspect = kind == FaultKind::DoubleFeed};
}

Fault to_fault(const Reply& reply, FaultPhase phase, int side) {
  Fault fault = make_fault(kind_of(reply), phase, side, to_string(reply));
  fault.raw_code = reply.code == ReturnCode::Failure ? static_cast<int>(reply.condition) : static_cast<int>(reply.code);
  return fault;
}

}  // namespace chartscan::scan::twain
