#include "ledger/jobs/report_job.h"

#include <memory>
#include <utility>

#include "ledger/base/status.h"
#include "ledger/domain/reporter.h"
#include "ledger/jobs/find_program.h"
#include "ledger/jobs/prefetch.h"

namespace trailbook {
namespace {

// Shared between the decision and its end.
struct State {
  State(std::string program, std::vector<Report> what)
      : program_id(std::move(program)), reports(std::move(what)), prefetch(reports) {}

  const std::string program_id;
  const std::vector<Report> reports;
  ReportPrefetch prefetch;
  absl::StatusOr<std::vector<ReportOutcome>> outcomes = std::vector<ReportOutcome>();
};

absl::StatusOr<std::vector<ReportOutcome>> TakeAll(const State& state, WriteContext& context) {
  TRAILBOOK_ASSIGN_OR_RETURN(const FoundProgram found, FindProgram(*context.book, state.program_id));
  Reporter reporter(context.book, context.journal, found.program, found.zone, context.now_seconds);
  std::vector<ReportOutcome> outcomes;
  outcomes.reserve(state.reports.size());
  for (const Report& report : state.reports) outcomes.push_back(reporter.Take(report));
  return outcomes;
}

}  // namespace

WriteJob ReportJob(std::string program_id, std::vector<Report> reports, Requester requester, ReportsDone done) {
  auto state = std::make_shared<State>(std::move(program_id), std::move(reports));
  WriteJob job;
  job.program_id = state->program_id;
  job.weight = static_cast<int64_t>(state->reports.size());
  job.rows_may_wait = true;
  job.actor = std::move(requester.actor);
  job.deadline = requester.deadline;
  job.prefetch = [state](Book& book, bool anew) { state->prefetch.Want(book, state->program_id, anew); };
  job.decide = [state](WriteContext& context) {
    state->outcomes = TakeAll(*state, context);
    return absl::OkStatus();
  };
  job.finish = [state, done = std::move(done)](absl::Status status) {
    done(status.ok() ? std::move(state->outcomes) : status);
  };
  return job;
}

}  // namespace trailbook
