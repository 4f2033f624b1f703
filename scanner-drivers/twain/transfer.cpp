#include "scanner-drivers/twain/transfer.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <thread>

#include "scanner-drivers/twain/native_image.h"
#include "scanner-drivers/twain/pixels.h"

namespace chartscan::scan::twain {
namespace {

using Fetched = std::variant<SideMeta, Fault>;

constexpr std::uint32_t kLikedBuffer = 256 * 1024;  // a piece of memory transfer: some 30 to 100 rows
constexpr std::uint32_t kLargestBuffer = 64 * 1024 * 1024;
constexpr int kMaxEmptyPieces = 100;                     // in a row, before "more to come" is not believed any more
constexpr auto kCallbackTail = std::chrono::seconds(1);  // for a callback on another thread to come home

class Fetch {
 public:
  Fetch(Session& session, const TransferPlan& plan, int side, SideSink& sink)
      : session_(session), plan_(plan), side_(side), sink_(sink) {}

  Result<Fetched> run() {
    const Reply asked = ask_image_info();
    if (!asked.ok()) return Fetched(to_fault(asked, FaultPhase::Start, side_));
    auto fetched = plan_.mechanism == kMemory ? by_memory() : plan_.mechanism == kFile ? by_file() : by_native();
    if (fetched.ok())
      if (auto* meta = std::get_if<SideMeta>(&*fetched); meta && plan_.tells_more) ask_more(*meta);
    return fetched;
  }

 private:
  // The manager refuses calls while a callback is under way, and one from another thread may still be on its way out when
  // its flag has already woken us.
  Reply ask_image_info() {
    const auto until = std::chrono::steady_clock::now() + kCallbackTail;
    for (;;) {
      const Reply reply = session_.ask(kGroupImage, Data::ImageInfo, Message::Get, &info_);
      if (!reply.failed_with(ConditionCode::SequenceError) || std::chrono::steady_clock::now() > until) return reply;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  Fetched read_fault(FaultKind kind, const std::string& text) const { return make_fault(kind, FaultPhase::Read, side_, text); }

  int info_dpi(wire::Fix32 value) const {
    const double dpi = from_fix32(value);
    return dpi > 0 && dpi < 30'000 ? static_cast<int>(std::lround(dpi)) : 0;
  }

  // --- memory ----------------------------------------------------------------------------------------------------------
  std::optional<RowNormaliser> memory_format() const {
    if (info_.compression != kCompressionNone || info_.pixel_type == kPixelPalette) return std::nullopt;
    if (info_.planar != 0 && info_.samples_per_pixel > 1) return std::nullopt;
    RawFormat raw;
    raw.width = info_.width;
    raw.height = info_.length;
    raw.samples = info_.samples_per_pixel;
    raw.bits_per_pixel = info_.bits_per_pixel;
    raw.zero_is_white = plan_.zero_is_white;
    raw.low_bit_first = plan_.low_bit_first;
    raw.dpi_x = info_dpi(info_.x_resolution);
    raw.dpi_y = info_dpi(info_.y_resolution);
    return RowNormaliser::create(raw);
  }

  // Between what the source needs and what it takes, rather as much as it likes.
  std::optional<std::uint32_t> buffer_size() {
    wire::SetupMemory setup{};
    if (!session_.ask(kGroupControl, Data::SetupMemory, Message::Get, &setup).ok()) return kLikedBuffer;
    if (setup.least == kDontCare32) setup.least = 0;
    if (setup.least > kLargestBuffer) return std::nullopt;
    const std::uint32_t most = std::clamp(setup.most, std::max(setup.least, 1u), kLargestBuffer);
    const std::uint32_t liked = setup.preferred == kDontCare32 || setup.preferred == 0 ? kLikedBuffer : setup.preferred;
    return std::clamp(liked, std::max(setup.least, 1u), most);
  }

  Result<Fetched> by_memory() {
    const auto format = memory_format();
    if (!format)
      return read_fault(FaultKind::Unsupported,
                        "memory transfer of an image with " + std::to_string(info_.bits_per_pixel) + " bits a pixel");
    const auto size = buffer_size();
    if (!size) return read_fault(FaultKind::NoMemory, "the source wants more than 64 MB at a time");
    std::vector<std::uint8_t> buffer(*size);
    RowWriter writer(*format, sink_);
    SideMeta meta;
    bool begun = false;
    for (int empty_pieces = 0;;) {
      wire::MemoryTransfer piece{};
      piece.memory = {wire::kMemoryAppOwns | wire::kMemoryPointer, *size, buffer.data()};
      const Reply reply = session_.ask(kGroupImage, Data::MemoryTransfer, Message::Get, &piece);
      const bool last = reply.code == ReturnCode::TransferDone;
      if (!reply.ok() && !last) return Fetched(to_fault(reply, begun ? FaultPhase::Read : FaultPhase::Start, side_));
      if (const char* wrong = why_wrong(piece, *format, writer.rows(), *size)) return read_fault(FaultKind::DeviceIo, wrong);
      if (!begun) TRY_STATUS(writer.begin());
      begun = true;
      for (std::uint32_t row = 0; row < piece.rows; ++row)
        TRY_STATUS(writer.row(
            std::span(buffer).subspan(static_cast<std::size_t>(row) * piece.bytes_per_row, format->raw().row_bytes())));
      meta.bytes_received += piece.written;
      if (piece.bytes_per_row > 0) bytes_per_row_ = piece.bytes_per_row;
      if (last) return finish(writer, std::move(meta), format->format().height);
      empty_pieces = piece.rows == 0 ? empty_pieces + 1 : 0;
      if (empty_pieces > kMaxEmptyPieces) return read_fault(FaultKind::DeviceIo, "the source delivers empty pieces without end");
      if (piece.rows > 0) TRY_STATUS(writer.flush());
    }
  }

  // Everything the source says about a piece is held against the buffer it was given.
  static const char* why_wrong(const wire::MemoryTransfer& piece, const RowNormaliser& format, int rows_so_far,
                               std::uint32_t size) {
    if (piece.rows == 0) return nullptr;
    if (piece.compression != kCompressionNone) return "the source compresses though it was told not to";
    if (piece.columns != static_cast<std::uint32_t>(format.raw().width) || piece.x != 0)
      return "the source delivers tiles instead of rows";
    if (piece.y != static_cast<std::uint32_t>(rows_so_far) && piece.y != kDontCare32)
      return "the source delivers rows out of order";
    if (piece.bytes_per_row < format.raw().row_bytes()) return "the source delivers rows shorter than the image is wide";
    if (piece.written > size || static_cast<std::uint64_t>(piece.rows) * piece.bytes_per_row > piece.written)
      return "the source says it wrote more than the buffer holds";
    const std::int64_t most = format.raw().height < 0 ? kMaxSidePixels : format.raw().height;
    if (rows_so_far + static_cast<std::int64_t>(piece.rows) > most) return "the source delivers more rows than it announced";
    return nullptr;
  }

  // --- native and file -------------------------------------------------------------------------------------------------
  Result<Fetched> by_native() {
    wire::Handle image = nullptr;
    const Reply reply = session_.ask(kGroupImage, Data::NativeTransfer, Message::Get, &image);
    if (reply.code != ReturnCode::TransferDone) {
      if (image) session_.take(image);
      return Fetched(to_fault(reply, FaultPhase::Start, side_));
    }
    if (!image) return Fetched(make_fault(FaultKind::EmptyPage, FaultPhase::Read, side_, "native transfer without an image"));
    const ForeignBlock block = session_.take(image);
    return deliver(block.bytes());
  }

  Result<Fetched> by_file() {
    TRY(const std::string folder, session_.platform().private_folder());
    const std::filesystem::path path = std::filesystem::path(folder) / (plan_.file_format == kFileBmp ? "side.bmp" : "side.tif");
    auto fetched = through_file(path.string());
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return fetched;
  }

  Result<Fetched> through_file(const std::string& path) {
    wire::SetupFile setup{};
    wire::put_text(setup.name, path.c_str());
    setup.format = static_cast<std::uint16_t>(plan_.file_format);
    const Reply prepared = session_.ask(kGroupControl, Data::SetupFile, Message::Set, &setup);
    if (!prepared.ok()) return Fetched(to_fault(prepared, FaultPhase::Start, side_));
    const Reply reply = session_.ask(kGroupImage, Data::FileTransfer, Message::Get, nullptr);
    if (reply.code != ReturnCode::TransferDone) return Fetched(to_fault(reply, FaultPhase::Start, side_));
    return deliver(FileSource(path));
  }

  Result<Fetched> deliver(const ByteSource& bytes) {
    auto parsed = parse_native_image(bytes);
    if (const auto* refusal = std::get_if<NativeRefusal>(&parsed)) return read_fault(FaultKind::Unsupported, refusal->why);
    NativeImage& image = std::get<NativeImage>(parsed);
    if (image.raw.dpi_x == 0 || image.raw.dpi_y == 0) {
      image.raw.dpi_x = info_dpi(info_.x_resolution);
      image.raw.dpi_y = info_dpi(info_.y_resolution);
    }
    const auto format = RowNormaliser::create(image.raw);
    if (!format)
      return read_fault(FaultKind::Unsupported, "an image of " + std::to_string(image.raw.bits_per_pixel) + " bits a pixel");
    RowWriter writer(*format, sink_);
    TRY_STATUS(writer.begin());
    std::vector<std::uint8_t> row(image.raw.row_bytes());
    for (int y = 0; y < image.raw.height; ++y) {
      const auto offset = image.row_offset(y);
      if (!offset || !bytes.read(*offset, row)) break;
      TRY_STATUS(writer.row(row));
    }
    bytes_per_row_ = image.stride;
    SideMeta meta;
    meta.bytes_received = static_cast<std::uint64_t>(writer.rows()) * image.stride;
    return finish(writer, std::move(meta), image.raw.height);
  }

  // --- the end of a side -----------------------------------------------------------------------------------------------
  Result<Fetched> finish(RowWriter& writer, SideMeta meta, int height) {
    TRY_STATUS(writer.flush());
    if (writer.rows() == 0) return read_fault(FaultKind::EmptyPage, "the source ended a side without one row");
    if (writer.rows() < height)
      return read_fault(FaultKind::ShortPage, std::to_string(writer.rows()) + " of " + std::to_string(height) + " rows came");
    meta.side = side_;
    meta.height = writer.rows();
    meta.bytes_expected = height < 0 ? meta.bytes_received : bytes_per_row_ * static_cast<std::uint64_t>(height);
    return Fetched(std::move(meta));
  }

  // Page side and patch code, from sources that tell. What they do not tell stays as it was.
  void ask_more(SideMeta& meta) {
    if (const auto side = extended(Info::PageSide); side == kPageSideTop || side == kPageSideBottom)
      meta.side = *side == kPageSideBottom ? 1 : 0;
    constexpr std::array kPatches = {"1", "2", "3", "4", "6", "T"};
    const auto patch = extended(Info::PatchCode);
    if (patch && *patch >= 0 && *patch < static_cast<int>(kPatches.size()))
      meta.notes.push_back(std::string("the scanner saw patch code ") + kPatches[static_cast<std::size_t>(*patch)]);
  }

  // One question at a time: sources that do not know an item spoil the whole answer often enough.
  std::optional<int> extended(Info what) {
    wire::ExtendedImageInfo body{};
    body.count = 1;
    body.items[0].id = static_cast<std::uint16_t>(what);
    const bool answered = session_.ask(kGroupImage, Data::ExtendedImageInfo, Message::Get, &body).ok();
    const wire::InfoItem& item = body.items[0];
    if (!answered || item.return_code != 0 || item.count != 1) return std::nullopt;
    const auto type = static_cast<ItemType>(item.item_type);
    if (type == ItemType::Uint16 || type == ItemType::Int16 || type == ItemType::Bool)
      return static_cast<int>(item.item & 0xffff);
    if (type == ItemType::Uint32 || type == ItemType::Int32) return static_cast<int>(item.item & 0xffffffff);
    return std::nullopt;
  }

  Session& session_;
  const TransferPlan& plan_;
  const int side_;
  SideSink& sink_;
  wire::ImageInfo info_{};
  std::uint64_t bytes_per_row_ = 0;
};

}  // namespace

Result<Fetched> fetch_side(Session& session, const TransferPlan& plan, int expected_side, SideSink& sink) {
  return Fetch(session, plan, expected_side, sink).run();
}

}  // namespace chartscan::scan::twain
