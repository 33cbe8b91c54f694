// The schema's versions. Forward only, each with a checksum that is kept in the database; a newer schema than this
// program knows is refused. Migrating is explicit: the daemon does it at start for a new file, and otherwise only with
// --migrate.
#ifndef TRAILBOOK_LEDGER_STORE_MIGRATIONS_H_
#define TRAILBOOK_LEDGER_STORE_MIGRATIONS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// The newest version that this program knows.
int NewestSchemaVersion();

// The version of a store; 0 for an empty one. FAILED_PRECONDITION if a checksum is not the one of this program.
absl::StatusOr<int> SchemaVersion(Database& db);

// Brings the store to the newest version. FAILED_PRECONDITION if the store is newer than this program.
absl::Status Migrate(Database& db);

// OK if the store is at the newest version. FAILED_PRECONDITION says whether it is older (run with --migrate) or newer.
absl::Status CheckSchema(Database& db);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_MIGRATIONS_H_
