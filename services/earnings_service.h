// What partners earned, why, and when it is paid. Errors as the .proto says for each method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_EARNINGS_SERVICE_H_
#define TRAILBOOK_SERVICES_EARNINGS_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/earnings_service.grpc.pb.h"

namespace trailbook::services {

class EarningsServiceImpl final : public ::trailbook::v1::EarningsService::CallbackService {
 public:
  explicit EarningsServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* ListEarnings(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::ListEarningsRequest* request,
                                         ::trailbook::v1::ListEarningsResponse* response) override;
  grpc::ServerUnaryReactor* GetPartnerEarnings(grpc::CallbackServerContext* context,
                                               const ::trailbook::v1::GetPartnerEarningsRequest* request,
                                               ::trailbook::v1::PartnerEarnings* response) override;
  grpc::ServerUnaryReactor* ListCommissions(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::ListCommissionsRequest* request,
                                            ::trailbook::v1::ListCommissionsResponse* response) override;
  grpc::ServerUnaryReactor* ExplainCommission(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::ExplainCommissionRequest* request,
                                              ::trailbook::v1::CommissionExplanation* response) override;
  grpc::ServerUnaryReactor* GetStatement(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::GetStatementRequest* request,
                                         ::trailbook::v1::Statement* response) override;
  grpc::ServerUnaryReactor* RunMaturity(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::RunMaturityRequest* request,
                                        ::trailbook::v1::RunMaturityResponse* response) override;
  grpc::ServerUnaryReactor* GetForecast(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::GetForecastRequest* request,
                                        ::trailbook::v1::Forecast* response) override;
  grpc::ServerUnaryReactor* ExplainBalance(grpc::CallbackServerContext* context,
                                           const ::trailbook::v1::ExplainBalanceRequest* request,
                                           ::trailbook::v1::BalanceExplanation* response) override;
  grpc::ServerUnaryReactor* ListDueCommissions(grpc::CallbackServerContext* context,
                                               const ::trailbook::v1::ListDueCommissionsRequest* request,
                                               ::trailbook::v1::ListDueCommissionsResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_EARNINGS_SERVICE_H_
