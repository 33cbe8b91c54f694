#include "ledger/jobs/partner_import_job.h"

#include <memory>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/domain/operations.h"
#include "ledger/jobs/find_program.h"
#include "ledger/jobs/prefetch.h"

namespace trailbook {
namespace {

// Shared between the decision and its end.
struct State {
  std::string program_id;
  std::vector<PartnerSpec> rows;
  absl::StatusOr<std::vector<ImportRowOutcome>> outcomes = std::vector<ImportRowOutcome>();
};

absl::StatusOr<std::vector<ImportRowOutcome>> ImportAll(const State& state, WriteContext& context) {
  TRAILBOOK_RETURN_IF_ERROR(FindProgram(*context.book, state.program_id).status());
  Operations operations(context.book, context.journal);
  std::vector<ImportRowOutcome> outcomes;
  outcomes.reserve(state.rows.size());
  for (const PartnerSpec& row : state.rows) outcomes.push_back(operations.Import(state.program_id, row));
  return outcomes;
}

}  // namespace

WriteJob PartnerImportJob(std::string program_id, std::vector<PartnerSpec> rows, Requester requester,
                          PartnersDone done) {
  auto state = std::make_shared<State>();
  state->program_id = std::move(program_id);
  state->rows = std::move(rows);
  WriteJob job;
  job.program_id = state->program_id;
  job.weight = static_cast<int64_t>(state->rows.size());
  job.actor = std::move(requester.actor);
  job.deadline = requester.deadline;
  job.prefetch = [state](Book& book, bool) { WantPartners(book, state->program_id, state->rows); };
  job.decide = [state](WriteContext& context) {
    state->outcomes = ImportAll(*state, context);
    return absl::OkStatus();
  };
  job.finish = [state, done = std::move(done)](absl::Status status) {
    done(status.ok() ? std::move(state->outcomes) : status);
  };
  return job;
}

}  // namespace trailbook
