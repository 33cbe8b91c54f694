// What holds for a commission whatever happens to its payment, over random lives of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <rapidcheck/gtest.h>

#include "ledger/domain/commission.h"
#include "ledger/domain/money.h"
#include "tests/ledger/domain/accounts_in_memory.h"

namespace trailbook {
namespace {

constexpr int64_t kLarge = int64_t{1} << 50;

// One payment's commission, with the partner who has nothing else. Books what happens the way a ledger does: what is
// due by the day of an event matures before it.
class Life {
 public:
  Life(int64_t collected, int64_t base, int32_t bps, Day hold_days) {
    c_.collected = collected;
    c_.base = base;
    c_.rate_bps = bps;
    c_.matures_on = hold_days;
    c_.booked = c_.pending = c_.accrued = TargetOf(c_);
    if (c_.booked > 0) {
      Post({{AccountKind::kCommissionExpense, AccountKind::kCommissionPending, c_.booked, 0}});
    }
  }

  void GiveBack(int64_t cash, Day day) {
    c_.given_back += cash;
    Move(day);
  }
  void OpenDispute(int64_t cash, Day day) {
    c_.open_disputed += cash;
    Move(day);
  }
  void WinDispute(int64_t cash, Day day) { OpenDispute(-cash, day); }
  void LoseDispute(int64_t cash, Day day) {
    c_.open_disputed -= cash;
    GiveBack(cash, day);
  }
  // All that is payable goes out.
  void PayOut(Day day) {
    MatureThrough(day);
    if (accounts_.earner().payable == 0) return;
    const Day booked = std::max(day, accounts_.earner().payable_day);
    paid_ += accounts_.earner().payable;
    unpaid_released_ = 0;
    Post({{AccountKind::kCommissionPayable, AccountKind::kCash, accounts_.earner().payable, booked}});
  }
  void MatureThrough(Day day) {
    if (day < c_.matures_on || matured_ || c_.pending == 0) return;
    int64_t recouped = 0;
    const std::vector<Leg> legs = Mature(accounts_.earner(), c_.pending, c_.matures_on, &recouped);
    matured_ = true;
    unpaid_released_ += c_.pending - recouped;
    c_.pending = 0;
    Post(legs);
  }

  const Commission& commission() const { return c_; }
  const AccountsInMemory& accounts() const { return accounts_; }
  int64_t paid() const { return paid_; }
  // The first thing that went wrong.
  const std::string& wrong() const { return wrong_; }

 private:
  void Move(Day day) {
    MatureThrough(day);
    CommissionMove from;
    from.booked = c_.booked;
    from.pending = c_.pending;
    from.held = c_.held;
    from.unpaid_released = unpaid_released_;
    from.matured = matured_;
    from.matures_on = c_.matures_on;
    from.earner = accounts_.earner();
    from.event_day = day;
    const int64_t target = TargetOf(c_);
    const CommissionMoved moved = MoveCommission(from, target, HoldWanted(c_, target, false));
    c_.booked = moved.booked;
    c_.pending = moved.pending;
    c_.held = moved.held;
    Post(moved.legs);
    // With one commission, what is payable is all its own.
    unpaid_released_ = accounts_.earner().payable;
    if (wrong_.empty() && c_.booked != target) wrong_ = "it does not come to its target";
  }
  void Post(const std::vector<Leg>& legs) {
    std::string wrong = accounts_.Post(legs);
    if (wrong_.empty()) wrong_ = std::move(wrong);
  }

  Commission c_;
  AccountsInMemory accounts_;
  int64_t unpaid_released_ = 0, paid_ = 0;
  bool matured_ = false;
  std::string wrong_;
};

Life AnyLife() {
  const int64_t collected = *rc::gen::inRange<int64_t>(1, kLarge);
  const int64_t base = *rc::gen::inRange<int64_t>(0, collected + 1);
  return Life(collected, base, *rc::gen::inRange(0, 1001), *rc::gen::inRange(0, 60));
}

RC_GTEST_PROP(CommissionLife, AFullRefundInAnySplitAndOrderNetsToExactlyNothing, ()) {
  Life life = AnyLife();
  int64_t left = life.commission().collected;
  const auto days = *rc::gen::container<std::vector<Day>>(rc::gen::inRange(0, 90));
  for (const Day day : days) {
    const int64_t part = *rc::gen::inRange<int64_t>(0, left + 1);
    left -= part;
    life.GiveBack(part, day);
    if (*rc::gen::inRange(0, 4) == 0) life.PayOut(day);
  }
  life.GiveBack(left, *rc::gen::inRange(0, 90));
  RC_ASSERT(life.wrong() == "");
  RC_ASSERT(life.accounts().BelowZero() == "");
  RC_ASSERT(life.commission().booked == 0);
  RC_ASSERT(life.commission().pending == 0);
  RC_ASSERT(life.commission().held == 0);
  // He keeps nothing: what was paid out is owed.
  RC_ASSERT(life.accounts().Net() + life.paid() == 0);
}

// An open dispute of a life, as cash.
struct OpenDisputes {
  std::vector<int64_t> cash;
  int64_t Take() {
    const int64_t last = cash.back();
    cash.pop_back();
    return last;
  }
};

void HappenOnce(Life& life, OpenDisputes& open) {
  const Day day = *rc::gen::inRange(0, 90);
  const int64_t cash = *rc::gen::inRange<int64_t>(1, life.commission().collected + 1);
  switch (*rc::gen::inRange(0, 7)) {
    case 0: return life.GiveBack(cash, day);
    case 1: return life.GiveBack(-std::min(cash, life.commission().given_back), day);  // a refund failed
    case 2: return life.PayOut(day);
    case 3: return life.MatureThrough(day);
    case 4:
      if (!open.cash.empty()) return life.WinDispute(open.Take(), day);
      break;
    case 5:
      if (!open.cash.empty()) return life.LoseDispute(open.Take(), day);
      break;
    default: break;
  }
  open.cash.push_back(cash);
  life.OpenDispute(cash, day);
}

RC_GTEST_PROP(CommissionLife, WhateverHappensKeepsThePromises, ()) {
  Life life = AnyLife();
  OpenDisputes open;
  const int steps = *rc::gen::inRange(1, 12);
  for (int step = 0; step < steps; ++step) {
    HappenOnce(life, open);
    const Commission& c = life.commission();
    RC_ASSERT(life.wrong() == "");
    RC_ASSERT(life.accounts().BelowZero() == "");
    RC_ASSERT(c.booked * 10 <= c.base);
    RC_ASSERT(c.held >= 0);
    RC_ASSERT(c.pending >= 0);
    RC_ASSERT(c.pending + c.held <= c.booked);
    // Where the money is comes to what the commission comes to.
    RC_ASSERT(life.accounts().Net() + life.paid() == c.booked);
    RC_ASSERT(life.accounts().earner().held == c.held);
  }
}

// A partner with others' money around, in any state that the ledger allows.
CommissionMove AnyMove() {
  CommissionMove from;
  const auto part = [] { return *rc::gen::inRange<int64_t>(0, kLarge); };
  const auto day = [] { return *rc::gen::inRange(0, 100); };
  from.pending = part();
  from.held = part();
  const int64_t released = part();
  from.booked = from.pending + from.held + released;
  from.unpaid_released = std::min(part(), released);
  from.matures_on = day();
  from.event_day = day();
  from.matured = *rc::gen::arbitrary<bool>();
  if (from.matured) from.booked -= std::exchange(from.pending, 0);
  from.earner.pending = from.pending + part();
  from.earner.held = from.held + part();
  from.earner.payable = part();
  from.earner.receivable = part();
  from.earner.pending_day = day();
  from.earner.held_day = day();
  from.earner.payable_day = day();
  from.earner.receivable_day = day();
  return from;
}

RC_GTEST_PROP(MoveCommission, TakesNothingThatIsNotThereNorBeforeTheLatestBookingDay, ()) {
  const CommissionMove from = AnyMove();
  const int64_t target = *rc::gen::inRange<int64_t>(0, 2 * from.booked + 1);
  const int64_t hold = *rc::gen::inRange<int64_t>(0, target + 1);
  const CommissionMoved moved = MoveCommission(from, target, hold);
  AccountsInMemory accounts(from.earner);
  RC_ASSERT(accounts.Post(moved.legs) == "");
  RC_ASSERT(accounts.BelowZero() == "");
  for (const Leg& leg : moved.legs) RC_ASSERT(leg.day >= from.event_day);
  RC_ASSERT(moved.booked == target);
  RC_ASSERT(moved.held <= hold);
  RC_ASSERT(accounts.Net() - AccountsInMemory(from.earner).Net() == target - from.booked);
  // Only its own pending and held moved.
  RC_ASSERT(from.earner.pending - accounts.earner().pending == from.pending - moved.pending);
  RC_ASSERT(from.earner.held - accounts.earner().held == from.held - moved.held);
}

RC_GTEST_PROP(HoldWanted, IsBetweenNothingAndTheTargetAndGrowsWithWhatIsDisputed, ()) {
  Commission c;
  c.collected = *rc::gen::inRange<int64_t>(1, kLarge);
  c.base = *rc::gen::inRange<int64_t>(0, c.collected + 1);
  c.rate_bps = *rc::gen::inRange(0, 1001);
  c.given_back = *rc::gen::inRange<int64_t>(0, 2 * c.collected);
  c.open_disputed = *rc::gen::inRange<int64_t>(0, 2 * c.collected);
  const int64_t target = TargetOf(c);
  const int64_t held = HoldWanted(c, target, false);
  RC_ASSERT(held >= 0);
  RC_ASSERT(held <= target);
  c.open_disputed += *rc::gen::inRange<int64_t>(0, c.collected);
  RC_ASSERT(HoldWanted(c, target, false) >= held);
}

}  // namespace
}  // namespace trailbook
