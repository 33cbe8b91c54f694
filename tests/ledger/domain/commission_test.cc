// How one commission moves through refunds, disputes and maturity: the worked numbers of the rules, and every order of
// accounts.
#include "ledger/domain/commission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <vector>

#include "tests/ledger/domain/accounts_in_memory.h"

namespace trailbook {

bool operator==(const Leg& a, const Leg& b) {
  return a.debit == b.debit && a.credit == b.credit && a.amount == b.amount && a.day == b.day;
}
void PrintTo(const Leg& leg, std::ostream* out) {
  *out << AccountName(leg.debit, "") << " / " << AccountName(leg.credit, "") << " " << leg.amount << " on " << leg.day;
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum AccountKind;

Commission PaymentOf(int64_t collected, int64_t base, int64_t bps) {
  Commission c;
  c.collected = collected;
  c.base = base;
  c.rate_bps = bps;
  return c;
}

// A commission of day 0 that matures on day 30 and is all the partner has.
CommissionMove Pending(int64_t amount) {
  CommissionMove from;
  from.booked = from.pending = amount;
  from.matures_on = 30;
  from.earner.pending = amount;
  return from;
}

CommissionMove Payable(int64_t amount) {
  CommissionMove from;
  from.booked = from.unpaid_released = amount;
  from.matured = true;
  from.matures_on = 30;
  from.event_day = 40;
  from.earner.payable = amount;
  from.earner.payable_day = 30;
  from.earner.pending_day = 30;
  return from;
}

// The same after a payout took the money.
CommissionMove PaidOut(int64_t amount) {
  CommissionMove from = Payable(amount);
  from.unpaid_released = 0;
  from.earner.payable = 0;
  from.earner.payable_day = 35;
  return from;
}

TEST(TargetOf, ARefundOf33_33LeavesATargetOf6_66AndTheRestNothing) {
  Commission c = PaymentOf(10000, 10000, 1000);
  EXPECT_EQ(TargetOf(c), 1000);
  c.given_back = 3333;
  EXPECT_EQ(TargetOf(c), 666);
  c.given_back = 10000;
  EXPECT_EQ(TargetOf(c), 0);
}

TEST(TargetOf, ARefundOf59_00OfAnInvoiceWithTaxLeavesATargetOf3_75) {
  Commission c = PaymentOf(11800, 10000, 750);
  EXPECT_EQ(TargetOf(c), 750);
  c.given_back = 5900;
  EXPECT_EQ(TargetOf(c), 375);
}

TEST(TargetOf, WhatExceedsTheCollectedCashTakesNoMore) {
  Commission c = PaymentOf(10000, 10000, 1000);
  c.given_back = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(TargetOf(c), 0);
}

TEST(TargetOf, APaymentThatEarnsNothingForAReasonStaysAtNothing) {
  Commission c = PaymentOf(10000, 10000, 1000);
  c.zero_reason = 3;
  EXPECT_EQ(TargetOf(c), 0);
}

int64_t TargetAfter(Commission c, int64_t given_back) {
  c.given_back = given_back;
  return TargetOf(c);
}

TEST(Forfeit, WhatIsRefundedLaterIsFirstWhatWasTaken) {
  Commission c = PaymentOf(10000, 10000, 1000);
  Forfeit(400, c);
  EXPECT_EQ(TargetOf(c), 600);
  EXPECT_EQ(TargetAfter(c, 4000), 600);
  EXPECT_EQ(TargetAfter(c, 5000), 500);
  EXPECT_EQ(TargetAfter(c, 10000), 0);
}

TEST(Forfeit, ARefundFromBeforeItThatFailsBringsBackWhatThatRefundTook) {
  Commission c = PaymentOf(10000, 10000, 1000);
  c.given_back = 3000;
  Forfeit(700, c);
  EXPECT_EQ(TargetOf(c), 0);
  EXPECT_EQ(TargetAfter(c, 0), 300);
}

TEST(Forfeit, ASecondOneTakesFromWhatIsLeft) {
  Commission c = PaymentOf(10000, 10000, 1000);
  Forfeit(200, c);
  Forfeit(300, c);
  EXPECT_EQ(TargetOf(c), 500);
  EXPECT_EQ(TargetAfter(c, 5000), 500);
  UndoForfeiture(200, c);
  EXPECT_EQ(TargetOf(c), 700);
  UndoForfeiture(300, c);
  EXPECT_EQ(TargetOf(c), 1000);
  EXPECT_EQ(TargetAfter(c, 4000), 600);
}

TEST(Forfeit, LosingADisputeHoldsNothingMoreWhereItsPartWasTaken) {
  Commission c = PaymentOf(10000, 10000, 1000);
  c.open_disputed = 4000;
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 400);
  Forfeit(400, c);
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 0);
}

TEST(HoldWanted, IsWhatLosingEveryOpenDisputeWouldReverse) {
  Commission c = PaymentOf(10000, 10000, 1000);
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 0);
  c.open_disputed = 3333;
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 334);
  c.open_disputed = 10000;
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 1000);
}

TEST(HoldWanted, CountsWhatIsLeftAfterARefund) {
  Commission c = PaymentOf(10000, 10000, 1000);
  c.given_back = 5000;
  c.open_disputed = 10000;  // more than is left
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 500);
}

TEST(HoldWanted, DoesNotWrapWhereTheSumOfRefundAndDisputeWould) {
  Commission c = PaymentOf(10000, 10000, 1000);
  c.given_back = 1;
  c.open_disputed = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), TargetOf(c));
}

TEST(HoldWanted, IsAllOfItUnderAReview) {
  Commission c = PaymentOf(10000, 10000, 1000);
  EXPECT_EQ(HoldWanted(c, 1000, true), 1000);
}

TEST(MoveCommission, TheTwoRefundsOfARefundedHundredPost3_34And6_66) {
  CommissionMove from = Pending(1000);
  from.event_day = 10;
  CommissionMoved moved = MoveCommission(from, 666, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionPending, kCommissionReversed, 334, 10}));
  EXPECT_EQ(moved.booked, 666);
  EXPECT_EQ(moved.pending, 666);

  from = Pending(666);
  from.event_day = 12;
  from.earner.pending_day = 10;
  moved = MoveCommission(from, 0, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionPending, kCommissionReversed, 666, 12}));
  EXPECT_EQ(moved.booked, 0);
  EXPECT_EQ(moved.pending, 0);
}

TEST(MoveCommission, AFullRefundAfterThePayoutIsOwed) {
  const CommissionMoved moved = MoveCommission(PaidOut(1000), 0, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kPartnerReceivable, kCommissionReversed, 1000, 40}));
}

TEST(Mature, NextMonths4_00SettlePartOfWhatIsOwedAndTheNext9_00TheRest) {
  Earner earner;
  earner.receivable = 1000;
  earner.receivable_day = 40;
  int64_t recouped = 0;
  EXPECT_THAT(Mature(earner, 400, 70, &recouped), ElementsAre(Leg{kCommissionPending, kPartnerReceivable, 400, 70}));
  EXPECT_EQ(recouped, 400);
  earner.receivable = 600;
  EXPECT_THAT(Mature(earner, 900, 80, &recouped), ElementsAre(Leg{kCommissionPending, kPartnerReceivable, 600, 80},
                                                              Leg{kCommissionPending, kCommissionPayable, 300, 80}));
  EXPECT_EQ(recouped, 600);
}

TEST(Mature, WithNothingOwedAllBecomesPayableOnItsDay) {
  int64_t recouped = -1;
  EXPECT_THAT(Mature(Earner(), 900, 80, &recouped), ElementsAre(Leg{kCommissionPending, kCommissionPayable, 900, 80}));
  EXPECT_EQ(recouped, 0);
}

TEST(Mature, TheReceivableIsNeverSettledBeforeItsLatestBookingDay) {
  Earner earner;
  earner.receivable = 100;
  earner.receivable_day = 50;
  int64_t recouped = 0;
  EXPECT_THAT(Mature(earner, 300, 30, &recouped), ElementsAre(Leg{kCommissionPending, kPartnerReceivable, 100, 50},
                                                              Leg{kCommissionPending, kCommissionPayable, 200, 30}));
}

TEST(MoveCommission, AReversalTakesPendingThenHeldThenPayableThenOwes) {
  CommissionMove from;
  from.booked = 1000;
  from.pending = 100;
  from.held = 200;
  from.unpaid_released = 300;
  from.matures_on = 30;
  from.event_day = 10;
  from.earner.pending = 100;
  from.earner.held = 200;
  from.earner.payable = 300;
  const CommissionMoved moved = MoveCommission(from, 0, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionPending, kCommissionReversed, 100, 10},
                                      Leg{kCommissionHeld, kCommissionReversed, 200, 10},
                                      Leg{kCommissionPayable, kCommissionReversed, 300, 10},
                                      Leg{kPartnerReceivable, kCommissionReversed, 400, 10}));
}

TEST(MoveCommission, AReversalNeverTakesAnotherCommissionsPending) {
  CommissionMove from = PaidOut(1000);
  from.earner.pending = 5000;  // of others
  EXPECT_THAT(MoveCommission(from, 0, 0).legs, ElementsAre(Leg{kPartnerReceivable, kCommissionReversed, 1000, 40}));
}

TEST(MoveCommission, AReversalOfWhatWasPaidTakesOtherFreePayableFirst) {
  CommissionMove from = PaidOut(1000);
  from.earner.payable = 700;  // of others
  EXPECT_THAT(MoveCommission(from, 0, 0).legs, ElementsAre(Leg{kCommissionPayable, kCommissionReversed, 700, 40},
                                                           Leg{kPartnerReceivable, kCommissionReversed, 300, 40}));
}

TEST(MoveCommission, AReversalBooksOnTheLatestBookingDayOfTheAccountItTakesFrom) {
  CommissionMove from = Pending(1000);
  from.event_day = 10;
  from.earner.pending_day = 25;
  EXPECT_THAT(MoveCommission(from, 600, 0).legs, ElementsAre(Leg{kCommissionPending, kCommissionReversed, 400, 25}));
}

TEST(MoveCommission, AFailedRefundComesBackToPendingBeforeItsDay) {
  CommissionMove from = Pending(0);
  from.event_day = 20;
  const CommissionMoved moved = MoveCommission(from, 1000, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionReversed, kCommissionPending, 1000, 20}));
  EXPECT_EQ(moved.pending, 1000);
}

TEST(MoveCommission, AFailedRefundComesBackToPayableFromItsDayOnAndSettlesWhatIsOwed) {
  CommissionMove from = PaidOut(0);
  from.booked = 0;
  from.earner.receivable = 300;
  from.earner.receivable_day = 40;
  from.event_day = 41;
  EXPECT_THAT(MoveCommission(from, 1000, 0).legs, ElementsAre(Leg{kCommissionReversed, kPartnerReceivable, 300, 41},
                                                              Leg{kCommissionReversed, kCommissionPayable, 700, 41}));
}

TEST(MoveCommission, ADisputeHoldsPendingAndItsWinGivesItBackToPending) {
  CommissionMove from = Pending(1000);
  from.event_day = 10;
  CommissionMoved moved = MoveCommission(from, 1000, 400);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionPending, kCommissionHeld, 400, 10}));
  EXPECT_EQ(moved.held, 400);
  EXPECT_EQ(moved.pending, 600);

  from.pending = 600;
  from.held = 400;
  from.earner.pending = 600;
  from.earner.held = 400;
  from.earner.held_day = 10;
  from.event_day = 20;
  moved = MoveCommission(from, 1000, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionHeld, kCommissionPending, 400, 20}));
  EXPECT_EQ(moved.held, 0);
  EXPECT_EQ(moved.pending, 1000);
}

TEST(MoveCommission, AWinAfterItsDayGivesTheHeldToPayable) {
  CommissionMove from = Payable(1000);
  from.held = 400;
  from.unpaid_released = 600;
  from.earner.payable = 600;
  from.earner.held = 400;
  from.earner.held_day = 10;
  EXPECT_THAT(MoveCommission(from, 1000, 0).legs, ElementsAre(Leg{kCommissionHeld, kCommissionPayable, 400, 40}));
}

// Reported late: an event of before the maturity that has run since.
TEST(MoveCommission, AnUndoingOfBeforeAMaturityThatHasRunIsPayableFromTheMaturesOnDay) {
  CommissionMove from = Payable(600);
  from.event_day = 20;
  const CommissionMoved moved = MoveCommission(from, 1000, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionReversed, kCommissionPayable, 400, 30}));
  EXPECT_EQ(moved.pending, 0);
}

TEST(MoveCommission, AWinOfBeforeAMaturityThatHasRunIsPayableFromTheMaturesOnDay) {
  CommissionMove from = Payable(1000);
  from.event_day = 20;
  from.held = 400;
  from.unpaid_released = 600;
  from.earner.payable = 600;
  from.earner.held = 400;
  from.earner.held_day = 10;
  const CommissionMoved moved = MoveCommission(from, 1000, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionHeld, kCommissionPayable, 400, 30}));
  EXPECT_EQ(moved.pending, 0);
}

TEST(MoveCommission, ALossReversesTheDisputedAndReleasesTheRestOfTheHeld) {
  CommissionMove from = Pending(1000);
  from.pending = 0;
  from.held = 1000;
  from.earner.pending = 0;
  from.earner.held = 1000;
  from.event_day = 15;
  const CommissionMoved moved = MoveCommission(from, 600, 0);
  EXPECT_THAT(moved.legs, ElementsAre(Leg{kCommissionHeld, kCommissionReversed, 400, 15},
                                      Leg{kCommissionHeld, kCommissionPending, 600, 15}));
  EXPECT_EQ(moved.held, 0);
}

TEST(MoveCommission, ADisputeHoldsPayableThatNoPayoutHasTaken) {
  CommissionMove from = Payable(1000);
  from.unpaid_released = 300;
  EXPECT_THAT(MoveCommission(from, 1000, 1000).legs, ElementsAre(Leg{kCommissionPayable, kCommissionHeld, 300, 40}));
}

TEST(MoveCommission, NothingPaidIsHeld) {
  CommissionMove from = PaidOut(1000);
  from.earner.payable = 5000;  // of others
  const CommissionMoved moved = MoveCommission(from, 1000, 1000);
  EXPECT_THAT(moved.legs, IsEmpty());
  EXPECT_EQ(moved.held, 0);
}

TEST(MoveCommission, WithNothingToChangePostsNothing) {
  EXPECT_THAT(MoveCommission(Pending(1000), 1000, 0).legs, IsEmpty());
}

TEST(CreditPayable, SettlesAnOpenReceivableFirst) {
  Earner earner;
  earner.receivable = 250;
  earner.receivable_day = 7;
  EXPECT_THAT(CreditPayable(earner, kPayoutReserved, 250, 9),
              ElementsAre(Leg{kPayoutReserved, kPartnerReceivable, 250, 9}));
  EXPECT_THAT(
      CreditPayable(earner, kPayoutReserved, 300, 9),
      ElementsAre(Leg{kPayoutReserved, kPartnerReceivable, 250, 9}, Leg{kPayoutReserved, kCommissionPayable, 50, 9}));
}

}  // namespace
}  // namespace trailbook
