// Clicks: what a sign-up that names one gets, and how long they are kept.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

class ClickTest : public testing::Test {
 protected:
  ReportOutcome Click(const std::string& id, const std::string& link, absl::string_view day) {
    return ledger_.Report(ClickReport{id, link, TestLedger::Noon(day)});
  }
  ReportOutcome SignUp(const std::string& customer, const std::string& click, const std::string& link,
                       absl::string_view day) {
    SignUpReport report;
    report.customer_id = customer;
    report.click_id = click;
    report.link_code = link;
    report.time = TestLedger::Noon(day);
    return ledger_.Report(report);
  }
  TestLedger ledger_{"2026-06-30"};
};

TEST_F(ClickTest, AClickDecidesBeforeALinkAndACouponBeforeAClick) {
  Click("ck_1", "Jane", "2026-06-01");
  EXPECT_EQ(SignUp("c1", "ck_1", "tom", "2026-06-02").partner_id, "jane");
  SignUpReport report;
  report.customer_id = "c2";
  report.click_id = "ck_1";
  report.coupon_code = "tom";
  report.time = TestLedger::Noon("2026-06-02");
  EXPECT_EQ(ledger_.Report(report).partner_id, "tom");
}

TEST_F(ClickTest, AClickCountsThroughTheLastSecondOfItsWindow) {
  Click("ck_1", "jane", "2026-03-01");
  // 90 days to the second, then one more.
  EXPECT_EQ(SignUp("c1", "ck_1", "", "2026-05-30").kind, OutcomeKind::kRecorded);
  SignUpReport late;
  late.customer_id = "c2";
  late.click_id = "ck_1";
  late.time = TestLedger::Noon("2026-05-30") + 1;
  const ReportOutcome outcome = ledger_.Report(late);
  EXPECT_EQ(outcome.kind, OutcomeKind::kNoReferral);
  EXPECT_THAT(outcome.message, HasSubstr("click \"ck_1\" came more than 90 days before the sign-up"));
}

TEST_F(ClickTest, AClickAfterTheSignUpDoesNotExplainIt) {
  Click("ck_1", "jane", "2026-06-05");
  EXPECT_THAT(SignUp("c1", "ck_1", "", "2026-06-04").message, HasSubstr("came after the sign-up"));
}

TEST_F(ClickTest, AClickOfADisabledLinkDoesNotCountFromThenOn) {
  Click("ck_1", "jane", "2026-06-01");
  ASSERT_TRUE(ledger_.Do(DisableCode{"p", "jane"}).ok());
  EXPECT_EQ(SignUp("c1", "ck_1", "", "2026-06-30").kind, OutcomeKind::kNoReferral);
  EXPECT_EQ(SignUp("c2", "ck_1", "", "2026-06-29").partner_id, "jane");
}

TEST_F(ClickTest, TheSameClickAgainChangesNothingAndAnotherOneUnderItsIdIsAConflict) {
  EXPECT_FALSE(Click("ck_1", "jane", "2026-06-01").replayed);
  EXPECT_TRUE(Click("ck_1", " JANE ", "2026-06-01").replayed);
  EXPECT_EQ(ReasonOf(Click("ck_1", "tom", "2026-06-01").status), "EVENT_CONFLICT");
  EXPECT_EQ(ReasonOf(Click("ck_1", "jane", "2026-06-02").status), "EVENT_CONFLICT");
}

TEST_F(ClickTest, AClickThroughALinkThatNobodyHasIsNotKept) {
  EXPECT_EQ(Click("ck_1", "nobody", "2026-06-01").kind, OutcomeKind::kNoReferral);
  EXPECT_THAT(SignUp("c1", "ck_1", "", "2026-06-02").message, HasSubstr("is not known"));
}

TEST_F(ClickTest, AClickIsNoMoneyAndNotInTheLog) {
  const auto size = [this] { return ledger_.Ask([](Queries& queries) { return queries.GetLogHead("p"); })->size; };
  const int64_t before = size();
  Click("ck_1", "jane", "2026-06-01");
  EXPECT_EQ(size(), before);
  ledger_.ExpectVerified();
}

TEST_F(ClickTest, TheDisputeFileShowsTheClickAfterItWasDropped) {
  Click("ck_1", "jane", "2026-06-01");
  SignUp("c1", "ck_1", "tom", "2026-06-02");
  // 90 days of window and 35 for late reports.
  ledger_.SetNow("2026-10-04");
  ledger_.Mature();
  EXPECT_TRUE(Click("ck_1", "jane", "2026-06-01").replayed);
  ledger_.SetNow("2026-10-06");
  ledger_.Mature();
  EXPECT_EQ(SignUp("c2", "ck_1", "", "2026-06-02").kind, OutcomeKind::kNoReferral);
  const auto referral = ledger_.Ask([](Queries& queries) { return queries.GetReferral("p", "c1", {50, ""}); });
  ASSERT_TRUE(referral.ok());
  ASSERT_EQ(referral->touches.size(), 2u);
  EXPECT_EQ(referral->touches[0].kind, "click");
  EXPECT_EQ(referral->touches[0].click_time, TestLedger::Noon("2026-06-01"));
  EXPECT_EQ(referral->touches[1].partner_id, "tom");
  ledger_.ExpectVerified();
}

}  // namespace
}  // namespace trailbook
