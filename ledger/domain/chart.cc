#include "ledger/domain/chart.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace trailbook {
namespace {

absl::string_view BareName(AccountKind kind) {
  switch (kind) {
    case AccountKind::kCash: return "assets:cash";
    case AccountKind::kPartnerReceivable: return "assets:partner-receivable";
    case AccountKind::kCommissionPending: return "liabilities:commission-pending";
    case AccountKind::kCommissionHeld: return "liabilities:commission-held";
    case AccountKind::kCommissionPayable: return "liabilities:commission-payable";
    case AccountKind::kPayoutReserved: return "liabilities:payout-reserved";
    case AccountKind::kTaxReserved: return "liabilities:tax-reserved";
    case AccountKind::kPayoutInTransit: return "liabilities:payout-in-transit";
    case AccountKind::kWithholdingTax: return "liabilities:withholding-tax";
    case AccountKind::kUnclaimed: return "liabilities:unclaimed";
    case AccountKind::kCommissionExpense: return "expenses:commission";
    case AccountKind::kSignupBonusExpense: return "expenses:signup-bonus";
    case AccountKind::kAdjustmentExpense: return "expenses:adjustment";
    case AccountKind::kPayoutFeeExpense: return "expenses:payout-fee";
    case AccountKind::kBadDebtExpense: return "expenses:bad-debt";
    case AccountKind::kCommissionReversed: return "contra-expense:commission-reversed";
    case AccountKind::kFxClearing: return "clearing:fx";
  }
  return "unknown";
}

}  // namespace

bool IsPartnerAccount(AccountKind kind) {
  return std::find(std::begin(kPartnerAccounts), std::end(kPartnerAccounts), kind) != std::end(kPartnerAccounts);
}

bool IsDebitAccount(AccountKind kind) {
  switch (kind) {
    case AccountKind::kCash:
    case AccountKind::kPartnerReceivable:
    case AccountKind::kCommissionExpense:
    case AccountKind::kSignupBonusExpense:
    case AccountKind::kAdjustmentExpense:
    case AccountKind::kPayoutFeeExpense:
    case AccountKind::kBadDebtExpense: return true;
    default: return false;
  }
}

std::string AccountName(AccountKind kind, absl::string_view detail) {
  if (detail.empty()) return std::string(BareName(kind));
  return absl::StrCat(BareName(kind), ":", detail);
}

}  // namespace trailbook
