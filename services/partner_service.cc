#include "services/partner_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {

namespace {

void FillOutcome(const std::string& partner_id, const ImportRowOutcome& outcome, api::ImportedPartner* out) {
  out->set_partner_id(partner_id);
  out->set_outcome(static_cast<api::ImportedPartner::Outcome>(outcome.kind));
  for (const ImportRowOutcome::Difference& difference : outcome.differences) {
    const bool secret = difference.field == "payout_account";
    auto* to = out->add_differences();
    to->set_field(difference.field);
    to->set_current(secret ? Mask(difference.current) : difference.current);
    to->set_imported(secret ? Mask(difference.imported) : difference.imported);
  }
  if (outcome.status.ok()) return;
  out->set_error_reason(ReasonOf(outcome.status));
  out->set_error_message(std::string(outcome.status.message()));
}

absl::StatusOr<std::string> CheckImport(const api::ImportPartnersRequest& request) {
  if (request.rows_size() > 1000) {
    return Refuse(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE", "rows",
                  absl::StrCat("rows: ", request.rows_size(), " rows; at most 1000 a call"));
  }
  if (request.rows().empty()) return InvalidField("rows", "is required");
  return ProgramOf("parent", request.parent());
}

// `field` is where the request named the partner.
absl::Status AnswerPartner(Queries& queries, absl::string_view field, absl::string_view name, api::Partner* response) {
  TRAILBOOK_ASSIGN_OR_RETURN(const ChildName partner, ChildOf(field, name, "partners"));
  TRAILBOOK_ASSIGN_OR_RETURN(const PartnerView view, queries.GetPartner(partner.program, partner.child));
  Fill(partner.program, view, response);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* PartnerServiceImpl::CreatePartner(grpc::CallbackServerContext* context,
                                                            const api::CreatePartnerRequest* request,
                                                            api::Partner* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    PartnerSpec partner = ToPartner(request->partner_id(), request->partner(), request->has_rate_bps(),
                                    request->rate_bps(), request->link_code(), request->coupon_code());
    TRAILBOOK_ASSIGN_OR_RETURN(partner.group_id, IdIn(program, "group", request->group(), "groups"));
    return Mutation(trailbook::CreatePartner{program, std::move(partner)});
  };
  return MutateCall(funnel_, context, "CreatePartner", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const PartnerView view,
                                                 queries.GetPartner(program, request->partner_id()));
                      Fill(program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* PartnerServiceImpl::GetPartner(grpc::CallbackServerContext* context,
                                                         const api::GetPartnerRequest* request,
                                                         api::Partner* response) {
  return Call::ReadOnly(funnel_, context, "GetPartner", [request, response](Queries& queries) {
    return AnswerPartner(queries, "name", request->name(), response);
  });
}

grpc::ServerUnaryReactor* PartnerServiceImpl::ListPartners(grpc::CallbackServerContext* context,
                                                           const api::ListPartnersRequest* request,
                                                           api::ListPartnersResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListPartners", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("partners\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListPartners(program, page));
    for (const auto& item : found.items) Fill(program, item, response->add_partners());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PartnerServiceImpl::ImportPartners(grpc::CallbackServerContext* context,
                                                             const api::ImportPartnersRequest* request,
                                                             api::ImportPartnersResponse* response) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel_, context, "ImportPartners", Call::Kind::kWrite, &reactor);
  if (call == nullptr) return reactor;
  const auto program = CheckImport(*request);
  if (!program.ok()) {
    call->Finish(program.status());
    return reactor;
  }
  std::vector<PartnerSpec> rows;
  rows.reserve(request->rows_size());
  for (const api::PartnerRow& row : request->rows()) {
    rows.push_back(ToPartner(row.partner_id(), row.partner(), row.has_rate_bps(), row.rate_bps(), row.link_code(),
                             row.coupon_code()));
  }
  Ledger& ledger = call->ledger();
  const Requester requester = call->requester();
  ledger.ImportPartners(*program, std::move(rows), requester,
                        [call, request, response](absl::StatusOr<std::vector<ImportRowOutcome>> outcomes) {
                          if (!outcomes.ok()) return call->Finish(outcomes.status());
                          for (size_t at = 0; at < outcomes->size(); ++at) {
                            FillOutcome(request->rows(static_cast<int>(at)).partner_id(), (*outcomes)[at],
                                        response->add_partners());
                          }
                          call->Finish(absl::OkStatus());
                        });
  return reactor;
}

grpc::ServerUnaryReactor* PartnerServiceImpl::SetPartnerRate(grpc::CallbackServerContext* context,
                                                             const api::SetPartnerRateRequest* request,
                                                             api::Partner* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "partners"));
    return Mutation(
        trailbook::SetPartnerRate{name.program, name.child, request->rate_bps(), request->effective_date()});
  };
  return MutateCall(funnel_, context, "SetPartnerRate", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerPartner(queries, "name", request->name(), response);
                    });
}

grpc::ServerUnaryReactor* PartnerServiceImpl::SetPayoutMethod(grpc::CallbackServerContext* context,
                                                              const api::SetPayoutMethodRequest* request,
                                                              api::Partner* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "partners"));
    return Mutation(trailbook::SetPayoutMethod{name.program, name.child, request->payout_method().type(),
                                               request->payout_method().account(),
                                               request->payout_method().settlement_currency()});
  };
  return MutateCall(funnel_, context, "SetPayoutMethod", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerPartner(queries, "name", request->name(), response);
                    });
}

grpc::ServerUnaryReactor* PartnerServiceImpl::SetPartnerState(grpc::CallbackServerContext* context,
                                                              const api::SetPartnerStateRequest* request,
                                                              api::Partner* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "partners"));
    if (request->state() == api::Partner::STATE_UNSPECIFIED || !api::Partner::State_IsValid(request->state())) {
      return InvalidField("state", "is required");
    }
    if (request->state() == api::Partner::STATE_MERGED) {
      return InvalidField("state", "STATE_MERGED is made by MergePartner, which says into whom");
    }
    return Mutation(trailbook::SetPartnerState{name.program, name.child,
                                               static_cast<PartnerStateKind>(request->state()), request->reason()});
  };
  return MutateCall(funnel_, context, "SetPartnerState", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerPartner(queries, "name", request->name(), response);
                    });
}

grpc::ServerUnaryReactor* PartnerServiceImpl::MergePartner(grpc::CallbackServerContext* context,
                                                           const api::MergePartnerRequest* request,
                                                           api::Partner* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("name", request->name(), "partners"));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string into,
                               IdIn(name.program, "into_partner", request->into_partner(), "partners"));
    if (into.empty()) return InvalidField("into_partner", "is required");
    return Mutation(trailbook::MergePartner{name.program, name.child, into, request->reason()});
  };
  return MutateCall(funnel_, context, "MergePartner", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerPartner(queries, "into_partner", request->into_partner(), response);
                    });
}

}  // namespace trailbook::services
