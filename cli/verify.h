// The parts of trailbook verify: what is checked here, offline, against nothing but the log's key. Nothing of it asks
// the daemon, except `verify checkpoints` when it is told to.
#ifndef TRAILBOOK_CLI_VERIFY_H_
#define TRAILBOOK_CLI_VERIFY_H_

#include "cli/session.h"

namespace trailbook::cli {

// Says on standard error that something does not hold; the exit code.
int NotProved(absl::string_view what);

// receipt: one record. earning: one commission.
void AddVerifyReceipts(CLI::App* noun, Session& session);
// tiles: the whole log.
void AddVerifyTiles(CLI::App* noun, Session& session);
// statement: a partner's statement against the log.
void AddVerifyStatement(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_VERIFY_H_
