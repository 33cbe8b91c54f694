// The PostgreSQL driver behind sql.h, over libpq. Debian 12's PostgreSQL 15 is what it is tested with.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// True for what OpenPostgres takes: postgres://... or postgresql://...
bool IsPostgresUrl(absl::string_view text);

// A database of a server: libpq's connection URI (several hosts, sslmode, service, ...; a password from ~/.pgpass, a
// service file or PGPASSWORD). Timeouts are set unless the URI sets others. It is connected to once, so that what is
// wrong shows now: UNAVAILABLE if no server answers that takes writes, FAILED_PRECONDITION for wrong credentials, a
// database that is not there, missing privileges, or a server older than 13.
absl::StatusOr<std::unique_ptr<Engine>> OpenPostgres(absl::string_view url);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_H_
