// Reports of sign-ups, payments, aliases, refunds and disputes.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/model/generator.h"

namespace trailbook::model {

namespace {

constexpr int64_t kDay = 86400;

}  // namespace

// Mostly in the last weeks; in order: today, which SomeReport sees to.
int64_t Generator::SomeTime() {
  if (style_ == Style::kInOrder) return now_;
  const int64_t dice = Pick(1, 20);
  if (dice <= 8) return now_ - Pick(0, 2 * kDay);
  if (dice <= 16) return now_ - Pick(0, 40 * kDay);
  if (dice <= 19 || style_ == Style::kAnyOrder) return now_ - Pick(0, 120 * kDay);
  return now_ + Pick(0, 20 * kDay);
}

int64_t Generator::SomeAmount() {
  if (Chance(5)) return 0;
  if (Chance(20)) return Pick(1, 25);
  return Pick(1, scale_ * 20);
}

int64_t Generator::PartOf(int64_t collected) {
  if (collected <= 1) return 1;
  switch (Pick(1, 6)) {
    case 1:
    case 2: return collected;
    case 3: return std::max<int64_t>(1, collected / 3);
    case 4: return std::max<int64_t>(1, collected / 2);
    default: return Pick(1, collected);
  }
}

const PaymentReport& Generator::PaymentOf(int number) {
  const auto known = payments_.find(number);
  if (known != payments_.end()) return known->second;
  PaymentReport payment;
  payment.payment_id = absl::StrCat("in_", number);
  payment.customer_id = absl::StrCat("c", Pick(1, customers_));
  if (self_referrals_ && Chance(5)) payment.customer_id = "p1";
  const int64_t collected = SomeAmount();
  payment.collected = {One(currencies_), collected};
  payment.base = Chance(40) ? collected : Chance(10) ? 0 : Pick(collected / 2, collected);
  payment.time = SomeTime();
  if (Chance(30)) payment.alias_ids.push_back(absl::StrCat("pi_", number));
  payment.old_debit = Chance(2);
  return payments_[number] = payment;
}

// Some time after the last one used, or one of those before; often one of which something was forfeited.
int Generator::SomePaymentNumber() {
  if (frauds_ && Chance(40)) {
    std::vector<int> forfeited;
    for (const auto& [number, payment] : payments_) {
      if (model_.Forfeited(payment.payment_id) > 0) forfeited.push_back(number);
    }
    if (!forfeited.empty()) return One(forfeited);
  }
  const int used = static_cast<int>(payments_.size());
  if (used > 0 && Chance(65)) return static_cast<int>(Pick(std::max(0, used - 12), used - 1));
  return static_cast<int>(Pick(0, std::min(universe_, used + 3)));
}

// An id by which refunds and disputes name a payment: its own, or one that it may have.
std::string Generator::NameOf(const PaymentReport& payment) {
  // In order an alias that comes late would book an old refund late.
  if (style_ == Style::kInOrder) return payment.payment_id;
  return Chance(70) ? payment.payment_id : absl::StrCat("pi_", payment.payment_id.substr(3));
}

Report Generator::SomeSignUp() {
  std::string customer = absl::StrCat("c", Pick(1, customers_));
  if (self_referrals_ && Chance(10)) customer = "p1";
  const auto known = sign_ups_.find(customer);
  if (known != sign_ups_.end() && (style_ == Style::kAnyOrder || Chance(40))) return known->second;
  SignUpReport sign_up;
  sign_up.customer_id = customer;
  if (Chance(45)) sign_up.partner_id = absl::StrCat("p", Pick(1, partner_count_ + (Chance(10) ? 1 : 0)));
  if (Chance(30)) sign_up.coupon_code = SomeCode();
  if (Chance(35)) sign_up.link_code = SomeCode();
  if (style_ != Style::kAnyOrder && Chance(40)) sign_up.click_id = absl::StrCat("ck_", Pick(1, 12));
  if (Chance(15)) sign_up.other_codes = {"somebody", SomeCode()};
  if (self_referrals_ && Chance(40)) {
    sign_up.email =
        absl::StrCat(Chance(50) ? "P" : " p", Pick(1, partner_count_), Chance(50) ? "+x" : "", "@Example.com");
  }
  sign_up.time = SomeTime();
  sign_ups_[customer] = sign_up;
  return sign_up;
}

// Few ids, so that sign-ups find them; a link that is not there, or another time, now and then.
Report Generator::SomeClick() {
  const std::string id = absl::StrCat("ck_", Pick(1, 12));
  const auto known = clicks_.find(id);
  if (known != clicks_.end() && Chance(85)) return known->second;
  ClickReport click{id, SomeCode(), SomeTime()};
  if (known == clicks_.end()) clicks_[id] = click;
  return click;
}

Report Generator::SomePayment() {
  PaymentReport payment = PaymentOf(SomePaymentNumber());
  if (style_ == Style::kAnyOrder || Chance(94)) return payment;
  switch (Pick(1, 5)) {
    case 1: payment.base = payment.base / 2; break;
    case 2: payment.customer_id = absl::StrCat("c", Pick(1, customers_)); break;
    case 3: payment.time += 60; break;
    case 4: payment.alias_ids = {absl::StrCat("ch_", Pick(0, 9)), absl::StrCat("pi_", Pick(0, universe_))}; break;
    default: payment.collected.minor_units += 1; break;
  }
  return payment;
}

Report Generator::SomeAlias() {
  const PaymentReport& payment = PaymentOf(SomePaymentNumber());
  std::string alias = absl::StrCat("pi_", payment.payment_id.substr(3));
  if (style_ != Style::kAnyOrder && Chance(8)) alias = absl::StrCat("pi_", Pick(0, universe_));
  return AliasReport{payment.payment_id, alias, SomeTime()};
}

Report Generator::SomeRefund() {
  const PaymentReport& payment = PaymentOf(SomePaymentNumber());
  const std::string id = absl::StrCat("re_", payment.payment_id.substr(3), "_", Pick(1, 3));
  const auto known = refunds_.find(id);
  if (known == refunds_.end()) {
    RefundReport refund{id, NameOf(payment), payment.collected, false, SomeTime()};
    refund.amount.minor_units = PartOf(payment.collected.minor_units);
    refund.failed = Chance(15);
    refunds_[id] = refund;
    return refund;
  }
  RefundReport refund = known->second;
  if (Chance(30)) refund.failed = !refund.failed;
  if (style_ == Style::kAnyOrder) {
    refund.time = known->second.time;
    return refund;
  }
  if (Chance(30)) refund.time = SomeTime();
  if (Chance(4)) refund.amount.minor_units += 1;
  if (Chance(2)) refund.amount.currency = "EUR";
  return refund;
}

Report Generator::SomeDispute() {
  const PaymentReport& payment = PaymentOf(SomePaymentNumber());
  const std::string id = absl::StrCat("dp_", payment.payment_id.substr(3), "_", Pick(1, 2));
  auto known = disputes_.find(id);
  if (known == disputes_.end()) {
    DisputeReport dispute{id, NameOf(payment), payment.collected, DisputePhase::kOpen, SomeTime()};
    dispute.amount.minor_units = PartOf(payment.collected.minor_units);
    known = disputes_.emplace(id, dispute).first;
  }
  DisputeReport dispute = known->second;
  // How it ends is in its number, so that in any order only one verdict comes.
  const DisputePhase verdict =
      (payment.payment_id.back() + id.back()) % 2 == 0 ? DisputePhase::kWon : DisputePhase::kLost;
  if (Chance(50)) dispute.phase = verdict;
  if (style_ == Style::kAnyOrder) return dispute;
  if (Chance(5)) dispute.phase = DisputePhase::kWon;
  if (Chance(60)) dispute.time = SomeTime();
  if (Chance(3)) dispute.amount.minor_units += 1;
  return dispute;
}

// One fault at a time.
Report Generator::Spoiled(Report report) {
  if (auto* payment = std::get_if<PaymentReport>(&report)) {
    switch (Pick(1, 7)) {
      case 1: payment->payment_id.clear(); break;
      case 2: payment->customer_id.clear(); break;
      case 3: payment->collected.currency = "XXZ"; break;
      case 4: payment->base = payment->collected.minor_units + 1; break;
      case 5: payment->base = -1; break;
      case 6: payment->time = now_ + 400 * kDay; break;
      default: payment->time = 0; break;
    }
  } else if (auto* refund = std::get_if<RefundReport>(&report)) {
    const PaymentReport& payment = PaymentOf(SomePaymentNumber());
    switch (Pick(1, 3)) {
      case 1: refund->amount.minor_units = 0; break;
      case 2: refund->payment_id.clear(); break;
      default: *refund = {"re_much", payment.payment_id, payment.collected, false, now_}; ++refund->amount.minor_units;
    }
  } else if (auto* sign_up = std::get_if<SignUpReport>(&report)) {
    sign_up->customer_id.clear();
  }
  return report;
}

// In order: what is told for the first time happens now.
Report Generator::OnItsDay(Report report) {
  if (style_ != Style::kInOrder) return report;
  Model looks = model_;
  const Answer answer = looks.Apply(report, now_);
  if (!answer.reason.empty() || answer.replayed) return report;
  std::visit([this](auto& r) { r.time = now_; }, report);
  if (const auto* payment = std::get_if<PaymentReport>(&report)) {
    for (auto& [number, known] : payments_) {
      if (known.payment_id == payment->payment_id) known.time = now_;
    }
  }
  return report;
}

Report Generator::SomeReport() {
  if (!reported_.empty() && Chance(12)) return OnItsDay(One(reported_));
  const int64_t dice = Pick(1, 100);
  if (frauds_ && Chance(25)) return OnItsDay(SomeDispute());
  if (style_ != Style::kAnyOrder && Chance(8)) return SomeClick();
  Report report = dice <= 18   ? SomeSignUp()
                  : dice <= 52 ? SomePayment()
                  : dice <= 58 ? SomeAlias()
                  : dice <= 80 ? SomeRefund()
                               : SomeDispute();
  if (style_ != Style::kAnyOrder && Chance(2)) report = Spoiled(std::move(report));
  report = OnItsDay(std::move(report));
  reported_.push_back(report);
  return report;
}

void Generator::AddReports() {
  const int64_t many = Chance(50) ? 1 : Pick(2, 12);
  std::vector<Report> reports;
  for (int64_t at = 0; at < many; ++at) reports.push_back(SomeReport());
  Add(Reports(std::move(reports)));
}

}  // namespace trailbook::model
