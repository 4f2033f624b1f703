// What a supervisor and its worker say to each other. One request, one answer; NextSide is answered by SideBegins, any
// number of Rows and Progress, and then SideEnds, EndOfPaper or FaultIs.
//
//   frame:  length of the payload, 4 bytes little-endian | type, 1 byte | payload
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"
#include "scanner-drivers/driver.h"
#include "scanner-drivers/worker/wire.h"

namespace chartscan::scan::worker {

enum class MessageType : std::uint8_t {
  // to the worker
  List = 1,      // scheme -> Devices
  Open,          // id -> Done | FaultIs
  Capabilities,  // -> CapabilitiesAre
  Configure,     // ScanRequest -> SettingsAre
  StartBatch,    // -> Done | FaultIs
  NextSide,
  // from the worker
  Devices = 64,
  Done,
  CapabilitiesAre,
  SettingsAre,
  SideBegins,  // SideFormat
  Rows,        // pixels, whole rows
  Progress,    // bytes the device has given for this side so far
  SideEnds,    // SideMeta
  PaperEnds,   // EndOfPaper
  FaultIs,
  Failure,  // Error: refused by us, not by the device
};

inline constexpr std::uint32_t kLongestPayload = 4 << 20;  // bytes

struct Message {
  MessageType type = MessageType::Failure;
  Bytes payload;
};

template <>
inline constexpr PaperSource kLastOf<PaperSource> = PaperSource::AdfDuplex;
template <>
inline constexpr PixelMode kLastOf<PixelMode> = PixelMode::Color;
template <>
inline constexpr EndReason kLastOf<EndReason> = EndReason::Cancelled;
template <>
inline constexpr FaultKind kLastOf<FaultKind> = FaultKind::StillLoaded;
template <>
inline constexpr FaultPhase kLastOf<FaultPhase> = FaultPhase::End;
template <>
inline constexpr ErrorCode kLastOf<ErrorCode> = ErrorCode::Internal;

void fields(auto& wire, Of<Millimetres> auto& v) { wire(v.width, v.height); }
void fields(auto& wire, Of<DeviceInfo> auto& v) { wire(v.id, v.vendor, v.model, v.kind); }
void fields(auto& wire, Of<ScanRequest> auto& v) {
  wire(v.source, v.dpi, v.mode, v.depth, v.size, v.brightness, v.contrast, v.stop_at_double_feed, v.sheet_limit);
}
void fields(auto& wire, Of<Settings> auto& v) {
  wire(v.source, v.source_name, v.dpi_x, v.dpi_y, v.mode, v.depth, v.size, v.has_paper_sensor, v.detects_double_feed,
       v.feeds_ahead, v.notes);
}
void fields(auto& wire, Of<Capability> auto& v) {
  wire(v.name, v.title, v.unit, v.value, v.choices, v.low, v.high, v.step, v.read_only);
}
void fields(auto& wire, Of<Capabilities> auto& v) {
  wire(v.sources, v.source_names, v.modes, v.resolutions, v.dpi_low, v.dpi_high, v.largest, v.paper_sensor,
       v.double_feed_detection, v.all);
}
void fields(auto& wire, Of<SideFormat> auto& v) { wire(v.width, v.height, v.channels, v.depth, v.dpi_x, v.dpi_y); }
void fields(auto& wire, Of<SideMeta> auto& v) {
  wire(v.driver_sequence, v.side, v.height, v.bytes_expected, v.bytes_received, v.notes);
}
void fields(auto& wire, Of<EndOfPaper> auto& v) { wire(v.reason); }
void fields(auto& wire, Of<Fault> auto& v) {
  wire(v.kind, v.phase, v.raw_code, v.raw_text, v.side, v.sheets_in_transport, v.feeds_ahead, v.last_side_suspect);
}
void fields(auto& wire, Of<Error> auto& v) { wire(v.code, v.message, v.context); }

template <typename T>
Message message(MessageType type, const T& value) {
  Message made{type, {}};
  Writer writer(made.payload);
  writer(value);
  return made;
}
inline Message message(MessageType type) { return {type, {}}; }

// Nothing where the payload is not exactly one T.
template <typename T>
std::optional<T> read_payload(std::span<const std::uint8_t> payload) {
  T value{};
  Reader reader(payload);
  reader(value);
  if (!reader.ok()) return std::nullopt;
  return value;
}

// A format that can be: sides of these sizes are taken, others never came from paper.
bool believable(const SideFormat& format);
inline constexpr std::uint64_t kLargestSide = std::uint64_t{2} << 30;  // bytes

}  // namespace chartscan::scan::worker
