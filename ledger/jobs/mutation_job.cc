#include "ledger/jobs/mutation_job.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/operations.h"
#include "ledger/jobs/find_program.h"

namespace trailbook {
namespace {

// Payout commands ask for lists of what is stored, so nothing may be changed before them.
bool RunsAlone(const Mutation& mutation) {
  return std::holds_alternative<SubmitPayoutBatch>(mutation) || std::holds_alternative<ApprovePayoutBatch>(mutation) ||
         std::holds_alternative<ExportPayoutBatch>(mutation) || std::holds_alternative<CancelPayoutBatch>(mutation) ||
         std::holds_alternative<RecordPayoutResult>(mutation) || std::holds_alternative<SetPartnerState>(mutation) ||
         std::holds_alternative<DecideReview>(mutation) || std::holds_alternative<DecideCorrection>(mutation) ||
         std::holds_alternative<ClosePeriod>(mutation) || std::holds_alternative<PurgeParked>(mutation) ||
         std::holds_alternative<ReassignReferral>(mutation) || std::holds_alternative<MergePartner>(mutation);
}

bool MakesAProgram(const Mutation& mutation) { return std::holds_alternative<CreateProgram>(mutation); }

std::string ProgramOf(const Mutation& mutation) {
  return std::visit([](const auto& command) { return command.program_id; }, mutation);
}

// Shared between the decision and its end.
struct State {
  Mutation mutation;
  RequestKey key;
  absl::StatusOr<MutationReply> reply = MutationReply();
};

// The first answer under a request id, or a refusal if the content is another. nullopt: the id is free.
std::optional<absl::StatusOr<MutationReply>> FirstReply(Book& book, const Request::Key& key,
                                                        const std::string& content_hash,
                                                        const std::string& request_id) {
  const Request* request = book.requests.Get(key);
  if (request == nullptr) return std::nullopt;
  if (request->content_hash.bytes == content_hash) return MutationReply{request->number, true};
  return Refuse(
      absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED", "request_id",
      absl::StrCat("request_id \"", request_id, "\" was used before with other content; nothing was changed"));
}

absl::StatusOr<MutationReply> Do(const State& state, WriteContext& context) {
  Book& book = *context.book;
  int64_t program = 0;  // requests that create a program have none yet
  if (!MakesAProgram(state.mutation)) {
    TRAILBOOK_ASSIGN_OR_RETURN(const FoundProgram found, FindProgram(book, ProgramOf(state.mutation)));
    program = found.program;
  }
  const Request::Key key{program, ExternalIdKey(IdKind::kRequest, state.key.request_id)};
  const std::string content_hash = KeyedHash(book.secret, state.key.content);
  if (auto first = FirstReply(book, key, content_hash, state.key.request_id)) return *std::move(first);
  Operations operations(&book, context.journal);
  TRAILBOOK_ASSIGN_OR_RETURN(
      const int64_t number,
      std::visit([&operations](const auto& command) { return operations.Do(command); }, state.mutation));
  Request request;
  request.program = program;
  request.id_key = std::get<1>(key);
  request.content_hash.bytes = content_hash;
  request.number = number;
  book.requests.Put(std::move(request));
  return MutationReply{number, false};
}

}  // namespace

WriteJob MutationJob(Mutation mutation, RequestKey key, Requester requester, MutationDone done) {
  auto state = std::make_shared<State>();
  state->mutation = std::move(mutation);
  state->key = std::move(key);
  WriteJob job;
  if (!MakesAProgram(state->mutation)) job.program_id = ProgramOf(state->mutation);
  job.alone = RunsAlone(state->mutation);
  job.actor = std::move(requester.actor);
  job.deadline = requester.deadline;
  job.decide = [state](WriteContext& context) {
    const size_t before = context.journal->emitted().size();
    state->reply = Do(*state, context);
    const bool recorded = context.journal->emitted().size() > before;
    return recorded ? state->reply.status() : absl::OkStatus();
  };
  job.finish = [state, done = std::move(done)](absl::Status status) {
    done(status.ok() ? std::move(state->reply) : status);
  };
  return job;
}

}  // namespace trailbook
