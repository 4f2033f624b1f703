// The fake source: what stands behind DS_Entry. It serves a tray (tray.h) and watches the application: every call in the
// wrong state is refused with SEQERROR and written down.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "scanner-drivers/twain/wire.h"
#include "tests/twain/capabilities.h"
#include "tests/twain/options.h"
#include "tests/twain/tray.h"

namespace chartscan::fake_twain {

// What the source needs of its manager.
struct Manager {
  tw::wire::EntryPoint memory{};
};
Manager& manager();

tw::wire::Identity source_identity();

std::uint16_t source_entry(tw::wire::Identity* application, std::uint32_t group, std::uint16_t data, std::uint16_t message,
                           void* body);

}  // namespace chartscan::fake_twain
