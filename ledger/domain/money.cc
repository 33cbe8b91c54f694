#include "ledger/domain/money.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

using Int128 = __int128;

}  // namespace

absl::Status CheckCurrency(absl::string_view field, absl::string_view currency) {
  if (MinorDigits(currency) >= 0) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kInvalidArgument, "UNKNOWN_CURRENCY", field,
      absl::StrCat(field, ": \"", currency, "\" is not an ISO 4217 currency; write three capitals, e.g. INR"));
}

absl::Status CheckRate(absl::string_view field, int64_t bps) {
  if (bps >= 0 && bps <= kRateCapBps) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "RATE_ABOVE_CAP", field,
                absl::StrCat(field, ": ", bps, " bps is not between 0 and 1000; no commission is above 10 %"));
}

absl::StatusOr<int64_t> MulDivHalfEven(int64_t a, int64_t b, int64_t c) {
  const Int128 product = static_cast<Int128>(a) * b;
  Int128 quotient = product / c;
  const Int128 twice = (product % c) * 2;
  if (twice > c || (twice == c && quotient % 2 != 0)) ++quotient;
  if (quotient > std::numeric_limits<int64_t>::max()) {
    return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "",
                  absl::StrCat(a, " * ", b, " / ", c, " does not fit into 64 bits"));
  }
  return static_cast<int64_t>(quotient);
}

int64_t Due(int64_t base, int32_t bps) {
  const int64_t cap = static_cast<int64_t>(static_cast<Int128>(base) * kRateCapBps / kBpsScale);
  // A tenth of the base fits whenever the base does, so that the rounded product does as well.
  const auto rounded = MulDivHalfEven(base, bps, kBpsScale);
  return rounded.ok() ? std::min(*rounded, cap) : cap;
}

int64_t DueAfterRefund(int64_t base, int64_t collected, int64_t given_back, int32_t bps) {
  if (collected == 0) return Due(base, bps);
  const auto gone = MulDivHalfEven(base, given_back, collected);
  return Due(base - gone.value_or(base), bps);
}

std::string FormatMoney(int64_t minor_units, absl::string_view currency) {
  return absl::StrCat(currency, " ", FormatMinor(minor_units, currency));
}

}  // namespace trailbook
