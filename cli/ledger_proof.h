// The parts of trailbook ledger that check proofs.
#ifndef TRAILBOOK_CLI_LEDGER_PROOF_H_
#define TRAILBOOK_CLI_LEDGER_PROOF_H_

#include "cli/session.h"

namespace trailbook::cli {

// prove: that a record is in the log. consistent: that a log noted earlier is the beginning of the log now. Both check what the daemon says.
void AddLedgerProofs(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_LEDGER_PROOF_H_
