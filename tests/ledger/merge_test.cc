// Merging a partner into another (RULES 7): the old id is an alias, balances move by transfer entries with debts
// netted, tier counts add up, and what happens to old commissions happens to the partner that goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::ElementsAre;

class MergeTest : public testing::Test {
 protected:
  MergeTest() {
    ledger_.SignUp("c1", "jane", "2026-01-01");
    ledger_.SignUp("c2", "tom", "2026-01-01");
  }
  absl::StatusOr<MutationReply> Merge(const std::string& from = "jane", const std::string& into = "tom") {
    return ledger_.Do(MergePartner{"p", from, into, "one person, two accounts"}, "noor");
  }
  void TakeFromJane(int64_t cents) {
    ASSERT_TRUE(
        ledger_.Do(ProposeCorrection{"p", CorrectionKind::kAdjustment, "jane", "EUR", -cents, 0, "overpaid", ""}, "ann")
            .ok());
    ASSERT_TRUE(ledger_.Do(DecideCorrection{"p", 1, true, ""}, "noor").ok());
  }
  void OpenDispute() {
    ledger_.Report(DisputeReport{"dp_1", "in_1", {"EUR", 10000}, DisputePhase::kOpen, TestLedger::Noon("2026-02-05")});
  }
  void ExpectSound() {
    for (const char* partner : {"jane", "tom"}) ledger_.ExpectExplained(partner);
    ledger_.ExpectVerified();
  }
  TestLedger ledger_{"2026-01-01"};
};

TEST_F(MergeTest, EveryBalanceMovesAndWhatIsPendingMaturesWithTheOther) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.SetNow("2026-01-20");
  ledger_.Pay("in_2", "c1", 20000, "2026-01-20");
  ledger_.Pay("in_3", "c1", 30000, "2026-01-20");
  ledger_.Report(DisputeReport{"dp_1", "in_3", {"EUR", 30000}, DisputePhase::kOpen, TestLedger::Noon("2026-01-20")});
  ledger_.SetNow("2026-02-05");
  const absl::Status merged = Merge().status();
  ASSERT_TRUE(merged.ok()) << merged;
  const EarningsView jane = ledger_.Balance("jane");
  EXPECT_EQ(jane.pending + jane.held + jane.payable, 0);
  EXPECT_EQ(ledger_.Balance("tom").payable, 1000);
  EXPECT_EQ(ledger_.Balance("tom").pending, 2000);
  EXPECT_EQ(ledger_.Balance("tom").held, 3000);
  ExpectSound();
  ledger_.Report(DisputeReport{"dp_1", "in_3", {"EUR", 30000}, DisputePhase::kWon, TestLedger::Noon("2026-02-05")});
  EXPECT_EQ(ledger_.Balance("tom").pending, 5000);
  ExpectSound();
  ledger_.SetNow("2026-02-19");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("tom").payable, 6000);
  ledger_.Refund("re_2", "in_2", 10000, "2026-02-19");
  EXPECT_EQ(ledger_.Balance("tom").payable, 5000);
  ExpectSound();
}

TEST_F(MergeTest, WhatSettledADebtBeforeIsHeldNoMoreAfter) {
  TakeFromJane(400);
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");  // 10.00, of which 4.00 settle what she owes
  ledger_.Pay("in_2", "c2", 20000, "2026-01-01");
  ledger_.SetNow("2026-02-05");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("jane").payable, 600);
  ASSERT_TRUE(Merge().ok());
  OpenDispute();
  EXPECT_EQ(ledger_.Balance("tom").held, 600);
  EXPECT_EQ(ledger_.Balance("tom").payable, 2000);
  ExpectSound();
}

TEST_F(MergeTest, WhoBringsDebtsBringsNothingThatCouldBeHeld) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.Pay("in_2", "c2", 20000, "2026-01-01");
  ledger_.SetNow("2026-02-05");
  ledger_.Mature();
  TakeFromJane(1400);
  EXPECT_EQ(ledger_.Balance("jane").receivable, 400);
  ASSERT_TRUE(Merge().ok());
  OpenDispute();
  EXPECT_EQ(ledger_.Balance("tom").held, 0);
  EXPECT_EQ(ledger_.Balance("tom").payable, 1600);
  ExpectSound();
}

TEST_F(MergeTest, WhatALaterDecisionLowersIsLoweredForTheCustomersOfBoth) {
  ASSERT_TRUE(ledger_.Do(LowerRate{"p", "tom", 900, "2026-01-02", "before they were one", true}, "noor").ok());
  ASSERT_TRUE(Merge().ok());
  ledger_.SetNow("2026-01-10");
  EXPECT_EQ(ledger_.Pay("in_1", "c1", 10000, "2026-01-10").commission_amount.minor_units, 1000);
  EXPECT_EQ(ledger_.Pay("in_2", "c2", 10000, "2026-01-10").commission_amount.minor_units, 900);
  const auto lowered = ledger_.Do(LowerRate{"p", "tom", 300, "", "agreed", true}, "noor");
  ASSERT_TRUE(lowered.ok()) << lowered.status();
  EXPECT_EQ(lowered->number, 2);
  EXPECT_EQ(ledger_.Pay("in_3", "c1", 10000, "2026-01-10").commission_amount.minor_units, 300);
  EXPECT_EQ(ledger_.Pay("in_4", "c2", 10000, "2026-01-10").commission_amount.minor_units, 300);
  ExpectSound();
}

TEST_F(MergeTest, TheOldIdIsAnAlias) {
  ASSERT_TRUE(Merge().ok());
  EXPECT_EQ(ledger_.SignUp("c3", "jane", "2026-01-01").partner_id, "tom");
  SignUpReport named;
  named.customer_id = "c4";
  named.partner_id = "jane";
  named.time = TestLedger::Noon("2026-01-01");
  EXPECT_EQ(ledger_.Report(named).partner_id, "tom");
  EXPECT_EQ(ledger_.Pay("in_1", "c1", 10000, "2026-01-01").partner_id, "tom");
  EXPECT_EQ(ledger_.Balance("tom").pending, 1000);
  const auto jane = *ledger_.Ask([](Queries& queries) { return queries.GetPartner("p", "jane"); });
  EXPECT_EQ(jane.state, PartnerStateKind::kMerged);
  EXPECT_EQ(jane.merged_into, "tom");
  EXPECT_THAT(ledger_.Ask([](Queries& queries) { return queries.GetPartner("p", "tom"); })->aliases,
              ElementsAre("jane"));
  EXPECT_EQ(ReasonOf(ledger_.Do(SetPartnerRate{"p", "jane", 500, ""}).status()), "WRONG_STATE");
  ExpectSound();
}

TEST_F(MergeTest, WhatOneOwesIsNetted) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.Pay("in_2", "c2", 4000, "2026-01-01");
  ledger_.SetNow("2026-02-01");
  const int64_t batch = ledger_.Send();
  for (int64_t payout : {1, 2}) ASSERT_TRUE(ledger_.Result(batch, payout, PayoutResultKind::kSettled).ok());
  ledger_.Refund("re_1", "in_1", 10000, "2026-02-01");
  ledger_.Pay("in_4", "c2", 7000, "2026-01-01");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("jane").receivable, 1000);
  EXPECT_EQ(ledger_.Balance("tom").payable, 700);
  ASSERT_TRUE(Merge().ok());
  EXPECT_EQ(ledger_.Balance("jane").receivable, 0);
  EXPECT_EQ(ledger_.Balance("tom").payable, 0);
  EXPECT_EQ(ledger_.Balance("tom").receivable, 300);
  ExpectSound();
}

TEST_F(MergeTest, AnOldPayoutThatComesBackIsTheOthers) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.SetNow("2026-02-01");
  ASSERT_TRUE(ledger_.Result(ledger_.Send(), 1, PayoutResultKind::kSettled).ok());
  ASSERT_TRUE(Merge().ok());
  ASSERT_TRUE(ledger_.Result(1, 1, PayoutResultKind::kReturned).ok());
  EXPECT_EQ(ledger_.Balance("tom").payable, 1000);
  EXPECT_EQ(ledger_.Balance("jane").payable, 0);
  const int64_t batch = ledger_.Send();
  const auto retry = *ledger_.Ask([batch](Queries& queries) { return queries.GetPayout("p", batch, 1); });
  EXPECT_EQ(retry.partner_id, "tom");
  EXPECT_EQ(retry.retry_of_batch, 1);
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
  // What was refunded of it is owed by tom: it was paid.
  ledger_.Refund("re_1", "in_1", 10000, "2026-02-01");
  EXPECT_EQ(ledger_.Balance("tom").receivable, 1000);
  ExpectSound();
}

TEST_F(MergeTest, WhoWasMergedIsTheSamePersonStill) {
  ASSERT_TRUE(Merge().ok());
  ledger_.SignUp("c8", "tom", "2026-01-01", "Jane@clinic.example");
  const auto reviews = *ledger_.Ask([](Queries& queries) { return queries.ListReviews("p", {}); });
  ASSERT_EQ(reviews.items.size(), 1u);
  EXPECT_EQ(reviews.items[0].customer_id, "c8");
}

TEST_F(MergeTest, IsRefusedWhileAPayoutIsLive) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.SetNow("2026-02-01");
  const int64_t batch = ledger_.Send();
  EXPECT_EQ(ReasonOf(Merge().status()), "WRONG_STATE");
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kUnknown).ok());
  EXPECT_EQ(ReasonOf(Merge().status()), "WRONG_STATE");
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
  EXPECT_TRUE(Merge().ok());
  EXPECT_EQ(ReasonOf(Merge().status()), "WRONG_STATE");               // merged already
  EXPECT_EQ(ReasonOf(Merge("tom", "jane").status()), "WRONG_STATE");  // into one that ended
  EXPECT_EQ(ReasonOf(Merge("tom", "tom").status()), "WRONG_STATE");
  ExpectSound();
}

TEST_F(MergeTest, PayingCustomersAddUp) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.Pay("in_2", "c2", 10000, "2026-01-01");
  ASSERT_TRUE(Merge().ok());
  EXPECT_EQ(ledger_.Ask([](Queries& queries) { return queries.GetPartner("p", "tom"); })->paying_customers, 2);
  ledger_.ExpectVerified();
}

TEST_F(MergeTest, AChainOfMergesEndsWithTheLast) {
  PartnerSpec ann;
  ann.partner_id = ann.display_name = ann.link_code = "ann";
  ann.method_type = "sepa";
  ann.method_account = IbanFor("ann");
  ASSERT_TRUE(ledger_.Do(CreatePartner{"p", ann}).ok());
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ASSERT_TRUE(Merge("jane", "tom").ok());
  ASSERT_TRUE(Merge("tom", "ann").ok());
  EXPECT_EQ(ledger_.Balance("ann").pending, 1000);
  ledger_.Refund("re_1", "in_1", 5000, "2026-01-01");
  EXPECT_EQ(ledger_.Balance("ann").pending, 500);
  ledger_.SetNow("2026-02-01");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("ann").payable, 500);
  EXPECT_EQ(ledger_.SignUp("c9", "jane", "2026-02-01").partner_id, "ann");
  ledger_.ExpectExplained("ann");
  ExpectSound();
}

TEST_F(MergeTest, AReferralOfTheOldIdIsReassignedWithItsUnpaidPast) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  PartnerSpec ann;
  ann.partner_id = ann.display_name = "ann";
  ASSERT_TRUE(ledger_.Do(CreatePartner{"p", ann}).ok());
  ASSERT_TRUE(Merge().ok());
  ASSERT_EQ(ledger_.Do(ReassignReferral{"p", "c1", "ann", "ticket 1", true})->number, 1);
  EXPECT_EQ(ledger_.Balance("tom").pending, 0);
  EXPECT_EQ(ledger_.Balance("ann").pending, 1000);
  ledger_.ExpectExplained("ann");
  ExpectSound();
}

}  // namespace
}  // namespace trailbook
