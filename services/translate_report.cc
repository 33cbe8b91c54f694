// Reports: from messages to values and back.
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/status.h"
#include "services/call.h"
#include "services/names.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

// The seconds of a required time.
template <typename M>
absl::StatusOr<int64_t> TimeOfMessage(absl::string_view field, const M& message) {
  if (message.has_occur_time()) return message.occur_time().seconds();
  return InvalidField(absl::StrCat(field, ".occur_time"), "is required");
}

}  // namespace

absl::StatusOr<Report> ToReport(absl::string_view program, const api::SignUp& in) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t time, TimeOfMessage("sign_up", in));
  SignUpReport out;
  out.customer_id = in.customer_id();
  absl::string_view partner = in.partner();
  absl::ConsumePrefix(&partner, absl::StrCat(Name(program), "/partners/"));
  out.partner_id = std::string(partner);
  out.coupon_code = in.coupon_code();
  out.link_code = in.link_code();
  out.other_codes = {in.other_codes().begin(), in.other_codes().end()};
  out.email = in.email();
  out.click_id = in.click_id();
  out.time = time;
  return Report(std::move(out));
}

absl::StatusOr<Report> ToReport(absl::string_view, const api::Payment& in) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t time, TimeOfMessage("payment", in));
  if (!in.has_collected()) return InvalidField("payment.collected", "is required");
  return Report(PaymentReport{in.payment_id(),
                              in.customer_id(),
                              ToAmount(in.collected()),
                              in.base_minor_units(),
                              time,
                              {in.alias_ids().begin(), in.alias_ids().end()},
                              in.flag() == api::Payment::FLAG_OLD_DEBIT});
}

absl::StatusOr<Report> ToReport(absl::string_view, const api::PaymentAlias& in) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t time, TimeOfMessage("payment_alias", in));
  return Report(AliasReport{in.payment_id(), in.alias_id(), time});
}

absl::StatusOr<Report> ToReport(absl::string_view, const api::Refund& in) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t time, TimeOfMessage("refund", in));
  if (!in.has_amount()) return InvalidField("refund.amount", "is required");
  if (in.state() != api::Refund::STATE_SUCCEEDED && in.state() != api::Refund::STATE_FAILED) {
    return InvalidField("refund.state", "must be STATE_SUCCEEDED or STATE_FAILED");
  }
  return Report(RefundReport{in.refund_id(), in.payment_id(), ToAmount(in.amount()),
                             in.state() == api::Refund::STATE_FAILED, time});
}

absl::StatusOr<Report> ToReport(absl::string_view, const api::Dispute& in) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t time, TimeOfMessage("dispute", in));
  if (!in.has_amount()) return InvalidField("dispute.amount", "is required");
  if (in.state() < api::Dispute::STATE_OPEN || in.state() > api::Dispute::STATE_LOST) {
    return InvalidField("dispute.state", "must be STATE_OPEN, STATE_WON or STATE_LOST");
  }
  return Report(DisputeReport{in.dispute_id(), in.payment_id(), ToAmount(in.amount()),
                              static_cast<DisputePhase>(in.state()), time});
}

absl::StatusOr<Report> ToReport(absl::string_view, const api::Click& in) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t time, TimeOfMessage("click", in));
  return Report(ClickReport{in.click_id(), in.link_code(), time});
}

absl::StatusOr<Report> ToReport(absl::string_view program, const api::ReportedEvent& in) {
  switch (in.event_case()) {
    case api::ReportedEvent::kSignUp: return ToReport(program, in.sign_up());
    case api::ReportedEvent::kPayment: return ToReport(program, in.payment());
    case api::ReportedEvent::kPaymentAlias: return ToReport(program, in.payment_alias());
    case api::ReportedEvent::kRefund: return ToReport(program, in.refund());
    case api::ReportedEvent::kDispute: return ToReport(program, in.dispute());
    case api::ReportedEvent::kClick: return ToReport(program, in.click());
    case api::ReportedEvent::EVENT_NOT_SET: break;
  }
  return InvalidField("event", "is required: one of sign_up, payment, payment_alias, refund, dispute, click");
}

void Fill(absl::string_view program, const ReportOutcome& outcome, api::ReportOutcome* out) {
  if (!outcome.status.ok()) {
    *out->mutable_error() = ToRpcStatus(outcome.status);
    return;
  }
  out->set_outcome(static_cast<api::ReportOutcome::Outcome>(outcome.kind));
  out->set_replayed(outcome.replayed);
  if (!outcome.partner_id.empty()) out->set_partner(Name(program, "partners", outcome.partner_id));
  if (outcome.commission != 0) {
    out->set_commission(Name(program, "commissions", outcome.commission));
    FillMoney(outcome.commission_amount.currency, outcome.commission_amount.minor_units,
              out->mutable_commission_amount());
  }
  out->set_message(outcome.message);
}

absl::Status CheckEventCount(int events, int most, absl::string_view what) {
  if (events == 0) return InvalidField("events", "is required");
  if (events <= most) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE", "events",
                absl::StrCat("events: ", events, " events; at most ", most, " ", what));
}

std::vector<Report> ToReports(absl::string_view program,
                              const google::protobuf::RepeatedPtrField<api::ReportedEvent>& events,
                              std::vector<absl::Status>* malformed) {
  std::vector<Report> reports;
  reports.reserve(static_cast<size_t>(events.size()));
  for (const api::ReportedEvent& event : events) {
    auto report = ToReport(program, event);
    malformed->push_back(report.status());
    if (report.ok()) reports.push_back(*std::move(report));
  }
  return reports;
}

void FillOutcomes(absl::string_view program, const std::vector<absl::Status>& malformed,
                  const std::vector<ReportOutcome>& outcomes,
                  google::protobuf::RepeatedPtrField<api::ReportOutcome>* out) {
  size_t next = 0;
  for (size_t at = 0; at < malformed.size(); ++at) {
    const absl::Status& refused = malformed[at].ok() ? outcomes[next].status : malformed[at];
    if (refused.ok()) {
      Fill(program, outcomes[next], out->Add());
    } else {
      *out->Add()->mutable_error() = ToRpcStatus(WithFieldPrefix(refused, absl::StrCat("events[", at, "].")));
    }
    if (malformed[at].ok()) ++next;
  }
}

}  // namespace trailbook::services
