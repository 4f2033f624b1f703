#include "storage/audit_trail.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "storage/audit_head.h"
#include "storage/audit_segment.h"
#include "tests/support/audit_trails.h"

namespace chartscan::storage {
namespace {

namespace fs = std::filesystem;
using namespace chartscan::testing;

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "chartscan-audit-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  fs::path file(const std::string& name) const { return path_ / "audit" / name; }
  std::string content(const std::string& name) const {
    std::ifstream in(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& name, const std::string& bytes) const { std::ofstream(file(name), std::ios::binary | std::ios::trunc) << bytes; }
  AuditVerdict verify(const AuditChecks& checks = {}) const {
    const auto verdict = verify_audit_trail(path_, checks);
    REQUIRE(verdict.ok());
    return *verdict;
  }

 private:
  fs::path path_;
};

std::unique_ptr<AuditTrail> opened(const Folder& folder, AuditOptions options = {}) {
  auto trail = AuditTrail::open(folder.path(), std::move(options));
  INFO((trail.ok() ? "" : to_string(trail.error())));
  REQUIRE(trail.ok());
  return std::move(trail).value();
}

AuditOptions small_segments() {
  AuditOptions options;
  options.segment_bytes = 20'000;
  return options;
}

AuditRecord look(const std::string& user, const std::string& mrn, AuditAction action = AuditAction::ViewChart) {
  AuditRecord record;
  record.user = user;
  record.mrns = {mrn};
  record.action = action;
  record.origin = "10.0.0.1";
  return record;
}

std::vector<std::uint64_t> numbers(const AuditAnswer& answer) {
  std::vector<std::uint64_t> all;
  for (const AuditRecord& record : answer.records) all.push_back(record.number);
  return all;
}

std::uint64_t append(AuditTrail& trail, AuditRecord record) {
  const auto number = trail.append(std::move(record));
  INFO((number.ok() ? "" : to_string(number.error())));
  REQUIRE(number.ok());
  return *number;
}

}  // namespace

TEST_CASE("a record comes back from its bytes as it was, and damaged bytes are refused", "[storage][audit]") {
  AuditRecord record = invented_look(7);
  record.number = 812;
  record.time_ms = 1'795'000'000'123;
  record.action = AuditAction::BreakGlass;
  record.outcome = AuditOutcome::Refused;
  record.mrns = {"A/1", "B 2"};
  record.page = {9};
  record.document = {8};
  record.batch = {7};
  record.reason = "emergency, unconscious";
  record.detail = "class psychiatric";
  record.query = "\"é\"";
  const std::string bytes = encode(record);
  const auto back = decode_audit_record(bytes);
  REQUIRE(back);
  CHECK(*back == record);
  CHECK(back->query == "\"é\"");
  CHECK(back->mrns == record.mrns);
  CHECK(number_of_audit_record(bytes) == 812);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto shorter = decode_audit_record(std::string_view(bytes).substr(0, size));
    CHECK((!shorter || !(*shorter == record)));
  }
}

TEST_CASE("an endless query or chart list is cut between characters, and says so", "[storage][audit]") {
  AuditRecord record;
  record.number = 1;
  for (int i = 0; i < 4000; ++i) record.query += "é";
  for (int i = 0; i < 20'000; ++i) record.mrns.push_back("MRN" + std::to_string(i));
  const std::string bytes = encode(record);
  CHECK(bytes.size() < kMaxAuditPayload);
  const auto back = decode_audit_record(bytes);
  REQUIRE(back);
  CHECK(back->query.size() == 4096);
  CHECK(back->mrns.size() > 2000);
  CHECK(back->detail == " (and " + std::to_string(20'000 - back->mrns.size()) + " more charts)");
}

TEST_CASE("times are written and read as UTC", "[storage][audit]") {
  CHECK(utc_text(0) == "1970-01-01T00:00:00.000Z");
  CHECK(utc_text(1'795'335'300'250) == "2026-11-22T08:15:00.250Z");
  CHECK(parse_utc("2026-11-22T08:15:00.250Z") == 1'795'335'300'250);
  CHECK(parse_utc("2026-11-22 08:15") == 1'795'335'300'000);
  CHECK(parse_utc("2026-11-22") == 1'795'305'600'000);
  for (const char* wrong : {"", "2026", "2026-11", "2026-13-01", "2026-02-30", "2026-11-22T25:00", "22.11.2026", "2026-11-22T08", "2026-11-22x"}) CHECK_FALSE(parse_utc(wrong));
}

TEST_CASE("the trail goes on where it was, over segments, and is in order", "[storage][audit]") {
  const Folder folder;
  for (int round = 0; round < 5; ++round) {
    const auto trail = opened(folder, small_segments());
    for (int i = 0; i < 100; ++i) CHECK(append(*trail, look("ann", "M1")) == static_cast<std::uint64_t>(round * 100 + i + 1));
  }
  const AuditVerdict verdict = folder.verify();
  CHECK_FALSE(verdict.fault);
  CHECK(verdict.records == 500);
  CHECK(verdict.segments >= 2);
  CHECK(verdict.recoveries == 0);
}

TEST_CASE("threads and processes append to one trail, and nothing is lost or doubled", "[storage][audit]") {
  const Folder folder;
  { opened(folder); }
  constexpr int kProcesses = 3, kThreads = 4, kEach = 40;
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const pid_t child = fork();
    if (child == 0) {
      auto trail = AuditTrail::open(folder.path(), small_segments());
      bool fine = trail.ok();
      std::vector<std::thread> threads;
      for (int t = 0; fine && t < kThreads; ++t)
        threads.emplace_back([&, t] {
          for (int i = 0; i < kEach; ++i) fine = fine && (*trail)->append(look("p" + std::to_string(p) + "t" + std::to_string(t), "M" + std::to_string(i))).ok();
        });
      for (std::thread& thread : threads) thread.join();
      _exit(fine ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  const AuditVerdict verdict = folder.verify();
  CHECK_FALSE(verdict.fault);
  CHECK(verdict.records == kProcesses * kThreads * kEach);
  const auto trail = opened(folder);
  AuditQuery query;
  query.mrns = {"M7"};
  query.limit = 1000;
  std::set<std::string> users;
  const auto answer = trail->query(query);
  for (const AuditRecord& record : answer->records) users.insert(record.user);
  CHECK(users.size() == kProcesses * kThreads);
}

TEST_CASE("who saw a chart, what a user did, who opened a page: newest first, page by page", "[storage][audit]") {
  const Folder folder;
  std::int64_t now = 1'000'000;
  AuditOptions options = small_segments();
  options.now_ms = [&] { return now += 1000; };
  const auto trail = opened(folder, options);
  std::vector<AuditRecord> all;
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    AuditRecord record = invented_look(i, 50);
    record.number = append(*trail, record);
    record.time_ms = now;
    all.push_back(record);
  }
  const auto expected = [&](const auto& answers) {
    std::vector<std::uint64_t> found;
    for (auto it = all.rbegin(); it != all.rend(); ++it)
      if (answers(*it)) found.push_back(it->number);
    return found;
  };
  const auto asked = [&](AuditQuery query) {
    std::vector<std::uint64_t> found;
    query.limit = 17;
    do {
      const auto answer = trail->query(query);
      REQUIRE(answer.ok());
      CHECK(answer->unreadable.empty());
      for (const std::uint64_t number : numbers(*answer)) found.push_back(number);
      query.before = answer->next;
    } while (query.before != 0);
    return found;
  };
  AuditQuery chart;
  chart.mrns = {"MRN100007"};
  CHECK(asked(chart) == expected([](const AuditRecord& r) { return std::ranges::count(r.mrns, "MRN100007") > 0; }));
  chart.mrns.push_back("MRN100008");
  CHECK(asked(chart) == expected([](const AuditRecord& r) { return std::ranges::count(r.mrns, "MRN100007") + std::ranges::count(r.mrns, "MRN100008") > 0; }));
  AuditQuery user;
  user.user = "user7";
  user.actions = {AuditAction::Print, AuditAction::Search};
  CHECK(asked(user) == expected([](const AuditRecord& r) { return r.user == "user7" && (r.action == AuditAction::Print || r.action == AuditAction::Search); }));
  AuditQuery page;
  page.page = all[1234].page ? all[1234].page : all[1235].page;
  CHECK(asked(page) == expected([&](const AuditRecord& r) { return r.page == page.page; }));
  AuditQuery span;
  span.from_ms = all[1000].time_ms;
  span.to_ms = all[1100].time_ms;
  CHECK(asked(span).size() == 100);
  std::vector<std::uint64_t> oldest_first;
  REQUIRE(trail->each(user, [&](const AuditRecord& r) { return oldest_first.push_back(r.number), true; }).ok());
  std::ranges::reverse(oldest_first);
  CHECK(oldest_first == asked(user));
  CHECK_FALSE(folder.verify().fault);  // the indexes that the questions left behind, too
}

TEST_CASE("a question sees what another process appended meanwhile", "[storage][audit]") {
  const Folder folder;
  const auto here = opened(folder, small_segments()), there = opened(folder, small_segments());
  AuditQuery query;
  query.user = "bob";
  CHECK(here->query(query)->records.empty());
  for (int i = 0; i < 400; ++i) append(*there, look(i % 100 ? "ann" : "bob", "M1"));
  CHECK(here->query(query)->records.size() == 4);
  CHECK(append(*here, look("bob", "M2")) == 401);
  CHECK(there->query(query)->records.front().number == 401);
}

TEST_CASE("an index that is missing or damaged is made again, and a damaged one is named", "[storage][audit]") {
  const Folder folder;
  const auto trail = opened(folder, small_segments());
  fill_trail(*trail, 2000, 50);
  AuditQuery query;
  query.mrns = {"MRN100001"};
  query.limit = 10'000;
  const auto before = numbers(*trail->query(query));
  REQUIRE(fs::exists(folder.file("trail-000001.idx")));
  folder.write("trail-000001.idx", "rubbish");
  CHECK(folder.verify().fault->segment == "trail-000001.idx");
  CHECK(numbers(*trail->query(query)) == before);
  CHECK_FALSE(folder.verify().fault);
  fs::remove(folder.file("trail-000001.idx"));
  CHECK_FALSE(folder.verify().fault);
  CHECK(numbers(*trail->query(query)) == before);
}

TEST_CASE("whatever is done to the files is found, and the first record concerned is named", "[storage][audit]") {
  const Folder pristine;
  std::string old_head;
  {
    const auto trail = opened(pristine, small_segments());
    fill_trail(*trail, 1000);
    old_head = pristine.content("head");
    fill_trail(*trail, 1500);
    (void)trail->query({});
    AuditQuery query;
    query.user = "user1";
    query.limit = 10'000;
    (void)trail->query(query);  // leaves indexes behind
  }
  REQUIRE_FALSE(pristine.verify().fault);
  std::mt19937_64 random(20'261'122);
  for (int round = 0; round < 400; ++round) {
    const Folder copy;
    fs::copy(pristine.path(), copy.path(), fs::copy_options::recursive);
    const Tampering done = tamper(copy.path(), random, old_head);
    const AuditVerdict verdict = copy.verify();
    INFO("round " << round << ": " << done.what << ", record " << done.first);
    REQUIRE(verdict.fault);
    INFO(verdict.fault->message);
    CHECK(verdict.fault->message.size() > 20);
    if (done.first != 0) CHECK(verdict.fault->number == done.first);
  }
}

TEST_CASE("a crash in the middle of a write loses nothing that was acknowledged, and is told", "[storage][audit]") {
  const Folder folder;
  { fill_trail(*opened(folder), 10); }
  const std::string whole = folder.content("trail-000001.log"), head = folder.content("head");
  {
    const auto trail = opened(folder);
    append(*trail, look("ann", "M1"));
    append(*trail, look("ann", "M2"));
  }
  const std::string longer = folder.content("trail-000001.log");
  for (std::size_t size = whole.size() + 1; size <= longer.size(); size += 7) {
    folder.write("head", head);  // as it was: the crash came before its write
    folder.write("trail-000001.log", longer.substr(0, size));
    CHECK(folder.verify().fault->kind == AuditFault::Kind::Head);
    const auto trail = opened(folder);
    const std::uint64_t number = append(*trail, look("bob", "M3"));
    const AuditVerdict verdict = folder.verify();
    INFO("cut to " << size << (verdict.fault ? verdict.fault->message : ""));
    CHECK_FALSE(verdict.fault);
    CHECK(verdict.recoveries == 1);
    CHECK(verdict.records == number);
    CHECK(number >= 12);  // ten, perhaps some of the two, the one that tells, bob's
    AuditQuery told;
    told.actions = {AuditAction::TrailRecovered};
    REQUIRE(trail->query(told)->records.size() == 1);
  }
}

TEST_CASE("a process that is killed while it appends loses nothing it was told is there", "[storage][audit]") {
  const Folder folder;
  std::mt19937 random(3);
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 12; ++round) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      const auto trail = AuditTrail::open(folder.path(), small_segments());
      std::vector<std::thread> threads;
      for (int t = 0; trail.ok() && t < 3; ++t)
        threads.emplace_back([&] {
          for (;;) {
            const auto number = (*trail)->append(look("ann", "M1"));
            if (!number || write(ends[1], &*number, sizeof *number) != sizeof *number) _exit(1);
          }
        });
      for (std::thread& thread : threads) thread.join();
      _exit(1);
    }
    close(ends[1]);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 60));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    for (std::uint64_t number = 0; read(ends[0], &number, sizeof number) == sizeof number;) acknowledged = std::max(acknowledged, number);
    close(ends[0]);
    append(*opened(folder, small_segments()), look("bob", "M2"));
    const AuditVerdict verdict = folder.verify();
    INFO("round " << round << (verdict.fault ? verdict.fault->message : ""));
    REQUIRE_FALSE(verdict.fault);
    REQUIRE(verdict.records > acknowledged);
    acknowledged = std::max(acknowledged, verdict.records);
  }
  CHECK(acknowledged > 12);
}

TEST_CASE("a crash between two segments is mended", "[storage][audit]") {
  const Folder folder;
  { fill_trail(*opened(folder, small_segments()), 100); }
  const std::uint32_t last = segments_in(folder.file("")).value().back();
  SECTION("the next one was just being made") { folder.write(segment_name(last + 1), "CSAT"); }
  SECTION("the next one holds its header") {
    const auto head = decode_audit_head(folder.content("head").substr(0, kHeadSlot)), other = decode_audit_head(folder.content("head").substr(kHeadSlot));
    const AuditHead& newest = head->turn > other->turn ? *head : *other;
    folder.write(segment_name(last + 1), encode(SegmentHeader{last + 1, newest.number + 1, 5, newest.hash, newest.trail_id}));
  }
  const auto trail = opened(folder, small_segments());
  append(*trail, look("ann", "M1"));
  const AuditVerdict verdict = folder.verify();
  INFO((verdict.fault ? verdict.fault->message : ""));
  CHECK_FALSE(verdict.fault);
  CHECK(verdict.records >= 101);
}

TEST_CASE("a trail that was cut goes on behind the gap, and the gap is named for ever", "[storage][audit]") {
  const Folder folder;
  { fill_trail(*opened(folder), 100); }
  const std::string bytes = folder.content("trail-000001.log");
  SECTION("its end") { folder.write("trail-000001.log", bytes.substr(0, bytes.size() - 300)); }
  SECTION("all of it") { fs::remove(folder.file("trail-000001.log")); }
  const AuditVerdict before = folder.verify();
  REQUIRE(before.fault);
  {
    const auto trail = opened(folder);
    CHECK(append(*trail, look("ann", "M1")) == 102);  // 101 tells
    AuditQuery query;
    query.user = "ann";
    CHECK(trail->query(query)->records.size() == 1);
  }
  const AuditVerdict after = folder.verify();
  REQUIRE(after.fault);
  CHECK(after.fault->number == before.fault->number);
}

TEST_CASE("a file swapped under a writing process does not swallow records", "[storage][audit]") {
  const Folder folder;
  const auto trail = opened(folder);
  fill_trail(*trail, 10);
  const std::string bytes = folder.content("trail-000001.log");
  fs::remove(folder.file("trail-000001.log"));
  folder.write("trail-000001.log", bytes);
  CHECK(append(*trail, look("ann", "M1")) == 11);
  CHECK(folder.verify().records == 11);
  CHECK_FALSE(folder.verify().fault);
}

TEST_CASE("who rewrites trail and head is noticed by the anchor outside", "[storage][audit]") {
  const Folder folder, elsewhere;
  AuditOptions options;
  options.anchor = elsewhere.path() / "anchor";
  options.anchor_records = 50;
  { fill_trail(*opened(folder, options), 120); }
  AuditChecks checks;
  checks.anchor = options.anchor;
  const AuditVerdict fine = folder.verify(checks);
  CHECK_FALSE(fine.fault);
  CHECK(fine.anchors >= 1);
  CHECK(fine.last.number == 120);

  fs::remove_all(folder.path() / "audit");
  { fill_trail(*opened(folder), 119); }  // one look was left out, everything else is written anew
  CHECK_FALSE(folder.verify().fault);
  const AuditVerdict verdict = folder.verify(checks);
  REQUIRE(verdict.fault);
  CHECK((verdict.fault->kind == AuditFault::Kind::Anchor || verdict.fault->kind == AuditFault::Kind::Cut));

  AuditChecks given;
  given.anchors = {fine.last};
  CHECK(folder.verify(given).fault->kind == AuditFault::Kind::Cut);
}

TEST_CASE("an anchor that cannot be written holds nobody up, and the outage is in the trail", "[storage][audit]") {
  const Folder folder;
  AuditOptions options;
  options.anchor = folder.path() / "not mounted" / "anchor";
  {
    const auto trail = opened(folder, options);
    append(*trail, look("ann", "M1"));
    CHECK_FALSE(trail->anchor().ok());
  }
  CHECK_FALSE(folder.verify().fault);
}

TEST_CASE("an anchor is read back from what is printed", "[storage][audit]") {
  const Folder folder;
  const auto trail = opened(folder);
  fill_trail(*trail, 5);
  const auto newest = trail->newest();
  REQUIRE(newest.ok());
  const auto back = parse_audit_anchor(std::to_string(newest->number) + ":" + newest->hash);
  REQUIRE(back);
  CHECK(back->number == 5);
  CHECK(back->hash == newest->hash);
  for (const char* wrong : {"", "5", "5:", ":aa", "x:00", "5:zz"}) CHECK_FALSE(parse_audit_anchor(wrong));
}

TEST_CASE("where no trail was begun there is nothing to verify; where the archive is missing none is begun", "[storage][audit]") {
  const Folder folder;
  const AuditVerdict verdict = folder.verify();
  CHECK_FALSE(verdict.fault);
  CHECK(verdict.records == 0);
  CHECK_FALSE(AuditTrail::open(folder.path() / "no archive").ok());
}

TEST_CASE("100,000 records: who saw this chart in under 100 ms, and tampering at random places is found", "[storage][audit][.slow]") {
  const Folder folder;
  {
    const auto trail = opened(folder);
    fill_trail(*trail, 100'000, 2000);
    AuditQuery query;
    query.mrns = {"MRN100042"};
    (void)trail->query(query);
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = trail->query(query);
    const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    WARN("who saw this chart: " << ms << " ms, " << answer->records.size() << " looks");
    CHECK(answer->records.size() > 50);
    CHECK(ms < 100);
  }
  REQUIRE_FALSE(folder.verify().fault);
  const std::string old_head = folder.content("head");
  { fill_trail(*opened(folder), 10); }
  std::mt19937_64 random(7);
  for (int round = 0; round < 100; ++round) {
    const Folder copy;
    fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
    const Tampering done = tamper(copy.path(), random, old_head);
    const AuditVerdict verdict = copy.verify();
    INFO(done.what << ", record " << done.first);
    REQUIRE(verdict.fault);
    if (done.first != 0) CHECK(verdict.fault->number == done.first);
  }
}

}  // namespace chartscan::storage
