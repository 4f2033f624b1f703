// What the runner and a page worker's process say to each other. The worker is told its orders once and answers Ready; then one
// page after the other: Work, answered by any number of Reads, WantPath and StageBegins, and then PictureIs, PageIs, TextIs or a Lost or Failure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/channel.h"
#include "pipeline/page_worker.h"

namespace chartscan {

template <>
inline constexpr ocr::EngineChoice wire::kLastOf<ocr::EngineChoice> = ocr::EngineChoice::Tesseract;
template <>
inline constexpr pipeline::SeparatorAction wire::kLastOf<pipeline::SeparatorAction> = pipeline::SeparatorAction::Batch;
template <>
inline constexpr pipeline::Loss::How wire::kLastOf<pipeline::Loss::How> = pipeline::Loss::How::LibraryFailed;

}  // namespace chartscan

namespace chartscan::imaging {
void fields(auto& to, wire::Of<DecodeLimits> auto& v) { to(v.max_pixels, v.max_pages, v.max_child_bytes, v.max_child_seconds); }
}  // namespace chartscan::imaging

namespace chartscan::pipeline {

void fields(auto& to, wire::Of<SeparatorSettings::PatchRule> auto& v) { to(v.sign, v.action); }
void fields(auto& to, wire::Of<SeparatorSettings> auto& v) { to(v.patches, v.ignore, v.batch, v.patient, v.document, v.most_words); }
void fields(auto& to, wire::Of<StageSettings> auto& v) {
  to(v.language, v.engine, v.working_dpi, v.ocr_seconds_per_page, v.low_text_confidence, v.separators, v.picture_width);
}
void fields(auto& to, wire::Of<PageLimits> auto& v) { to(v.seconds, v.megabytes); }
void fields(auto& to, wire::Of<WorkOrders> auto& v) { to(v.stages, v.decode, v.page, v.nice, v.scratch); }
void fields(auto& to, wire::Of<Loss> auto& v) { to(v.how, v.stage, v.words); }

}  // namespace chartscan::pipeline

namespace chartscan::pipeline::worker {

enum class MessageType : std::uint8_t {
  // to the worker
  Orders = 1,  // WorkOrders -> Ready | Failure
  Work,        // WorkRequest
  Bytes,       // of the original, as asked for
  PathIs,      // of a file with the same bytes
  // from the worker
  Ready = 64,
  StageBegins,  // its name
  Read,         // ReadRequest -> Bytes
  WantPath,     // -> PathIs
  PictureIs,    // its picture, JPEG, where one was made
  PageIs,       // the page's record, as stored
  TextIs,       // its text, as stored: the page is done
  Lost,         // Loss: a library threw
  Failure,      // Error: ours, not the page's
};

inline bool is_known(MessageType type) {
  return (type >= MessageType::Orders && type <= MessageType::PathIs) || (type >= MessageType::Ready && type <= MessageType::Failure);
}

inline constexpr std::uint32_t kLongestPayload = 64 << 20;  // bytes: a page's text
inline constexpr std::uint32_t kMostBytesAtOnce = 1 << 20;

struct WorkRequest {
  std::string page;  // its record, as stored
  std::uint64_t size = 0;
  bool has_path = false;
  std::vector<std::string> leave_out;  // stages
};
struct ReadRequest {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
};
void fields(auto& to, wire::Of<WorkRequest> auto& v) { to(v.page, v.size, v.has_path, v.leave_out); }
void fields(auto& to, wire::Of<ReadRequest> auto& v) { to(v.offset, v.size); }

using Message = chartscan::Message<MessageType>;
using Channel = chartscan::Channel<MessageType, kLongestPayload>;

inline std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
inline std::string_view as_text(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace chartscan::pipeline::worker
