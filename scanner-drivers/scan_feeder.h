// A scanner as a feeder: sides from a supervised worker process, each as a lossless TIFF (G4 for bitonal, deflate otherwise)
// with its resolution. The next side is asked of the device only when next() is called again, so "durable before the next
// sheet" holds by construction.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scanner-drivers/driver.h"
#include "scanner-drivers/feeder.h"

namespace chartscan::scan {

// Limits of the watchdog. Only bytes from the device count as life: a driver that answers "0 bytes, all is well" for ever
// is hung.
struct Patience {
  int open_seconds = 60;
  int start_seconds = 120;  // warm-up, a network scanner that answers "come back later"
  int read_seconds = 30;    // without one byte
};

struct ScannerOptions {
  std::string device;  // DeviceInfo::id
  ScanRequest request;
  Patience patience;
  std::vector<std::string> worker_command;  // empty: this program's own worker verb
};

// Where numbering goes on.
struct FeedFrom {
  int sheet = 1;
  int attempt = 1;  // of that first sheet; later sheets are at their first
};

class ScanFeeder : public Feeder {
 public:
  virtual const Settings& settings() const = 0;  // in force, with notes
  // Any thread: ends after the sheet in work, so that no front stays without its back.
  virtual void cancel() = 0;
};

// Opens the device, configures it and starts the batch. A fault on the way is the first thing next() says.
Result<std::unique_ptr<ScanFeeder>> open_scanner(const ScannerOptions& options, FeedFrom from);

// Where feeding goes on after a fault, given the last side that was stored in that batch: the sheets from here on go back
// on the stack.
FeedFrom feed_again_from(const std::optional<SideOrigin>& last_stored, const Fault& fault);

// What can be scanned with, asked in a worker process as well, because listing loads foreign code.
struct DeviceList {
  std::vector<DeviceInfo> devices;
  std::vector<std::string> notes;  // drivers that could not be asked, and why
};
Result<DeviceList> list_scanners(const std::vector<std::string>& worker_command = {});
Result<Capabilities> scanner_capabilities(const std::string& device, const std::vector<std::string>& worker_command = {});

// The worker's side of it: what the hidden verb of the program runs. Returns the exit code.
int run_scan_worker(int socket);

}  // namespace chartscan::scan
