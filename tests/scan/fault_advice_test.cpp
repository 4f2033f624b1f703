// What the operator is told. It must be right for the paper, and say nothing that only a programmer understands first.
#include <catch2/catch.hpp>

#include "scanner-drivers/fault.h"
#include "scanner-drivers/scan_feeder.h"

using namespace chartscan::scan;

TEST_CASE("the advice tells what to do with the paper", "[scan][advice]") {
  const auto says = [](const Fault& fault, const char* words) { return advice(fault).find(words) != std::string::npos; };
  CHECK(says({.kind = FaultKind::Jam, .sheets_in_transport = 1}, "every sheet behind the last stored one"));
  CHECK(says({.kind = FaultKind::Busy}, "leave the stack as it is"));
  CHECK(says({.kind = FaultKind::DoubleFeed, .sheets_in_transport = 1, .last_side_suspect = true},
             "the last stored sheet and every one behind it"));
  CHECK(says({.kind = FaultKind::Offline, .feeds_ahead = true}, "every sheet behind the last stored one"));
  CHECK(says({.kind = FaultKind::Jam, .raw_text = "SANE_STATUS_JAMMED"}, "(SANE_STATUS_JAMMED on start)"));
}

TEST_CASE("every kind of fault has a sentence of its own", "[scan][advice]") {
  std::vector<std::string> sentences;
  for (int kind = 0; kind <= static_cast<int>(FaultKind::StillLoaded); ++kind) {
    const std::string sentence = advice({.kind = static_cast<FaultKind>(kind)});
    CHECK(sentence.find("; ") != std::string::npos);
    CHECK(std::find(sentences.begin(), sentences.end(), sentence) == sentences.end());
    CHECK(to_string(static_cast<FaultKind>(kind)) != std::string("?"));
    sentences.push_back(sentence);
  }
}

TEST_CASE("feeding goes on behind the last whole sheet, or with it where it is in doubt", "[scan][advice]") {
  const auto from = [](std::optional<SideOrigin> last, const Fault& fault) {
    const FeedFrom point = feed_again_from(last, fault);
    return std::pair(point.sheet, point.attempt);
  };
  const SideOrigin front{.sheet = 7, .side = 0, .last_of_sheet = false}, back{.sheet = 7, .side = 1};
  const Fault jam{.kind = FaultKind::Jam, .sheets_in_transport = 1};
  CHECK(from(std::nullopt, jam) == std::pair(1, 1));
  CHECK(from(back, jam) == std::pair(8, 2));
  CHECK(from(front, jam) == std::pair(7, 2));
  CHECK(from(back, {.kind = FaultKind::Busy}) == std::pair(8, 1));
  CHECK(from(back, {.kind = FaultKind::DoubleFeed, .sheets_in_transport = 1, .last_side_suspect = true}) == std::pair(7, 2));
  CHECK(from(SideOrigin{.sheet = 7, .side = 0, .attempt = 2, .last_of_sheet = false}, jam) == std::pair(7, 3));
}
