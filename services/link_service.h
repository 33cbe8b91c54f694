// Links and coupon codes: for operators and partners. Errors as the .proto says for each method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_LINK_SERVICE_H_
#define TRAILBOOK_SERVICES_LINK_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/link_service.grpc.pb.h"

namespace trailbook::services {

class LinkServiceImpl final : public ::trailbook::v1::LinkService::CallbackService {
 public:
  explicit LinkServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* CreateLink(grpc::CallbackServerContext* context,
                                       const ::trailbook::v1::CreateLinkRequest* request,
                                       ::trailbook::v1::Link* response) override;
  grpc::ServerUnaryReactor* ListLinks(grpc::CallbackServerContext* context,
                                      const ::trailbook::v1::ListLinksRequest* request,
                                      ::trailbook::v1::ListLinksResponse* response) override;
  grpc::ServerUnaryReactor* DisableLink(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::DisableLinkRequest* request,
                                        ::trailbook::v1::Link* response) override;
  grpc::ServerUnaryReactor* ResolveLink(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ResolveLinkRequest* request,
                                        ::trailbook::v1::Link* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_LINK_SERVICE_H_
