// The sign-up bonus through the whole ledger.
#include <gmock/gmock.h>

#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

// 10 %, a bonus of 7.00, jane's customer c1 pays 100.00 on 10 January: a commission of 10.00 and the bonus, payable on
// 9 February.
struct BonusTest : testing::Test {
  TestLedger book{"2026-01-01"};

  BonusTest() {
    TermsSpec terms;
    terms.rate_bps = 1000;
    terms.hold_days = 30;
    terms.sign_up_bonuses = {{"EUR", 700}};
    EXPECT_TRUE(book.Do(PublishTerms{"p", terms}).ok());
    book.SetNow("2026-03-01");
  }
  void FirstPayment(const std::string& email = "") {
    EXPECT_TRUE(book.SignUp("c1", "jane", "2026-01-05", email).status.ok());
    EXPECT_TRUE(book.Pay("p1", "c1", 10000, "2026-01-10").status.ok());
  }
  void Dispute(DisputePhase phase, int64_t amount, absl::string_view day) {
    EXPECT_TRUE(book.Report(DisputeReport{"d1", "p1", {"EUR", amount}, phase, TestLedger::Noon(day)}).status.ok());
  }
  int64_t Account(const std::string& name) {
    const auto accounts = book.Ask([](Queries& q) { return q.TrialBalance("p", ""); });
    for (const AccountView& account : *accounts) {
      if (account.account == name) return account.balance;
    }
    return 0;
  }
  // The bonus as a line.
  CommissionView Line() {
    const auto lines = book.Ask([](Queries& q) { return q.ListCommissions("p", "jane", {}); });
    for (const CommissionView& line : lines->items) {
      if (line.bonus_of != 0) return line;
    }
    return {};
  }
};

TEST_F(BonusTest, ComesOnceWithTheFirstPaymentAsALineOfItsOwnAndMaturesWithIt) {
  FirstPayment();
  EXPECT_EQ(book.Balance("jane", "2026-02-08").pending, 1700);
  EXPECT_EQ(book.Balance("jane", "2026-02-09").payable, 1700);
  book.Pay("p2", "c1", 10000, "2026-01-12");
  EXPECT_EQ(Account("expenses:signup-bonus"), 700);
  EXPECT_EQ(Account("expenses:commission"), 2000);
  const CommissionView bonus = Line();
  EXPECT_EQ(bonus.accrued, 700);
  EXPECT_EQ(bonus.current, 700);
  EXPECT_EQ(bonus.mature_date, "2026-02-09");
  EXPECT_EQ(bonus.payment_id, "p1");
  const auto payment = book.Ask([&](Queries& q) { return q.Explain("p", bonus.bonus_of); });
  EXPECT_EQ(payment->commission.bonus, bonus.number);
  EXPECT_EQ(payment->commission.accrued, 1000);
  const auto explained = book.Ask([&](Queries& q) { return q.Explain("p", bonus.number); });
  EXPECT_EQ(explained->steps.at(0).kind, "SIGN_UP_BONUS");
  EXPECT_EQ(explained->steps.at(0).change, 700);
  EXPECT_THAT(explained->steps.at(0).text, HasSubstr("sign-up bonus of EUR 7.00: payment p1 is the customer's first"));
  const auto statement =
      book.Ask([](Queries& q) { return q.GetStatement("p", "jane", "EUR", "2026-01-01", "2026-01-31", {}); });
  ASSERT_EQ(statement->lines.items.size(), 3u);
  EXPECT_EQ(statement->lines.items[1].kind, "SIGN_UP_BONUS");
  EXPECT_EQ(statement->lines.items[1].amount, 700);
  book.ExpectVerified();
}

TEST_F(BonusTest, TheSamePaymentReportedAgainBringsNoSecondBonus) {
  FirstPayment();
  EXPECT_TRUE(book.Pay("p1", "c1", 10000, "2026-01-10").replayed);
  EXPECT_EQ(book.Balance("jane", "2026-01-31").pending, 1700);
}

TEST_F(BonusTest, ATrialBringsNoneAndAnotherCurrencyBringsNoneForGood) {
  book.SignUp("c1", "jane", "2026-01-05");
  book.Pay("p0", "c1", 0, "2026-01-06");
  EXPECT_EQ(Account("expenses:signup-bonus"), 0);
  EXPECT_TRUE(book.Report(PaymentReport{"p1", "c1", {"USD", 5000}, 5000, TestLedger::Noon("2026-01-07"), {}, false})
                  .status.ok());
  book.Pay("p2", "c1", 10000, "2026-01-08");
  EXPECT_EQ(Account("expenses:signup-bonus"), 0);
  book.SignUp("c2", "jane", "2026-01-05");
  book.Pay("p3", "c2", 0, "2026-01-06");
  book.Pay("p4", "c2", 100, "2026-01-07");
  EXPECT_EQ(Account("expenses:signup-bonus"), 700);
  book.ExpectVerified();
}

TEST_F(BonusTest, APaymentFromBeforeTheSignUpLeavesItToTheNextOne) {
  book.SignUp("c1", "jane", "2026-01-05");
  EXPECT_EQ(book.Pay("p0", "c1", 10000, "2026-01-04").kind, OutcomeKind::kBeforeSignUp);
  EXPECT_EQ(Account("expenses:signup-bonus"), 0);
  book.Pay("p1", "c1", 10000, "2026-01-05");
  EXPECT_EQ(Account("expenses:signup-bonus"), 700);
  book.ExpectVerified();
}

TEST_F(BonusTest, IsReversedByTheRefundThatMakesRReachCAndComesBackWhenItFails) {
  FirstPayment();
  book.Refund("r1", "p1", 9999, "2026-01-11");
  EXPECT_EQ(Line().current, 700);
  book.Refund("r2", "p1", 1, "2026-01-12");
  EXPECT_EQ(Line().current, 0);
  EXPECT_EQ(Line().state, CommissionStateKind::kReversed);
  EXPECT_EQ(book.Balance("jane").pending + book.Balance("jane").payable, 0);
  // A refund beyond what was collected changes nothing more.
  book.Refund("r3", "p1", 500, "2026-01-13");
  EXPECT_EQ(Account("contra-expense:commission-reversed"), -1700);
  EXPECT_TRUE(book.Report(RefundReport{"r1", "p1", {"EUR", 9999}, true, TestLedger::Noon("2026-01-14")}).status.ok());
  EXPECT_EQ(Line().current, 700);
  const auto explained = book.Ask([&](Queries& q) { return q.Explain("p", Line().number); });
  std::vector<std::string> kinds;
  for (const ExplanationStep& step : explained->steps) kinds.push_back(step.kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"SIGN_UP_BONUS", "SIGN_UP_BONUS_REVERSED", "SIGN_UP_BONUS_RESTORED"}));
  book.ExpectVerified();
}

TEST_F(BonusTest, SaysThatMoreWasGivenBackThanCollectedHoweverThatCameAbout) {
  FirstPayment();
  book.Refund("r1", "p1", 10000, "2026-01-20");  // takes the bonus
  EXPECT_TRUE(Line().flags.empty());
  book.Refund("r2", "p1", 1, "2026-01-21");  // changes nothing of it any more
  EXPECT_THAT(Line().flags, testing::ElementsAre("OVER_REFUNDED"));
  book.ExpectVerified();
}

TEST_F(BonusTest, IsHeldWhileLosingItsOpenDisputeWouldReverseIt) {
  FirstPayment();
  Dispute(DisputePhase::kOpen, 10000, "2026-01-15");
  EXPECT_EQ(book.Balance("jane").held, 1700);
  book.Mature();
  EXPECT_EQ(book.Balance("jane").payable, 0);
  Dispute(DisputePhase::kWon, 10000, "2026-02-20");
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(book.Balance("jane").payable, 1700);
  book.ExpectVerified();
}

TEST_F(BonusTest, APartialDisputeHoldsNoneOfItUnlessARefundTookTheRest) {
  FirstPayment();
  Dispute(DisputePhase::kOpen, 6000, "2026-01-15");
  EXPECT_EQ(book.Balance("jane").held, 600);
  book.Refund("r1", "p1", 4000, "2026-01-16");
  EXPECT_EQ(book.Balance("jane").held, 600 + 700);
  Dispute(DisputePhase::kLost, 6000, "2026-01-20");
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(Line().current, 0);
  EXPECT_EQ(book.Balance("jane").pending + book.Balance("jane").payable + book.Balance("jane").receivable, 0);
  book.ExpectVerified();
}

TEST_F(BonusTest, WhatWasPaidOutAlreadyIsOwedWhenItIsReversed) {
  FirstPayment();
  book.Mature();
  const auto batch = book.Do(CreatePayoutBatch{"p", "EUR", "", "main"});
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_TRUE(book.Do(SubmitPayoutBatch{"p", batch->number}).ok());
  Dispute(DisputePhase::kOpen, 10000, "2026-03-01");
  EXPECT_EQ(book.Balance("jane").held, 0);  // nothing reserved is held
  book.Refund("r1", "p1", 10000, "2026-03-01");
  EXPECT_EQ(book.Balance("jane").receivable, 1700);
  book.ExpectVerified();
  // A cancelled payout brings the money back, which settles what he owes.
  EXPECT_TRUE(book.Do(CancelPayoutBatch{"p", batch->number, "mistake"}).ok());
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  book.ExpectVerified();
}

TEST_F(BonusTest, MoneyThatADeadPayoutBringsBackIsHeldAgainForAnOpenDispute) {
  FirstPayment();
  book.Mature();
  const auto batch = book.Do(CreatePayoutBatch{"p", "EUR", "", "main"});
  EXPECT_TRUE(book.Do(SubmitPayoutBatch{"p", batch->number}).ok());
  Dispute(DisputePhase::kOpen, 10000, "2026-03-01");
  EXPECT_TRUE(book.Do(CancelPayoutBatch{"p", batch->number, "mistake"}).ok());
  EXPECT_EQ(book.Balance("jane").held, 1700);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  book.ExpectVerified();
}

TEST_F(BonusTest, UnderAReviewItIsHeldWithTheCommissionAndGoesTheSameWay) {
  FirstPayment("jane+me@clinic.example");
  book.Mature();
  EXPECT_EQ(book.Balance("jane").held, 1700);
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", false, "two therapists"}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(book.Balance("jane").payable, 1700);
  book.ExpectVerified();
}

TEST_F(BonusTest, ARejectedReviewTakesItAndLaterPaymentsBringNone) {
  FirstPayment("jane@clinic.example");
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", true, "own account"}, "noor").ok());
  EXPECT_EQ(Line().current, 0);
  EXPECT_EQ(book.Balance("jane").held + book.Balance("jane").pending + book.Balance("jane").payable, 0);
  book.SignUp("c2", "jane", "2026-01-05", "jane@clinic.example");
  EXPECT_TRUE(book.Do(DecideReview{"p", "c2", true, "own account"}, "noor").ok());
  book.Pay("p2", "c2", 10000, "2026-02-01");
  EXPECT_EQ(Account("expenses:signup-bonus"), 700);
  book.ExpectVerified();
}

TEST_F(BonusTest, UnderABanItIsHeldAndForfeitedWithTheRest) {
  book.SignUp("c1", "jane", "2026-01-05");
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kBanned, "fraud"}).ok());
  book.Pay("p1", "c1", 10000, "2026-01-10");
  EXPECT_EQ(book.Balance("jane").held, 1700);
  const auto proposed =
      book.Do(ProposeCorrection{"p", CorrectionKind::kForfeiture, "jane", "EUR", 0, 0, "fraud", ""}, "ann");
  EXPECT_TRUE(book.Do(DecideCorrection{"p", proposed->number, true, ""}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(Line().current, 0);
  book.ExpectVerified();
}

TEST_F(BonusTest, ARefundThatWaitedForThePaymentReversesItAtOnce) {
  book.SignUp("c1", "jane", "2026-01-05");
  EXPECT_EQ(book.Refund("r1", "p1", 10000, "2026-01-11").kind, OutcomeKind::kParked);
  book.Pay("p1", "c1", 10000, "2026-01-10");
  EXPECT_EQ(Line().accrued, 700);
  EXPECT_EQ(Line().current, 0);
  // The next payment is not the first.
  book.Pay("p2", "c1", 10000, "2026-01-12");
  EXPECT_EQ(Account("expenses:signup-bonus"), 700);
  book.ExpectVerified();
}

TEST_F(BonusTest, WhatWouldNotFitIsRefusedWithThePayment) {
  TermsSpec terms;
  terms.rate_bps = 0;
  terms.hold_days = 30;
  terms.sign_up_bonuses = {{"EUR", std::numeric_limits<int64_t>::max()}};
  EXPECT_TRUE(book.Do(PublishTerms{"p", terms}).ok());
  book.SignUp("c1", "jane", "2026-03-01");
  book.SignUp("c2", "jane", "2026-03-01");
  EXPECT_TRUE(book.Pay("p1", "c1", 10000, "2026-03-01").status.ok());
  EXPECT_EQ(ReasonOf(book.Pay("p2", "c2", 10000, "2026-03-01").status), "OVERFLOW");
  EXPECT_EQ(book.Ask([](Queries& q) { return q.ListCommissions("p", "jane", {}); })->items.size(), 2u);
  book.ExpectVerified();
}

}  // namespace
}  // namespace trailbook
