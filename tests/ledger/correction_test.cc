#include "tests/ledger/test_ledger.h"

#include "ledger/base/status.h"

namespace trailbook {
namespace {

struct CorrectionTest : testing::Test {
  TestLedger book{"2026-03-01"};

  CorrectionTest() {
    book.SignUp("c1", "jane", "2026-01-05");
    book.Pay("p1", "c1", 10000, "2026-01-10");
    book.Mature();
  }
  absl::StatusOr<MutationReply> Propose(CorrectionKind kind, int64_t amount, int64_t reverses = 0) {
    return book.Do(ProposeCorrection{"p", kind, reverses == 0 ? "jane" : "", reverses == 0 ? "EUR" : "", amount, reverses, "because", ""},
                   "fatima");
  }
  // Proposes and books; the correction's number.
  int64_t Booked(CorrectionKind kind, int64_t amount, int64_t reverses = 0) {
    const auto proposed = Propose(kind, amount, reverses);
    EXPECT_TRUE(proposed.ok()) << proposed.status();
    const absl::Status booked = book.Do(DecideCorrection{"p", proposed->number, true, ""}, "noor").status();
    EXPECT_TRUE(booked.ok()) << booked;
    return proposed->number;
  }
};

TEST_F(CorrectionTest, AnAdjustmentIsBookedByASecondPersonOnly) {
  const auto proposed = Propose(CorrectionKind::kAdjustment, 250);
  ASSERT_TRUE(proposed.ok());
  EXPECT_EQ(book.Balance("jane").payable, 1000);
  EXPECT_EQ(ReasonOf(book.Do(DecideCorrection{"p", 1, true, ""}, "fatima").status()), "SAME_PERSON");
  EXPECT_TRUE(book.Do(DecideCorrection{"p", 1, true, ""}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").payable, 1250);
  EXPECT_EQ(ReasonOf(book.Do(DecideCorrection{"p", 1, true, ""}, "noor").status()), "WRONG_STATE");
  book.ExpectVerified();
}

TEST_F(CorrectionTest, AnAdjustmentBelowZeroTakesFromPayableThenHeOwesIt) {
  Booked(CorrectionKind::kAdjustment, -1600);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  EXPECT_EQ(book.Balance("jane").receivable, 600);
  // What is given next settles what he owes first.
  Booked(CorrectionKind::kAdjustment, 700);
  EXPECT_EQ(book.Balance("jane").payable, 100);
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  book.ExpectExplained("jane");
  book.ExpectVerified();
  // Partners read why.
  const auto statement =
      *book.Ask([](Queries& queries) { return queries.GetStatement("p", "jane", "EUR", "2026-03-01", "2026-03-01", {50, ""}); });
  EXPECT_EQ(statement.lines.items.back().text, "correction 2, booked by noor: because");
}

TEST_F(CorrectionTest, WriteOffAndRepaymentLowerWhatIsOwedAndNoMore) {
  Booked(CorrectionKind::kAdjustment, -1600);
  EXPECT_EQ(ReasonOf(Propose(CorrectionKind::kWriteOff, 601).status()), "AMOUNT_OUT_OF_RANGE");
  Booked(CorrectionKind::kWriteOff, 200);
  Booked(CorrectionKind::kRepayment, 400);
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  book.ExpectVerified();
}

TEST_F(CorrectionTest, ABookedCorrectionIsUndoneExactlyOnce) {
  const int64_t first = Booked(CorrectionKind::kAdjustment, -1600);
  Booked(CorrectionKind::kReversal, 0, first);
  EXPECT_EQ(book.Balance("jane").payable, 1000);
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  EXPECT_EQ(ReasonOf(Propose(CorrectionKind::kReversal, 0, first).status()), "WRONG_STATE");
  book.ExpectVerified();
}

TEST_F(CorrectionTest, TwoOpenReversalsOfOneCorrectionBookOnce) {
  const int64_t first = Booked(CorrectionKind::kAdjustment, 300);
  const auto one = Propose(CorrectionKind::kReversal, 0, first), two = Propose(CorrectionKind::kReversal, 0, first);
  EXPECT_TRUE(book.Do(DecideCorrection{"p", one->number, true, ""}, "noor").ok());
  EXPECT_EQ(ReasonOf(book.Do(DecideCorrection{"p", two->number, true, ""}, "noor").status()), "WRONG_STATE");
  EXPECT_EQ(book.Balance("jane").payable, 1000);
}

TEST_F(CorrectionTest, ForfeitureTakesHeldAndPayableOfABannedPartnerOnly) {
  EXPECT_EQ(ReasonOf(Propose(CorrectionKind::kForfeiture, 0).status()), "WRONG_STATE");
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kBanned, "fraud"}).ok());
  book.Pay("p2", "c1", 5000, "2026-02-20");
  Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_EQ(book.Balance("jane").held + book.Balance("jane").payable, 0);
  // A refund of a forfeited commission takes nothing twice.
  EXPECT_TRUE(book.Refund("r2", "p2", 5000, "2026-02-25").status.ok());
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  book.ExpectVerified();
}

TEST_F(CorrectionTest, UndoingAForfeitureThatTookNothingTakesNothing) {
  EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kBanned, "fraud"}).ok());
  Booked(CorrectionKind::kForfeiture, 0);  // all there was
  Booked(CorrectionKind::kForfeiture, 0);  // nothing any more
  book.Pay("p2", "c1", 5000, "2026-02-20");
  const auto undone = Propose(CorrectionKind::kReversal, 0, 2);
  ASSERT_TRUE(undone.ok()) << undone.status();
  ASSERT_TRUE(book.Do(DecideCorrection{"p", undone->number, true, ""}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").held, 500);
  book.ExpectVerified();
}

TEST_F(CorrectionTest, ARejectedCorrectionBooksNothing) {
  ASSERT_TRUE(Propose(CorrectionKind::kAdjustment, 250).ok());
  EXPECT_EQ(FieldOf(book.Do(DecideCorrection{"p", 1, false, ""}, "noor").status()), "reason");
  EXPECT_TRUE(book.Do(DecideCorrection{"p", 1, false, "no receipt"}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").payable, 1000);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetCorrection("p", 1); })->decider, "noor");
}

}  // namespace
}  // namespace trailbook
