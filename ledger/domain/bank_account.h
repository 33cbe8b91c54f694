// What accounts to be paid to look like, so that a slip of the pen is found when it is entered and not when a payout
// comes back. Whether an account exists, and whose it is, nobody can see from its number. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_BANK_ACCOUNT_H_
#define TRAILBOOK_LEDGER_DOMAIN_BANK_ACCOUNT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace trailbook {

// Each says in words what is wrong, without the account itself; empty if nothing is.

// An IBAN (ISO 13616-1) of the SEPA scheme's area (EPC409-09), in its electronic form: capitals, no spaces. Checked are
// the country's length and the check digits (ISO/IEC 7064, MOD 97-10).
std::string FindProblemOfIban(absl::string_view iban);

// A US account as "routing/number": the nine digits of an ABA routing number with its check digit (weights 3, 7, 1), a
// slash, and up to 17 letters, digits or hyphens (Nacha's DFI account number).
std::string FindProblemOfUsAccount(absl::string_view account);

// An Indian account as "IFSC/number": four letters, a zero and six letters or digits (Reserve Bank of India), a slash,
// and up to 34 letters or digits.
std::string FindProblemOfIndianAccount(absl::string_view account);

// What PayPal pays to: an e-mail address (one "@" with something on both sides of it, no spaces).
std::string FindProblemOfPaypal(absl::string_view account);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_BANK_ACCOUNT_H_
