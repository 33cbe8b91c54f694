// The parts of trailbook earnings.
#ifndef TRAILBOOK_CLI_EARNINGS_H_
#define TRAILBOOK_CLI_EARNINGS_H_

#include "cli/session.h"

namespace trailbook::cli {

// why, due: what a balance is made of.
void AddEarningsBalance(CLI::App* noun, Session& session);
// receipt: one earning, to be checked offline.
void AddEarningsReceipt(CLI::App* noun, Session& session);

}  // namespace trailbook::cli

#endif  // TRAILBOOK_CLI_EARNINGS_H_
