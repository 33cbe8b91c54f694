// A payout that arrives after it was called failed (RULES 8): what was payable again is taken back; what another payout
// has already, the partner owes.
#include "gtest/gtest.h"
#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

class LateSettlementTest : public testing::Test {
 protected:
  // 10.00 of jane's, matured, in a payout that was sent and called failed.
  LateSettlementTest() {
    ledger_.SignUp("c1", "jane", "2026-01-01");
    ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
    ledger_.SetNow("2026-02-01");
    ledger_.Mature();
    Send(1);
    EXPECT_TRUE(Result(1, PayoutResultKind::kFailed).ok());
  }

  void Send(int64_t batch) {
    EXPECT_TRUE(ledger_.Do(CreatePayoutBatch{"p", "EUR", "", "main"}).ok());
    EXPECT_TRUE(ledger_.Do(SubmitPayoutBatch{"p", batch}).ok());
    const auto view = ledger_.Ask([batch](Queries& queries) { return queries.GetBatch("p", batch); });
    EXPECT_TRUE(ledger_.Do(ApprovePayoutBatch{"p", batch, view->content_hash_hex}, "bob").ok());
    EXPECT_TRUE(ledger_.Do(ExportPayoutBatch{"p", batch}).ok());
  }
  absl::Status Result(int64_t batch, PayoutResultKind result) {
    return ledger_.Do(RecordPayoutResult{"p", batch, 1, result, "statement", ""}).status();
  }
  TestLedger ledger_{"2026-01-01"};
};

TEST_F(LateSettlementTest, WhatWasPayableAgainIsTakenBackAndThePayoutIsFlagged) {
  EXPECT_EQ(ledger_.Balance("jane").payable, 1000);
  ASSERT_TRUE(Result(1, PayoutResultKind::kSettled).ok());
  const EarningsView now = ledger_.Balance("jane");
  EXPECT_EQ(now.payable, 0);
  EXPECT_EQ(now.receivable, 0);
  EXPECT_EQ(now.paid, 1000);
  const auto payout = ledger_.Ask([](Queries& queries) { return queries.GetPayout("p", 1, 1); });
  EXPECT_EQ(payout->state, PayoutState::kSettled);
  EXPECT_TRUE(payout->after_failure);
  const auto batch = ledger_.Ask([](Queries& queries) { return queries.GetBatch("p", 1); });
  EXPECT_EQ(batch->totals.settled, 1000);
  EXPECT_EQ(batch->totals.failed, 0);
  ledger_.ExpectVerified();
}

TEST_F(LateSettlementTest, WhatARetryHasAlreadyThePartnerOwes) {
  ASSERT_TRUE(ledger_.Do(SetPayoutMethod{"p", "jane", "sepa", IbanFor("anew"), ""}, "eve").ok());
  Send(2);
  ASSERT_TRUE(Result(2, PayoutResultKind::kSettled).ok());
  ASSERT_TRUE(Result(1, PayoutResultKind::kSettled).ok());
  const EarningsView now = ledger_.Balance("jane");
  EXPECT_EQ(now.payable, 0);
  EXPECT_EQ(now.receivable, 1000);
  EXPECT_EQ(now.paid, 2000);
  ledger_.ExpectVerified();
}

TEST_F(LateSettlementTest, TheStatementSaysSoAndAddsUp) {
  ledger_.SetNow("2026-02-03");
  ASSERT_TRUE(Result(1, PayoutResultKind::kSettled).ok());
  const auto statement = ledger_.Ask([](Queries& queries) {
    return queries.GetStatement("p", "jane", "EUR", "2026-02-01", "2026-02-28", {50, ""});
  });
  ASSERT_TRUE(statement.ok());
  EXPECT_EQ(statement->opening, 1000);
  EXPECT_EQ(statement->paid, 1000);
  EXPECT_EQ(statement->closing, 0);
  EXPECT_EQ(statement->lines.items.back().kind, "SETTLED_AFTER_FAILURE");
}

TEST_F(LateSettlementTest, OneThatWasReturnedOrIsSettledDoesNotSettleAgain) {
  ASSERT_TRUE(Result(1, PayoutResultKind::kSettled).ok());
  EXPECT_EQ(ReasonOf(Result(1, PayoutResultKind::kSettled)), "WRONG_STATE");
  ASSERT_TRUE(Result(1, PayoutResultKind::kReturned).ok());
  EXPECT_EQ(ledger_.Balance("jane").payable, 1000);
  EXPECT_EQ(ReasonOf(Result(1, PayoutResultKind::kSettled)), "WRONG_STATE");
  ledger_.ExpectVerified();
}

}  // namespace
}  // namespace trailbook
