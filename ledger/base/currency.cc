#include "ledger/base/currency.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace trailbook {
namespace {

// Active ISO 4217 alphabetic codes by number of minor digits (SIX list one, funds and metals left out).
constexpr absl::string_view kTwoDigits =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";
constexpr absl::string_view kNoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
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

std::string FormatMinor(int64_t minor_units, absl::string_view currency) {
  const size_t digits = static_cast<size_t>(std::max(MinorDigits(currency), 0));
  const bool negative = minor_units < 0;
  // The magnitude of the smallest int64 fits only without a sign.
  const std::string magnitude =
      absl::StrCat(negative ? 0 - static_cast<uint64_t>(minor_units) : static_cast<uint64_t>(minor_units));
  const std::string padding(magnitude.size() > digits ? 0 : digits + 1 - magnitude.size(), '0');
  const std::string all = absl::StrCat(padding, magnitude);
  const size_t whole = all.size() - digits;
  std::string text = negative ? "-" : "";
  for (size_t at = 0; at < whole; ++at) {
    if (at > 0 && (whole - at) % 3 == 0) text.push_back(',');
    text.push_back(all[at]);
  }
  return digits == 0 ? text : absl::StrCat(text, ".", all.substr(whole));
}

}  // namespace trailbook
