// Whom a sign-up names, under which terms, and whether he referred himself.
#include "ledger/domain/attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/domain/parking.h"

namespace trailbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kProgram = 1, kJane = 1, kOmar = 2;

class AttributionTest : public ::testing::Test {
 protected:
  AttributionTest() {
    book_.secret = std::string(32, 's');
    Program program = Program::WithKey({kProgram});
    program.terms_version = 1;
    book_.programs.Put(program);
    PutTerms(1, kFromEver, 500, 30);
    PutPartner(kJane, "jane", "Jane+news@Example.com");
    PutPartner(kOmar, "omar", "");
    PutCode(11, "jane", kJane, false);
    PutCode(12, "omar20", kOmar, true);
  }

  void PutTerms(int64_t version, Day effective, int64_t bps, int64_t hold) {
    Terms terms = Terms::WithKey({kProgram, version});
    terms.effective_day = effective;
    terms.rate_bps = bps;
    terms.hold_days = hold;
    book_.terms.Put(terms);
    book_.programs.Edit({kProgram}).terms_version = version;
  }
  void PutPartner(int64_t number, const std::string& id, const std::string& email) {
    book_.partners.Put(Partner::WithKey({kProgram, number}));
    PartnerKey key = PartnerKey::WithKey({kProgram, id});
    key.partner = number;
    book_.partner_keys.Put(key);
    PartnerIdentity identity = PartnerIdentity::WithKey({kProgram, number});
    identity.partner_id = id;
    identity.email_digest.bytes = EmailDigest(email, book_.secret);
    book_.partner_identities.Put(identity);
  }
  void PutRate(int64_t partner, Day effective, int64_t bps) {
    const int64_t ordinal = ++book_.partners.Edit({kProgram, partner}).rates;
    PartnerRate rate = PartnerRate::WithKey({kProgram, partner, ordinal});
    rate.effective_day = effective;
    rate.rate_bps = bps;
    book_.partner_rates.Put(rate);
  }
  void PutCode(int64_t number, const std::string& text, int64_t partner, bool coupon) {
    Code code = Code::WithKey({kProgram, number});
    code.partner = partner;
    code.coupon = coupon;
    book_.codes.Put(code);
    CodeKey key = CodeKey::WithKey({kProgram, text});
    key.code = number;
    book_.code_keys.Put(key);
  }
  // The partners that a sign-up's touches name, the deciding one first.
  std::vector<int64_t> PartnersOf(const SignUpReport& report) {
    std::vector<int64_t> partners;
    for (const log::v1::Touch& touch : ResolveTouches(book_, kProgram, report, 0).touches) {
      partners.push_back(touch.partner());
    }
    return partners;
  }

  Book book_;
};

TEST_F(AttributionTest, ThePartnerNamedDecidesBeforeTheCouponAndTheCouponBeforeTheLink) {
  SignUpReport report;
  report.link_code = "jane";
  report.coupon_code = "omar20";
  EXPECT_THAT(PartnersOf(report), ElementsAre(kOmar, kJane));
  report.partner_id = "jane";
  EXPECT_THAT(PartnersOf(report), ElementsAre(kJane, kOmar, kJane));
}

TEST_F(AttributionTest, ATouchSaysHowItNamedThePartner) {
  SignUpReport report;
  report.partner_id = "jane";
  report.coupon_code = "omar20";
  report.link_code = "jane";
  const auto touches = ResolveTouches(book_, kProgram, report, 0).touches;
  ASSERT_EQ(touches.size(), 3u);
  EXPECT_EQ(touches[0].kind(), log::v1::TOUCH_KIND_PARTNER);
  EXPECT_EQ(touches[0].code(), 0);
  EXPECT_EQ(touches[1].kind(), log::v1::TOUCH_KIND_COUPON);
  EXPECT_EQ(touches[1].code(), 12);
  EXPECT_EQ(touches[2].kind(), log::v1::TOUCH_KIND_LINK);
  EXPECT_EQ(touches[2].code(), 11);
}

TEST_F(AttributionTest, WhatDoesNotResolveLeavesTheDecisionToTheNext) {
  SignUpReport report;
  report.partner_id = "nobody";
  report.coupon_code = "NOSUCHCODE";
  report.link_code = "jane";
  EXPECT_THAT(PartnersOf(report), ElementsAre(kJane));
}

TEST_F(AttributionTest, NothingThatResolvesNamesNobody) {
  SignUpReport report;
  EXPECT_THAT(PartnersOf(report), IsEmpty());
  report.other_codes = {"google", ""};
  EXPECT_THAT(PartnersOf(report), IsEmpty());
}

TEST_F(AttributionTest, ACodeResolvesInWhicheverFieldItIsNamed) {
  SignUpReport report;
  report.coupon_code = "jane";
  report.link_code = "omar20";
  EXPECT_THAT(PartnersOf(report), ElementsAre(kJane, kOmar));
  SignUpReport other;
  other.other_codes = {"something-else", "omar20"};
  EXPECT_THAT(PartnersOf(other), ElementsAre(kOmar));
}

TEST_F(AttributionTest, CodesAreTrimmedAndCaseFolded) {
  SignUpReport report;
  report.coupon_code = "  OmAr20\t";
  EXPECT_THAT(PartnersOf(report), ElementsAre(kOmar));
}

TEST_F(AttributionTest, TheSameCodeInTwoFieldsIsOneTouch) {
  SignUpReport report;
  report.coupon_code = "omar20";
  report.link_code = "OMAR20";
  EXPECT_THAT(PartnersOf(report), ElementsAre(kOmar));
}

TEST_F(AttributionTest, ACodeCountsUntilTheMomentItsLinkWasDisabled) {
  book_.codes.Edit({kProgram, 11}).disable_time = 1000;
  SignUpReport report;
  report.link_code = "jane";
  report.time = 999;
  EXPECT_THAT(PartnersOf(report), ElementsAre(kJane));
  report.time = 1000;
  EXPECT_THAT(PartnersOf(report), IsEmpty());
}

TEST_F(AttributionTest, APartnerCountsUntilTheMomentOfHisDeactivationInEveryWay) {
  book_.partners.Edit({kProgram, kJane}).deactivate_time = 1000;
  SignUpReport report;
  report.partner_id = "jane";
  report.link_code = "jane";
  report.time = 999;
  EXPECT_THAT(PartnersOf(report), ElementsAre(kJane, kJane));
  report.time = 1000;
  EXPECT_THAT(PartnersOf(report), IsEmpty());
}

TEST_F(AttributionTest, ACodeOfAnotherProgramMeansNothing) {
  SignUpReport report;
  report.link_code = "jane";
  EXPECT_THAT(ResolveTouches(book_, 2, report, 0).touches, IsEmpty());
}

TEST_F(AttributionTest, TheTermsOfADayAreTheNewestThatHadBegun) {
  PutTerms(2, 100, 700, 45);
  PutTerms(3, 200, 300, 60);
  EXPECT_EQ(TermsOn(book_, kProgram, 99).version, 1);
  EXPECT_EQ(TermsOn(book_, kProgram, 100).version, 2);
  EXPECT_EQ(TermsOn(book_, kProgram, 199).version, 2);
  EXPECT_EQ(TermsOn(book_, kProgram, 200).version, 3);
  EXPECT_EQ(TermsOn(book_, kProgram, -100000).version, 1) << "version 1 applies from ever";
}

TEST_F(AttributionTest, ASignUpIsPromisedTheTermsOfItsDay) {
  PutTerms(2, 100, 700, 45);
  const Promise before = PromiseOn(book_, kProgram, kJane, 99);
  EXPECT_EQ(before.terms_version, 1);
  EXPECT_EQ(before.rate_bps, 500);
  EXPECT_EQ(before.hold_days, 30);
  EXPECT_FALSE(before.own_rate);
  const Promise after = PromiseOn(book_, kProgram, kJane, 100);
  EXPECT_EQ(after.terms_version, 2);
  EXPECT_EQ(after.rate_bps, 700);
  EXPECT_EQ(after.hold_days, 45);
}

TEST_F(AttributionTest, APartnersOwnRateGoesBeforeTheTermsEvenIfItIsLower) {
  PutRate(kJane, kFromEver, 100);
  const Promise promise = PromiseOn(book_, kProgram, kJane, 10);
  EXPECT_EQ(promise.rate_bps, 100);
  EXPECT_TRUE(promise.own_rate);
  EXPECT_EQ(promise.hold_days, 30) << "the rest is the terms'";
  EXPECT_FALSE(PromiseOn(book_, kProgram, kOmar, 10).own_rate);
}

TEST_F(AttributionTest, AnOwnRateCountsFromItsDayOnAndTheLastOneRecordedWins) {
  PutRate(kJane, 100, 800);
  PutRate(kJane, 200, 900);
  EXPECT_EQ(PromiseOn(book_, kProgram, kJane, 99).rate_bps, 500);
  EXPECT_EQ(PromiseOn(book_, kProgram, kJane, 199).rate_bps, 800);
  EXPECT_EQ(PromiseOn(book_, kProgram, kJane, 200).rate_bps, 900);
  PutRate(kJane, 200, 600);
  EXPECT_EQ(PromiseOn(book_, kProgram, kJane, 200).rate_bps, 600);
}

TEST_F(AttributionTest, TheSameEmailHoweverWrittenIsASelfReferral) {
  SignUpReport report;
  report.customer_id = "cus_1";
  report.email = " jane@EXAMPLE.com ";
  EXPECT_TRUE(IsSelfReferral(book_, kProgram, kJane, report));
  report.email = "jane+other@example.com";
  EXPECT_TRUE(IsSelfReferral(book_, kProgram, kJane, report));
  report.email = "june@example.com";
  EXPECT_FALSE(IsSelfReferral(book_, kProgram, kJane, report));
}

TEST_F(AttributionTest, AMissingEmailMatchesNothingNotEvenAMissingOne) {
  SignUpReport report;
  report.customer_id = "cus_1";
  EXPECT_FALSE(IsSelfReferral(book_, kProgram, kOmar, report));
  EXPECT_FALSE(IsSelfReferral(book_, kProgram, kJane, report));
}

TEST_F(AttributionTest, ThePartnersOwnCustomerIdIsASelfReferral) {
  SignUpReport report;
  report.customer_id = "omar";
  EXPECT_TRUE(IsSelfReferral(book_, kProgram, kOmar, report));
  EXPECT_FALSE(IsSelfReferral(book_, kProgram, kJane, report));
}

TEST_F(AttributionTest, ADigestThatWasKeptInsteadOfTheEmailMatchesTheSame) {
  SignUpReport report;
  report.customer_id = "cus_1";
  report.email_digest = EmailDigest("jane@example.com", book_.secret);
  EXPECT_TRUE(IsSelfReferral(book_, kProgram, kJane, report));
}

}  // namespace
}  // namespace trailbook
