// What people look at: tables, a progress bar, colour only where a terminal shows it.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/ingest.h"
#include "scanner-drivers/scan_feeder.h"

namespace chartscan::app::cli {

// Whose command this thread runs, and where its words go: the process's own, or, in a server, somebody's at another terminal.
struct Seat {
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  std::string user;      // empty = the process's
  bool elsewhere = false;  // in a server
  std::optional<bool> colours;
  // Elsewhere: what to do when the one at the terminal wants to end. Empty function: the command is over.
  std::function<void(std::function<void()>)> on_end;
  int in = 0;  // where a password is read from; owned by whoever set it
};
Seat& seat();  // this thread's
inline std::FILE* std_out() { return seat().out; }
inline std::FILE* std_err() { return seat().err; }

enum class Style { Plain, Bold, Dim, Good, Warn, Bad };

bool is_terminal(std::FILE* stream);
// `text` in `style` where stdout is a terminal and NO_COLOR is not set; otherwise as it is.
std::string styled(const std::string& text, Style style);
// The hit words of a snippet: bold on a terminal, [in brackets] elsewhere. Control bytes from the page never get out.
std::string shown_snippet(const std::string& snippet);
// What a page says may hold anything: control characters are dropped before it reaches a terminal.
std::string printable(const std::string& text);
std::string local_time(std::int64_t unix_seconds);  // "2026-11-22 08:15:00"
// Who does something: as named, else the user of the system.
std::string person(const std::string& named);

// What a device differs in from what was wanted, on stderr.
void tell_settings(const scan::ScanFeeder& feeder);

class Table {
 public:
  enum class Align { Left, Right };
  void column(std::string heading, Align align = Align::Left) { columns_.push_back({std::move(heading), align}); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(std::FILE* out) const;

 private:
  struct Column {
    std::string heading;
    Align align;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A bar with pages/min and time left on a terminal, one line a minute elsewhere; on stderr. Any thread.
class ProgressBar {
 public:
  void show(const pipeline::Progress& progress);
  void done();

 private:
  void show_feeding(const pipeline::Progress& progress, bool terminal);  // with mutex_ held

  std::FILE* const out_ = std_err();  // of the thread that made it
  std::mutex mutex_;
  bool drawn_ = false;                              // guarded by mutex_
  std::chrono::steady_clock::time_point last_{};    // guarded by mutex_
};

}  // namespace chartscan::app::cli
