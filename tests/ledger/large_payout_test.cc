// A payout of more lines than one record of the log takes (2000): its reservation is several records, and each line is
// in it once.
#include "gtest/gtest.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// Jane's payments of 10.00 each, matured together as one line, and a refund of 1.00 of each, a line of -0.10 of its
// own.
class LargePayoutTest : public testing::TestWithParam<int> {
 protected:
  LargePayoutTest() {
    ledger_.SignUp("c", "jane", "2026-01-01");
    std::vector<Report> payments, refunds;
    for (int at = 0; at < GetParam(); ++at) {
      const std::string payment = absl::StrCat("pay", at);
      payments.push_back(PaymentReport{payment, "c", {"EUR", 1000}, 1000, TestLedger::Noon("2026-01-01"), {}, false});
      refunds.push_back(
          RefundReport{absl::StrCat("refund", at), payment, {"EUR", 100}, false, TestLedger::Noon("2026-02-01")});
    }
    ledger_.ReportAll(std::move(payments));
    ledger_.SetNow("2026-02-01");
    ledger_.Mature();
    ledger_.ReportAll(std::move(refunds));
  }

  int64_t gross() const { return GetParam() * int64_t{90}; }
  // The lines of the payout of a batch: how many there are, and their sum. Asked for page by page.
  std::pair<int64_t, int64_t> LinesOf(int64_t batch) {
    int64_t count = 0, sum = 0;
    PageRequest page{700, ""};
    do {
      const auto lines = ledger_.Ask([&](Queries& queries) { return queries.ListPayoutLines("p", batch, 1, page); });
      EXPECT_TRUE(lines.ok()) << lines.status();
      if (!lines.ok()) break;
      for (const BalancePartView& line : lines->items) sum += line.amount;
      count += static_cast<int64_t>(lines->items.size());
      page.cursor = lines->next;
    } while (!page.cursor.empty());
    return {count, sum};
  }
  // Entries of the log that reserve.
  int64_t Reservations() {
    const int64_t size = ledger_.Ask([](Queries& queries) { return queries.GetLogHead("p"); })->size;
    return ledger_.Ask([size](Queries& queries) {
      int64_t found = 0;
      for (int64_t sequence = 1; sequence <= size; ++sequence) {
        found += queries.GetRecord("p", sequence)->kind == "payout_reserved";
      }
      return found;
    });
  }

  TestLedger ledger_;
};

TEST_P(LargePayoutTest, IsReservedPaidAndVerifiedAsOne) {
  ASSERT_EQ(ledger_.Balance("jane").payable, gross());
  const int64_t batch = ledger_.Send();
  EXPECT_EQ(Reservations(), (GetParam() + 1 + 1999) / 2000);
  EXPECT_EQ(LinesOf(batch), std::make_pair(GetParam() + int64_t{1}, gross()));
  EXPECT_EQ(ledger_.Ask([batch](Queries& queries) { return queries.GetPayout("p", batch, 1); })->amount, gross());
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
  const EarningsView now = ledger_.Balance("jane");
  EXPECT_EQ(now.payable, 0);
  EXPECT_EQ(now.reserved, 0);
  EXPECT_EQ(now.paid, gross());
  ledger_.ExpectVerified();
}

TEST_P(LargePayoutTest, ThatFailsComesBackAsOneLineWhichIsPaidOnce) {
  const int64_t batch = ledger_.Send();
  ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kFailed).ok());
  EXPECT_EQ(ledger_.Balance("jane").payable, gross());
  EXPECT_EQ(LinesOf(batch), std::make_pair(GetParam() + int64_t{1}, gross())) << "a dead payout keeps its lines";
  ASSERT_TRUE(ledger_.Do(SetPayoutMethod{"p", "jane", "sepa", IbanFor("anew"), ""}, "eve").ok());
  const int64_t retry = ledger_.Send();
  EXPECT_EQ(LinesOf(retry), std::make_pair(int64_t{1}, gross()));
  ASSERT_TRUE(ledger_.Result(retry, 1, PayoutResultKind::kSettled).ok());
  EXPECT_EQ(ledger_.Balance("jane").paid, gross());
  EXPECT_EQ(ledger_.Balance("jane").payable, 0);
  ledger_.ExpectVerified();
}

// With the line of what matured: a record full, one line more, and three records.
INSTANTIATE_TEST_SUITE_P(Lines, LargePayoutTest, ::testing::Values(1, 1999, 2000, 4100));

}  // namespace
}  // namespace trailbook
