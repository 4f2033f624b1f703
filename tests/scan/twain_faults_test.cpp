// Every fault at every place, and the batch resumed after it: what is stored in the end are the sides that lie in the tray,
// each once, in order, with the right bytes. Each run is a process of its own, as with the real worker, because some of the
// faults end it.
#include "tests/scan/twain_support.h"

#include <sys/wait.h>
#include <unistd.h>

#include <map>

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::testing;
namespace fs = std::filesystem;

namespace {

constexpr int kSheets = 4;

// What a run leaves behind besides the sides it stored.
struct RunEnd {
  bool died = false;
  std::string word;  // "end feeder empty", "fault jam read 0"
};

std::string word_for(const Fault& fault) {
  std::ostringstream word;
  word << "fault " << to_string(fault.kind) << " " << to_string(fault.phase) << " " << fault.side
       << (fault.last_side_suspect ? " suspect" : "");
  return word.str();
}

// Stores each side as NNN-S, whole or not at all, before the next is asked for.
std::string scan_into(const fs::path& store, const ScanRequest& request) {
  const auto driver = twain_driver();
  auto opened = driver->open(kFakeFeeder);
  if (const auto* fault = std::get_if<Fault>(&opened)) return word_for(*fault);
  const auto device = std::move(std::get<std::unique_ptr<Device>>(opened));
  if (!device->configure(request).ok()) return "not configured";
  const auto started = device->start_batch();
  if (const auto* fault = std::get_if<Fault>(&started)) return word_for(*fault);
  for (int number = 1;; ++number) {
    KeepingSink sink;
    const auto outcome = device->next_side(sink);
    if (!outcome.ok()) return "sink";
    if (const auto* end = std::get_if<EndOfPaper>(&*outcome)) return std::string("end ") + to_string(end->reason);
    if (const auto* fault = std::get_if<Fault>(&*outcome)) return word_for(*fault);
    char name[32];
    std::snprintf(name, sizeof(name), "%03d-%d", number, std::get<SideMeta>(*outcome).side);
    std::ofstream(store / "part", std::ios::binary)
        .write(reinterpret_cast<const char*>(sink.pixels.data()), static_cast<std::streamsize>(sink.pixels.size()));
    fs::rename(store / "part", store / name);
  }
}

RunEnd run(const fs::path& store, const ScanRequest& request) {
  fs::create_directories(store);
  const pid_t child = fork();
  if (child == 0) {
    std::ofstream(store / "word") << scan_into(store, request);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::ifstream file(store / "word");
  RunEnd end{.died = WIFSIGNALED(status) != 0};
  std::getline(file, end.word);
  fs::remove(store / "word");
  return end;
}

// The batch as it stands: per sheet the sides stored at its last feeding.
class Ledger {
 public:
  // Takes what a run stored; a sheet that starts over supersedes what there was of it.
  void take(const fs::path& store, int first_sheet) {
    std::map<std::string, fs::path> files;  // in order
    for (const auto& entry : fs::directory_iterator(store))
      if (entry.path().filename() != "part") files[entry.path().filename().string()] = entry.path();
    int sheet = first_sheet - 1;
    for (const auto& [name, path] : files) {
      const int side = name.back() - '0';
      if (side == 0) sheets_[++sheet].clear();
      std::ifstream file(path, std::ios::binary);
      sheets_[sheet].push_back(std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {}));
    }
  }
  // Where feeding goes on: at the first sheet that lacks a side, or at the last one if that is suspect.
  int resume_at(int sides_per_sheet, bool last_is_suspect) const {
    int sheet = 1;
    while (sheets_.contains(sheet) && sheets_.at(sheet).size() == static_cast<std::size_t>(sides_per_sheet)) ++sheet;
    return last_is_suspect && sheet > 1 ? sheet - 1 : sheet;
  }
  std::vector<std::vector<std::uint8_t>> sides() const {
    std::vector<std::vector<std::uint8_t>> all;
    for (const auto& [sheet, sides] : sheets_) all.insert(all.end(), sides.begin(), sides.end());
    return all;
  }

 private:
  std::map<int, std::vector<std::vector<std::uint8_t>>> sheets_;
};

struct Case {
  std::string fault;      // as the tray takes it
  std::string first_end;  // of the first run; "%" stands for phase and side
};

std::string with_place(std::string pattern, const std::string& place) {
  if (const auto at = pattern.find('%'); at != std::string::npos) pattern.replace(at, 1, place);
  return pattern;
}

// One feeding with a fault at a place, and the one after it. True when nothing was lost, doubled or damaged.
bool feed_through(const Case& which, const std::string& options, bool duplex, int sheet, int side,
                  const std::string& expected_end) {
  TwainTray tray(options);
  std::vector<std::vector<std::uint8_t>> expected;
  for (int each = 1; each <= kSheets; ++each)
    for (int face = 0; face < (duplex ? 2 : 1); ++face) expected.push_back(tray.put(each, face, PixelMode::Gray, 90, 130).pixels);
  tray.fault(sheet, side, which.fault);

  ScanRequest request;
  request.source = duplex ? "adf-duplex" : "adf";
  request.dpi = 100;
  Ledger ledger;
  const fs::path stores = tray.folder() / "stores";
  const RunEnd first = run(stores / "1", request);
  ledger.take(stores / "1", 1);
  if (which.fault.starts_with("crash"))
    CHECK(first.died);
  else
    CHECK(first.word == expected_end);

  const bool ended = first.word == "end feeder empty";
  if (!ended) {
    // The operator takes the sheet before back as well where it is suspect.
    const int from = ledger.resume_at(duplex ? 2 : 1, first.word.ends_with("suspect"));
    for (int each = from; each <= kSheets; ++each) tray.put_back(each);
    const RunEnd second = run(stores / "2", request);
    ledger.take(stores / "2", from);
    CHECK(second.word == "end feeder empty");
  }
  CHECK(ledger.sides() == expected);
  return ledger.sides() == expected;
}

const std::vector<Case> kCases = {
    {"jam 0", "fault jam %"},
    {"jam 40", "fault jam %"},
    {"jam 95", "fault jam %"},
    {"ioerr 40", "fault device I/O %"},
    {"short 30", "fault short page %"},
    {"short 0", "fault empty page %"},
    {"cover", "fault cover open %"},
    {"busy", "fault busy %"},
    {"nomem", "fault no memory %"},
    {"double", "fault double feed % suspect"},
    {"offline", "fault offline %"},
    {"cancel", "fault device I/O %"},
    {"crash 0", ""},
    {"crash 60", ""},
};

// Faults that strike before the first row of a side belong to its start.
std::string phase_of(const std::string& fault, const std::string& mechanism) {
  const bool early = fault.ends_with(" 0") || fault.find(' ') == std::string::npos;
  if (fault.starts_with("short")) return "read";
  return early || mechanism != "memory" ? "start" : "read";
}

}  // namespace

TEST_CASE("after every fault, wherever it strikes, the batch resumes without a side lost or doubled", "[scan][twain][faults]") {
  std::string table =
      "fault      memory: simplex duplex  native: simplex duplex  file: simplex duplex   (places that resumed whole)\n";
  int walked = 0;
  for (const Case& which : kCases) {
    table += (which.fault + "            ").substr(0, 11);
    for (const std::string mechanism : {"memory", "native", "file"})
      for (const bool duplex : {false, true}) {
        int places = 0, whole = 0;
        for (const int sheet : {1, 3, kSheets})
          for (int side = 0; side < (duplex ? 2 : 1); ++side, ++places) {
            INFO(mechanism << ": " << which.fault << " at sheet " << sheet << " side " << side
                           << (duplex ? ", duplex" : ", simplex"));
            const std::string place = phase_of(which.fault, mechanism) + " " + std::to_string(side);
            whole +=
                feed_through(which, "rows=16;mechanisms=" + mechanism, duplex, sheet, side, with_place(which.first_end, place));
          }
        walked += places;
        table += "        " + std::to_string(whole) + "/" + std::to_string(places);
      }
    table += "\n";
  }
  std::printf("%s%d faults walked through on TWAIN\n", table.c_str(), walked);
}

TEST_CASE("faults that meet the feeder instead of the transfer are told with the start of a side", "[scan][twain][faults]") {
  for (const Case& which : kCases) {
    if (which.fault.find(' ') != std::string::npos || which.fault == "offline" || which.fault == "cancel") continue;
    for (const bool duplex : {false, true})
      for (const int sheet : {1, 3})
        for (int side = 0; side < (duplex ? 2 : 1); ++side) {
          INFO(which.fault << " at sheet " << sheet << " side " << side << (duplex ? ", duplex" : ", simplex"));
          feed_through(which, "fault-at=start", duplex, sheet, side,
                       with_place(which.first_end, "start " + std::to_string(side)));
        }
  }
}

TEST_CASE("a source that is only slow loses nothing", "[scan][twain][faults]") {
  feed_through({"hang 1", ""}, "", true, 2, 1, "end feeder empty");
}

TEST_CASE("a fault keeps the codes of the layer below and says what may be on its way", "[scan][twain][faults]") {
  TwainTray tray;
  tray.put(1, 0), tray.put(1, 1);
  tray.fault(1, 1, "jam 50");
  ScanRequest request;
  request.source = "adf-duplex";
  const auto driver = twain_driver();
  const auto device = open_fake_feeder(*driver);
  REQUIRE(device->configure(request).ok());
  const ScannedBatch batch = scan_all(*device);
  REQUIRE(batch.fault);
  CHECK(batch.fault->raw_code == 20);
  CHECK(batch.fault->raw_text == "TWRC_FAILURE/TWCC_PAPERJAM");
  CHECK(batch.fault->side == 1);
  CHECK(batch.fault->sheets_in_transport == 1);
  // The device stays faulty until it is opened again.
  KeepingSink none;
  const auto again = device->next_side(none);
  REQUIRE(std::holds_alternative<Fault>(*again));
  CHECK(std::get<Fault>(*again).kind == FaultKind::Jam);
  CHECK(std::holds_alternative<Fault>(device->start_batch()));
  CHECK(tray.in_tray(1));
}
