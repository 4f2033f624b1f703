#include "scanner-drivers/sane/side_reader.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include <fmt/format.h>

#include "scanner-drivers/flat_fill.h"

namespace chartscan::scan::sane {

namespace {

constexpr std::size_t kPiece = 1 << 18;                     // bytes asked of the device at a time: stays in the cache
constexpr std::size_t kLargestSide = std::size_t{2} << 30;  // bytes: A3 at 1200 dpi in 16-bit colour has 1.6 GB
constexpr int kWidest = 200'000;                            // pixels
constexpr std::chrono::milliseconds kIdle{2};               // between two answers of "0 bytes, all is well"

// How a frame's bytes become rows of SideFormat.
struct Layout {
  std::size_t row_on_wire = 0;  // bytes, padding included
  std::size_t row_packed = 0;   // bytes that count
  int samples = 0;              // of one row of one frame
  int channels = 1;             // in one frame
  int depth = 8;
  bool spread = false;  // one-bit samples of a colour frame become bytes
};

using Trouble = ReadTrouble;

// A server of scanners that died between start and here leaves libsane with an answer of nothing but zeros, or of chance.
Trouble says_nothing(Code code) {
  return {.code = code, .text = "the side was started, but the scanner does not say what it sends"};
}

std::optional<Layout> layout_of(const Parameters& p) {
  if (p.frame == Frame::Other || p.pixels_per_line <= 0 || p.pixels_per_line > kWidest || p.bytes_per_line <= 0)
    return std::nullopt;
  if (p.depth != 1 && p.depth != 8 && p.depth != 16) return std::nullopt;
  Layout layout{
      .row_on_wire = static_cast<std::size_t>(p.bytes_per_line), .channels = p.frame == Frame::Rgb ? 3 : 1, .depth = p.depth};
  layout.samples = p.pixels_per_line * layout.channels;
  // One-bit colour comes as three bytes for eight pixels, each colour filled up to whole bytes.
  layout.row_packed = p.depth == 1 ? (static_cast<std::size_t>(p.pixels_per_line) + 7) / 8 * layout.channels
                                   : static_cast<std::size_t>(layout.samples) * p.depth / 8;
  layout.spread = p.depth == 1 && p.frame != Frame::Gray;
  if (layout.row_on_wire < layout.row_packed) return std::nullopt;
  return layout;
}

bool is_pass(Frame frame) { return frame == Frame::Red || frame == Frame::Green || frame == Frame::Blue; }
std::size_t plane_of(Frame frame) { return frame == Frame::Red ? 0 : frame == Frame::Green ? 1 : 2; }

// Takes whole rows of one frame.
class RowTaker {
 public:
  virtual ~RowTaker() = default;
  virtual Status rows(std::span<const std::uint8_t> wire, const Layout& layout, std::size_t count) = 0;
};

// Eight pixels in `channels` bytes -> one byte a sample.
void spread_bits(const std::uint8_t* wire, const Layout& layout, std::uint8_t* out) {
  const int pixels = layout.samples / layout.channels;
  for (int x = 0; x < pixels; ++x)
    for (int c = 0; c < layout.channels; ++c)
      *out++ = wire[static_cast<std::size_t>(x / 8 * layout.channels + c)] & (0x80 >> (x % 8)) ? 255 : 0;
}

// Straight on to the sink.
class StraightRows : public RowTaker {
 public:
  explicit StraightRows(SideSink& sink) : sink_(sink) {}

  Status rows(std::span<const std::uint8_t> wire, const Layout& layout, std::size_t count) override {
    std::span<const std::uint8_t> ready = wire;
    const std::size_t out_row = layout.spread ? static_cast<std::size_t>(layout.samples) : layout.row_packed;
    if (layout.spread || layout.row_on_wire != layout.row_packed) {
      packed_.resize(out_row * count);
      for (std::size_t y = 0; y < count; ++y) {
        const std::uint8_t* from = wire.data() + y * layout.row_on_wire;
        if (layout.spread)
          spread_bits(from, layout, packed_.data() + y * out_row);
        else
          std::memcpy(packed_.data() + y * out_row, from, out_row);
      }
      ready = packed_;
    }
    if (layout.depth == 8)
      for (std::size_t y = 0; y < count; ++y) fill_.row(ready.subspan(y * out_row, out_row));
    return sink_.rows(ready);
  }

  std::string note() const { return fill_.note(); }

 private:
  SideSink& sink_;
  FlatFill fill_;
  std::vector<std::uint8_t> packed_;
};

// Kept until all three passes are here.
class PassRows : public RowTaker {
 public:
  Status rows(std::span<const std::uint8_t> wire, const Layout& layout, std::size_t count) override {
    std::vector<std::uint8_t>& plane = planes_[at_];
    const std::size_t row = layout.spread ? static_cast<std::size_t>(layout.samples) : layout.row_packed;
    for (std::size_t y = 0; y < count; ++y) {
      const std::size_t end = plane.size();
      const std::uint8_t* from = wire.data() + y * layout.row_on_wire;
      plane.resize(end + row);
      if (layout.spread)
        spread_bits(from, layout, plane.data() + end);
      else
        std::memcpy(plane.data() + end, from, row);
    }
    return {};
  }

  void turn_to(Frame frame) {
    at_ = plane_of(frame);
    planes_[at_].clear();
  }
  bool complete() const {
    return !planes_[0].empty() && planes_[0].size() == planes_[1].size() && planes_[1].size() == planes_[2].size();
  }

  Status deliver(const SideFormat& format, SideSink& sink, FlatFill& fill) const {
    const std::size_t bytes = format.depth / 8, row = format.row_bytes(), samples = static_cast<std::size_t>(format.width);
    std::vector<std::uint8_t> joined(row);
    for (int y = 0; y < format.height; ++y) {
      const std::size_t start = static_cast<std::size_t>(y) * samples * bytes;
      std::uint8_t* out = joined.data();
      for (std::size_t x = 0; x < samples; ++x)
        for (const auto& plane : planes_)
          for (std::size_t b = 0; b < bytes; ++b) *out++ = plane[start + x * bytes + b];
      if (format.depth == 8) fill.row(joined);
      TRY_STATUS(sink.rows(joined));
    }
    return {};
  }

 private:
  std::vector<std::uint8_t> planes_[3];
  std::size_t at_ = 0;
};

struct FrameResult {
  std::optional<Trouble> trouble;
  std::uint64_t bytes = 0;
  int rows = 0;
};

// Reads one frame to its end and hands whole rows on.
class FrameReader {
 public:
  FrameReader(Session& session, SideSink& sink) : session_(session), sink_(sink), piece_(kPiece) {}

  Result<FrameResult> read(const Parameters& parameters, const Layout& layout, RowTaker& taker, std::uint64_t before) {
    FrameResult frame;
    std::vector<std::uint8_t> tail;  // the row that is not whole yet
    for (;;) {
      std::size_t got = 0;
      const Code code = session_.read(piece_, got);
      if (code != Code::Good && code != Code::Eof) {
        frame.trouble = Trouble{.code = code, .started = frame.bytes + before > 0};
        return frame;
      }
      if (got > 0) {
        frame.bytes += got;
        if (frame.bytes > kLargestSide) {
          frame.trouble = Trouble{.kind = FaultKind::DeviceIo, .started = true, .text = "the device sends pixels without end"};
          return frame;
        }
        TRY_STATUS(sink_.progress(before + frame.bytes));
        TRY_STATUS(take({piece_.data(), got}, layout, taker, tail, frame));
      }
      if (code == Code::Eof) break;
      if (got == 0) std::this_thread::sleep_for(kIdle);  // the watchdog ends it when this goes on
    }
    frame.trouble = shortfall(parameters, frame, tail.size());
    return frame;
  }

 private:
  static Status take(std::span<const std::uint8_t> bytes, const Layout& layout, RowTaker& taker, std::vector<std::uint8_t>& tail,
                     FrameResult& frame) {
    const std::size_t row = layout.row_on_wire;
    if (!tail.empty()) {
      const std::size_t missing = std::min(row - tail.size(), bytes.size());
      tail.insert(tail.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
      bytes = bytes.subspan(missing);
      if (tail.size() < row) return {};
      TRY_STATUS(taker.rows(tail, layout, 1));
      ++frame.rows;
      tail.clear();
    }
    if (const std::size_t whole = bytes.size() / row; whole > 0) {
      TRY_STATUS(taker.rows(bytes.first(whole * row), layout, whole));
      frame.rows += static_cast<int>(whole);
      bytes = bytes.subspan(whole * row);
    }
    tail.assign(bytes.begin(), bytes.end());
    return {};
  }

  static std::optional<Trouble> shortfall(const Parameters& parameters, const FrameResult& frame, std::size_t left_over) {
    if (frame.bytes == 0)
      return Trouble{.kind = FaultKind::EmptyPage, .code = Code::Eof, .text = "end of the side without one pixel"};
    if (parameters.lines >= 0 && frame.rows < parameters.lines)
      return Trouble{.kind = FaultKind::ShortPage,
                     .code = Code::Eof,
                     .started = true,
                     .text = fmt::format("{} of {} rows", frame.rows, parameters.lines)};
    if (left_over > 0 && parameters.lines < 0)
      return Trouble{
          .kind = FaultKind::ShortPage, .code = Code::Eof, .started = true, .text = fmt::format("row {} is cut", frame.rows + 1)};
    return std::nullopt;
  }

  Session& session_;
  SideSink& sink_;
  std::vector<std::uint8_t> piece_;
};

Trouble unsupported(const Parameters& p) {
  return {.kind = FaultKind::Unsupported,
          .code = Code::Unsupported,
          .text = fmt::format("pixels in a form that is not known (frame {}, depth {}, {} pixels in {} bytes a row)",
                              static_cast<int>(p.frame), p.depth, p.pixels_per_line, p.bytes_per_line)};
}

SideFormat format_of(const Parameters& p, const Layout& layout, int dpi_x, int dpi_y) {
  return {.width = p.pixels_per_line,
          .height = p.lines > 0 ? p.lines : -1,
          .channels = p.frame == Frame::Gray ? 1 : 3,
          .depth = layout.spread ? 8 : p.depth,
          .dpi_x = dpi_x,
          .dpi_y = dpi_y};
}

std::uint64_t expected_bytes(const Parameters& p) {
  return p.lines > 0 ? static_cast<std::uint64_t>(p.lines) * static_cast<std::uint64_t>(p.bytes_per_line) : 0;
}

using Outcome = std::variant<SideMeta, ReadTrouble>;

Result<Outcome> read_single(Session& session, const Parameters& parameters, const SideFormat& format, const Layout& layout,
                            SideSink& sink) {
  TRY_STATUS(sink.begin(format));
  StraightRows rows(sink);
  TRY(FrameResult frame, FrameReader(session, sink).read(parameters, layout, rows, 0));
  if (frame.trouble) return Outcome(*frame.trouble);
  SideMeta meta{.height = frame.rows, .bytes_expected = expected_bytes(parameters), .bytes_received = frame.bytes};
  if (parameters.lines > 0 && frame.rows > parameters.lines)
    meta.notes.push_back(
        fmt::format("the scanner sent {} rows more than it announced; all are kept", frame.rows - parameters.lines));
  if (const std::string note = rows.note(); !note.empty()) meta.notes.push_back(note);
  return Outcome(std::move(meta));
}

// The device is asked to start again for each pass; the parameters say which one comes.
Result<Outcome> read_passes(Session& session, Parameters parameters, SideFormat format, SideSink& sink) {
  SideMeta meta;
  PassRows rows;
  for (;;) {
    const std::optional<Layout> layout = layout_of(parameters);
    if (!layout || !is_pass(parameters.frame) || parameters.pixels_per_line != format.width)
      return Outcome(unsupported(parameters));
    rows.turn_to(parameters.frame);
    TRY(FrameResult frame, FrameReader(session, sink).read(parameters, *layout, rows, meta.bytes_received));
    meta.bytes_received += frame.bytes;
    meta.bytes_expected += expected_bytes(parameters);
    if (frame.trouble) {
      frame.trouble->started = meta.bytes_received > 0;
      return Outcome(*frame.trouble);
    }
    meta.height = frame.rows;
    if (parameters.last_frame) break;
    if (const Code code = session.start(); code != Code::Good)
      return Outcome(Trouble{.code = code, .started = true, .text = "between two colour passes"});
    if (const Code code = session.parameters(parameters); code != Code::Good)
      return Outcome(Trouble{.code = code, .started = true});
  }
  if (!rows.complete())
    return Outcome(Trouble{
        .kind = FaultKind::ShortPage, .code = Code::Eof, .started = true, .text = "the three colour passes differ in size"});
  format.height = meta.height;
  TRY_STATUS(sink.begin(format));
  FlatFill fill;
  TRY_STATUS(rows.deliver(format, sink, fill));
  if (const std::string note = fill.note(); !note.empty()) meta.notes.push_back(note);
  return Outcome(std::move(meta));
}

}  // namespace

Result<std::variant<SideMeta, ReadTrouble>> read_side(Session& session, int dpi_x, int dpi_y, SideSink& sink) {
  Parameters parameters;  // asked only now: before the start they are a guess
  if (const Code code = session.parameters(parameters); code != Code::Good) return Outcome(says_nothing(code));
  if (parameters.depth == 0 && parameters.bytes_per_line == 0) return Outcome(says_nothing(Code::IoError));
  const std::optional<Layout> layout = layout_of(parameters);
  if (!layout) return Outcome(unsupported(parameters));
  const SideFormat format = format_of(parameters, *layout, dpi_x, dpi_y);
  return is_pass(parameters.frame) ? read_passes(session, parameters, format, sink)
                                   : read_single(session, parameters, format, *layout, sink);
}

}  // namespace chartscan::scan::sane
