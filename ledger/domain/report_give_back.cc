// Refunds and disputes: what takes a payment back, and what undoes that (RULES 4).
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/bonus.h"
#include "ledger/domain/commission_change.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/money.h"
#include "ledger/domain/outcomes.h"
#include "ledger/domain/projector_transfer.h"
#include "ledger/domain/reporter.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

absl::Status TooMuch() {
  return Refuse(absl::StatusCode::kOutOfRange, "OVERFLOW", "",
                "the sum given back would not fit into 64 bits; nothing was recorded");
}

log::v1::DisputeState StateOf(DisputePhase phase) {
  switch (phase) {
    case DisputePhase::kOpen: return log::v1::DISPUTE_STATE_OPEN;
    case DisputePhase::kWon: return log::v1::DISPUTE_STATE_WON;
    case DisputePhase::kLost: return log::v1::DISPUTE_STATE_LOST;
  }
  return log::v1::DISPUTE_STATE_UNSPECIFIED;
}

// The commission with what the refund changes. False if a sum would not fit.
bool WithRefund(const Refund* known, const RefundReport& report, Commission* c) {
  if (known != nullptr && known->counted) c->given_back -= known->amount;
  return report.failed || CheckedAdd(c->given_back, report.amount.minor_units, &c->given_back);
}

bool WithDispute(const Dispute* known, log::v1::DisputeState state, int64_t amount, Commission* c) {
  if (known != nullptr && known->state == log::v1::DISPUTE_STATE_OPEN) c->open_disputed -= known->amount;
  if (state == log::v1::DISPUTE_STATE_OPEN) {
    return CheckedAdd(c->open_disputed, amount, &c->open_disputed);
  }
  if (state == log::v1::DISPUTE_STATE_LOST) {
    return CheckedAdd(c->given_back, amount, &c->given_back);
  }
  return true;
}

// What a refund or dispute was recorded as under its id, on the payment that it names now; nullptr if it is new.
// EVENT_CONFLICT if it came before with another payment, amount or currency.
template <typename Row>
absl::StatusOr<const Row*> FindRecorded(Book& book, Table<Row>& rows, int64_t program, IdKind kind,
                                        absl::string_view what, absl::string_view id, const Commission* payment,
                                        const Amount& amount) {
  const Hash128 id_key = ExternalIdKey(kind, id);
  const ExternalKey* known = book.external_keys.Get({program, id_key});
  if (known == nullptr) return nullptr;
  if (payment == nullptr || OriginOf(*payment) != known->commission) return EventConflict(what, id, "payment");
  const Row& row = rows.At({program, known->commission, id_key});
  if (row.amount != amount.minor_units) return EventConflict(what, id, "amount");
  if (payment->currency != amount.currency) return EventConflict(what, id, "currency");
  return &row;
}

}  // namespace

absl::Status Reporter::CheckGiveBack(absl::string_view what, absl::string_view id, absl::string_view payment_id,
                                     const Amount& amount, int64_t time) const {
  TRAILBOOK_RETURN_IF_ERROR(CheckExternalId(absl::StrCat(what, ".", what, "_id"), id));
  TRAILBOOK_RETURN_IF_ERROR(CheckExternalId(absl::StrCat(what, ".payment_id"), payment_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckAmount(absl::StrCat(what, ".amount"), amount, 1));
  return CheckTime(absl::StrCat(what, ".occur_time"), time, now_);
}

absl::Status Reporter::CheckAgainst(const Commission& c, absl::string_view what, const Amount& amount) const {
  const std::string field = absl::StrCat(what, ".amount");
  if (amount.currency != c.currency) {
    return InvalidField(
        absl::StrCat(field, ".currency_code"),
        absl::StrCat("is ", amount.currency, ", but payment \"", c.payment_id, "\" was in ", c.currency.code()));
  }
  if (amount.minor_units > c.collected) {
    return Refuse(absl::StatusCode::kInvalidArgument, "REFUND_ABOVE_COLLECTED", absl::StrCat(field, ".minor_units"),
                  absl::StrCat(field, ".minor_units: ", amount.minor_units, " is above the ", c.collected,
                               " that payment \"", c.payment_id, "\" collected"));
  }
  return absl::OkStatus();
}

ReportOutcome Reporter::GivenBack(int64_t commission, int64_t time) {
  const Commission& now = book_->commissions.At({program_, commission});
  const absl::Status bonus = MoveBonus(*book_, *journal_, now, time, DayOf(time, zone_));
  return bonus.ok() ? AnswerAbout(now, OutcomeKind::kRecorded, false) : Refused(bonus);
}

ReportOutcome Reporter::TakeOne(const RefundReport& report) {
  if (absl::Status bad = CheckGiveBack("refund", report.refund_id, report.payment_id, report.amount, report.time);
      !bad.ok()) {
    return Refused(std::move(bad));
  }
  const Commission* payment = FindPayment(report.payment_id);
  const auto recorded = FindRecorded(*book_, book_->refunds, program_, IdKind::kRefund, "refund", report.refund_id,
                                     payment, report.amount);
  if (!recorded.ok()) return Refused(recorded.status());
  const Refund* known = *recorded;
  // Failed is final, in whatever order the two arrive.
  if (known != nullptr && (known->failed || !report.failed)) return AnswerAbout(*payment, OutcomeKind::kRecorded, true);
  ReportOutcome outcome;
  if (Waits(report, &outcome)) return outcome;
  if (payment == nullptr) return ParkFor(report, WaitForPayment(report.payment_id));
  if (absl::Status bad = CheckAgainst(*payment, "refund", report.amount); !bad.ok()) {
    return Refused(std::move(bad));
  }
  Commission after = *payment;
  if (!WithRefund(known, report, &after)) return Refused(TooMuch());
  const absl::Status done = ChangeCommission(*book_, *journal_, after, DayOf(report.time, zone_),
                                             [&](log::v1::Record& record, const log::v1::CommissionState& state) {
                                               log::v1::RefundRecorded& refund = *record.mutable_refund_recorded();
                                               refund.set_commission(after.number);
                                               refund.set_refund_id(report.refund_id);
                                               refund.set_amount(report.amount.minor_units);
                                               refund.set_failed(report.failed);
                                               refund.set_time(report.time);
                                               *refund.mutable_state() = state;
                                             });
  if (!done.ok()) return Refused(done);
  return GivenBack(after.number, report.time);
}

ReportOutcome Reporter::TakeOne(const DisputeReport& report) {
  if (absl::Status bad = CheckGiveBack("dispute", report.dispute_id, report.payment_id, report.amount, report.time);
      !bad.ok()) {
    return Refused(std::move(bad));
  }
  const log::v1::DisputeState state = StateOf(report.phase);
  const Commission* payment = FindPayment(report.payment_id);
  const auto recorded = FindRecorded(*book_, book_->disputes, program_, IdKind::kDispute, "dispute", report.dispute_id,
                                     payment, report.amount);
  if (!recorded.ok()) return Refused(recorded.status());
  const Dispute* known = *recorded;
  if (known != nullptr) {
    // A dispute that is closed is not reopened by its own late opening.
    if (known->state == state || state == log::v1::DISPUTE_STATE_OPEN) {
      return AnswerAbout(*payment, OutcomeKind::kRecorded, true);
    }
    if (known->state != log::v1::DISPUTE_STATE_OPEN) {
      return Refused(EventConflict("dispute", report.dispute_id, "verdict"));
    }
  }
  ReportOutcome outcome;
  if (Waits(report, &outcome)) return outcome;
  if (payment == nullptr) return ParkFor(report, WaitForPayment(report.payment_id));
  if (absl::Status bad = CheckAgainst(*payment, "dispute", report.amount); !bad.ok()) {
    return Refused(std::move(bad));
  }
  Commission after = *payment;
  if (!WithDispute(known, state, report.amount.minor_units, &after)) return Refused(TooMuch());
  const absl::Status done =
      ChangeCommission(*book_, *journal_, after, DayOf(report.time, zone_),
                       [&](log::v1::Record& record, const log::v1::CommissionState& commission_state) {
                         log::v1::DisputeRecorded& dispute = *record.mutable_dispute_recorded();
                         dispute.set_commission(after.number);
                         dispute.set_dispute_id(report.dispute_id);
                         dispute.set_amount(report.amount.minor_units);
                         dispute.set_dispute_state(state);
                         dispute.set_time(report.time);
                         *dispute.mutable_state() = commission_state;
                       });
  if (!done.ok()) return Refused(done);
  return GivenBack(after.number, report.time);
}

}  // namespace trailbook
