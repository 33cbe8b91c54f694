#include "ledger/domain/terms_check.h"

#include <gtest/gtest.h>

#include "ledger/base/status.h"

namespace trailbook {
namespace {

TermsSpec Spec() {
  TermsSpec spec;
  spec.rate_bps = 500;
  return spec;
}

TEST(CheckTerms, TiersAscendAndNobodyLosesByReachingOne) {
  TermsSpec spec = Spec();
  spec.tiers = {{10, 800}, {50, 800}, {100, 1000}};
  const auto terms = CheckTerms(spec);
  ASSERT_TRUE(terms.ok()) << terms.status();
  EXPECT_EQ(terms->tiers_size(), 3);
  EXPECT_EQ(terms->tiers(2).min_paying_customers(), 100);
  EXPECT_EQ(terms->tiers(2).rate_bps(), 1000);

  spec.tiers = {{10, 800}, {10, 900}};
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.tiers.min_paying_customers");
  spec.tiers = {{0, 800}};
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.tiers.min_paying_customers");
  spec.tiers = {{10, 499}};
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.tiers.rate_bps");
  spec.tiers = {{10, 800}, {20, 700}};
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.tiers.rate_bps");
}

TEST(CheckTerms, NoTierIsAboveTenPercent) {
  TermsSpec spec = Spec();
  spec.tiers = {{10, 1001}};
  EXPECT_EQ(ReasonOf(CheckTerms(spec).status()), "RATE_ABOVE_CAP");
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.tiers.rate_bps");
  spec.tiers.assign(51, {});
  for (int at = 0; at < 51; ++at) spec.tiers[at] = {at + 1, 500};
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.tiers");
}

TEST(CheckTerms, ASignUpBonusIsAboveZeroAndOneACurrency) {
  TermsSpec spec = Spec();
  spec.sign_up_bonuses = {{"EUR", 500}, {"USD", 600}};
  EXPECT_EQ(CheckTerms(spec)->sign_up_bonuses(1).amount(), 600);
  spec.sign_up_bonuses = {{"EUR", 0}};
  EXPECT_EQ(ReasonOf(CheckTerms(spec).status()), "AMOUNT_OUT_OF_RANGE");
  spec.sign_up_bonuses = {{"EU", 5}};
  EXPECT_EQ(ReasonOf(CheckTerms(spec).status()), "UNKNOWN_CURRENCY");
  spec.sign_up_bonuses = {{"EUR", 5}, {"EUR", 6}};
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.sign_up_bonuses");
}

TEST(CheckTerms, ADurationIsWholeMonthsAndNoneByDefault) {
  TermsSpec spec = Spec();
  EXPECT_EQ(CheckTerms(spec)->duration_months(), 0);
  spec.duration_months = -1;
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.duration_months");
  spec.duration_months = 1201;
  EXPECT_EQ(FieldOf(CheckTerms(spec).status()), "terms.duration_months");
}

}  // namespace
}  // namespace trailbook
