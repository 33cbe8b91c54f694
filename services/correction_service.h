// CorrectionService over the ledger. Thread-safe.
#ifndef TRAILBOOK_SERVICES_CORRECTION_SERVICE_H_
#define TRAILBOOK_SERVICES_CORRECTION_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/correction_service.grpc.pb.h"

namespace trailbook::services {

class CorrectionServiceImpl final : public ::trailbook::v1::CorrectionService::CallbackService {
 public:
  explicit CorrectionServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* ProposeCorrection(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::ProposeCorrectionRequest* request,
                                              ::trailbook::v1::Correction* response) override;
  grpc::ServerUnaryReactor* ApproveCorrection(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::ApproveCorrectionRequest* request,
                                              ::trailbook::v1::Correction* response) override;
  grpc::ServerUnaryReactor* RejectCorrection(grpc::CallbackServerContext* context,
                                             const ::trailbook::v1::RejectCorrectionRequest* request,
                                             ::trailbook::v1::Correction* response) override;
  grpc::ServerUnaryReactor* GetCorrection(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::GetCorrectionRequest* request,
                                          ::trailbook::v1::Correction* response) override;
  grpc::ServerUnaryReactor* ListCorrections(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::ListCorrectionsRequest* request,
                                            ::trailbook::v1::ListCorrectionsResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_CORRECTION_SERVICE_H_
