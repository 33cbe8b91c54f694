// Between the API's messages and the ledger's values. Thread-safe: functions only.
#ifndef TRAILBOOK_SERVICES_TRANSLATE_H_
#define TRAILBOOK_SERVICES_TRANSLATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/queries/views.h"
#include "trailbook/v1/earnings_service.pb.h"
#include "trailbook/v1/ledger_service.pb.h"
#include "trailbook/v1/link_service.pb.h"
#include "trailbook/v1/partner_service.pb.h"
#include "trailbook/v1/payout_service.pb.h"
#include "trailbook/v1/program_service.pb.h"
#include "trailbook/v1/reporting_service.pb.h"

namespace trailbook::services {

namespace api = ::trailbook::v1;

Amount ToAmount(const api::Money& money);
void FillMoney(absl::string_view currency, int64_t minor_units, api::Money* money);
void FillTime(int64_t seconds, google::protobuf::Timestamp* time);
// "****1907": four stars and the last four characters; of an e-mail the first character and the domain.
std::string Mask(absl::string_view account);

TermsSpec ToTerms(const api::Terms& terms);
void Fill(const TermsView& view, api::Terms* out);
void Fill(const ProgramView& view, api::Program* out);
void Fill(absl::string_view program, const LoweringView& view, api::RateLowering* out);

PartnerSpec ToPartner(absl::string_view partner_id, const api::Partner& partner, bool has_rate, int32_t rate_bps,
                      absl::string_view link_code, absl::string_view coupon_code);
void Fill(absl::string_view program, const PartnerView& view, api::Partner* out);
void Fill(absl::string_view program, const CodeView& view, api::Link* out);

// A report; INVALID_ARGUMENT names a missing field.
absl::StatusOr<Report> ToReport(absl::string_view program, const api::SignUp& in);
absl::StatusOr<Report> ToReport(absl::string_view program, const api::Payment& in);
absl::StatusOr<Report> ToReport(absl::string_view program, const api::PaymentAlias& in);
absl::StatusOr<Report> ToReport(absl::string_view program, const api::Refund& in);
absl::StatusOr<Report> ToReport(absl::string_view program, const api::Dispute& in);
absl::StatusOr<Report> ToReport(absl::string_view program, const api::Click& in);
absl::StatusOr<Report> ToReport(absl::string_view program, const api::ReportedEvent& in);
void Fill(absl::string_view program, const ReportOutcome& outcome, api::ReportOutcome* out);
// INVALID_ARGUMENT: none, or more than `most` in `what` ("a call").
absl::Status CheckEventCount(int events, int most, absl::string_view what);
// The reports of many events; `malformed` gets a status per event, OK where it became a report.
std::vector<Report> ToReports(absl::string_view program,
                              const google::protobuf::RepeatedPtrField<api::ReportedEvent>& events,
                              std::vector<absl::Status>* malformed);
// Outcomes in the order of the events: those that never became a report (`malformed`: not OK) stand at their places.
void FillOutcomes(absl::string_view program, const std::vector<absl::Status>& malformed,
                  const std::vector<ReportOutcome>& outcomes,
                  google::protobuf::RepeatedPtrField<api::ReportOutcome>* out);

void Fill(absl::string_view program, const EarningsView& view, api::Earnings* out);
void Fill(absl::string_view program, const CommissionView& view, api::Commission* out);
void Fill(absl::string_view program, const ExplanationView& view, api::CommissionExplanation* out);
void Fill(absl::string_view program, const StatementView& view, api::Statement* out);

void Fill(absl::string_view program, const BatchView& view, api::PayoutBatch* out);
void Fill(absl::string_view program, const PayoutView& view, api::Payout* out);
void Fill(absl::string_view program, const FxRateView& view, api::FxRate* out);
void Fill(absl::string_view program, const BalancePartView& view, api::BalancePart* out);
void Fill(absl::string_view program, absl::string_view currency, const BalancePartView& view, api::PayoutLine* out);
void Fill(absl::string_view program, const DueCommissionView& view, api::DueCommission* out);
void Fill(absl::string_view program, const LeftOutView& view, api::LeftOut* out);

void Fill(absl::string_view program, const RecordView& view, api::Record* out);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_TRANSLATE_H_
