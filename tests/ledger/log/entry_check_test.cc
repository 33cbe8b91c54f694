#include "ledger/log/entry_check.h"

#include <gtest/gtest.h>

#include <limits>

namespace trailbook::log {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

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
  EXPECT_EQ(FindImbalance(
                EntryOf({{"EUR", 0, 5}, {"EUR", 0, -5}, {"USD", 0, 1}, {"USD", 0, -1}, {"EUR", 1, 2}, {"EUR", 1, -2}})),
            "");
}

TEST(FindImbalanceTest, OneCurrencyOrDayDoesNotMakeUpForAnother) {
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, 5}, {"USD", 0, -5}})),
            "its postings in EUR on 1970-01-01 come to 5 instead of zero");
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, 5}, {"EUR", 1, -5}})),
            "its postings in EUR on 1970-01-01 come to 5 instead of zero");
  EXPECT_NE(FindImbalance(EntryOf({{"EUR", 0, 5}})), "");
}

TEST(FindImbalanceTest, ASumThatWrapsAroundIsNoZero) {
  EXPECT_EQ(FindImbalance(EntryOf({{"EUR", 0, kMax}, {"EUR", 0, kMax}, {"EUR", 0, 2}})),
            "a sum of its postings in EUR leaves 64 bits");
}

TEST(FindBrokenRuleTest, NoCommissionIsAboveATenthOfItsBase) {
  const auto payment = [](int64_t collected, int64_t base, int64_t commission) {
    v1::Record record;
    record.mutable_payment_recorded()->set_collected(collected);
    record.mutable_payment_recorded()->set_base(base);
    record.mutable_payment_recorded()->mutable_state()->set_booked(commission);
    return FindBrokenRule(record);
  };
  EXPECT_EQ(payment(1999, 1999, 199), "");
  EXPECT_EQ(payment(1999, 1999, 200), "its commission of 200 is above a tenth of its base of 1999");
  EXPECT_EQ(payment(1999, 1000, 101), "its commission of 101 is above a tenth of its base of 1000");
  EXPECT_EQ(payment(1999, 1000, -1), "its commission of -1 is above a tenth of its base of 1000");
  EXPECT_EQ(payment(1000, 1001, 100), "its base of 1001 is no part of the 1000 that were collected");
  EXPECT_EQ(payment(0, 0, 0), "");
  EXPECT_EQ(payment(kMax, kMax, kMax / 10), "");
  EXPECT_NE(payment(kMax, kMax, kMax / 10 + 1), "");
}

TEST(FindBrokenRuleTest, NoPinnedRateIsAboveTheCapAndEveryRecordBalances) {
  v1::Record bound;
  bound.mutable_referral_bound()->set_rate_bps(1000);
  EXPECT_EQ(FindBrokenRule(bound), "");
  bound.mutable_referral_bound()->set_rate_bps(1001);
  EXPECT_EQ(FindBrokenRule(bound), "its rate of 1001 bps is above the 1000 that may be promised");
  EXPECT_NE(FindBrokenRule(EntryOf({{"EUR", 0, 5}})), "");
}

TEST(FindBrokenRuleTest, WhoPostsSaysWhatHappened) {
  v1::Record record = EntryOf({{"EUR", 0, 5}, {"EUR", 0, -5}});
  EXPECT_EQ(FindBrokenRule(record), "it posts, and does not say what happened");
  record.mutable_correction_booked();
  EXPECT_EQ(FindBrokenRule(record), "");
}

TEST(FindWrongTest, ARecordThatKeepsTheRulesAlsoPostsWhatItSays) {
  v1::Record payment;
  payment.mutable_payment_recorded()->set_collected(1000);
  payment.mutable_payment_recorded()->set_base(1000);
  payment.mutable_payment_recorded()->mutable_state()->set_booked(100);
  EXPECT_EQ(FindBrokenRule(payment), "");
  EXPECT_EQ(FindWrong(payment), "it posts 0 to what commissions cost, and says that its commission is 100");
  payment.mutable_payment_recorded()->mutable_state()->set_booked(101);
  EXPECT_EQ(FindWrong(payment), "its commission of 101 is above a tenth of its base of 1000");
  EXPECT_EQ(FindWrong({}), "");
}

}  // namespace
}  // namespace trailbook::log
