#include "services/reporting_service.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/report_stream.h"
#include "services/translate.h"

namespace trailbook::services {

namespace {

constexpr int kMaxEvents = 10000;

// One report: a refusal is the call's status.
template <typename Message>
grpc::ServerUnaryReactor* ReportOne(Funnel& funnel, grpc::CallbackServerContext* context, const char* method,
                                    const std::string& parent, const Message& message, api::ReportOutcome* response) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel, context, method, Call::Kind::kReport, &reactor);
  if (call == nullptr) return reactor;
  const auto program = ProgramOf("parent", parent);
  absl::StatusOr<Report> report = program.ok() ? ToReport(*program, message) : program.status();
  if (!report.ok()) {
    call->Finish(report.status());
    return reactor;
  }
  std::vector<Report> reports;
  reports.push_back(*std::move(report));
  Ledger& ledger = call->ledger();
  const Requester requester = call->requester();
  ledger.Report(
      *program, std::move(reports), requester,
      [call = std::move(call), program = *program, response](absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
        if (!outcomes.ok()) return call->Finish(outcomes.status());
        const ReportOutcome& outcome = outcomes->front();
        if (outcome.status.ok()) Fill(program, outcome, response);
        call->Finish(outcome.status);
      });
  return reactor;
}

absl::StatusOr<std::string> CheckBatch(const api::ReportBatchRequest& request) {
  TRAILBOOK_RETURN_IF_ERROR(CheckEventCount(request.events_size(), kMaxEvents, "a call"));
  return ProgramOf("parent", request.parent());
}

}  // namespace

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportSignUp(grpc::CallbackServerContext* context,
                                                             const api::ReportSignUpRequest* request,
                                                             api::ReportOutcome* response) {
  return ReportOne(funnel_, context, "ReportSignUp", request->parent(), request->sign_up(), response);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportPayment(grpc::CallbackServerContext* context,
                                                              const api::ReportPaymentRequest* request,
                                                              api::ReportOutcome* response) {
  return ReportOne(funnel_, context, "ReportPayment", request->parent(), request->payment(), response);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportPaymentAlias(grpc::CallbackServerContext* context,
                                                                   const api::ReportPaymentAliasRequest* request,
                                                                   api::ReportOutcome* response) {
  return ReportOne(funnel_, context, "ReportPaymentAlias", request->parent(), request->payment_alias(), response);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportRefund(grpc::CallbackServerContext* context,
                                                             const api::ReportRefundRequest* request,
                                                             api::ReportOutcome* response) {
  return ReportOne(funnel_, context, "ReportRefund", request->parent(), request->refund(), response);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportDispute(grpc::CallbackServerContext* context,
                                                              const api::ReportDisputeRequest* request,
                                                              api::ReportOutcome* response) {
  return ReportOne(funnel_, context, "ReportDispute", request->parent(), request->dispute(), response);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportClick(grpc::CallbackServerContext* context,
                                                            const api::ReportClickRequest* request,
                                                            api::ReportOutcome* response) {
  return ReportOne(funnel_, context, "ReportClick", request->parent(), request->click(), response);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ReportBatch(grpc::CallbackServerContext* context,
                                                            const api::ReportBatchRequest* request,
                                                            api::ReportBatchResponse* response) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel_, context, "ReportBatch", Call::Kind::kReport, &reactor);
  if (call == nullptr) return reactor;
  const auto program = CheckBatch(*request);
  if (!program.ok()) {
    call->Finish(program.status());
    return reactor;
  }
  std::vector<absl::Status> malformed;
  std::vector<Report> reports = ToReports(*program, request->events(), &malformed);
  Ledger& ledger = call->ledger();
  const Requester requester = call->requester();
  ledger.Report(*program, std::move(reports), requester,
                [call, response, program = *program,
                 malformed = std::move(malformed)](absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
                  if (outcomes.ok()) FillOutcomes(program, malformed, *outcomes, response->mutable_outcomes());
                  call->Finish(outcomes.status());
                });
  return reactor;
}

grpc::ServerBidiReactor<api::ReportStreamRequest, api::ReportStreamResponse>* ReportingServiceImpl::ReportStream(
    grpc::CallbackServerContext* context) {
  return new class ReportStream(funnel_, context);
}

grpc::ServerUnaryReactor* ReportingServiceImpl::ListParkedEvents(grpc::CallbackServerContext* context,
                                                                 const api::ListParkedEventsRequest* request,
                                                                 api::ListParkedEventsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListParkedEvents", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("parked\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListParked(program, page));
    for (const ParkedView& parked : found.items) {
      api::ParkedEvent* out = response->add_parked_events();
      out->set_number(parked.number);
      out->set_kind(parked.kind);
      out->set_id(parked.id);
      FillTime(parked.event_time, out->mutable_occur_time());
      out->set_waits_for(parked.waits_for);
      out->set_refused(parked.refused);
    }
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReportingServiceImpl::PurgeParkedEvents(grpc::CallbackServerContext* context,
                                                                  const api::PurgeParkedEventsRequest* request,
                                                                  api::PurgeParkedEventsResponse* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    return Mutation(PurgeParked{program, request->before_time().seconds(), request->reason()});
  };
  return MutateCall(funnel_, context, "PurgeParkedEvents", *request, command,
                    [response](Queries&, const MutationReply& made) {
                      response->set_count(made.number);
                      return absl::OkStatus();
                    });
}

}  // namespace trailbook::services
