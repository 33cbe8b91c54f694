// RULES 3, 4 and 5: what a payment earns, what refunds and disputes take back and hold, and when it matures.
#include <algorithm>

#include "tests/model/model.h"

namespace trailbook::model {

bool IsDead(PayoutState state) {
  return state == PayoutState::kFailed || state == PayoutState::kReturned || state == PayoutState::kCancelled;
}

int64_t HalfEven(int64_t a, int64_t b, int64_t c) {
  const __int128 product = static_cast<__int128>(a) * b;
  __int128 whole = product / c;
  const __int128 twice = (product % c) * 2;
  if (twice > c || (twice == c && whole % 2 == 1)) ++whole;
  return static_cast<int64_t>(whole);
}

int64_t DueOn(int64_t base, int64_t bps) {
  return std::min(HalfEven(base, bps, 10000), static_cast<int64_t>(static_cast<__int128>(base) * 1000 / 10000));
}

int64_t Remaining(int64_t collected, int64_t base, int64_t given_back, int64_t bps) {
  if (collected == 0) return 0;
  return DueOn(base - HalfEven(base, given_back, collected), bps);
}

Model::Pair Model::PairOf(int payment) const {
  return {Owner(payments_[payment].partner), payments_[payment].report.collected.currency};
}

// R: never more than was collected.
int64_t Model::GivenBack(int payment, bool with_open_disputes) const {
  __int128 sum = 0;
  for (const auto& [id, refund] : refunds_) {
    if (refund.payment == payment && !refund.failed) sum += refund.report.amount.minor_units;
  }
  for (const auto& [id, dispute] : disputes_) {
    if (dispute.payment != payment) continue;
    const bool counts =
        dispute.phase == DisputePhase::kLost || (with_open_disputes && dispute.phase == DisputePhase::kOpen);
    if (counts) sum += dispute.report.amount.minor_units;
  }
  const __int128 collected = payments_[payment].report.collected.minor_units;
  return static_cast<int64_t>(std::min(sum, collected));
}

// What is due of a commission after what was given back. A sign-up bonus is whole until everything was.
int64_t Model::LeftAfter(int payment, bool with_open_disputes) const {
  const PaymentState& state = payments_[payment];
  const int64_t collected = state.report.collected.minor_units;
  const int64_t given_back = GivenBack(OriginOf(payment), with_open_disputes);
  if (state.bonus_of >= 0) return given_back >= collected ? 0 : state.accrued;
  return Remaining(collected, state.report.base, given_back, state.bps);
}

// What the books say that the commission comes to.
int64_t Model::Booked(int payment) const {
  int64_t sum = 0;
  for (const auto& [pair, one] : MovementsOf(payment)) {
    const Movement& movement = *one;
    if (movement.from == Account::kExpense || movement.from == Account::kBonusExpense ||
        movement.from == Account::kReversed || movement.from == Account::kTransfer) {
      sum += movement.amount;
    }
    if (movement.to == Account::kReversed || movement.to == Account::kTransfer) sum -= movement.amount;
  }
  return sum;
}

// True if the maturity of its day has run: what comes back later, though dated before it, cannot mature with it any
// more.
bool Model::HasMatured(int payment) const { return MaturityOf(payment) != 0; }

// Whether a maturity (counted from 1) was that of a commission's day and of the partner who had it then.
bool Model::TakesAlong(int run, int payment) const {
  const PaymentState& state = payments_[payment];
  const MaturityRun& one = maturities_[run - 1];
  if (one.currency != state.report.collected.currency || one.day != state.mature_day || payment >= one.known) {
    return false;
  }
  int since = state.first_run;
  for (int partner = state.partner; partner >= 0; partner = partners_[partner].merged_into) {
    if (one.partner == partner && run > since) return true;
    since = std::max(since, partners_[partner].runs_before_merge);
  }
  return false;
}

// The maturity that took the commission along; 0 for none.
int Model::MaturityOf(int payment) const {
  for (int run = 1; run <= static_cast<int>(maturities_.size()); ++run) {
    if (TakesAlong(run, payment)) return run;
  }
  return 0;
}

// Where the money of a line is by now: whether nobody paid it out, and the live payout that has it (0: none). A dead
// payout keeps its lines; where its gross came back as a line (the last time: it may have arrived after all in
// between), that line has the money. With a merge all lines of the one go into one of the other's. Where either settled
// a receivable the money is gone.
std::pair<bool, int> Model::WhereItWent(Pair pair, int payout) const {
  while (true) {
    const int into = partners_[pair.first].merged_into;
    if (payout == 0 && into < 0) return {true, 0};
    if (payout != 0 && !IsDead(payouts_[payout - 1].state)) return {false, payout};
    const Movement* next = nullptr;
    for (const auto& [owner, movements] : books_) {
      for (const Movement& movement : movements) {
        if (owner.second != pair.second || movement.to != Account::kPayable) continue;
        const bool follows = payout == 0
                                 ? movement.merged_from == pair.first
                                 : movement.back_of == payout && movement.entry == payouts_[payout - 1].back_entry;
        if (!follows) continue;
        next = &movement;
        pair = owner;
        break;
      }
      if (next != nullptr) break;
    }
    if (next == nullptr) return {false, 0};
    payout = next->payout;
  }
}

bool Model::IsUnpaid(const Pair& pair, int payout) const { return WhereItWent(pair, payout).first; }

// How much of a commission stands in lines of payable that are unpaid. What settled a receivable is as good as paid; of
// the line of a maturity that did so in part, no commission has more than the line. Below zero where reversals took the
// partner's other money for what was paid.
int64_t Model::UnpaidLines(int payment) const {
  int64_t sum = 0, matured = 0, line = 0;
  for (const auto& [pair, movement] : MovementsOf(payment)) {
    if (movement->maturity != 0) {
      matured += movement->amount;
    } else if (movement->merged_from < 0 && IsUnpaid(pair, movement->payout)) {
      if (movement->to == Account::kPayable) sum += movement->amount;
      if (movement->from == Account::kPayable) sum -= movement->amount;
    }
  }
  const int maturity = MaturityOf(payment);
  for (const auto& [pair, movements] : books_) {
    for (const Movement& movement : movements) {
      if (maturity == 0 || movement.maturity != maturity || movement.to != Account::kPayable) continue;
      if (IsUnpaid(pair, movement.payout)) line += movement.amount;
    }
  }
  return sum + std::min(matured, line);
}

// What is neither pending nor held: payable, in a payout or paid.
int64_t Model::Released(int payment) const {
  return Booked(payment) - PartOf(payment, Account::kPending) - PartOf(payment, Account::kHeld);
}

void Model::Accrue(int payment) {
  PaymentState& state = payments_[payment];
  state.entry = ++entries_;
  earners_.insert(PairOf(payment));
  Move(PairOf(payment), {.day = state.day,
                         .from = state.bonus_of < 0 ? Account::kExpense : Account::kBonusExpense,
                         .to = Account::kPending,
                         .amount = state.accrued,
                         .commission = payment});
  HoldAgain(payment, state.day);
}

// Refunds and lost disputes take first what was taken for good already.
int64_t Model::WithoutForfeited(int payment, int64_t due) const {
  const PaymentState& state = payments_[payment];
  return std::min(due, state.kept) + std::max<int64_t>(0, due - state.kept - state.forfeited);
}

// What is left after what was given back, less what was taken for good; nothing of a referral that was rejected.
int64_t Model::Target(int payment) const {
  if (referrals_.at(payments_[payment].report.customer_id).rejected) return 0;
  return WithoutForfeited(payment, LeftAfter(payment, false));
}

// Brings a commission to what its refunds and disputes demand, at an event of its payment; one that is dated before the
// payment itself (clocks differ) counts as of that day.
void Model::Bring(int payment, Day event) {
  event = std::max({event, payments_[payment].day, payments_[payment].moved_day});
  Mature(PairOf(payment), event);
  ++entries_;
  const PaymentState& state = payments_[payment];
  if (state.accrued > 0) {
    const int64_t target = Target(payment);
    const int64_t change = target - Booked(payment);
    if (change < 0) Reverse(payment, -change, event);
    if (change > 0) Restore(payment, change, event);
  }
  HoldAgain(payment, event);
}

// At an event of a payment: its commission, and then its bonus.
void Model::BringWithBonus(int payment, Day event) {
  Bring(payment, event);
  for (int bonus = payment + 1; bonus < static_cast<int>(payments_.size()); ++bonus) {
    if (payments_[bonus].bonus_of == payment) Bring(bonus, event);
  }
}

// Own pending, own held, the partner's free payable, then the partner owes it.
void Model::Reverse(int payment, int64_t amount, Day event) {
  const Pair pair = PairOf(payment);
  const auto take = [&](Account from, int64_t available) {
    const int64_t part = std::min(amount, available);
    Move(pair, {.day = TakeDay(pair, from, event),
                .from = from,
                .to = Account::kReversed,
                .amount = part,
                .commission = payment});
    amount -= part;
  };
  take(Account::kPending, PartOf(payment, Account::kPending));
  take(Account::kHeld, PartOf(payment, Account::kHeld));
  take(Account::kPayable, Balance(pair, Account::kPayable));
  take(Account::kReceivable, amount);
}

void Model::Restore(int payment, int64_t amount, Day event) {
  Movement back{
      .day = event, .from = Account::kReversed, .to = Account::kPending, .amount = amount, .commission = payment};
  const Day matures = payments_[payment].mature_day;
  if (event < matures && !HasMatured(payment)) return Move(PairOf(payment), back);
  back.day = std::max(event, matures);
  CreditPayable(PairOf(payment), back);
}

// What losing every open dispute would reverse; under a review or a ban everything.
int64_t Model::MustHold(int payment) const {
  const PaymentState& state = payments_[payment];
  const int64_t booked = Booked(payment);
  const bool banned = partners_[Owner(state.partner)].state == PartnerStateKind::kBanned;
  if (banned || referrals_.at(state.report.customer_id).review) return booked;
  const int64_t all_lost = WithoutForfeited(payment, LeftAfter(payment, true));
  return std::max<int64_t>(0, booked - all_lost);
}

void Model::HoldAgain(int payment, Day event) {
  const Pair pair = PairOf(payment);
  int64_t more = MustHold(payment) - PartOf(payment, Account::kHeld);
  if (more < 0) {
    Movement release{.day = TakeDay(pair, Account::kHeld, event),
                     .from = Account::kHeld,
                     .to = Account::kPending,
                     .amount = -more,
                     .commission = payment};
    const Day matures = payments_[payment].mature_day;
    if (release.day < matures && !HasMatured(payment)) return Move(pair, release);
    release.day = std::max(release.day, matures);
    return CreditPayable(pair, release);
  }
  const auto hold = [&](Account from, int64_t available) {
    const int64_t part = std::min(more, available);
    Move(
        pair,
        {.day = TakeDay(pair, from, event), .from = from, .to = Account::kHeld, .amount = part, .commission = payment});
    more -= part;
  };
  hold(Account::kPending, PartOf(payment, Account::kPending));
  const int64_t unpaid = std::clamp<int64_t>(UnpaidLines(payment), 0, std::max<int64_t>(0, Released(payment)));
  hold(Account::kPayable, std::min(unpaid, Balance(pair, Account::kPayable)));
}

// Everything of a partner and currency that matures by a day, booked per day on which it matures.
void Model::Mature(const Pair& pair, Day through) {
  std::map<Day, std::vector<int>> due;
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (PairOf(payment) != pair || payments_[payment].mature_day > through) continue;
    if (PartOf(payment, Account::kPending) > 0) {
      due[payments_[payment].mature_day].push_back(payment);
    }
  }
  for (const auto& [day, payments] : due) {
    const Day recouped = std::max(day, Latest(pair, Account::kReceivable));
    ++entries_;
    maturities_.push_back({pair.first, pair.second, day, static_cast<int>(payments_.size())});
    for (int payment : payments) {
      const int64_t amount = PartOf(payment, Account::kPending);
      const int64_t settles = std::min(amount, Balance(pair, Account::kReceivable));
      Movement movement{
          .from = Account::kPending, .commission = payment, .maturity = static_cast<int>(maturities_.size())};
      movement.day = recouped;
      movement.to = Account::kReceivable;
      movement.amount = settles;
      Move(pair, movement);
      movement.day = day;
      movement.to = Account::kPayable;
      movement.amount = amount - settles;
      Move(pair, movement);
    }
  }
}

std::map<std::pair<std::string, Day>, int64_t> Model::Maturing(int64_t now) const {
  std::map<std::pair<std::string, Day>, int64_t> maturing;
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    const int64_t amount = PartOf(payment, Account::kPending);
    if (amount != 0 && payments_[payment].mature_day > Today(now)) {
      maturing[{PairOf(payment).second, payments_[payment].mature_day}] += amount;
    }
  }
  return maturing;
}

// Without payouts nothing is ever owed or paid: a commission is held as far as it must be, and the rest is payable once
// its day has come.
Balances Model::ClosedForm(int partner, const std::string& currency, Day day) const {
  Balances at;
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    const PaymentState& state = payments_[payment];
    if (PairOf(payment) != Pair(partner, currency) || state.accrued == 0) continue;
    const int64_t now = LeftAfter(payment, false);
    const int64_t lost = LeftAfter(payment, true);
    const int64_t held = referrals_.at(state.report.customer_id).review ? now : now - lost;
    at.held += held;
    (state.mature_day <= day ? at.payable : at.pending) += now - held;
  }
  return at;
}

}  // namespace trailbook::model
