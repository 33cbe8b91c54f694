// RULES 4, 6 and 7: what persons decide: corrections by two of them, partners that leave, are banned or merged,
// reviews, referrals that move.
#include <algorithm>

#include "tests/model/model.h"

namespace trailbook::model {

namespace {

bool KnownCurrency(const std::string& currency) {
  static const std::set<std::string> known = {"INR", "USD", "EUR", "JPY", "KWD"};
  return known.count(currency) > 0;
}

}  // namespace

std::string Model::Change(const ProposeCorrection& change, const std::string& actor, int64_t, Answer& answer) {
  if (change.reason.empty()) return "INVALID_FIELD";
  CorrectionModel correction{change.kind,   0,     change.currency,
                             change.amount, actor, change.cash_account.empty() ? "main" : change.cash_account};
  if (change.kind == CorrectionKind::kReversal) {
    if (change.reverses < 1 || change.reverses > static_cast<int64_t>(corrections_.size())) return "NOT_FOUND";
    const CorrectionModel& undone = corrections_[change.reverses - 1];
    const bool can = undone.booked && undone.kind != CorrectionKind::kReversal && undone.reversed_by == 0;
    if (!can) return "WRONG_STATE";
    correction.partner = undone.partner;
    correction.currency = undone.currency;
    correction.amount = -undone.amount;
    correction.cash = undone.cash;
    correction.reverses = static_cast<int>(change.reverses);
  } else {
    if (std::string bad = Named(change.partner_id, &correction.partner); !bad.empty()) return bad;
    if (!KnownCurrency(change.currency)) return "UNKNOWN_CURRENCY";
    if (change.kind == CorrectionKind::kForfeiture) {
      if (partners_[correction.partner].state != PartnerStateKind::kBanned) return "WRONG_STATE";
      correction.amount = 0;
      corrections_.push_back(correction);
      answer.number = static_cast<int64_t>(corrections_.size());
      return "";
    }
    const bool lowers_debt = change.kind == CorrectionKind::kWriteOff || change.kind == CorrectionKind::kRepayment;
    const int64_t owed = Balance({correction.partner, change.currency}, Account::kReceivable);
    if (lowers_debt ? change.amount <= 0 || change.amount > owed : change.amount == 0) return "AMOUNT_OUT_OF_RANGE";
  }
  corrections_.push_back(correction);
  answer.number = static_cast<int64_t>(corrections_.size());
  return "";
}

std::string Model::Change(const DecideCorrection& change, const std::string& actor, int64_t now, Answer&) {
  if (change.correction < 1 || change.correction > static_cast<int64_t>(corrections_.size())) return "NOT_FOUND";
  CorrectionModel& correction = corrections_[change.correction - 1];
  if (correction.booked || correction.rejected) return "WRONG_STATE";
  if (!change.approve) {
    if (change.reason.empty()) return "INVALID_FIELD";
    correction.rejected = true;
    return "";
  }
  if (correction.proposer == actor) return "SAME_PERSON";
  if (correction.reverses != 0 && corrections_[correction.reverses - 1].reversed_by != 0) return "WRONG_STATE";
  if (std::string bad = Book(correction, Today(now)); !bad.empty()) return bad;
  correction.booked = true;
  if (correction.reverses != 0) corrections_[correction.reverses - 1].reversed_by = static_cast<int>(change.correction);
  return "";
}

// RULES 8: an adjustment, a write-off or a repayment; below zero what undoes one, or an adjustment that takes.
std::string Model::Book(CorrectionModel& correction, Day today) {
  const Pair pair(Owner(correction.partner), correction.currency);
  const CorrectionKind kind = correction.reverses != 0 ? corrections_[correction.reverses - 1].kind : correction.kind;
  if (kind == CorrectionKind::kForfeiture) {
    return correction.reverses == 0 ? Forfeit(pair, correction, today) : GiveBackForfeited(pair, correction, today);
  }
  const bool adjusts = kind == CorrectionKind::kAdjustment;
  Model looks = *this;
  looks.Mature(pair, today);
  // A refusal changes nothing: what is due matures with the correction or not at all.
  if (!adjusts && correction.amount > looks.Balance(pair, Account::kReceivable)) return "WRONG_STATE";
  Mature(pair, today);
  ++entries_;
  const int64_t amount = correction.amount < 0 ? -correction.amount : correction.amount;
  if (!adjusts) {
    const Account other = kind == CorrectionKind::kWriteOff ? Account::kBadDebt : Account::kRepaid;
    Movement movement{.day = today, .amount = amount, .funding = other == Account::kRepaid ? correction.cash : ""};
    movement.from = correction.amount > 0 ? other : Account::kReceivable;
    movement.to = correction.amount > 0 ? Account::kReceivable : other;
    if (correction.amount > 0) movement.day = std::max(today, Latest(pair, Account::kReceivable));
    Move(pair, movement);
    return "";
  }
  if (correction.amount > 0) {
    CreditPayable(pair, {.day = today, .from = Account::kAdjustment, .amount = amount});
    return "";
  }
  const int64_t free = std::min(amount, Balance(pair, Account::kPayable));
  Move(pair, {.day = TakeDay(pair, Account::kPayable, today),
              .from = Account::kPayable,
              .to = Account::kAdjustment,
              .amount = free});
  Move(pair, {.day = today, .from = Account::kReceivable, .to = Account::kAdjustment, .amount = amount - free});
  return "";
}

// RULES 7: what a banned partner has and was not paid: commission by commission what is held and what is payable, then
// what else is payable.
std::string Model::Forfeit(const Pair& pair, CorrectionModel& correction, Day today) {
  if (EarnedIn(pair.first).count(pair.second) == 0) return "WRONG_STATE";
  Mature(pair, today);
  const auto his = [&](int payment) { return PairOf(payment) == pair; };
  HoldAnew(his, today);
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (his(payment)) correction.amount += TakeForGood(payment, PartOf(payment, Account::kHeld), &correction, today);
  }
  for (const int member : Family(pair.first)) {
    for (const int payment : LatestFirst(member)) {
      if (!his(payment)) continue;
      const int64_t unpaid = std::min({UnpaidLines(payment), Released(payment), Balance(pair, Account::kPayable)});
      correction.amount += TakeForGood(payment, std::max<int64_t>(0, unpaid), &correction, today);
    }
  }
  ++entries_;
  const int64_t payable = Balance(pair, Account::kPayable);
  Move(pair, {.day = TakeDay(pair, Account::kPayable, today),
              .from = Account::kPayable,
              .to = Account::kReversed,
              .amount = payable});
  correction.amount += payable;
  return "";
}

int64_t Model::TakeForGood(int payment, int64_t amount, CorrectionModel* correction, Day today) {
  if (amount == 0) return 0;
  PaymentState& state = payments_[payment];
  state.kept = WithoutForfeited(payment, LeftAfter(payment, false)) - amount;
  state.forfeited += amount;
  if (correction != nullptr) {
    CorrectionModel::Part& part = correction->parts[state.entry];
    part.payment = payment;
    part.amount += amount;
  }
  Bring(payment, today);
  return amount;
}

// A forfeiture undone: each commission gets back what was taken of it, unless its payment was refunded meanwhile, and
// the partner the rest.
std::string Model::GiveBackForfeited(const Pair& pair, CorrectionModel& correction, Day today) {
  const CorrectionModel& forfeiture = corrections_[correction.reverses - 1];
  Mature(pair, today);
  int64_t rest = forfeiture.amount;
  correction.amount = 0;
  for (const auto& [entry, part] : forfeiture.parts) {
    const int64_t before = Booked(part.payment);
    payments_[part.payment].kept += part.amount;
    payments_[part.payment].forfeited -= part.amount;
    Bring(part.payment, today);
    rest -= part.amount;
    correction.amount -= Booked(part.payment) - before;
  }
  ++entries_;
  CreditPayable(pair, {.day = today, .from = Account::kReversed, .amount = rest});
  correction.amount -= rest;
  return "";
}

// A partner's commissions in the order in which he had them, the last one first.
std::vector<int> Model::LatestFirst(int partner) const {
  std::vector<std::pair<int, int>> latest_first;
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (payments_[payment].partner == partner && payments_[payment].accrued > 0) {
      latest_first.emplace_back(-payments_[payment].entry, payment);
    }
  }
  std::sort(latest_first.begin(), latest_first.end());
  std::vector<int> payments;
  for (const auto& [entry, payment] : latest_first) payments.push_back(payment);
  return payments;
}

// The books up to a day that is over never change again, once everything that was due by it is booked.
std::string Model::Change(const ClosePeriod& change, const std::string&, int64_t now, Answer&) {
  const auto through = ParseDay(change.through_date);
  if (!through.ok() || *through >= Today(now)) return "INVALID_FIELD";
  if (closed_through_ && *through <= *closed_through_) return "WRONG_STATE";
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (payments_[payment].mature_day > *through) continue;
    if (PartOf(payment, Account::kPending) > 0) return "SWEEP_NOT_DONE";
  }
  closed_through_ = *through;
  return "";
}

std::string Model::Change(const SetPartnerState& change, const std::string&, int64_t now, Answer&) {
  int partner = 0;
  if (std::string bad = Named(change.partner_id, &partner); !bad.empty()) return bad;
  if (change.reason.empty()) return "INVALID_FIELD";
  PartnerState& state = partners_[partner];
  if (state.state == change.state) return "WRONG_STATE";
  const bool was_banned = state.state == PartnerStateKind::kBanned;
  state.state = change.state;
  const bool refers = change.state == PartnerStateKind::kActive || change.state == PartnerStateKind::kBanned;
  state.left_time = refers ? 0 : now;
  // A ban holds what comes; lifting it is a person's decision that lets go what it held.
  if (was_banned) {
    HoldAnew([&](int payment) { return Owner(payments_[payment].partner) == partner; }, Today(now));
  }
  return "";
}

std::string Model::Change(const DecideReview& change, const std::string&, int64_t now, Answer&) {
  if (change.reason.empty()) return "INVALID_FIELD";
  const auto bound = referrals_.find(change.customer_id);
  if (bound == referrals_.end()) return "NOT_FOUND";
  if (!bound->second.review) return "WRONG_STATE";
  bound->second.review = false;
  bound->second.rejected = change.reject;
  const auto his = [&](int payment) { return payments_[payment].report.customer_id == change.customer_id; };
  if (!change.reject) {
    HoldAnew(his, Today(now));
    return "";
  }
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (his(payment)) TakeForGood(payment, PartOf(payment, Account::kHeld), nullptr, Today(now));
  }
  return "";
}

// Commissions of which something is held or disputed, after the reason for holding may have gone.
void Model::HoldAnew(const std::function<bool(int)>& concerns, Day today) {
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (!concerns(payment)) continue;
    const int64_t held = PartOf(payment, Account::kHeld);
    const bool disputed = std::any_of(disputes_.begin(), disputes_.end(), [&](const auto& one) {
      return one.second.payment == OriginOf(payment) && one.second.phase == DisputePhase::kOpen;
    });
    if (held == 0 && !disputed) continue;
    const int64_t wanted = MustHold(payment);
    if (wanted == held || (wanted > held && UnpaidLines(payment) <= 0)) continue;
    Bring(payment, today);
  }
}

// RULES 6: the future, and on request the unpaid past: each of its commissions goes from every account of the one to
// the same account of the other, what is payable after what that one owes. What was paid, or settled a debt, stays.
std::string Model::Change(const ReassignReferral& change, const std::string&, int64_t now, Answer& answer) {
  if (change.reason.empty()) return "INVALID_FIELD";
  const auto bound = referrals_.find(change.customer_id);
  if (bound == referrals_.end()) return "NOT_FOUND";
  int to = 0;
  if (std::string bad = Named(change.partner_id, &to); !bad.empty()) return bad;
  Referral& referral = bound->second;
  const int from = Owner(referral.partner);
  if (from == to || referral.review || referral.rejected) return "WRONG_STATE";
  if (partners_[to].state != PartnerStateKind::kActive) return "WRONG_STATE";
  referral.partner = to;
  referral.promise = PromiseOn(to, referral.day);
  CountPaying(to);
  if (!change.unpaid_past) return "";
  for (const int member : Family(from)) {
    for (const int payment : LatestFirst(member)) {
      if (payments_[payment].report.customer_id != change.customer_id) continue;
      answer.number += Transfer(payment, to, Today(now)) ? 1 : 0;
    }
  }
  return "";
}

bool Model::Transfer(int payment, int to, Day today) {
  const Pair old = PairOf(payment), pair(to, old.second);
  Mature(old, today);
  Mature(pair, today);
  const int64_t pending = PartOf(payment, Account::kPending);
  const int64_t held = PartOf(payment, Account::kHeld);
  const int64_t released = Released(payment);
  if (std::min(UnpaidLines(payment), released) != released || released > Balance(old, Account::kPayable)) return false;
  ++entries_;
  const std::pair<Account, int64_t> parts[] = {
      {Account::kPending, pending}, {Account::kHeld, held}, {Account::kPayable, released}};
  for (const auto& [account, amount] : parts) {
    Move(old, {.day = today, .from = account, .to = Account::kTransfer, .amount = amount, .commission = payment});
  }
  PaymentState& state = payments_[payment];
  state.partner = to;
  earners_.insert(pair);
  ++state.life;
  state.first_run = static_cast<int>(maturities_.size());
  state.entry = entries_;
  state.moved_day = today;
  for (const auto& [account, amount] : parts) {
    const Movement movement{
        .day = today, .from = Account::kTransfer, .to = account, .amount = amount, .commission = payment};
    if (account != Account::kPayable) {
      Move(pair, movement);
    } else if (amount > 0) {
      CreditPayable(pair, movement);
    }
  }
  return true;
}

// RULES 7: nothing is re-owned in place; what the one has goes into the same accounts of the other, debts netted.
std::string Model::Change(const MergePartner& change, const std::string&, int64_t now, Answer&) {
  int from = 0, into = 0;
  if (std::string bad = Named(change.partner_id, &from); !bad.empty()) return bad;
  if (std::string bad = Named(change.into_partner_id, &into); !bad.empty()) return bad;
  if (change.reason.empty()) return "INVALID_FIELD";
  if (from == into || partners_[from].state == PartnerStateKind::kBanned) return "WRONG_STATE";
  if (partners_[into].state != PartnerStateKind::kActive) return "WRONG_STATE";
  const std::set<std::string> currencies = EarnedIn(from);
  for (const std::string& currency : currencies) {
    const Pair pair(from, currency);
    if (Balance(pair, Account::kReserved) != 0 || Balance(pair, Account::kInTransit) != 0) return "WRONG_STATE";
  }
  for (const std::string& currency : currencies) MoveBalances({from, currency}, {into, currency}, Today(now));
  partners_[from].state = PartnerStateKind::kMerged;
  partners_[from].merged_into = into;
  partners_[from].merges_before = merges_++;
  partners_[from].runs_before_merge = static_cast<int>(maturities_.size());
  CountPaying(into);
  return "";
}

void Model::MoveBalances(const Pair& from, const Pair& to, Day today) {
  Mature(from, today);
  Mature(to, today);
  earners_.insert(to);
  ++entries_;
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (PairOf(payment) != from) continue;
    for (const Account account : {Account::kPending, Account::kHeld}) {
      const int64_t amount = PartOf(payment, account);
      Move(from, {.day = today, .from = account, .to = Account::kTransfer, .amount = amount, .commission = payment});
      Move(to, {.day = today, .from = Account::kTransfer, .to = account, .amount = amount, .commission = payment});
    }
  }
  const int64_t payable = Balance(from, Account::kPayable), owed = Balance(from, Account::kReceivable);
  Move(from, {.day = today, .from = Account::kPayable, .to = Account::kTransfer, .amount = payable});
  CreditPayable(to, {.day = today, .from = Account::kTransfer, .amount = payable, .merged_from = from.first});
  const int64_t free = std::min(owed, Balance(to, Account::kPayable));
  Move(to, {.day = today, .from = Account::kPayable, .to = Account::kTransfer, .amount = free});
  Move(to, {.day = today, .from = Account::kReceivable, .to = Account::kTransfer, .amount = owed - free});
  Move(from, {.day = today, .from = Account::kTransfer, .to = Account::kReceivable, .amount = owed});
}

}  // namespace trailbook::model
