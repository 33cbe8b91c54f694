// The log of a program as a transparency log: keys, checkpoints, receipts, tiles. Errors as the .proto says for each
// method. Thread-safe.
#ifndef TRAILBOOK_SERVICES_CHECKPOINT_SERVICE_H_
#define TRAILBOOK_SERVICES_CHECKPOINT_SERVICE_H_

#include "ledger/signing/signer.h"
#include "services/call.h"
#include "trailbook/v1/checkpoint_service.grpc.pb.h"

namespace trailbook::services {

class CheckpointServiceImpl final : public ::trailbook::v1::CheckpointService::CallbackService {
 public:
  // Neither is owned.
  CheckpointServiceImpl(Funnel* funnel, log::Signer* signer) : funnel_(*funnel), signer_(*signer) {}

  grpc::ServerUnaryReactor* ListLogKeys(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ListLogKeysRequest* request,
                                        ::trailbook::v1::ListLogKeysResponse* response) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const ::trailbook::v1::GetCheckpointRequest* request,
                                          ::trailbook::v1::Checkpoint* response) override;
  grpc::ServerUnaryReactor* AddCosignatures(grpc::CallbackServerContext* context,
                                            const ::trailbook::v1::AddCosignaturesRequest* request,
                                            ::trailbook::v1::Checkpoint* response) override;
  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* context,
                                       const ::trailbook::v1::GetReceiptRequest* request,
                                       ::trailbook::v1::Receipt* response) override;
  grpc::ServerUnaryReactor* GetEarningReceipt(grpc::CallbackServerContext* context,
                                              const ::trailbook::v1::GetEarningReceiptRequest* request,
                                              ::trailbook::v1::EarningReceipt* response) override;
  grpc::ServerUnaryReactor* GetTile(grpc::CallbackServerContext* context,
                                    const ::trailbook::v1::GetTileRequest* request,
                                    ::trailbook::v1::Tile* response) override;
  grpc::ServerUnaryReactor* GetEntryBundle(grpc::CallbackServerContext* context,
                                           const ::trailbook::v1::GetEntryBundleRequest* request,
                                           ::trailbook::v1::EntryBundle* response) override;

 private:
  // A signed checkpoint and the log of the moment that it is of (or a later one).
  struct SignedLog {
    std::string note;
    log::Checkpoint checkpoint;
    log::StoredLog stored;
  };
  absl::StatusOr<SignedLog> Sign(Queries& queries, const std::string& program, bool cosigned);

  Funnel& funnel_;
  log::Signer& signer_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_CHECKPOINT_SERVICE_H_
