// The sweep in chunks: that it comes to an end, misses nobody and does everything once, wherever its chunks end.
#include "ledger/jobs/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<MaturityReply> SweepOf(TestLedger& books, const std::string& through = "",
                                      const std::string& program = "p", Requester requester = "ann") {
  std::promise<absl::StatusOr<MaturityReply>> done;
  books.ledger().RunMaturity(program, through, std::move(requester),
                             [&done](absl::StatusOr<MaturityReply> reply) { done.set_value(std::move(reply)); });
  return done.get_future().get();
}

// So many partners with a customer each, who paid 10.00 on the first of January.
void ImportEarners(TestLedger& books, int count) {
  std::vector<PartnerSpec> partners(count);
  std::vector<Report> reports;
  for (int at = 0; at < count; ++at) {
    partners[at].partner_id = partners[at].display_name = partners[at].link_code = absl::StrCat("earner", at);
    SignUpReport sign_up;
    sign_up.customer_id = absl::StrCat("c", at);
    sign_up.link_code = partners[at].link_code;
    sign_up.time = TestLedger::Noon("2026-01-01");
    reports.push_back(sign_up);
    reports.push_back(
        PaymentReport{absl::StrCat("pay", at), sign_up.customer_id, {"EUR", 1000}, 1000, sign_up.time, {}, false});
  }
  std::promise<absl::StatusOr<std::vector<ImportRowOutcome>>> done;
  books.ledger().ImportPartners(
      "p", std::move(partners), "ann",
      [&done](absl::StatusOr<std::vector<ImportRowOutcome>> outcomes) { done.set_value(std::move(outcomes)); });
  ASSERT_TRUE(done.get_future().get().ok());
  for (const ReportOutcome& outcome : books.ReportAll(std::move(reports))) {
    ASSERT_EQ(outcome.kind, OutcomeKind::kRecorded) << outcome.status;
  }
}

class SweepOfMany : public testing::TestWithParam<int> {};

TEST_P(SweepOfMany, MaturesWhatIsDueToEachOfThemOnce) {
  TestLedger books;
  ImportEarners(books, GetParam());
  books.SetNow("2026-01-31");
  const auto swept = SweepOf(books);
  ASSERT_TRUE(swept.ok()) << swept.status();
  EXPECT_EQ(swept->earners, GetParam());
  EXPECT_EQ(swept->entries, GetParam());
  EXPECT_EQ(swept->through_date, "2026-01-31");
  for (const int at : {0, GetParam() / 2, GetParam() - 1}) {
    const EarningsView balance = books.Balance(absl::StrCat("earner", at));
    EXPECT_EQ(balance.pending, 0) << at;
    EXPECT_EQ(balance.payable, 100) << at;
  }
  const auto again = SweepOf(books);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->earners, 0);
  EXPECT_EQ(again->entries, 0);
  books.ExpectVerified();
}

// A chunk has 500 of them.
INSTANTIATE_TEST_SUITE_P(Chunks, SweepOfMany, ::testing::Values(1, 499, 500, 501, 1000, 1201));

TEST(SweepTest, OtherCommandsComeBetweenItsChunks) {
  TestLedger books;
  ImportEarners(books, 1201);
  books.SetNow("2026-01-31");
  std::promise<absl::StatusOr<MaturityReply>> swept;
  books.ledger().RunMaturity("p", "", "ann",
                             [&swept](absl::StatusOr<MaturityReply> reply) { swept.set_value(std::move(reply)); });
  EXPECT_EQ(books.Pay("between", "c7", 1000, "2026-01-31").kind, OutcomeKind::kRecorded);
  const auto reply = swept.get_future().get();
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(books.Balance("earner7").payable, 100);
  EXPECT_EQ(books.Balance("earner7").pending, 100);
  books.ExpectVerified();
}

TEST(SweepTest, TakesWhatWaitedForItsDayAndMaturesItInTheSameSweep) {
  TestLedger books;
  books.SignUp("c", "jane", "2026-01-01");
  ASSERT_EQ(books.Pay("later", "c", 1000, "2026-02-01").kind, OutcomeKind::kParked);
  books.SetNow("2026-03-03");  // 30 days after that
  const auto swept = SweepOf(books);
  ASSERT_TRUE(swept.ok()) << swept.status();
  EXPECT_EQ(swept->earners, 1);
  EXPECT_EQ(books.Balance("jane").payable, 100);
  EXPECT_EQ(SweepOf(books)->entries, 0);
}

TEST(SweepTest, DropsAllOldClicksHoweverManyAndMaturesAfterwards) {
  constexpr int kClicks = 10001;  // a chunk drops 5000
  TestLedger books;
  books.SignUp("c", "jane", "2026-01-01");
  books.Pay("pay", "c", 1000, "2026-01-01");
  std::vector<Report> clicks;
  for (int at = 0; at < kClicks; ++at) {
    clicks.push_back(ClickReport{absl::StrCat("ck", at), "jane", TestLedger::Noon("2026-01-01")});
  }
  books.ReportAll(clicks);
  books.SetNow("2026-05-07");  // 90 days of window and 35 for late reports, and a day
  const auto swept = SweepOf(books);
  ASSERT_TRUE(swept.ok()) << swept.status();
  EXPECT_EQ(swept->earners, 1);
  for (const ReportOutcome& outcome : books.ReportAll(std::move(clicks))) EXPECT_FALSE(outcome.replayed);
}

TEST(SweepTest, AnEarlierDayMaturesWhatWasDueByThen) {
  TestLedger books;
  books.SignUp("c", "jane", "2026-01-01");
  books.Pay("first", "c", 1000, "2026-01-01");
  books.SetNow("2026-01-02");
  books.Pay("second", "c", 1000, "2026-01-02");
  books.SetNow("2026-03-01");
  const auto swept = SweepOf(books, "2026-01-31");
  ASSERT_TRUE(swept.ok()) << swept.status();
  EXPECT_EQ(swept->entries, 1);
  EXPECT_EQ(SweepOf(books)->entries, 1);
}

TEST(SweepTest, WhatItCannotDoIsSaidAndNothingIsRecorded) {
  TestLedger books;
  books.SignUp("c", "jane", "2026-01-01");
  books.Pay("pay", "c", 1000, "2026-01-01");
  books.SetNow("2026-01-31");
  EXPECT_EQ(ReasonOf(SweepOf(books, "", "nobody").status()), "NOT_FOUND");
  EXPECT_EQ(FieldOf(SweepOf(books, "31.1.2026").status()), "through_date");
  EXPECT_THAT(SweepOf(books, "2026-02-01").status().message(), HasSubstr("2026-02-01 is after today, 2026-01-31"));
  EXPECT_TRUE(absl::IsDeadlineExceeded(SweepOf(books, "", "p", {"ann", absl::InfinitePast()}).status()));
  EXPECT_EQ(SweepOf(books)->entries, 1);
}

}  // namespace
}  // namespace trailbook
