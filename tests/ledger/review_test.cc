#include "tests/ledger/test_ledger.h"

#include "ledger/base/status.h"

namespace trailbook {
namespace {

struct ReviewTest : testing::Test {
  TestLedger book{"2026-03-01"};
  void SelfReferral() {
    EXPECT_TRUE(book.SignUp("c1", "jane", "2026-01-05", "Jane+me@clinic.example").status.ok());
    EXPECT_TRUE(book.Pay("p1", "c1", 10000, "2026-01-10").status.ok());
  }
};

TEST_F(ReviewTest, ASelfReferralIsHeldAndNothingReleasesIt) {
  SelfReferral();
  book.Mature();
  EXPECT_EQ(book.Balance("jane").held, 1000);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  const auto reviews = book.Ask([](Queries& q) { return q.ListReviews("p", {}); });
  ASSERT_EQ(reviews->items.size(), 1u);
  EXPECT_EQ(reviews->items[0].customer_id, "c1");
  EXPECT_EQ(reviews->items[0].age_days, 55);
  EXPECT_EQ(reviews->items[0].held[0].minor_units, 1000);
}

TEST_F(ReviewTest, ReleaseMakesWhatWasHeldPayableAndLaterPaymentsEarn) {
  SelfReferral();
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", false, "two therapists"}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(book.Balance("jane").payable, 1000);
  EXPECT_TRUE(book.Pay("p2", "c1", 10000, "2026-03-01").status.ok());
  EXPECT_EQ(book.Balance("jane").pending, 1000);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.ListReviews("p", {}); })->items.size(), 0u);
  book.ExpectVerified();
}

TEST_F(ReviewTest, RejectTakesWhatWasHeldAndLaterPaymentsEarnNothing) {
  SelfReferral();
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", true, "own account"}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  const ReportOutcome later = book.Pay("p2", "c1", 10000, "2026-03-01");
  EXPECT_EQ(later.kind, OutcomeKind::kZero);
  // A refund of the rejected payment, and its undoing, change nothing.
  EXPECT_TRUE(book.Refund("r1", "p1", 4000, "2026-03-01").status.ok());
  EXPECT_TRUE(book.Report(RefundReport{"r1", "p1", {"EUR", 4000}, true, TestLedger::Noon("2026-03-01")}).status.ok());
  EXPECT_EQ(book.Balance("jane").pending + book.Balance("jane").payable + book.Balance("jane").receivable, 0);
  book.ExpectVerified();
}

TEST_F(ReviewTest, ARefundFromBeforeTheRejectionThatFailsAfterItBringsNothingBack) {
  SelfReferral();
  EXPECT_TRUE(book.Refund("r1", "p1", 6000, "2026-02-01").status.ok());
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", true, "own account"}, "noor").ok());
  EXPECT_TRUE(book.Report(RefundReport{"r1", "p1", {"EUR", 6000}, true, TestLedger::Noon("2026-02-10")}).status.ok());
  const EarningsView jane = book.Balance("jane");
  EXPECT_EQ(jane.pending + jane.held + jane.payable + jane.receivable, 0);
  book.ExpectVerified();
}

TEST_F(ReviewTest, ADecisionStandsAndNeedsAReason) {
  SelfReferral();
  EXPECT_EQ(FieldOf(book.Do(DecideReview{"p", "c1", true, ""}).status()), "reason");
  EXPECT_TRUE(book.Do(DecideReview{"p", "c1", true, "own account"}).ok());
  EXPECT_EQ(ReasonOf(book.Do(DecideReview{"p", "c1", false, "changed my mind"}).status()), "WRONG_STATE");
  EXPECT_EQ(ReasonOf(book.Do(DecideReview{"p", "nobody", false, "?"}).status()), "NOT_FOUND");
}

TEST_F(ReviewTest, ABanHoldsWhatIsEarnedFromThenOnAndBlocksPayouts) {
  book.SignUp("c1", "jane", "2026-01-05");
  book.Pay("p1", "c1", 10000, "2026-01-10");
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kBanned, "fraud"}).ok());
  book.Pay("p2", "c1", 5000, "2026-02-20");
  EXPECT_EQ(book.Balance("jane").payable, 1000);
  EXPECT_EQ(book.Balance("jane").held, 500);
  const auto preview = book.Ask([](Queries& q) { return q.PreviewBatch("p", "EUR", ""); });
  ASSERT_EQ(preview->left_out.size(), 1u);
  EXPECT_EQ(preview->left_out[0].reason, "PARTNER_BANNED");
  const auto holds = book.Ask([](Queries& q) { return q.ListHolds("p", {}); });
  ASSERT_EQ(holds->items.size(), 1u);
  EXPECT_EQ(holds->items[0].reasons, std::vector<std::string>{"BAN"});
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kActive, "cleared"}).ok());
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(book.Balance("jane").pending, 500);
  book.ExpectVerified();
}

TEST_F(ReviewTest, ADeactivatedPartnerGetsNoNewSignUpsAndGoesOnEarning) {
  book.SignUp("c1", "jane", "2026-01-05");
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kDeactivated, "left"}).ok());
  // By the time at which it happened, not by that of the report.
  EXPECT_EQ(book.SignUp("c2", "jane", "2026-02-27").kind, OutcomeKind::kRecorded);
  EXPECT_EQ(book.SignUp("c3", "jane", "2026-03-01").kind, OutcomeKind::kNoReferral);
  EXPECT_EQ(book.Pay("p1", "c1", 10000, "2026-02-01").commission_amount.minor_units, 1000);
}

TEST_F(ReviewTest, AClosedAccountIsPaidBelowTheMinimum) {
  TermsSpec terms;
  terms.rate_bps = 1000;
  terms.minimums = {{"EUR", 5000}};
  EXPECT_TRUE(book.Do(PublishTerms{"p", terms}).ok());
  book.SignUp("c1", "jane", "2026-01-05");
  book.Pay("p1", "c1", 10000, "2026-01-10");
  EXPECT_EQ(book.Ask([](Queries& q) { return q.PreviewBatch("p", "EUR", ""); })->left_out.at(0).reason,
            "BELOW_MINIMUM");
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kClosed, "left for good"}).ok());
  EXPECT_EQ(book.Ask([](Queries& q) { return q.PreviewBatch("p", "EUR", ""); })->payouts.at(0).amount, 1000);
}

TEST_F(ReviewTest, TheDisputeFileHasEveryTouchTheRuleAndTheCommissions) {
  SignUpReport both;
  both.customer_id = "c1";
  both.partner_id = "tom";
  both.link_code = "JANE ";
  both.time = TestLedger::Noon("2026-01-05");
  EXPECT_TRUE(book.Report(both).status.ok());
  EXPECT_EQ(book.SignUp("c1", "jane", "2026-01-08").kind, OutcomeKind::kAlreadyReferred);
  book.SignUp("c2", "tom", "2026-01-05");
  const int64_t first = book.Pay("p1", "c1", 10000, "2026-01-10").commission;
  book.Pay("p2", "c2", 10000, "2026-01-10");
  const int64_t second = book.Pay("p3", "c1", 10000, "2026-02-10").commission;
  const auto file = book.Ask([](Queries& q) { return q.GetReferral("p", "c1", {}); });
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->partner_id, "tom");
  ASSERT_EQ(file->touches.size(), 3u);
  EXPECT_EQ(file->touches[0].kind, "partner");
  EXPECT_TRUE(file->touches[0].decided);
  EXPECT_EQ(file->touches[1].code, "jane");
  EXPECT_FALSE(file->touches[1].decided);
  EXPECT_EQ(file->touches[2].partner_id, "jane");
  EXPECT_EQ(file->commissions.items, (std::vector<int64_t>{second, first}));
  const auto page = book.Ask([](Queries& q) { return q.GetReferral("p", "c1", {1, ""}); });
  ASSERT_EQ(page->commissions.items, std::vector<int64_t>{second});
  const auto rest = book.Ask([&](Queries& q) { return q.GetReferral("p", "c1", {1, page->commissions.next}); });
  EXPECT_EQ(rest->commissions.items, std::vector<int64_t>{first});
  EXPECT_EQ(ReasonOf(book.Ask([](Queries& q) { return q.GetReferral("p", "nobody", {}); }).status()), "NOT_FOUND");
}

}  // namespace
}  // namespace trailbook
