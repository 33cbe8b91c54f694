#include "ledger/domain/methods.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/bank_account.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

// developer.paypal.com/api/rest/reference/currency-codes, without those for domestic use only.
constexpr absl::string_view kPaypalCurrencies =
    "AUD CAD CHF CZK DKK EUR GBP HKD HUF ILS JPY MXN NOK NZD PHP PLN SEK SGD THB TWD USD";

// Of an account, by the type of its method.
std::string FindProblemOf(absl::string_view type, absl::string_view account) {
  if (type == "sepa") return FindProblemOfIban(account);
  if (type == "ach") return FindProblemOfUsAccount(account);
  return type == "bank_in" ? FindProblemOfIndianAccount(account) : FindProblemOfPaypal(account);
}

}  // namespace

absl::Status CheckMethod(absl::string_view type, absl::string_view account) {
  if (type == "none") {
    if (account.empty()) return absl::OkStatus();
    return InvalidField("payout_method.account", "must be empty for the type \"none\"");
  }
  if (type != "bank_in" && type != "sepa" && type != "ach" && type != "paypal") {
    return InvalidField("payout_method.type",
                        absl::StrCat("\"", type, "\" is none of bank_in, sepa, ach, paypal, none"));
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckText("payout_method.account", account, 255, true));
  const std::string problem = FindProblemOf(type, account);
  return problem.empty() ? absl::OkStatus() : InvalidField("payout_method.account", problem);
}

absl::Status CheckSettlement(absl::string_view type, absl::string_view currency) {
  if (currency.empty() || MethodPays(type, currency)) return absl::OkStatus();
  return InvalidField("payout_method.settlement_currency",
                      absl::StrCat("the method \"", type, "\" does not pay \"", currency, "\""));
}

bool MethodPays(absl::string_view type, absl::string_view currency) {
  if (type == "bank_in") return currency == "INR";
  if (type == "sepa") return currency == "EUR";
  if (type == "ach") return currency == "USD";
  return type == "paypal" && kPaypalCurrencies.find(currency) != absl::string_view::npos;
}

}  // namespace trailbook
