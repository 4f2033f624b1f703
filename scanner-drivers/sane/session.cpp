#include "scanner-drivers/sane/session.h"

#include <algorithm>
#include <array>

namespace chartscan::scan::sane {

const char* to_string(Code code) {
  static constexpr std::array kNames{"SANE_STATUS_GOOD",        "SANE_STATUS_UNSUPPORTED", "SANE_STATUS_CANCELLED",
                                     "SANE_STATUS_DEVICE_BUSY", "SANE_STATUS_INVAL",       "SANE_STATUS_EOF",
                                     "SANE_STATUS_JAMMED",      "SANE_STATUS_NO_DOCS",     "SANE_STATUS_COVER_OPEN",
                                     "SANE_STATUS_IO_ERROR",    "SANE_STATUS_NO_MEM",      "SANE_STATUS_ACCESS_DENIED",
                                     "SANE_STATUS_WARMING_UP",  "SANE_STATUS_HW_LOCKED"};
  const auto index = static_cast<std::size_t>(code);
  return index < kNames.size() ? kNames[index] : "a status SANE does not know";
}

std::optional<Option> find_option(Session& session, const std::string& name) {
  const std::vector<Option>& options = session.options();
  const auto found = std::ranges::find_if(options, [&](const Option& option) { return option.active && option.name == name; });
  if (found == options.end()) return std::nullopt;
  return *found;
}

}  // namespace chartscan::scan::sane
