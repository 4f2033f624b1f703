// What the engines of `scripts/bench search` share: reading the corpus and the questions, and timing them alike.
//   corpus     page \t mrn \t document \t page number \t type \t yyyymmdd \t text     (lines of the text parted by \x0b)
//   questions  number \t kind \t words \t mrn \t type \t first date \t last date
// Every engine prints a line a question: number \t hits (-1 = not asked) \t microseconds of the thread's processor time, the least of
// its passes \t microseconds on the clock \t the best scores, parted by commas.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace chartscan::bench {

inline constexpr int kBest = 20;  // pages asked for

struct CorpusPage {
  std::uint64_t id = 0;
  std::string mrn;
  std::uint64_t document = 0;
  int number = 0;
  std::string type;
  int date = 0;  // yyyymmdd
  std::string text;
};

struct Question {
  std::string number, kind;
  std::vector<std::string> words;
  std::string mrn, type, from, to;
};

struct Outcome {
  long count = -1;
  std::vector<double> scores;
};

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(2);
}

inline std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(by, begin)) != std::string::npos; begin = end + 1) parts.emplace_back(text, begin, end - begin);
  parts.emplace_back(text, begin);
  return parts;
}

inline void each_page(const std::string& file, const std::function<void(const CorpusPage&)>& visit) {
  std::ifstream in(file);
  if (!in) fail(file + ": cannot be read");
  CorpusPage page;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> parts = split(line, '\t');
    if (parts.size() != 7) fail(file + ": a line has not seven columns");
    page = {std::stoull(parts[0]), parts[1], std::stoull(parts[2]), std::stoi(parts[3]), parts[4], std::stoi(parts[5]), std::move(parts[6])};
    visit(page);
  }
}

inline std::vector<Question> read_questions(const std::string& file) {
  std::ifstream in(file);
  if (!in) fail(file + ": cannot be read");
  std::vector<Question> questions;
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> parts = split(line, '\t');
    parts.resize(7);
    questions.push_back({parts[0], parts[1], split(parts[2], ' '), parts[3], parts[4], parts[5], parts[6]});
  }
  return questions;
}

inline double microseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Passes {
  int warm = 1, timed = 3;
  bool count = false;  // beside them, once, not timed
};

// `ask(question)` gives the best pages; `count(question)` how many there are.
inline void measure(const std::vector<Question>& questions, const Passes& passes, const std::function<Outcome(const Question&)>& ask,
                    const std::function<long(const Question&)>& count) {
  std::vector<double> cpu(questions.size(), 1e18), wall(questions.size(), 1e18);
  std::vector<Outcome> outcomes(questions.size());
  for (int pass = -passes.warm; pass < passes.timed; ++pass) {
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const double cpu_began = microseconds(CLOCK_THREAD_CPUTIME_ID), began = microseconds(CLOCK_MONOTONIC);
      outcomes[i] = ask(questions[i]);
      if (pass < 0) continue;
      cpu[i] = std::min(cpu[i], microseconds(CLOCK_THREAD_CPUTIME_ID) - cpu_began);
      wall[i] = std::min(wall[i], microseconds(CLOCK_MONOTONIC) - began);
    }
  }
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (passes.count) outcomes[i].count = count(questions[i]);
    std::printf("%s\t%ld\t%.2f\t%.2f\t", questions[i].number.c_str(), outcomes[i].count, cpu[i], wall[i]);
    for (std::size_t s = 0; s < outcomes[i].scores.size(); ++s) std::printf("%s%.6f", s ? "," : "", outcomes[i].scores[s]);
    std::printf("\n");
  }
}

// One letter inserted, dropped or exchanged at most.
inline bool within_one_edit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) ++same;
  return a.substr(same + (a.size() == b.size() && same < a.size())) == b.substr(std::min(same + 1, b.size()));
}

// The words of the command line: verb, then --name value.
class Words {
 public:
  Words(int argc, char** argv) : words_(argv + 1, argv + argc) {}
  std::string verb() const { return words_.empty() ? "" : words_.front(); }
  std::string operator()(const std::string& name, const std::string& otherwise = "") const {
    const auto at = std::find(words_.begin(), words_.end(), "--" + name);
    return at == words_.end() ? otherwise : at + 1 == words_.end() || (at + 1)->starts_with("--") ? "1" : *(at + 1);
  }
  int number(const std::string& name, int otherwise) const { return std::atoi((*this)(name, std::to_string(otherwise)).c_str()); }
  Passes passes() const { return {number("warm", 1), number("timed", 3), !(*this)("count").empty()}; }

 private:
  std::vector<std::string> words_;
};

}  // namespace chartscan::bench
