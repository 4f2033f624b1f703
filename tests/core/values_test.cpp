#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "core/batch.h"
#include "core/date.h"
#include "core/ids.h"
#include "core/page.h"
#include "core/queue.h"
#include "core/result.h"

using namespace chartscan;

namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{ErrorCode::Usage, std::to_string(number) + " is odd", {}};
  return number / 2;
}
Result<int> quarter(int number) {
  TRY(const int once, half(number), "first half");
  TRY(const int twice, half(once), "second half");
  return twice;
}

}  // namespace

TEST_CASE("an error carries where it was on its way up", "[core][result]") {
  CHECK(*quarter(12) == 3);
  CHECK(to_string(quarter(6).error()) == "second half: 3 is odd");
  CHECK(quarter(7).error().code == ErrorCode::Usage);
  CHECK(traits(ErrorCode::Usage).exit_code == 2);
}

TEST_CASE("ids are read back as they are written, and rubbish is no id", "[core][ids]") {
  CHECK(to_string(PageId{42}) == "P00000042");
  CHECK(parse_id<PageId>("P00000042") == PageId{42});
  CHECK(parse_id<PageId>("42") == PageId{42});
  CHECK(parse_id<PageId>(to_string(PageId{123456789012})) == PageId{123456789012});
  for (const char* rubbish : {"", "P", "B00000042", "P12x", "-3", "P0", "P99999999999999999999999"}) CHECK_FALSE(parse_id<PageId>(rubbish));
}

TEST_CASE("only days that exist are dates", "[core][date]") {
  CHECK(parse_iso_date("2024-02-29") == Date{2024, 2, 29});
  for (const char* none : {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "20240101", "2024-01-32", "0024-01-01"})
    CHECK_FALSE(parse_iso_date(none));
  CHECK(to_string(Date{}) == "");
}

TEST_CASE("text keeps its lines", "[core][page]") {
  PageText text;
  text.words = {{"Chief", {}, 1, 1}, {"complaint", {}, 1, 1}, {"None", {}, 1, 2}};
  CHECK(text.text() == "Chief complaint\nNone");
}

TEST_CASE("every state has a name that is read back", "[core][page]") {
  for (int i = 0; i <= static_cast<int>(PageState::Rejected); ++i)
    CHECK(parse_page_state(to_string(static_cast<PageState>(i))) == static_cast<PageState>(i));
  for (int i = 0; i <= static_cast<int>(FieldKind::Title); ++i)
    CHECK(parse_field_kind(to_string(static_cast<FieldKind>(i))) == static_cast<FieldKind>(i));
  CHECK_FALSE(parse_page_state("lost"));
}

TEST_CASE("a ledger balances only when nothing waits and every side is accounted for", "[core][batch]") {
  Ledger ledger{.fed = 6, .filed = 2, .separators = 1, .blanks = 1, .review = 1, .rejected = 1};
  CHECK(ledger.balances());
  ledger.filed = 1;
  CHECK_FALSE(ledger.balances());
  ledger.waiting = 1;
  CHECK_FALSE(ledger.balances());
}

TEST_CASE("a full queue makes the producer wait and drops nothing", "[core][queue]") {
  BoundedQueue<int> queue(2);
  std::thread producer([&] {
    for (int i = 0; i < 1000; ++i) queue.push(i);
    queue.close();
  });
  int expected = 0;
  while (const auto item = queue.pop()) CHECK(*item == expected++);
  producer.join();
  CHECK(expected == 1000);
  CHECK_FALSE(queue.push(1));
}
