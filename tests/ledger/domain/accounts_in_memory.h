// A partner's accounts as the legs of entries leave them, for tests: balances now, and as of every day.
#ifndef TRAILBOOK_TESTS_LEDGER_DOMAIN_ACCOUNTS_IN_MEMORY_H_
#define TRAILBOOK_TESTS_LEDGER_DOMAIN_ACCOUNTS_IN_MEMORY_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"
#include "ledger/domain/chart.h"
#include "ledger/domain/commission.h"
#include "ledger/domain/projector.h"

namespace trailbook {

class AccountsInMemory {
 public:
  AccountsInMemory() = default;
  // Goes on from given balances, each of which came on the latest booking day of its account.
  explicit AccountsInMemory(const Earner& earner) : earner_(earner) {
    for (const AccountKind kind : kPartnerAccounts) {
      changes_[kind][LatestDayOf(earner_, kind)] = BalanceOf(earner_, kind);
    }
  }

  const Earner& earner() const { return earner_; }

  // Posts the legs of an entry in order. Empty, or what is wrong with them: an amount that is not above zero, a balance
  // below zero, or an account that is taken from before the latest booking day that it had when the entry came.
  std::string Post(const std::vector<Leg>& legs) {
    before_ = earner_;
    for (const Leg& leg : legs) {
      if (leg.amount <= 0) return absl::StrCat("a leg of ", leg.amount);
      std::string wrong = Debit(leg);
      if (wrong.empty()) wrong = Credit(leg);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  // Empty, or the account and day whose balance is below zero as of that day.
  std::string BelowZero() const {
    for (const auto& [kind, days] : changes_) {
      int64_t balance = 0;
      for (const auto& [day, change] : days) {
        balance += change;
        if (balance < 0) return absl::StrCat(AccountName(kind, ""), " is ", balance, " as of day ", day);
      }
    }
    return "";
  }

  // What the partner has, less what he owes.
  int64_t Net() const { return earner_.pending + earner_.held + earner_.payable - earner_.receivable; }

 private:
  // What takes from an account: a debit of the partner's liabilities, a credit of what he owes.
  std::string Debit(const Leg& leg) {
    if (!IsPartnerAccount(leg.debit)) return "";
    if (leg.debit == AccountKind::kPartnerReceivable) return Change(leg.debit, leg.amount, leg.day);
    if (leg.day < LatestDayOf(before_, leg.debit)) return TooEarly(leg.debit, leg.day);
    return Change(leg.debit, -leg.amount, leg.day);
  }
  std::string Credit(const Leg& leg) {
    if (!IsPartnerAccount(leg.credit)) return "";
    if (leg.credit != AccountKind::kPartnerReceivable) return Change(leg.credit, leg.amount, leg.day);
    if (leg.day < LatestDayOf(before_, leg.credit)) return TooEarly(leg.credit, leg.day);
    return Change(leg.credit, -leg.amount, leg.day);
  }
  std::string Change(AccountKind kind, int64_t change, Day day) {
    changes_[kind][day] += change;
    Day& latest = LatestDayOf(earner_, kind);
    latest = std::max(latest, day);
    BalanceOf(earner_, kind) += change;
    return BalanceOf(earner_, kind) < 0 ? absl::StrCat(AccountName(kind, ""), " is below zero") : "";
  }
  static std::string TooEarly(AccountKind kind, Day day) {
    return absl::StrCat(AccountName(kind, ""), " is taken from on day ", day, ", before its latest booking day");
  }

  Earner earner_, before_;
  std::map<AccountKind, std::map<Day, int64_t>> changes_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_DOMAIN_ACCOUNTS_IN_MEMORY_H_
