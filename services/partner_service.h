// Partners: who refers, at which rate, paid how. For operators and, later, partners. Errors as the .proto says for each
// method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_PARTNER_SERVICE_H_
#define TRAILBOOK_SERVICES_PARTNER_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/partner_service.grpc.pb.h"

namespace trailbook::services {

class PartnerServiceImpl final : public ::trailbook::v1::PartnerService::CallbackService {
 public:
  explicit PartnerServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* CreatePartner(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::CreatePartnerRequest* request,
                                          ::trailbook::v1::Partner* response) override;
  grpc::ServerUnaryReactor* GetPartner(grpc::CallbackServerContext* context,
                                       const ::trailbook::v1::GetPartnerRequest* request,
                                       ::trailbook::v1::Partner* response) override;
  grpc::ServerUnaryReactor* ListPartners(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::ListPartnersRequest* request,
                                         ::trailbook::v1::ListPartnersResponse* response) override;
  grpc::ServerUnaryReactor* ImportPartners(grpc::CallbackServerContext* context,
                                           const ::trailbook::v1::ImportPartnersRequest* request,
                                           ::trailbook::v1::ImportPartnersResponse* response) override;
  grpc::ServerUnaryReactor* SetPartnerRate(grpc::CallbackServerContext* context,
                                           const ::trailbook::v1::SetPartnerRateRequest* request,
                                           ::trailbook::v1::Partner* response) override;
  grpc::ServerUnaryReactor* SetPayoutMethod(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::SetPayoutMethodRequest* request,
                                            ::trailbook::v1::Partner* response) override;
  grpc::ServerUnaryReactor* SetPartnerState(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::SetPartnerStateRequest* request,
                                            ::trailbook::v1::Partner* response) override;
  grpc::ServerUnaryReactor* MergePartner(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::MergePartnerRequest* request,
                                         ::trailbook::v1::Partner* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_PARTNER_SERVICE_H_
