// The chart of accounts (RULES 8). A posting is positive for a debit and negative for a credit; balances of partner
// accounts are kept in their natural sign (what the partner has; for the receivable, what the partner owes), which may
// never be negative.
#ifndef TRAILBOOK_LEDGER_DOMAIN_CHART_H_
#define TRAILBOOK_LEDGER_DOMAIN_CHART_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace trailbook {

// The numbers stand in the log and never change their meaning.
enum class AccountKind : int32_t {
  kCash = 1,
  kPartnerReceivable = 2,
  kCommissionPending = 10,
  kCommissionHeld = 11,
  kCommissionPayable = 12,
  kPayoutReserved = 13,
  kTaxReserved = 14,
  kPayoutInTransit = 15,
  kWithholdingTax = 16,
  kUnclaimed = 17,
  kCommissionExpense = 20,
  kSignupBonusExpense = 21,
  kAdjustmentExpense = 22,
  kPayoutFeeExpense = 23,
  kBadDebtExpense = 24,
  kCommissionReversed = 30,
  kFxClearing = 40,
};

// The six accounts that every partner has per currency.
inline constexpr AccountKind kPartnerAccounts[] = {AccountKind::kCommissionPending, AccountKind::kCommissionHeld,
                                                   AccountKind::kCommissionPayable, AccountKind::kPayoutReserved,
                                                   AccountKind::kTaxReserved,       AccountKind::kPartnerReceivable};

bool IsPartnerAccount(AccountKind kind);

// True for accounts whose natural balance is a debit (assets, expenses).
bool IsDebitAccount(AccountKind kind);

// "liabilities:commission-pending", "assets:cash:main", ...: group, name and what tells accounts of one kind apart.
std::string AccountName(AccountKind kind, absl::string_view detail);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_CHART_H_
