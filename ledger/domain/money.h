// Money and rates (RULES 2.1, 3): checked integers in minor units of one ISO 4217 currency; rates in basis points.
// Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_DOMAIN_MONEY_H_
#define TRAILBOOK_LEDGER_DOMAIN_MONEY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/currency.h"

namespace trailbook {

inline constexpr int32_t kBpsScale = 10000;
inline constexpr int32_t kRateCapBps = 1000;  // "up to 10 %"

// Refuses what is not an ISO 4217 code in use. INVALID_ARGUMENT, UNKNOWN_CURRENCY.
absl::Status CheckCurrency(absl::string_view field, absl::string_view currency);

// Refuses a rate below 0 or above the cap. INVALID_ARGUMENT, RATE_ABOVE_CAP.
absl::Status CheckRate(absl::string_view field, int64_t bps);

// round_half_even(a * b / c), in 128 bits. REQUIRES: a, b >= 0, c > 0. OUT_OF_RANGE, OVERFLOW if it does not fit.
absl::StatusOr<int64_t> MulDivHalfEven(int64_t a, int64_t b, int64_t c);

// The commission due on a base: min(round_half_even(base * bps / 10000), floor(base * 1000 / 10000)).
// REQUIRES: base >= 0, 0 <= bps <= 1000. Cannot overflow, since the cap is a tenth of the base.
int64_t Due(int64_t base, int32_t bps);

// The commission that remains of a payment that collected `collected` with base `base` after `given_back` of the cash
// was returned: due(base - round_half_even(base * given_back / collected), bps). REQUIRES: 0 <= given_back <=
// collected, base <= collected.
int64_t DueAfterRefund(int64_t base, int64_t collected, int64_t given_back, int32_t bps);

// a + b. False if it does not fit.
[[nodiscard]] inline bool CheckedAdd(int64_t a, int64_t b, int64_t* sum) { return !__builtin_add_overflow(a, b, sum); }

// "INR 1,499.00".
std::string FormatMoney(int64_t minor_units, absl::string_view currency);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_MONEY_H_
