// Days as text, and which day an instant belongs to.
#include "ledger/base/day.h"

#include <gtest/gtest.h>

#include "ledger/base/status.h"

namespace trailbook {
namespace {

TEST(ParseDay, ReadsCalendarDates) {
  EXPECT_EQ(*ParseDay("1970-01-01"), 0);
  EXPECT_EQ(*ParseDay("1969-12-31"), -1);
  EXPECT_EQ(*ParseDay("2026-11-22"), 20779);
  EXPECT_EQ(*ParseDay("2024-02-29"), 19782);
}

TEST(ParseDay, RefusesWhatIsNoDateAndSaysWhatItWas) {
  for (const char* text : {"", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-1",
                           "22-11-2026", "2026/11/22", "2026-11-22T00:00", " 2026-11-22", "+026-11-22", "20 6-11-22"}) {
    const auto day = ParseDay(text);
    ASSERT_FALSE(day.ok()) << text;
    EXPECT_NE(day.status().message().find(text), absl::string_view::npos);
  }
}

TEST(FormatDay, WritesWhatParseDayReads) {
  for (Day day = -800000; day < 800000; day += 997) {
    const auto back = ParseDay(FormatDay(day));
    if (FormatDay(day).size() != 10 || FormatDay(day)[0] == '-') continue;  // outside of the years 1000 to 9999
    ASSERT_TRUE(back.ok()) << FormatDay(day);
    EXPECT_EQ(*back, day);
  }
}

TEST(DayOf, IsTheCivilDayOfTheZone) {
  const absl::TimeZone kolkata = *LoadZone("Asia/Kolkata");
  const int64_t before_midnight = 1763749800 - 1;  // 2025-11-21T18:29:59Z
  EXPECT_EQ(FormatDay(DayOf(before_midnight, kolkata)), "2025-11-21");
  EXPECT_EQ(FormatDay(DayOf(before_midnight + 1, kolkata)), "2025-11-22");
  EXPECT_EQ(FormatDay(DayOf(before_midnight + 1, absl::UTCTimeZone())), "2025-11-21");
}

TEST(DayOf, BeforeTheEpochRoundsToTheDayNotTowardsZero) {
  EXPECT_EQ(DayOf(-1, absl::UTCTimeZone()), -1);
  EXPECT_EQ(DayOf(0, absl::UTCTimeZone()), 0);
}

TEST(StartOf, IsTheFirstInstantOfItsDayAlsoWhereClocksChange) {
  const absl::TimeZone berlin = *LoadZone("Europe/Berlin");
  for (Day day = *ParseDay("2026-03-25"); day < *ParseDay("2026-11-05"); ++day) {
    EXPECT_EQ(DayOf(StartOf(day, berlin), berlin), day);
    EXPECT_EQ(DayOf(StartOf(day, berlin) - absl::Seconds(1), berlin), day - 1);
  }
}

TEST(LoadZone, RefusesWhatIsNoZone) {
  EXPECT_TRUE(LoadZone("UTC").ok());
  for (const char* name : {"", "Mars/Olympus"}) {
    EXPECT_EQ(FieldOf(LoadZone(name).status()), "book_time_zone") << name;
  }
}

}  // namespace
}  // namespace trailbook
