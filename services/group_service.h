// Groups of partners with terms of their own: for operators. Errors as the .proto says for each method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_GROUP_SERVICE_H_
#define TRAILBOOK_SERVICES_GROUP_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/group_service.grpc.pb.h"

namespace trailbook::services {

class GroupServiceImpl final : public ::trailbook::v1::GroupService::CallbackService {
 public:
  explicit GroupServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* CreateGroup(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::CreateGroupRequest* request,
                                        ::trailbook::v1::PartnerGroup* response) override;
  grpc::ServerUnaryReactor* GetGroup(grpc::CallbackServerContext* context,
                                     const ::trailbook::v1::GetGroupRequest* request,
                                     ::trailbook::v1::PartnerGroup* response) override;
  grpc::ServerUnaryReactor* ListGroups(grpc::CallbackServerContext* context,
                                       const ::trailbook::v1::ListGroupsRequest* request,
                                       ::trailbook::v1::ListGroupsResponse* response) override;
  grpc::ServerUnaryReactor* PublishGroupTerms(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::PublishGroupTermsRequest* request,
                                              ::trailbook::v1::Terms* response) override;
  grpc::ServerUnaryReactor* ListGroupTerms(grpc::CallbackServerContext* context,
                                           const ::trailbook::v1::ListGroupTermsRequest* request,
                                           ::trailbook::v1::ListGroupTermsResponse* response) override;
  grpc::ServerUnaryReactor* SetPartnerGroup(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::SetPartnerGroupRequest* request,
                                            ::trailbook::v1::SetPartnerGroupResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_GROUP_SERVICE_H_
