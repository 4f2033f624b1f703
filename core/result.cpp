#include "core/result.h"

#include <array>

namespace chartscan {

const ErrorTraits& traits(ErrorCode code) {
  static constexpr std::array kTable{
#define CHARTSCAN_ERROR(name, text, exit_code, http_status, retry) ErrorTraits{#name, text, exit_code, http_status, retry},
#include "core/errors.def"
#undef CHARTSCAN_ERROR
  };
  return kTable.at(static_cast<std::size_t>(code));
}

std::string to_string(const Error& error) {
  return error.context.empty() ? error.message : error.context + ": " + error.message;
}

}  // namespace chartscan
