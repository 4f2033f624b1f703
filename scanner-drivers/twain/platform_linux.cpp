#if !defined(_WIN32)

#include <dlfcn.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "scanner-drivers/twain/platform.h"

namespace chartscan::scan::twain {
namespace {

// The manager's own build installs below /usr/local, which the loader's cache need not know.
constexpr std::array kUsualPlaces = {"libtwaindsm.so.2", "libtwaindsm.so", "/usr/local/lib/libtwaindsm.so.2",
                                     "/usr/local/lib/libtwaindsm.so"};
constexpr auto kBreath = std::chrono::milliseconds(5);  // between two looks at an empty event

// Read by the kernel, which refuses addresses that do not exist where a plain copy would end the process.
class ForeignMemory : public ByteSource {
 public:
  explicit ForeignMemory(const void* start) : start_(start) {}
  bool read(std::uint64_t offset, std::span<std::uint8_t> to) const override {
    if (to.empty()) return true;
    const auto address = reinterpret_cast<std::uintptr_t>(start_) + offset;
    if (address < offset) return false;
    const iovec local{to.data(), to.size()}, remote{reinterpret_cast<void*>(address), to.size()};
    const ssize_t copied = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
    if (copied >= 0 || (errno != EPERM && errno != ENOSYS)) return copied == static_cast<ssize_t>(to.size());
    // A sandbox that does not let us ask: then the numbers that were bounded before must do.
    std::memcpy(to.data(), reinterpret_cast<const void*>(address), to.size());
    return true;
  }

 private:
  const void* start_;
};

// calloc and its kin: a handle is the address.
wire::Handle allocate(std::uint32_t bytes) { return std::calloc(1, bytes); }
void release(wire::Handle handle) { std::free(handle); }
void* lock(wire::Handle handle) { return handle; }
void unlock(wire::Handle) {}

class LinuxPlatform : public Platform {
 public:
  ~LinuxPlatform() override {
    if (library_) dlclose(library_);
  }

  Result<wire::DsmEntry> load_manager(const std::string& path) override {
    if (!path.empty()) {
      library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
      if (!library_)
        return Error{ErrorCode::Configuration, "the TWAIN source manager " + path + " cannot be loaded: " + dlerror()};
    }
    for (auto place = kUsualPlaces.begin(); !library_ && place != kUsualPlaces.end(); ++place)
      library_ = dlopen(*place, RTLD_NOW | RTLD_LOCAL);
    if (!library_)
      return Error{ErrorCode::NotFound,
                   "no TWAIN source manager (libtwaindsm.so.2) is installed; CHARTSCAN_TWAIN_DSM can name one"};
    void* const entry = dlsym(library_, "DSM_Entry");
    if (!entry)
      return Error{ErrorCode::Configuration, "the TWAIN source manager has no DSM_Entry; it is another library of that name"};
    return reinterpret_cast<wire::DsmEntry>(entry);
  }

  wire::EntryPoint system_memory() const override { return {sizeof(wire::EntryPoint), nullptr, allocate, release, lock, unlock}; }
  wire::Handle parent_window() override { return nullptr; }

  void pump(std::chrono::milliseconds longest, const Offer& offer) override {
    if (!offer(nullptr, Occasion::Idle)) std::this_thread::sleep_for(std::min(longest, std::chrono::milliseconds(kBreath)));
  }

  std::unique_ptr<ByteSource> foreign_memory(const void* start) const override { return std::make_unique<ForeignMemory>(start); }

  Result<std::string> private_folder() override {
    std::error_code failed;
    std::string pattern = (std::filesystem::temp_directory_path(failed) / "chartscan-twain-XXXXXX").string();
    if (failed || !mkdtemp(pattern.data()))
      return Error{ErrorCode::Storage,
                   "no folder for file transfer can be made in the temporary folder; check its space and rights"};
    return pattern;
  }

 private:
  void* library_ = nullptr;
};

}  // namespace

std::unique_ptr<Platform> make_platform() { return std::make_unique<LinuxPlatform>(); }

}  // namespace chartscan::scan::twain

#endif
