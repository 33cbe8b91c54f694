// RULES 2.6, 3 and 4: what becomes of a report of a payment, an alias, a refund or a dispute.
#include <algorithm>

#include "absl/time/civil_time.h"
#include "tests/model/model.h"

namespace trailbook::model {

namespace {

constexpr int64_t kYear2000 = 946684800, kAYearAhead = 366 * 86400;

bool KnownCurrency(const std::string& currency) {
  static const std::set<std::string> known = {"INR", "USD", "EUR", "JPY", "KWD"};
  return known.count(currency) > 0;
}

std::string BadAmount(const Amount& amount, int64_t least) {
  if (!KnownCurrency(amount.currency)) return "UNKNOWN_CURRENCY";
  return amount.minor_units < least ? "AMOUNT_OUT_OF_RANGE" : "";
}

bool BadId(const std::string& id) { return id.empty() || id.size() > 255; }

struct Checker {
  std::string operator()(const SignUpReport& r) const {
    return BadId(r.customer_id) || r.other_codes.size() > 8 ? "INVALID_FIELD" : "";
  }
  std::string operator()(const PaymentReport& r) const {
    if (BadId(r.payment_id) || BadId(r.customer_id)) return "INVALID_FIELD";
    if (std::string bad = BadAmount(r.collected, 0); !bad.empty()) return bad;
    if (r.base < 0) return "AMOUNT_OUT_OF_RANGE";
    if (r.base > r.collected.minor_units) return "BASE_ABOVE_COLLECTED";
    const bool aliases = r.alias_ids.size() <= 8 && std::none_of(r.alias_ids.begin(), r.alias_ids.end(), BadId);
    return aliases ? "" : "INVALID_FIELD";
  }
  std::string operator()(const AliasReport& r) const {
    return BadId(r.payment_id) || BadId(r.alias_id) ? "INVALID_FIELD" : "";
  }
  std::string operator()(const RefundReport& r) const {
    return BadId(r.refund_id) || BadId(r.payment_id) ? "INVALID_FIELD" : BadAmount(r.amount, 1);
  }
  std::string operator()(const DisputeReport& r) const {
    return BadId(r.dispute_id) || BadId(r.payment_id) ? "INVALID_FIELD" : BadAmount(r.amount, 1);
  }
  std::string operator()(const ClickReport& r) const {
    return BadId(r.click_id) || r.link_code.empty() ? "INVALID_FIELD" : "";
  }
};

Answer Refuse(const std::string& reason) {
  Answer answer;
  answer.reason = reason;
  return answer;
}

OutcomeKind KindOf(const PaymentState& state) {
  if (state.zero_reason.empty()) return OutcomeKind::kRecorded;
  return state.zero_reason == "BEFORE_SIGN_UP" ? OutcomeKind::kBeforeSignUp : OutcomeKind::kZero;
}

// The same day so many months later; where that month lacks it, the first of the next.
Day MonthsAfter(Day day, int64_t months) {
  const absl::CivilDay from = absl::CivilDay(1970, 1, 1) + day;
  const absl::CivilDay to = absl::CivilDay(absl::CivilMonth(from) + months) + (from.day() - 1);
  const bool lacks = absl::CivilMonth(to) != absl::CivilMonth(from) + months;
  return static_cast<Day>((lacks ? absl::CivilDay(absl::CivilMonth(to)) : to) - absl::CivilDay(1970, 1, 1));
}

// One refund or dispute is no more than its payment collected, and in its currency.
std::string Exceeds(const Amount& amount, const Amount& collected) {
  if (amount.currency != collected.currency) return "INVALID_FIELD";
  return amount.minor_units > collected.minor_units ? "REFUND_ABOVE_COLLECTED" : "";
}

}  // namespace

std::string Model::Invalid(const Report& report, int64_t now) const {
  if (std::string bad = std::visit(Checker(), report); !bad.empty()) return bad;
  const int64_t time = std::visit([](const auto& r) { return r.time; }, report);
  return time < kYear2000 || time > now + kAYearAhead ? "TIME_OUT_OF_RANGE" : "";
}

Answer Model::Apply(const Report& report, int64_t now) {
  const Answer answer = Take(report, now);
  Release(now);
  return answer;
}

Answer Model::Take(const Report& report, int64_t now) {
  if (std::string bad = Invalid(report, now); !bad.empty()) return Refuse(bad);
  return std::visit([&](const auto& r) { return TakeOne(r, now); }, report);
}

int Model::FindPayment(const std::string& id_or_alias) const {
  const auto alias = aliases_.find(id_or_alias);
  const std::string& id = alias == aliases_.end() ? id_or_alias : alias->second;
  for (int payment = 0; payment < static_cast<int>(payments_.size()); ++payment) {
    if (payments_[payment].bonus_of < 0 && payments_[payment].report.payment_id == id) return payment;
  }
  return -1;
}

Answer Model::AnswerOf(int payment, OutcomeKind kind, bool replayed) const {
  Answer answer;
  answer.kind = kind;
  answer.replayed = replayed;
  answer.partner = partners_[payments_[payment].partner].id;
  answer.has_commission = true;
  answer.commission_amount = payments_[payment].accrued;  // at first, so that a replay answers the same
  return answer;
}

// A payment that is recorded already. It may bring further aliases, all or none of them.
Answer Model::Again(const PaymentReport& report, int payment) {
  const PaymentReport& known = payments_[payment].report;
  const bool same = known.payment_id == report.payment_id && known.customer_id == report.customer_id &&
                    known.collected.currency == report.collected.currency &&
                    known.collected.minor_units == report.collected.minor_units && known.base == report.base &&
                    known.time == report.time;
  if (!same) return Refuse("EVENT_CONFLICT");
  for (const std::string& alias : report.alias_ids) {
    const int named = FindPayment(alias);
    if (named >= 0 && named != payment) return Refuse("EVENT_CONFLICT");
  }
  for (const std::string& alias : report.alias_ids) {
    if (FindPayment(alias) < 0) aliases_[alias] = report.payment_id;
  }
  return AnswerOf(payment, KindOf(payments_[payment]), true);
}

Answer Model::TakeOne(const PaymentReport& report, int64_t now) {
  if (const int known = FindPayment(report.payment_id); known >= 0) return Again(report, known);
  if (const auto waits = Waits(report, now)) return *waits;
  for (const std::string& alias : report.alias_ids) {
    if (FindPayment(alias) >= 0) return Refuse("EVENT_CONFLICT");
  }
  const auto bound = referrals_.find(report.customer_id);
  if (bound == referrals_.end()) return Park(report, false);
  Referral& referral = bound->second;

  PaymentState state;
  state.report = report;
  state.partner = Owner(referral.partner);
  state.day = DayOf(report.time, zone_);
  state.mature_day = state.day + static_cast<Day>(referral.promise.terms.hold_days);
  const bool first_paying = report.collected.minor_units > 0 && state.day >= referral.day && !referral.paying;
  const int64_t customers =
      std::max(partners_[state.partner].most_paying, PayingCustomers(state.partner) + first_paying);
  state.bps = RateOf(referral, customers, state.day);
  const bool over =
      referral.promise.terms.months != 0 && state.day >= MonthsAfter(referral.day, referral.promise.terms.months);
  const int64_t due = DueOn(report.base, state.bps);
  if (report.collected.minor_units == 0) {
    state.zero_reason = "ZERO_COLLECTED";
  } else if (state.day < referral.day) {
    state.zero_reason = "BEFORE_SIGN_UP";
  } else if (referral.rejected) {
    state.zero_reason = "REFERRAL_REJECTED";
  } else if (over) {
    state.zero_reason = "AFTER_DURATION";
  } else if (report.base == 0) {
    state.zero_reason = "ZERO_BASE";
  } else if (state.bps == 0) {
    state.zero_reason = "ZERO_RATE";
  } else if (due == 0) {
    state.zero_reason = "ROUNDED_TO_ZERO";
  } else {
    state.accrued = due;
  }
  Mature({state.partner, report.collected.currency}, state.day);
  payments_.push_back(state);
  for (const std::string& alias : report.alias_ids) {
    if (alias != report.payment_id) aliases_[alias] = report.payment_id;
  }
  const int payment = static_cast<int>(payments_.size()) - 1;
  Accrue(payment);
  if (first_paying) {
    referral.paying = true;
    CountPaying(state.partner);
    const auto bonus = referral.promise.terms.bonuses.find(report.collected.currency);
    if (bonus != referral.promise.terms.bonuses.end() && !referral.rejected && !over) {
      AccrueBonus(payment, bonus->second);
    }
  }
  return AnswerOf(payment, KindOf(state), false);
}

void Model::AccrueBonus(int payment, int64_t amount) {
  PaymentState bonus = payments_[payment];
  bonus.report.old_debit = false;
  bonus.bps = 0;
  bonus.zero_reason.clear();
  bonus.accrued = amount;
  bonus.bonus_of = payment;
  payments_.push_back(bonus);
  Accrue(static_cast<int>(payments_.size()) - 1);
}

Answer Model::TakeOne(const AliasReport& report, int64_t now) {
  const int payment = FindPayment(report.payment_id), named = FindPayment(report.alias_id);
  if (named >= 0 && named != payment) return Refuse("EVENT_CONFLICT");
  if (named >= 0) return AnswerOf(payment, OutcomeKind::kRecorded, true);
  if (const auto waits = Waits(report, now)) return *waits;
  if (payment < 0) return Park(report, false);
  aliases_[report.alias_id] = payments_[payment].report.payment_id;
  return AnswerOf(payment, OutcomeKind::kRecorded, false);
}

Answer Model::TakeOne(const RefundReport& report, int64_t now) {
  const int payment = FindPayment(report.payment_id);
  const auto known = refunds_.find(report.refund_id);
  if (known != refunds_.end()) {
    const RefundReport& first = known->second.report;
    const bool same = payment == known->second.payment && first.amount.minor_units == report.amount.minor_units &&
                      first.amount.currency == report.amount.currency;
    if (!same) return Refuse("EVENT_CONFLICT");
    if (known->second.failed || !report.failed) return AnswerOf(payment, OutcomeKind::kRecorded, true);
  }
  if (const auto waits = Waits(report, now)) return *waits;
  if (payment < 0) return Park(report, false);
  if (std::string bad = Exceeds(report.amount, payments_[payment].report.collected); !bad.empty()) return Refuse(bad);
  refunds_[report.refund_id] = {report, payment, report.failed};
  BringWithBonus(payment, DayOf(report.time, zone_));
  return AnswerOf(payment, OutcomeKind::kRecorded, false);
}

Answer Model::TakeOne(const DisputeReport& report, int64_t now) {
  const int payment = FindPayment(report.payment_id);
  const auto known = disputes_.find(report.dispute_id);
  if (known != disputes_.end()) {
    const DisputeReport& first = known->second.report;
    const bool same = payment == known->second.payment && first.amount.minor_units == report.amount.minor_units &&
                      first.amount.currency == report.amount.currency;
    if (!same) return Refuse("EVENT_CONFLICT");
    if (known->second.phase == report.phase || report.phase == DisputePhase::kOpen) {
      return AnswerOf(payment, OutcomeKind::kRecorded, true);
    }
    if (known->second.phase != DisputePhase::kOpen) return Refuse("EVENT_CONFLICT");
  }
  if (const auto waits = Waits(report, now)) return *waits;
  if (payment < 0) return Park(report, false);
  if (std::string bad = Exceeds(report.amount, payments_[payment].report.collected); !bad.empty()) return Refuse(bad);
  disputes_[report.dispute_id] = {report, payment, report.phase};
  BringWithBonus(payment, DayOf(report.time, zone_));
  return AnswerOf(payment, OutcomeKind::kRecorded, false);
}

}  // namespace trailbook::model
