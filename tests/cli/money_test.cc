// Money and times as people write them on a command line.
#include "cli/money.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "cli/times.h"

namespace trailbook::cli {
namespace {

using ::testing::HasSubstr;

// The minor units of a text that must be an amount.
int64_t MinorOf(absl::string_view text) {
  const auto money = ParseMoney(text);
  EXPECT_TRUE(money.ok()) << money.status();
  return money.ok() ? money->minor_units() : 0;
}

TEST(ParseMoney, ReadsTheDecimalsOfTheCurrency) {
  EXPECT_EQ(MinorOf("INR:1000.00"), 100000);
  EXPECT_EQ(MinorOf("INR:1000"), 100000);
  EXPECT_EQ(MinorOf("INR:0.5"), 50);
  EXPECT_EQ(MinorOf("INR:.05"), 5);
  EXPECT_EQ(MinorOf("JPY:1050"), 1050);
  EXPECT_EQ(MinorOf("KWD:12.345"), 12345);
  EXPECT_EQ(MinorOf("KWD:1.2"), 1200);
}

TEST(ParseMoney, WritesTheCurrencyInCapitals) { EXPECT_EQ(ParseMoney("inr:1")->currency_code(), "INR"); }

TEST(ParseMoney, ReadsNegativeAmounts) {
  EXPECT_EQ(MinorOf("USD:-0.05"), -5);
  EXPECT_EQ(MinorOf("USD:-12"), -1200);
}

TEST(ParseMoney, ReadsUpToTheLargestAmountAndRefusesMore) {
  EXPECT_EQ(MinorOf("USD:92233720368547758.07"), std::numeric_limits<int64_t>::max());
  EXPECT_FALSE(ParseMoney("USD:92233720368547758.08").ok());
  EXPECT_FALSE(ParseMoney("USD:99999999999999999999").ok());
}

TEST(ParseMoney, RefusesWhatIsNoAmountAndQuotesIt) {
  for (const char* text :
       {"",           "100",   "INR",     "INR:",      "INR100", "INR:1,000.00", "INR:1.234", "JPY:1.0",
        "KWD:1.2345", "XXY:1", "INR:1e3", "INR: 1",    "INR:1 ", "INR:+1",       "INR:--1",   "INR:1.-5",
        "INR:.",      "INR:-", "INR:-.",  "INR:1.2.3", "INRX:1", "IN:1"}) {
    const auto money = ParseMoney(text);
    ASSERT_FALSE(money.ok()) << text;
    EXPECT_EQ(money.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(money.status().message()), HasSubstr(std::string("\"") + text + "\""));
  }
}

TEST(ParseMoney, SaysHowManyDecimalsTheCurrencyHas) {
  EXPECT_THAT(std::string(ParseMoney("JPY:10.50").status().message()), HasSubstr("JPY has 0 decimals"));
  EXPECT_THAT(std::string(ParseMoney("XXY:10").status().message()), HasSubstr("XXY is not an ISO 4217 currency"));
}

TEST(ParseTime, ReadsInstantsAndDates) {
  EXPECT_EQ(*ParseTime("1970-01-02T00:00:00Z"), 86400);
  EXPECT_EQ(*ParseTime("1970-01-02T05:30:00+05:30"), 86400);
  EXPECT_EQ(*ParseTime("1970-01-02"), 86400);
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char* text : {"yesterday", "2026-02-30", "2026-11-22 10:00", "22.11.2026", "2026-11-22T25:00:00Z"}) {
    EXPECT_FALSE(ParseTime(text).ok()) << text;
  }
}

TEST(FormatTime, WritesWhatParseTimeReads) {
  EXPECT_EQ(FormatTime(86399), "1970-01-01T23:59:59Z");
  EXPECT_EQ(*ParseTime(FormatTime(1795341599)), 1795341599);
}

}  // namespace
}  // namespace trailbook::cli
