#include "cli/terms.h"

#include <gtest/gtest.h>

namespace trailbook::cli {
namespace {

TEST(ParseTier, ReadsCustomersAndBasisPoints) {
  const auto tier = ParseTier("10:800");
  ASSERT_TRUE(tier.ok());
  EXPECT_EQ(tier->min_paying_customers(), 10);
  EXPECT_EQ(tier->rate_bps(), 800);
  for (const char* bad : {"", "10", "10:", ":800", "ten:800", "10:8%", "10:800:1"}) {
    EXPECT_FALSE(ParseTier(bad).ok()) << bad;
  }
}

TEST(FillTerms, TakesEveryOptionOrSaysWhichIsWrong) {
  TermsOptions options;
  options.rate_bps = 500;
  options.tiers = {"10:800", "50:1000"};
  options.bonuses = {"EUR:5.00"};
  options.duration_months = 12;
  options.existing = "follow";
  ::trailbook::v1::Terms terms;
  ASSERT_TRUE(FillTerms(options, &terms).ok());
  EXPECT_EQ(terms.tiers_size(), 2);
  EXPECT_EQ(terms.sign_up_bonuses(0).minor_units(), 500);
  EXPECT_EQ(terms.duration_months(), 12);
  EXPECT_EQ(terms.existing_referrals(), ::trailbook::v1::EXISTING_REFERRALS_FOLLOW);
  options.tiers = {"10"};
  EXPECT_NE(std::string(FillTerms(options, &terms).message()).find("PAYING_CUSTOMERS:BPS"), std::string::npos);
  options.tiers.clear();
  options.bonuses = {"EUR:5.001"};
  EXPECT_NE(std::string(FillTerms(options, &terms).message()).find("2 decimals"), std::string::npos);
}

}  // namespace
}  // namespace trailbook::cli
