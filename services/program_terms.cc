// What lowers promises, and what other terms would have paid: the rest of ProgramService.
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/program_service.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

constexpr int64_t kMaxSimulatedRows = 10000;

void Fill(const SimulatedSums& sums, api::SimulateTermsResponse::Sums* out) {
  out->set_accrued(sums.accrued);
  out->set_reversed(sums.reversed);
  out->set_net(sums.accrued - sums.reversed);
  out->set_matured(sums.matured);
}

void Fill(absl::string_view program, const SimulatedView& view, api::SimulateTermsResponse::Row* out) {
  if (!view.partner_id.empty()) out->set_partner(Name(program, "partners", view.partner_id));
  out->set_currency_code(view.currency);
  Fill(view.booked, out->mutable_booked());
  Fill(view.simulated, out->mutable_simulated());
  out->set_difference(out->simulated().net() - out->booked().net());
}

absl::Status Simulate(const api::SimulateTermsRequest& request, Queries& queries,
                      api::SimulateTermsResponse* response) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request.parent()));
  SimulationQuery query;
  if (request.has_terms()) query.terms = ToTerms(request.terms());
  TRAILBOOK_ASSIGN_OR_RETURN(query.group_id, IdIn(program, "group", request.group(), "groups"));
  TRAILBOOK_ASSIGN_OR_RETURN(query.partner_id, IdIn(program, "partner", request.partner(), "partners"));
  // A token fits the same question only.
  api::SimulateTermsRequest question = request;
  question.clear_page_size();
  question.clear_page_token();
  const std::string list = absl::StrCat("simulate\n", question.SerializeAsString());
  TRAILBOOK_ASSIGN_OR_RETURN(PageRequest page, ToPage(request.page_size(), request.page_token(), list));
  page.size = request.page_size() == 0 ? kMaxSimulatedRows : std::min<int64_t>(request.page_size(), kMaxSimulatedRows);
  TRAILBOOK_ASSIGN_OR_RETURN(const SimulationView view, queries.Simulate(program, query, page));
  for (const SimulatedView& row : view.partners.items) Fill(program, row, response->add_rows());
  for (const SimulatedView& total : view.totals) Fill(program, total, response->add_totals());
  response->set_records(view.records);
  response->set_next_page_token(ToToken(view.partners.next, list));
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* ProgramServiceImpl::LowerRate(grpc::CallbackServerContext* context,
                                                        const api::LowerRateRequest* request,
                                                        api::RateLowering* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    trailbook::LowerRate command;
    TRAILBOOK_ASSIGN_OR_RETURN(command.program_id, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(command.partner_id, IdIn(command.program_id, "partner", request->partner(), "partners"));
    command.rate_bps = request->rate_bps();
    command.effective_date = request->effective_date();
    command.reason = request->reason();
    command.lower_existing = request->lower_existing();
    return Mutation(std::move(command));
  };
  return MutateCall(
      funnel_, context, "LowerRate", *request, command,
      [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
        TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
        TRAILBOOK_ASSIGN_OR_RETURN(const std::string partner, IdIn(program, "partner", request->partner(), "partners"));
        TRAILBOOK_ASSIGN_OR_RETURN(const LoweringView view, queries.GetLowering(program, partner, made.number));
        services::Fill(program, view, response);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ProgramServiceImpl::ListRateLowerings(grpc::CallbackServerContext* context,
                                                                const api::ListRateLoweringsRequest* request,
                                                                api::ListRateLoweringsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListRateLowerings", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("lowerings\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListLowerings(program, page));
    for (const LoweringView& item : found.items) services::Fill(program, item, response->add_rate_lowerings());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ProgramServiceImpl::SimulateTerms(grpc::CallbackServerContext* context,
                                                            const api::SimulateTermsRequest* request,
                                                            api::SimulateTermsResponse* response) {
  return Call::ReadOnly(funnel_, context, "SimulateTerms",
                        [request, response](Queries& queries) { return Simulate(*request, queries, response); });
}

}  // namespace trailbook::services
