// How a commission moves through a partner's accounts when its payment is refunded, disputed or reviewed (RULES 4, 5).
// Pure: values in, values out; no clock, no storage. Amounts are minor units of one currency, all zero or more.
#ifndef TRAILBOOK_LEDGER_DOMAIN_COMMISSION_H_
#define TRAILBOOK_LEDGER_DOMAIN_COMMISSION_H_

#include <cstdint>
#include <vector>

#include "ledger/base/day.h"
#include "ledger/domain/chart.h"
#include "ledger/domain/rows_balance.h"
#include "ledger/domain/rows_commission.h"

namespace trailbook {

// One leg: debit and credit of the same amount on the same day, so that every day of an entry balances by construction.
struct Leg {
  AccountKind debit;
  AccountKind credit;
  int64_t amount = 0;
  Day day = 0;
};

// What the commission should come to after R of the cash was given back; what was taken for good does not come back.
int64_t TargetOf(const Commission& commission);

// Takes `amount` of a commission for good, from the top of what it comes to: what is refunded or lost later is first
// what was taken already. REQUIRES: it comes to as much.
void Forfeit(int64_t amount, Commission& commission);

// Undoes the forfeiture of `amount` of it.
void UndoForfeiture(int64_t amount, Commission& commission);

// The part of `target` that must be held: what losing every open dispute would reverse; all of it under a review or a
// ban.
int64_t HoldWanted(const Commission& commission, int64_t target, bool hold_all);

// Where a commission and its partner stand when something happens to its payment.
struct CommissionMove {
  int64_t booked = 0, pending = 0, held = 0;  // the commission's own
  // The part of it that became payable and that no live payout has taken; below zero where a reversal took other money
  // for what was paid.
  int64_t unpaid_released = 0;
  bool matured = false;  // its maturity has run
  Day matures_on = 0;
  Earner earner;  // the partner's balances and latest booking days
  Day event_day = 0;
};

// The legs that bring a commission to `target` with `hold_wanted` of it held as far as it is unpaid, and where it
// stands then. A reversal takes own pending, own held, free payable, receivable, in this order; what comes back settles
// a receivable first; what takes from an account never books before that account's latest booking day.
struct CommissionMoved {
  std::vector<Leg> legs;
  int64_t booked = 0, pending = 0, held = 0;
};
CommissionMoved MoveCommission(const CommissionMove& from, int64_t target, int64_t hold_wanted);

// The legs that mature `amount` of a partner on its day: an open receivable is settled first. `recouped` gets that
// part.
std::vector<Leg> Mature(const Earner& earner, int64_t amount, Day matures_on, int64_t* recouped);

// The legs that take `amount` from a partner on `day`: free payable first, then he owes the rest.
std::vector<Leg> TakePayable(const Earner& earner, AccountKind credit, int64_t amount, Day day);

// The legs of a credit to payable from `debit` on `day`: an open receivable is settled first.
std::vector<Leg> CreditPayable(const Earner& earner, AccountKind debit, int64_t amount, Day day);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_COMMISSION_H_
