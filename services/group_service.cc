#include "services/group_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

void Fill(absl::string_view program, const GroupView& view, api::PartnerGroup* out) {
  out->set_name(Name(program, "groups", view.group_id));
  out->set_display_name(view.display_name);
  services::Fill(view.terms, out->mutable_terms());
  FillTime(view.create_time, out->mutable_create_time());
}

}  // namespace

grpc::ServerUnaryReactor* GroupServiceImpl::CreateGroup(grpc::CallbackServerContext* context,
                                                        const api::CreateGroupRequest* request,
                                                        api::PartnerGroup* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    return Mutation(trailbook::CreateGroup{program, request->group_id(), request->group().display_name(),
                                           ToTerms(request->terms())});
  };
  return MutateCall(funnel_, context, "CreateGroup", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const GroupView view, queries.GetGroup(program, request->group_id()));
                      Fill(program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* GroupServiceImpl::GetGroup(grpc::CallbackServerContext* context,
                                                     const api::GetGroupRequest* request, api::PartnerGroup* response) {
  return Call::ReadOnly(funnel_, context, "GetGroup", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "groups"));
    TRAILBOOK_ASSIGN_OR_RETURN(const GroupView view, queries.GetGroup(name.program, name.child));
    Fill(name.program, view, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* GroupServiceImpl::ListGroups(grpc::CallbackServerContext* context,
                                                       const api::ListGroupsRequest* request,
                                                       api::ListGroupsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListGroups", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("groups\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListGroups(program, page));
    for (const GroupView& item : found.items) Fill(program, item, response->add_groups());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* GroupServiceImpl::PublishGroupTerms(grpc::CallbackServerContext* context,
                                                              const api::PublishGroupTermsRequest* request,
                                                              api::Terms* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("parent", request->parent(), "groups"));
    return Mutation(trailbook::PublishGroupTerms{name.program, name.child, ToTerms(request->terms())});
  };
  return MutateCall(funnel_, context, "PublishGroupTerms", *request, command,
                    [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("parent", request->parent(), "groups"));
                      // The version that was made: the first one after those before it.
                      TRAILBOOK_ASSIGN_OR_RETURN(
                          const auto found,
                          queries.ListGroupTerms(name.program, name.child, {1, absl::StrCat(made.number - 1)}));
                      if (found.items.empty()) return Internal("the published terms cannot be read");
                      services::Fill(found.items[0], response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* GroupServiceImpl::ListGroupTerms(grpc::CallbackServerContext* context,
                                                           const api::ListGroupTermsRequest* request,
                                                           api::ListGroupTermsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListGroupTerms", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("parent", request->parent(), "groups"));
    const std::string list = absl::StrCat("group terms\n", request->parent());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListGroupTerms(name.program, name.child, page));
    for (const TermsView& item : found.items) services::Fill(item, response->add_terms());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* GroupServiceImpl::SetPartnerGroup(grpc::CallbackServerContext* context,
                                                            const api::SetPartnerGroupRequest* request,
                                                            api::SetPartnerGroupResponse*) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName partner, ChildOf("partner", request->partner(), "partners"));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string group, IdIn(partner.program, "group", request->group(), "groups"));
    return Mutation(trailbook::SetPartnerGroup{partner.program, partner.child, group, request->effective_date()});
  };
  return MutateCall(funnel_, context, "SetPartnerGroup", *request, command,
                    [](Queries&, const MutationReply&) { return absl::OkStatus(); });
}

}  // namespace trailbook::services
