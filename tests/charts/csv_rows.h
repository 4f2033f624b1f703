// Rows of a CSV file for tests that read data beside the project; quotes as in RFC 4180.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace chartscan::charts::testing {

inline std::filesystem::path shared_data(const char* name) {
  return std::filesystem::path(CHARTSCAN_SOURCE_DIR) / ".." / "shared" / "data" / name;
}

inline std::vector<std::map<std::string, std::string>> csv_rows(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::vector<std::string>> rows(1);
  std::string value;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') value += text[++i];
      else if (c == '"') quoted = false;
      else value += c;
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',' || c == '\n') {
      rows.back().push_back(std::move(value));
      value.clear();
      if (c == '\n') rows.emplace_back();
    } else if (c != '\r') {
      value += c;
    }
  }
  std::vector<std::map<std::string, std::string>> out;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    if (rows[r].size() != rows[0].size()) continue;
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      if (c == 0) out.emplace_back();
      out.back()[rows[0][c]] = rows[r][c];
    }
  }
  return out;
}

}  // namespace chartscan::charts::testing
