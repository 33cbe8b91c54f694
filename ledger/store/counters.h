// What a working set knows that no row of its tables is: numbers that go on, and the secret under which names are
// hashed.
#ifndef TRAILBOOK_LEDGER_STORE_COUNTERS_H_
#define TRAILBOOK_LEDGER_STORE_COUNTERS_H_

#include "absl/status/status.h"
#include "ledger/domain/book.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// Reads the counters of parked reports and programs, and the secret; a store without one gets one if `may_create`,
// which needs a write transaction. DATA_LOSS with LEDGER_DAMAGED if the secret is not what was written.
absl::Status LoadCounters(Database& db, Book& book, bool may_create);
// The same, in a write transaction of its own, in which the secret may be made.
absl::Status LoadOrMakeCounters(Database& db, Book& book);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_COUNTERS_H_
