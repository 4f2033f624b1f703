#include "tests/support/audit_trails.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "storage/audit_segment.h"

namespace chartscan::testing {
namespace {

namespace fs = std::filesystem;
using namespace storage;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

struct Place {
  std::uint64_t number = 0, begin = 0, end = 0;
};

// Every record of a segment.
std::vector<Place> records_in(const fs::path& path) {
  const auto file = Disk::real().open(path, Disk::Mode::Read);
  const std::uint64_t size = *(*file)->size();
  FrameReader frames(**file, kSegmentHeaderSize, size);
  std::vector<Place> places;
  for (;;) {
    const auto frame = frames.next();
    if (!frame || !*frame) return places;
    places.push_back({number_of_audit_record((*frame)->payload).value_or(0), (*frame)->offset, (*frame)->end()});
  }
}

std::uint64_t below(std::mt19937_64& random, std::uint64_t limit) { return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random); }

std::uint64_t record_at(const std::vector<Place>& places, std::uint64_t offset) {
  for (const Place& place : places)
    if (offset >= place.begin && offset < place.end) return place.number;
  return 0;
}

class Tamperer {
 public:
  Tamperer(const fs::path& archive, std::mt19937_64& random) : folder_(archive / kAuditFolder), random_(random), segments_(*segments_in(folder_)) {}

  Tampering flip_in_segment() {
    const fs::path path = any_segment();
    std::string bytes = content(path);
    const std::uint64_t at = below(random_, bytes.size());
    const std::uint64_t number = record_at(records_in(path), at);
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(random_, 8));
    write(path, bytes);
    return {"bit flipped at byte " + std::to_string(at) + " of " + path.filename().string(), number};
  }

  Tampering flip_in(const std::string& name) {
    const fs::path path = folder_ / name;
    std::string bytes = content(path);
    if (bytes.empty()) return flip_in_segment();
    const std::uint64_t at = below(random_, bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << below(random_, 8));
    write(path, bytes);
    return {"bit flipped at byte " + std::to_string(at) + " of " + name, 0};
  }

  Tampering drop() {
    const fs::path path = any_segment();
    const std::vector<Place> places = records_in(path);
    if (places.empty()) return flip_in_segment();
    const std::size_t first = below(random_, places.size()), count = 1 + below(random_, std::min<std::size_t>(3, places.size() - first));
    std::string bytes = content(path);
    bytes.erase(places[first].begin, places[first + count - 1].end - places[first].begin);
    write(path, bytes);
    return {"dropped " + std::to_string(count) + " records of " + path.filename().string(), places[first].number};
  }

  Tampering swap() {
    const fs::path path = any_segment();
    const std::vector<Place> places = records_in(path);
    if (places.size() < 2) return flip_in_segment();
    const std::size_t a = below(random_, places.size() - 1), b = a + 1 + below(random_, places.size() - a - 1);
    const std::string bytes = content(path);
    const auto piece = [&](std::uint64_t begin, std::uint64_t end) { return bytes.substr(begin, end - begin); };
    write(path, piece(0, places[a].begin) + piece(places[b].begin, places[b].end) + piece(places[a].end, places[b].begin) +
                    piece(places[a].begin, places[a].end) + bytes.substr(places[b].end));
    return {"swapped two records of " + path.filename().string(), places[a].number};
  }

  Tampering repeat() {
    const fs::path path = any_segment();
    const std::vector<Place> places = records_in(path);
    if (places.empty()) return flip_in_segment();
    const std::size_t from = below(random_, places.size()), to = from + below(random_, places.size() - from);
    std::string bytes = content(path);
    bytes.insert(places[to].end, bytes.substr(places[from].begin, places[from].end - places[from].begin));
    write(path, bytes);
    return {"repeated a record of " + path.filename().string(), places[from].number};
  }

  Tampering cut() {
    const fs::path path = any_segment();
    std::string bytes = content(path);
    const std::uint64_t at = below(random_, bytes.size());
    const std::uint64_t number = record_at(records_in(path), at);
    bytes.resize(at);
    write(path, bytes);
    return {"cut " + path.filename().string() + " to " + std::to_string(at) + " bytes", number};
  }

  Tampering delete_segment() {
    const fs::path path = any_segment();
    const std::vector<Place> places = records_in(path);
    fs::remove(path);
    return {"deleted " + path.filename().string(), places.empty() ? 0 : places.front().number};
  }

  Tampering exchange_segments() {
    if (segments_.size() < 2) return delete_segment();
    const std::size_t a = below(random_, segments_.size() - 1), b = a + 1 + below(random_, segments_.size() - a - 1);
    const fs::path one = folder_ / segment_name(segments_[a]), other = folder_ / segment_name(segments_[b]);
    const std::vector<Place> places = records_in(one);
    fs::rename(one, folder_ / "x");
    fs::rename(other, one);
    fs::rename(folder_ / "x", other);
    return {"exchanged " + one.filename().string() + " and " + other.filename().string(), places.empty() ? 0 : places.front().number};
  }

  Tampering delete_head() {
    fs::remove(folder_ / "head");
    return {"deleted the head", 0};
  }

  Tampering replace_head(const std::string& old_head) {
    write(folder_ / "head", old_head);
    return {"put an older head in place", 0};
  }

 private:
  fs::path any_segment() { return folder_ / segment_name(segments_[below(random_, segments_.size())]); }

  const fs::path folder_;
  std::mt19937_64& random_;
  const std::vector<std::uint32_t> segments_;
};

}  // namespace

AuditRecord invented_look(std::uint64_t number, int charts) {
  std::mt19937_64 random(number);
  AuditRecord record;
  const auto mrn = [&] { return "MRN" + std::to_string(100'000 + below(random, static_cast<std::uint64_t>(charts))); };
  record.user = "user" + std::to_string(below(random, 40));
  record.origin = "10.1.2." + std::to_string(below(random, 40));
  record.session = "s-" + std::to_string(below(random, 1000));
  switch (below(random, 10)) {
    case 0:
      record.action = AuditAction::Search;
      record.query = "chest pain type:radiology";
      for (int i = 0; i < 10; ++i) record.mrns.push_back(mrn());
      break;
    case 1:
      record.action = AuditAction::ViewChart;
      record.mrns = {mrn()};
      break;
    case 2:
      record.action = AuditAction::Print;
      record.mrns = {mrn()};
      record.document = {1 + below(random, 50'000)};
      record.reason = "copy for the referring doctor";
      break;
    default:
      record.action = record.number % 2 ? AuditAction::ViewPage : AuditAction::ViewImage;
      record.mrns = {mrn()};
      record.page = {1 + below(random, 100'000)};
      record.document = {1 + below(random, 50'000)};
  }
  return record;
}

void fill_trail(AuditTrail& trail, std::uint64_t records, int charts) {
  constexpr std::uint64_t kAtOnce = 500;
  for (std::uint64_t done = 0; done < records;) {
    std::vector<AuditRecord> some;
    for (; some.size() < kAtOnce && done < records; ++done) some.push_back(invented_look(done + 1, charts));
    if (const auto written = trail.append(std::move(some)); !written) {
      std::cerr << to_string(written.error()) << '\n';
      std::abort();
    }
  }
}

Tampering tamper(const fs::path& archive, std::mt19937_64& random, const std::string& old_head) {
  Tamperer tamperer(archive, random);
  switch (below(random, 14)) {
    case 0:
    case 1:
    case 2: return tamperer.flip_in_segment();
    case 3: return tamperer.flip_in("head");
    case 4: return tamperer.flip_in("trail-000001.idx");
    case 5:
    case 6: return tamperer.drop();
    case 7: return tamperer.swap();
    case 8: return tamperer.repeat();
    case 9:
    case 10: return tamperer.cut();
    case 11: return below(random, 2) ? tamperer.delete_segment() : tamperer.exchange_segments();
    case 12: return tamperer.delete_head();
    default: return tamperer.replace_head(old_head);
  }
}

}  // namespace chartscan::testing
