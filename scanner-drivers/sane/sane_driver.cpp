#include "scanner-drivers/sane/sane_driver.h"

#include <algorithm>

#include "scanner-drivers/sane/libsane.h"
#include "scanner-drivers/sane/sane_device.h"

namespace chartscan::scan {

namespace {

constexpr const char* kScheme = "sane";

std::string without_scheme(const std::string& id) {
  const std::string prefix = std::string(kScheme) + ":";
  return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

class SaneDriver : public Driver {
 public:
  std::string scheme() const override { return kScheme; }

  Result<std::vector<DeviceInfo>> list() override {
    TRY_STATUS(load());
    TRY(std::vector<DeviceInfo> devices, library_->devices());
    for (DeviceInfo& device : devices) device.id = std::string(kScheme) + ":" + device.id;
    return devices;
  }

  std::variant<std::unique_ptr<Device>, Fault> open(const std::string& id) override {
    if (const Status loaded = load(); !loaded.ok())
      return Fault{.kind = FaultKind::Offline, .phase = FaultPhase::Open, .raw_code = -1, .raw_text = loaded.error().message};
    const std::string name = without_scheme(id);
    auto opened = library_->open(name);
    if (const auto* code = std::get_if<sane::Code>(&opened)) return sane::fault_of(*code, FaultPhase::Open);
    std::unique_ptr<sane::Session>& session = std::get<0>(opened);
    // Without a source option only the list tells a feeder from a glass.
    const std::string kind = sane::find_option(*session, "source") ? "" : library_->kind_of(name);
    return sane::make_device(std::move(session), {.name = name, .kind = kind});
  }

 private:
  Status load() {
    if (library_) return {};
    TRY(library_, sane::load_library());
    return {};
  }

  std::shared_ptr<sane::Library> library_;
};

}  // namespace

std::unique_ptr<Driver> make_sane_driver() { return std::make_unique<SaneDriver>(); }

}  // namespace chartscan::scan
