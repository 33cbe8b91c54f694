#include "tests/ledger/test_ledger.h"

#include "ledger/base/status.h"

namespace trailbook {
namespace {

struct PeriodTest : testing::Test {
  TestLedger book{"2026-03-15"};

  PeriodTest() {
    book.SignUp("c1", "jane", "2026-01-05");
    book.Pay("p1", "c1", 10000, "2026-01-10");
    book.Pay("p2", "c1", 20000, "2026-02-10");
  }
  // Everything that the closed books say: balances, statement and trial balance of January and February.
  std::string ClosedBooks() {
    std::string text;
    for (const char* day : {"2026-01-31", "2026-02-15", "2026-02-28"}) {
      const EarningsView b = book.Balance("jane", day);
      absl::StrAppend(&text, day, " ", b.pending, " ", b.held, " ", b.payable, " ", b.receivable, "\n");
      const auto trial_balance = book.Ask([day](Queries& q) { return q.TrialBalance("p", day); });
      for (const AccountView& account : *trial_balance) {
        absl::StrAppend(&text, account.account, " ", account.balance, "\n");
      }
    }
    const auto statement = book.Ask([](Queries& q) {
      return q.GetStatement("p", "jane", "EUR", "2026-01-01", "2026-02-28", {1000, ""});
    });
    absl::StrAppend(&text, statement->opening, " ", statement->earned, " ", statement->closing, "\n");
    for (const StatementLine& line : statement->lines.items) {
      absl::StrAppend(&text, line.sequence, " ", line.amount, "\n");
    }
    return text;
  }
};

TEST_F(PeriodTest, ClosingNeedsItsSweepDone) {
  // What matured by 28 February was booked before the payment of 10 February; that of 12 March is not.
  EXPECT_EQ(ReasonOf(book.Do(ClosePeriod{"p", "2026-03-13"}).status()), "SWEEP_NOT_DONE");
  EXPECT_TRUE(book.Do(ClosePeriod{"p", "2026-02-28"}).ok());
  EXPECT_EQ(ReasonOf(book.Do(ClosePeriod{"p", "2026-02-28"}).status()), "WRONG_STATE");
  book.Mature();
  EXPECT_TRUE(book.Do(ClosePeriod{"p", "2026-03-13"}).ok());
  EXPECT_EQ(FieldOf(book.Do(ClosePeriod{"p", "2026-03-15"}).status()), "through_date");
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetProgram("p"); })->closed_through_date, "2026-03-13");
}

TEST_F(PeriodTest, NothingThatIsTriedChangesAClosedPeriod) {
  book.Mature();
  ASSERT_TRUE(book.Do(ClosePeriod{"p", "2026-02-28"}).ok());
  const std::string before = ClosedBooks();
  // Late payments (one that even matured inside the period), refunds, disputes, their undoing, corrections, all dated
  // inside it.
  EXPECT_TRUE(book.Pay("late1", "c1", 50000, "2026-01-07").status.ok());
  EXPECT_TRUE(book.Pay("late2", "c1", 50000, "2026-02-20").status.ok());
  EXPECT_TRUE(book.Refund("r1", "p1", 10000, "2026-01-20").status.ok());
  EXPECT_TRUE(book.Refund("r2", "late1", 10000, "2026-01-20").status.ok());
  EXPECT_TRUE(book.Report(RefundReport{"r1", "p1", {"EUR", 10000}, true, TestLedger::Noon("2026-01-25")}).status.ok());
  EXPECT_TRUE(
      book.Report(DisputeReport{"d1", "p2", {"EUR", 20000}, DisputePhase::kOpen, TestLedger::Noon("2026-02-20")})
          .status.ok());
  EXPECT_TRUE(
      book.Report(DisputeReport{"d1", "p2", {"EUR", 20000}, DisputePhase::kLost, TestLedger::Noon("2026-02-25")})
          .status.ok());
  EXPECT_TRUE(book.SignUp("c2", "tom", "2026-01-05").status.ok());
  EXPECT_TRUE(book.Pay("late3", "c2", 50000, "2026-01-07").status.ok());
  EXPECT_EQ(ClosedBooks(), before);
  book.Mature();
  EXPECT_EQ(ClosedBooks(), before);
  book.SetNow("2026-06-01");
  book.Mature();
  EXPECT_EQ(ClosedBooks(), before);
  book.ExpectVerified();
}

TEST_F(PeriodTest, ALateEventBooksOnTheFirstOpenDayAndKeepsItsOwn) {
  book.Mature();
  ASSERT_TRUE(book.Do(ClosePeriod{"p", "2026-02-28"}).ok());
  const ReportOutcome late = book.Pay("late", "c1", 30000, "2026-01-07");
  ASSERT_TRUE(late.status.ok());
  const auto record = book.Ask([&](Queries& q) { return q.GetRecord("p", late.commission); });
  EXPECT_EQ(record->event_date, "2026-01-07");
  for (const PostingView& posting : record->postings) EXPECT_EQ(posting.booking_date, "2026-03-01");
  // Its hold period is over: it counts as payable from the first open day on.
  EXPECT_EQ(book.Balance("jane", "2026-03-01").payable, 1000 + 3000);
  book.Mature();
  EXPECT_EQ(book.Balance("jane", "2026-03-01").payable, 1000 + 3000);
  book.ExpectVerified();
}

TEST_F(PeriodTest, ForecastSaysWhatMaturesWhenAndWhatIsOwed) {
  const auto forecast = book.Ask([](Queries& q) { return q.Forecast("p", "", "EUR"); });
  ASSERT_TRUE(forecast.ok());
  ASSERT_EQ(forecast->liabilities.size(), 1u);
  EXPECT_EQ(forecast->liabilities[0].payable, 3000);  // p1 since 9 February, p2 since 12 March
  book.Pay("p3", "c1", 10000, "2026-03-10");
  const auto later = book.Ask([](Queries& q) { return q.Forecast("p", "jane", ""); });
  EXPECT_EQ(later->maturing.back().date, "2026-04-09");
  EXPECT_EQ(later->maturing.back().amount, 1000);
}

TEST_F(PeriodTest, ParkedEventsAreListedAndPurgedWithAReason) {
  book.Pay("orphan", "nobody", 10000, "2026-01-20");
  book.Refund("r9", "never", 10000, "2026-02-20");
  const auto parked = book.Ask([](Queries& q) { return q.ListParked("p", {}); });
  ASSERT_EQ(parked->items.size(), 2u);
  EXPECT_EQ(parked->items[0].waits_for, "the sign-up of customer nobody");
  EXPECT_EQ(FieldOf(book.Do(PurgeParked{"p", 0, ""}).status()), "reason");
  EXPECT_EQ(book.Do(PurgeParked{"p", TestLedger::Noon("2026-02-01"), "never referred"})->number, 1);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.ListParked("p", {}); })->items.size(), 1u);
  // Reported again, it is taken as new.
  EXPECT_EQ(book.Pay("orphan", "nobody", 10000, "2026-01-20").kind, OutcomeKind::kParked);
  book.ExpectVerified();
}

}  // namespace
}  // namespace trailbook
