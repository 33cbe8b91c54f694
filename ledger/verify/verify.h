// Verification: the stored log is hashed against its tree and head, and replayed into an empty store whose every table
// must equal the one that is there. It names the first wrong place. Reads everything, on three threads: one each for
// the log, its tables anew, and the stored ones. They give way to the threads that callers wait for. Memory does not
// grow with the log.
#ifndef TRAILBOOK_LEDGER_VERIFY_VERIFY_H_
#define TRAILBOOK_LEDGER_VERIFY_VERIFY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "ledger/store/sql.h"
#include "ledger/verify/rebuild.h"
#include "ledger/verify/report.h"

namespace trailbook {

// Verifies one program. `db` has an open read transaction; `engine` gives empty stores. Whether tables are the same is
// told by fingerprints (store/fingerprint.h); only where they are not, the log is replayed once more, to name the row.
// An error is one of the storage; what is wrong with the ledger is in the report. The thread of the Database.
absl::StatusOr<VerifyReport> VerifyProgram(store::Database& db, store::Engine& engine, int64_t program,
                                           const Rebuild::Memory& memory = {});

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_VERIFY_H_
