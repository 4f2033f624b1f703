// What a SANE device's answers mean, on a scripted device: ends that are none, faults that hide behind others.
#include <catch2/catch.hpp>

#include "scanner-drivers/sane/sane_device.h"
#include "scanner-drivers/sane/scripted_session.h"

using namespace chartscan;
using namespace chartscan::scan;
using namespace chartscan::scan::sane;

namespace {

constexpr int kWidth = 10, kHeight = 4;

ScriptedFrame gray_side(int rows = kHeight) {
  ScriptedFrame frame{.parameters = {.bytes_per_line = kWidth, .pixels_per_line = kWidth, .lines = kHeight}};
  for (int i = 0; i < kWidth * rows; ++i) frame.bytes.push_back(static_cast<std::uint8_t>(i * 7));
  return frame;
}

ScriptedFrame failing(Code start) { return {.start = start}; }

// Keeps the rows of the last side.
class KeepingSink : public SideSink {
 public:
  Status begin(const SideFormat& given) override {
    format = given;
    bytes.clear();
    return {};
  }
  Status rows(std::span<const std::uint8_t> rows) override {
    bytes.insert(bytes.end(), rows.begin(), rows.end());
    return {};
  }
  Status progress(std::uint64_t) override { return {}; }
  SideFormat format;
  std::vector<std::uint8_t> bytes;
};

// A feeder whose session stays reachable.
struct Bench {
  explicit Bench(const std::string& source = "adf", const std::string& name = "test:0") {
    auto made = std::make_unique<ScriptedSession>();
    session = made.get();
    session->add_list("source", {"ADF Front", "ADF Duplex", "Flatbed"}, "ADF Front");
    session->add_list("mode", {"Gray", "Color"}, "Gray");
    session->add_sensor("page-loaded", false);
    session->add_sensor("double-feed", false);
    device = make_device(std::move(made), {.name = name});
    REQUIRE(device->configure({.source = source}).ok());
  }
  SideOutcome next() {
    Result<SideOutcome> outcome = device->next_side(sink);
    REQUIRE(outcome.ok());
    return *outcome;
  }
  Fault fault() {
    const SideOutcome outcome = next();
    REQUIRE(std::holds_alternative<Fault>(outcome));
    return std::get<Fault>(outcome);
  }
  SideMeta side() {
    const SideOutcome outcome = next();
    REQUIRE(std::holds_alternative<SideMeta>(outcome));
    return std::get<SideMeta>(outcome);
  }
  EndReason end() {
    const SideOutcome outcome = next();
    REQUIRE(std::holds_alternative<EndOfPaper>(outcome));
    return std::get<EndOfPaper>(outcome).reason;
  }

  ScriptedSession* session = nullptr;
  std::unique_ptr<Device> device;
  KeepingSink sink;
};

}  // namespace

TEST_CASE("an empty feeder is believed only when its sensor agrees", "[scan][device]") {
  Bench bench;
  CHECK(bench.end() == EndReason::FeederEmpty);
  bench.session->put("page-loaded", Value(true));
  const Fault fault = bench.fault();
  CHECK(fault.kind == FaultKind::StillLoaded);
  CHECK(fault.phase == FaultPhase::End);
  CHECK(fault.raw_text == "SANE_STATUS_NO_DOCS");
}

TEST_CASE("an empty feeder may show in the first read, but not behind pixels", "[scan][device]") {
  Bench bench;
  ScriptedFrame empty = gray_side(0);
  empty.end = Code::NoDocs;
  bench.session->frames.push_back(empty);
  CHECK(bench.end() == EndReason::FeederEmpty);
  ScriptedFrame cut = gray_side(2);
  cut.end = Code::NoDocs;
  bench.session->frames.push_back(cut);
  const Fault fault = bench.fault();
  CHECK(fault.kind == FaultKind::DeviceIo);
  CHECK(fault.raw_code == 7);
  CHECK(fault.sheets_in_transport == 1);
}

TEST_CASE("a side without pixels and a side that is cut are told apart", "[scan][device]") {
  Bench bench;
  bench.session->frames = {gray_side(0), gray_side(3)};
  CHECK(bench.fault().kind == FaultKind::EmptyPage);
  const Fault cut = bench.fault();
  CHECK(cut.kind == FaultKind::ShortPage);
  CHECK(cut.raw_text.find("3 of 4 rows") != std::string::npos);
}

TEST_CASE("a cut row of unknown height is a cut side", "[scan][device]") {
  Bench bench;
  ScriptedFrame frame = gray_side(3);
  frame.parameters.lines = -1;
  bench.session->frames.push_back(frame);
  CHECK(bench.side().height == 3);
  frame.bytes.push_back(1);
  bench.session->frames.push_back(frame);
  CHECK(bench.fault().kind == FaultKind::ShortPage);
}

TEST_CASE("rows beyond those announced are kept and noted", "[scan][device]") {
  Bench bench;
  bench.session->frames.push_back(gray_side(6));
  const SideMeta side = bench.side();
  CHECK(side.height == 6);
  CHECK(bench.sink.bytes.size() == 60);
  REQUIRE(side.notes.size() == 1);
}

TEST_CASE("a jam is a double feed when the sensor says so, and then the side before is suspect too", "[scan][device]") {
  Bench bench;
  bench.session->frames = {gray_side(), failing(Code::Jammed), failing(Code::Jammed)};
  bench.side();
  const Fault jam = bench.fault();
  CHECK(jam.kind == FaultKind::Jam);
  CHECK(!jam.last_side_suspect);
  bench.session->put("double-feed", Value(true));
  const Fault doubled = bench.fault();
  CHECK(doubled.kind == FaultKind::DoubleFeed);
  CHECK(doubled.last_side_suspect);
}

TEST_CASE("nothing is in the way where nothing had moved, and a front without its back always is", "[scan][device]") {
  Bench bench("adf-duplex");
  bench.session->frames = {failing(Code::DeviceBusy), gray_side(), failing(Code::DeviceBusy)};
  CHECK(bench.fault().sheets_in_transport == 0);
  CHECK(bench.side().side == 0);
  const Fault between = bench.fault();
  CHECK(between.side == 1);
  CHECK(between.sheets_in_transport == 1);
}

TEST_CASE("a feeder that is empty between front and back is a fault", "[scan][device]") {
  Bench bench("adf-duplex");
  bench.session->frames = {gray_side()};
  bench.side();
  const Fault fault = bench.fault();
  CHECK(fault.kind == FaultKind::EmptyPage);
  CHECK(fault.side == 1);
}

TEST_CASE("a device that says it delivers the other side is stopped, except over the network, where it speaks of the next",
          "[scan][device]") {
  Bench bench("adf-duplex");
  bench.session->add_sensor("side", true);
  bench.session->frames = {gray_side()};
  CHECK(bench.fault().kind == FaultKind::DeviceIo);
  Bench remote("adf-duplex", "net:host:fujitsu:1");
  remote.session->add_sensor("side", true);
  remote.session->frames = {gray_side()};
  CHECK(remote.side().side == 0);
}

TEST_CASE("nothing is cancelled between sides", "[scan][device]") {
  Bench bench("adf-duplex");
  bench.session->frames = {gray_side(), gray_side(), gray_side(), gray_side()};
  for (int i = 0; i < 4; ++i) CHECK(bench.side().driver_sequence == i + 1);
  CHECK(bench.end() == EndReason::FeederEmpty);
  CHECK(bench.session->cancels == 0);
}

TEST_CASE("only a scanner behind sane-airscan is asked twice whether it is empty", "[scan][device]") {
  Bench escl("adf", "airscan:e0:HP");
  escl.session->frames = {failing(Code::NoDocs), gray_side()};
  const SideMeta side = escl.side();
  CHECK(escl.session->cancels == 1);
  REQUIRE(side.notes.size() == 1);
  CHECK(escl.end() == EndReason::FeederEmpty);
  escl.session->frames = {failing(Code::NoDocs), failing(Code::Inval)};  // takes no second job
  CHECK(escl.end() == EndReason::FeederEmpty);
  Bench usb;
  usb.session->frames = {failing(Code::NoDocs), gray_side()};
  CHECK(usb.end() == EndReason::FeederEmpty);
  CHECK(usb.session->cancels == 0);
}

TEST_CASE("a lamp that warms up is waited for", "[scan][device]") {
  Bench bench;
  bench.session->frames = {failing(Code::WarmingUp), gray_side()};
  CHECK(bench.side().height == kHeight);
}

TEST_CASE("passes of different size or a frame of unknown kind make no side", "[scan][device]") {
  Bench bench;
  const auto pass = [](Frame frame, bool last, int rows) {
    ScriptedFrame made = gray_side(rows);
    made.parameters.frame = frame;
    made.parameters.last_frame = last;
    made.parameters.lines = -1;
    return made;
  };
  bench.session->frames = {pass(Frame::Red, false, 4), pass(Frame::Green, false, 4), pass(Frame::Blue, true, 4)};
  CHECK(bench.side().height == 4);
  CHECK(bench.sink.format.channels == 3);
  CHECK(bench.sink.bytes.size() == 120);
  bench.session->frames = {pass(Frame::Red, false, 4), pass(Frame::Green, false, 3), pass(Frame::Blue, true, 4)};
  CHECK(bench.fault().kind == FaultKind::ShortPage);
  bench.session->frames = {pass(Frame::Red, false, 4), failing(Code::Jammed)};
  CHECK(bench.fault().kind == FaultKind::Jam);
  bench.session->frames = {pass(Frame::Other, true, 4)};
  CHECK(bench.fault().kind == FaultKind::Unsupported);
  ScriptedFrame narrow = gray_side();
  narrow.parameters.bytes_per_line = kWidth - 1;  // rows that cannot hold their pixels
  bench.session->frames = {narrow};
  CHECK(bench.fault().kind == FaultKind::Unsupported);
}

TEST_CASE("one-bit colour: each byte of three holds eight pixels of one colour", "[scan][device]") {
  Bench bench;
  ScriptedFrame frame{.parameters = {.frame = Frame::Rgb, .bytes_per_line = 6, .pixels_per_line = 9, .lines = 1, .depth = 1}};
  frame.bytes = {0x80, 0x00, 0x01, 0x80, 0x00, 0x00};  // pixel 0 red, pixel 7 blue, pixel 8 red
  bench.session->frames = {frame};
  bench.side();
  REQUIRE(bench.sink.format.depth == 8);
  REQUIRE(bench.sink.bytes.size() == 27);
  const auto pixel = [&](std::size_t x) {
    return std::vector<int>{bench.sink.bytes[3 * x], bench.sink.bytes[3 * x + 1], bench.sink.bytes[3 * x + 2]};
  };
  CHECK(pixel(0) == std::vector{255, 0, 0});
  CHECK(pixel(1) == std::vector{0, 0, 0});
  CHECK(pixel(7) == std::vector{0, 0, 255});
  CHECK(pixel(8) == std::vector{255, 0, 0});
}
