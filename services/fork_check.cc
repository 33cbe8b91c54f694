#include "services/fork_check.h"

#include <future>
#include <string>

#include "absl/status/status.h"
#include "ledger/base/status.h"
#include "ledger/queries.h"
#include "services/log.h"

namespace trailbook::services {
namespace {

constexpr int kPrograms = 1000;  // a page

absl::Status CheckProgram(Queries& queries, log::Signer& signer, const std::string& program) {
  TRAILBOOK_ASSIGN_OR_RETURN(const auto last, signer.LastSigned(program));
  if (!last.has_value()) return absl::OkStatus();
  TRAILBOOK_ASSIGN_OR_RETURN(const log::StoredLog stored, queries.GetStoredLog(program));
  return log::CheckContinues(*last, stored);
}

absl::Status CheckAll(Queries& queries, log::Signer& signer) {
  PageRequest page{kPrograms, ""};
  do {
    TRAILBOOK_ASSIGN_OR_RETURN(const Page<ProgramView> programs, queries.ListPrograms(page));
    for (const ProgramView& program : programs.items) {
      const absl::Status status = CheckProgram(queries, signer, program.program_id);
      if (!status.ok()) LogWarning("the log is not the one that was signed", {{"program", program.program_id}, {"why", std::string(status.message())}});
    }
    page.cursor = programs.next;
  } while (!page.cursor.empty());
  return absl::OkStatus();
}

}  // namespace

void WarnOfForks(Ledger& ledger, log::Signer& signer) {
  std::promise<absl::Status> done;
  ledger.Read([&](absl::StatusOr<Queries*> queries) { done.set_value(queries.ok() ? CheckAll(**queries, signer) : queries.status()); });
  const absl::Status status = done.get_future().get();
  if (!status.ok()) LogWarning("the logs could not be compared with what was signed", {{"why", std::string(status.message())}});
}

}  // namespace trailbook::services
