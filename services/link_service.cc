#include "services/link_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {

grpc::ServerUnaryReactor* LinkServiceImpl::CreateLink(grpc::CallbackServerContext* context,
                                                      const api::CreateLinkRequest* request, api::Link* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName partner, ChildOf("link.partner", request->link().partner(), "partners"));
    if (partner.program != program) return InvalidField("link.partner", "belongs to another program");
    if (request->link().kind() == api::Link::KIND_UNSPECIFIED) return InvalidField("link.kind", "is required");
    return Mutation(trailbook::CreateCode{program, request->code(), partner.child, request->link().destination(),
                                          request->link().kind() == api::Link::KIND_COUPON});
  };
  return MutateCall(funnel_, context, "CreateLink", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const CodeView view, queries.GetCode(program, request->code()));
                      Fill(program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* LinkServiceImpl::ListLinks(grpc::CallbackServerContext* context,
                                                     const api::ListLinksRequest* request,
                                                     api::ListLinksResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListLinks", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    ChildName partner;
    if (!request->partner().empty()) {
      TRAILBOOK_ASSIGN_OR_RETURN(partner, ChildOf("partner", request->partner(), "partners"));
    }
    const std::string list = absl::StrCat("links\n", program, "\n", partner.child);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListCodes(program, partner.child, page));
    for (const CodeView& item : found.items) Fill(program, item, response->add_links());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LinkServiceImpl::DisableLink(grpc::CallbackServerContext* context,
                                                       const api::DisableLinkRequest* request, api::Link* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "links"));
    return Mutation(trailbook::DisableCode{name.program, name.child});
  };
  return MutateCall(funnel_, context, "DisableLink", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "links"));
                      TRAILBOOK_ASSIGN_OR_RETURN(const CodeView view, queries.GetCode(name.program, name.child));
                      Fill(name.program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* LinkServiceImpl::ResolveLink(grpc::CallbackServerContext* context,
                                                       const api::ResolveLinkRequest* request, api::Link* response) {
  return Call::ReadOnly(funnel_, context, "ResolveLink", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const CodeView view,
                               queries.ResolveCode(program, request->code(), request->sign_up_time().seconds()));
    Fill(program, view, response);
    return absl::OkStatus();
  });
}

}  // namespace trailbook::services
