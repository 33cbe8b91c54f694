// Commission on a base, with the worked numbers of the rules, and money as text.
#include "ledger/domain/money.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include <rapidcheck/gtest.h>

#include "ledger/base/status.h"

namespace trailbook {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// round_half_even(a * b / c) by another road: floor of twice the value plus one, halved, then a tie put right.
__int128 HalfEven(__int128 a, __int128 b, __int128 c) {
  const __int128 twice = 2 * a * b;
  __int128 rounded = (twice + c) / (2 * c);
  if ((twice + c) % (2 * c) == 0 && rounded % 2 == 1) --rounded;
  return rounded;
}

TEST(Due, Of19_99At7_5PercentIs1_50) { EXPECT_EQ(Due(1999, 750), 150); }
TEST(Due, Of19_99At10PercentIs1_99BecauseOfTheCap) { EXPECT_EQ(Due(1999, 1000), 199); }
TEST(Due, Of0_15At10PercentIs0_01) { EXPECT_EQ(Due(15, 1000), 1); }
TEST(Due, Of0_05At5PercentIsNothing) { EXPECT_EQ(Due(5, 500), 0); }
TEST(Due, OfJpy1050At5PercentIs52HalfToEven) { EXPECT_EQ(Due(1050, 500), 52); }
TEST(Due, OfJpy1070At5PercentIs54HalfToEven) { EXPECT_EQ(Due(1070, 500), 54); }
TEST(Due, OfKwd12_345At10PercentIs1_234) { EXPECT_EQ(Due(12345, 1000), 1234); }

TEST(Due, OfNothingOrAtNoRateIsNothing) {
  EXPECT_EQ(Due(0, 1000), 0);
  EXPECT_EQ(Due(1000000, 0), 0);
}

TEST(Due, OfTheLargestBaseIsATenthOfIt) {
  EXPECT_EQ(Due(kMax, 1000), kMax / 10);
  EXPECT_EQ(Due(kMax, 1), 922337203685478);  // 922 337 203 685 477.5807
}

TEST(Due, RoundsUpOnlyAboveHalf) {
  EXPECT_EQ(Due(149, 100), 1);  // 1.49
  EXPECT_EQ(Due(150, 100), 2);  // 1.50: the even one is above; the cap of 15 does not matter
  EXPECT_EQ(Due(250, 100), 2);  // 2.50: the even one is below
  EXPECT_EQ(Due(251, 100), 3);  // 2.51
}

RC_GTEST_PROP(Due, IsNeverAboveTenPercentAndElseTheRoundedProduct, ()) {
  const int64_t base = *rc::gen::oneOf(rc::gen::inRange<int64_t>(0, 100000), rc::gen::inRange<int64_t>(0, kMax));
  const int32_t bps = *rc::gen::inRange(0, 1001);
  const __int128 cap = static_cast<__int128>(base) * 1000 / 10000;
  const __int128 rounded = HalfEven(base, bps, 10000);
  RC_ASSERT(Due(base, bps) == static_cast<int64_t>(rounded < cap ? rounded : cap));
  RC_ASSERT(static_cast<__int128>(Due(base, bps)) * 10 <= base);
}

TEST(DueAfterRefund, OfARefundOf33_33From100_00LeavesTheTargetOf6_66) {
  EXPECT_EQ(DueAfterRefund(10000, 10000, 0, 1000), 1000);
  EXPECT_EQ(DueAfterRefund(10000, 10000, 3333, 1000), 666);
  EXPECT_EQ(DueAfterRefund(10000, 10000, 10000, 1000), 0);
}

TEST(DueAfterRefund, OfHalfAnInvoiceWithTaxIsHalfOfTheCommission) {
  EXPECT_EQ(DueAfterRefund(10000, 11800, 0, 750), 750);
  EXPECT_EQ(DueAfterRefund(10000, 11800, 5900, 750), 375);
}

TEST(DueAfterRefund, OfAPaymentThatCollectedNothingDividesByNothing) { EXPECT_EQ(DueAfterRefund(0, 0, 0, 1000), 0); }

RC_GTEST_PROP(DueAfterRefund, FallsAsMoreIsGivenBackAndEndsAtNothing, ()) {
  const int64_t collected = *rc::gen::inRange<int64_t>(1, kMax);
  const int64_t base = *rc::gen::inRange<int64_t>(0, collected) + *rc::gen::inRange(0, 2);
  const int64_t less = *rc::gen::inRange<int64_t>(0, collected);
  const int64_t more = *rc::gen::inRange<int64_t>(less, collected);
  const int32_t bps = *rc::gen::inRange(0, 1001);
  RC_ASSERT(DueAfterRefund(base, collected, less, bps) >= DueAfterRefund(base, collected, more, bps));
  RC_ASSERT(DueAfterRefund(base, collected, 0, bps) == Due(base, bps));
  RC_ASSERT(DueAfterRefund(base, collected, collected, bps) == 0);
}

RC_GTEST_PROP(MulDivHalfEven, RoundsHalfToEvenIn128Bits, ()) {
  const int64_t a = *rc::gen::inRange<int64_t>(0, kMax);
  const int64_t c = *rc::gen::oneOf(rc::gen::inRange<int64_t>(1, 20), rc::gen::inRange<int64_t>(1, kMax));
  const int64_t b = *rc::gen::inRange<int64_t>(0, c);
  RC_ASSERT(*MulDivHalfEven(a, b, c) == static_cast<int64_t>(HalfEven(a, b, c)));
}

TEST(MulDivHalfEven, RefusesWhatDoesNotFitInsteadOfWrapping) {
  EXPECT_EQ(*MulDivHalfEven(kMax, 1, 1), kMax);
  EXPECT_EQ(*MulDivHalfEven(kMax, kMax, kMax), kMax);
  for (const auto& result : {MulDivHalfEven(kMax, 2, 1), MulDivHalfEven(kMax, kMax, 1), MulDivHalfEven(kMax, 3, 2)}) {
    EXPECT_EQ(result.status().code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(ReasonOf(result.status()), "OVERFLOW");
  }
}

TEST(CheckedAdd, SaysWhenASumDoesNotFit) {
  int64_t sum = 0;
  EXPECT_TRUE(CheckedAdd(kMax - 1, 1, &sum));
  EXPECT_EQ(sum, kMax);
  EXPECT_FALSE(CheckedAdd(kMax, 1, &sum));
  EXPECT_FALSE(CheckedAdd(std::numeric_limits<int64_t>::min(), -1, &sum));
}

TEST(CheckRate, TakesZeroToTenPercentAndNothingElse) {
  EXPECT_TRUE(CheckRate("rate_bps", 0).ok());
  EXPECT_TRUE(CheckRate("rate_bps", 1000).ok());
  for (const int64_t bps : {int64_t{-1}, int64_t{1001}, kMax}) {
    const absl::Status status = CheckRate("terms.rate_bps", bps);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonOf(status), "RATE_ABOVE_CAP");
    EXPECT_EQ(FieldOf(status), "terms.rate_bps");
  }
}

TEST(CheckCurrency, TakesIsoCodesInCapitalsOnly) {
  EXPECT_TRUE(CheckCurrency("currency", "INR").ok());
  for (const char* wrong : {"", "inr", "IN", "INRX", "XXX", "BTC", "R U", "D E"}) {
    const absl::Status status = CheckCurrency("currency", wrong);
    EXPECT_EQ(ReasonOf(status), "UNKNOWN_CURRENCY") << wrong;
    EXPECT_EQ(FieldOf(status), "currency") << wrong;
  }
}

TEST(FormatMoney, NamesTheCurrencyAndItsDecimals) {
  EXPECT_EQ(FormatMoney(149900, "INR"), "INR 1,499.00");
  EXPECT_EQ(FormatMoney(-5, "USD"), "USD -0.05");
  EXPECT_EQ(FormatMoney(1050, "JPY"), "JPY 1,050");
  EXPECT_EQ(FormatMoney(1234, "KWD"), "KWD 1.234");
}

}  // namespace
}  // namespace trailbook
