#include "storage/audit_anchor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>

#include "storage/disk.h"
#include "storage/hasher.h"

namespace chartscan::storage {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kTryAgain{30};
constexpr std::chrono::seconds kSettleIn{1};  // a command line that ends sooner writes one line and not two

std::string hex(std::string_view bytes) {
  std::string out;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<std::uint8_t>(c) >> 4]);
    out.push_back(kDigits[static_cast<std::uint8_t>(c) & 15]);
  }
  return out;
}

std::optional<AnchorLine> parse_line(const std::string& text) {
  const json line = json::parse(text, nullptr, false);
  if (!line.is_object()) return std::nullopt;
  AnchorLine read;
  const auto text_of = [&](const char* name) { return line.contains(name) && line[name].is_string() ? line[name].get<std::string>() : std::string(); };
  if (!line.contains("number") || !line["number"].is_number_unsigned()) return std::nullopt;
  read.anchor.number = line["number"].get<std::uint64_t>();
  read.anchor.hash = text_of("hash");
  read.anchor.time_ms = parse_utc(text_of("time")).value_or(0);
  read.trail_id = text_of("trail");
  if (!digest_of(read.anchor.hash)) return std::nullopt;
  return read;
}

}  // namespace

std::optional<AuditAnchor> parse_audit_anchor(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  AuditAnchor anchor;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + colon, anchor.number);
  anchor.hash = text.substr(colon + 1);
  if (fault != std::errc{} || end != text.data() + colon || !digest_of(anchor.hash)) return std::nullopt;
  return anchor;
}

AuditAnchor anchor_of(const AuditHead& head) { return {head.number, hash_of_digest(head.hash).value_or(""), head.time_ms}; }

std::string anchor_line(const AuditHead& head, const std::string& because) {
  nlohmann::ordered_json line;
  line["time"] = utc_text(head.time_ms);
  line["trail"] = hex(head.trail_id);
  line["number"] = head.number;
  line["hash"] = hex(head.hash);
  line["because"] = because;
  return line.dump() + "\n";
}

Result<std::vector<AnchorLine>> read_anchor_file(const std::filesystem::path& path) {
  std::vector<AnchorLine> lines;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return lines;
  std::ifstream in(path);
  if (!in) return disk_error("cannot read", path, errno);
  std::size_t number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    if (text.empty()) continue;
    std::optional<AnchorLine> line = parse_line(text);
    if (!line)
      return Error{ErrorCode::Integrity, path.string() + ", line " + std::to_string(number) + " is no anchor of an audit trail; was the file changed, or is it another one?", {}};
    line->line = number;
    lines.push_back(std::move(*line));
  }
  return lines;
}

Status append_anchor_line(const std::filesystem::path& path, const std::string& line) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return disk_error("cannot open", path, errno);
  const ssize_t written = ::write(fd, line.data(), line.size());
  const bool synced = written == static_cast<ssize_t>(line.size()) && ::fdatasync(fd) == 0;
  const int error_number = written >= 0 && written < static_cast<ssize_t>(line.size()) ? ENOSPC : errno;
  ::close(fd);
  if (!synced) return disk_error("cannot write", path, error_number);
  return {};
}

AnchorKeeper::AnchorKeeper(std::filesystem::path path, int records, int minutes, std::function<AuditHead()> newest, std::function<void(const Error&)> failed)
    : path_(std::move(path)), records_(static_cast<std::uint64_t>(records)), pause_(minutes), newest_(std::move(newest)), failed_(std::move(failed)) {
  thread_ = std::thread([this] { run(); });
}

AnchorKeeper::~AnchorKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void AnchorKeeper::grown() {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = due(newest_());
  }
  if (wake) wake_.notify_all();
}

bool AnchorKeeper::due(const AuditHead& head) const {
  if (head.number <= written_) return false;
  if (failing_) return std::chrono::steady_clock::now() - written_at_ >= kTryAgain;
  return head.number - written_ >= records_ || std::chrono::steady_clock::now() - written_at_ >= pause_;
}

Status AnchorKeeper::write_now(const std::string& because) {
  const std::lock_guard writing(writing_);
  const AuditHead head = newest_();
  Status done = append_anchor_line(path_, anchor_line(head, because));
  const std::lock_guard lock(mutex_);
  failing_ = !done;
  written_at_ = std::chrono::steady_clock::now();
  if (done) written_ = head.number;
  return done;
}

void AnchorKeeper::run() {
  std::string because = "start";
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kSettleIn, [&] { return ending_; });
  for (;;) {
    if (ending_ && newest_().number > written_) because = "stop";
    const bool write = because == "start" || because == "stop" || due(newest_());
    if (write) {
      const bool was_failing = failing_;
      lock.unlock();
      const Status done = write_now(because);
      if (!done && !was_failing) failed_(done.error());
      lock.lock();
      because = "interval";
    }
    if (ending_) return;
    wake_.wait_for(lock, kTryAgain, [&] { return ending_ || due(newest_()); });
  }
}

}  // namespace chartscan::storage
