// What a sign-up promises and what a payment earns by it: tiers, groups, FOLLOW, lowerings, duration, bonus. The worked
// examples of the rules.
#include "ledger/domain/rate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ledger/domain/paying.h"
#include "ledger/domain/projector_terms.h"

namespace trailbook {
namespace {

constexpr Day kSignUp = 100;

// A program of 5 % with one partner, in memory.
struct Rates : testing::Test {
  Book book;

  Rates() {
    Program program;
    program.program = 1;
    book.programs.Put(program);
    Partner partner;
    partner.program = partner.partner = 1;
    book.partners.Put(partner);
    Publish(TermsOf(500), kFromEver);
  }
  static log::v1::Terms TermsOf(int32_t bps, const std::vector<std::pair<int64_t, int32_t>>& tiers = {}) {
    log::v1::Terms terms;
    terms.set_rate_bps(bps);
    terms.set_hold_days(30);
    for (const auto& [customers, rate] : tiers) {
      terms.add_tiers()->set_min_paying_customers(customers);
      terms.mutable_tiers()->rbegin()->set_rate_bps(rate);
    }
    return terms;
  }
  void Publish(log::v1::Terms terms, Day from) {
    terms.set_version(static_cast<int32_t>(book.programs.Get({1})->terms_version) + 1);
    if (from != kFromEver) terms.set_effective_day(from);
    PutProgramTerms(Of(), terms, book);
  }
  // The same as version 1: what everybody is pinned to.
  void Replace(log::v1::Terms terms) {
    terms.set_version(1);
    PutProgramTerms(Of(), terms, book);
  }
  void Group(int64_t grp, log::v1::Terms terms) {
    log::v1::Record record = Of();
    record.mutable_group_created()->set_group(grp);
    terms.set_version(1);
    *record.mutable_group_created()->mutable_terms() = terms;
    ProjectTermsKinds(record, book);
  }
  void Join(int64_t grp, Day from) { PutMember(Of(), 1, grp, from, book); }
  void OwnRate(int64_t bps, Day from) {
    PartnerRate rate;
    rate.program = rate.partner = 1;
    rate.ordinal = ++book.partners.Edit({1, 1}).rates;
    rate.effective_day = from;
    rate.rate_bps = bps;
    book.partner_rates.Put(rate);
  }
  void Lower(int64_t partner, int32_t bps, Day from) {
    log::v1::Record record = Of();
    log::v1::RateLowered& lowered = *record.mutable_rate_lowered();
    lowered.set_partner(partner);
    lowered.set_ordinal((partner == 0 ? book.programs.Get({1})->lowerings : book.partners.Get({1, 1})->lowerings) + 1);
    lowered.set_rate_bps(bps);
    lowered.set_effective_day(from);
    ProjectTermsKinds(record, book);
  }
  static log::v1::Record Of() {
    log::v1::Record record;
    record.set_program(1);
    return record;
  }
  Referral SignedUp(Day day = kSignUp) {
    const Promise promise = PromiseOn(book, 1, 1, day);
    Referral referral;
    referral.program = referral.partner = referral.customer = 1;
    BeginPaying(book, 1, 1, 0);
    referral.sign_up_day = day;
    referral.terms_version = promise.terms_version;
    referral.rate_bps = promise.rate_bps;
    referral.own_rate = promise.own_rate;
    referral.hold_days = promise.hold_days;
    referral.grp = promise.grp;
    return referral;
  }
  Earning Pays(const Referral& referral, Day day = kSignUp + 1, int64_t collected = 10000) {
    return EarningOf(book, referral, {collected, collected, "EUR", day});
  }
};

TEST_F(Rates, WithoutAnythingElseTheTermsOfTheSignUpDayApply) {
  const Earning earning = Pays(SignedUp());
  EXPECT_EQ(earning.rate_bps, 500);
  EXPECT_EQ(earning.amount, 500);
  EXPECT_EQ(earning.matures_on, kSignUp + 31);
  EXPECT_EQ(earning.tier_customers, 0);
  EXPECT_FALSE(earning.followed_day.has_value());
}

TEST_F(Rates, ATierIsReachedByThePaymentThatReachesIt) {
  Replace(TermsOf(500, {{2, 700}, {3, 1000}}));
  EXPECT_EQ(Pays(SignedUp()).rate_bps, 500);  // his first paying customer
  book.partners.Edit({1, 1}).paying_customers = book.partners.Edit({1, 1}).most_paying_customers = 1;
  const Earning second = Pays(SignedUp());
  EXPECT_EQ(second.rate_bps, 700);
  EXPECT_EQ(second.tier_customers, 2);
  EXPECT_TRUE(second.first_paying);
  // A further payment of a customer who pays already counts nobody anew.
  const Referral paying = SignedUp();
  PutPaying(book, paying.program, paying.customer);
  EXPECT_EQ(Pays(paying).rate_bps, 500);
}

TEST_F(Rates, AReachedTierIsNotLostWhenCustomersMoveAway) {
  Replace(TermsOf(500, {{3, 900}}));
  CountPayingCustomers(book.partners.Edit({1, 1}), 3);
  CountPayingCustomers(book.partners.Edit({1, 1}), -2);
  EXPECT_EQ(book.partners.Get({1, 1})->most_paying_customers, 3);
  EXPECT_EQ(Pays(SignedUp()).rate_bps, 900);
}

TEST_F(Rates, WhatCollectsNothingOrIsFromBeforeTheSignUpMakesNoPayingCustomer) {
  EXPECT_FALSE(Pays(SignedUp(), kSignUp, 0).first_paying);
  EXPECT_FALSE(Pays(SignedUp(), kSignUp - 1).first_paying);
  EXPECT_TRUE(Pays(SignedUp(), kSignUp).first_paying);
}

TEST_F(Rates, OwnRateGoesBeforeTheGroupsTermsAndTheseBeforeTheProgramsAndTheirTiersWithThem) {
  Replace(TermsOf(500, {{1, 600}}));
  Group(7, TermsOf(300, {{1, 800}}));
  EXPECT_EQ(Pays(SignedUp()).rate_bps, 600);
  Join(7, 50);
  EXPECT_EQ(Pays(SignedUp()).rate_bps, 800);
  OwnRate(200, 60);
  const Earning own = Pays(SignedUp());
  EXPECT_EQ(own.rate_bps, 200);
  EXPECT_EQ(own.tier_customers, 0);
}

TEST_F(Rates, MovingToAnotherGroupAffectsLaterSignUpsOnly) {
  Group(7, TermsOf(900));
  Group(8, TermsOf(400));
  Join(7, 50);
  const Referral early = SignedUp(100);
  Join(8, 150);
  Join(0, 200);
  EXPECT_EQ(Pays(early, 300).rate_bps, 900);
  EXPECT_EQ(Pays(SignedUp(149), 300).rate_bps, 900);
  EXPECT_EQ(Pays(SignedUp(150), 300).rate_bps, 400);
  EXPECT_EQ(Pays(SignedUp(200), 300).rate_bps, 500);
}

TEST_F(Rates, KeepKeepsTheRateOfTheSignUpDayHigherAndLower) {
  const Referral referral = SignedUp();
  Publish(TermsOf(1000), 200);
  Publish(TermsOf(100), 300);
  EXPECT_EQ(Pays(referral, 250).rate_bps, 500);
  EXPECT_EQ(Pays(referral, 350).rate_bps, 500);
}

log::v1::Terms Following(log::v1::Terms terms) {
  terms.set_follow(true);
  return terms;
}

TEST_F(Rates, FollowTakesHigherTermsFromTheirDayOnAndNeverLowerOnes) {
  const Referral referral = SignedUp();
  Publish(Following(TermsOf(800)), 200);
  Publish(Following(TermsOf(300)), 300);
  EXPECT_EQ(Pays(referral, 199).rate_bps, 500);
  EXPECT_EQ(Pays(referral, 200).rate_bps, 800);
  EXPECT_EQ(*Pays(referral, 200).followed_day, 200);
  // What it earns is not lowered by the newer terms either.
  EXPECT_EQ(Pays(referral, 300).rate_bps, 800);
  EXPECT_EQ(Pays(SignedUp(300), 300).rate_bps, 300);
}

TEST_F(Rates, ReferralsMadeUnderFollowFollowTermsThatKeep) {
  Replace(Following(TermsOf(500)));
  const Referral referral = SignedUp();
  Publish(TermsOf(900), 200);
  EXPECT_EQ(Pays(referral, 200).rate_bps, 900);
}

TEST_F(Rates, FollowSeesOwnRatesAndGroupsOfLaterDays) {
  Replace(Following(TermsOf(500)));
  const Referral referral = SignedUp();
  Group(7, TermsOf(600, {{1, 700}}));
  Join(7, 200);
  EXPECT_EQ(Pays(referral, 199).rate_bps, 500);
  EXPECT_EQ(Pays(referral, 200).rate_bps, 700);
  OwnRate(950, 250);
  EXPECT_EQ(Pays(referral, 250).rate_bps, 950);
}

TEST_F(Rates, ALoweringPaysLessForPromisesFromBeforeItAndFromItsDayOn) {
  const Referral referral = SignedUp();
  Lower(1, 300, 200);
  EXPECT_EQ(Pays(referral, 199).rate_bps, 500);
  const Earning lowered = Pays(referral, 200);
  EXPECT_EQ(lowered.rate_bps, 300);
  EXPECT_EQ(lowered.lowering, 1);
  EXPECT_FALSE(lowered.lowered_for_all);
  // Whoever signs up since then gets what that day promises.
  EXPECT_EQ(Pays(SignedUp(200), 250).rate_bps, 500);
}

TEST_F(Rates, ALoweringOfEverybodyNeverRaisesAndTheLowestCounts) {
  const Referral referral = SignedUp();
  Lower(0, 600, 150);
  EXPECT_EQ(Pays(referral, 300).rate_bps, 500);
  EXPECT_EQ(Pays(referral, 300).lowering, 0);
  Lower(0, 200, 160);
  Lower(1, 400, 170);
  const Earning lowered = Pays(referral, 300);
  EXPECT_EQ(lowered.rate_bps, 200);
  EXPECT_TRUE(lowered.lowered_for_all);
}

TEST_F(Rates, TermsThatAreFollowedSinceALoweringAreNotLowered) {
  const Referral referral = SignedUp();
  Lower(0, 200, 150);
  Publish(Following(TermsOf(800)), 200);
  EXPECT_EQ(Pays(referral, 180).rate_bps, 200);
  EXPECT_EQ(Pays(referral, 200).rate_bps, 800);
}

TEST_F(Rates, AfterTheDurationAPaymentEarnsNothingAndSaysSo) {
  log::v1::Terms terms = TermsOf(500);
  terms.set_duration_months(12);
  Replace(terms);
  const Day signed_up = *ParseDay("2026-03-15");
  const Referral referral = SignedUp(signed_up);
  EXPECT_EQ(Pays(referral, *ParseDay("2027-03-14")).amount, 500);
  const Earning after = Pays(referral, *ParseDay("2027-03-15"));
  EXPECT_EQ(after.amount, 0);
  EXPECT_EQ(after.zero_reason, log::v1::ZERO_REASON_AFTER_DURATION);
}

TEST(EndOfDuration, CountsCalendarMonthsWithItsEndExcluded) {
  const auto end = [](absl::string_view day, int64_t months) {
    return FormatDay(EndOfDuration(*ParseDay(day), months));
  };
  EXPECT_EQ(EndOfDuration(0, 0), kNever);
  EXPECT_EQ(end("2026-01-15", 1), "2026-02-15");
  EXPECT_EQ(end("2026-11-30", 12), "2027-11-30");
  EXPECT_EQ(end("2024-02-29", 48), "2028-02-29");
  // Where there is no such day, the whole month counts.
  EXPECT_EQ(end("2026-01-31", 1), "2026-03-01");
  EXPECT_EQ(end("2024-02-29", 12), "2025-03-01");
}

TEST_F(Rates, ThePaymentThatMakesAPayingCustomerBringsTheBonusOfItsCurrencyOnce) {
  log::v1::Terms terms = TermsOf(500);
  terms.add_sign_up_bonuses()->set_currency("EUR");
  terms.mutable_sign_up_bonuses(0)->set_amount(700);
  Replace(terms);
  Referral referral = SignedUp();
  EXPECT_EQ(Pays(referral).bonus, 700);
  EXPECT_EQ(EarningOf(book, referral, {10000, 10000, "USD", kSignUp + 1}).bonus, 0);
  EXPECT_EQ(Pays(referral, kSignUp - 1).bonus, 0);
  EXPECT_EQ(Pays(referral, kSignUp, 0).bonus, 0);
  // Nothing of it is commissionable, yet the customer paid.
  EXPECT_EQ(EarningOf(book, referral, {10000, 0, "EUR", kSignUp + 1}).bonus, 700);
  referral.rejected = true;
  EXPECT_EQ(Pays(referral).bonus, 0);
  referral.rejected = false;
  PutPaying(book, referral.program, referral.customer);
  EXPECT_EQ(Pays(referral).bonus, 0);
}

TEST(AmountIn, FindsAWholeCurrency) {
  EXPECT_EQ(AmountIn("EUR=500;USD=600", "USD"), 600);
  EXPECT_EQ(AmountIn("EUR=500;USD=600", "SEK"), 0);
  EXPECT_EQ(AmountIn("", "EUR"), 0);
}

}  // namespace
}  // namespace trailbook
