// The tables in docs/ are written by hand, for people; this holds them against the code.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "core/result.h"

using namespace chartscan;

namespace {

std::string contents(const std::string& file) {
  std::ifstream in(std::filesystem::path(CHARTSCAN_SOURCE_DIR) / file);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("docs/errors.md has every error with its text, exit code, HTTP status and retry", "[core][docs]") {
  const std::string page = contents("docs/errors.md");
  std::vector<ErrorCode> codes{
#define CHARTSCAN_ERROR(name, text, exit_code, http_status, retry) ErrorCode::name,
#include "core/errors.def"
#undef CHARTSCAN_ERROR
  };
  for (const ErrorCode code : codes) {
    const ErrorTraits& error = traits(code);
    const std::string row = std::string("| `") + error.name + "` | " + error.text + " | " + std::to_string(error.exit_code) +
                            " | " + std::to_string(error.http_status) + " | " + (error.retry ? "yes" : "no") + " |";
    CAPTURE(row);
    CHECK(page.find(row) != std::string::npos);
  }
}

TEST_CASE("docs/findings.md has every finding", "[core][docs]") {
  const std::string page = contents("docs/findings.md"), header = contents("core/finding.h");
  const std::regex definition(R"re(const char\* k\w+ = "([a-z0-9-]+)")re");
  int found = 0;
  for (std::sregex_iterator match(header.begin(), header.end(), definition), end; match != end; ++match, ++found) {
    const std::string row = "| `" + (*match)[1].str() + "` | ";
    CAPTURE(row);
    CHECK(page.find(row) != std::string::npos);
  }
  CHECK(found > 20);
}
