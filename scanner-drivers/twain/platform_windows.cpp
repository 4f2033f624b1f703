#if defined(_WIN32)

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>

#include <array>
#include <filesystem>

#include "scanner-drivers/twain/platform.h"

namespace chartscan::scan::twain {
namespace {

// Sources live in the process, so a 64 bit program sees 64 bit sources only. TWAINDSM.dll is the manager of TWAIN 2.x; the
// TWAIN_32.dll that older systems have is not looked for: it gives no entry points.
constexpr const wchar_t* kManager = L"TWAINDSM.dll";
constexpr DWORD kBreath = 10;  // ms between two looks when no message comes

bool is_readable(DWORD protection) {
  constexpr DWORD kReadable =
      PAGE_READONLY | PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
  return (protection & kReadable) != 0 && (protection & PAGE_GUARD) == 0;
}

// Copies only where the system says that every page on the way is there.
class ForeignMemory : public ByteSource {
 public:
  explicit ForeignMemory(const void* start) : start_(start) {}
  bool read(std::uint64_t offset, std::span<std::uint8_t> to) const override {
    const std::uintptr_t first = reinterpret_cast<std::uintptr_t>(start_) + static_cast<std::uintptr_t>(offset);
    const std::uintptr_t end = first + to.size();
    if (first < offset || end < first) return false;
    for (std::uintptr_t at = first; at < end;) {
      MEMORY_BASIC_INFORMATION page;
      if (!VirtualQuery(reinterpret_cast<void*>(at), &page, sizeof(page)) || page.State != MEM_COMMIT ||
          !is_readable(page.Protect))
        return false;
      at = reinterpret_cast<std::uintptr_t>(page.BaseAddress) + page.RegionSize;
    }
    if (!to.empty()) std::memcpy(to.data(), reinterpret_cast<const void*>(first), to.size());
    return true;
  }

 private:
  const void* start_;
};

wire::Handle __stdcall allocate(std::uint32_t bytes) { return GlobalAlloc(GHND, bytes); }
void __stdcall release(wire::Handle handle) { GlobalFree(handle); }
void* __stdcall lock(wire::Handle handle) { return GlobalLock(handle); }
void __stdcall unlock(wire::Handle handle) { GlobalUnlock(handle); }

class WindowsPlatform : public Platform {
 public:
  ~WindowsPlatform() override {
    if (window_) DestroyWindow(window_);
    if (library_) FreeLibrary(library_);
  }

  Result<wire::DsmEntry> load_manager(const std::string& path) override {
    const std::wstring named = std::filesystem::path(std::u8string(path.begin(), path.end())).wstring();
    // Never from the current folder: whoever can drop a file there could run code in our name.
    library_ = path.empty()
                   ? LoadLibraryExW(kManager, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_APPLICATION_DIR)
                   : LoadLibraryExW(named.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (!library_ && !path.empty())
      return Error{ErrorCode::Configuration,
                   "the TWAIN source manager " + path + " cannot be loaded: system error " + std::to_string(GetLastError())};
    if (!library_)
      return Error{ErrorCode::NotFound, "no TWAIN source manager (TWAINDSM.dll) is installed; CHARTSCAN_TWAIN_DSM can name one"};
    const auto entry = reinterpret_cast<void*>(GetProcAddress(library_, "DSM_Entry"));
    if (!entry)
      return Error{ErrorCode::Configuration, "the TWAIN source manager has no DSM_Entry; it is another library of that name"};
    return reinterpret_cast<wire::DsmEntry>(entry);
  }

  wire::EntryPoint system_memory() const override { return {sizeof(wire::EntryPoint), nullptr, allocate, release, lock, unlock}; }

  // Never shown. Many sources make their own windows children of it and fail without.
  wire::Handle parent_window() override {
    if (!window_)
      window_ =
          CreateWindowExW(0, L"STATIC", L"Chartscan", WS_POPUP, 0, 0, 0, 0, nullptr, nullptr, GetModuleHandleW(nullptr), nullptr);
    return window_;
  }

  // Each message is offered to the source first, as TWAIN asks; what it does not take goes the ordinary way.
  void pump(std::chrono::milliseconds longest, const Offer& offer) override {
    MsgWaitForMultipleObjects(0, nullptr, FALSE, std::min<DWORD>(kBreath, static_cast<DWORD>(longest.count())), QS_ALLINPUT);
    MSG message;
    while (PeekMessageW(&message, nullptr, 0, 0, PM_REMOVE)) {
      if (offer(&message, Occasion::Message)) return;
      TranslateMessage(&message);
      DispatchMessageW(&message);
    }
    MSG nothing{};  // never a null pointer: sources look into it
    nothing.hwnd = window_;
    nothing.message = WM_NULL;
    offer(&nothing, Occasion::Idle);
  }

  std::unique_ptr<ByteSource> foreign_memory(const void* start) const override { return std::make_unique<ForeignMemory>(start); }

  // The temporary folder of a Windows user is readable by that user alone.
  Result<std::string> private_folder() override {
    std::error_code failed;
    const auto base = std::filesystem::temp_directory_path(failed);
    for (int attempt = 0; !failed && attempt < 100; ++attempt) {
      const auto folder = base / ("chartscan-twain-" + std::to_string(GetCurrentProcessId()) + "-" +
                                  std::to_string(GetTickCount64() + static_cast<unsigned>(attempt)));
      if (std::filesystem::create_directory(folder, failed)) return folder.string();
    }
    return Error{ErrorCode::Storage,
                 "no folder for file transfer can be made in the temporary folder; check its space and rights"};
  }

 private:
  HMODULE library_ = nullptr;
  HWND window_ = nullptr;
};

}  // namespace

std::unique_ptr<Platform> make_platform() { return std::make_unique<WindowsPlatform>(); }

}  // namespace chartscan::scan::twain

#endif
