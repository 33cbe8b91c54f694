#include "services/payout_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

absl::Status AnswerBatch(Queries& queries, absl::string_view name, api::PayoutBatch* response) {
  TRAILBOOK_ASSIGN_OR_RETURN(const NumberName batch, NumberOf("name", name, "payoutBatches"));
  TRAILBOOK_ASSIGN_OR_RETURN(const BatchView view, queries.GetBatch(batch.program, batch.number));
  Fill(batch.program, view, response);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* PayoutServiceImpl::PreviewPayoutBatch(grpc::CallbackServerContext* context,
                                                                const api::PreviewPayoutBatchRequest* request,
                                                                api::PayoutBatchContent* response) {
  return Call::ReadOnly(funnel_, context, "PreviewPayoutBatch", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(
        const BatchContentView view,
        queries.PreviewBatch(program, request->payout_batch().currency_code(), request->payout_batch().cutoff_date()));
    Fill(program, view.batch, response->mutable_payout_batch());
    for (const PayoutView& payout : view.payouts) Fill(program, payout, response->add_payouts());
    for (const LeftOutView& left : view.left_out) Fill(program, left, response->add_left_out());
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::CreatePayoutBatch(grpc::CallbackServerContext* context,
                                                               const api::CreatePayoutBatchRequest* request,
                                                               api::PayoutBatch* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    return Mutation(trailbook::CreatePayoutBatch{program, request->payout_batch().currency_code(),
                                                 request->payout_batch().cutoff_date(),
                                                 request->payout_batch().funding_account()});
  };
  return MutateCall(funnel_, context, "CreatePayoutBatch", *request, command,
                    [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const BatchView view, queries.GetBatch(program, made.number));
                      Fill(program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::SubmitPayoutBatch(grpc::CallbackServerContext* context,
                                                               const api::SubmitPayoutBatchRequest* request,
                                                               api::PayoutBatch* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "payoutBatches"));
    return Mutation(trailbook::SubmitPayoutBatch{name.program, name.number});
  };
  return MutateCall(funnel_, context, "SubmitPayoutBatch", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerBatch(queries, request->name(), response);
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ApprovePayoutBatch(grpc::CallbackServerContext* context,
                                                                const api::ApprovePayoutBatchRequest* request,
                                                                api::PayoutBatch* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "payoutBatches"));
    return Mutation(trailbook::ApprovePayoutBatch{name.program, name.number, request->content_hash()});
  };
  return MutateCall(funnel_, context, "ApprovePayoutBatch", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerBatch(queries, request->name(), response);
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ExportPayoutBatch(grpc::CallbackServerContext* context,
                                                               const api::ExportPayoutBatchRequest* request,
                                                               api::ExportPayoutBatchResponse* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "payoutBatches"));
    return Mutation(trailbook::ExportPayoutBatch{name.program, name.number});
  };
  return MutateCall(funnel_, context, "ExportPayoutBatch", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name,
                                                 NumberOf("name", request->name(), "payoutBatches"));
                      TRAILBOOK_ASSIGN_OR_RETURN(std::string file, queries.ExportFile(name.program, name.number));
                      response->set_file_name(absl::StrCat("payouts-", name.number, ".csv"));
                      response->set_content(std::move(file));
                      return AnswerBatch(queries, request->name(), response->mutable_payout_batch());
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::RecordPayoutResult(grpc::CallbackServerContext* context,
                                                                const api::RecordPayoutResultRequest* request,
                                                                api::Payout* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const PayoutName name, PayoutOf("name", request->name()));
    trailbook::RecordPayoutResult command{
        name.program, name.batch, name.payout, PayoutResultKind::kSettled, request->evidence(), request->result_date()};
    switch (request->result()) {
      case api::Payout::STATE_SETTLED: break;
      case api::Payout::STATE_FAILED: command.result = PayoutResultKind::kFailed; break;
      case api::Payout::STATE_RETURNED: command.result = PayoutResultKind::kReturned; break;
      case api::Payout::STATE_UNKNOWN: command.result = PayoutResultKind::kUnknown; break;
      default: return InvalidField("result", "must be STATE_SETTLED, STATE_FAILED, STATE_RETURNED or STATE_UNKNOWN");
    }
    return Mutation(std::move(command));
  };
  return MutateCall(funnel_, context, "RecordPayoutResult", *request, command,
                    [request, response](Queries& queries, const MutationReply&) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const PayoutName name, PayoutOf("name", request->name()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const PayoutView view,
                                                 queries.GetPayout(name.program, name.batch, name.payout));
                      Fill(name.program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::CancelPayoutBatch(grpc::CallbackServerContext* context,
                                                               const api::CancelPayoutBatchRequest* request,
                                                               api::PayoutBatch* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "payoutBatches"));
    return Mutation(trailbook::CancelPayoutBatch{name.program, name.number, request->reason()});
  };
  return MutateCall(funnel_, context, "CancelPayoutBatch", *request, command,
                    [request, response](Queries& queries, const MutationReply&) {
                      return AnswerBatch(queries, request->name(), response);
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::GetPayoutBatch(grpc::CallbackServerContext* context,
                                                            const api::GetPayoutBatchRequest* request,
                                                            api::PayoutBatch* response) {
  return Call::ReadOnly(funnel_, context, "GetPayoutBatch", [request, response](Queries& queries) {
    return AnswerBatch(queries, request->name(), response);
  });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ListPayoutBatches(grpc::CallbackServerContext* context,
                                                               const api::ListPayoutBatchesRequest* request,
                                                               api::ListPayoutBatchesResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListPayoutBatches", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("batches\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListBatches(program, page));
    for (const auto& item : found.items) Fill(program, item, response->add_payout_batches());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ListPayouts(grpc::CallbackServerContext* context,
                                                         const api::ListPayoutsRequest* request,
                                                         api::ListPayoutsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListPayouts", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("parent", request->parent(), "payoutBatches"));
    const std::string list = absl::StrCat("payouts\n", request->parent());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListPayouts(name.program, name.number, page));
    for (const PayoutView& item : found.items) Fill(name.program, item, response->add_payouts());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ListPayoutLines(grpc::CallbackServerContext* context,
                                                             const api::ListPayoutLinesRequest* request,
                                                             api::ListPayoutLinesResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListPayoutLines", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const PayoutName name, PayoutOf("parent", request->parent()));
    const std::string list = absl::StrCat("payout lines\n", request->parent());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const PayoutView payout, queries.GetPayout(name.program, name.batch, name.payout));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListPayoutLines(name.program, name.batch, name.payout, page));
    for (const BalancePartView& line : found.items) Fill(name.program, payout.currency, line, response->add_lines());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::SetFxRate(grpc::CallbackServerContext* context,
                                                       const api::SetFxRateRequest* request, api::FxRate* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const api::FxRate& rate = request->fx_rate();
    return Mutation(trailbook::SetFxRate{program, rate.from_currency_code(), rate.to_currency_code(), rate.rate(),
                                         rate.source(), rate.quote_time().seconds()});
  };
  return MutateCall(funnel_, context, "SetFxRate", *request, command,
                    [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const FxRateView view, queries.GetFxRate(program, made.number));
                      Fill(program, view, response);
                      return absl::OkStatus();
                    });
}

grpc::ServerUnaryReactor* PayoutServiceImpl::ListFxRates(grpc::CallbackServerContext* context,
                                                         const api::ListFxRatesRequest* request,
                                                         api::ListFxRatesResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListFxRates", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("fx rates\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListFxRates(program, page));
    for (const FxRateView& item : found.items) Fill(program, item, response->add_fx_rates());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

}  // namespace trailbook::services
