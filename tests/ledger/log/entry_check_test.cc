#include "ledger/log/entry_check.h"

#include <gtest/gtest.h>

#include <limits>

namespace trailbook::log {
namespace {

v1::Record EntryOf(std::initializer_list<std::tuple<const char*, int32_t, int64_t>> postings) {
  v1::Record record;
  for (const auto& [currency, day, amount] : postings) {
    v1::Posting& posting = *record.add_postings();
    posting.set_currency(currency);
    posting.set_booking_day(day);
    posting.set_amount(amount);
  }
  return record;
}

TEST(FindImbalanceTest, ZeroPerCurrencyAndDayIsBalanced) {
  EXPECT_EQ(FindImbalance({}), "");
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, 5}, {"EUR", 0, -5}, {"USD", 0, 1}, {"USD", 0, -1}, {"EUR", 1, 2}, {"EUR", 1, -2}})), "");
}

TEST(FindImbalanceTest, OneCurrencyOrDayDoesNotMakeUpForAnother) {
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, 5}, {"USD", 0, -5}})), "its postings in EUR on 1970-01-01 come to 5 instead of zero");
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, 5}, {"EUR", 1, -5}})), "its postings in EUR on 1970-01-01 come to 5 instead of zero");
  EXPECT_NE(FindImbalance(EntryOf({{"EUR", 0, 5}})), "");
}

TEST(FindImbalanceTest, ASumThatWrapsAroundIsNoZero) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, kMax}, {"EUR", 0, kMax}, {"EUR", 0, 2}})), "a sum of its postings in EUR leaves 64 bits");
}

}  // namespace
}  // namespace trailbook::log
