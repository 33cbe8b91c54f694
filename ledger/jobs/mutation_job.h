// A command that somebody gives (all but reports and imports) as work for the writer: decided once per request id, and
// answered the same way ever after. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_JOBS_MUTATION_JOB_H_
#define TRAILBOOK_LEDGER_JOBS_MUTATION_JOB_H_

#include <functional>

#include "absl/status/statusor.h"
#include "ledger/domain/commands.h"
#include "ledger/jobs/requester.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

using MutationDone = std::function<void(absl::StatusOr<MutationReply>)>;

// `done` hears what the command made, or its refusal: the command's own, NOT_FOUND for the program, or ALREADY_EXISTS
// with REQUEST_ID_REUSED if the id was used with other content. A refused command leaves its id free.
WriteJob MutationJob(Mutation mutation, RequestKey key, Requester requester, MutationDone done);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_MUTATION_JOB_H_
