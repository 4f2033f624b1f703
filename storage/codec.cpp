#include "storage/codec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <ranges>
#include <span>
#include <type_traits>

#include "storage/bytes.h"
#include "storage/patient_codec.h"

namespace chartscan::storage {
namespace {

using nlohmann::json;

constexpr char kRecordVersion = 1;
constexpr int kMaxDepth = 8;  // a document's candidates' reasons stand at 5; damaged bytes may claim any depth

// Thrown and caught in this file only.
struct Damaged {
  std::string field;
};

// --- what each record holds: one list for both directions, `io(name, member)`; names are on disk, never change one ---------

template <typename Io>
void fields(Io& io, Finding& v) {
  io("c", v.code), io("d", v.detail), io("s", v.score);
}

template <typename Io>
void fields(Io& io, RefusedItem& v) {
  io("f", v.file), io("p", v.page), io("m", v.message);
}

template <typename Io>
void fields(Io& io, Stop& v) {
  io("r", v.reason), io("ph", v.phase), io("raw", v.raw), io("sh", v.sheet), io("si", v.side), io("m", v.message), io("a", v.advice);
  io("t", v.at);
}

template <typename Io>
void fields(Io& io, ScanSettings& v) {
  io("s", v.source), io("d", v.dpi), io("m", v.mode), io("w", v.width_mm), io("h", v.height_mm);
  io("xs", v.ignore_separators);
}

template <typename Io>
void fields(Io& io, JournalHead& v) {
  io("n", v.lines), io("h", v.hash);
}

template <typename Io>
void fields(Io& io, Batch& v) {
  io("id", v.id), io("name", v.name), io("src", v.source), io("hash", v.content), io("dev", v.device), io("op", v.operator_name);
  io("st", v.state), io("fed", v.sides_fed), io("exp", v.expected_pages), io("ref", v.refused), io("fi", v.findings);
  io("t0", v.opened_at), io("t1", v.closed_at);
  io("exps", v.expected_sheets), io("prof", v.profile), io("scan", v.scan), io("stop", v.stop), io("sus", v.suspects);
  io("int", v.interruptions), io("jrn", v.journal);
}

template <typename Io>
void fields(Io& io, Original& v) {
  io("b", v.blob), io("m", v.media), io("i", v.index), io("f", v.file);
}

template <typename Io>
void fields(Io& io, Size& v) {
  io("w", v.width), io("h", v.height);
}

template <typename Io>
void fields(Io& io, Geometry& v) {
  io("d", v.delivered), io("dx", v.dpi_x), io("dy", v.dpi_y), io("r", v.rotation), io("s", v.skew.value), io("w", v.working);
  io("sx", v.scale_x), io("sy", v.scale_y);
}

template <typename Io>
void fields(Io& io, PageQuality& v) {
  io("i", v.ink), io("c", v.contrast), io("n", v.noise), io("s", v.skew_confidence), io("t", v.text_confidence), io("w", v.words);
  io("p", v.paper), io("il", v.ink_level), io("sh", v.sharpness), io("st", v.streak), io("sta", v.streak_at), io("co", v.cut_off);
}

template <typename Io>
void fields(Io& io, Barcode& v) {
  io("p", v.payload), io("f", v.format), io("b", v.box);
}

template <typename Io>
void fields(Io& io, TypeGuess& v) {
  io("t", v.type), io("c", v.confidence);
}

template <typename Io>
void fields(Io& io, TypeReason& v) {
  io("s", v.says), io("w", v.weight), io("b", v.box);
}

template <typename Io>
void fields(Io& io, StartGuess& v) {
  io("p", v.probability), io("b", v.because);
}

template <typename Io>
void fields(Io& io, Field& v) {
  io("k", v.kind), io("v", v.value), io("b", v.box), io("c", v.confidence), io("s", v.source);
}

template <typename Io>
void fields(Io& io, FormCue& v) {
  io("k", v.kind), io("st", v.state), io("b", v.box), io("c", v.confidence), io("l", v.label), io("v", v.value), io("w", v.written);
}

template <typename Io>
void fields(Io& io, StageStamp& v) {
  io("n", v.name), io("v", v.version), io("s", v.settings);
}

template <typename Io>
void fields(Io& io, Capture& v) {
  io("sh", v.sheet), io("si", v.side), io("a", v.attempt), io("l", v.last_of_sheet), io("d", v.dpi), io("m", v.mode);
}

template <typename Io>
void fields(Io& io, PageDecisions& v) {
  io("r", v.rotation), io("b", v.blank), io("s", v.starts_document), io("w", v.withdrawn);
}

template <typename Io>
void fields(Io& io, PageBefore& v) {
  io("p", v.page), io("seq", v.sequence), io("d", v.decisions), io("by", v.superseded_by);
}

template <typename Io>
void fields(Io& io, Page& v) {
  io("id", v.id), io("b", v.batch), io("seq", v.sequence), io("orig", v.original), io("st", v.state), io("rej", v.rejected_because);
  io("geo", v.geometry), io("q", v.quality), io("blank", v.blank), io("sep", v.separator), io("bar", v.barcodes);
  io("type", v.types), io("cue", v.first_page_cue), io("f", v.fields), io("sigl", v.signature_line), io("sig", v.signature);
  io("fp", v.fingerprint), io("fi", v.findings), io("by", v.stamps), io("doc", v.document), io("dup", v.duplicate_of);
  io("cap", v.capture), io("dec", v.decisions), io("sup", v.superseded_by), io("cues", v.cues);
  io("why", v.type_reasons), io("start", v.start);
}

template <typename Io>
void fields(Io& io, LinkReason& v) {
  io("f", v.field), io("a", v.agreement), io("w", v.weight), io("d", v.detail);
}

template <typename Io>
void fields(Io& io, LinkCandidate& v) {
  io("mrn", v.mrn), io("c", v.confidence), io("r", v.reasons);
}

template <typename Io>
void fields(Io& io, Link& v) {
  io("st", v.status), io("mrn", v.mrn), io("c", v.confidence), io("r", v.reasons), io("can", v.candidates);
}

template <typename Io>
void fields(Io& io, Document& v) {
  io("id", v.id), io("b", v.batch), io("p", v.pages), io("type", v.type), io("tc", v.type_confidence), io("date", v.service_date);
  io("au", v.author), io("link", v.link), io("filed", v.filed), io("fi", v.findings), io("by", v.decided_by);
  io("dup", v.duplicate_of);
}

template <typename Io>
void fields(Io& io, JournalLine& v) {
  io("b", v.batch), io("n", v.number), io("e", v.event), io("t", v.at), io("w", v.who), io("d", v.detail), io("p", v.page);
  io("seq", v.sequence), io("sh", v.sheet), io("si", v.side), io("a", v.attempt), io("h", v.hash), io("sz", v.size);
  io("was", v.before), io("sus", v.suspects), io("un", v.undoes), io("prev", v.previous), io("docs", v.documents);
}

template <typename Io>
void fields(Io& io, Patient& v) {
  io("mrn", v.mrn), io("fam", v.family), io("giv", v.given), io("mid", v.middle), io("suf", v.suffix), io("dob", v.dob);
  io("sex", v.sex), io("ssn", v.ssn), io("tel", v.phone), io("adr", v.address), io("city", v.city), io("st", v.state), io("zip", v.zip);
  // Written by formats 1 and 2; later ones pack patients (storage/patient_codec.cpp), so names are added there only. A merged
  // chart's patient is kept in this form with its merge.
  io("mai", v.maiden);
}

template <typename Io>
void fields(Io& io, Encounter& v) {
  io("mrn", v.mrn), io("v", v.visit), io("c", v.patient_class), io("loc", v.location), io("att", v.attending), io("t0", v.admitted);
  io("t1", v.discharged), io("x", v.cancelled);
}

template <typename Io>
void fields(Io& io, ChartMerge& v) {
  io("n", v.number), io("from", v.from), io("into", v.into), io("was", v.patient), io("d", v.documents), io("v", v.visits), io("t", v.at);
  io("by", v.by), io("why", v.reason), io("ut", v.undone_at), io("uby", v.undone_by);
}

template <typename Io>
void fields(Io& io, FeedLine& v) {
  io("n", v.number), io("t", v.at), io("from", v.from), io("id", v.control_id), io("tr", v.trigger), io("a", v.answer), io("why", v.reason);
  io("mrn", v.mrn);
}

template <typename Io>
void fields(Io& io, User& v) {
  io("n", v.name), io("fn", v.full_name), io("ro", v.roles), io("pw", v.password_hash), io("bad", v.failed), io("lock", v.locked_until);
  io("off", v.disabled), io("mc", v.must_change), io("t0", v.created_at), io("t1", v.changed_at), io("tp", v.password_at), io("tl", v.last_login_at);
  io("by", v.created_by), io("cby", v.changed_by);
}

template <typename Io>
void fields(Io& io, ApiToken& v) {
  io("id", v.id), io("n", v.name), io("u", v.user), io("sc", v.scopes), io("h", v.secret_hash), io("t0", v.created_at), io("tx", v.expires_at);
  io("tl", v.last_used_at), io("tr", v.revoked_at), io("by", v.created_by), io("rby", v.revoked_by);
}

template <typename Io>
void fields(Io& io, GlassBreak& v) {
  io("n", v.number), io("u", v.user), io("mrn", v.mrn), io("cl", v.sensitivity), io("why", v.reason), io("o", v.origin), io("s", v.session);
  io("t0", v.at), io("t1", v.until), io("sby", v.seen_by), io("ts", v.seen_at), io("v", v.verdict), io("note", v.note);
}

// --- values -----------------------------------------------------------------------------------------------------------------

void parse(std::string_view text, std::optional<BatchState>& out) { out = parse_batch_state(text); }
void parse(std::string_view text, std::optional<PageState>& out) { out = parse_page_state(text); }
void parse(std::string_view text, std::optional<SeparatorKind>& out) { out = parse_separator_kind(text); }
void parse(std::string_view text, std::optional<MediaType>& out) { out = parse_media_type(text); }
void parse(std::string_view text, std::optional<FieldKind>& out) { out = parse_field_kind(text); }
void parse(std::string_view text, std::optional<CueKind>& out) { out = parse_cue_kind(text); }
void parse(std::string_view text, std::optional<CueState>& out) { out = parse_cue_state(text); }
void parse(std::string_view text, std::optional<WrittenBy>& out) { out = parse_written_by(text); }
void parse(std::string_view text, std::optional<LinkStatus>& out) { out = parse_link_status(text); }
void parse(std::string_view text, std::optional<JournalEvent>& out) { out = parse_journal_event(text); }
void parse(std::string_view text, std::optional<Agreement>& out) { out = parse_agreement(text); }

// Writes a record as nlohmann::json::to_cbor writes it - names in order, numbers in the fewest bytes - without a tree in between: every
// page's record is written twice on its way into a chart.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  // False: nothing is told of it.
  template <typename T>
  bool record(T& value) {
    const std::size_t first = fields_.size(), begin = out_.size();
    fields(*this, value);
    return finish(first, begin);
  }

  template <typename T>
  void operator()(const char* name, T& value) {
    const std::size_t begin = out_.size();
    if (pack(value)) fields_.push_back({name, begin, out_.size()});
    else out_.resize(begin);
  }

 private:
  struct Written {
    std::string_view name;
    std::size_t begin, end;  // of the value, in out_
  };
  enum Major : unsigned char { kUnsigned = 0x00, kNegative = 0x20, kText = 0x60, kArray = 0x80, kMap = 0xA0 };
  static constexpr char kNull = '\xF6', kFalse = '\xF4', kTrue = '\xF5', kHalf = '\xF9', kFloat = '\xFA', kDouble = '\xFB';

  // The values from `begin` on become a map in the order of their names.
  bool finish(std::size_t first, std::size_t begin) {
    const std::span own(fields_.begin() + static_cast<std::ptrdiff_t>(first), fields_.end());
    std::ranges::sort(own, {}, &Written::name);
    const bool says = !own.empty();
    map_.clear();
    head(map_, kMap, own.size());
    for (const Written& field : own) {
      text(map_, field.name);
      map_.append(out_, field.begin, field.end - field.begin);
    }
    out_.replace(begin, std::string::npos, map_);
    fields_.resize(first);
    return says;
  }

  static void head(std::string& out, Major major, std::uint64_t number) {
    const auto first = [&](unsigned char more) { out += static_cast<char>(major + more); };
    if (number <= 0x17) first(static_cast<unsigned char>(number));
    else if (number <= 0xFF) first(0x18), put_be(out, static_cast<std::uint8_t>(number));
    else if (number <= 0xFFFF) first(0x19), put_be(out, static_cast<std::uint16_t>(number));
    else if (number <= 0xFFFFFFFF) first(0x1A), put_be(out, static_cast<std::uint32_t>(number));
    else first(0x1B), put_be(out, number);
  }
  static void text(std::string& out, std::string_view text) {
    head(out, kText, text.size());
    out += text;
  }

  // Each appends a value and tells whether it says something: nothing is zero, false or empty.
  bool pack(bool value) { return out_ += value ? kTrue : kFalse, value; }
  bool pack(double value) {
    if (!std::isfinite(value)) {
      out_ += kHalf;
      put_be(out_, static_cast<std::uint16_t>(std::isnan(value) ? 0x7E00 : value > 0 ? 0x7C00 : 0xFC00));
    } else if (std::abs(value) <= std::numeric_limits<float>::max() && static_cast<double>(static_cast<float>(value)) == value) {
      out_ += kFloat;
      put_be(out_, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    } else {
      out_ += kDouble;
      put_be(out_, std::bit_cast<std::uint64_t>(value));
    }
    return value != 0 || std::signbit(value);
  }
  template <typename T>
  bool pack(T& value) {
    if constexpr (std::is_integral_v<T>) {
      if constexpr (std::is_signed_v<T>) {
        if (value < 0) return head(out_, kNegative, static_cast<std::uint64_t>(-1 - static_cast<std::int64_t>(value))), true;
      }
      return head(out_, kUnsigned, static_cast<std::uint64_t>(value)), value != 0;
    } else if constexpr (std::is_same_v<T, std::string>) {
      return text(out_, value), !value.empty();
    } else if constexpr (std::is_enum_v<T>) {
      const std::string_view name = to_string(value);
      return text(out_, name), !name.empty();
    } else {
      return record(value);
    }
  }
  template <char Prefix>
  bool pack(Id<Prefix>& id) { return pack(id.value); }
  // A bare number or truth value would be taken for absent where it is zero or false: it goes into a list of one.
  template <typename T>
  bool pack(std::optional<T>& value) {
    if (!value) return out_ += kNull, false;
    if constexpr (std::is_arithmetic_v<T>) return head(out_, kArray, 1), pack(*value), true;
    else return pack(*value);
  }
  bool pack(Date& date) {
    int number = date.year * 10000 + date.month * 100 + date.day;
    return pack(number);
  }
  bool pack(Box& box) {
    if (box == Box{}) return out_ += kNull, false;
    head(out_, kArray, 4);
    for (int number : {box.x0, box.y0, box.x1, box.y1}) pack(number);
    return true;
  }
  template <typename T>
  bool pack(std::vector<T>& list) {
    head(out_, kArray, list.size());
    for (T& item : list) pack(item);
    return !list.empty();
  }

  std::string& out_;
  std::string map_;              // of the record that is being finished
  std::vector<Written> fields_;  // of the records begun, one behind the other
};

class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {
    if (!object.is_object()) throw Damaged{"record"};
  }

  template <typename T>
  void operator()(const char* name, T& value) {
    const auto found = object_.find(name);
    if (found != object_.end()) {
      if (!unpack(*found, value)) throw Damaged{name};
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      value = T{};  // absent is zero, false or empty, whatever the member starts with
    }
  }

 private:
  template <typename T>
  static bool unpack(const json& from, T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return from.is_boolean() && (value = from.get<bool>(), true);
    } else if constexpr (std::is_same_v<T, double>) {
      return from.is_number_float() && (value = from.get<double>(), true);
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
      return from.is_number_unsigned() && (value = from.get<std::uint64_t>(), true);
    } else if constexpr (std::is_integral_v<T>) {
      return integer(from, value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return from.is_string() && (value = from.get_ref<const std::string&>(), true);
    } else if constexpr (std::is_enum_v<T>) {
      return name(from, value);
    } else {
      Reader reader(from);
      fields(reader, value);
      return true;
    }
  }

  template <typename T>
  static bool integer(const json& from, T& value) {
    if (!from.is_number_integer()) return false;
    if (from.is_number_unsigned() && from.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return false;
    const auto wide = from.get<std::int64_t>();
    if (wide < std::numeric_limits<T>::min()) return false;
    value = static_cast<T>(wide);
    return true;
  }

  template <typename Enum>
  static bool name(const json& from, Enum& value) {
    std::optional<Enum> parsed;
    if (from.is_string()) parse(from.get_ref<const std::string&>(), parsed);
    if (parsed) value = *parsed;
    return parsed.has_value();
  }

  template <char Prefix>
  static bool unpack(const json& from, Id<Prefix>& id) { return unpack(from, id.value); }

  template <typename T>
  static bool unpack(const json& from, std::optional<T>& value) {
    if constexpr (std::is_arithmetic_v<T>) return from.is_array() && from.size() == 1 && unpack(from[0], value.emplace());
    else return unpack(from, value.emplace());
  }

  static bool unpack(const json& from, Date& date) {
    int number = 0;
    if (!unpack(from, number) || number < 0) return false;
    date = {number / 10000, number / 100 % 100, number % 100};
    return true;
  }

  static bool unpack(const json& from, Box& box) {
    return from.is_array() && from.size() == 4 && unpack(from[0], box.x0) && unpack(from[1], box.y0) && unpack(from[2], box.x1) &&
           unpack(from[3], box.y1);
  }

  template <typename T>
  static bool unpack(const json& from, std::vector<T>& list) {
    if (!from.is_array()) return false;
    list.reserve(from.size());
    for (const json& item : from)
      if (!unpack(item, list.emplace_back())) return false;
    return true;
  }

  const json& object_;
};

// Stops before bytes that claim to be nested a million deep take the parser's stack away.
class DepthGuard final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ <= kMaxDepth; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return ++depth_ <= kMaxDepth; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  int depth_ = 0;
};

template <typename T>
std::string encode_record(T value) {
  std::string out(1, kRecordVersion);
  Writer(out).record(value);
  return out;
}

Error damaged(const char* kind, const std::string& why) {
  return {ErrorCode::Integrity, std::string("the stored record of a ") + kind + " is damaged (" + why +
                                    "); run 'chartscan verify' and restore the archive from a backup"};
}

template <typename T>
Result<T> decode_record(const char* kind, std::string_view bytes) {
  if (bytes.empty()) return damaged(kind, "it is empty");
  if (bytes.front() != kRecordVersion) return damaged(kind, "unknown version " + std::to_string(static_cast<unsigned char>(bytes.front())));
  bytes.remove_prefix(1);
  try {
    DepthGuard guard;
    if (!json::sax_parse(bytes.begin(), bytes.end(), &guard, json::input_format_t::cbor)) return damaged(kind, "not CBOR");
    const json object = json::from_cbor(bytes.begin(), bytes.end());
    T value;
    Reader reader(object);
    fields(reader, value);
    return value;
  } catch (const Damaged& fault) {
    return damaged(kind, "field '" + fault.field + "'");
  } catch (const json::exception&) {
    return damaged(kind, "not CBOR");
  }
}

}  // namespace

std::string encode(const Batch& batch) { return encode_record(batch); }
std::string encode(const Page& page) { return encode_record(page); }
std::string encode(const Document& document) { return encode_record(document); }
std::string encode(const Patient& patient) { return pack_patient(patient); }
std::string encode(const JournalLine& line) { return encode_record(line); }
std::string encode(const Encounter& encounter) { return encode_record(encounter); }
std::string encode(const ChartMerge& merge) { return encode_record(merge); }
std::string encode(const FeedLine& line) { return encode_record(line); }
std::string encode(const User& user) { return encode_record(user); }
std::string encode(const ApiToken& token) { return encode_record(token); }
std::string encode(const GlassBreak& glass) { return encode_record(glass); }

Result<Batch> decode_batch(std::string_view bytes) { return decode_record<Batch>("batch", bytes); }
Result<Page> decode_page(std::string_view bytes) { return decode_record<Page>("page", bytes); }
Result<Document> decode_document(std::string_view bytes) { return decode_record<Document>("document", bytes); }
Result<Patient> decode_patient(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kPackedPatient) return decode_record<Patient>("patient", bytes);
  std::optional<Patient> patient = unpack_patient(bytes);
  if (!patient) return damaged("patient", "its packed form");
  return std::move(*patient);
}
Result<JournalLine> decode_journal_line(std::string_view bytes) { return decode_record<JournalLine>("journal line", bytes); }
Result<Encounter> decode_encounter(std::string_view bytes) { return decode_record<Encounter>("encounter", bytes); }
Result<ChartMerge> decode_chart_merge(std::string_view bytes) { return decode_record<ChartMerge>("merge of charts", bytes); }
Result<FeedLine> decode_feed_line(std::string_view bytes) { return decode_record<FeedLine>("patient feed's line", bytes); }
Result<User> decode_user(std::string_view bytes) { return decode_record<User>("user", bytes); }
Result<ApiToken> decode_api_token(std::string_view bytes) { return decode_record<ApiToken>("API token", bytes); }
Result<GlassBreak> decode_glass_break(std::string_view bytes) { return decode_record<GlassBreak>("broken glass", bytes); }

namespace {
constexpr std::pair<PageState, char> kStateBytes[] = {
    {PageState::Received, 'r'},  {PageState::Processed, 'p'},  {PageState::Filed, 'f'},      {PageState::Review, 'w'},
    {PageState::Separator, 's'}, {PageState::BlankAside, 'b'}, {PageState::Superseded, 'o'}, {PageState::Rejected, 'x'},
};

char state_byte(PageState state) {
  for (const auto& [value, byte] : kStateBytes)
    if (value == state) return byte;
  return '?';
}
}  // namespace

std::string encode(const PageRow& row) {
  std::string out(1, state_byte(row.state));
  put_be(out, static_cast<std::uint32_t>(row.sequence));
  return out;
}

std::optional<PageRow> decode_page_row(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  for (const auto& [value, byte] : kStateBytes) {
    if (bytes.front() != byte) continue;
    bytes.remove_prefix(1);
    if (bytes.empty()) return PageRow{value, 0};
    std::uint32_t sequence = 0;
    if (!take_be(bytes, sequence) || !bytes.empty() || sequence > std::numeric_limits<int>::max()) return std::nullopt;
    return PageRow{value, static_cast<int>(sequence)};
  }
  return std::nullopt;
}

}  // namespace chartscan::storage
