#include "ledger/domain/terms_check.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

constexpr size_t kMaxTiers = 50;
constexpr int64_t kMaxCustomers = 1000000000;
constexpr int64_t kMaxMonths = 1200;
constexpr int64_t kMaxDays = 366;
constexpr int64_t kDefaultWindow = 90;

absl::Status CheckDays(absl::string_view field, int64_t days, int64_t least) {
  if (days >= least && days <= kMaxDays) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(days, " is not between ", least, " and ", kMaxDays, " days"));
}

absl::Status CheckTiers(const TermsSpec& spec, log::v1::Terms* terms) {
  if (spec.tiers.size() > kMaxTiers) {
    return InvalidField("terms.tiers", absl::StrCat("has more than ", kMaxTiers, " tiers"));
  }
  TierSpec before{0, spec.rate_bps};
  for (const TierSpec& tier : spec.tiers) {
    TRAILBOOK_RETURN_IF_ERROR(CheckRate("terms.tiers.rate_bps", tier.rate_bps));
    if (tier.min_paying_customers <= before.min_paying_customers || tier.min_paying_customers > kMaxCustomers) {
      return InvalidField("terms.tiers.min_paying_customers",
                          absl::StrCat(tier.min_paying_customers, " must be above ", before.min_paying_customers,
                                       ", the one before it, and at most ", kMaxCustomers));
    }
    // Whoever reaches a tier must not lose by it.
    if (tier.rate_bps < before.rate_bps) {
      return InvalidField("terms.tiers.rate_bps", absl::StrCat(tier.rate_bps, " from ", tier.min_paying_customers,
                                                               " paying customers on is below the ", before.rate_bps,
                                                               " before it; no tier pays less than the one before"));
    }
    terms->add_tiers()->set_min_paying_customers(tier.min_paying_customers);
    terms->mutable_tiers()->rbegin()->set_rate_bps(static_cast<int32_t>(tier.rate_bps));
    before = tier;
  }
  return absl::OkStatus();
}

absl::Status CheckBonuses(const TermsSpec& spec, log::v1::Terms* terms) {
  for (const Amount& bonus : spec.sign_up_bonuses) {
    TRAILBOOK_RETURN_IF_ERROR(CheckAmount("terms.sign_up_bonuses", bonus, 1));
    for (const log::v1::BonusAmount& other : terms->sign_up_bonuses()) {
      if (other.currency() == bonus.currency) {
        return InvalidField("terms.sign_up_bonuses", absl::StrCat("names ", bonus.currency, " twice"));
      }
    }
    terms->add_sign_up_bonuses()->set_currency(bonus.currency);
    terms->mutable_sign_up_bonuses()->rbegin()->set_amount(bonus.minor_units);
  }
  return absl::OkStatus();
}

// The parts that may be left out.
absl::Status CheckMoreTerms(const TermsSpec& spec, log::v1::Terms* terms) {
  TRAILBOOK_RETURN_IF_ERROR(CheckTiers(spec, terms));
  TRAILBOOK_RETURN_IF_ERROR(CheckBonuses(spec, terms));
  if (spec.duration_months < 0 || spec.duration_months > kMaxMonths) {
    return InvalidField("terms.duration_months",
                        absl::StrCat(spec.duration_months, " is not between 0 (none) and ", kMaxMonths, " months"));
  }
  terms->set_duration_months(static_cast<int32_t>(spec.duration_months));
  terms->set_follow(spec.follow);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<log::v1::Terms> CheckTerms(const TermsSpec& spec) {
  TRAILBOOK_RETURN_IF_ERROR(CheckRate("terms.rate_bps", spec.rate_bps));
  TRAILBOOK_RETURN_IF_ERROR(CheckDays("terms.hold_days", spec.hold_days, 0));
  const int64_t window = spec.attribution_window_days == 0 ? kDefaultWindow : spec.attribution_window_days;
  TRAILBOOK_RETURN_IF_ERROR(CheckDays("terms.attribution_window_days", window, 1));
  log::v1::Terms terms;
  terms.set_rate_bps(static_cast<int32_t>(spec.rate_bps));
  terms.set_hold_days(static_cast<int32_t>(spec.hold_days));
  terms.set_attribution_window_days(static_cast<int32_t>(window));
  for (const Amount& minimum : spec.minimums) {
    TRAILBOOK_RETURN_IF_ERROR(CheckAmount("terms.minimum_payouts", minimum, 1));
    for (const log::v1::Minimum& other : terms.minimums()) {
      if (other.currency() == minimum.currency) {
        return InvalidField("terms.minimum_payouts", absl::StrCat("names ", minimum.currency, " twice"));
      }
    }
    terms.add_minimums()->set_currency(minimum.currency);
    terms.mutable_minimums()->rbegin()->set_amount(minimum.minor_units);
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckMoreTerms(spec, &terms));
  return terms;
}

}  // namespace trailbook
