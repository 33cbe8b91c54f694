#include "services/correction_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

void Fill(absl::string_view program, const CorrectionView& view, api::Correction* out) {
  out->set_name(Name(program, "corrections", view.correction));
  out->set_kind(static_cast<api::Correction::Kind>(view.kind));
  out->set_state(static_cast<api::Correction::State>(view.state));
  out->set_partner(Name(program, "partners", view.partner_id));
  FillMoney(view.currency, view.amount, out->mutable_amount());
  out->set_reason(view.reason);
  if (view.reverses != 0) out->set_reverses(Name(program, "corrections", view.reverses));
  if (view.reversed_by != 0) out->set_reversed_by(Name(program, "corrections", view.reversed_by));
  out->set_cash_account(view.cash_account);
  out->set_proposer(view.proposer);
  out->set_decider(view.decider);
  FillTime(view.create_time, out->mutable_create_time());
  out->set_record(view.sequence);
}

absl::Status Answer(Queries& queries, const std::string& program, int64_t number, api::Correction* response) {
  TRAILBOOK_ASSIGN_OR_RETURN(const CorrectionView view, queries.GetCorrection(program, number));
  Fill(program, view, response);
  return absl::OkStatus();
}

absl::StatusOr<Mutation> ToProposal(const api::ProposeCorrectionRequest& request) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request.parent()));
  const api::Correction& correction = request.correction();
  if (correction.kind() == api::Correction::KIND_UNSPECIFIED || !api::Correction::Kind_IsValid(correction.kind())) {
    return InvalidField("correction.kind", "is required");
  }
  ProposeCorrection command;
  command.program_id = program;
  command.kind = static_cast<CorrectionKind>(correction.kind());
  command.currency = correction.amount().currency_code();
  command.amount = correction.amount().minor_units();
  command.reason = correction.reason();
  command.cash_account = correction.cash_account();
  if (command.kind == CorrectionKind::kReversal) {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName undone,
                               NumberOf("correction.reverses", correction.reverses(), "corrections"));
    if (undone.program != program) return InvalidField("correction.reverses", "belongs to another program");
    command.reverses = undone.number;
    return Mutation(command);
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const ChildName partner, ChildOf("correction.partner", correction.partner(), "partners"));
  if (partner.program != program) return InvalidField("correction.partner", "belongs to another program");
  command.partner_id = partner.child;
  return Mutation(command);
}

absl::StatusOr<Mutation> ToDecision(absl::string_view name, bool approve, const std::string& reason) {
  TRAILBOOK_ASSIGN_OR_RETURN(const NumberName correction, NumberOf("name", name, "corrections"));
  return Mutation(DecideCorrection{correction.program, correction.number, approve, reason});
}

}  // namespace

grpc::ServerUnaryReactor* CorrectionServiceImpl::ProposeCorrection(grpc::CallbackServerContext* context,
                                                                   const api::ProposeCorrectionRequest* request,
                                                                   api::Correction* response) {
  return MutateCall(
      funnel_, context, "ProposeCorrection", *request, [request] { return ToProposal(*request); },
      [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
        return Answer(queries, program, made.number, response);
      });
}

grpc::ServerUnaryReactor* CorrectionServiceImpl::ApproveCorrection(grpc::CallbackServerContext* context,
                                                                   const api::ApproveCorrectionRequest* request,
                                                                   api::Correction* response) {
  return MutateCall(
      funnel_, context, "ApproveCorrection", *request, [request] { return ToDecision(request->name(), true, ""); },
      [request, response](Queries& queries, const MutationReply&) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "corrections"));
        return Answer(queries, name.program, name.number, response);
      });
}

grpc::ServerUnaryReactor* CorrectionServiceImpl::RejectCorrection(grpc::CallbackServerContext* context,
                                                                  const api::RejectCorrectionRequest* request,
                                                                  api::Correction* response) {
  return MutateCall(
      funnel_, context, "RejectCorrection", *request,
      [request] { return ToDecision(request->name(), false, request->reason()); },
      [request, response](Queries& queries, const MutationReply&) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "corrections"));
        return Answer(queries, name.program, name.number, response);
      });
}

grpc::ServerUnaryReactor* CorrectionServiceImpl::GetCorrection(grpc::CallbackServerContext* context,
                                                               const api::GetCorrectionRequest* request,
                                                               api::Correction* response) {
  return Call::ReadOnly(funnel_, context, "GetCorrection", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "corrections"));
    return Answer(queries, name.program, name.number, response);
  });
}

grpc::ServerUnaryReactor* CorrectionServiceImpl::ListCorrections(grpc::CallbackServerContext* context,
                                                                 const api::ListCorrectionsRequest* request,
                                                                 api::ListCorrectionsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListCorrections", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("corrections\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListCorrections(program, page));
    for (const CorrectionView& item : found.items) Fill(program, item, response->add_corrections());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

}  // namespace trailbook::services
