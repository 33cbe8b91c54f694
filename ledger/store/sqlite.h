// The SQLite driver of sql.h: one file in WAL mode, synchronous=FULL, STRICT tables, file mode 0600. Exactly one
// connection commits, and only its checkpoints let the WAL begin anew (SQLite 3.40.1 has a race there); most of the WAL
// is moved beside it (sqlite_backfill.h). Readers are read-only with wal_autocheckpoint=0.
#ifndef TRAILBOOK_LEDGER_STORE_SQLITE_H_
#define TRAILBOOK_LEDGER_STORE_SQLITE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// Opens or creates the file. INTERNAL or DATA_LOSS if it is no SQLite database.
absl::StatusOr<std::unique_ptr<Engine>> OpenSqlite(absl::string_view path);

// An empty store of its own, gone when closed.
absl::StatusOr<std::unique_ptr<Database>> OpenSqliteScratch();

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SQLITE_H_
