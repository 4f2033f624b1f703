#include "app/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace chartscan::app::cli {
namespace {

constexpr int kBarWidth = 30;
constexpr std::chrono::milliseconds kBarPause{100};
constexpr std::chrono::seconds kLinePause{60};

bool colours() {
  std::optional<bool>& colours = seat().colours;
  if (!colours) colours = is_terminal(std_out()) && !std::getenv("NO_COLOR");
  return *colours;
}

// Columns a text takes: code points, which is right for the Latin text of ledgers and names. Escape sequences take none.
std::size_t columns_of(const std::string& text) {
  std::size_t width = 0;
  bool escape = false;
  for (const unsigned char c : text) {
    if (c == '\x1b') escape = true;
    if (!escape && (c & 0xC0) != 0x80) ++width;
    if (escape && c == 'm') escape = false;
  }
  return width;
}

std::string padded(const std::string& text, std::size_t width, Table::Align align) {
  const std::string pad(width - std::min(width, columns_of(text)), ' ');
  return align == Table::Align::Left ? text + pad : pad + text;
}

std::string time_left(double seconds) {
  const int whole = static_cast<int>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

}  // namespace

Seat& seat() {
  thread_local Seat here;
  return here;
}

bool is_terminal(std::FILE* stream) { return isatty(fileno(stream)) == 1; }

std::string styled(const std::string& text, Style style) {
  if (!colours() || style == Style::Plain) return text;
  const char* code = "0";
  switch (style) {
    case Style::Bold: code = "1"; break;
    case Style::Dim: code = "2"; break;
    case Style::Good: code = "32"; break;
    case Style::Warn: code = "33"; break;
    case Style::Bad: code = "31"; break;
    case Style::Plain: break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string local_time(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm local{};
  char text[32] = "";
  if (localtime_r(&time, &local)) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
  return text;
}

std::string person(const std::string& named) {
  if (!named.empty()) return named;
  if (!seat().user.empty()) return seat().user;
  const char* user = std::getenv("USER");
  return user ? user : "";
}

std::string printable(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) out.push_back(c < 0x20 || c == 0x7f ? ' ' : static_cast<char>(c));
  return out;
}

std::string shown_snippet(const std::string& snippet) {
  std::string out;
  for (const char c : snippet) {
    if (c == '\x02') out += colours() ? "\x1b[1;33m" : "[";
    else if (c == '\x03') out += colours() ? "\x1b[0m" : "]";
    else out += printable(std::string(1, c));
  }
  return out;
}

void tell_settings(const scan::ScanFeeder& feeder) {
  for (const std::string& note : feeder.settings().notes) std::fprintf(std_err(), "chartscan: %s\n", printable(note).c_str());
}

void Table::print(std::FILE* out) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].heading);
    for (const auto& row : rows_)
      if (i < row.size()) width = std::max(width, columns_of(row[i]));
    widths.push_back(width);
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (std::size_t i = 0; i < columns_.size(); ++i) text += (i > 0 ? "  " : "") + padded(cell(i), widths[i], columns_[i].align);
    text.erase(text.find_last_not_of(' ') + 1);
    std::fprintf(out, "%s\n", text.c_str());
  };
  line([&](std::size_t i) { return styled(columns_[i].heading, Style::Dim); });
  for (const auto& row : rows_) line([&](std::size_t i) { return i < row.size() ? row[i] : std::string(); });
}

void ProgressBar::show(const pipeline::Progress& progress) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const bool terminal = is_terminal(out_);
  if (now - last_ < (terminal ? std::chrono::milliseconds(kBarPause) : std::chrono::milliseconds(kLinePause)) && (progress.waiting > 0 || progress.feeding)) return;
  if (!terminal && last_ == std::chrono::steady_clock::time_point{}) {  // the first minute is silent
    last_ = now;
    return;
  }
  last_ = now;
  if (progress.feeding) return show_feeding(progress, terminal);
  const int total = progress.processed + progress.waiting;
  const double rate = progress.seconds > 0 ? progress.processed / progress.seconds : 0;
  const std::string left = rate > 0 ? time_left(progress.waiting / rate) + " left" : "";
  if (!terminal) {
    if (progress.waiting > 0)
      std::fprintf(out_, "chartscan: %d of %d pages read, %.0f pages/min, %s\n", progress.processed, total, rate * 60, left.c_str());
    return;
  }
  const int filled = total > 0 ? kBarWidth * progress.processed / total : 0;
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "░";
  std::fprintf(out_, "\r\x1b[2K%s %d of %d pages  %.0f pages/min  %s", bar.c_str(), progress.processed, total, rate * 60, left.c_str());
  std::fflush(out_);
  drawn_ = true;
}

void ProgressBar::show_feeding(const pipeline::Progress& progress, bool terminal) {
  const double rate = progress.feeding_seconds > 0 ? progress.fed / progress.feeding_seconds * 60 : 0;
  const std::string text = fmt::format("{} sides  {:.0f} sides/min{}{}", progress.fed, rate,
                                       progress.waiting > 0 ? fmt::format("  {} to read", progress.waiting) : "",
                                       progress.last_finding.empty() ? "" : "  " + printable(progress.last_finding));
  std::fprintf(out_, terminal ? "\r\x1b[2K%s" : "chartscan: %s\n", text.c_str());
  std::fflush(out_);
  drawn_ = terminal;
}

void ProgressBar::done() {
  const std::lock_guard lock(mutex_);
  if (drawn_) std::fprintf(out_, "\n");
  drawn_ = false;
}

}  // namespace chartscan::app::cli
