// Payments, what they earn, and their other ids (RULES 3).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/bonus.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/money.h"
#include "ledger/domain/outcomes.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/projector_transfer.h"
#include "ledger/domain/rate.h"
#include "ledger/domain/reporter.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

OutcomeKind OutcomeOf(int64_t zero_reason) {
  switch (zero_reason) {
    case log::v1::ZERO_REASON_UNSPECIFIED: return OutcomeKind::kRecorded;
    case log::v1::ZERO_REASON_BEFORE_SIGN_UP: return OutcomeKind::kBeforeSignUp;
    default: return OutcomeKind::kZero;
  }
}

void FillReason(const Earning& earning, log::v1::PaymentRecorded* payment) {
  if (earning.tier_customers == 0 && !earning.followed_day.has_value() && earning.lowering == 0) return;
  log::v1::RateReason& reason = *payment->mutable_rate_reason();
  reason.set_tier_customers(earning.tier_customers);
  if (earning.followed_day.has_value()) reason.set_followed_day(*earning.followed_day);
  reason.set_lowering(earning.lowering);
  reason.set_lowered_for_all(earning.lowered_for_all);
}

}  // namespace

absl::Status Reporter::Check(const PaymentReport& report) const {
  TRAILBOOK_RETURN_IF_ERROR(CheckExternalId("payment.payment_id", report.payment_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckExternalId("payment.customer_id", report.customer_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckAmount("payment.collected", report.collected, 0));
  if (report.base < 0) {
    return Refuse(absl::StatusCode::kInvalidArgument, "AMOUNT_OUT_OF_RANGE", "payment.base_minor_units",
                  absl::StrCat("payment.base_minor_units: ", report.base, " is below 0"));
  }
  if (report.base > report.collected.minor_units) {
    return Refuse(absl::StatusCode::kInvalidArgument, "BASE_ABOVE_COLLECTED", "payment.base_minor_units",
                  absl::StrCat("payment.base_minor_units: the base ", report.base, " is above the ",
                               report.collected.minor_units, " collected"));
  }
  if (report.alias_ids.size() > 8) return InvalidField("payment.alias_ids", "has more than 8 ids");
  for (const std::string& alias : report.alias_ids) {
    TRAILBOOK_RETURN_IF_ERROR(CheckExternalId("payment.alias_ids", alias));
  }
  return CheckTime("payment.occur_time", report.time, now_);
}

absl::Status Reporter::CheckAliases(const PaymentReport& report, int64_t own) {
  for (const std::string& alias : report.alias_ids) {
    const Commission* named = FindPayment(alias);
    if (named != nullptr && named->number != own) {
      return EventConflict("alias", alias, absl::StrCat("payment, ", named->payment_id));
    }
  }
  return absl::OkStatus();
}

ReportOutcome Reporter::RepeatedPayment(const PaymentReport& report, int64_t number) {
  const Commission& c = CurrentCommission(*book_, book_->commissions.At({program_, number}));
  absl::string_view differs;
  if (c.payment_id != report.payment_id) {
    differs = "payment, as an alias";
  } else if (book_->customer_identities.At({program_, c.customer}).customer_id != report.customer_id) {
    differs = "customer";
  } else if (c.currency != report.collected.currency) {
    differs = "currency";
  } else if (c.collected != report.collected.minor_units) {
    differs = "amount collected";
  } else if (c.base != report.base) {
    differs = "base";
  } else if (c.payment_time != report.time) {
    differs = "time";
  }
  if (!differs.empty()) return Refused(EventConflict("payment", report.payment_id, differs));
  if (absl::Status bad = CheckAliases(report, c.number); !bad.ok()) return Refused(std::move(bad));
  // What a payment says of itself holds now, whether or not a report of the same alias waits for its day.
  for (const std::string& alias : report.alias_ids) {
    if (FindPayment(alias) != nullptr) continue;
    if (absl::Status bad = RecordAlias(c.number, alias, report.time); !bad.ok()) return Refused(std::move(bad));
  }
  return AnswerAbout(c, OutcomeOf(c.zero_reason), true);
}

absl::Status Reporter::RecordPayment(const PaymentReport& report, int64_t customer, const Referral& referral,
                                     int64_t* number) {
  const Day day = DayOf(report.time, zone_);
  const int64_t owner = OwnerOf(*book_, program_, referral.partner);
  const Earner::Key earner_key{program_, owner, report.collected.currency};
  TRAILBOOK_RETURN_IF_ERROR(MatureThrough(*book_, *journal_, earner_key, day).status());
  const Earning earning =
      EarningOf(*book_, referral, {report.collected.minor_units, report.base, report.collected.currency, day});
  const int64_t amount = earning.amount;
  if (earning.bonus > 0) TRAILBOOK_RETURN_IF_ERROR(CheckBonusFits(*book_, earner_key, amount, earning.bonus));

  log::v1::PaymentRecorded& payment = *journal_->Start(program_, day).mutable_payment_recorded();
  payment.set_payment_id(report.payment_id);
  payment.set_customer(customer);
  payment.set_partner(owner);
  payment.set_currency(report.collected.currency);
  payment.set_collected(report.collected.minor_units);
  payment.set_base(report.base);
  payment.set_time(report.time);
  for (const std::string& alias : report.alias_ids) {
    const bool again = alias == report.payment_id || std::find(payment.alias_ids().begin(), payment.alias_ids().end(),
                                                               alias) != payment.alias_ids().end();
    if (!again) payment.add_alias_ids(alias);
  }
  payment.set_rate_bps(earning.rate_bps);
  payment.set_matures_on(earning.matures_on);
  payment.set_zero_reason(earning.zero_reason);
  payment.set_first_paying(earning.first_paying);
  FillReason(earning, &payment);
  payment.set_old_debit(report.old_debit);
  payment.mutable_state()->set_booked(amount);
  const Partner& partner = book_->partners.At({program_, owner});
  const bool held = referral.in_review || partner.state == static_cast<int64_t>(PartnerPhase::kBanned);
  if (held) {
    payment.mutable_state()->set_held(amount);
  } else {
    payment.mutable_state()->set_pending(amount);
  }
  if (amount > 0) {
    journal_->AddLegs(AccrualLegs(AccountKind::kCommissionExpense, amount, held, day, book_->earners.Get(earner_key)),
                      {owner, report.collected.currency});
  }
  TRAILBOOK_ASSIGN_OR_RETURN(*number, journal_->Emit());
  if (earning.bonus == 0) return absl::OkStatus();
  return AccrueBonus(*book_, *journal_, book_->commissions.At({program_, *number}), earning.bonus, held);
}

ReportOutcome Reporter::TakeOne(const PaymentReport& report) {
  if (absl::Status bad = Check(report); !bad.ok()) return Refused(std::move(bad));
  const ExternalKey* known = book_->external_keys.Get({program_, ExternalIdKey(IdKind::kPayment, report.payment_id)});
  if (known != nullptr) return RepeatedPayment(report, known->commission);
  ReportOutcome outcome;
  if (Waits(report, &outcome)) return outcome;
  if (absl::Status bad = CheckAliases(report, 0); !bad.ok()) return Refused(std::move(bad));
  const CustomerKey* customer =
      book_->customer_keys.Get({program_, ExternalIdKey(IdKind::kCustomer, report.customer_id)});
  if (customer == nullptr) {
    return ParkFor(report, WaitForCustomer(report.customer_id));
  }
  const Referral& referral = book_->referrals.At({program_, customer->customer});
  int64_t number = 0;
  if (absl::Status bad = RecordPayment(report, customer->customer, referral, &number); !bad.ok()) {
    return Refused(std::move(bad));
  }
  const Commission& commission = book_->commissions.At({program_, number});
  outcome = AnswerAbout(commission, OutcomeOf(commission.zero_reason), false);
  ReleaseForPayment(report.payment_id);
  for (const std::string& alias : report.alias_ids) ReleaseForPayment(alias);
  return outcome;
}

ReportOutcome Reporter::TakeOne(const AliasReport& report) {
  absl::Status bad = CheckExternalId("payment_alias.payment_id", report.payment_id);
  bad.Update(CheckExternalId("payment_alias.alias_id", report.alias_id));
  bad.Update(CheckTime("payment_alias.occur_time", report.time, now_));
  if (!bad.ok()) return Refused(std::move(bad));
  const Commission* payment = FindPayment(report.payment_id);
  const Commission* named = FindPayment(report.alias_id);
  if (named != nullptr && (payment == nullptr || named->number != payment->number)) {
    return Refused(EventConflict("alias", report.alias_id, absl::StrCat("payment, ", named->payment_id)));
  }
  if (named != nullptr) return AnswerAbout(*payment, OutcomeKind::kRecorded, true);
  ReportOutcome outcome;
  if (Waits(report, &outcome)) return outcome;
  if (payment == nullptr) return ParkFor(report, WaitForPayment(report.payment_id));
  const int64_t number = payment->number;
  if (absl::Status bad = RecordAlias(number, report.alias_id, report.time); !bad.ok()) return Refused(std::move(bad));
  return AnswerAbout(book_->commissions.At({program_, number}), OutcomeKind::kRecorded, false);
}

absl::Status Reporter::RecordAlias(int64_t commission, const std::string& alias_id, int64_t time) {
  log::v1::AliasRecorded& alias = *journal_->Start(program_, DayOf(time, zone_)).mutable_alias_recorded();
  alias.set_commission(commission);
  alias.set_alias_id(alias_id);
  alias.set_time(time);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  ReleaseForPayment(alias_id);
  return absl::OkStatus();
}

}  // namespace trailbook
