// How long a question takes on 2,000 pages in memory; printed, not judged: the machine decides. Run with "[.bench]".
#include <chrono>
#include <cstdio>
#include <random>

#include "tests/indexer/corpus.h"

namespace chartscan::indexer {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

TEST_CASE("speed of indexing and of two words on 2,000 pages", "[.bench]") {
  std::mt19937 random(1);
  // Word w is drawn about in proportion to 1/w, as words of a language are.
  const auto word = [&] {
    return "w" + std::to_string(static_cast<int>(std::exp(std::uniform_real_distribution(0.0, 9.0)(random))));
  };
  constexpr int kPages = 2000, kWords = 250;
  testing::Corpus corpus;
  const auto start = Clock::now();
  for (int page = 0; page < kPages; ++page) {
    std::string text;
    for (int i = 0; i < kWords; ++i) text += word() + (i % 10 == 9 ? "\n" : " ");
    corpus.add(text);
  }
  std::printf("indexing: %.0f us a page of %d words\n", microseconds_since(start) / kPages, kWords);

  const storage::Records records = corpus.records();
  std::vector<double> times;
  for (int i = 0; i < 300; ++i) {
    const std::string query = word() + " " + word();
    const auto asked = Clock::now();
    REQUIRE(search(records, query, {}).ok());
    times.push_back(microseconds_since(asked));
  }
  std::sort(times.begin(), times.end());
  std::printf("two words, all of them: p50 %.0f us, p99 %.0f us\n", times[times.size() / 2], times[times.size() * 99 / 100]);
}

}  // namespace
}  // namespace chartscan::indexer
