#include "services/earnings_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {

grpc::ServerUnaryReactor* EarningsServiceImpl::ListEarnings(grpc::CallbackServerContext* context,
                                                            const api::ListEarningsRequest* request,
                                                            api::ListEarningsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListEarnings", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("earnings\n", program, "\n", request->as_of_date());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string day,
                               queries.ResolveDate(program, "as_of_date", request->as_of_date()));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListEarnings(program, day, page));
    for (const EarningsView& item : found.items) Fill(program, item, response->add_earnings());
    response->set_next_page_token(ToToken(found.next, list));
    response->set_as_of_date(day);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::GetPartnerEarnings(grpc::CallbackServerContext* context,
                                                                  const api::GetPartnerEarningsRequest* request,
                                                                  api::PartnerEarnings* response) {
  return Call::ReadOnly(funnel_, context, "GetPartnerEarnings", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("partner", request->partner(), "partners"));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string day,
                               queries.ResolveDate(name.program, "as_of_date", request->as_of_date()));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.GetPartnerEarnings(name.program, name.child, day));
    response->set_partner(request->partner());
    response->set_display_name(found.display_name);
    for (const EarningsView& item : found.earnings) Fill(name.program, item, response->add_earnings());
    response->set_as_of_date(day);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::ListCommissions(grpc::CallbackServerContext* context,
                                                               const api::ListCommissionsRequest* request,
                                                               api::ListCommissionsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListCommissions", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("parent", request->parent(), "partners"));
    const std::string list = absl::StrCat("commissions\n", request->parent());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListCommissions(name.program, name.child, page));
    for (const CommissionView& item : found.items) Fill(name.program, item, response->add_commissions());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::ExplainCommission(grpc::CallbackServerContext* context,
                                                                 const api::ExplainCommissionRequest* request,
                                                                 api::CommissionExplanation* response) {
  return Call::ReadOnly(funnel_, context, "ExplainCommission", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "commissions"));
    TRAILBOOK_ASSIGN_OR_RETURN(const ExplanationView view, queries.Explain(name.program, name.number));
    Fill(name.program, view, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::ExplainBalance(grpc::CallbackServerContext* context,
                                                              const api::ExplainBalanceRequest* request,
                                                              api::BalanceExplanation* response) {
  return Call::ReadOnly(funnel_, context, "ExplainBalance", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("partner", request->partner(), "partners"));
    if (request->balance() == api::BALANCE_UNSPECIFIED || !api::Balance_IsValid(request->balance())) {
      return InvalidField("balance", "is required");
    }
    const std::string list =
        absl::StrCat("balance\n", request->partner(), "\n", request->currency_code(), "\n", request->balance());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const BalanceView view,
                               queries.ExplainBalance(name.program, name.child, request->currency_code(),
                                                      static_cast<BalanceKind>(request->balance()), page));
    response->set_partner(request->partner());
    response->set_currency_code(view.currency);
    response->set_balance(request->balance());
    response->set_balance_minor_units(view.amount);
    for (const BalancePartView& part : view.parts.items) Fill(name.program, part, response->add_parts());
    response->set_next_page_token(ToToken(view.parts.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::ListDueCommissions(grpc::CallbackServerContext* context,
                                                                  const api::ListDueCommissionsRequest* request,
                                                                  api::ListDueCommissionsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListDueCommissions", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("parent", request->parent(), "partners"));
    const std::string list =
        absl::StrCat("due\n", request->parent(), "\n", request->currency_code(), "\n", request->mature_date());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(
        const auto found,
        queries.ListDueCommissions(name.program, name.child, request->currency_code(), request->mature_date(), page));
    for (const DueCommissionView& item : found.items) Fill(name.program, item, response->add_commissions());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::GetStatement(grpc::CallbackServerContext* context,
                                                            const api::GetStatementRequest* request,
                                                            api::Statement* response) {
  return Call::ReadOnly(funnel_, context, "GetStatement", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const ChildName name, ChildOf("partner", request->partner(), "partners"));
    const std::string list = absl::StrCat("statement\n", request->partner(), "\n", request->currency_code(), "\n",
                                          request->from_date(), "\n", request->to_date());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const StatementView view,
                               queries.GetStatement(name.program, name.child, request->currency_code(),
                                                    request->from_date(), request->to_date(), page));
    Fill(name.program, view, response);
    response->set_next_page_token(ToToken(view.lines.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* EarningsServiceImpl::RunMaturity(grpc::CallbackServerContext* context,
                                                           const api::RunMaturityRequest* request,
                                                           api::RunMaturityResponse* response) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel_, context, "RunMaturity", Call::Kind::kWrite, &reactor);
  if (call == nullptr) return reactor;
  const auto program = ProgramOf("parent", request->parent());
  if (!program.ok()) {
    call->Finish(program.status());
    return reactor;
  }
  Ledger& ledger = call->ledger();
  const Requester requester = call->requester();
  ledger.RunMaturity(*program, request->through_date(), requester,
                     [call, response](absl::StatusOr<MaturityReply> reply) {
                       if (!reply.ok()) return call->Finish(reply.status());
                       response->set_through_date(reply->through_date);
                       response->set_entries(reply->entries);
                       response->set_earners(reply->earners);
                       call->Finish(absl::OkStatus());
                     });
  return reactor;
}

grpc::ServerUnaryReactor* EarningsServiceImpl::GetForecast(grpc::CallbackServerContext* context,
                                                           const api::GetForecastRequest* request,
                                                           api::Forecast* response) {
  return Call::ReadOnly(funnel_, context, "GetForecast", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    ChildName partner;
    if (!request->partner().empty()) {
      TRAILBOOK_ASSIGN_OR_RETURN(partner, ChildOf("partner", request->partner(), "partners"));
      if (partner.program != program) return InvalidField("partner", "belongs to another program");
    }
    TRAILBOOK_ASSIGN_OR_RETURN(const ForecastView view,
                               queries.Forecast(program, partner.child, request->currency_code()));
    for (const MaturingView& maturing : view.maturing) {
      api::Forecast::Maturing* out = response->add_maturing();
      out->set_date(maturing.date);
      FillMoney(maturing.currency, maturing.amount, out->mutable_amount());
    }
    for (const LiabilityView& liability : view.liabilities) {
      api::Forecast::Liability* out = response->add_liabilities();
      out->set_currency_code(liability.currency);
      out->set_pending(liability.pending);
      out->set_held(liability.held);
      out->set_payable(liability.payable);
      out->set_reserved(liability.reserved);
      out->set_receivable(liability.receivable);
    }
    return absl::OkStatus();
  });
}

}  // namespace trailbook::services
