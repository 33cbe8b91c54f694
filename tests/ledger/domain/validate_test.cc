// What is right in a field, and what a refusal names.
#include "ledger/domain/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include <rapidcheck/gtest.h>

#include "absl/strings/match.h"
#include "ledger/base/status.h"
#include "ledger/domain/methods.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(IsUtf8, TakesWhatUnicodeAllows) {
  for (const std::string& text :
       {std::string(), std::string("plain"), std::string("z\xC3\xBCrich"), std::string("\xE2\x82\xAC"),
        std::string("\xF0\x9F\x92\xB8"), std::string("\xED\x9F\xBF"), std::string("\xEE\x80\x80"),
        std::string("\xF4\x8F\xBF\xBF"), std::string("\xC2\x80"), std::string("\xE0\xA0\x80"),
        std::string("\xF0\x90\x80\x80"), std::string(1, '\0')}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
}

TEST(IsUtf8, RefusesTruncatedOverlongSurrogateAndTooLargeOnes) {
  for (const char* bytes : {"\x80", "a\xC3", "\xC3(", "\xE2\x82", "\xE2(\xA1", "\xF0\x9F\x92", "\xC0\xAF", "\xC1\xBF",
                            "\xE0\x80\xAF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "ok\xE2\x82\xAC\xC3"}) {
    EXPECT_FALSE(IsUtf8(bytes));
  }
}

// The bytes of a code point, by the table of RFC 3629.
std::string Encode(uint32_t c) {
  const auto tail = [](uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
  if (c < 0x80) return std::string(1, static_cast<char>(c));
  if (c < 0x800) return {static_cast<char>(0xc0 | (c >> 6)), tail(c)};
  if (c < 0x10000) return {static_cast<char>(0xe0 | (c >> 12)), tail(c >> 6), tail(c)};
  return {static_cast<char>(0xf0 | (c >> 18)), tail(c >> 12), tail(c >> 6), tail(c)};
}

TEST(IsUtf8, AgreesWithTheTableForEveryCodePointAndEveryCutOfIt) {
  for (uint32_t c = 0; c < 0x110000; ++c) {
    const std::string bytes = Encode(c);
    const bool surrogate = c >= 0xd800 && c <= 0xdfff;
    ASSERT_EQ(IsUtf8(bytes), !surrogate) << c;
    for (size_t cut = 1; cut < bytes.size(); ++cut) ASSERT_FALSE(IsUtf8(bytes.substr(0, cut))) << c;
  }
}

TEST(CheckExternalId, Takes1To255BytesOfPrintableText) {
  EXPECT_TRUE(CheckExternalId("payment_id", "in_1").ok());
  EXPECT_TRUE(CheckExternalId("payment_id", std::string(255, 'x')).ok());
  EXPECT_TRUE(CheckExternalId("payment_id", "Rechnung \xC3\x84 7").ok());
  EXPECT_THAT(MessageOf(CheckExternalId("payment_id", "")), HasSubstr("required"));
  EXPECT_THAT(MessageOf(CheckExternalId("payment_id", std::string(256, 'x'))), HasSubstr("256 bytes"));
  EXPECT_THAT(MessageOf(CheckExternalId("payment_id", "a\nb")), HasSubstr("control character"));
  EXPECT_THAT(MessageOf(CheckExternalId("payment_id", absl::string_view("a\0b", 3))), HasSubstr("control character"));
  EXPECT_THAT(MessageOf(CheckExternalId("payment_id", "\x7f")), HasSubstr("control character"));
  EXPECT_THAT(MessageOf(CheckExternalId("payment_id", "\xff")), HasSubstr("UTF-8"));
}

TEST(CheckExternalId, ARefusalNamesTheFieldAndItsReason) {
  const absl::Status status = CheckExternalId("events[3].payment_id", "");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(status), "events[3].payment_id");
}

TEST(CheckText, AnEmptyOneIsRefusedOnlyWhereItIsRequired) {
  EXPECT_TRUE(CheckText("country", "", 2, false).ok());
  EXPECT_FALSE(CheckText("country", "", 2, true).ok());
  EXPECT_FALSE(CheckText("country", "IND", 2, false).ok());
}

TEST(CheckResourceId, TakesLowerCaseDigitsDashAndUnderscore) {
  for (const char* good : {"a", "0", "acme", "p-7_x"}) EXPECT_TRUE(CheckResourceId("id", good, 10).ok()) << good;
  for (const char* bad : {"", "-a", "_a", "Acme", "aC", "a b", "a/b", "a.b", "\xC3\xA9", "abcdefghijk"}) {
    EXPECT_EQ(ReasonOf(CheckResourceId("id", bad, 10)), "INVALID_FIELD") << bad;
  }
}

TEST(CheckTime, TakesFrom2000UntilAYearAhead) {
  constexpr int64_t kNow = 1800000000, kYear = 366 * 86400;
  EXPECT_TRUE(CheckTime("occur_time", 946684800, kNow).ok());
  EXPECT_TRUE(CheckTime("occur_time", kNow + kYear, kNow).ok());
  for (const int64_t wrong : {int64_t{946684799}, int64_t{0}, kNow + kYear + 1, INT64_MIN, INT64_MAX}) {
    const absl::Status status = CheckTime("occur_time", wrong, kNow);
    EXPECT_EQ(ReasonOf(status), "TIME_OUT_OF_RANGE") << wrong;
    EXPECT_EQ(FieldOf(status), "occur_time");
  }
}

TEST(CheckAmount, NamesTheCurrencyOrTheAmountThatIsWrong) {
  EXPECT_TRUE(CheckAmount("amount", {"INR", 0}, 0).ok());
  EXPECT_TRUE(CheckAmount("amount", {"INR", INT64_MAX}, 1).ok());
  EXPECT_EQ(ReasonOf(CheckAmount("amount", {"INR", -1}, 0)), "AMOUNT_OUT_OF_RANGE");
  EXPECT_EQ(FieldOf(CheckAmount("amount", {"INR", 0}, 1)), "amount.minor_units");
  EXPECT_EQ(ReasonOf(CheckAmount("amount", {"XYZ", 5}, 0)), "UNKNOWN_CURRENCY");
  EXPECT_EQ(FieldOf(CheckAmount("amount", {"", 5}, 0)), "amount.currency_code");
}

TEST(FoldCode, TrimsAndLowersAsciiOnly) {
  EXPECT_EQ(FoldCode("  JANE\r\n"), "jane");
  EXPECT_EQ(FoldCode("Z\xC3\x9CRICH"), "z\xC3\x9Crich");
  EXPECT_EQ(FoldCode(" \t "), "");
}

TEST(CheckCode, Takes1To64OfTheFoldedAlphabet) {
  EXPECT_TRUE(CheckCode("code", "jane-2_x.y").ok());
  EXPECT_TRUE(CheckCode("code", std::string(64, 'a')).ok());
  for (const std::string& bad : {std::string(), std::string(65, 'a'), std::string("Jane"), std::string("a b"),
                                 std::string("a/b"), std::string("a%"), std::string("z\xC3\xBC")}) {
    EXPECT_EQ(ReasonOf(CheckCode("code", bad)), "INVALID_FIELD") << bad;
  }
}

TEST(NormalizeEmail, TrimsLowersAndDropsTheTag) {
  EXPECT_EQ(NormalizeEmail(" Jane@Example.COM\n"), "jane@example.com");
  EXPECT_EQ(NormalizeEmail("jane+shop@example.com"), "jane@example.com");
  EXPECT_EQ(NormalizeEmail("jane+a+b@example.com"), "jane@example.com");
  EXPECT_EQ(NormalizeEmail("j.ane@example.com"), "j.ane@example.com") << "dots mean what the mail server says";
  EXPECT_EQ(NormalizeEmail("jane@plus+domain.example"), "jane@plus+domain.example");
  EXPECT_EQ(NormalizeEmail(""), "");
  EXPECT_EQ(NormalizeEmail("   "), "");
  EXPECT_EQ(NormalizeEmail("no-at+all"), "no-at+all");
}

RC_GTEST_PROP(NormalizeEmail, OfANormalisedOneIsTheSame, (const std::string& email)) {
  RC_ASSERT(NormalizeEmail(NormalizeEmail(email)) == NormalizeEmail(email));
}

TEST(CheckMethod, EveryTypeButNoneNeedsAnAccountOfItsOwnForm) {
  const std::map<std::string, std::string> accounts = {{"bank_in", "HDFC0945215/00538234261907"},
                                                       {"sepa", "DE89370400440532013000"},
                                                       {"ach", "021000021/0699642630"},
                                                       {"paypal", "jane@clinic.example"}};
  for (const auto& [type, own] : accounts) {
    EXPECT_FALSE(CheckMethod(type, "").ok()) << type;
    EXPECT_EQ(FieldOf(CheckMethod(type, std::string(256, 'a'))), "payout_method.account") << type;
    for (const auto& [of, account] : accounts) {
      const absl::Status checked = CheckMethod(type, account);
      EXPECT_EQ(checked.ok(), of == type) << type << ' ' << account << ' ' << checked;
      if (of == type) continue;
      EXPECT_EQ(FieldOf(checked), "payout_method.account");
      EXPECT_FALSE(absl::StrContains(checked.message(), account)) << "bank details stay out of messages: " << checked;
    }
  }
  EXPECT_TRUE(CheckMethod("none", "").ok());
  EXPECT_FALSE(CheckMethod("none", "DE89").ok());
  EXPECT_EQ(FieldOf(CheckMethod("wise", "x")), "payout_method.type");
}

TEST(MethodPays, EachRailItsOwnCurrencies) {
  EXPECT_TRUE(MethodPays("bank_in", "INR"));
  EXPECT_FALSE(MethodPays("bank_in", "USD"));
  EXPECT_TRUE(MethodPays("sepa", "EUR"));
  EXPECT_FALSE(MethodPays("sepa", "GBP"));
  EXPECT_TRUE(MethodPays("ach", "USD"));
  EXPECT_FALSE(MethodPays("ach", "EUR"));
  EXPECT_TRUE(MethodPays("paypal", "JPY"));
  EXPECT_FALSE(MethodPays("paypal", "INR"));
  EXPECT_FALSE(MethodPays("none", "USD"));
}

}  // namespace
}  // namespace trailbook
