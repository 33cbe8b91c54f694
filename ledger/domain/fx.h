// Rates between currencies: how they are written, and what an amount comes to (RULES 2, "Money that crosses
// currencies"). Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_FX_H_
#define TRAILBOOK_LEDGER_DOMAIN_FX_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/domain/book.h"

namespace trailbook {

// A rate is a decimal above zero with at most nine digits before the point and nine after it: how much of the one
// currency a whole unit of the other is. Kept as it was written; never a floating-point number. INVALID_ARGUMENT.
absl::Status CheckFxRate(absl::string_view field, absl::string_view rate);

// What `minor_units` of `from` are in minor units of `to`, half to even. REQUIRES: minor_units >= 0, both currencies
// known, the rate checked. OUT_OF_RANGE, OVERFLOW if it does not fit.
absl::StatusOr<int64_t> ConvertMoney(int64_t minor_units, absl::string_view from, absl::string_view to,
                                     absl::string_view rate);

// The rate that holds for a pair; nullptr if none was ever set.
const FxRate* LatestFxRate(Book& book, int64_t program, const std::string& from, const std::string& to);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_FX_H_
