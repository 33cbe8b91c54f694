// RULES 3: what cannot be recorded yet waits, and is taken in the order of event times when its sign-up, its payment or
// its day has come.
#include <algorithm>
#include <tuple>

#include "tests/model/model.h"
#include "tests/model/text.h"

namespace trailbook::model {

namespace {

int64_t TimeOf(const Report& report) {
  return std::visit([](const auto& r) { return r.time; }, report);
}

// Under which name a report waits.
struct NameOf {
  std::string operator()(const SignUpReport& r) const {
    return "sign-up|" + r.customer_id + "|" + r.partner_id + "|" + r.coupon_code + "|" + r.link_code + "|" +
           r.click_id + "|" + std::to_string(r.time);
  }
  std::string operator()(const PaymentReport& r) const { return "payment|" + r.payment_id; }
  std::string operator()(const AliasReport& r) const { return "alias|" + r.payment_id + "|" + r.alias_id; }
  std::string operator()(const RefundReport& r) const {
    return "refund|" + r.refund_id + (r.failed ? "|failed" : "|succeeded");
  }
  std::string operator()(const DisputeReport& r) const {
    return "dispute|" + r.dispute_id + "|" + std::to_string(static_cast<int>(r.phase));
  }
  std::string operator()(const ClickReport& r) const { return "click|" + r.click_id; }
};

bool SameAmount(const Amount& a, const Amount& b) { return a.currency == b.currency && a.minor_units == b.minor_units; }

// The same business content. A payment's time belongs to it; a refund or dispute is told several times.
bool Same(const Report& a, const Report& b) {
  if (const auto* p = std::get_if<PaymentReport>(&a)) {
    const auto& q = std::get<PaymentReport>(b);
    return p->customer_id == q.customer_id && SameAmount(p->collected, q.collected) && p->base == q.base &&
           p->time == q.time && p->old_debit == q.old_debit;  // another id is no content
  }
  if (const auto* p = std::get_if<RefundReport>(&a)) {
    const auto& q = std::get<RefundReport>(b);
    return p->payment_id == q.payment_id && SameAmount(p->amount, q.amount);
  }
  if (const auto* p = std::get_if<DisputeReport>(&a)) {
    const auto& q = std::get<DisputeReport>(b);
    return p->payment_id == q.payment_id && SameAmount(p->amount, q.amount);
  }
  if (const auto* p = std::get_if<SignUpReport>(&a)) {
    const auto& q = std::get<SignUpReport>(b);
    return p->other_codes == q.other_codes && NormalEmail(p->email) == NormalEmail(q.email);
  }
  return true;
}

}  // namespace

// A parked payment told again takes further ids, if none of them is another payment's.
bool Model::TakeAliases(const Report& told, Report* parked) const {
  const auto* payment = std::get_if<PaymentReport>(&told);
  if (payment == nullptr) return true;
  for (const std::string& alias : payment->alias_ids) {
    if (FindPayment(alias) >= 0) return false;
  }
  std::vector<std::string>& known = std::get<PaymentReport>(*parked).alias_ids;
  for (const std::string& alias : payment->alias_ids) {
    if (std::find(known.begin(), known.end(), alias) == known.end()) known.push_back(alias);
  }
  return true;
}

// If the report waits already, or must wait for its day. What was refused when its turn came is decided again when it
// is told again.
std::optional<Answer> Model::Waits(const Report& report, int64_t now) {
  std::erase_if(parked_, [&](const Parked& parked) {
    return !parked.refused.empty() && std::visit(NameOf(), parked.report) == std::visit(NameOf(), report);
  });
  for (Parked& parked : parked_) {
    if (std::visit(NameOf(), parked.report) != std::visit(NameOf(), report)) continue;
    Answer answer;
    if (!Same(parked.report, report)) {
      answer.reason = "EVENT_CONFLICT";
    } else if (!TakeAliases(report, &parked.report)) {
      answer.reason = "EVENT_CONFLICT";
    } else {
      answer.kind = OutcomeKind::kParked;
      answer.replayed = true;
    }
    return answer;
  }
  if (DayOf(TimeOf(report), zone_) <= Today(now)) return std::nullopt;
  return Park(report, true);
}

Answer Model::Park(const Report& report, bool for_day) {
  parked_.push_back({arrivals_++, report, for_day, ""});
  Answer answer;
  answer.kind = OutcomeKind::kParked;
  return answer;
}

// Whether what the report waited for is there.
bool Model::Resolves(const Report& report) const {
  if (const auto* payment = std::get_if<PaymentReport>(&report)) return referrals_.count(payment->customer_id) > 0;
  if (const auto* alias = std::get_if<AliasReport>(&report)) return FindPayment(alias->payment_id) >= 0;
  if (const auto* refund = std::get_if<RefundReport>(&report)) return FindPayment(refund->payment_id) >= 0;
  if (const auto* dispute = std::get_if<DisputeReport>(&report)) return FindPayment(dispute->payment_id) >= 0;
  return false;
}

void Model::TakeParked(const Parked& parked, int64_t now) {
  const Answer answer = Take(parked.report, now);
  if (answer.reason.empty()) return;
  Parked kept = parked;
  kept.refused = answer.reason;
  parked_.push_back(kept);
}

// Takes what is due, and what that and the last command released, the earliest event first.
void Model::Release(int64_t now, std::vector<Parked> due) {
  const auto earlier = [](const Parked& a, const Parked& b) {
    return std::make_tuple(TimeOf(a.report), a.arrival) < std::make_tuple(TimeOf(b.report), b.arrival);
  };
  while (true) {
    for (size_t at = 0; at < parked_.size();) {
      const Parked& parked = parked_[at];
      if (parked.for_day || !parked.refused.empty() || !Resolves(parked.report)) {
        ++at;
        continue;
      }
      due.push_back(parked);
      parked_.erase(parked_.begin() + static_cast<int64_t>(at));
    }
    if (due.empty()) return;
    const auto first = std::min_element(due.begin(), due.end(), earlier);
    const Parked parked = *first;
    due.erase(first);
    TakeParked(parked, now);
  }
}

std::string Model::Change(const PurgeParked& change, const std::string&, int64_t, Answer& answer) {
  if (change.reason.empty()) return "INVALID_FIELD";
  answer.number = static_cast<int64_t>(std::erase_if(parked_, [&](const Parked& parked) {
    return change.before_time == 0 || TimeOf(parked.report) < change.before_time;
  }));
  return "";
}

Answer Model::RunMaturity(const std::string& through, int64_t now) {
  Answer answer;
  Day last = Today(now);
  if (!through.empty()) {
    const auto day = ParseDay(through);
    if (!day.ok() || *day > Today(now)) {
      answer.reason = "INVALID_FIELD";
      return answer;
    }
    last = *day;
  }
  std::vector<Parked> due;
  for (size_t at = 0; at < parked_.size();) {
    const Parked& parked = parked_[at];
    if (!parked.for_day || !parked.refused.empty() || DayOf(TimeOf(parked.report), zone_) > Today(now)) {
      ++at;
      continue;
    }
    due.push_back(parked);
    parked_.erase(parked_.begin() + static_cast<int64_t>(at));
  }
  Release(now, due);
  // Clicks are kept for the longest window and 35 days.
  int64_t window = 0;
  for (const Terms& terms : terms_) window = std::max(window, terms.window_days);
  std::erase_if(clicks_, [&](const auto& click) { return click.second.time < now - (window + 35) * 86400; });
  std::set<Pair> pairs;
  for (const auto& [pair, movements] : books_) pairs.insert(pair);
  for (const Pair& pair : pairs) Mature(pair, last);
  answer.kind = OutcomeKind::kRecorded;
  return answer;
}

}  // namespace trailbook::model
