// A sign-up bonus as a line: whole until everything was given back, held while losing every open dispute would reverse
// it.
#include <gtest/gtest.h>

#include "ledger/domain/commission.h"
#include "ledger/domain/words_terms.h"

namespace trailbook {
namespace {

Commission Bonus() {
  Commission c;
  c.collected = 10000;
  c.base = 8000;
  c.accrued = c.booked = 5000;  // a bonus is no commission: it may be above a tenth of the base
  c.bonus_of = 1;
  return c;
}

TEST(SignUpBonus, IsReversedOnlyWhenEverythingWasGivenBack) {
  Commission c = Bonus();
  EXPECT_EQ(TargetOf(c), 5000);
  c.given_back = 9999;
  EXPECT_EQ(TargetOf(c), 5000);
  c.given_back = 10000;
  EXPECT_EQ(TargetOf(c), 0);
  c.given_back = 12000;
  EXPECT_EQ(TargetOf(c), 0);
}

TEST(SignUpBonus, IsHeldWhileLosingItsOpenDisputesWouldReverseIt) {
  Commission c = Bonus();
  c.open_disputed = 9999;
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 0);
  c.given_back = 1;
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 5000);
  c.open_disputed = 0;
  EXPECT_EQ(HoldWanted(c, TargetOf(c), false), 0);
  EXPECT_EQ(HoldWanted(c, TargetOf(c), true), 5000);
}

TEST(SignUpBonus, WhatWasForfeitedDoesNotComeBack) {
  Commission c = Bonus();
  c.forfeited = 5000;
  EXPECT_EQ(TargetOf(c), 0);
}

log::v1::Record Changed(AccountKind debit, AccountKind credit) {
  log::v1::Record record;
  record.mutable_bonus_changed()->set_commission(9);
  for (const auto& [account, amount] : {std::make_pair(debit, 500), std::make_pair(credit, -500)}) {
    record.add_postings()->set_account(static_cast<int32_t>(account));
    record.mutable_postings()->rbegin()->set_amount(amount);
  }
  return record;
}

TEST(BonusChangedWords, SaysWhatHappenedToIt) {
  using enum AccountKind;
  EXPECT_EQ(BonusChangedWords(Changed(kCommissionPending, kCommissionReversed)).kind, "SIGN_UP_BONUS_REVERSED");
  EXPECT_EQ(BonusChangedWords(Changed(kCommissionReversed, kCommissionPayable)).kind, "SIGN_UP_BONUS_RESTORED");
  EXPECT_EQ(BonusChangedWords(Changed(kCommissionPending, kCommissionHeld)).kind, "SIGN_UP_BONUS_HELD");
  EXPECT_EQ(BonusChangedWords(Changed(kCommissionHeld, kCommissionPayable)).kind, "SIGN_UP_BONUS_RELEASED");
}

TEST(RateReasonWords, NamesTheTierTheFollowedTermsAndTheLowering) {
  log::v1::PaymentRecorded payment;
  EXPECT_EQ(RateReasonWords(payment), "");
  payment.mutable_rate_reason()->set_tier_customers(12);
  EXPECT_NE(RateReasonWords(payment).find("paying customers, which has been as high as 12"), std::string::npos);
  payment.mutable_rate_reason()->set_followed_day(20000);
  EXPECT_NE(RateReasonWords(payment).find("terms since 2024-10-04"), std::string::npos);
  payment.mutable_rate_reason()->set_lowering(1);
  EXPECT_NE(RateReasonWords(payment).find("lowered by a person's decision"), std::string::npos);
}

}  // namespace
}  // namespace trailbook
