#include "cli/terms.h"

#include "absl/strings/numbers.h"
#include "cli/money.h"
#include "ledger/base/currency.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

// "10:800, 50:1000".
std::string Tiers(const api::Terms& terms) {
  std::string text;
  for (const api::Tier& tier : terms.tiers()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", tier.min_paying_customers(), ":", tier.rate_bps());
  }
  return text;
}

}  // namespace

void TakeTerms(CLI::App* verb, TermsOptions& options) {
  verb->add_option("--rate-bps", options.rate_bps, "Commission in basis points: 750 is 7.5 %; at most 1000")
      ->required();
  verb->add_option("--hold-days", options.hold_days, "Days until a commission becomes payable (30)");
  verb->add_option("--tier", options.tiers,
                   "PAYING_CUSTOMERS:BPS, e.g. 10:800: the rate from so many on; may be given again")
      ->allow_extra_args(false);
  verb->add_option("--sign-up-bonus", options.bonuses,
                   "Bonus for a sign-up whose first payment is in this currency, e.g. EUR:5.00; may be given again")
      ->allow_extra_args(false);
  verb->add_option("--duration-months", options.duration_months,
                   "Months from the sign-up day within which payments earn (as long as the customer pays)");
  verb->add_option("--existing-referrals", options.existing,
                   "keep or follow: what newer terms do for referrals that exist already (keep)")
      ->check(CLI::IsMember({"keep", "follow"}));
}

void TakeProgramTerms(CLI::App* verb, TermsOptions& options) {
  TakeTerms(verb, options);
  verb->add_option("--attribution-window-days", options.window,
                   "Days after a click within which a sign-up counts (90)");
  verb->add_option("--minimum", options.minimums, "Least payout in a currency, e.g. INR:1000.00; may be given again");
}

absl::StatusOr<api::Tier> ParseTier(absl::string_view text) {
  const size_t colon = text.find(':');
  api::Tier tier;
  int64_t customers = 0;
  int32_t rate_bps = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(0, colon), &customers) ||
      !absl::SimpleAtoi(text.substr(colon + 1), &rate_bps)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is not a tier; write PAYING_CUSTOMERS:BPS, e.g. 10:800"));
  }
  tier.set_min_paying_customers(customers);
  tier.set_rate_bps(rate_bps);
  return tier;
}

absl::Status FillTerms(const TermsOptions& options, api::Terms* terms) {
  terms->set_rate_bps(options.rate_bps);
  terms->set_hold_days(options.hold_days);
  terms->set_attribution_window_days(options.window);
  terms->set_effective_date(options.effective);
  terms->set_duration_months(options.duration_months);
  if (options.existing == "keep") terms->set_existing_referrals(api::EXISTING_REFERRALS_KEEP);
  if (options.existing == "follow") terms->set_existing_referrals(api::EXISTING_REFERRALS_FOLLOW);
  for (const std::string& text : options.minimums) {
    const auto money = ParseMoney(text);
    if (!money.ok()) return money.status();
    *terms->add_minimum_payouts() = *money;
  }
  for (const std::string& text : options.bonuses) {
    const auto money = ParseMoney(text);
    if (!money.ok()) return money.status();
    *terms->add_sign_up_bonuses() = *money;
  }
  for (const std::string& text : options.tiers) {
    const auto tier = ParseTier(text);
    if (!tier.ok()) return tier.status();
    *terms->add_tiers() = *tier;
  }
  return absl::OkStatus();
}

std::string Amounts(const google::protobuf::RepeatedPtrField<api::Money>& amounts) {
  std::string text;
  for (const api::Money& money : amounts) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", money.currency_code(), " ",
                    FormatMinor(money.minor_units(), money.currency_code()));
  }
  return text;
}

Sheet TermsSheet(const std::vector<api::Terms>& all) {
  Sheet sheet{{"version", "effective_date", "rate_bps", "hold_days", "window_days", "minimum_payouts", "tiers",
               "sign_up_bonus", "duration_months", "existing_referrals"},
              {}};
  for (const api::Terms& terms : all) {
    const bool follow = terms.existing_referrals() == api::EXISTING_REFERRALS_FOLLOW;
    sheet.rows.push_back(
        {Number(terms.version()), Text(terms.effective_date().empty() ? "from ever" : terms.effective_date()),
         Number(terms.rate_bps()), Number(terms.hold_days()), Number(terms.attribution_window_days()),
         Text(Amounts(terms.minimum_payouts())), Text(Tiers(terms)), Text(Amounts(terms.sign_up_bonuses())),
         terms.duration_months() == 0 ? Text("") : Number(terms.duration_months()), Text(follow ? "follow" : "keep")});
  }
  return sheet;
}

}  // namespace trailbook::cli
