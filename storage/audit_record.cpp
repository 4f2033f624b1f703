#include "storage/audit_record.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "storage/bytes.h"

namespace chartscan::storage {
namespace {

constexpr char kPayloadVersion = 1;

// Bytes of one text. Names and origins are short by nature; the others are a person's or a program's words.
constexpr std::size_t kMaxName = 256;
constexpr std::size_t kMaxWords = 4096;
constexpr std::size_t kMaxMrn = 128;
constexpr std::size_t kMaxMrnBytes = 40 << 10;  // all of them: about 3,000, more than a page of hits ever lists

// On disk. Written in this order; what is empty is left out; a number that is not here was added later and is skipped.
enum Tag : std::uint8_t { kUser = 1, kOrigin, kSession, kMrn, kPage, kDocument, kBatch, kReason, kDetail, kQuery };

// Cut between characters, not through one.
std::string_view shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<std::uint8_t>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

void put_field(std::string& out, Tag tag, std::string_view text, std::size_t most) {
  if (text.empty()) return;
  text = shortened(text, most);
  out.push_back(static_cast<char>(tag));
  put_varint(out, text.size());
  out += text;
}

void put_field(std::string& out, Tag tag, std::uint64_t number) {
  if (number == 0) return;
  std::string bytes;
  put_varint(bytes, number);
  put_field(out, tag, bytes, bytes.size());
}

// How many of them have room.
std::size_t fitting(const std::vector<std::string>& mrns) {
  std::size_t bytes = 0, count = 0;
  for (; count < mrns.size(); ++count) {
    bytes += std::min(mrns[count].size(), kMaxMrn) + 3;
    if (bytes > kMaxMrnBytes) break;
  }
  return count;
}

bool take_text(std::string_view& in, std::string_view& text) {
  std::uint64_t size = 0;
  if (!take_varint(in, size) || size > in.size() || size == 0) return false;
  text = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

template <char Prefix>
bool take_id(std::string_view bytes, Id<Prefix>& id) {
  return take_varint(bytes, id.value) && bytes.empty() && id;
}

bool set_field(AuditRecord& record, std::uint8_t tag, std::string_view bytes) {
  switch (tag) {
    case kUser: return record.user = bytes, true;
    case kOrigin: return record.origin = bytes, true;
    case kSession: return record.session = bytes, true;
    case kMrn: return record.mrns.emplace_back(bytes), true;
    case kPage: return take_id(bytes, record.page);
    case kDocument: return take_id(bytes, record.document);
    case kBatch: return take_id(bytes, record.batch);
    case kReason: return record.reason = bytes, true;
    case kDetail: return record.detail = bytes, true;
    case kQuery: return record.query = bytes, true;
    default: return true;
  }
}

bool take_number(std::string_view& in, std::uint64_t& number) {
  if (in.empty() || in.front() != kPayloadVersion) return false;
  in.remove_prefix(1);
  return take_varint(in, number) && number > 0;
}

constexpr const char* kActionTexts[] = {
#define AUDIT_ACTION(name, text) text,
    CHARTSCAN_AUDIT_ACTIONS(AUDIT_ACTION)
#undef AUDIT_ACTION
};
constexpr std::size_t kActions = std::size(kActionTexts);
constexpr const char* kOutcomeTexts[] = {"done", "refused", "failed"};

}  // namespace

const char* to_string(AuditAction action) { return kActionTexts[static_cast<std::size_t>(action)]; }

std::optional<AuditAction> parse_audit_action(std::string_view text) {
  for (const AuditAction action : audit_actions())
    if (text == to_string(action)) return action;
  return std::nullopt;
}

const std::vector<AuditAction>& audit_actions() {
  static const std::vector<AuditAction> kAll = [] {
    std::vector<AuditAction> all;
    for (std::size_t i = 0; i < kActions; ++i) all.push_back(static_cast<AuditAction>(i));
    return all;
  }();
  return kAll;
}

const char* to_string(AuditOutcome outcome) { return kOutcomeTexts[static_cast<std::size_t>(outcome)]; }

std::optional<AuditOutcome> parse_audit_outcome(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kOutcomeTexts); ++i)
    if (text == kOutcomeTexts[i]) return static_cast<AuditOutcome>(i);
  return std::nullopt;
}

bool operator==(const AuditRecord& a, const AuditRecord& b) { return a.number == b.number && a.time_ms == b.time_ms && encode(a) == encode(b); }

std::string encode(const AuditRecord& record) {
  std::string out(1, kPayloadVersion);
  put_varint(out, record.number);
  put_varint(out, static_cast<std::uint64_t>(std::max<std::int64_t>(record.time_ms, 0)));
  out.push_back(static_cast<char>(record.action));
  out.push_back(static_cast<char>(record.outcome));
  put_field(out, kUser, record.user, kMaxName);
  put_field(out, kOrigin, record.origin, kMaxName);
  put_field(out, kSession, record.session, kMaxName);
  const std::size_t kept = fitting(record.mrns);
  for (std::size_t i = 0; i < kept; ++i) put_field(out, kMrn, record.mrns[i], kMaxMrn);
  put_field(out, kPage, record.page.value);
  put_field(out, kDocument, record.document.value);
  put_field(out, kBatch, record.batch.value);
  put_field(out, kReason, record.reason, kMaxWords);
  std::string detail(shortened(record.detail, kMaxWords));
  if (kept < record.mrns.size()) detail += " (and " + std::to_string(record.mrns.size() - kept) + " more charts)";
  put_field(out, kDetail, detail, detail.size());
  put_field(out, kQuery, record.query, kMaxWords);
  return out;
}

std::optional<AuditRecord> decode_audit_record(std::string_view payload) {
  AuditRecord record;
  std::uint64_t time = 0;
  if (payload.size() > kMaxAuditPayload || !take_number(payload, record.number) || !take_varint(payload, time) || payload.size() < 2) return std::nullopt;
  if (time > 0x7fffffffffffffff) return std::nullopt;
  record.time_ms = static_cast<std::int64_t>(time);
  const auto action = static_cast<std::uint8_t>(payload[0]), outcome = static_cast<std::uint8_t>(payload[1]);
  if (action >= kActions || outcome >= std::size(kOutcomeTexts)) return std::nullopt;
  record.action = static_cast<AuditAction>(action);
  record.outcome = static_cast<AuditOutcome>(outcome);
  payload.remove_prefix(2);
  for (std::uint8_t last = 0; !payload.empty();) {
    const auto tag = static_cast<std::uint8_t>(payload.front());
    payload.remove_prefix(1);
    std::string_view bytes;
    if (tag < last || (tag == last && tag != kMrn) || !take_text(payload, bytes) || !set_field(record, tag, bytes)) return std::nullopt;
    last = tag;
  }
  return record;
}

std::optional<std::uint64_t> number_of_audit_record(std::string_view payload) {
  std::uint64_t number = 0;
  if (!take_number(payload, number)) return std::nullopt;
  return number;
}

std::string utc_text(std::int64_t time_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(time_ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

std::optional<std::int64_t> parse_utc(std::string_view text) {
  using namespace std::chrono;
  if (text.ends_with('Z')) text.remove_suffix(1);
  // year, month, day, hour, minute, second, milliseconds: each behind its sign, with its number of digits
  constexpr std::string_view kSigns = "\0--T::.";
  constexpr std::array<std::size_t, 7> kDigits{4, 2, 2, 2, 2, 2, 3};
  std::array<int, 7> parts{1970, 1, 1, 0, 0, 0, 0};
  std::size_t read = 0;
  for (; read < parts.size() && !text.empty(); ++read) {
    if (read > 0) {
      if (text.front() != kSigns[read] && !(read == 3 && text.front() == ' ')) return std::nullopt;
      text.remove_prefix(1);
    }
    if (text.size() < kDigits[read]) return std::nullopt;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + kDigits[read], parts[read]);
    if (fault != std::errc{} || end != text.data() + kDigits[read] || parts[read] < 0) return std::nullopt;
    text.remove_prefix(kDigits[read]);
  }
  const year_month_day date{year(parts[0]), month(static_cast<unsigned>(parts[1])), day(static_cast<unsigned>(parts[2]))};
  if (!text.empty() || read < 3 || read == 4 || !date.ok() || parts[0] < 1970 || parts[3] > 23 || parts[4] > 59 || parts[5] > 59) return std::nullopt;
  const auto time = sys_days(date) + hours(parts[3]) + minutes(parts[4]) + seconds(parts[5]) + milliseconds(parts[6]);
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace chartscan::storage
