// Programs and their terms: for operators. Errors as the .proto says for each method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_PROGRAM_SERVICE_H_
#define TRAILBOOK_SERVICES_PROGRAM_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/program_service.grpc.pb.h"

namespace trailbook::services {

class ProgramServiceImpl final : public ::trailbook::v1::ProgramService::CallbackService {
 public:
  explicit ProgramServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* CreateProgram(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::CreateProgramRequest* request,
                                          ::trailbook::v1::Program* response) override;
  grpc::ServerUnaryReactor* GetProgram(grpc::CallbackServerContext* context,
                                       const ::trailbook::v1::GetProgramRequest* request,
                                       ::trailbook::v1::Program* response) override;
  grpc::ServerUnaryReactor* ListPrograms(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::ListProgramsRequest* request,
                                         ::trailbook::v1::ListProgramsResponse* response) override;
  grpc::ServerUnaryReactor* PublishTerms(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::PublishTermsRequest* request,
                                         ::trailbook::v1::Terms* response) override;
  grpc::ServerUnaryReactor* ListTerms(grpc::CallbackServerContext* context,
                                      const ::trailbook::v1::ListTermsRequest* request,
                                      ::trailbook::v1::ListTermsResponse* response) override;
  grpc::ServerUnaryReactor* LowerRate(grpc::CallbackServerContext* context,
                                      const ::trailbook::v1::LowerRateRequest* request,
                                      ::trailbook::v1::RateLowering* response) override;
  grpc::ServerUnaryReactor* ListRateLowerings(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::ListRateLoweringsRequest* request,
                                              ::trailbook::v1::ListRateLoweringsResponse* response) override;
  grpc::ServerUnaryReactor* SimulateTerms(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::SimulateTermsRequest* request,
                                          ::trailbook::v1::SimulateTermsResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_PROGRAM_SERVICE_H_
