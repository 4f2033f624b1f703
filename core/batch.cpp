#include "core/batch.h"

#include <array>

namespace chartscan {
namespace {
constexpr std::array kBatchStates{"open", "stopped", "fed", "closed", "released"};
}

bool is_scanned(const Batch& batch) { return !batch.scan.source.empty(); }

const char* to_string(BatchState state) { return kBatchStates[static_cast<std::size_t>(state)]; }

std::optional<BatchState> parse_batch_state(std::string_view text) {
  for (std::size_t i = 0; i < kBatchStates.size(); ++i)
    if (text == kBatchStates[i]) return static_cast<BatchState>(i);
  return std::nullopt;
}

}  // namespace chartscan
