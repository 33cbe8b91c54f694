#include "ledger/domain/money.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/base/status.h"

namespace trailbook {
namespace {

using Int128 = __int128;

// Active ISO 4217 alphabetic codes by number of minor digits (SIX list one, funds and metals left out).
constexpr absl::string_view kTwoDigits =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";
constexpr absl::string_view kNoDigits =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr absl::string_view kThreeDigits = "BHD IQD JOD KWD LYD OMR TND";
constexpr absl::string_view kFourDigits = "CLF UYW";

bool Lists(absl::string_view codes, absl::string_view code) {
  const size_t at = codes.find(code);
  return at != absl::string_view::npos && at % 4 == 0;
}

}  // namespace

int MinorDigits(absl::string_view currency) {
  if (currency.size() != 3) return -1;
  if (Lists(kTwoDigits, currency)) return 2;
  if (Lists(kNoDigits, currency)) return 0;
  if (Lists(kThreeDigits, currency)) return 3;
  if (Lists(kFourDigits, currency)) return 4;
  return -1;
}

absl::Status CheckCurrency(absl::string_view field, absl::string_view currency) {
  if (MinorDigits(currency) >= 0) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "UNKNOWN_CURRENCY", field,
                absl::StrCat(field, ": \"", currency,
                             "\" is not an ISO 4217 currency; write three capitals, e.g. INR"));
}

absl::Status CheckRate(absl::string_view field, int64_t bps) {
  if (bps >= 0 && bps <= kRateCapBps) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "RATE_ABOVE_CAP", field,
                absl::StrCat(field, ": ", bps,
                             " bps is not between 0 and 1000; no commission is above 10 %"));
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
  const int digits = std::max(MinorDigits(currency), 0);
  const bool negative = minor_units < 0;
  // The magnitude of the smallest int64 fits only without a sign.
  std::string text = absl::StrCat(negative ? 0 - static_cast<uint64_t>(minor_units)
                                           : static_cast<uint64_t>(minor_units));
  if (static_cast<int>(text.size()) <= digits) text.insert(0, digits + 1 - text.size(), '0');
  std::string fraction = digits == 0 ? "" : absl::StrCat(".", text.substr(text.size() - digits));
  text.resize(text.size() - digits);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(at, ",");
  return absl::StrCat(currency, " ", negative ? "-" : "", text, fraction);
}

}  // namespace trailbook
