// Reports of what happened (sign-ups, payments, refunds, disputes) as work for the writer. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_JOBS_REPORT_JOB_H_
#define TRAILBOOK_LEDGER_JOBS_REPORT_JOB_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/domain/commands.h"
#include "ledger/jobs/requester.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

// Hears of one outcome per report, in order; a refused report does not touch the others. Not OK: the status of the
// whole call (NOT_FOUND for the program, or why it could not be stored), and nothing of it is recorded.
using ReportsDone = std::function<void(absl::StatusOr<std::vector<ReportOutcome>>)>;

// The job weighs as much as it has reports; their rows may follow their records.
WriteJob ReportJob(std::string program_id, std::vector<Report> reports, Requester requester, ReportsDone done);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_REPORT_JOB_H_
