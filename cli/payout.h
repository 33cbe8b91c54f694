// The parts of trailbook payout.
#ifndef TRAILBOOK_CLI_PAYOUT_H_
#define TRAILBOOK_CLI_PAYOUT_H_

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "cli/session.h"
#include "trailbook/v1/payout_service.grpc.pb.h"

namespace trailbook::cli {

namespace api = ::trailbook::v1;

// The state's name as people write it, e.g. "SUBMITTED".
std::string BatchState(const api::PayoutBatch& batch);
std::string PayoutState(const api::Payout& payout);

Sheet BatchSheet(const std::vector<api::PayoutBatch>& batches);
Sheet PayoutSheet(const std::vector<api::Payout>& payouts);

// Prints a batch, or the refusal; the exit code.
int PrintBatch(const Session& session, const grpc::Status& status, const api::PayoutBatch& batch);

// Every payout of a batch.
grpc::Status FetchPayouts(Session& session, const std::string& batch, std::vector<api::Payout>* payouts);

// "3/1" of a payout's resource name; empty for an empty one.
std::string ShortPayout(absl::string_view name);

// lines: what a payout pays for.
void AddPayoutLines(CLI::App* noun, Session& session);

// set-rate, rates: what currencies are worth in each other.
void AddFxRates(CLI::App* noun, Session& session);

// settle, fail, return, unknown: what became of payouts.
void AddPayoutResults(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_PAYOUT_H_
