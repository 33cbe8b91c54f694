// Currencies as values, their minor units, and how these are written.
#include "ledger/base/currency.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace trailbook {
namespace {

TEST(Currency, IsItsCode) {
  const Currency rupees = "INR";
  EXPECT_EQ(rupees.code(), "INR");
  EXPECT_EQ(std::string(rupees), "INR");
  EXPECT_EQ(rupees, std::string("INR"));
  EXPECT_EQ(rupees, absl::string_view("INR"));
  EXPECT_NE(rupees, Currency("INX"));
  EXPECT_NE(rupees, "IN");
  EXPECT_EQ(sizeof(Currency), 8u);
}

TEST(Currency, IsNoneAtFirst) {
  EXPECT_TRUE(Currency().empty());
  EXPECT_EQ(Currency(), "");
  EXPECT_FALSE(Currency("INR").empty());
}

// What the tables are sorted by, so that rows come in the order of the store.
TEST(Currency, IsOrderedAsItsText) {
  const std::string texts[] = {"", std::string("\0", 1), "EUR", "EURO", "INR", "USD", "a", "\xE2\x82\xAC"};
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      EXPECT_EQ(Currency(a) < Currency(b), a < b) << a << " and " << b;
      EXPECT_EQ(Currency(a) == Currency(b), a == b) << a << " and " << b;
    }
  }
}

TEST(Currency, OfTextThatIsNoCodeIsNotThatOfAnother) {
  EXPECT_EQ(Currency("RUPEES!").code(), "RUPEES!");
  EXPECT_EQ(Currency("RUPEES!!").code(), "?") << "what is longer is kept nowhere";
  EXPECT_NE(Currency("INRINRINR"), "INR");
}

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
  for (const char* text : {"", "usd", "US", "USDX", "ZZZ", "SD ", "D A", "AED AFN"}) {
    EXPECT_EQ(MinorDigits(text), -1) << text;
  }
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
