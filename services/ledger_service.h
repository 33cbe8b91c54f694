// The books themselves. For auditors. Errors as the .proto says for each method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_LEDGER_SERVICE_H_
#define TRAILBOOK_SERVICES_LEDGER_SERVICE_H_

#include "ledger/signing/signer.h"
#include "services/call.h"
#include "trailbook/v1/ledger_service.grpc.pb.h"

namespace trailbook::services {

class LedgerServiceImpl final : public ::trailbook::v1::LedgerService::CallbackService {
 public:
  // Neither is owned.
  LedgerServiceImpl(Funnel* funnel, log::Signer* signer) : funnel_(*funnel), signer_(*signer) {}

  grpc::ServerUnaryReactor* ListRecords(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ListRecordsRequest* request,
                                        ::trailbook::v1::ListRecordsResponse* response) override;
  grpc::ServerUnaryReactor* GetRecord(grpc::CallbackServerContext* context,
                                      const ::trailbook::v1::GetRecordRequest* request,
                                      ::trailbook::v1::Record* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ListEntriesRequest* request,
                                        ::trailbook::v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::ListAccountsRequest* request,
                                         ::trailbook::v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* GetTrialBalance(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::GetTrialBalanceRequest* request,
                                            ::trailbook::v1::TrialBalance* response) override;
  grpc::ServerUnaryReactor* VerifyLedger(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::VerifyLedgerRequest* request,
                                         ::trailbook::v1::VerifyLedgerResponse* response) override;
  grpc::ServerUnaryReactor* GetLogHead(grpc::CallbackServerContext* context,
                                       const ::trailbook::v1::GetLogHeadRequest* request,
                                       ::trailbook::v1::LogHead* response) override;
  grpc::ServerUnaryReactor* ClosePeriod(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ClosePeriodRequest* request,
                                        ::trailbook::v1::ClosePeriodResponse* response) override;
  grpc::ServerUnaryReactor* GetInclusionProof(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::GetInclusionProofRequest* request,
                                              ::trailbook::v1::InclusionProof* response) override;
  grpc::ServerUnaryReactor* GetConsistencyProof(grpc::CallbackServerContext* context,
                                                const ::trailbook::v1::GetConsistencyProofRequest* request,
                                                ::trailbook::v1::ConsistencyProof* response) override;

 private:
  absl::Status CompareWithSigned(Queries& queries, const std::string& program, VerifyReport& report);

  Funnel& funnel_;
  log::Signer& signer_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_LEDGER_SERVICE_H_
