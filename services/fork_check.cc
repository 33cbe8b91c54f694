#include "services/fork_check.h"

#include <future>
#include <string>

#include "absl/status/status.h"
#include "ledger/queries/queries.h"
#include "services/log.h"

namespace trailbook::services {
namespace {

void CheckAll(Queries& queries, log::Signer& signer) {
  for (const std::string& program : signer.SignedPrograms()) {
    const absl::Status status = signer.CheckLast(program, [&] { return queries.GetStoredLog(program); });
    if (!status.ok()) {
      LogWarning("the log is not the one that was signed",
                 {{"program", program}, {"why", std::string(status.message())}});
    }
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
