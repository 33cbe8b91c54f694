// Which terms may be published, and from when (RULES 2.1 and 3). Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_MODEL_TERMS_H_
#define TRAILBOOK_TESTS_MODEL_TERMS_H_

#include <optional>
#include <string>

#include "tests/model/state.h"

namespace trailbook::model {

inline std::string BadRate(int64_t bps) { return bps < 0 || bps > 1000 ? "RATE_ABOVE_CAP" : ""; }

inline std::string BadTerms(const TermsSpec& spec) {
  if (std::string bad = BadRate(spec.rate_bps); !bad.empty()) return bad;
  if (spec.hold_days < 0 || spec.hold_days > 366) return "INVALID_FIELD";
  for (const Amount& minimum : spec.minimums) {
    if (minimum.minor_units < 1) return "AMOUNT_OUT_OF_RANGE";
  }
  TierSpec before{0, spec.rate_bps};
  for (const TierSpec& tier : spec.tiers) {
    if (std::string bad = BadRate(tier.rate_bps); !bad.empty()) return bad;
    if (tier.min_paying_customers <= before.min_paying_customers || tier.rate_bps < before.rate_bps) {
      return "INVALID_FIELD";
    }
    before = tier;
  }
  for (const Amount& bonus : spec.sign_up_bonuses) {
    if (bonus.minor_units < 1) return "AMOUNT_OUT_OF_RANGE";
  }
  return spec.duration_months < 0 ? "INVALID_FIELD" : "";
}

inline Terms TermsOf(const TermsSpec& spec, int version, std::optional<Day> from) {
  Terms terms{version,
              from,
              spec.rate_bps,
              spec.hold_days,
              spec.attribution_window_days == 0 ? 90 : spec.attribution_window_days,
              {},
              {},
              {},
              spec.duration_months,
              spec.follow};
  for (const Amount& minimum : spec.minimums) terms.minimums[minimum.currency] = minimum.minor_units;
  for (const TierSpec& tier : spec.tiers) terms.tiers[tier.min_paying_customers] = tier.rate_bps;
  for (const Amount& bonus : spec.sign_up_bonuses) terms.bonuses[bonus.currency] = bonus.minor_units;
  return terms;
}

// The first day of terms or of a rate: today or later.
inline std::string FirstDay(const std::string& date, Day today, std::optional<Day> last, Day* from) {
  *from = today;
  if (!date.empty()) {
    const auto day = ParseDay(date);
    if (!day.ok()) return "INVALID_FIELD";
    *from = *day;
  }
  if (*from < today) return "RETROACTIVE";
  if (*from > today + 3660) return "TIME_OUT_OF_RANGE";
  return last && *from < *last ? "INVALID_FIELD" : "";
}

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_TERMS_H_
