// trailbook payout settle, fail, return, unknown: what became of payouts, each with its evidence.
#include <algorithm>
#include <set>

#include "absl/synchronization/blocking_counter.h"
#include "cli/payout.h"

namespace trailbook::cli {
namespace {

struct Results {
  std::string batch, evidence, date;
  std::vector<std::string> payouts;
  bool all = false;
  std::string request_id;  // of all of them, also when another daemon is asked
};

// Which payouts `--all` means: those whose result is still open.
bool IsOpen(const api::Payout& payout) {
  return payout.state() == api::Payout::STATE_SENT || payout.state() == api::Payout::STATE_UNKNOWN;
}

// One payout's result on its way.
struct Call {
  std::unique_ptr<grpc::ClientContext> context;
  api::RecordPayoutResultRequest request;
  api::Payout payout;
  grpc::Status status;
};

// Many at once: those that wait together share a commit.
constexpr size_t kAtOnce = 64;

// The next of them; an answer for each when it returns.
void Send(const Session& session, api::PayoutService::Stub& stub, std::vector<Call>& calls) {
  absl::BlockingCounter waiting(static_cast<int>(calls.size()));
  for (Call& call : calls) {
    call.context = session.context();
    stub.async()->RecordPayoutResult(call.context.get(), &call.request, &call.payout,
                                     [&call, &waiting](grpc::Status status) {
                                       call.status = std::move(status);
                                       waiting.DecrementCount();
                                     });
  }
  waiting.Wait();
}

// Whether it would be the same with every other payout: no daemon, no answer, no room.
bool IsHopeless(const grpc::Status& status) {
  const grpc::StatusCode code = status.error_code();
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         code == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

// The next results to record, from the number at `first` on.
std::vector<Call> CallsFrom(size_t first, const Session& session, const Results& results, api::Payout::State state) {
  std::vector<Call> calls(std::min(kAtOnce, results.payouts.size() - first));
  for (size_t at = 0; at < calls.size(); ++at) {
    const std::string& number = results.payouts[first + at];
    api::RecordPayoutResultRequest& request = calls[at].request;
    request.set_name(session.NameOf("payoutBatches", absl::StrCat(results.batch, "/payouts/", number)));
    request.set_result(state);
    request.set_evidence(results.evidence);
    request.set_result_date(results.date);
    request.set_request_id(results.payouts.size() == 1 ? results.request_id
                                                       : absl::StrCat(results.request_id, "/", number));
  }
  return calls;
}

grpc::Status FindOpen(Session& session, Results& results) {
  std::vector<api::Payout> payouts;
  grpc::Status status = FetchPayouts(session, results.batch, &payouts);
  if (!status.ok()) return status;
  for (const api::Payout& payout : payouts) {
    if (IsOpen(payout)) results.payouts.push_back(Last(payout.name()));
  }
  if (results.payouts.empty()) {
    std::cerr << "trailbook: no payout of batch " << results.batch << " waits for a result\n";
  }
  return status;
}

int Record(Session& session, Results& results, api::Payout::State state) {
  if (results.request_id.empty()) {
    if (results.all == !results.payouts.empty()) return session.Usage("name the payouts by number, or give --all");
    std::set<std::string> named;
    for (const std::string& number : results.payouts) {
      if (!named.insert(number).second) return session.Usage(absl::StrCat("payout ", number, " is named twice"));
    }
    results.request_id = session.NewRequestId();
  }
  if (results.payouts.empty()) {
    const grpc::Status found = FindOpen(session, results);
    if (!found.ok()) return session.Fail(found);
  }
  auto stub = api::PayoutService::NewStub(session.channel());
  std::vector<api::Payout> recorded;
  int code = kOk;
  bool hopeless = false;
  for (size_t first = 0; first < results.payouts.size() && !hopeless; first += kAtOnce) {
    std::vector<Call> calls = CallsFrom(first, session, results, state);
    Send(session, *stub, calls);
    for (Call& call : calls) {
      if (call.status.ok()) {
        recorded.push_back(std::move(call.payout));
      } else if (!hopeless || !IsHopeless(call.status)) {  // that is said once
        code = session.Fail(call.status);
        if (!session.holder.empty()) return code;  // which is asked for all of them
        hopeless = hopeless || IsHopeless(call.status);
      }
    }
  }
  if (code == kOk || !recorded.empty()) session.Print(PayoutSheet(recorded), recorded);
  if (hopeless && results.payouts.size() > 1) {
    std::cerr << "trailbook: of " << results.payouts.size() << " payouts " << recorded.size()
              << " are known to be recorded; `trailbook payout show` says which, record the others again\n";
  }
  return code != kOk && !recorded.empty() ? int{kPartly} : code;
}

void AddResult(CLI::App* noun, Session& session, const std::string& name, const std::string& what,
               const std::string& evidence, const std::string& example, bool all, api::Payout::State state) {
  auto results = std::make_shared<Results>();
  auto* verb = Verb(noun, name, what, example);
  verb->add_option("batch", results->batch, "The batch's number")->required();
  verb->add_option("payouts", results->payouts, "Numbers of its payouts");
  verb->add_option(evidence, results->evidence, "What shows it: a status file, a statement line, a person's reason")
      ->required();
  verb->add_option("--date", results->date, "The day it happened, YYYY-MM-DD (today)");
  if (all) verb->add_flag("--all", results->all, "Every payout of the batch that waits for a result");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, results, state] {
    session.run = [&session, results, state] { return Record(session, *results, state); };
  });
}

}  // namespace

void AddPayoutResults(CLI::App* noun, Session& session) {
  AddResult(
      noun, session, "settle", "Records that payouts arrived", "--evidence",
      "  trailbook --as fatima payout settle 1 3 --evidence \"HDFC statement 2026-12-02 line 14\" --program pracflow\n"
      "  trailbook --as fatima payout settle 1 --all --evidence \"status file 20261202\" --program pracflow\n",
      true, api::Payout::STATE_SETTLED);
  AddResult(noun, session, "fail", "Records that payouts did not go through: payable again, their methods blocked",
            "--reason,--evidence",
            "  trailbook --as fatima payout fail 1 2 --reason \"AC03 invalid account\" --program pracflow\n", false,
            api::Payout::STATE_FAILED);
  AddResult(noun, session, "return", "Records that payouts came back after they had arrived", "--reason,--evidence",
            "  trailbook --as fatima payout return 1 2 --reason \"AC04 closed account\" --program pracflow\n", false,
            api::Payout::STATE_RETURNED);
  AddResult(noun, session, "unknown",
            "Records that nobody knows what became of payouts; they are never paid again by themselves",
            "--reason,--evidence",
            "  trailbook --as fatima payout unknown 1 2 --reason \"no answer from the bank\" --program pracflow\n",
            false, api::Payout::STATE_UNKNOWN);
}

}  // namespace trailbook::cli
