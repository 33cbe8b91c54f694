// The daemon itself. Errors as the .proto says. Thread-safe.
#ifndef TRAILBOOK_SERVICES_SERVER_SERVICE_H_
#define TRAILBOOK_SERVICES_SERVER_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/server_service.grpc.pb.h"

namespace trailbook::services {

class ServerServiceImpl final : public ::trailbook::v1::ServerService::CallbackService {
 public:
  explicit ServerServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* CreateBackup(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::CreateBackupRequest* request,
                                         ::trailbook::v1::Backup* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_SERVER_SERVICE_H_
