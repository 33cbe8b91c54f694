// At the start of the daemon: whether the store still begins with what this directory signed.
#ifndef TRAILBOOK_SERVICES_FORK_CHECK_H_
#define TRAILBOOK_SERVICES_FORK_CHECK_H_

#include "ledger/ledger.h"
#include "ledger/signing/signer.h"

namespace trailbook::services {

// Logs a warning for each program whose log does not continue its last checkpoint. The daemon serves all the same: it
// only signs nothing of that log, and `ledger verify` says why. Waits for its reads.
void WarnOfForks(Ledger& ledger, log::Signer& signer);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_FORK_CHECK_H_
