// The parts of trailbook ledger that check proofs.
#ifndef TRAILBOOK_CLI_LEDGER_PROOF_H_
#define TRAILBOOK_CLI_LEDGER_PROOF_H_

#include "cli/session.h"
#include "ledger/log/proof.h"

namespace trailbook::cli {

// A hash in hex; false for what is none.
bool ReadHash(absl::string_view hex, Sha256Digest* hash);
template <typename Proofs>
bool ReadHashes(const Proofs& hexes, log::Proof* proof) {
  for (const std::string& hex : hexes) {
    proof->emplace_back();
    if (!ReadHash(hex, &proof->back())) return false;
  }
  return true;
}

// Asks the daemon for the proof that a log of `old_size` records is the beginning of one of `size`; what it holds is
// not believed yet.
grpc::Status FetchConsistencyProof(Session& session, int64_t old_size, int64_t size, log::Proof* proof);

// prove: that a record is in the log. consistent: that a log noted earlier is the beginning of the log now. Both check
// what the daemon says.
void AddLedgerProofs(CLI::App* noun, Session& session);
// key, checkpoint, cosign, receipt.
void AddLedgerCheckpoints(CLI::App* noun, Session& session);
// tiles: the log as files.
void AddLedgerTiles(CLI::App* noun, Session& session);
// watch: what was seen before, against what is there now.
void AddLedgerWatch(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_LEDGER_PROOF_H_
