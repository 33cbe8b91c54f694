// How partners can be paid, and in which currencies. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_METHODS_H_
#define TRAILBOOK_LEDGER_DOMAIN_METHODS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace trailbook {

// "bank_in" (IFSC/number), "sepa" (IBAN), "ach" (routing/number), "paypal" (e-mail address) with an account of that
// form, or "none" without. INVALID_ARGUMENT says what is wrong with it (bank_account.h), and never the account.
absl::Status CheckMethod(absl::string_view type, absl::string_view account);

// bank_in pays INR, sepa EUR, ach USD, paypal the currencies that PayPal's payouts take.
bool MethodPays(absl::string_view type, absl::string_view currency);

// A settlement currency is empty or one that the method pays. INVALID_ARGUMENT.
absl::Status CheckSettlement(absl::string_view type, absl::string_view currency);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_METHODS_H_
