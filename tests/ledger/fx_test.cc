// Payouts that arrive in another currency than was earned (RULES 2): the rate, the fx clearing account, and what comes
// back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ledger/base/status.h"
#include "ledger/domain/fx.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

TEST(ConvertMoneyTest, RoundsHalfToEvenAcrossDigits) {
  EXPECT_EQ(*ConvertMoney(10000, "EUR", "USD", "1.0845"), 10845);
  EXPECT_EQ(*ConvertMoney(1, "EUR", "USD", "0.5"), 0);              // 0.5 -> 0
  EXPECT_EQ(*ConvertMoney(3, "EUR", "USD", "0.5"), 2);              // 1.5 -> 2
  EXPECT_EQ(*ConvertMoney(5, "EUR", "USD", "0.5"), 2);              // 2.5 -> 2
  EXPECT_EQ(*ConvertMoney(10000, "EUR", "JPY", "161.235"), 16124);  // 16123.5 -> 16124
  EXPECT_EQ(*ConvertMoney(1000, "JPY", "KWD", "0.002053"), 2053);   // thousandths
  EXPECT_EQ(*ConvertMoney(0, "EUR", "USD", "1.1"), 0);
  EXPECT_EQ(*ConvertMoney(INT64_MAX, "EUR", "USD", "1"), INT64_MAX);
  EXPECT_EQ(ReasonOf(ConvertMoney(INT64_MAX, "EUR", "USD", "1.000000001").status()), "OVERFLOW");
  EXPECT_EQ(ReasonOf(ConvertMoney(INT64_MAX, "JPY", "KWD", "999999999").status()), "OVERFLOW");
}

TEST(CheckFxRateTest, TakesPlainDecimalsAboveZero) {
  for (const char* good : {"1", "83.2154", "0.000000001", "999999999.999999999"}) {
    EXPECT_TRUE(CheckFxRate("rate", good).ok()) << good;
  }
  for (const char* bad :
       {"", "0", "0.0", "-1", "1.", ".5", "1e3", "1,5", " 1", "1.0000000001", "1234567890", "1.2.3", "NaN"}) {
    EXPECT_EQ(CheckFxRate("rate", bad).code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

class FxTest : public testing::Test {
 protected:
  // EUR 100.00 payable to jane, whom a PayPal account in USD pays.
  FxTest() {
    ledger_.SignUp("c1", "jane", "2026-01-01");
    ledger_.Pay("in_1", "c1", 100000, "2026-01-01");
    EXPECT_TRUE(ledger_.Do(SetPayoutMethod{"p", "jane", "paypal", "jane@clinic.example", "USD"}, "eve").ok());
    ledger_.SetNow("2026-02-01");
    ledger_.Mature();
  }
  absl::StatusOr<MutationReply> SetRate(const std::string& rate) {
    return ledger_.Do(SetFxRate{"p", "EUR", "USD", rate, "ECB", TestLedger::Noon("2026-01-31")}, "fatima");
  }
  BatchContentView Preview() {
    return *ledger_.Ask([](Queries& queries) { return queries.PreviewBatch("p", "EUR", ""); });
  }
  // "liabilities:..." -> balance, of the accounts that are not zero.
  std::map<std::string, int64_t> Books() {
    std::map<std::string, int64_t> books;
    const auto rows = ledger_.Ask([](Queries& queries) { return queries.TrialBalance("p", ""); });
    for (const AccountView& row : *rows) {
      if (row.balance != 0) books[absl::StrCat(row.account, " ", row.currency)] = row.balance;
    }
    return books;
  }
  TestLedger ledger_{"2026-01-01"};
};

TEST_F(FxTest, NoRateNoPayout) {
  const BatchContentView preview = Preview();
  EXPECT_TRUE(preview.payouts.empty());
  ASSERT_EQ(preview.left_out.size(), 1u);
  EXPECT_EQ(preview.left_out[0].reason, "NO_FX_RATE");
  EXPECT_EQ(preview.left_out[0].text, "no rate from EUR to USD is recorded");
}

TEST_F(FxTest, TheLatestRateAtSubmissionHoldsAndOriginalAmountsAreKept) {
  ASSERT_TRUE(SetRate("1.2").ok());
  ASSERT_EQ(SetRate("1.0845")->number, 2);
  const int64_t batch = ledger_.Send();
  ASSERT_TRUE(SetRate("2").ok());
  const auto payout = *ledger_.Ask([batch](Queries& queries) { return queries.GetPayout("p", batch, 1); });
  EXPECT_EQ(payout.currency, "EUR");
  EXPECT_EQ(payout.amount, 10000);
  EXPECT_EQ(payout.settlement.currency, "USD");
  EXPECT_EQ(payout.settlement.minor_units, 10845);
  EXPECT_EQ(payout.fx_rate, 2);
  EXPECT_EQ(Books()["clearing:fx EUR"], -10000);
  EXPECT_EQ(Books()["clearing:fx USD"], 10845);
  EXPECT_EQ(Books()["liabilities:payout-in-transit:paypal USD"], -10845);
  const auto file = *ledger_.Ask([batch](Queries& queries) { return queries.ExportFile("p", batch); });
  EXPECT_THAT(file, HasSubstr("1/1,jane,jane,paypal,jane@clinic.example,USD,108.45,p-1-1,EUR,100.00,1.0845\r\n"));
  ledger_.ExpectExplained("jane");
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
  EXPECT_EQ(ledger_.Balance("jane").paid, 10000);
  EXPECT_EQ(Books()["assets:cash:main USD"], -10845);
  ledger_.ExpectExplained("jane");
  ledger_.ExpectVerified();
}

TEST_F(FxTest, WhatFailsOrComesBackIsPayableInTheCurrencyThatWasEarned) {
  ASSERT_TRUE(SetRate("1.0845").ok());
  int64_t batch = ledger_.Send();
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kFailed).ok());
  EXPECT_EQ(ledger_.Balance("jane").payable, 10000);
  EXPECT_EQ(Books().count("clearing:fx EUR"), 0u);
  EXPECT_EQ(Books().count("clearing:fx USD"), 0u);
  ASSERT_TRUE(ledger_.Do(SetPayoutMethod{"p", "jane", "paypal", "jane2@clinic.example", "USD"}, "eve").ok());
  batch = ledger_.Send();
  const auto retry = *ledger_.Ask([batch](Queries& queries) { return queries.GetPayout("p", batch, 1); });
  EXPECT_EQ(retry.retry_of_batch, 1);
  EXPECT_EQ(retry.retry_of_payout, 1);
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kReturned).ok());
  EXPECT_EQ(ledger_.Balance("jane").payable, 10000);
  EXPECT_EQ(ledger_.Balance("jane").paid, 0);
  EXPECT_EQ(Books().count("assets:cash:main USD"), 0u);
  // The first one arrived after all.
  ASSERT_TRUE(ledger_.Result(1, 1, PayoutResultKind::kSettled).ok());
  EXPECT_EQ(ledger_.Balance("jane").payable, 0);
  EXPECT_EQ(Books()["assets:cash:main USD"], -10845);
  EXPECT_EQ(Books()["clearing:fx EUR"], -10000);
  ledger_.ExpectExplained("jane");
  ledger_.ExpectVerified();
}

TEST_F(FxTest, ACancelledBatchNeverTouchesTheClearing) {
  ASSERT_TRUE(SetRate("1.0845").ok());
  ASSERT_TRUE(ledger_.Do(CreatePayoutBatch{"p", "EUR", "", "main"}).ok());
  ASSERT_TRUE(ledger_.Do(SubmitPayoutBatch{"p", 1}).ok());
  ledger_.ExpectExplained("jane");
  ASSERT_TRUE(ledger_.Do(CancelPayoutBatch{"p", 1, "wrong day"}).ok());
  EXPECT_EQ(Books().count("clearing:fx EUR"), 0u);
  EXPECT_EQ(ledger_.Balance("jane").payable, 10000);
  ledger_.ExpectExplained("jane");
  ledger_.ExpectVerified();
}

TEST_F(FxTest, BadRatesAreRefused) {
  EXPECT_EQ(FieldOf(SetRate("1,2").status()), "fx_rate.rate");
  EXPECT_EQ(FieldOf(ledger_.Do(SetFxRate{"p", "EUR", "EUR", "1", "ECB", 0}).status()), "fx_rate.to_currency_code");
  EXPECT_EQ(FieldOf(ledger_.Do(SetFxRate{"p", "XXQ", "EUR", "1", "ECB", 0}).status()), "fx_rate.from_currency_code");
  EXPECT_EQ(FieldOf(ledger_.Do(SetFxRate{"p", "USD", "EUR", "1", "", 0}).status()), "fx_rate.source");
  EXPECT_EQ(FieldOf(ledger_.Do(SetFxRate{"p", "USD", "EUR", "1", "ECB", TestLedger::Noon("2026-02-02")}).status()),
            "fx_rate.quote_time");
  EXPECT_EQ(FieldOf(ledger_.Do(SetPayoutMethod{"p", "jane", "sepa", IbanFor("jane"), "USD"}).status()),
            "payout_method.settlement_currency");
}

}  // namespace
}  // namespace trailbook
