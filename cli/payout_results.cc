// trailbook payout settle, fail, return, unknown: what became of payouts, each with its evidence.
#include "cli/payout.h"

namespace trailbook::cli {
namespace {

struct Results {
  std::string batch, evidence, date;
  std::vector<std::string> payouts;
  bool all = false;
};

// Which payouts `--all` means: those whose result is still open.
bool IsOpen(const api::Payout& payout) {
  return payout.state() == api::Payout::STATE_SENT || payout.state() == api::Payout::STATE_UNKNOWN;
}

int Record(Session& session, const Results& results, api::Payout::State state) {
  std::vector<std::string> numbers = results.payouts;
  if (results.all == !numbers.empty()) return session.Usage("name the payouts by number, or give --all");
  if (results.all) {
    std::vector<api::Payout> payouts;
    const grpc::Status status = FetchPayouts(session, results.batch, &payouts);
    if (!status.ok()) return session.Fail(status);
    for (const api::Payout& payout : payouts) {
      if (IsOpen(payout)) numbers.push_back(Last(payout.name()));
    }
    if (numbers.empty()) std::cerr << "trailbook: no payout of batch " << results.batch << " waits for a result\n";
  }
  auto stub = api::PayoutService::NewStub(session.channel());
  std::vector<api::Payout> recorded;
  int refused = 0, code = kOk;
  for (const std::string& number : numbers) {
    api::RecordPayoutResultRequest request;
    request.set_name(session.NameOf("payoutBatches", absl::StrCat(results.batch, "/payouts/", number)));
    request.set_result(state);
    request.set_evidence(results.evidence);
    request.set_result_date(results.date);
    request.set_request_id(numbers.size() == 1 ? session.NewRequestId() : absl::StrCat(session.NewRequestId(), "/", number));
    const grpc::Status status =
        stub->RecordPayoutResult(session.context().get(), request, &recorded.emplace_back());
    if (status.ok()) continue;
    recorded.pop_back();
    ++refused;
    code = session.Fail(status);
  }
  session.Print(PayoutSheet(recorded), recorded);
  return refused > 0 && !recorded.empty() ? int{kPartly} : code;
}

void AddResult(CLI::App* noun, Session& session, const std::string& name, const std::string& what, const std::string& evidence,
               const std::string& example, bool all, api::Payout::State state) {
  auto results = std::make_shared<Results>();
  auto* verb = Verb(noun, name, what, example);
  verb->add_option("batch", results->batch, "The batch's number")->required();
  verb->add_option("payouts", results->payouts, "Numbers of its payouts");
  verb->add_option(evidence, results->evidence, "What shows it: a status file, a statement line, a person's reason")->required();
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
  AddResult(noun, session, "settle", "Records that payouts arrived", "--evidence",
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
  AddResult(noun, session, "unknown", "Records that nobody knows what became of payouts; they are never paid again by themselves",
            "--reason,--evidence",
            "  trailbook --as fatima payout unknown 1 2 --reason \"no answer from the bank\" --program pracflow\n", false,
            api::Payout::STATE_UNKNOWN);
}

}  // namespace trailbook::cli
