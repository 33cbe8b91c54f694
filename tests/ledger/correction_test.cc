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
    return book.Do(ProposeCorrection{"p", kind, reverses == 0 ? "jane" : "", reverses == 0 ? "EUR" : "", amount,
                                     reverses, "because", ""},
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
  const auto statement = *book.Ask([](Queries& queries) {
    return queries.GetStatement("p", "jane", "EUR", "2026-03-01", "2026-03-01", {50, ""});
  });
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

struct ForfeitureTest : CorrectionTest {
  void Ban() { EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kBanned, "fraud"}).ok()); }
  void LiftTheBan() {
    EXPECT_TRUE(book.Do(SetPartnerState{"p", "jane", PartnerStateKind::kActive, "it was a mistake"}).ok());
  }
  void Dispute(DisputePhase phase, int64_t amount, absl::string_view day) {
    EXPECT_TRUE(book.Report(DisputeReport{"d1", "p1", {"EUR", amount}, phase, TestLedger::Noon(day)}).status.ok());
  }
  int64_t Reversed() {
    const auto accounts = book.Ask([](Queries& q) { return q.TrialBalance("p", ""); });
    for (const AccountView& account : *accounts) {
      if (account.account == "contra-expense:commission-reversed") return account.balance;
    }
    return 0;
  }
};

TEST_F(ForfeitureTest, ARefundTakesNothingASecondTimeOfWhatWasPayable) {
  Ban();
  Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetCorrection("p", 1); })->amount, 1000);
  EXPECT_EQ(Reversed(), -1000);
  EXPECT_TRUE(book.Refund("r1", "p1", 10000, "2026-02-25").status.ok());
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  EXPECT_EQ(Reversed(), -1000);
  book.ExpectExplained("jane");
  book.ExpectVerified();
}

TEST_F(ForfeitureTest, WhatIsNoCommissionGoesInOneSumAndComesBackInOne) {
  Booked(CorrectionKind::kAdjustment, 250);
  Ban();
  const int64_t forfeiture = Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  LiftTheBan();
  Booked(CorrectionKind::kReversal, 0, forfeiture);
  EXPECT_EQ(book.Balance("jane").payable, 1250);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetCorrection("p", 3); })->amount, -1250);
  book.ExpectExplained("jane");
  book.ExpectVerified();
}

TEST_F(ForfeitureTest, UndoneUnderTheBanItIsHeldAgain) {
  Ban();
  const int64_t forfeiture = Booked(CorrectionKind::kForfeiture, 0);
  Booked(CorrectionKind::kReversal, 0, forfeiture);
  EXPECT_EQ(book.Balance("jane").held, 1000);
  LiftTheBan();
  EXPECT_EQ(book.Balance("jane").held, 0);
  EXPECT_EQ(book.Balance("jane").payable, 1000);
  book.ExpectVerified();
}

TEST_F(ForfeitureTest, UndoneItGivesBackOnlyWhatWasNotRefundedMeanwhile) {
  Ban();
  const int64_t forfeiture = Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_TRUE(book.Refund("r1", "p1", 3000, "2026-02-25").status.ok());
  LiftTheBan();
  Booked(CorrectionKind::kReversal, 0, forfeiture);
  EXPECT_EQ(book.Balance("jane").payable, 700);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetCorrection("p", 2); })->amount, -700);
  // And it is the commission's again: the rest of the refund takes it.
  EXPECT_TRUE(book.Refund("r2", "p1", 7000, "2026-02-26").status.ok());
  EXPECT_EQ(book.Balance("jane").payable, 0);
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  book.ExpectVerified();
}

TEST_F(ForfeitureTest, ADisputeLostLaterTakesNothingMoreThanWhatWasForfeitedOfIt) {
  Dispute(DisputePhase::kOpen, 4000, "2026-02-20");
  const int64_t batch = book.Send();  // 6.00 of it
  EXPECT_TRUE(book.Result(batch, 1, PayoutResultKind::kSettled).ok());
  Ban();
  Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_EQ(book.Balance("jane").held, 0);
  Dispute(DisputePhase::kLost, 4000, "2026-03-01");
  EXPECT_EQ(book.Balance("jane").receivable, 0);
  // A refund of the rest concerns what he was paid.
  EXPECT_TRUE(book.Refund("r1", "p1", 6000, "2026-03-01").status.ok());
  EXPECT_EQ(book.Balance("jane").receivable, 600);
  book.ExpectExplained("jane");
  book.ExpectVerified();
}

TEST_F(ForfeitureTest, WhatReversalsHadTakenOfPayableIsNotForfeited) {
  const int64_t batch = book.Send();
  EXPECT_TRUE(book.Result(batch, 1, PayoutResultKind::kSettled).ok());
  book.Pay("p2", "c1", 20000, "2026-01-11");
  book.Mature();
  EXPECT_TRUE(book.Refund("r1", "p1", 10000, "2026-02-25").status.ok());  // paid: out of the 20.00 of p2
  Ban();
  Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_EQ(book.Balance("jane").payable, 0);
  EXPECT_EQ(book.Ask([](Queries& q) { return q.GetCorrection("p", 1); })->amount, 1000);
  // The half of p2's commission that made up for p1's was hers, and is owed once p2 is refunded.
  EXPECT_TRUE(book.Refund("r2", "p2", 20000, "2026-02-26").status.ok());
  EXPECT_EQ(book.Balance("jane").receivable, 1000);
  book.ExpectVerified();
}

TEST_F(ForfeitureTest, PartnersReadWithWhichCorrectionAndWhy) {
  Ban();
  Booked(CorrectionKind::kForfeiture, 0);
  const auto last_line = [this] {
    const auto statement = *book.Ask([](Queries& queries) {
      return queries.GetStatement("p", "jane", "EUR", "2026-03-01", "2026-03-01", {50, ""});
    });
    return statement.lines.items.back().text;
  };
  EXPECT_EQ(last_line(), "EUR 10.00 that nobody was paid was forfeited with correction 1: because");
  const auto undone =
      book.Do(ProposeCorrection{"p", CorrectionKind::kReversal, "", "", 0, 1, "wrong case", ""}, "fatima");
  EXPECT_TRUE(book.Do(DecideCorrection{"p", undone->number, true, ""}, "noor").ok());
  EXPECT_EQ(last_line(), "correction 1, a forfeiture, was undone: wrong case");
}

TEST_F(ForfeitureTest, AnExplanationSaysWhyALaterRefundReversesNothing) {
  const auto explained = [this] {
    const int64_t number =
        book.Ask([](Queries& q) { return q.ListCommissions("p", "jane", {}); })->items.front().number;
    return *book.Ask([number](Queries& q) { return q.Explain("p", number); });
  };
  EXPECT_TRUE(book.Refund("r1", "p1", 1000, "2026-02-24").status.ok());
  EXPECT_EQ(explained().steps.back().text,
            "refund r1 of EUR 10.00 to the customer: its part of the commission is reversed");
  Ban();
  Booked(CorrectionKind::kForfeiture, 0);
  EXPECT_TRUE(book.Refund("r2", "p1", 9000, "2026-02-25").status.ok());
  const ExplanationStep last = explained().steps.back();
  EXPECT_EQ(last.text,
            "refund r2 of EUR 90.00 to the customer: its part of the commission is reversed; what was forfeited before "
            "is not taken again");
  EXPECT_EQ(last.change, 0);
}

TEST_F(ForfeitureTest, WhatDoesNotFitIsRefusedAndNothingIsTaken) {
  constexpr int64_t kMost = 9'000'000'000'000'000'000;
  Booked(CorrectionKind::kAdjustment, kMost);
  Ban();
  EXPECT_TRUE(book.Pay("p2", "c1", kMost, "2026-02-20").status.ok());  // 10 % of it is held
  const auto proposed = Propose(CorrectionKind::kForfeiture, 0);
  EXPECT_EQ(ReasonOf(book.Do(DecideCorrection{"p", proposed->number, true, ""}, "noor").status()), "OVERFLOW");
  EXPECT_EQ(book.Balance("jane").held, kMost / 10);
  EXPECT_EQ(book.Balance("jane").payable, kMost + 1000);
  Booked(CorrectionKind::kAdjustment, -kMost);
  EXPECT_TRUE(book.Do(DecideCorrection{"p", proposed->number, true, ""}, "noor").ok());
  EXPECT_EQ(book.Balance("jane").held + book.Balance("jane").payable, 0);
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
