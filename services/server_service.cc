#include "services/server_service.h"

#include <utility>

#include "ledger/base/status.h"
#include "services/names.h"
#include "services/translate.h"

namespace trailbook::services {

grpc::ServerUnaryReactor* ServerServiceImpl::CreateBackup(grpc::CallbackServerContext* context,
                                                          const api::CreateBackupRequest* request,
                                                          api::Backup* response) {
  // It only reads the books, but it writes a file with everybody's bank details: who asked for that is logged.
  grpc::ServerUnaryReactor* reactor = nullptr;
  auto call = Call::Start(funnel_, context, "CreateBackup", Call::Kind::kWrite, &reactor);
  if (call == nullptr) return reactor;
  Call::Read(std::move(call), [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const BackupView view, queries.BackUp(request->path()));
    response->set_path(request->path());
    response->set_bytes(view.bytes);
    for (const BackedUpLog& log : view.logs) {
      api::Backup::Log* out = response->add_logs();
      out->set_program(Name(log.program_id));
      out->set_size(log.size);
      out->set_root_hash(log.root_hash_hex);
    }
    return absl::OkStatus();
  });
  return reactor;
}

}  // namespace trailbook::services
