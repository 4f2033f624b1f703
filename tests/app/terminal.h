// The command line, as a person gives it: words in, text and exit code out, on an archive of its own.
#pragma once

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/cli.h"
#include "app/cli/terminal.h"
#include "storage/archive.h"

namespace chartscan::testing {

class Terminal {
 public:
  Terminal() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chartscan-verbs-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    REQUIRE(storage::Archive::open(archive(), storage::Access::Write, "test").ok());
  }
  ~Terminal() {
    app::cli::seat() = app::cli::Seat();
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path archive() const { return folder_ / "archive"; }
  std::filesystem::path trail() const { return archive() / "audit" / "trail-000001.log"; }

  // The exit code; what came out stands in `out` and `err`.
  int run(std::vector<std::string> words, const std::string& input = "") {
    std::FILE* const in = std::tmpfile();
    std::fputs(input.c_str(), in);
    std::rewind(in);
    app::cli::Seat mine;
    mine.out = std::tmpfile();
    mine.err = std::tmpfile();
    mine.in = fileno(in);
    app::cli::seat() = mine;
    words.insert(words.begin(), "chartscan");
    words.insert(words.end(), {"--archive", archive().string()});
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    const int code = app::cli::run(static_cast<int>(argv.size()), argv.data());
    out = content(mine.out);
    err = content(mine.err);
    std::fclose(in);
    app::cli::seat() = app::cli::Seat();
    return code;
  }

  std::string out, err;

 private:
  static std::string content(std::FILE* file) {
    std::fflush(file);
    std::rewind(file);
    std::string text;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    std::fclose(file);
    return text;
  }
  std::filesystem::path folder_;
};

}  // namespace chartscan::testing
