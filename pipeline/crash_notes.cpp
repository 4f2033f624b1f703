#include "pipeline/crash_notes.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <string>

namespace chartscan::pipeline {
namespace {

constexpr std::array kFatal{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr const char* kFileName = "crashes";

thread_local std::uint64_t page_at_work = 0;
char notes_path[4096];  // fixed before the handler can run

// Only async-signal-safe calls: the heap may be what broke.
void note_and_die(int signal) {
  if (page_at_work != 0) {
    char line[32];
    std::size_t end = sizeof line;
    line[--end] = '\n';
    for (std::uint64_t rest = page_at_work; rest != 0; rest /= 10) line[--end] = static_cast<char>('0' + rest % 10);
    const int file = open(notes_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
      [[maybe_unused]] const ssize_t written = write(file, line + end, sizeof line - end);
      fsync(file);
    }
  }
  ::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

void CrashNotes::install(const std::filesystem::path& folder) {
  const std::string path = (folder / kFileName).string();
  if (folder.empty() || path.size() >= sizeof notes_path) return;
  std::memcpy(notes_path, path.c_str(), path.size() + 1);
  struct sigaction action {};
  action.sa_handler = note_and_die;
  sigemptyset(&action.sa_mask);
  for (const int signal : kFatal) sigaction(signal, &action, nullptr);
}

CrashNotes::Working::Working(PageId page) { page_at_work = page.value; }
CrashNotes::Working::~Working() { page_at_work = 0; }

std::map<PageId, int> CrashNotes::load(const std::filesystem::path& folder) {
  std::map<PageId, int> crashes;
  std::ifstream in(folder / kFileName);
  for (std::string line; std::getline(in, line);)
    if (const auto page = parse_id<PageId>(line)) ++crashes[*page];
  return crashes;
}

}  // namespace chartscan::pipeline
