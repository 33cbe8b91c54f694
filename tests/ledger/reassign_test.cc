// Reassigning a referral (RULES 6): its future, and on request its unpaid past by transfer entries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::Contains;

class ReassignTest : public testing::Test {
 protected:
  ReassignTest() { ledger_.SignUp("c1", "jane", "2026-01-01"); }
  absl::StatusOr<MutationReply> Reassign(const std::string& to, bool unpaid_past) {
    return ledger_.Do(ReassignReferral{"p", "c1", to, "ticket 4711", unpaid_past}, "noor");
  }
  CommissionView Commission(int64_t number) {
    return ledger_.Ask([number](Queries& queries) { return queries.Explain("p", number); })->commission;
  }
  void ExpectSound() {
    for (const char* partner : {"jane", "tom"}) ledger_.ExpectExplained(partner);
    ledger_.ExpectVerified();
  }
  TestLedger ledger_{"2026-01-01"};
};

TEST_F(ReassignTest, TheFutureMovesThePastStays) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ASSERT_EQ(Reassign("tom", false)->number, 0);
  const ReportOutcome next = ledger_.Pay("in_2", "c1", 20000, "2026-01-01");
  EXPECT_EQ(next.partner_id, "tom");
  EXPECT_EQ(ledger_.Balance("jane").pending, 1000);
  EXPECT_EQ(ledger_.Balance("tom").pending, 2000);
  const auto file = *ledger_.Ask([](Queries& queries) { return queries.GetReferral("p", "c1", {}); });
  EXPECT_EQ(file.partner_id, "tom");
  ASSERT_EQ(file.moves.size(), 1u);
  EXPECT_EQ(file.moves[0].from_partner_id, "jane");
  EXPECT_EQ(file.moves[0].actor, "noor");
  EXPECT_EQ(file.moves[0].reason, "ticket 4711");
  EXPECT_EQ(file.commissions.items.size(), 2u);
  ExpectSound();
}

TEST_F(ReassignTest, WhatIsUnpaidMovesAccountByAccount) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");  // payable by the time
  ledger_.SetNow("2026-01-20");
  ledger_.Pay("in_2", "c1", 20000, "2026-01-20");  // pending
  const ReportOutcome disputed = ledger_.Pay("in_3", "c1", 30000, "2026-01-20");
  ledger_.Report(DisputeReport{"dp_1", "in_3", {"EUR", 30000}, DisputePhase::kOpen, TestLedger::Noon("2026-01-20")});
  ledger_.SetNow("2026-02-05");
  ASSERT_EQ(Reassign("tom", true)->number, 3);
  EXPECT_EQ(ledger_.Balance("jane").payable, 0);
  EXPECT_EQ(ledger_.Balance("jane").pending, 0);
  EXPECT_EQ(ledger_.Balance("jane").held, 0);
  EXPECT_EQ(ledger_.Balance("tom").payable, 1000);
  EXPECT_EQ(ledger_.Balance("tom").pending, 2000);
  EXPECT_EQ(ledger_.Balance("tom").held, 3000);
  const CommissionView old = Commission(disputed.commission);
  EXPECT_EQ(old.current, 0);
  EXPECT_THAT(old.flags, Contains("MOVED"));
  EXPECT_EQ(Commission(old.moved_to).moved_from, disputed.commission);
  EXPECT_EQ(Commission(old.moved_to).partner_id, "tom");
  EXPECT_EQ(Commission(old.moved_to).current, 3000);
  ExpectSound();
  // What happens to the payments happens to tom.
  ledger_.Report(DisputeReport{"dp_1", "in_3", {"EUR", 30000}, DisputePhase::kWon, TestLedger::Noon("2026-02-05")});
  EXPECT_EQ(ledger_.Balance("tom").held, 0);
  EXPECT_EQ(ledger_.Balance("tom").pending, 5000);
  ledger_.Refund("re_1", "in_1", 5000, "2026-02-05");
  EXPECT_EQ(ledger_.Balance("tom").payable, 500);
  EXPECT_TRUE(ledger_.Refund("re_1", "in_1", 5000, "2026-02-05").replayed);
  EXPECT_EQ(ledger_.Pay("in_1", "c1", 10000, "2026-01-01").partner_id, "tom");
  ledger_.SetNow("2026-02-19");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("tom").payable, 5500);
  EXPECT_EQ(ledger_.Balance("tom").pending, 0);
  ExpectSound();
}

TEST_F(ReassignTest, WhatWasPaidStays) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.SetNow("2026-02-01");
  const int64_t batch = ledger_.Send();
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
  ledger_.Pay("in_2", "c1", 20000, "2026-02-01");
  ASSERT_EQ(Reassign("tom", true)->number, 1);
  EXPECT_EQ(ledger_.Balance("jane").paid, 1000);
  EXPECT_EQ(ledger_.Balance("tom").pending, 2000);
  // A refund of what jane was paid is jane's.
  ledger_.Refund("re_1", "in_1", 10000, "2026-02-01");
  EXPECT_EQ(ledger_.Balance("jane").receivable, 1000);
  EXPECT_EQ(ledger_.Balance("tom").receivable, 0);
  ExpectSound();
}

TEST_F(ReassignTest, WhatComesFirstSettlesWhatTheNewPartnerOwes) {
  ledger_.SignUp("c2", "tom", "2026-01-01");
  ledger_.Pay("in_9", "c2", 8000, "2026-01-01");
  ledger_.SetNow("2026-02-01");
  ASSERT_TRUE(ledger_.Result(ledger_.Send(), 1, PayoutResultKind::kSettled).ok());
  ledger_.Refund("re_9", "in_9", 8000, "2026-02-01");
  EXPECT_EQ(ledger_.Balance("tom").receivable, 800);
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.Mature();
  EXPECT_EQ(ledger_.Balance("jane").payable, 1000);
  ASSERT_EQ(Reassign("tom", true)->number, 1);
  EXPECT_EQ(ledger_.Balance("tom").receivable, 0);
  EXPECT_EQ(ledger_.Balance("tom").payable, 200);
  ExpectSound();
}

TEST_F(ReassignTest, TheStatementsOfBothAddUp) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ledger_.SetNow("2026-02-03");
  ASSERT_TRUE(Reassign("tom", true).ok());
  for (const auto& [partner, change] : {std::pair<std::string, int64_t>{"jane", -1000}, {"tom", 1000}}) {
    const auto statement = *ledger_.Ask([&](Queries& queries) {
      return queries.GetStatement("p", partner, "EUR", "2026-02-01", "2026-02-28", {50, ""});
    });
    EXPECT_EQ(statement.closing - statement.opening, change);
    ASSERT_FALSE(statement.lines.items.empty());
    EXPECT_EQ(statement.lines.items.back().kind, "TRANSFERRED");
    EXPECT_EQ(statement.lines.items.back().amount, change);
  }
}

TEST_F(ReassignTest, AndBackAgain) {
  ledger_.Pay("in_1", "c1", 10000, "2026-01-01");
  ASSERT_EQ(Reassign("tom", true)->number, 1);
  ASSERT_EQ(Reassign("jane", true)->number, 1);
  EXPECT_EQ(ledger_.Balance("jane").pending, 1000);
  EXPECT_EQ(ledger_.Balance("tom").pending, 0);
  ledger_.Refund("re_1", "in_1", 10000, "2026-01-01");
  EXPECT_EQ(ledger_.Balance("jane").pending, 0);
  ledger_.SetNow("2026-02-03");
  ledger_.Mature();
  ExpectSound();
}

TEST_F(ReassignTest, IsRefusedWithAReason) {
  EXPECT_EQ(ReasonOf(Reassign("jane", false).status()), "WRONG_STATE");
  EXPECT_EQ(ReasonOf(Reassign("nobody", false).status()), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(ledger_.Do(ReassignReferral{"p", "c9", "tom", "x", false}).status()), "NOT_FOUND");
  EXPECT_EQ(FieldOf(ledger_.Do(ReassignReferral{"p", "c1", "tom", "", false}).status()), "reason");
  ASSERT_TRUE(ledger_.Do(SetPartnerState{"p", "tom", PartnerStateKind::kDeactivated, "left"}).ok());
  EXPECT_EQ(ReasonOf(Reassign("tom", false).status()), "WRONG_STATE");
  ledger_.SignUp("c3", "jane", "2026-01-01", "jane@clinic.example");
  EXPECT_EQ(ReasonOf(ledger_.Do(ReassignReferral{"p", "c3", "tom", "x", false}).status()), "WRONG_STATE");
}

}  // namespace
}  // namespace trailbook
