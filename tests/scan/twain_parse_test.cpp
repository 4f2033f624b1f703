// Readers of what a source hands over: containers and images, right ones and hostile ones.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>

#include "scanner-drivers/twain/containers.h"
#include "scanner-drivers/twain/native_image.h"
#include "scanner-drivers/twain/platform.h"
#include "scanner-drivers/twain/states.h"
#include "tests/twain/images.h"

using namespace chartscan;
using namespace chartscan::scan::twain;
using fake_twain::Picture;
using fake_twain::Shape;
using Bytes = std::vector<std::uint8_t>;

namespace {

Picture noise(int width, int height, int channels, int depth) {
  Picture picture{width, height, channels, depth, {}};
  picture.pixels.resize(picture.row_bytes() * static_cast<std::size_t>(height));
  std::minstd_rand random(7);
  for (auto& byte : picture.pixels) byte = static_cast<std::uint8_t>(random());
  if (depth == 1 && width % 8 != 0)
    for (std::size_t end = picture.row_bytes() - 1; end < picture.pixels.size(); end += picture.row_bytes())
      picture.pixels[end] &= static_cast<std::uint8_t>(0xff << (8 - width % 8));
  return picture;
}

// Everything that can be read of an image, as the driver reads it; nothing where it is refused.
std::optional<Picture> read_image(const Bytes& bytes) {
  const SpanSource source(bytes);
  const auto parsed = parse_native_image(source);
  if (const auto* refusal = std::get_if<NativeRefusal>(&parsed)) {
    CHECK_FALSE(refusal->why.empty());
    return std::nullopt;
  }
  const auto& image = std::get<NativeImage>(parsed);
  const auto normaliser = RowNormaliser::create(image.raw);
  if (!normaliser) return std::nullopt;
  const auto& format = normaliser->format();
  Picture picture{format.width, 0, format.channels, format.depth, {}};
  Bytes raw(image.raw.row_bytes()), row(format.row_bytes());
  for (int y = 0; y < image.raw.height; ++y, ++picture.height) {
    const auto offset = image.row_offset(y);
    if (!offset || !source.read(*offset, raw)) break;
    normaliser->convert(raw, row);
    picture.pixels.insert(picture.pixels.end(), row.begin(), row.end());
  }
  return picture;
}

template <typename T>
void set(Bytes& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

}  // namespace

TEST_CASE("images of every kind are read back as they were written", "[scan][twain]") {
  for (const int channels : {1, 3})
    for (const int depth : {1, 8, 16}) {
      if (channels == 3 && depth == 1) continue;
      const Picture picture = noise(61, 130, channels, depth);
      for (const bool big_endian : {false, true})
        for (const bool white_is_zero : {false, true}) {
          const auto read = read_image(as_tiff(picture, {.big_endian = big_endian, .white_is_zero = white_is_zero, .dpi = 300}));
          REQUIRE(read);
          CHECK(read->pixels == picture.pixels);
        }
      if (depth == 16) continue;
      for (const bool white_is_zero : {false, true}) {
        const auto dib = read_image(as_dib(picture, {.white_is_zero = white_is_zero}));
        REQUIRE(dib);
        CHECK(dib->pixels == picture.pixels);
        const auto bmp = read_image(as_bmp(picture, {.white_is_zero = white_is_zero}));
        REQUIRE(bmp);
        CHECK(bmp->pixels == picture.pixels);
      }
    }
}

TEST_CASE("resolution comes with the image", "[scan][twain]") {
  const Picture picture = noise(20, 20, 1, 8);
  for (const Bytes& bytes : {as_tiff(picture, {.dpi = 300}), as_dib(picture, {.dpi = 300})}) {
    const auto parsed = parse_native_image(SpanSource(bytes));
    REQUIRE(std::holds_alternative<NativeImage>(parsed));
    CHECK(std::get<NativeImage>(parsed).raw.dpi_x == 300);
    CHECK(std::get<NativeImage>(parsed).raw.dpi_y == 300);
  }
}

TEST_CASE("palettes become gray or colour, whatever they hold", "[scan][twain]") {
  RawFormat raw{.width = 5, .height = 1, .samples = 1, .bits_per_pixel = 4};
  raw.palette.assign(16, Rgb{0, 0, 0});
  raw.palette[3] = {200, 200, 200};
  const Bytes in = {0x30, 0x03, 0x30};
  const auto gray = RowNormaliser::create(raw);
  REQUIRE(gray);
  CHECK(gray->format().channels == 1);
  Bytes out(gray->format().row_bytes());
  gray->convert(in, out);
  CHECK(out == Bytes{200, 0, 0, 200, 200});
  raw.palette[3] = {200, 10, 0};
  const auto color = RowNormaliser::create(raw);
  REQUIRE(color);
  CHECK(color->format().channels == 3);
  out.resize(color->format().row_bytes());
  color->convert(in, out);
  CHECK(Bytes(out.begin(), out.begin() + 6) == Bytes{200, 10, 0, 0, 0, 0});
}

TEST_CASE("an image cut anywhere gives the rows that are there or is refused", "[scan][twain]") {
  const Picture picture = noise(40, 120, 1, 8);
  for (const Bytes& whole : {as_tiff(picture, {}), as_dib(picture, {}), as_bmp(picture, {})})
    for (std::size_t size = 0; size < whole.size(); size += size < 400 ? 1 : 97) {
      const auto read = read_image(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      if (!read) continue;
      CHECK(read->height < picture.height);
      CHECK(std::equal(read->pixels.begin(), read->pixels.end(), picture.pixels.begin()));
    }
}

TEST_CASE("a TIFF whose strips end early is short by those rows, not padded", "[scan][twain]") {
  const Picture picture = noise(40, 120, 1, 8);
  const auto read = read_image(as_tiff(picture, {.rows = 77}));
  REQUIRE(read);
  CHECK(read->height == 77);
}

TEST_CASE("hostile images are refused or bounded: 20,000 with bytes changed", "[scan][twain]") {
  std::minstd_rand random(11);
  const Picture pictures[] = {noise(33, 60, 1, 1), noise(20, 60, 1, 8), noise(9, 60, 3, 8)};
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    const Picture& picture = pictures[round % 3];
    Bytes bytes = round % 2 ? as_tiff(picture, {.big_endian = round % 4 == 1}) : as_dib(picture, {});
    for (int change = 0; change < 1 + round % 5; ++change)
      bytes[random() % 260] = static_cast<std::uint8_t>(random() % 4 ? random() : 0xff);
    const auto read = read_image(bytes);
    refused += read ? 0 : 1;
    if (read) REQUIRE(read->pixels.size() <= 40'000'000);
  }
  CHECK(refused > 1000);
  CHECK(refused < 20'000);
}

TEST_CASE("sizes and offsets at the edge of their numbers do not wrap", "[scan][twain]") {
  const Picture picture = noise(40, 40, 1, 8);
  Bytes dib = as_dib(picture, {});
  SECTION("a height of the least number") {
    set(dib, 8, std::numeric_limits<std::int32_t>::min());
    CHECK_FALSE(read_image(dib));
  }
  SECTION("a width that fills memory") {
    set(dib, 4, std::numeric_limits<std::int32_t>::max());
    CHECK_FALSE(read_image(dib));
  }
  SECTION("colours without end") {
    set(dib, 32, std::uint32_t{0xffffffff});
    CHECK_FALSE(read_image(dib));
  }
  SECTION("a directory beyond the image") {
    Bytes tiff = as_tiff(picture, {});
    set(tiff, 4, std::uint32_t{0xfffffff0});
    CHECK_FALSE(read_image(tiff));
  }
  SECTION("a top-down DIB") {
    set(dib, 8, std::int32_t{-40});
    const auto read = read_image(dib);
    REQUIRE(read);
    CHECK(std::equal(read->pixels.begin(), read->pixels.begin() + 40, picture.pixels.end() - 40));
  }
}

TEST_CASE("memory that is not there is refused, not touched", "[scan][twain]") {
  const auto platform = make_platform();
  const Bytes here = {1, 2, 3, 4};
  CHECK(platform->foreign_memory(here.data())->get<std::uint32_t>(0) == 0x04030201u);
  CHECK_FALSE(platform->foreign_memory(nullptr)->get<std::uint32_t>(0));
  CHECK_FALSE(platform->foreign_memory(here.data())->get<std::uint32_t>(std::uint64_t{1} << 46));
  CHECK_FALSE(platform->foreign_memory(here.data())->get<std::uint32_t>(std::numeric_limits<std::uint64_t>::max() - 8));
}

TEST_CASE("values survive their containers", "[scan][twain]") {
  for (const double value : {0.0, 1.0, -1.0, 300.0, -0.5, 8.27, -1000.0, 32767.0}) {
    const auto fixed = parse_container(Container::OneValue, SpanSource(one_value(ItemType::Fix32, value)));
    REQUIRE(fixed);
    CHECK(*fixed->current() == Approx(value).margin(1.0 / 65536));
    const auto whole = parse_container(Container::OneValue, SpanSource(one_value(ItemType::Int16, value)));
    CHECK(*whole->current() == std::trunc(value));
  }
  const auto listed = parse_container(Container::Array, SpanSource(array_of(ItemType::Uint16, std::vector<double>{2, 0, 7})));
  REQUIRE(listed);
  CHECK(listed->numbers == std::vector<double>{2, 0, 7});
  CHECK(listed->offers(7));
  CHECK_FALSE(listed->offers(1));
  CHECK_FALSE(listed->current());
  CHECK(to_fix32(-0.5).whole == -1);
  CHECK(to_fix32(-0.5).fraction == 32768);
}

TEST_CASE("the nearest of a range is one of its steps", "[scan][twain]") {
  Values range{.container = Container::Range, .low = 50, .high = 610, .step = 25};
  CHECK(range.nearest(300) == 300);
  CHECK(range.nearest(310) == 300);
  CHECK(range.nearest(10) == 50);
  CHECK(range.nearest(5000) == 600);
  range.step = 0;
  CHECK(range.nearest(310) == 310);
}

TEST_CASE("hostile containers are refused", "[scan][twain]") {
  const auto container = [](ItemType type, std::uint32_t count, std::uint32_t current, std::size_t size) {
    Bytes bytes(size);
    set(bytes, 0, static_cast<std::uint16_t>(type));
    set(bytes, 2, count);
    set(bytes, 6, current);
    return bytes;
  };
  const auto refused = [](Container kind, const Bytes& bytes) { return !parse_container(kind, SpanSource(bytes)); };
  CHECK(refused(Container::Enumeration, container(ItemType::Uint16, 0xffffffff, 0, 100)));  // items without end
  CHECK(refused(Container::Enumeration, container(ItemType::Uint16, 4097, 0, 100'000)));
  CHECK(refused(Container::Enumeration, container(ItemType::Uint16, 50, 0, 100)));  // more than there are
  CHECK(refused(Container::Enumeration, container(ItemType::Uint16, 2, 2, 100)));   // the current one is none of them
  CHECK(refused(Container::Enumeration, container(ItemType::Uint16, 0, 0, 100)));
  CHECK(refused(Container::Array, container(static_cast<ItemType>(99), 1, 0, 100)));
  CHECK(refused(Container::Array, container(ItemType::Handle, 1, 0, 100)));
  CHECK(refused(static_cast<Container>(9), container(ItemType::Uint16, 1, 0, 100)));
  CHECK(refused(Container::Range, container(ItemType::Uint32, 9, 3, 22)));  // from 9 to 3
  CHECK(refused(Container::Range, container(ItemType::Str255, 1, 3, 22)));
  for (std::size_t size = 0; size < 22; ++size)
    CHECK(refused(Container::Range, container(ItemType::Uint16, 1, 3, std::max<std::size_t>(size, 10))) == true);
  const Bytes name = [] {
    Bytes bytes(2 + 34, 'A');  // never ended, and with a line break in it
    set(bytes, 0, static_cast<std::uint16_t>(ItemType::Str32));
    bytes[5] = '\n';
    return bytes;
  }();
  const auto text = parse_container(Container::OneValue, SpanSource(name));
  REQUIRE(text);
  CHECK(text->texts[0].size() == 34);
  CHECK(text->texts[0][3] == '?');
}

TEST_CASE("the table of states allows what TWAIN allows", "[scan][twain]") {
  CHECK(is_permitted(State::SourceOpen, Data::Capability, Message::Set));
  CHECK_FALSE(is_permitted(State::Enabled, Data::Capability, Message::Set));
  CHECK(is_permitted(State::Transferring, Data::Capability, Message::GetCurrent));
  CHECK_FALSE(is_permitted(State::Enabled, Data::NativeTransfer, Message::Get));
  CHECK_FALSE(is_permitted(State::Transferring, Data::NativeTransfer, Message::Get));
  CHECK(is_permitted(State::Transferring, Data::MemoryTransfer, Message::Get));
  CHECK_FALSE(is_permitted(State::Transferring, Data::PendingTransfers, Message::Reset));
  CHECK_FALSE(is_permitted(State::TransferReady, Data::UserInterface, Message::DisableSource));

  const auto after = [](State state, Data data, Message message, ReturnCode code, int pending = 0) {
    return state_after(state, data, message, code, pending);
  };
  CHECK(after(State::Loaded, Data::Parent, Message::OpenManager, ReturnCode::Success) == State::ManagerOpen);
  CHECK(after(State::SourceOpen, Data::UserInterface, Message::EnableSource, ReturnCode::CheckStatus) == State::Enabled);
  CHECK(after(State::SourceOpen, Data::UserInterface, Message::EnableSource, ReturnCode::Failure) == State::SourceOpen);
  CHECK(after(State::TransferReady, Data::NativeTransfer, Message::Get, ReturnCode::TransferDone) == State::Transferring);
  CHECK(after(State::TransferReady, Data::NativeTransfer, Message::Get, ReturnCode::Cancel) == State::Transferring);
  CHECK(after(State::TransferReady, Data::NativeTransfer, Message::Get, ReturnCode::Failure) == State::TransferReady);
  CHECK(after(State::TransferReady, Data::MemoryTransfer, Message::Get, ReturnCode::Success) == State::Transferring);
  CHECK(after(State::Transferring, Data::PendingTransfers, Message::EndTransfer, ReturnCode::Success, 0xffff) ==
        State::TransferReady);
  CHECK(after(State::Transferring, Data::PendingTransfers, Message::EndTransfer, ReturnCode::Success, 0) == State::Enabled);
  CHECK(after(State::Transferring, Data::PendingTransfers, Message::EndTransfer, ReturnCode::Failure, 0) == State::Transferring);
  CHECK(after(State::TransferReady, Data::Capability, Message::Reset, ReturnCode::Success) == State::TransferReady);
}
