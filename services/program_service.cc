#include "services/program_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {

grpc::ServerUnaryReactor* ProgramServiceImpl::CreateProgram(grpc::CallbackServerContext* context,
                                                            const api::CreateProgramRequest* request,
                                                            api::Program* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    return Mutation(trailbook::CreateProgram{request->program_id(), request->program().display_name(),
                                             request->program().book_time_zone(), ToTerms(request->terms())});
  };
  return MutateCall(funnel_, context, "CreateProgram", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const ProgramView view, queries.GetProgram(request->program_id()));
                      Fill(view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* ProgramServiceImpl::GetProgram(grpc::CallbackServerContext* context,
                                                         const api::GetProgramRequest* request,
                                                         api::Program* response) {
  return Call::ReadOnly(funnel_, context, "GetProgram", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("name", request->name()));
    TRAILBOOK_ASSIGN_OR_RETURN(const ProgramView view, queries.GetProgram(program));
    Fill(view, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ProgramServiceImpl::ListPrograms(grpc::CallbackServerContext* context,
                                                           const api::ListProgramsRequest* request,
                                                           api::ListProgramsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListPrograms", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), "programs"));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListPrograms(page));
    for (const ProgramView& item : found.items) Fill(item, response->add_programs());
    response->set_next_page_token(ToToken(found.next, "programs"));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ProgramServiceImpl::PublishTerms(grpc::CallbackServerContext* context,
                                                           const api::PublishTermsRequest* request,
                                                           api::Terms* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    return Mutation(trailbook::PublishTerms{program, ToTerms(request->terms())});
  };
  return MutateCall(
      funnel_, context, "PublishTerms", *request, command,
      [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
        // The version that was made: the first one after those before it.
        TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListTerms(program, {1, absl::StrCat(made.number - 1)}));
        if (found.items.empty()) return Internal("the published terms cannot be read");
        Fill(found.items[0], response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ProgramServiceImpl::ListTerms(grpc::CallbackServerContext* context,
                                                        const api::ListTermsRequest* request,
                                                        api::ListTermsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListTerms", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("terms\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListTerms(program, page));
    for (const auto& item : found.items) Fill(item, response->add_terms());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

}  // namespace trailbook::services
