#include "ledger/domain/commission.h"

#include <algorithm>

#include "ledger/domain/money.h"

namespace trailbook {
namespace {

// Collects legs while it keeps the balances and latest booking days that the next step needs.
class Mover {
 public:
  Mover(const CommissionMove& from) : from_(from), earner_(from.earner) {
    moved_.booked = from.booked;
    moved_.pending = from.pending;
    moved_.held = from.held;
    unpaid_released_ = from.unpaid_released;
  }

  void Reverse(int64_t amount) {
    moved_.booked -= amount;
    const int64_t pending = Take(&amount, moved_.pending);
    moved_.pending -= pending;
    TakeFrom(AccountKind::kCommissionPending, AccountKind::kCommissionReversed, pending);
    const int64_t held = Take(&amount, moved_.held);
    moved_.held -= held;
    TakeFrom(AccountKind::kCommissionHeld, AccountKind::kCommissionReversed, held);
    const int64_t payable = Take(&amount, earner_.payable);
    unpaid_released_ -= payable;
    TakeFrom(AccountKind::kCommissionPayable, AccountKind::kCommissionReversed, payable);
    // What is left he was paid already: he owes it.
    Add({AccountKind::kPartnerReceivable, AccountKind::kCommissionReversed, amount, from_.event_day});
    earner_.receivable += amount;
  }

  void UndoReversal(int64_t amount) {
    moved_.booked += amount;
    if (from_.event_day < from_.matures_on && !from_.matured) {
      moved_.pending += amount;
      earner_.pending += amount;
      earner_.pending_day = std::max(earner_.pending_day, from_.event_day);
      Add({AccountKind::kCommissionReversed, AccountKind::kCommissionPending, amount, from_.event_day});
      return;
    }
    // An undoing that arrives late, from before the maturity that has run: payable no earlier than that.
    const Day day = std::max(from_.event_day, from_.matures_on);
    ToPayable(AccountKind::kCommissionReversed, amount, day);
  }

  void Hold(int64_t amount) {
    const int64_t pending = Take(&amount, moved_.pending);
    moved_.pending -= pending;
    TakeFrom(AccountKind::kCommissionPending, AccountKind::kCommissionHeld, pending);
    const int64_t payable = Take(&amount, std::clamp<int64_t>(unpaid_released_, 0, earner_.payable));
    unpaid_released_ -= payable;
    TakeFrom(AccountKind::kCommissionPayable, AccountKind::kCommissionHeld, payable);
    moved_.held += pending + payable;
    earner_.held += pending + payable;
  }

  void Release(int64_t amount) {
    const Day day = std::max(from_.event_day, earner_.held_day);
    moved_.held -= amount;
    earner_.held -= amount;
    if (day < from_.matures_on && !from_.matured) {
      moved_.pending += amount;
      Add({AccountKind::kCommissionHeld, AccountKind::kCommissionPending, amount, day});
      return;
    }
    ToPayable(AccountKind::kCommissionHeld, amount, std::max(day, from_.matures_on));
  }

  CommissionMoved Done() && { return std::move(moved_); }
  int64_t held() const { return moved_.held; }

 private:
  static int64_t Take(int64_t* wanted, int64_t available) {
    const int64_t taken = std::min(*wanted, available);
    *wanted -= taken;
    return taken;
  }

  void Add(Leg leg) {
    if (leg.amount > 0) moved_.legs.push_back(leg);
  }

  // Debits a partner account no earlier than its latest booking day.
  void TakeFrom(AccountKind account, AccountKind credit, int64_t amount) {
    if (amount == 0) return;
    Day* latest = nullptr;
    switch (account) {
      case AccountKind::kCommissionPending:
        latest = &earner_.pending_day;
        earner_.pending -= amount;
        break;
      case AccountKind::kCommissionHeld:
        latest = &earner_.held_day;
        earner_.held -= amount;
        break;
      default:
        latest = &earner_.payable_day;
        earner_.payable -= amount;
        break;
    }
    *latest = std::max(*latest, from_.event_day);
    if (credit == AccountKind::kCommissionHeld) earner_.held_day = std::max(earner_.held_day, *latest);
    Add({account, credit, amount, *latest});
  }

  void ToPayable(AccountKind debit, int64_t amount, Day day) {
    for (const Leg& leg : CreditPayable(earner_, debit, amount, day)) {
      if (leg.credit == AccountKind::kPartnerReceivable) {
        earner_.receivable -= leg.amount;
        earner_.receivable_day = leg.day;
      } else {
        earner_.payable += leg.amount;
        earner_.payable_day = std::max(earner_.payable_day, leg.day);
        unpaid_released_ += leg.amount;
      }
      Add(leg);
    }
  }

  const CommissionMove& from_;
  Earner earner_;
  int64_t unpaid_released_ = 0;
  CommissionMoved moved_;
};

// What is due of a commission after so much of the cash was given back, less what was taken for good.
int64_t DueAfter(const Commission& c, int64_t given_back) {
  // A sign-up bonus is whole until everything was given back.
  const int64_t due = c.bonus_of != 0
                          ? (given_back >= c.collected ? 0 : c.accrued)
                          : DueAfterRefund(c.base, c.collected, given_back, static_cast<int32_t>(c.rate_bps));
  return due - std::clamp<int64_t>(due - c.forfeited_from, 0, c.forfeited);
}

}  // namespace

int64_t TargetOf(const Commission& c) {
  return c.zero_reason != 0 ? 0 : DueAfter(c, std::min(c.collected, c.given_back));
}

void Forfeit(int64_t amount, Commission& c) {
  c.forfeited_from = TargetOf(c) - amount;
  c.forfeited += amount;
}

void UndoForfeiture(int64_t amount, Commission& c) {
  c.forfeited_from += amount;
  c.forfeited -= amount;
}

int64_t HoldWanted(const Commission& c, int64_t target, bool hold_all) {
  if (hold_all) return target;
  if (c.open_disputed == 0 || target == 0) return 0;
  // Both sums are bounded by int64 when they are recorded; their sum need not be.
  const __int128 lost = static_cast<__int128>(c.given_back) + c.open_disputed;
  const int64_t gone = lost > c.collected ? c.collected : static_cast<int64_t>(lost);
  return target - DueAfter(c, gone);
}

CommissionMoved MoveCommission(const CommissionMove& from, int64_t target, int64_t hold_wanted) {
  Mover mover(from);
  if (target < from.booked) mover.Reverse(from.booked - target);
  if (target > from.booked) mover.UndoReversal(target - from.booked);
  if (hold_wanted > mover.held()) mover.Hold(hold_wanted - mover.held());
  if (hold_wanted < mover.held()) mover.Release(mover.held() - hold_wanted);
  return std::move(mover).Done();
}

std::vector<Leg> Mature(const Earner& earner, int64_t amount, Day matures_on, int64_t* recouped) {
  std::vector<Leg> legs = CreditPayable(earner, AccountKind::kCommissionPending, amount, matures_on);
  *recouped = std::min(amount, earner.receivable);
  return legs;
}

std::vector<Leg> CreditPayable(const Earner& earner, AccountKind debit, int64_t amount, Day day) {
  std::vector<Leg> legs;
  const int64_t recouped = std::min(amount, earner.receivable);
  if (recouped > 0) {
    legs.push_back({debit, AccountKind::kPartnerReceivable, recouped, std::max(day, earner.receivable_day)});
  }
  if (amount > recouped) {
    legs.push_back({debit, AccountKind::kCommissionPayable, amount - recouped, day});
  }
  return legs;
}

std::vector<Leg> TakePayable(const Earner& earner, AccountKind credit, int64_t amount, Day day) {
  std::vector<Leg> legs;
  const int64_t payable = std::min(amount, earner.payable);
  if (payable > 0) {
    legs.push_back({AccountKind::kCommissionPayable, credit, payable, std::max(day, earner.payable_day)});
  }
  if (amount > payable) legs.push_back({AccountKind::kPartnerReceivable, credit, amount - payable, day});
  return legs;
}

}  // namespace trailbook
