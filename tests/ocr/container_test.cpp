#include "ocr/lstm/container.h"

#include <catch2/catch.hpp>
#include <cstring>

using namespace chartscan;
using namespace chartscan::ocr::lstm;

namespace {

// A file whose table has these offsets, followed by `data`.
std::vector<std::uint8_t> file_of(const std::vector<std::int64_t>& offsets, const std::string& data) {
  std::vector<std::uint8_t> file(4 + 8 * offsets.size());
  const auto count = static_cast<std::int32_t>(offsets.size());
  std::memcpy(file.data(), &count, 4);
  std::memcpy(file.data() + 4, offsets.data(), 8 * offsets.size());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

std::string text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<std::int64_t> table(std::initializer_list<std::pair<Part, std::int64_t>> present) {
  std::vector<std::int64_t> offsets(24, -1);
  for (const auto& [part, offset] : present) offsets[static_cast<std::size_t>(part)] = 4 + 8 * 24 + offset;
  return offsets;
}

}  // namespace

TEST_CASE("a component of a model ends where the next begins, the last with the file", "[ocr][container]") {
  const auto parts =
      read_container(file_of(table({{Part::Network, 0}, {Part::Unicharset, 3}, {Part::Version, 7}}), "netcharversion"));
  REQUIRE(parts.ok());
  CHECK(text(parts->at(Part::Network)) == "net");
  CHECK(text(parts->at(Part::Unicharset)) == "char");
  CHECK(text(parts->at(Part::Version)) == "version");
  CHECK(!parts->has(Part::Words));
}

TEST_CASE("tables longer and shorter than ours are read", "[ocr][container]") {
  const auto shorter = read_container(file_of({-1, 4 + 16}, "unicharset"));
  REQUIRE(shorter.ok());
  CHECK(!shorter->has(Part::Network));
  std::vector<std::int64_t> offsets(30, -1);
  offsets[17] = 4 + 8 * 30;
  offsets[29] = offsets[17] + 3;
  const auto longer = read_container(file_of(offsets, "netlater"));
  REQUIRE(longer.ok());
  CHECK(text(longer->at(Part::Network)) == "net");
}

TEST_CASE("a file that is no model is refused", "[ocr][container]") {
  const std::vector<std::uint8_t> whole = file_of(table({{Part::Network, 0}, {Part::Version, 3}}), "net5.0");
  for (std::size_t size = 0; size < 4 + 8 * 24; ++size) CHECK(!read_container({whole.data(), size}).ok());
  CHECK(!read_container(file_of(table({{Part::Network, 0}, {Part::Version, 7}}), "short")).ok());     // past the end
  CHECK(!read_container(file_of(table({{Part::Network, 3}, {Part::Version, 0}}), "backward")).ok());  // out of order
  CHECK(!read_container(file_of(table({{Part::Network, -8}, {Part::Version, 0}}), "in the table")).ok());
  CHECK(!read_container(file_of({std::int64_t{1} << 62}, "")).ok());
  for (const std::int32_t count : {0, -1, 1 << 30}) {
    std::vector<std::uint8_t> file = whole;
    std::memcpy(file.data(), &count, 4);
    CHECK(!read_container(file).ok());
  }
}

TEST_CASE("names of models do not lead out of their folder", "[ocr][container]") {
  for (const char* name : {"eng", "chi_sim", "script/Latin"}) CHECK(model_file(name).ok());
  for (const char* name : {"", "/etc/passwd", "../eng", "a/../../b", "eng.traineddata", "eng+spa"}) CHECK(!model_file(name).ok());
  const auto missing = load_model("no_such_language");
  REQUIRE(!missing.ok());
  CHECK(missing.error().message.find("install") != std::string::npos);
}
