// Minor units and how they are written.
#include "ledger/base/currency.h"

#include <gtest/gtest.h>

#include <limits>

namespace trailbook {
namespace {

TEST(MinorDigits, AreThoseOfIso4217) {
  EXPECT_EQ(MinorDigits("INR"), 2);
  EXPECT_EQ(MinorDigits("USD"), 2);
  EXPECT_EQ(MinorDigits("MGA"), 2);
  EXPECT_EQ(MinorDigits("JPY"), 0);
  EXPECT_EQ(MinorDigits("ISK"), 0);
  EXPECT_EQ(MinorDigits("UGX"), 0);
  EXPECT_EQ(MinorDigits("KWD"), 3);
  EXPECT_EQ(MinorDigits("TND"), 3);
  EXPECT_EQ(MinorDigits("CLF"), 4);
}

TEST(MinorDigits, OfWhatIsNoCurrencyAreNone) {
  for (const char* text : {"", "usd", "US", "USDX", "ZZZ", "SD ", "D A", "AED AFN"}) EXPECT_EQ(MinorDigits(text), -1) << text;
}

TEST(FormatMinor, WritesTheDecimalsOfTheCurrencyAndGroupsThousands) {
  EXPECT_EQ(FormatMinor(0, "INR"), "0.00");
  EXPECT_EQ(FormatMinor(5, "INR"), "0.05");
  EXPECT_EQ(FormatMinor(149900, "INR"), "1,499.00");
  EXPECT_EQ(FormatMinor(100000000, "INR"), "1,000,000.00");
  EXPECT_EQ(FormatMinor(99999, "INR"), "999.99");
  EXPECT_EQ(FormatMinor(1050, "JPY"), "1,050");
  EXPECT_EQ(FormatMinor(7, "KWD"), "0.007");
  EXPECT_EQ(FormatMinor(12345, "KWD"), "12.345");
}

TEST(FormatMinor, WritesNegativeAmountsDownToTheSmallest) {
  EXPECT_EQ(FormatMinor(-5, "USD"), "-0.05");
  EXPECT_EQ(FormatMinor(-100000, "USD"), "-1,000.00");
  EXPECT_EQ(FormatMinor(std::numeric_limits<int64_t>::min(), "JPY"), "-9,223,372,036,854,775,808");
  EXPECT_EQ(FormatMinor(std::numeric_limits<int64_t>::max(), "USD"), "92,233,720,368,547,758.07");
}

}  // namespace
}  // namespace trailbook
