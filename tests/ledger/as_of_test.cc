// Balances as of every day of a history, and statements between any two: sums of days, whichever end they are counted
// from.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

class AsOfTest : public testing::Test {
 protected:
  // A year of payments with gaps, each of another size; jane's, and as many of tom's on the same days, which must not
  // count. Some have matured by the end of it and some have not.
  AsOfTest() {
    ledger_.SignUp("cus_jane", "jane", "2026-01-01");
    ledger_.SignUp("cus_tom", "tom", "2026-01-01");
    for (Day day = first_; day <= last_; day += 1 + day % 11) Pay(day);
  }

  void Pay(Day day) {
    const int64_t cents = 1000 + 10 * ++payments_;
    if (day > today_) ledger_.SetNow(FormatDay(today_ = day));
    EXPECT_TRUE(ledger_.Pay(absl::StrCat("in_", payments_), "cus_jane", cents, FormatDay(day)).status.ok());
    EXPECT_TRUE(ledger_.Pay(absl::StrCat("in_tom_", payments_), "cus_tom", 77700, FormatDay(day)).status.ok());
    earned_[day] += cents / 10;
  }
  int64_t EarnedThrough(Day day) const {
    int64_t sum = 0;
    for (auto at = earned_.begin(); at != earned_.upper_bound(day); ++at) sum += at->second;
    return sum;
  }
  void ExpectEveryDay() {
    for (Day day = first_ - 40; day <= today_; ++day) {
      const EarningsView view = ledger_.Balance("jane", FormatDay(day));
      ASSERT_EQ(view.pending + view.payable, EarnedThrough(day)) << FormatDay(day);
    }
  }

  TestLedger ledger_{"2026-01-01"};
  const Day first_ = *ParseDay("2026-01-10"), last_ = *ParseDay("2026-12-20");
  Day today_ = *ParseDay("2026-01-01");
  int64_t payments_ = 0;
  std::map<Day, int64_t> earned_;
};

TEST_F(AsOfTest, BalancesOfEveryDayAreWhatWasEarnedByThen) { ExpectEveryDay(); }

TEST_F(AsOfTest, APaymentThatComesLateCountsFromItsDay) {
  Pay(*ParseDay("2026-01-03"));  // before the first
  Pay(*ParseDay("2026-11-29"));  // between two
  ExpectEveryDay();
}

TEST_F(AsOfTest, AStatementBeginsWithWhatWasThereAndEndsWithWhatIs) {
  for (Day from = first_ - 20; from <= last_; from += 29) {
    for (Day to = from; to <= last_; to += 37) {
      const auto view = ledger_.Ask([&](Queries& q) {
        return q.GetStatement("p", "jane", "EUR", FormatDay(from), FormatDay(to), {1000, ""});
      });
      ASSERT_TRUE(view.ok()) << view.status();
      ASSERT_EQ(view->opening, EarnedThrough(from - 1)) << FormatDay(from);
      ASSERT_EQ(view->closing, EarnedThrough(to)) << FormatDay(from) << " to " << FormatDay(to);
      int64_t lines = 0;
      for (const StatementLine& line : view->lines.items) lines += line.amount;
      ASSERT_EQ(lines, view->earned) << FormatDay(from) << " to " << FormatDay(to);
    }
  }
}

// Somebody deleted a row of the file: whoever needs it hears of it, and everybody else goes on.
TEST_F(AsOfTest, ADayThatIsDueAndHasNoRowIsDamageThatIsNamed) {
  ledger_.Reopen();  // every row is written
  {
    const auto engine = *store::OpenSqlite(ledger_.Path());
    ASSERT_TRUE((*engine->OpenWriter())->Execute("DELETE FROM earner_day WHERE partner = 1 AND maturing <> 0").ok());
  }
  ledger_.Reopen();
  ledger_.SetNow("2027-06-01");
  const auto preview = ledger_.Ask([](Queries& q) { return q.PreviewBatch("p", "EUR", ""); });
  EXPECT_EQ(preview.status().code(), absl::StatusCode::kDataLoss) << preview.status();
  const ReportOutcome janes = ledger_.Pay("in_more", "cus_jane", 1000, "2027-06-01");
  EXPECT_FALSE(janes.status.ok());
  EXPECT_NE(janes.status.message().find("table earner_day"), absl::string_view::npos) << janes.status;
  EXPECT_TRUE(ledger_.Pay("in_toms", "cus_tom", 1000, "2027-06-01").status.ok());
}

}  // namespace
}  // namespace trailbook
