#include "services/fork_check.h"

#include <future>
#include <string>

#include "absl/status/status.h"
#include "ledger/base/status.h"
#include "ledger/queries.h"
#include "services/log.h"

namespace trailbook::services {
namespace {

absl::Status CheckProgram(Queries& queries, log::Signer& signer, const std::string& program) {
  TRAILBOOK_ASSIGN_OR_RETURN(const auto last, signer.LastSigned(program));
  if (!last.has_value()) return absl::OkStatus();
  TRAILBOOK_ASSIGN_OR_RETURN(const log::StoredLog stored, queries.GetStoredLog(program));
  return log::CheckContinues(*last, stored);
}

void CheckAll(Queries& queries, log::Signer& signer) {
  for (const std::string& program : signer.SignedPrograms()) {
    const absl::Status status = CheckProgram(queries, signer, program);
    if (!status.ok()) LogWarning("the log is not the one that was signed", {{"program", program}, {"why", std::string(status.message())}});
  }
}

}  // namespace

void WarnOfForks(Ledger& ledger, log::Signer& signer) {
  std::promise<void> done;
  ledger.Read([&](absl::StatusOr<Queries*> queries) {
    if (queries.ok()) CheckAll(**queries, signer);
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace trailbook::services
