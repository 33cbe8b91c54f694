// What happened: sign-ups, payments, refunds and disputes, in any order and any number of times. For the sign-up flow.
// Errors as the .proto says for each method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_REPORTING_SERVICE_H_
#define TRAILBOOK_SERVICES_REPORTING_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace trailbook::services {

class ReportingServiceImpl final : public ::trailbook::v1::ReportingService::CallbackService {
 public:
  explicit ReportingServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* ReportSignUp(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::ReportSignUpRequest* request,
                                         ::trailbook::v1::ReportOutcome* response) override;
  grpc::ServerUnaryReactor* ReportPayment(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::ReportPaymentRequest* request,
                                          ::trailbook::v1::ReportOutcome* response) override;
  grpc::ServerUnaryReactor* ReportPaymentAlias(grpc::CallbackServerContext* context,
                                               const ::trailbook::v1::ReportPaymentAliasRequest* request,
                                               ::trailbook::v1::ReportOutcome* response) override;
  grpc::ServerUnaryReactor* ReportRefund(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::ReportRefundRequest* request,
                                         ::trailbook::v1::ReportOutcome* response) override;
  grpc::ServerUnaryReactor* ReportDispute(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::ReportDisputeRequest* request,
                                          ::trailbook::v1::ReportOutcome* response) override;
  grpc::ServerUnaryReactor* ReportClick(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ReportClickRequest* request,
                                        ::trailbook::v1::ReportOutcome* response) override;
  grpc::ServerUnaryReactor* ReportBatch(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ReportBatchRequest* request,
                                        ::trailbook::v1::ReportBatchResponse* response) override;
  grpc::ServerBidiReactor<::trailbook::v1::ReportStreamRequest, ::trailbook::v1::ReportStreamResponse>* ReportStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* ListParkedEvents(grpc::CallbackServerContext* context,
                                             const ::trailbook::v1::ListParkedEventsRequest* request,
                                             ::trailbook::v1::ListParkedEventsResponse* response) override;
  grpc::ServerUnaryReactor* PurgeParkedEvents(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::PurgeParkedEventsRequest* request,
                                              ::trailbook::v1::PurgeParkedEventsResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_REPORTING_SERVICE_H_
