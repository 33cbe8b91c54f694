// What partners read: rates, arithmetic and records in words.
#include "ledger/domain/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/domain/chart.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FormatRate, WritesBasisPointsAsPercent) {
  EXPECT_EQ(FormatRate(750), "7.5 %");
  EXPECT_EQ(FormatRate(1000), "10 %");
  EXPECT_EQ(FormatRate(105), "1.05 %");
  EXPECT_EQ(FormatRate(1), "0.01 %");
  EXPECT_EQ(FormatRate(0), "0 %");
}

TEST(ExplainAmount, AnExactProductNeedsNoMoreWords) {
  EXPECT_EQ(ExplainAmount(10000, 750, 750, "INR"), "7.5 % of INR 100.00 = INR 7.50");
}

TEST(ExplainAmount, SaysFromWhatItWasRounded) {
  EXPECT_EQ(ExplainAmount(1999, 750, 150, "USD"),
            "7.5 % of USD 19.99 = USD 1.50, rounded to the nearest minor unit (half to even) from 149.9...");
  EXPECT_EQ(ExplainAmount(1050, 500, 52, "JPY"),
            "5 % of JPY 1,050 = JPY 52, rounded to the nearest minor unit (half to even) from 52.5");
}

TEST(ExplainAmount, SaysWhenTheCapRoundedItDown) {
  EXPECT_EQ(ExplainAmount(1999, 1000, 199, "USD"),
            "10 % of USD 19.99 = USD 1.99, rounded down because no commission is above 10 % of its base");
}

TEST(WordsOf, APaymentNamesItselfAndItsArithmetic) {
  log::v1::Record record;
  record.set_sequence(9);
  log::v1::PaymentRecorded& payment = *record.mutable_payment_recorded();
  payment.set_payment_id("in_1");
  payment.set_collected(11800);
  payment.set_base(10000);
  payment.set_rate_bps(750);
  payment.set_time(1700000000);
  payment.mutable_state()->set_booked(750);
  const RecordWords words = WordsOf(record, "INR");
  EXPECT_EQ(words.kind, "COMMISSION");
  EXPECT_EQ(words.external_id, "in_1");
  EXPECT_EQ(words.commission, 9);
  EXPECT_EQ(words.time, 1700000000);
  EXPECT_EQ(words.text, "commission on payment in_1 of INR 118.00: 7.5 % of INR 100.00 = INR 7.50");
}

TEST(WordsOf, APaymentThatEarnsNothingSaysWhy) {
  log::v1::Record record;
  log::v1::PaymentRecorded& payment = *record.mutable_payment_recorded();
  payment.set_zero_reason(log::v1::ZERO_REASON_COLLECTED);
  EXPECT_THAT(WordsOf(record, "INR").text, HasSubstr("nothing was collected"));
  payment.set_zero_reason(log::v1::ZERO_REASON_BASE);
  EXPECT_THAT(WordsOf(record, "INR").text, HasSubstr("nothing of it is commissionable"));
  payment.set_zero_reason(log::v1::ZERO_REASON_BEFORE_SIGN_UP);
  EXPECT_THAT(WordsOf(record, "INR").text, HasSubstr("before the sign-up day"));
}

TEST(WordsOf, ARefundThatFailedIsNoRefund) {
  log::v1::Record record;
  log::v1::RefundRecorded& refund = *record.mutable_refund_recorded();
  refund.set_refund_id("re_1");
  refund.set_amount(3333);
  refund.set_commission(4);
  EXPECT_EQ(WordsOf(record, "USD").kind, "REFUND");
  EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("USD 33.33"));
  EXPECT_EQ(WordsOf(record, "USD").commission, 4);
  refund.set_failed(true);
  EXPECT_EQ(WordsOf(record, "USD").kind, "REFUND_FAILED");
  EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("does not count"));
}

TEST(WordsOf, ADisputeSaysWhereItStands) {
  log::v1::Record record;
  log::v1::DisputeRecorded& dispute = *record.mutable_dispute_recorded();
  dispute.set_dispute_id("dp_1");
  dispute.set_dispute_state(log::v1::DISPUTE_STATE_OPEN);
  EXPECT_EQ(WordsOf(record, "USD").kind, "DISPUTE_OPENED");
  dispute.set_dispute_state(log::v1::DISPUTE_STATE_WON);
  EXPECT_EQ(WordsOf(record, "USD").kind, "DISPUTE_WON");
  EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("released"));
  dispute.set_dispute_state(log::v1::DISPUTE_STATE_LOST);
  EXPECT_EQ(WordsOf(record, "USD").kind, "DISPUTE_LOST");
  EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("reversed"));
}

TEST(WordsOf, AMaturitySaysWhatItSettled) {
  log::v1::Record record;
  record.mutable_matured()->set_amount(1000);
  EXPECT_EQ(WordsOf(record, "USD").kind, "MATURED");
  EXPECT_THAT(WordsOf(record, "USD").text, Not(HasSubstr("owed")));
  record.mutable_matured()->set_recouped(400);
  EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("USD 4.00"));
}

TEST(WordsOf, EveryOutcomeOfAPayoutHasAKindOfItsOwn) {
  log::v1::Record record;
  log::v1::PayoutResult& result = *record.mutable_payout_result();
  result.set_batch(3);
  result.set_payout(2);
  result.set_evidence("camt.053 line 7");
  const std::pair<log::v1::PayoutOutcome, const char*> kinds[] = {
      {log::v1::PAYOUT_OUTCOME_SETTLED, "SETTLED"},
      {log::v1::PAYOUT_OUTCOME_FAILED, "PAYOUT_FAILED"},
      {log::v1::PAYOUT_OUTCOME_RETURNED, "PAYOUT_RETURNED"},
      {log::v1::PAYOUT_OUTCOME_CANCELLED, "PAYOUT_CANCELLED"},
      {log::v1::PAYOUT_OUTCOME_UNKNOWN, "PAYOUT_UNKNOWN"}};
  for (const auto& [outcome, kind] : kinds) {
    result.set_outcome(outcome);
    EXPECT_EQ(WordsOf(record, "USD").kind, kind);
    EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("payout 3/2"));
  }
  result.set_outcome(log::v1::PAYOUT_OUTCOME_SETTLED);
  EXPECT_THAT(WordsOf(record, "USD").text, HasSubstr("camt.053 line 7"));
}

TEST(AccountName, IsGroupNameAndWhatTellsAccountsOfOneKindApart) {
  EXPECT_EQ(AccountName(AccountKind::kCash, "main"), "assets:cash:main");
  EXPECT_EQ(AccountName(AccountKind::kCommissionPayable, ""), "liabilities:commission-payable");
  EXPECT_EQ(AccountName(AccountKind::kCommissionReversed, ""), "contra-expense:commission-reversed");
}

TEST(IsPartnerAccount, AreTheSixThatEveryPartnerHas) {
  int count = 0;
  for (int kind = 0; kind < 50; ++kind) count += IsPartnerAccount(static_cast<AccountKind>(kind)) ? 1 : 0;
  EXPECT_EQ(count, 6);
  EXPECT_FALSE(IsPartnerAccount(AccountKind::kPayoutInTransit));
  EXPECT_TRUE(IsPartnerAccount(AccountKind::kTaxReserved));
}

TEST(IsDebitAccount, AreAssetsAndExpenses) {
  EXPECT_TRUE(IsDebitAccount(AccountKind::kCash));
  EXPECT_TRUE(IsDebitAccount(AccountKind::kPartnerReceivable));
  EXPECT_TRUE(IsDebitAccount(AccountKind::kCommissionExpense));
  EXPECT_FALSE(IsDebitAccount(AccountKind::kCommissionPending));
  EXPECT_FALSE(IsDebitAccount(AccountKind::kCommissionReversed));
}

}  // namespace
}  // namespace trailbook
