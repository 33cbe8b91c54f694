// An import of partners as work for the writer. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_JOBS_PARTNER_IMPORT_JOB_H_
#define TRAILBOOK_LEDGER_JOBS_PARTNER_IMPORT_JOB_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/domain/commands.h"
#include "ledger/jobs/requester.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

// Hears of one outcome per row, in order; a refused row does not touch the others. Not OK: the status of the whole
// call, and nothing of it is recorded.
using PartnersDone = std::function<void(absl::StatusOr<std::vector<ImportRowOutcome>>)>;

WriteJob PartnerImportJob(std::string program_id, std::vector<PartnerSpec> rows, Requester requester,
                          PartnersDone done);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_PARTNER_IMPORT_JOB_H_
