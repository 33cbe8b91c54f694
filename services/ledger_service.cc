#include "services/ledger_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {

grpc::ServerUnaryReactor* LedgerServiceImpl::ListRecords(grpc::CallbackServerContext* context,
                                                         const api::ListRecordsRequest* request,
                                                         api::ListRecordsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListRecords", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("ListRecords\n", program, "\n", request->from_sequence());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListRecords(program, request->from_sequence(), false, page));
    for (const auto& item : found.items) Fill(program, item, response->add_records());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetRecord(grpc::CallbackServerContext* context,
                                                       const api::GetRecordRequest* request, api::Record* response) {
  return Call::ReadOnly(funnel_, context, "GetRecord", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "records"));
    TRAILBOOK_ASSIGN_OR_RETURN(const RecordView view, queries.GetRecord(name.program, name.number));
    Fill(name.program, view, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::ListEntries(grpc::CallbackServerContext* context,
                                                         const api::ListEntriesRequest* request,
                                                         api::ListEntriesResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListEntries", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("ListEntries\n", program, "\n", request->from_sequence());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListRecords(program, request->from_sequence(), true, page));
    for (const auto& item : found.items) Fill(program, item, response->add_entries());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::ListAccounts(grpc::CallbackServerContext* context,
                                                          const api::ListAccountsRequest* request,
                                                          api::ListAccountsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListAccounts", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("accounts\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListAccounts(program, page));
    for (const AccountView& item : found.items) {
      auto* account = response->add_accounts();
      account->set_account(item.account);
      account->set_currency_code(item.currency);
      account->set_balance_minor_units(item.balance);
    }
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetTrialBalance(grpc::CallbackServerContext* context,
                                                             const api::GetTrialBalanceRequest* request,
                                                             api::TrialBalance* response) {
  return Call::ReadOnly(funnel_, context, "GetTrialBalance", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string day,
                               queries.ResolveDate(program, "as_of_date", request->as_of_date()));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto lines, queries.TrialBalance(program, day));
    for (const AccountView& item : lines) {
      auto* line = response->add_lines();
      line->set_account(item.account);
      line->set_currency_code(item.currency);
      line->set_debit_minor_units(item.balance > 0 ? item.balance : 0);
      line->set_credit_minor_units(item.balance < 0 ? -item.balance : 0);
    }
    response->set_as_of_date(day);
    return absl::OkStatus();
  });
}

// A log that is whole in itself may still not be the one whose checkpoints were given out.
absl::Status LedgerServiceImpl::CompareWithSigned(Queries& queries, const std::string& program, VerifyReport& report) {
  if (!report.ok) return absl::OkStatus();
  const absl::Status status = signer_.CheckLast(program, [&]() -> absl::StatusOr<log::StoredLog> {
    // What was signed while verification went on is younger than what it saw.
    TRAILBOOK_RETURN_IF_ERROR(queries.Renew());
    return queries.GetStoredLog(program);
  });
  if (status.ok() || ReasonOf(status) != "LOG_FORKED") return status;
  report.ok = false;
  report.problem = std::string(status.message());
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* LedgerServiceImpl::VerifyLedger(grpc::CallbackServerContext* context,
                                                          const api::VerifyLedgerRequest* request,
                                                          api::VerifyLedgerResponse* response) {
  return Call::ReadOnly(funnel_, context, "VerifyLedger", [this, request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(VerifyReport report, queries.Verify(program));
    TRAILBOOK_RETURN_IF_ERROR(CompareWithSigned(queries, program, report));
    response->set_ok(report.ok);
    response->set_records(report.records);
    response->set_entries(report.entries);
    response->set_rows_compared(report.rows_compared);
    response->set_root_hash(report.root_hash_hex);
    response->set_problem(report.problem);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetLogHead(grpc::CallbackServerContext* context,
                                                        const api::GetLogHeadRequest* request, api::LogHead* response) {
  return Call::ReadOnly(funnel_, context, "GetLogHead", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const LogHeadView view, queries.GetLogHead(program));
    response->set_size(view.size);
    response->set_root_hash(view.root_hash_hex);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetInclusionProof(grpc::CallbackServerContext* context,
                                                               const api::GetInclusionProofRequest* request,
                                                               api::InclusionProof* response) {
  return Call::ReadOnly(funnel_, context, "GetInclusionProof", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const NumberName name, NumberOf("name", request->name(), "records"));
    TRAILBOOK_ASSIGN_OR_RETURN(const InclusionProofView view,
                               queries.GetInclusionProof(name.program, name.number, request->tree_size()));
    response->set_leaf_index(view.leaf_index);
    response->set_tree_size(view.tree_size);
    response->set_leaf_hash(view.leaf_hash_hex);
    response->set_root_hash(view.root_hash_hex);
    for (const std::string& hash : view.hashes_hex) response->add_hashes(hash);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetConsistencyProof(grpc::CallbackServerContext* context,
                                                                 const api::GetConsistencyProofRequest* request,
                                                                 api::ConsistencyProof* response) {
  return Call::ReadOnly(funnel_, context, "GetConsistencyProof", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const ConsistencyProofView view,
                               queries.GetConsistencyProof(program, request->old_size(), request->tree_size()));
    response->set_old_size(view.old_size);
    response->set_tree_size(view.tree_size);
    response->set_old_root_hash(view.old_root_hash_hex);
    response->set_root_hash(view.root_hash_hex);
    for (const std::string& hash : view.hashes_hex) response->add_hashes(hash);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::ClosePeriod(grpc::CallbackServerContext* context,
                                                         const api::ClosePeriodRequest* request,
                                                         api::ClosePeriodResponse* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    return Mutation(trailbook::ClosePeriod{program, request->through_date()});
  };
  return MutateCall(funnel_, context, "ClosePeriod", *request, command,
                    [request, response](Queries&, const MutationReply&) {
                      response->set_through_date(request->through_date());
                      return absl::OkStatus();
                    });
}

}  // namespace trailbook::services
