// What a supervisor and its worker say to each other. One request, one answer; NextSide is answered by SideBegins, any
// number of Rows and Progress, and then SideEnds, EndOfPaper or FaultIs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/channel.h"
#include "core/result.h"
#include "scanner-drivers/driver.h"

namespace chartscan {

template <>
inline constexpr scan::PaperSource wire::kLastOf<scan::PaperSource> = scan::PaperSource::AdfDuplex;
template <>
inline constexpr scan::PixelMode wire::kLastOf<scan::PixelMode> = scan::PixelMode::Color;
template <>
inline constexpr scan::EndReason wire::kLastOf<scan::EndReason> = scan::EndReason::Cancelled;
template <>
inline constexpr scan::FaultKind wire::kLastOf<scan::FaultKind> = scan::FaultKind::StillLoaded;
template <>
inline constexpr scan::FaultPhase wire::kLastOf<scan::FaultPhase> = scan::FaultPhase::End;

}  // namespace chartscan

namespace chartscan::scan {

void fields(auto& to, wire::Of<Millimetres> auto& v) { to(v.width, v.height); }
void fields(auto& to, wire::Of<DeviceInfo> auto& v) { to(v.id, v.vendor, v.model, v.kind); }
void fields(auto& to, wire::Of<ScanRequest> auto& v) {
  to(v.source, v.dpi, v.mode, v.depth, v.size, v.brightness, v.contrast, v.stop_at_double_feed, v.sheet_limit);
}
void fields(auto& to, wire::Of<Settings> auto& v) {
  to(v.source, v.source_name, v.dpi_x, v.dpi_y, v.mode, v.depth, v.size, v.has_paper_sensor, v.detects_double_feed,
       v.feeds_ahead, v.notes);
}
void fields(auto& to, wire::Of<Capability> auto& v) {
  to(v.name, v.title, v.unit, v.value, v.choices, v.low, v.high, v.step, v.read_only);
}
void fields(auto& to, wire::Of<Capabilities> auto& v) {
  to(v.sources, v.source_names, v.modes, v.resolutions, v.dpi_low, v.dpi_high, v.largest, v.paper_sensor,
       v.double_feed_detection, v.all);
}
void fields(auto& to, wire::Of<SideFormat> auto& v) { to(v.width, v.height, v.channels, v.depth, v.dpi_x, v.dpi_y); }
void fields(auto& to, wire::Of<SideMeta> auto& v) {
  to(v.driver_sequence, v.side, v.height, v.bytes_expected, v.bytes_received, v.notes);
}
void fields(auto& to, wire::Of<EndOfPaper> auto& v) { to(v.reason); }
void fields(auto& to, wire::Of<Fault> auto& v) {
  to(v.kind, v.phase, v.raw_code, v.raw_text, v.side, v.sheets_in_transport, v.feeds_ahead, v.last_side_suspect);
}

}  // namespace chartscan::scan

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

inline bool is_known(MessageType type) {
  return (type >= MessageType::List && type <= MessageType::NextSide) || (type >= MessageType::Devices && type <= MessageType::Failure);
}

using Bytes = wire::Bytes;
using Message = chartscan::Message<MessageType>;
using Channel = chartscan::Channel<MessageType, kLongestPayload>;

template <typename T>
Message message(MessageType type, const T& value) {
  return {type, wire::written(value)};
}
inline Message message(MessageType type) { return {type, {}}; }

// Nothing where the payload is not exactly one T.
template <typename T>
std::optional<T> read_payload(std::span<const std::uint8_t> payload) {
  return wire::read<T>(payload);
}

// A format that can be: sides of these sizes are taken, others never came from paper.
bool believable(const SideFormat& format);
inline constexpr std::uint64_t kLargestSide = std::uint64_t{2} << 30;  // bytes

}  // namespace chartscan::scan::worker
