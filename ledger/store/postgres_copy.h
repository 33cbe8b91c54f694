// Many new rows into a table of PostgreSQL: COPY FROM STDIN in the binary format (PostgreSQL's manual, COPY, "Binary Format"). The server stores
// them by the page instead of one by one, and does so while the next are still being encoded. Thread-safe as far as the connection is.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_COPY_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_COPY_H_

#include <libpq-fe.h>

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// `types` are those of the shape's columns, in their order. FAILED_PRECONDITION if a value is bound to a column of another type, or columns out
// of their order, and for what the table refuses; UNAVAILABLE if the connection is lost. After an error the transaction is of no use any more.
absl::Status CopyRows(PGconn* connection, const TableShape& shape, const std::vector<unsigned>& types, size_t rows, Database::BindRow bind);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_COPY_H_
