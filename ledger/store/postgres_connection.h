// Connections to PostgreSQL, and what its errors mean here. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_CONNECTION_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trailbook::store {

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

// Connects to a host of the URI that takes writes, with timeouts unless the URI sets others; a reader's transactions
// cannot write. The caller finishes the connection. UNAVAILABLE if no such host answers; FAILED_PRECONDITION for what
// another try would not mend; INVALID_ARGUMENT if it is no URI.
absl::StatusOr<PGconn*> OpenConnection(const std::string& url, bool writer);

// Whether a statement succeeded, with rows or without.
bool IsGood(const PGresult* result);
// The SQLSTATE of an error; empty if the server said none.
std::string StateOf(const PGresult* result);
// The error of a statement, by its SQLSTATE (PostgreSQL's appendix A); `result` may be null.
absl::Status ErrorOf(const PGconn* connection, const PGresult* result, absl::string_view doing);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_CONNECTION_H_
