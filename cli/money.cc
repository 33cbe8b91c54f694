#include "cli/money.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/currency.h"

namespace trailbook::cli {
namespace {

absl::Status Bad(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is not an amount (", why, "); write CURRENCY:AMOUNT, e.g. INR:1000.00"));
}

}  // namespace

absl::StatusOr<::trailbook::v1::Money> ParseMoney(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon != 3) return Bad(text, "no three-letter currency before a colon");
  ::trailbook::v1::Money money;
  money.set_currency_code(absl::AsciiStrToUpper(text.substr(0, 3)));
  const absl::string_view amount = text.substr(4);
  const size_t point = amount.find('.');
  const absl::string_view fraction = point == absl::string_view::npos ? "" : amount.substr(point + 1);
  const int digits = MinorDigits(money.currency_code());
  if (digits < 0) return Bad(text, absl::StrCat(money.currency_code(), " is not an ISO 4217 currency"));
  if (static_cast<int>(fraction.size()) > digits) {
    return Bad(text, absl::StrCat(money.currency_code(), " has ", digits, " decimals"));
  }
  std::string all = absl::StrCat(amount.substr(0, point), fraction, std::string(digits - fraction.size(), '0'));
  for (size_t at = absl::StartsWith(all, "-") ? 1 : 0; at < all.size(); ++at) {
    if (!absl::ascii_isdigit(all[at])) return Bad(text, "not a number");
  }
  const bool has_digit = amount.find_first_of("0123456789") != absl::string_view::npos;
  int64_t minor = 0;
  if (!has_digit || !absl::SimpleAtoi(all, &minor)) return Bad(text, "not a number of 64 bits");
  money.set_minor_units(minor);
  return money;
}

}  // namespace trailbook::cli
