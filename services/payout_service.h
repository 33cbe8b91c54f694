// Paying partners in batches, with two pairs of eyes. For finance. Errors as the .proto says for each method.
// Thread-safe.
#ifndef TRAILBOOK_SERVICES_PAYOUT_SERVICE_H_
#define TRAILBOOK_SERVICES_PAYOUT_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/payout_service.grpc.pb.h"

namespace trailbook::services {

class PayoutServiceImpl final : public ::trailbook::v1::PayoutService::CallbackService {
 public:
  explicit PayoutServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* PreviewPayoutBatch(grpc::CallbackServerContext* context,
                                               const ::trailbook::v1::PreviewPayoutBatchRequest* request,
                                               ::trailbook::v1::PayoutBatchContent* response) override;
  grpc::ServerUnaryReactor* CreatePayoutBatch(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::CreatePayoutBatchRequest* request,
                                              ::trailbook::v1::PayoutBatch* response) override;
  grpc::ServerUnaryReactor* SubmitPayoutBatch(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::SubmitPayoutBatchRequest* request,
                                              ::trailbook::v1::PayoutBatch* response) override;
  grpc::ServerUnaryReactor* ApprovePayoutBatch(grpc::CallbackServerContext* context,
                                               const ::trailbook::v1::ApprovePayoutBatchRequest* request,
                                               ::trailbook::v1::PayoutBatch* response) override;
  grpc::ServerUnaryReactor* ExportPayoutBatch(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::ExportPayoutBatchRequest* request,
                                              ::trailbook::v1::ExportPayoutBatchResponse* response) override;
  grpc::ServerUnaryReactor* RecordPayoutResult(grpc::CallbackServerContext* context,
                                               const ::trailbook::v1::RecordPayoutResultRequest* request,
                                               ::trailbook::v1::Payout* response) override;
  grpc::ServerUnaryReactor* CancelPayoutBatch(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::CancelPayoutBatchRequest* request,
                                              ::trailbook::v1::PayoutBatch* response) override;
  grpc::ServerUnaryReactor* GetPayoutBatch(grpc::CallbackServerContext* context,
                                           const ::trailbook::v1::GetPayoutBatchRequest* request,
                                           ::trailbook::v1::PayoutBatch* response) override;
  grpc::ServerUnaryReactor* ListPayoutBatches(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::ListPayoutBatchesRequest* request,
                                              ::trailbook::v1::ListPayoutBatchesResponse* response) override;
  grpc::ServerUnaryReactor* ListPayouts(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ListPayoutsRequest* request,
                                        ::trailbook::v1::ListPayoutsResponse* response) override;
  grpc::ServerUnaryReactor* ListPayoutLines(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::ListPayoutLinesRequest* request,
                                            ::trailbook::v1::ListPayoutLinesResponse* response) override;
  grpc::ServerUnaryReactor* SetFxRate(grpc::CallbackServerContext* context,
                                      const ::trailbook::v1::SetFxRateRequest* request,
                                      ::trailbook::v1::FxRate* response) override;
  grpc::ServerUnaryReactor* ListFxRates(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ListFxRatesRequest* request,
                                        ::trailbook::v1::ListFxRatesResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_PAYOUT_SERVICE_H_
