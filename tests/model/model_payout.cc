// RULES 9: whom a batch pays, and what becomes of its payouts.
#include <algorithm>
#include <utility>

#include "tests/model/model.h"

namespace trailbook::model {

namespace {

constexpr char kClearing[] = "clearing:fx";
std::string OnItsWay(const PayoutModel& payout) { return "liabilities:payout-in-transit:" + payout.method_type; }
std::string Bank(const BatchModel& batch) { return "assets:cash:" + batch.funding; }

}  // namespace

bool Pays(const std::string& method, const std::string& currency) {
  if (method == "bank_in") return currency == "INR";
  if (method == "sepa") return currency == "EUR";
  if (method == "ach") return currency == "USD";
  return method == "paypal" && (currency == "EUR" || currency == "USD" || currency == "JPY");
}

// RULES 2: a decimal rate, half to even.
void Model::Convert(const std::string& earned, const std::string& arrives, Planned& plan) const {
  static const std::map<std::string, int> digits = {{"INR", 2}, {"USD", 2}, {"EUR", 2}, {"JPY", 0}, {"KWD", 3}};
  plan.left_out = "NO_FX_RATE";
  for (size_t at = fx_rates_.size(); at > 0; --at) {
    const FxRateModel& rate = fx_rates_[at - 1];
    if (rate.from != earned || rate.to != arrives) continue;
    const size_t point = rate.rate.find('.');
    __int128 above = std::stoll(rate.rate.substr(0, point)), below = 1;
    for (const char digit : point == std::string::npos ? "" : rate.rate.substr(point + 1)) {
      above = above * 10 + (digit - '0');
      below *= 10;
    }
    for (int n = digits.at(earned); n < digits.at(arrives); ++n) above *= 10;
    for (int n = digits.at(arrives); n < digits.at(earned); ++n) below *= 10;
    const __int128 product = plan.amount * above;
    __int128 whole = product / below;
    const __int128 twice = (product % below) * 2;
    if (twice > below || (twice == below && whole % 2 == 1)) ++whole;
    if (whole == 0 || whole > INT64_MAX) return;
    plan.left_out.clear();
    plan.settlement = arrives;
    plan.settlement_amount = static_cast<int64_t>(whole);
    plan.fx_rate = static_cast<int64_t>(at);
    return;
  }
}

std::string Model::Change(const SetFxRate& change, const std::string&, int64_t now, Answer& answer) {
  static const std::set<std::string> known = {"INR", "USD", "EUR", "JPY", "KWD"};
  if (known.count(change.from_currency) == 0 || known.count(change.to_currency) == 0) return "UNKNOWN_CURRENCY";
  if (change.from_currency == change.to_currency) return "INVALID_FIELD";
  const bool above_zero = change.rate.find_first_of("123456789") != std::string::npos;
  if (!above_zero || change.rate.find_first_not_of("0123456789.") != std::string::npos) return "INVALID_FIELD";
  if (change.source.empty() || change.quote_time > now) return "INVALID_FIELD";
  fx_rates_.push_back({change.from_currency, change.to_currency, change.rate});
  answer.number = static_cast<int64_t>(fx_rates_.size());
  return "";
}

// What a step of a payout moves in the currency in which it arrives. Nothing books inside a closed period.
void Model::Settle(const PayoutModel& payout, const std::string& from, const std::string& to, Day day) {
  if (payout.settlement.empty()) return;
  if (closed_through_) day = std::max(day, *closed_through_ + 1);
  settlements_.push_back({day, payout.settlement, payout.settlement_amount, from, to});
}

BatchModel* Model::FindBatch(int64_t number) {
  if (number < 1 || number > static_cast<int64_t>(batches_.size())) return nullptr;
  return &batches_[number - 1];
}

// The unpaid lines booked up to the cutoff, and every negative one whatever its day. What one entry booked on one day
// is one line.
std::vector<Movement*> Model::LinesOf(const Pair& pair, Day cutoff) {
  std::map<std::pair<int, Day>, int64_t> sums;
  const auto touches = [](const Movement& movement) {
    return movement.payout == 0 && (movement.to == Account::kPayable || movement.from == Account::kPayable);
  };
  for (const Movement& movement : books_[pair]) {
    if (!touches(movement)) continue;
    sums[{movement.entry, movement.day}] += movement.to == Account::kPayable ? movement.amount : -movement.amount;
  }
  std::vector<Movement*> lines;
  for (Movement& movement : books_[pair]) {
    if (!touches(movement)) continue;
    if (movement.day <= cutoff || sums[{movement.entry, movement.day}] < 0) lines.push_back(&movement);
  }
  return lines;
}

// On a copy, so that looking changes nothing: what is due today counts as payable.
std::vector<Planned> Model::Plan(const std::string& currency, Day cutoff, int64_t now) const {
  Model looks = *this;
  const Terms& terms = looks.TermsOn(looks.Today(now));
  const auto found = terms.minimums.find(currency);
  const int64_t minimum = found == terms.minimums.end() ? 1 : found->second;
  std::vector<Planned> plans;
  for (int partner = 0; partner < static_cast<int>(partners_.size()); ++partner) {
    const Pair pair(partner, currency);
    if (looks.books_.count(pair) == 0) continue;
    const bool has_any = Balance(pair, Account::kPayable) != 0 || Balance(pair, Account::kPending) != 0;
    if (!has_any) continue;
    looks.Mature(pair, looks.Today(now));
    Planned plan{partner, 0, ""};
    for (const Movement* line : looks.LinesOf(pair, cutoff)) {
      plan.amount += line->to == Account::kPayable ? line->amount : -line->amount;
    }
    const PartnerState& state = partners_[partner];
    const std::string& arrives = state.settlement.empty() ? currency : state.settlement;
    if (state.state == PartnerStateKind::kBanned) {
      plan.left_out = "PARTNER_BANNED";
    } else if (plan.amount <= 0) {
      plan.left_out = "NOTHING_DUE";
    } else if (state.method_type == "none") {
      plan.left_out = "NO_PAYOUT_METHOD";
    } else if (!Pays(state.method_type, arrives)) {
      plan.left_out = "METHOD_NOT_FOR_CURRENCY";
    } else if (state.method_blocked) {
      plan.left_out = "METHOD_BLOCKED";
    } else if (plan.amount < (state.state == PartnerStateKind::kClosed ? 1 : minimum)) {
      plan.left_out = "BELOW_MINIMUM";
    } else if (arrives != currency) {
      Convert(currency, arrives, plan);
    }
    plans.push_back(plan);
  }
  return plans;
}

std::string Model::Change(const CreatePayoutBatch& change, const std::string& actor, int64_t now, Answer& answer) {
  static const std::set<std::string> known = {"INR", "USD", "EUR", "JPY", "KWD"};
  if (known.count(change.currency) == 0) return "UNKNOWN_CURRENCY";
  if (change.funding_account.empty()) return "INVALID_FIELD";
  BatchModel batch;
  batch.currency = change.currency;
  batch.funding = change.funding_account;
  batch.preparer = actor;
  batch.cutoff = Today(now);
  if (!change.cutoff_date.empty()) {
    const auto day = ParseDay(change.cutoff_date);
    if (!day.ok() || *day > Today(now)) return "INVALID_FIELD";
    batch.cutoff = *day;
  }
  batches_.push_back(batch);
  answer.number = static_cast<int64_t>(batches_.size());
  return "";
}

std::string Model::Change(const SubmitPayoutBatch& change, const std::string& actor, int64_t now, Answer&) {
  BatchModel* batch = FindBatch(change.batch);
  if (batch == nullptr) return "NOT_FOUND";
  if (batch->state != BatchState::kDraft) return "WRONG_STATE";
  for (const Planned& plan : Plan(batch->currency, batch->cutoff, now)) {
    if (!plan.left_out.empty()) continue;
    const Pair pair(plan.partner, batch->currency);
    Mature(pair, Today(now));
    const PartnerState& partner = partners_[plan.partner];
    PayoutModel payout;
    payout.number = static_cast<int>(payouts_.size()) + 1;
    payout.batch = static_cast<int>(change.batch) - 1;
    payout.partner = plan.partner;
    payout.amount = plan.amount;
    payout.method_type = partner.method_type;
    payout.method_account = partner.method_account;
    payout.method_editor = partner.method_editor;
    payout.settlement = plan.settlement;
    payout.settlement_amount = plan.settlement_amount;
    payout.fx_rate = plan.fx_rate;
    payout.last_day = Today(now);
    for (Movement* line : LinesOf(pair, batch->cutoff)) line->payout = payout.number;
    ++entries_;
    Move(pair, {.day = TakeDay(pair, Account::kPayable, Today(now)),
                .from = Account::kPayable,
                .to = Account::kReserved,
                .amount = payout.amount,
                .payout = payout.number,
                .reservation = true});
    payout.last_day = LastDay(pair, Today(now));
    payouts_.push_back(payout);
    batch->payouts.push_back(payout.number);
  }
  if (batch->payouts.empty()) return "NOTHING_TO_PAY";
  batch->state = BatchState::kSubmitted;
  batch->preparer = actor;
  return "";
}

std::string Model::Change(const ApprovePayoutBatch& change, const std::string& actor, int64_t, Answer&) {
  BatchModel* batch = FindBatch(change.batch);
  if (batch == nullptr) return "NOT_FOUND";
  if (batch->state != BatchState::kSubmitted) return "WRONG_STATE";
  if (actor == batch->preparer) return "SAME_PERSON";
  for (int number : batch->payouts) {
    if (payout(number).method_editor == actor) return "SAME_PERSON";
  }
  if (change.content_hash_hex == "another") return "CONTENT_CHANGED";
  batch->state = BatchState::kApproved;
  batch->approver = actor;
  return "";
}

std::string Model::Change(const ExportPayoutBatch& change, const std::string&, int64_t now, Answer&) {
  BatchModel* batch = FindBatch(change.batch);
  if (batch == nullptr) return "NOT_FOUND";
  const bool again = batch->state == BatchState::kExported || batch->state == BatchState::kSettling ||
                     batch->state == BatchState::kClosed;
  if (again) return "";
  if (batch->state != BatchState::kApproved) return "WRONG_STATE";
  for (int number : batch->payouts) {
    PayoutModel& payout = payouts_[number - 1];
    const Pair pair(payout.partner, batch->currency);
    ++entries_;
    const Day day = TakeDay(pair, Account::kReserved, Today(now));
    Settle(payout, kClearing, OnItsWay(payout), day);
    Move(pair, {.day = day,
                .from = Account::kReserved,
                .to = Account::kInTransit,
                .amount = payout.amount,
                .rail = payout.method_type,
                .converts = !payout.settlement.empty()});
    payout.state = PayoutState::kSent;
    payout.last_day = LastDay(pair, Today(now));
  }
  batch->state = BatchState::kExported;
  return "";
}

// The gross of a payout comes back as one new line; what its lines held of a commission counts as unpaid again, and
// there is more to hold for every commission that had less held than it must.
void Model::ComesBack(PayoutModel& payout, PayoutState state, Account from, Day event) {
  const Pair pair(Owner(payout.partner), batches_[payout.batch].currency);
  Mature(pair, event);
  payout.state = state;
  payout.back_entry = ++entries_;
  if (from != Account::kReserved) {
    Settle(payout, from == Account::kCash ? Bank(batches_[payout.batch]) : OnItsWay(payout), kClearing, event);
  }
  CreditPayable(pair, {.day = event,
                       .from = from,
                       .amount = payout.amount,
                       .back_of = payout.number,
                       .rail = from == Account::kInTransit ? payout.method_type : "",
                       .funding = from == Account::kCash ? batches_[payout.batch].funding : "",
                       .converts = !payout.settlement.empty()});
  payout.last_day = LastDay(pair, event);
  HoldAnew([&](int payment) { return PairOf(payment) == pair; }, event);
}

std::string Model::Change(const CancelPayoutBatch& change, const std::string&, int64_t now, Answer&) {
  if (change.reason.empty()) return "INVALID_FIELD";
  BatchModel* batch = FindBatch(change.batch);
  if (batch == nullptr) return "NOT_FOUND";
  const bool early = batch->state == BatchState::kDraft || batch->state == BatchState::kSubmitted ||
                     batch->state == BatchState::kApproved;
  if (!early) return "WRONG_STATE";
  for (int number : batch->payouts) {
    ComesBack(payouts_[number - 1], PayoutState::kCancelled, Account::kReserved, Today(now));
  }
  batch->state = BatchState::kCancelled;
  return "";
}

// RULES 8: it arrived after it was called failed: payable, then the partner owes it.
void Model::TakeBack(PayoutModel& payout, Day event) {
  const Pair pair(Owner(payout.partner), batches_[payout.batch].currency);
  Mature(pair, event);
  ++entries_;
  const int64_t free = std::min(payout.amount, Balance(pair, Account::kPayable));
  Settle(payout, kClearing, Bank(batches_[payout.batch]), event);
  Movement taken{.from = Account::kPayable,
                 .to = Account::kCash,
                 .amount = free,
                 .funding = batches_[payout.batch].funding,
                 .converts = !payout.settlement.empty()};
  taken.day = TakeDay(pair, Account::kPayable, event);
  Move(pair, taken);
  Movement owed = taken;
  owed.from = Account::kReceivable;
  owed.day = event;
  owed.amount = payout.amount - free;
  Move(pair, owed);
  payout.last_day = LastDay(pair, event);
}

std::string Model::Change(const RecordPayoutResult& change, const std::string&, int64_t now, Answer&) {
  if (change.evidence.empty()) return "INVALID_FIELD";
  BatchModel* batch = FindBatch(change.batch);
  if (batch == nullptr || change.payout < 1 || change.payout > static_cast<int64_t>(batch->payouts.size())) {
    return "NOT_FOUND";
  }
  PayoutModel& payout = payouts_[batch->payouts[change.payout - 1] - 1];
  const bool out = payout.state == PayoutState::kSent;
  const bool allowed = change.result == PayoutResultKind::kUnknown    ? out
                       : change.result == PayoutResultKind::kReturned ? payout.state == PayoutState::kSettled
                       : change.result == PayoutResultKind::kSettled && payout.state == PayoutState::kFailed
                           ? true
                           : out || payout.state == PayoutState::kUnknown;
  if (!allowed) return "WRONG_STATE";
  Day day = Today(now);
  if (!change.result_date.empty()) {
    const auto parsed = ParseDay(change.result_date);
    if (!parsed.ok()) return "INVALID_FIELD";
    day = *parsed;
  }
  if (day > Today(now) || day < payout.last_day) return "INVALID_FIELD";
  payout.last_day = day;
  switch (change.result) {
    case PayoutResultKind::kSettled:
      if (std::exchange(payout.state, PayoutState::kSettled) == PayoutState::kFailed) {
        TakeBack(payout, day);
        break;
      }
      ++entries_;
      Move({payout.partner, batch->currency}, {.day = day,
                                               .from = Account::kInTransit,
                                               .to = Account::kCash,
                                               .amount = payout.amount,
                                               .rail = payout.method_type,
                                               .funding = batch->funding,
                                               .converts = !payout.settlement.empty()});
      Settle(payout, OnItsWay(payout), Bank(*batch), day);
      payout.last_day = LastDay({payout.partner, batch->currency}, day);
      break;
    case PayoutResultKind::kUnknown: payout.state = PayoutState::kUnknown; break;
    case PayoutResultKind::kReturned: ComesBack(payout, PayoutState::kReturned, Account::kCash, day); break;
    case PayoutResultKind::kFailed: {
      ComesBack(payout, PayoutState::kFailed, Account::kInTransit, day);
      PartnerState& partner = partners_[Owner(payout.partner)];
      const bool same = partner.method_type == payout.method_type && partner.method_account == payout.method_account;
      if (same) partner.method_blocked = true;
      break;
    }
  }
  const bool done = std::all_of(batch->payouts.begin(), batch->payouts.end(), [this](int number) {
    return IsDead(this->payout(number).state) || this->payout(number).state == PayoutState::kSettled;
  });
  batch->state = done ? BatchState::kClosed : BatchState::kSettling;
  return "";
}

BatchTotals Model::TotalsOf(const BatchModel& batch) const {
  BatchTotals totals;
  for (int number : batch.payouts) {
    const PayoutModel& one = payout(number);
    totals.reserved += one.amount;
    switch (one.state) {
      case PayoutState::kSettled: totals.settled += one.amount; break;
      case PayoutState::kReturned: totals.returned += one.amount; break;
      case PayoutState::kFailed: totals.failed += one.amount; break;
      case PayoutState::kCancelled: totals.cancelled += one.amount; break;
      default: totals.outstanding += one.amount;
    }
  }
  return totals;
}

// What an entry came to on a day: one line.
int64_t Model::LineOf(const Pair& pair, const Movement& part) const {
  int64_t sum = 0;
  for (const Movement& movement : books_.at(pair)) {
    if (movement.entry != part.entry || movement.day != part.day) continue;
    if (movement.to == Account::kPayable) sum += movement.amount;
    if (movement.from == Account::kPayable) sum -= movement.amount;
  }
  return sum;
}

// The live payout that has the money of a credit to payable which the commission had a part in: the last one; 0 for
// none.
int Model::LivePayoutOf(int payment) const {
  // A maturity of its day that found nothing pending of it did not take it along.
  const std::vector<std::pair<Pair, const Movement*>> own = MovementsOf(payment);
  const int run = MaturityOf(payment);
  const bool took = std::any_of(own.begin(), own.end(), [&](const auto& one) { return one.second->maturity == run; });
  const int maturity = run != 0 && took ? run : 0;
  std::vector<std::pair<Pair, const Movement*>> lines;
  for (const auto& [pair, movements] : books_) {
    for (const Movement& movement : movements) {
      const bool concerns = Concerns(movement, payment) || (maturity != 0 && movement.maturity == maturity);
      if (concerns && movement.to == Account::kPayable && LineOf(pair, movement) > 0) {
        lines.emplace_back(pair, &movement);
      }
    }
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.second->entry < b.second->entry; });
  int last = 0;
  for (const auto& [pair, movement] : lines) {
    if (const int payout = WhereItWent(pair, movement->payout).second; payout != 0) last = payout;
  }
  return last;
}

CommissionView Model::ViewOf(int payment, int64_t now) const {
  const PaymentState& state = payments_[payment];
  const Pair pair = PairOf(payment);
  CommissionView view;
  view.partner_id = partners_[state.partner].id;
  view.customer_id = state.report.customer_id;
  view.payment_id = state.report.payment_id;
  view.currency = pair.second;
  view.collected = state.report.collected.minor_units;
  view.base = state.report.base;
  view.rate_bps = state.bps;
  view.accrued = state.accrued;
  view.current = Booked(payment);
  view.held = PartOf(payment, Account::kHeld);
  view.payment_time = state.report.time;
  view.event_date = FormatDay(state.day);
  view.mature_date = FormatDay(state.mature_day);
  view.zero_reason = state.zero_reason;
  __int128 given_back = 0;
  const int origin = OriginOf(payment);
  for (const auto& [id, refund] : refunds_) {
    if (refund.payment == origin && !refund.failed) given_back += refund.report.amount.minor_units;
  }
  for (const auto& [id, dispute] : disputes_) {
    if (dispute.payment == origin && dispute.phase == DisputePhase::kLost) {
      given_back += dispute.report.amount.minor_units;
    }
  }
  if (given_back > view.collected) view.flags.push_back("OVER_REFUNDED");
  if (state.report.old_debit) view.flags.push_back("OLD_DEBIT");
  const Referral& referral = referrals_.at(state.report.customer_id);
  if (referral.review) view.flags.push_back("SELF_REFERRAL_REVIEW");
  if (referral.rejected) view.flags.push_back("REFERRAL_REJECTED");
  if (state.forfeited > 0) view.flags.push_back("FORFEITED");
  if (!view.zero_reason.empty()) {
    view.state = CommissionStateKind::kZero;
  } else if (view.current == 0) {
    view.state = CommissionStateKind::kReversed;
  } else if (view.held > 0) {
    view.state = CommissionStateKind::kHeld;
  } else if (state.mature_day <= Today(now)) {
    view.state = CommissionStateKind::kPayable;
  }
  const bool plain = view.state == CommissionStateKind::kPayable || view.state == CommissionStateKind::kPending;
  const int live = plain ? LivePayoutOf(payment) : 0;
  if (live != 0) {
    const bool settled = payout(live).state == PayoutState::kSettled;
    view.state = settled ? CommissionStateKind::kPaid : CommissionStateKind::kInPayout;
  }
  return view;
}

}  // namespace trailbook::model
