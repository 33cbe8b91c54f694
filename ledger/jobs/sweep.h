// The maturity sweep (RULES 5) as work for the writer: in chunks, so that other commands come in between. Thread-safe:
// functions only.
#ifndef TRAILBOOK_LEDGER_JOBS_SWEEP_H_
#define TRAILBOOK_LEDGER_JOBS_SWEEP_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "ledger/domain/commands.h"
#include "ledger/jobs/requester.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

// What one sweep of a program does: takes the parked reports whose day has come, drops clicks that no sign-up may name
// any more, and matures everything that is due.
struct Sweep {
  std::string program_id;
  std::string through_date;          // what is due by then; empty: today
  int64_t click_retention_days = 0;  // see Ledger::Options
};

// Submits the first chunk, and each other once the one before it is stored. Only the first heeds the requester's
// deadline: what has begun goes on to its end. `done` hears what all chunks did together; or NOT_FOUND for the program,
// INVALID_ARGUMENT for the date, or why a chunk could not be stored: those before it are. `submit` must be good until
// then.
void StartSweep(Sweep sweep, Requester requester, std::function<void(WriteJob)> submit,
                std::function<void(absl::StatusOr<MaturityReply>)> done);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_SWEEP_H_
